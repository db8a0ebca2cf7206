//! What the owner of a link must remember of its broker session, so that a redelivery after a
//! kill is recognised and a retained message is not stored twice.

use std::collections::{HashMap, VecDeque};

use millrace_link::{LinkStart, Publish, RedeliveryEntry};
use millrace_store::journal::{Identity, InRecord, OutRecord, Seq};
use rustc_hash::{FxBuildHasher, FxHasher};
use uuid::Uuid;

/// Most topics whose last message is remembered for one integration.
const MAX_TOPICS: usize = 200_000;

/// A mirror of what the journal says about one session.
#[derive(Debug, Default, Clone)]
pub struct SessionMirror {
    epoch: u64,
    /// Durable or soon durable messages that the broker may send again, in order.
    unconfirmed: VecDeque<Unconfirmed>,
    /// Hash of the last message by hash of its topic.
    last_of_topic: HashMap<u64, u64, FxBuildHasher>,
    confirmed: u64,
    /// Whether the last snapshot still says it all.
    changed: bool,
}

#[derive(Debug, Clone, Copy)]
struct Unconfirmed {
    position: u64,
    seq: Seq,
    packet_id: u16,
    hash: u64,
}

impl SessionMirror {
    /// A message as the journal holds it, found at a restart.
    pub fn restore_in(&mut self, seq: Seq, record: &InRecord, hash: u64) {
        if let Some(identity) = record.identity {
            self.enter_epoch(identity.epoch);
            self.push(Unconfirmed {
                position: 0,
                seq,
                packet_id: identity.packet_id,
                hash: identity.hash,
            });
        }
        self.remember_topic(&record.topic, hash);
    }

    /// A record about the session, found at a restart.
    pub fn restore_out(&mut self, record: &OutRecord) {
        match record {
            OutRecord::Confirmed { epoch, upto, .. } if *epoch == self.epoch => {
                while self
                    .unconfirmed
                    .front()
                    .is_some_and(|entry| entry.seq <= *upto)
                {
                    self.unconfirmed.pop_front();
                }
            }
            OutRecord::Session {
                epoch,
                unconfirmed,
                last_of_topic,
                ..
            } => {
                self.epoch = *epoch;
                self.unconfirmed = unconfirmed
                    .iter()
                    .map(|(packet_id, hash)| Unconfirmed {
                        position: 0,
                        seq: 0,
                        packet_id: *packet_id,
                        hash: *hash,
                    })
                    .collect();
                self.last_of_topic = last_of_topic.iter().copied().collect();
            }
            _ => {}
        }
    }

    /// What a link starts with, after [`Self::restore_in`] and [`Self::restore_out`].
    pub fn link_start(
        &mut self,
        epoch: u64,
        subscribed: Vec<millrace_link::TopicFilter>,
    ) -> LinkStart {
        self.enter_epoch(epoch.max(self.epoch));
        for (place, entry) in self.unconfirmed.iter_mut().enumerate() {
            entry.position = place as u64 + 1;
        }
        let next_position = self.unconfirmed.len() as u64 + 1;
        self.confirmed = 0;
        LinkStart {
            epoch: self.epoch,
            redelivery: self
                .unconfirmed
                .iter()
                .map(|entry| RedeliveryEntry {
                    packet_id: entry.packet_id,
                    hash: entry.hash,
                    position: entry.position,
                })
                .collect(),
            subscribed,
            next_position,
        }
    }

    /// Ends identities up to a position; returns the record that says so, when there is news.
    pub fn confirm(&mut self, integration: Uuid, epoch: u64, confirmed: u64) -> Option<OutRecord> {
        self.enter_epoch(epoch);
        if confirmed <= self.confirmed {
            return None;
        }
        self.confirmed = confirmed;
        let mut upto = None;
        while let Some(entry) = self
            .unconfirmed
            .front()
            .filter(|entry| entry.position <= confirmed)
        {
            upto = Some(entry.seq);
            self.unconfirmed.pop_front();
        }
        self.changed |= upto.is_some();
        upto.map(|upto| OutRecord::Confirmed {
            integration,
            epoch: self.epoch,
            upto,
        })
    }

    /// As [`Self::confirm`], for the session that is known to be current.
    pub fn confirm_current(&mut self, integration: Uuid, confirmed: u64) -> Option<OutRecord> {
        self.confirm(integration, self.epoch, confirmed)
    }

    /// Whether a retained message is the same as the last one of its topic.
    #[must_use]
    pub fn is_retained_again(&self, publish: &Publish) -> bool {
        publish.retain
            && self.last_of_topic.get(&topic_hash(publish.topic())) == Some(&publish.hash)
    }

