//! Records to bytes.
//!
//! A body is a format byte and its records in order. Entities, keys, topics and sources repeat
//! within a commit: the first use writes them out and gives them the next number, later uses name
//! the number. Times and message numbers are written as the difference to the previous one. A
//! point of a known series costs about 13 bytes.

use std::hash::Hash;

use millrace_model::{AttributeScope, EntityId, Millis, TenantId, Value};
use rustc_hash::FxHashMap;
use uuid::Uuid;

use super::wire::{
    FORMAT, LONGEST_ENTRY, in_flag, points_flag, put_varint, reference, tag, value, zigzag,
};
use crate::journal::{DeleteLatest, InRecord, OutRecord, Seq};

/// Writes the body of one commit. Borrows the records: its dictionary points into them.
pub(crate) struct Encoder<'a> {
    out: Vec<u8>,
    texts: FxHashMap<&'a str, u64>,
    uuids: FxHashMap<Uuid, u64>,
    entities: FxHashMap<(TenantId, EntityId), u64>,
    last_ms: Millis,
    last_seq: Seq,
}

impl<'a> Encoder<'a> {
    /// An encoder that writes into `out` (emptied first, kept for its capacity).
    pub(crate) fn new(mut out: Vec<u8>) -> Self {
        out.clear();
        out.push(FORMAT);
        Self {
            out,
            texts: FxHashMap::default(),
            uuids: FxHashMap::default(),
            entities: FxHashMap::default(),
            last_ms: 0,
            last_seq: 0,
        }
    }

    /// The body.
    pub(crate) fn finish(self) -> Vec<u8> {
        self.out
    }

    /// Adds an accepted message.
    pub(crate) fn put_in(&mut self, record: &'a InRecord) {
        self.out.push(tag::IN);
        let mut flags = record.qos & in_flag::QOS;
        if record.retain {
            flags |= in_flag::RETAIN;
        }
        if record.identity.is_some() {
            flags |= in_flag::IDENTITY;
        }
        if record.properties.is_some() {
            flags |= in_flag::PROPERTIES;
        }
        self.out.push(flags);
        self.uuid(record.source.tenant.0);
        self.uuid(record.source.integration);
        self.time(record.arrival_ms);
        self.text(&record.topic);
        self.bytes(&record.payload);
        if let Some(identity) = record.identity {
            put_varint(&mut self.out, identity.epoch);
            put_varint(&mut self.out, u64::from(identity.packet_id));
            self.out.extend_from_slice(&identity.hash.to_le_bytes());
        }
        if let Some(properties) = &record.properties {
            self.text(properties);
        }
    }

    /// Adds something a message caused.
    pub(crate) fn put_out(&mut self, record: &'a OutRecord) {
        match record {
            OutRecord::Points {
                tenant,
                entity,
                ts,
                expires,
                latest,
                history,
                values,
            } => {
                self.out.push(tag::POINTS);
                let mut flags = 0;
                if *latest {
                    flags |= points_flag::LATEST;
                }
                if *history {
                    flags |= points_flag::HISTORY;
                }
                if expires.is_some() {
                    flags |= points_flag::EXPIRES;
                }
                self.out.push(flags);
                self.entity(*tenant, *entity);
                self.time(*ts);
                if let Some(expires) = expires {
                    put_varint(&mut self.out, zigzag(expires.wrapping_sub(*ts)));
                }
                self.values(values);
            }
            OutRecord::Attributes {
                tenant,
                entity,
                scope,
                at,
                values,
            } => {
                self.out.push(tag::ATTRIBUTES);
                self.entity(*tenant, *entity);
                self.scope(*scope);
                self.time(*at);
                self.values(values);
            }
            OutRecord::DeletePoints {
                tenant,
                entity,
                keys,
                start,
                end,
                latest,
            } => {
                self.out.push(tag::DELETE_POINTS);
                self.entity(*tenant, *entity);
                self.keys(keys);
                put_varint(&mut self.out, zigzag(*start));
                put_varint(&mut self.out, zigzag(*end));
                self.out.push(match latest {
                    DeleteLatest::Keep => 0,
                    DeleteLatest::Delete => 1,
                    DeleteLatest::Rewrite => 2,
                });
            }
            OutRecord::DeleteAttributes {
                tenant,
                entity,
                scope,
                keys,
            } => {
                self.out.push(tag::DELETE_ATTRIBUTES);
                self.entity(*tenant, *entity);
                self.scope(*scope);
                self.keys(keys);
            }
            OutRecord::DeleteEntity { tenant, entity } => {
                self.out.push(tag::DELETE_ENTITY);
                self.entity(*tenant, *entity);
            }
            OutRecord::Done(seq) => self.message(tag::DONE, *seq),
            OutRecord::Started(seq) => self.message(tag::STARTED, *seq),
            OutRecord::SetAside(seq) => self.message(tag::SET_ASIDE, *seq),
            OutRecord::Failed(seq) => self.message(tag::FAILED, *seq),
            OutRecord::Confirmed {
                integration,
                epoch,
                upto,
            } => {
                self.out.push(tag::CONFIRMED);
                self.uuid(*integration);
                put_varint(&mut self.out, *epoch);
                put_varint(&mut self.out, *upto);
            }
            OutRecord::Session {
                integration,
                epoch,
                unconfirmed,
                last_of_topic,
            } => {
                self.out.push(tag::SESSION);
                self.uuid(*integration);
                put_varint(&mut self.out, *epoch);
                put_varint(&mut self.out, unconfirmed.len() as u64);
                for (packet_id, hash) in unconfirmed {
                    self.out.extend_from_slice(&packet_id.to_le_bytes());
                    self.out.extend_from_slice(&hash.to_le_bytes());
                }
                put_varint(&mut self.out, last_of_topic.len() as u64);
                for (topic, hash) in last_of_topic {
                    self.out.extend_from_slice(&topic.to_le_bytes());
                    self.out.extend_from_slice(&hash.to_le_bytes());
                }
            }
            OutRecord::Owed {
                id,
                tenant,
                kind,
                due,
                body,
            } => {
                self.out.push(tag::OWED);
                self.out.push(*kind);
                self.uuid(*id);
                self.uuid(tenant.0);
                self.time(*due);
                self.bytes(body);
            }
            OutRecord::Settled(id) => {
                self.out.push(tag::SETTLED);
                self.uuid(*id);
            }
        }
    }

