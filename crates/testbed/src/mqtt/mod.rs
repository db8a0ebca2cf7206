//! MQTT clients that play devices and other programs on the broker.
//!
//! One [`MqttClient`] publishes and subscribes, with MQTT 3.1.1 or 5. It lives on one connection
//! and does not reconnect: a test that cuts it wants to know.

mod v4;
mod v5;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

const ANSWERS_WITHIN: Duration = Duration::from_secs(20);
/// Requests that may wait for the connection before `publish` itself waits.
const REQUESTS: usize = 256;
/// Unacknowledged publishes at a time.
const WINDOW: u16 = 100;
const LARGEST_PACKET: u32 = 8 * 1024 * 1024;

/// The protocol a client speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MqttVersion {
    /// MQTT 3.1.1
    #[default]
    V4,
    /// MQTT 5
    V5,
}

/// How an [`MqttClient`] connects.
#[derive(Clone, Debug, Default)]
pub struct MqttOptions {
    /// The protocol.
    pub version: MqttVersion,
    /// User name and password.
    pub credentials: Option<(String, String)>,
}

/// A message that came from the broker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The topic it was published to.
    pub topic: String,
    /// Its payload.
    pub payload: Bytes,
    /// The QoS it was delivered with.
    pub qos: u8,
    /// The retain flag.
    pub retain: bool,
    /// MQTT 5: where an answer is expected.
    pub response_topic: Option<String>,
    /// MQTT 5: what an answer must carry.
    pub correlation_data: Option<Bytes>,
    /// MQTT 5: user properties.
    pub user_properties: Vec<(String, String)>,
}

impl Received {
    /// The payload as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.payload).into_owned()
    }
}

/// Progress of one connection.
#[derive(Clone, Debug, Default)]
struct Progress {
    connected: bool,
    sent: u64,
    acknowledged: u64,
    subscribed: u64,
    ended: Option<String>,
}

enum Backend {
    V4(rumqttc::AsyncClient),
    V5(rumqttc::v5::AsyncClient),
}

/// One MQTT connection of a device or program; closed on drop.
pub struct MqttClient {
    backend: Backend,
    progress: watch::Receiver<Progress>,
    incoming: mpsc::UnboundedReceiver<Received>,
    asked: Arc<Mutex<Asked>>,
    polling: JoinHandle<()>,
}

#[derive(Default)]
struct Asked {
    published: u64,
    with_acknowledgement: u64,
    subscribed: u64,
}

impl Drop for MqttClient {
    fn drop(&mut self) {
        self.polling.abort();
    }
}

impl MqttClient {
    /// Connects to `127.0.0.1:port` with MQTT 3.1.1.
    pub async fn connect(port: u16) -> Self {
        Self::connect_with(port, MqttOptions::default()).await
    }

    /// Connects; the broker has accepted when this returns.
    ///
    /// # Panics
    /// When the broker refuses or does not answer.
    pub async fn connect_with(port: u16, options: MqttOptions) -> Self {
        let (progress_in, progress) = watch::channel(Progress::default());
        let (messages, incoming) = mpsc::unbounded_channel();
        let id = client_id();
        let (backend, polling) = match options.version {
            MqttVersion::V4 => v4::open(id, port, options, progress_in, messages),
            MqttVersion::V5 => v5::open(id, port, options, progress_in, messages),
        };
        let asked = Arc::default();
        let client = Self {
            backend,
            progress,
            incoming,
            asked,
            polling,
        };
        client.until("CONNACK", |progress| progress.connected).await;
        client
    }

    /// Publishes; returns when the request is queued on the connection, not when it has arrived:
    /// see [`MqttClient::flush`].
    ///
    /// # Panics
    /// When the connection has ended.
    pub async fn publish(&self, topic: &str, payload: impl Into<Bytes>, qos: u8) {
        self.send(topic, payload.into(), qos, false).await;
    }

    /// [`MqttClient::publish`] with the retain flag.
    pub async fn retain(&self, topic: &str, payload: impl Into<Bytes>, qos: u8) {
        self.send(topic, payload.into(), qos, true).await;
    }

    /// Publishes with MQTT 5 correlation data.
    ///
    /// # Panics
    /// On an MQTT 3.1.1 client.
    pub async fn answer(&self, topic: &str, payload: impl Into<Bytes>, correlation: Bytes) {
        let Backend::V5(client) = &self.backend else {
            panic!("answers need MQTT 5")
        };
        self.count(1);
        v5::answer(client, topic, payload.into(), correlation).await;
    }

    /// Waits until the broker has acknowledged everything published with QoS 1 or 2 so far, and
    /// QoS 0 is written.
    ///
    /// # Panics
    /// When that takes longer than 20 s without any progress.
    pub async fn flush(&self) {
        let (published, with_acknowledgement) = {
            let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
            (asked.published, asked.with_acknowledgement)
        };
        self.until("acknowledgements", |progress| {
            progress.sent >= published && progress.acknowledged >= with_acknowledgement
        })
        .await;
    }

    /// Subscribes and waits for the broker's answer.
    ///
    /// # Panics
    /// When no answer comes.
    pub async fn subscribe(&self, filter: &str, qos: u8) {
        let wanted = {
            let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
            asked.subscribed += 1;
            asked.subscribed
        };
        match &self.backend {
            Backend::V4(client) => v4::subscribe(client, filter, qos).await,
            Backend::V5(client) => v5::subscribe(client, filter, qos).await,
        }
        self.until("SUBACK", |progress| progress.subscribed >= wanted)
            .await;
    }

    /// The next message.
    ///
    /// # Panics
    /// When none comes within 20 s.
    pub async fn next(&mut self) -> Received {
        tokio::time::timeout(ANSWERS_WITHIN, self.incoming.recv())
            .await
            .unwrap_or_else(|_| panic!("no message within {ANSWERS_WITHIN:?}"))
            .expect("the connection is open")
    }

    /// Everything that has arrived and was not taken yet.
    pub fn arrived(&mut self) -> Vec<Received> {
        std::iter::from_fn(|| self.incoming.try_recv().ok()).collect()
    }

    async fn send(&self, topic: &str, payload: Bytes, qos: u8, retain: bool) {
        self.count(qos);
        match &self.backend {
            Backend::V4(client) => v4::publish(client, topic, payload, qos, retain).await,
            Backend::V5(client) => v5::publish(client, topic, payload, qos, retain).await,
        }
    }

    fn count(&self, qos: u8) {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.published += 1;
        asked.with_acknowledgement += u64::from(qos > 0);
    }

    async fn until(&self, what: &str, reached: impl Fn(&Progress) -> bool) {
        let mut progress = self.progress.clone();
        loop {
            let waiting = progress.wait_for(|now| reached(now) || now.ended.is_some());
            let before = self.progress.borrow().acknowledged;
            match tokio::time::timeout(ANSWERS_WITHIN, waiting).await {
                Ok(Ok(now)) => match &now.ended {
                    Some(reason) if !reached(&now) => panic!("waiting for {what}: {reason}"),
                    _ => return,
                },
                Ok(Err(_)) => panic!("waiting for {what}: the connection is gone"),
                Err(_) if self.progress.borrow().acknowledged > before => {}
                Err(_) => panic!("no {what} within {ANSWERS_WITHIN:?}"),
            }
        }
    }
}

/// A client id that no other client of this or another test process has.
fn client_id() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!(
        "bench-{}-{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    )
}
