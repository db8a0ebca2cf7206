//! The handle of a link: start, look, publish, change filters, stop.

use std::sync::Arc;

use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use crate::config::{LinkConfig, QoS, TopicFilter, validate_filters};
use crate::error::{ConfigError, PublishError};
use crate::event::Observer;
use crate::intake::{Intake, LinkStart};
use crate::message::PublishProperties;
use crate::outgoing::PublishRequest;
use crate::state::{Orders, State};
use crate::status::{LinkStatus, Shared};
use crate::topic::validate_topic;
use crate::worker::run;

/// Publishes that wait for the link's task; a caller beyond it waits in [`Link::publish`].
const PUBLISH_QUEUE: usize = 1024;

/// A running link. Dropping it without [`Link::stop`] cuts the connection at once; nothing that
/// was acknowledged is lost by that, as acknowledged means durable.
#[derive(Debug)]
pub struct Link {
    shared: Arc<Shared>,
    publisher: Publisher,
    filters: watch::Sender<Vec<TopicFilter>>,
    stop: watch::Sender<Option<StopMode>>,
    task: Option<JoinHandle<StopReport>>,
}

/// Publishes through a link, without being its owner. Once the link has stopped, every publish
/// fails with [`PublishError::NotConnected`].
#[derive(Debug, Clone)]
pub struct Publisher {
    shared: Arc<Shared>,
    publishes: mpsc::Sender<PublishRequest>,
}

/// How a link ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopMode {
    /// Keep the session at the broker (when it is a durable one), to go on later.
    Keep,
    /// End the session at the broker: subscriptions and waiting messages go.
    EndSession,
}

/// How a link ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StopReport {
    /// Messages taken by the intake that did not become durable within
    /// [`LinkConfig::stop_timeout`], so their acknowledgement was not sent.
    pub unacknowledged: usize,
    /// DISCONNECT was sent on a live connection.
    pub disconnected: bool,
    /// The session no longer exists at the broker. With [`StopMode::EndSession`] false means that
    /// the broker could not be reached.
    pub session_ended: bool,
}

/// What became of a publish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PublishReceipt {
    /// Packet id the broker confirmed; `None` for QoS 0, which was written to the connection.
    pub packet_id: Option<u16>,
    /// The broker said that nobody subscribes this topic (MQTT 5 only, and not every broker).
    pub no_subscribers: bool,
}

impl Link {
    /// Starts to connect, and goes on until stopped. Events go to `observer`, messages to
    /// `intake`. Fails only on a configuration that cannot work.
    pub fn start(
        cfg: LinkConfig,
        start: LinkStart,
        intake: Arc<dyn Intake>,
        observer: Arc<dyn Observer>,
        runtime: &Handle,
    ) -> Result<Self, ConfigError> {
        cfg.validate()?;
        let shared = Arc::new(Shared::new(&cfg.filters));
        let (publishes, publish_queue) = mpsc::channel(PUBLISH_QUEUE);
        let (filters, filters_changed) = watch::channel(cfg.filters.clone());
        let (stop, stopping) = watch::channel(None);
        let orders = Orders {
            publishes: publish_queue,
            filters: filters_changed,
            stopping,
        };
        let state = State::new(cfg, &start, intake, observer, Arc::clone(&shared), orders);
        let task = runtime.spawn(run(state));
        let publisher = Publisher {
            shared: Arc::clone(&shared),
            publishes,
        };
        Ok(Self {
            shared,
            publisher,
            filters,
            stop,
            task: Some(task),
        })
    }

    /// What is true now.
    pub fn status(&self) -> LinkStatus {
        self.shared.snapshot()
    }

    /// A handle that publishes.
    #[must_use]
    pub fn publisher(&self) -> Publisher {
        self.publisher.clone()
    }

    /// See [`Publisher::publish`].
    pub async fn publish(
        &self,
        topic: &str,
        payload: impl Into<Bytes>,
        qos: QoS,
        retain: bool,
        properties: Option<PublishProperties>,
    ) -> Result<PublishReceipt, PublishError> {
        self.publisher
            .publish(topic, payload, qos, retain, properties)
            .await
    }

    /// Changes the filters. On a live connection only the difference is subscribed and
    /// unsubscribed; messages of filters that stay are neither lost nor doubled. Without a
    /// connection the next one brings it about.
    pub fn set_filters(&self, filters: Vec<TopicFilter>) -> Result<(), ConfigError> {
        validate_filters(&filters)?;
        self.filters.send_replace(filters);
        Ok(())
    }

    /// Stops accepting, waits for what was taken to become durable (bounded by
    /// [`LinkConfig::stop_timeout`]), acknowledges it and disconnects.
    pub async fn stop(mut self, mode: StopMode) -> StopReport {
        self.stop.send_replace(Some(mode));
        match self.task.take() {
            Some(task) => task.await.unwrap_or_default(),
            None => StopReport::default(),
        }
    }
}

impl Publisher {
    /// Whether there is a connection now.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.shared.is_connected() && !self.publishes.is_closed()
    }

    /// Bytes of received messages that the intake has not taken yet: they stand in front of the
    /// broker's next answers.
    #[must_use]
    pub fn buffered_bytes(&self) -> usize {
        self.shared.buffered_bytes()
    }

    /// Publishes a message. QoS 0 resolves when it is written, QoS 1 when the broker's PUBACK has
    /// come. A QoS 1 message whose connection breaks is sent again with the next one, as long as
    /// the caller waits; give up by dropping the future. Without a connection: an error at once.
    /// Properties have no place in MQTT 3.1.1 and are left out there.
    pub async fn publish(
        &self,
        topic: &str,
        payload: impl Into<Bytes>,
        qos: QoS,
        retain: bool,
        properties: Option<PublishProperties>,
    ) -> Result<PublishReceipt, PublishError> {
        validate_topic(topic)?;
        if qos == QoS::ExactlyOnce {
            return Err(PublishError::Qos {
                asked: qos as u8,
                highest: 1,
            });
        }
        if !self.shared.is_connected() {
            return Err(PublishError::NotConnected);
        }
        let (done, receipt) = oneshot::channel();
        let request = PublishRequest {
            topic: topic.to_owned(),
            payload: payload.into(),
            qos,
            retain,
            properties: properties.filter(|p| !p.is_empty()),
            done,
        };
        self.publishes
            .send(request)
            .await
            .map_err(|_| PublishError::NotConnected)?;
        receipt.await.unwrap_or(Err(PublishError::Stopped))
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
        }
    }
}
