//! Listening on a broker: which topics there are, before anybody writes a filter.
//!
//! A connection of its own, with a client id of its own, a clean session and QoS 0: the session of
//! the integration is not touched, and nothing that is heard is stored. Bounded in topics, in bytes
//! and in time.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use millrace_link::{
    Batch, BoxFuture, Intake, Link, LinkConfig, LinkEvent, LinkStart, Observer, Publish, QoS,
    Taken, TopicFilter,
};
use millrace_model::Millis;
use parking_lot::Mutex;
use serde::Serialize;
use tokio::{runtime::Handle, sync::OwnedSemaphorePermit};

use super::status::StatusReport;
use crate::{PlatformError, Result};

/// How long one may listen.
const LONGEST: Duration = Duration::from_secs(180);
/// Topics that are told apart; messages of others are counted together.
const MOST_TOPICS: usize = 2_000;
/// Longest topic that is told apart, in bytes.
const LONGEST_TOPIC: usize = 1_024;
/// Bytes of a topic's last payload.
const SHOWN_PAYLOAD: usize = 512;
/// Topics in one update; the others follow with the next one.
const MOST_IN_UPDATE: usize = 250;
/// Messages read from the socket and not yet counted, in bytes.
const BUFFER_BYTES: usize = 1 << 20;

/// What is heard on one topic.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HeardTopic {
    /// The topic.
    pub topic: String,
    /// Messages so far.
    pub count: u64,
    /// Messages a second since the first one.
    pub rate: f64,
    /// Arrival of the last one.
    pub last: Millis,
    /// Its payload in base64, or the beginning of it.
    pub payload: String,
    /// Bytes of the whole payload.
    pub size: usize,
    /// Whether it is one that the broker had kept.
    pub retain: bool,
}

/// What has changed since the last update.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ListenUpdate {
    /// `CONNECTING`, `LISTENING`, `FAILED` (tried again), or `ENDED`.
    pub state: &'static str,
    /// Why nothing is heard.
    pub reason: Option<String>,
    /// Topics with something new.
    pub topics: Vec<HeardTopic>,
    /// Messages so far, of all topics.
    pub messages: u64,
    /// Messages of topics beyond the bound.
    pub unlisted: u64,
    /// How long it goes on, in ms.
    pub left: u64,
}

/// Somebody listens. Dropping it cuts the connection.
pub struct Listening {
    link: Option<Link>,
    heard: Arc<Heard>,
    began: Instant,
    _place: OwnedSemaphorePermit,
}

impl Listening {
    /// Connects, and goes on until dropped or over.
    pub(super) fn start(
        mut config: LinkConfig,
        filter: &str,
        place: OwnedSemaphorePermit,
    ) -> Result<Self> {
        config.client_id = format!("mill-listen-{:08x}", rand::random::<u32>());
        config.clean_session = true;
        config.buffer_bytes = BUFFER_BYTES;
        config.filters = vec![TopicFilter::new(filter, QoS::AtMostOnce)];
        let heard = Arc::new(Heard::default());
        let link = Link::start(
            config,
            LinkStart::default(),
            Arc::clone(&heard) as Arc<dyn Intake>,
            Arc::new(Silent),
            &Handle::current(),
        )
        .map_err(|error| PlatformError::invalid("filter", error.to_string()))?;
        Ok(Self {
            link: Some(link),
            heard,
            began: Instant::now(),
            _place: place,
        })
    }

