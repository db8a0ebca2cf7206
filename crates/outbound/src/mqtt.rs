//! MQTT messages, each publisher over a connection of its own.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use millrace_link::{
    Credentials, Link, LinkConfig, LinkEvent, LinkStart, Observer, PublishError, Publisher, QoS,
    Secret, Unsubscribed,
};
use tokio::{
    runtime::Handle,
    sync::{Mutex, watch},
    time::Instant,
};

use crate::{
    OutboundOptions,
    error::{MqttError, SettingsError},
};

/// Where messages go.
#[derive(Clone, PartialEq, Eq)]
pub struct MqttSettings {
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Client id; may be empty with a clean session.
    pub client_id: String,
    /// Whether the broker forgets the session with the connection.
    pub clean_session: bool,
    /// Longest time until a connection stands; zero = the server's limit.
    pub connect_timeout: Duration,
    /// User name and password.
    pub credentials: Option<(String, String)>,
}

impl std::fmt::Debug for MqttSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MqttSettings")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// Publishes messages. The connection is made with the first one and kept; dropping the publisher
/// ends it.
#[derive(Debug)]
pub struct MqttPublisher {
    options: Arc<OutboundOptions>,
    settings: MqttSettings,
    connection: Mutex<Option<Connection>>,
    under_way: AtomicUsize,
}

#[derive(Debug)]
struct Connection {
    link: Link,
    state: watch::Receiver<State>,
}

/// What the link said last.
#[derive(Debug, Clone, Default)]
struct State {
    connected: bool,
    reason: String,
}

struct Counted<'a>(&'a AtomicUsize);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl MqttPublisher {
    pub(crate) fn new(
        options: &Arc<OutboundOptions>,
        settings: MqttSettings,
    ) -> Result<Self, SettingsError> {
        config(&settings, settings.host.clone(), options.connect_timeout)
            .validate()
            .map_err(|error| SettingsError(error.to_string()))?;
        Ok(Self {
            options: Arc::clone(options),
            settings,
            connection: Mutex::default(),
            under_way: AtomicUsize::new(0),
        })
    }

    /// Publishes a message with QoS 1 and waits for the broker's confirmation.
    ///
    /// # Errors
    /// When the broker cannot be reached or does not confirm in time. It may have the message
    /// nevertheless.
    pub async fn publish(
        &self,
        topic: &str,
        payload: Bytes,
        retain: bool,
    ) -> Result<(), MqttError> {
        let most = self.options.waiting + self.options.parallel;
        if self.under_way.fetch_add(1, Ordering::AcqRel) >= most {
            self.under_way.fetch_sub(1, Ordering::AcqRel);
            return Err(MqttError::Busy(most));
        }
        let _counted = Counted(&self.under_way);
        let deadline = Instant::now() + self.options.timeout;
        loop {
            let publisher = self.connected().await?;
            let publishing =
                publisher.publish(topic, payload.clone(), QoS::AtLeastOnce, retain, None);
            match tokio::time::timeout_at(deadline, publishing).await {
                Ok(Ok(_)) => return Ok(()),
                // It broke after it was looked at.
                Ok(Err(PublishError::NotConnected)) if Instant::now() < deadline => {
                    tokio::task::yield_now().await;
                }
                Ok(Err(error)) => return Err(MqttError::Refused(error.to_string())),
                Err(_) => return Err(MqttError::Timeout(self.options.timeout)),
            }
        }
    }

    /// A live connection.
    async fn connected(&self) -> Result<Publisher, MqttError> {
        let (publisher, mut state) = self.started().await?;
        if publisher.is_connected() {
            return Ok(publisher);
        }
        let waiting = state.wait_for(|state| state.connected && publisher.is_connected());
        let limit = self.connect_timeout();
        let came = tokio::time::timeout(limit, waiting)
            .await
            .is_ok_and(|waited| waited.is_ok());
        if came {
            return Ok(publisher);
        }
        let reason = state.borrow().reason.clone();
        // The next message looks the address up again.
        let mut connection = self.connection.lock().await;
        if connection
            .as_ref()
            .is_some_and(|running| !running.link.publisher().is_connected())
        {
            *connection = None;
        }
        Err(MqttError::NotConnected {
            address: format!("{}:{}", self.settings.host, self.settings.port),
            reason: if reason.is_empty() {
                format!("no answer within {} ms", limit.as_millis())
            } else {
                reason
            },
        })
    }

    async fn started(&self) -> Result<(Publisher, watch::Receiver<State>), MqttError> {
        let mut connection = self.connection.lock().await;
        if let Some(running) = &*connection {
            return Ok((running.link.publisher(), running.state.clone()));
        }
        let addresses = self
            .options
            .addresses
            .resolve(&self.settings.host, self.settings.port)
            .await
            .map_err(|error| MqttError::Address(error.to_string()))?;
        let address = addresses
            .first()
            .ok_or_else(|| MqttError::Address(format!("{} has no address", self.settings.host)))?;
        // The address that was looked at is the one that is connected to.
        let host = address.ip().to_string();
        let config = config(&self.settings, host, self.connect_timeout());
        let (sender, state) = watch::channel(State::default());
        let link = Link::start(
            config,
            LinkStart::default(),
            Arc::new(Unsubscribed),
            Arc::new(Watching(sender)),
            &Handle::current(),
        )
        .map_err(|error| MqttError::Refused(error.to_string()))?;
        let publisher = link.publisher();
        *connection = Some(Connection {
            link,
            state: state.clone(),
        });
        Ok((publisher, state))
    }

    fn connect_timeout(&self) -> Duration {
        let most = self.options.connect_timeout;
        if self.settings.connect_timeout.is_zero() {
            most
        } else {
            self.settings.connect_timeout.min(most)
        }
    }
}

fn config(settings: &MqttSettings, host: String, connect_timeout: Duration) -> LinkConfig {
    LinkConfig {
        clean_session: settings.clean_session,
        connect_timeout,
        credentials: match &settings.credentials {
            None => Credentials::Anonymous,
            Some((username, password)) => Credentials::Basic {
                username: username.clone(),
                password: Secret::new(password.clone()),
            },
        },
        buffer_bytes: 64 << 10,
        ..LinkConfig::new(host, settings.port, settings.client_id.clone())
    }
}

struct Watching(watch::Sender<State>);

impl Observer for Watching {
    fn event(&self, event: LinkEvent) {
        let connected = matches!(event, LinkEvent::Connected { .. });
        if connected
            || matches!(
                event,
                LinkEvent::Refused { .. } | LinkEvent::Lost { .. } | LinkEvent::TakenOver { .. }
            )
        {
            self.0.send_replace(State {
                connected,
                reason: if connected {
                    String::new()
                } else {
                    event.to_string()
                },
            });
        }
    }
}
