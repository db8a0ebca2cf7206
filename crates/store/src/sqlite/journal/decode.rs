//! Bytes to records.
//!
//! A body comes from a disk: whatever it holds, reading it ends in records or in
//! [`DecodeError`], never in a panic and never in more memory than the body's own size asks for.

use std::sync::Arc;

use bytes::Bytes;
use millrace_model::{AttributeScope, EntityId, Millis, TenantId, Value};
use uuid::Uuid;

use super::wire::{FORMAT, in_flag, points_flag, reference, tag, unzigzag, value};
use crate::journal::{DeleteLatest, Identity, InRecord, OutRecord, Record, Seq, Source};

/// Why a body cannot be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(crate) enum DecodeError {
    #[error("body ends inside a record")]
    Short,
    #[error("unknown {what} {number}")]
    Unknown { what: &'static str, number: u64 },
    #[error("unknown entity type {0}")]
    Kind(String),
    #[error("text is not UTF-8")]
    Text,
    #[error("number is too long")]
    Number,
}

type Result<T> = std::result::Result<T, DecodeError>;

/// Reads the body of one commit, record by record.
pub(crate) struct Decoder<'a> {
    rest: &'a [u8],
    texts: Vec<Arc<str>>,
    uuids: Vec<Uuid>,
    entities: Vec<(TenantId, EntityId)>,
    last_ms: Millis,
    last_seq: Seq,
}

impl<'a> Decoder<'a> {
    /// A decoder of `body`.
    pub(crate) fn new(body: &'a [u8]) -> Result<Self> {
        let mut decoder = Self {
            rest: body,
            texts: Vec::new(),
            uuids: Vec::new(),
            entities: Vec::new(),
            last_ms: 0,
            last_seq: 0,
        };
        match decoder.byte()? {
            FORMAT => Ok(decoder),
            other => Err(unknown("format", other)),
        }
    }