    /// What is new since the last call. After its time it disconnects and says so.
    pub fn update(&mut self) -> ListenUpdate {
        let left = LONGEST.saturating_sub(self.began.elapsed());
        if left.is_zero() {
            self.link = None;
        }
        let (state, reason) = match &self.link {
            Some(link) => {
                let report = StatusReport::of_link(link.status());
                match report.state {
                    "ACTIVE" => ("LISTENING", None),
                    "FAILED" => ("FAILED", report.reason),
                    _ => ("CONNECTING", None),
                }
            }
            None => ("ENDED", None),
        };
        let mut topics = self.heard.0.lock();
        ListenUpdate {
            state,
            reason,
            topics: topics.take_changed(),
            messages: topics.messages,
            unlisted: topics.unlisted,
            left: u64::try_from(left.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

#[derive(Default)]
struct Heard(Mutex<Topics>);

#[derive(Default)]
struct Topics {
    known: HashMap<String, Known>,
    messages: u64,
    unlisted: u64,
}

struct Known {
    count: u64,
    first: Instant,
    last: Millis,
    payload: Vec<u8>,
    size: usize,
    retain: bool,
    changed: bool,
}

impl Topics {
    fn note(&mut self, publish: &Publish) {
        self.messages += 1;
        let (topic, payload) = (publish.topic(), publish.payload());
        let full = self.known.len() >= MOST_TOPICS || topic.len() > LONGEST_TOPIC;
        let known = match self.known.get_mut(topic) {
            Some(known) => known,
            None if full => {
                self.unlisted += 1;
                return;
            }
            None => self.known.entry(topic.to_owned()).or_insert(Known {
                count: 0,
                first: Instant::now(),
                last: 0,
                payload: Vec::new(),
                size: 0,
                retain: false,
                changed: false,
            }),
        };
        known.count += 1;
        known.last = publish.arrival_ms;
        known.payload.clear();
        let shown = payload.get(..SHOWN_PAYLOAD).unwrap_or(payload);
        known.payload.extend_from_slice(shown);
        known.size = payload.len();
        known.retain = publish.retain;
        known.changed = true;
    }

    fn take_changed(&mut self) -> Vec<HeardTopic> {
        let changed = self.known.iter_mut().filter(|(_, known)| known.changed);
        changed
            .take(MOST_IN_UPDATE)
            .map(|(topic, known)| {
                known.changed = false;
                HeardTopic {
                    topic: topic.clone(),
                    count: known.count,
                    #[expect(clippy::cast_precision_loss, reason = "a rate is for people")]
                    rate: known.count as f64 / known.first.elapsed().as_secs_f64().max(1.0),
                    last: known.last,
                    payload: STANDARD.encode(&known.payload),
                    size: known.size,
                    retain: known.retain,
                }
            })
            .collect()
    }
}

impl Intake for Heard {
    fn offer(&self, batch: Batch<'_>) -> Taken {
        let count = batch.len();
        let (acks, after) = (batch.acks.clone(), batch.first_position + count as u64);
        let mut topics = self.0.lock();
        let taken = batch.take(count, |publish| topics.note(&publish));
        acks.durable(after.saturating_sub(1));
        taken
    }

    fn room(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// What there is to say is in the updates.
struct Silent;

impl Observer for Silent {
    fn event(&self, _event: LinkEvent) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(topics: &mut Topics, topic: &str, payload: &[u8]) {
        topics.note(&Publish::local(topic, payload, QoS::AtMostOnce, 7).unwrap());
    }

    #[test]
    fn an_update_tells_each_change_once() {
        let mut topics = Topics::default();
        note(&mut topics, "a/b", b"1");
        note(&mut topics, "a/b", b"22");
        let told = topics.take_changed();
        assert_eq!((told.len(), told[0].count, told[0].size), (1, 2, 2));
        assert_eq!(told[0].payload, STANDARD.encode("22"));
        assert!(topics.take_changed().is_empty());
        note(&mut topics, "a/b", b"3");
        assert_eq!(topics.take_changed()[0].count, 3);
    }

    #[test]
    fn topics_and_payloads_have_bounds() {
        let mut topics = Topics::default();
        for n in 0..MOST_TOPICS + 10 {
            note(&mut topics, &format!("t/{n}"), &[1; 100_000]);
        }
        note(&mut topics, &"x".repeat(LONGEST_TOPIC + 1), b"");
        note(&mut topics, "t/0", b"");
        assert_eq!((topics.known.len(), topics.unlisted), (MOST_TOPICS, 11));
        assert!(
            topics
                .known
                .values()
                .all(|known| known.payload.len() <= SHOWN_PAYLOAD)
        );
        assert_eq!(topics.take_changed().len(), MOST_IN_UPDATE);
        assert_eq!(topics.take_changed().len(), MOST_IN_UPDATE);
    }
}