    /// A message was taken.
    pub fn took(&mut self, seq: Seq, publish: &Publish) {
        if let Some(packet_id) = publish.packet_id {
            self.push(Unconfirmed {
                position: publish.position,
                seq,
                packet_id,
                hash: publish.hash,
            });
        }
        self.remember_topic(publish.topic(), publish.hash);
    }

    /// Everything in one record, when something changed since the last one.
    pub fn snapshot(&mut self, integration: Uuid) -> Option<OutRecord> {
        std::mem::take(&mut self.changed).then(|| OutRecord::Session {
            integration,
            epoch: self.epoch,
            unconfirmed: self
                .unconfirmed
                .iter()
                .map(|entry| (entry.packet_id, entry.hash))
                .collect(),
            last_of_topic: self
                .last_of_topic
                .iter()
                .map(|(topic, hash)| (*topic, *hash))
                .collect(),
        })
    }

    /// The identity a message gets in the journal.
    #[must_use]
    pub fn identity(publish: &Publish) -> Option<Identity> {
        publish.packet_id.map(|packet_id| Identity {
            epoch: publish.epoch,
            packet_id,
            hash: publish.hash,
        })
    }

    fn push(&mut self, entry: Unconfirmed) {
        // A packet id names one message: an older one with this id was confirmed long ago.
        if self.unconfirmed.len() >= usize::from(u16::MAX) {
            self.unconfirmed.pop_front();
        }
        self.unconfirmed.push_back(entry);
        self.changed = true;
    }

    fn enter_epoch(&mut self, epoch: u64) {
        if epoch != self.epoch {
            self.epoch = epoch;
            self.unconfirmed.clear();
            self.changed = true;
        }
    }

    fn remember_topic(&mut self, topic: &str, hash: u64) {
        let topic = topic_hash(topic);
        if self.last_of_topic.len() < MAX_TOPICS || self.last_of_topic.contains_key(&topic) {
            self.changed |= self.last_of_topic.insert(topic, hash) != Some(hash);
        }
    }
}

/// Stable across processes: the hasher has no random state.
fn topic_hash(topic: &str) -> u64 {
    use std::hash::Hasher;
    let mut hasher = FxHasher::default();
    hasher.write(topic.as_bytes());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use millrace_link::QoS;
    use millrace_store::journal::Source;

    use super::*;

    fn record(topic: &str, payload: &str, packet_id: u16, epoch: u64) -> (InRecord, u64) {
        let hash = millrace_link::message_hash(topic, payload.as_bytes());
        let record = InRecord {
            source: Source {
                tenant: millrace_model::TenantId::null(),
                integration: Uuid::nil(),
            },
            arrival_ms: 1,
            topic: topic.into(),
            payload: bytes::Bytes::copy_from_slice(payload.as_bytes()),
            qos: 1,
            retain: false,
            identity: Some(Identity {
                epoch,
                packet_id,
                hash,
            }),
            properties: None,
        };
        (record, hash)
    }

    fn packet_ids(start: &LinkStart) -> Vec<u16> {
        start
            .redelivery
            .iter()
            .map(|entry| entry.packet_id)
            .collect()
    }

    #[test]
    fn a_restart_knows_what_the_broker_may_send_again() {
        let mut mirror = SessionMirror::default();
        for (seq, packet_id) in [(1, 10), (2, 11), (5, 12)] {
            let (record, hash) = record("a", &packet_id.to_string(), packet_id, 7);
            mirror.restore_in(seq, &record, hash);
        }
        let confirmed = OutRecord::Confirmed {
            integration: Uuid::nil(),
            epoch: 7,
            upto: 2,
        };
        mirror.restore_out(&confirmed);
        let start = mirror.link_start(7, Vec::new());
        assert_eq!((packet_ids(&start), start.next_position), (vec![12], 2));
    }

    #[test]
    fn a_snapshot_says_the_same_as_the_records_it_stands_for() {
        let mut mirror = SessionMirror::default();
        let (record, hash) = record("a", "1", 3, 2);
        mirror.restore_in(1, &record, hash);
        let snapshot = mirror.snapshot(Uuid::nil()).unwrap();
        assert!(
            mirror.snapshot(Uuid::nil()).is_none(),
            "nothing changed since"
        );
        let mut again = SessionMirror::default();
        again.restore_out(&snapshot);
        assert_eq!(packet_ids(&again.link_start(2, Vec::new())), [3]);
        let retained = {
            let mut publish = Publish::local("a", b"1", QoS::AtLeastOnce, 1).unwrap();
            publish.retain = true;
            publish.hash = hash;
            publish
        };
        assert!(again.is_retained_again(&retained));
    }

    #[test]
    fn a_new_epoch_forgets_what_could_come_again() {
        let mut mirror = SessionMirror::default();
        let (record, hash) = record("a", "1", 3, 2);
        mirror.restore_in(1, &record, hash);
        assert!(mirror.link_start(3, Vec::new()).redelivery.is_empty());
    }
}