    /// The next record; `None` at the end.
    pub(crate) fn next_record(&mut self) -> Result<Option<Record>> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let record = match self.byte()? {
            tag::IN => Record::In(self.message_in()?),
            other => Record::Out(self.out(other)?),
        };
        Ok(Some(record))
    }

    fn message_in(&mut self) -> Result<InRecord> {
        let flags = self.byte()?;
        Ok(InRecord {
            qos: flags & in_flag::QOS,
            retain: flags & in_flag::RETAIN != 0,
            source: Source {
                tenant: TenantId(self.uuid()?),
                integration: self.uuid()?,
            },
            arrival_ms: self.time()?,
            topic: self.text()?,
            payload: Bytes::copy_from_slice(self.bytes()?),
            identity: if flags & in_flag::IDENTITY != 0 {
                Some(Identity {
                    epoch: self.varint()?,
                    packet_id: u16::try_from(self.varint()?).map_err(|_| DecodeError::Number)?,
                    hash: self.hash()?,
                })
            } else {
                None
            },
            properties: if flags & in_flag::PROPERTIES != 0 {
                Some(self.text()?)
            } else {
                None
            },
        })
    }

    fn out(&mut self, tag: u8) -> Result<OutRecord> {
        Ok(match tag {
            tag::POINTS => {
                let flags = self.byte()?;
                let (tenant, entity) = self.entity()?;
                let ts = self.time()?;
                let expires = if flags & points_flag::EXPIRES != 0 {
                    Some(ts.wrapping_add(unzigzag(self.varint()?)))
                } else {
                    None
                };
                OutRecord::Points {
                    tenant,
                    entity,
                    ts,
                    expires,
                    latest: flags & points_flag::LATEST != 0,
                    history: flags & points_flag::HISTORY != 0,
                    values: self.values()?,
                }
            }
            tag::ATTRIBUTES => {
                let (tenant, entity) = self.entity()?;
                OutRecord::Attributes {
                    tenant,
                    entity,
                    scope: self.scope()?,
                    at: self.time()?,
                    values: self.values()?,
                }
            }
            tag::DELETE_POINTS => {
                let (tenant, entity) = self.entity()?;
                OutRecord::DeletePoints {
                    tenant,
                    entity,
                    keys: self.keys()?,
                    start: unzigzag(self.varint()?),
                    end: unzigzag(self.varint()?),
                    latest: match self.byte()? {
                        0 => DeleteLatest::Keep,
                        1 => DeleteLatest::Delete,
                        2 => DeleteLatest::Rewrite,
                        other => return Err(unknown("rule for latest values", other)),
                    },
                }
            }
            tag::DELETE_ATTRIBUTES => {
                let (tenant, entity) = self.entity()?;
                OutRecord::DeleteAttributes {
                    tenant,
                    entity,
                    scope: self.scope()?,
                    keys: self.keys()?,
                }
            }
            tag::DELETE_ENTITY => {
                let (tenant, entity) = self.entity()?;
                OutRecord::DeleteEntity { tenant, entity }
            }
            tag::DONE => OutRecord::Done(self.message()?),
            tag::STARTED => OutRecord::Started(self.message()?),
            tag::SET_ASIDE => OutRecord::SetAside(self.message()?),
            tag::FAILED => OutRecord::Failed(self.message()?),
            tag::CONFIRMED => OutRecord::Confirmed {
                integration: self.uuid()?,
                epoch: self.varint()?,
                upto: self.varint()?,
            },
            tag::SESSION => OutRecord::Session {
                integration: self.uuid()?,
                epoch: self.varint()?,
                unconfirmed: {
                    let count = self.count(10)?;
                    let pair = |_| Ok((u16::from_le_bytes(self.array()?), self.hash()?));
                    (0..count).map(pair).collect::<Result<_>>()?
                },
                last_of_topic: {
                    let count = self.count(16)?;
                    let pair = |_| Ok((self.hash()?, self.hash()?));
                    (0..count).map(pair).collect::<Result<_>>()?
                },
            },
            tag::OWED => OutRecord::Owed {
                kind: self.byte()?,
                id: self.uuid()?,
                tenant: TenantId(self.uuid()?),
                due: self.time()?,
                body: Bytes::copy_from_slice(self.bytes()?),
            },
            tag::SETTLED => OutRecord::Settled(self.uuid()?),
            other => return Err(unknown("record", other)),
        })
    }

    fn message(&mut self) -> Result<Seq> {
        let step = unzigzag(self.varint()?);
        self.last_seq = self.last_seq.wrapping_add(step.cast_unsigned());
        Ok(self.last_seq)
    }

    fn time(&mut self) -> Result<Millis> {
        self.last_ms = self.last_ms.wrapping_add(unzigzag(self.varint()?));
        Ok(self.last_ms)
    }

    fn byte(&mut self) -> Result<u8> {
        let (first, rest) = self.rest.split_first().ok_or(DecodeError::Short)?;
        self.rest = rest;
        Ok(*first)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self
            .rest
            .split_at_checked(length)
            .ok_or(DecodeError::Short)?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(DecodeError::Short)?;
        self.rest = rest;
        Ok(*taken)
    }

    fn hash(&mut self) -> Result<u64> {
        self.array().map(u64::from_le_bytes)
    }

    fn varint(&mut self) -> Result<u64> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7f);
            if shift == 63 && part > 1 {
                return Err(DecodeError::Number);
            }
            number |= part << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(DecodeError::Number)
    }

    fn bytes(&mut self) -> Result<&'a [u8]> {
        let length = usize::try_from(self.varint()?).map_err(|_| DecodeError::Short)?;
        self.take(length)
    }

    fn plain_text(&mut self) -> Result<Arc<str>> {
        std::str::from_utf8(self.bytes()?)
            .map(Arc::from)
            .map_err(|_| DecodeError::Text)
    }

    fn text(&mut self) -> Result<Arc<str>> {
        match self.varint()? {
            reference::NEW => {
                let text = self.plain_text()?;
                self.texts.push(Arc::clone(&text));
                Ok(text)
            }
            reference::PLAIN => self.plain_text(),
            number => entry(&self.texts, "text", number).cloned(),
        }
    }

    fn uuid(&mut self) -> Result<Uuid> {
        match self.varint()? {
            reference::NEW => {
                let uuid = Uuid::from_bytes(self.array()?);
                self.uuids.push(uuid);
                Ok(uuid)
            }
            number => entry(&self.uuids, "uuid", number).copied(),
        }
    }

    fn entity(&mut self) -> Result<(TenantId, EntityId)> {
        match self.varint()? {
            reference::NEW => {
                let tenant = TenantId(self.uuid()?);
                let kind = self.text()?;
                let kind = kind
                    .parse()
                    .map_err(|_| DecodeError::Kind(kind.to_string()))?;
                let named = (tenant, EntityId::new(kind, Uuid::from_bytes(self.array()?)));
                self.entities.push(named);
                Ok(named)
            }
            number => entry(&self.entities, "entity", number).copied(),
        }
    }

    fn scope(&mut self) -> Result<AttributeScope> {
        Ok(match self.byte()? {
            0 => AttributeScope::Client,
            1 => AttributeScope::Shared,
            2 => AttributeScope::Server,
            other => return Err(unknown("attribute scope", other)),
        })
    }

    /// How many elements follow; each takes `least` bytes or more, so a number that cannot fit
    /// is refused before memory is asked for.
    fn count(&mut self, least: usize) -> Result<usize> {
        let count = usize::try_from(self.varint()?).map_err(|_| DecodeError::Short)?;
        if count > self.rest.len() / least {
            return Err(DecodeError::Short);
        }
        Ok(count)
    }

    fn keys(&mut self) -> Result<Vec<Arc<str>>> {
        let count = self.count(1)?;
        (0..count).map(|_| self.text()).collect()
    }

    fn values(&mut self) -> Result<Vec<(Arc<str>, Value)>> {
        let count = self.count(2)?;
        (0..count)
            .map(|_| Ok((self.text()?, self.value()?)))
            .collect()
    }

    fn value(&mut self) -> Result<Value> {
        Ok(match self.byte()? {
            value::FALSE => Value::Bool(false),
            value::TRUE => Value::Bool(true),
            value::LONG => Value::Long(unzigzag(self.varint()?)),
            value::DOUBLE => Value::Double(f64::from_le_bytes(self.array()?)),
            value::TEXT => Value::Text(self.plain_text()?),
            value::JSON => Value::Json(self.plain_text()?),
            other => return Err(unknown("kind of value", other)),
        })
    }
}

fn unknown(what: &'static str, number: u8) -> DecodeError {
    DecodeError::Unknown {
        what,
        number: u64::from(number),
    }
}

fn entry<'e, T>(entries: &'e [T], what: &'static str, number: u64) -> Result<&'e T> {
    number
        .checked_sub(reference::FIRST_ENTRY)
        .and_then(|index| usize::try_from(index).ok())
        .and_then(|index| entries.get(index))
        .ok_or(DecodeError::Unknown { what, number })
}