    fn message(&mut self, tag: u8, seq: Seq) {
        self.out.push(tag);
        let step = seq.wrapping_sub(self.last_seq).cast_signed();
        put_varint(&mut self.out, zigzag(step));
        self.last_seq = seq;
    }

    fn time(&mut self, ms: Millis) {
        put_varint(&mut self.out, zigzag(ms.wrapping_sub(self.last_ms)));
        self.last_ms = ms;
    }

    fn bytes(&mut self, bytes: &[u8]) {
        put_varint(&mut self.out, bytes.len() as u64);
        self.out.extend_from_slice(bytes);
    }

    fn text(&mut self, text: &'a str) {
        if text.len() > LONGEST_ENTRY {
            put_varint(&mut self.out, reference::PLAIN);
            self.bytes(text.as_bytes());
        } else if name_entry(&mut self.texts, text, &mut self.out) {
            self.bytes(text.as_bytes());
        }
    }

    fn uuid(&mut self, uuid: Uuid) {
        if name_entry(&mut self.uuids, uuid, &mut self.out) {
            self.out.extend_from_slice(uuid.as_bytes());
        }
    }

    fn entity(&mut self, tenant: TenantId, entity: EntityId) {
        if name_entry(&mut self.entities, (tenant, entity), &mut self.out) {
            self.uuid(tenant.0);
            // The kind by its text: numbers of an enum move when kinds are added.
            self.text(entity.entity_type.as_str());
            self.out.extend_from_slice(entity.id.as_bytes());
        }
    }

    fn scope(&mut self, scope: AttributeScope) {
        self.out.push(match scope {
            AttributeScope::Client => 0,
            AttributeScope::Shared => 1,
            AttributeScope::Server => 2,
        });
    }

    fn keys(&mut self, keys: &'a [std::sync::Arc<str>]) {
        put_varint(&mut self.out, keys.len() as u64);
        for key in keys {
            self.text(key);
        }
    }

    fn values(&mut self, values: &'a [(std::sync::Arc<str>, Value)]) {
        put_varint(&mut self.out, values.len() as u64);
        for (key, value) in values {
            self.text(key);
            self.value(value);
        }
    }

    fn value(&mut self, stored: &Value) {
        match stored {
            Value::Bool(false) => self.out.push(value::FALSE),
            Value::Bool(true) => self.out.push(value::TRUE),
            Value::Long(number) => {
                self.out.push(value::LONG);
                put_varint(&mut self.out, zigzag(*number));
            }
            Value::Double(number) => {
                self.out.push(value::DOUBLE);
                self.out.extend_from_slice(&number.to_le_bytes());
            }
            Value::Text(text) => {
                self.out.push(value::TEXT);
                self.bytes(text.as_bytes());
            }
            Value::Json(text) => {
                self.out.push(value::JSON);
                self.bytes(text.as_bytes());
            }
        }
    }
}

/// Writes the reference to an entry; `true` when the entry is new and must be written out now.
fn name_entry<K: Hash + Eq>(known: &mut FxHashMap<K, u64>, entry: K, out: &mut Vec<u8>) -> bool {
    let next = known.len() as u64;
    match known.entry(entry) {
        std::collections::hash_map::Entry::Occupied(number) => {
            put_varint(out, number.get() + reference::FIRST_ENTRY);
            false
        }
        std::collections::hash_map::Entry::Vacant(place) => {
            place.insert(next);
            put_varint(out, reference::NEW);
            true
        }
    }
}
