//! The writing side: batches into rings, the oldest out.

use std::{collections::BTreeSet, path::Path};

use millrace_model::{EntityId, TenantId, event::EventType};
use rusqlite::{Connection, OptionalExtension, params};
use rustc_hash::FxHashMap;
use serde::de::IgnoredAny;

use super::schema::{FILE, SCHEMA, keys_of};
use crate::{
    Result, StoreError,
    events::NewEvent,
    sqlite::{
        column::{signed, unsigned},
        error,
        open::{self, Sync, WriterOptions},
    },
};

/// Rings whose state is kept in memory, about 100 bytes each.
const KNOWN_RINGS: usize = 50_000;

/// What an event costs beside its body.
const ROW_BYTES: u64 = 32;

/// Oldest events looked at in one step when a ring is over its bound.
const STEP: i64 = 256;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct RingName {
    tenant: TenantId,
    entity: EntityId,
    event_type: EventType,
    /// What the table calls `failure`: 0 = all messages, 1 = failures, 2 = the first of each.
    failure: u8,
}

#[derive(Clone, Copy)]
struct Ring {
    id: i64,
    next_key: i64,
    bytes: u64,
}

pub(super) struct Writer {
    pub(super) connection: Connection,
    ring_bytes: u64,
    rings: FxHashMap<RingName, Ring>,
}

/// Bytes an event takes in its ring.
pub(super) fn cost(event: &NewEvent) -> u64 {
    event.body.len() as u64 + ROW_BYTES
}

impl Writer {
    /// Opens the file. It is not synced, so a power cut may damage it: then it is set aside and a
    /// new one begins, for events never keep a server from starting.
    pub(super) fn open(dir: &Path, ring_bytes: u64) -> Result<Self> {
        let options = WriterOptions {
            sync: Sync::Off,
            checkpoint_pages: 1000,
            cache_kib: 2048,
        };
        let connection = match open::writer(dir, &SCHEMA, &options) {
            Err(StoreError::Damaged { detail, .. }) => {
                tracing::error!(
                    file = FILE,
                    detail,
                    "damaged: set aside, beginning a new one"
                );
                set_aside(dir).map_err(|error| error::io(FILE, error))?;
                open::writer(dir, &SCHEMA, &options)?
            }
            other => other?,
        };
        Ok(Self {
            connection,
            ring_bytes,
            rings: FxHashMap::default(),
        })
    }

    /// Writes a batch in one transaction; all or none.
    pub(super) fn write(&mut self, batch: &[NewEvent]) -> Result<()> {
        let written = self.try_write(batch);
        if written.is_err() || self.rings.len() > KNOWN_RINGS {
            // After a rollback memory would be ahead of the table.
            self.rings.clear();
        }
        written.map_err(|error| error::engine(FILE, error))
    }

    /// Forgets what is known of rings, after others changed them.
    pub(super) fn forget(&mut self) {
        self.rings.clear();
    }

    fn try_write(&mut self, batch: &[NewEvent]) -> rusqlite::Result<()> {
        let transaction = self.connection.unchecked_transaction()?;
        let mut full = BTreeSet::new();
        let mut named = Vec::new();
        for event in batch {
            let name = RingName {
                tenant: event.tenant,
                entity: event.entity,
                event_type: event.event_type,
                failure: match (event.failure, event.first) {
                    (false, _) => 0,
                    (true, false) => 1,
                    (true, true) => 2,
                },
            };
            let ring = match self.rings.get_mut(&name) {
                Some(ring) => ring,
                None => {
                    let ring = load(&transaction, name)?;
                    self.rings.entry(name).or_insert(ring)
                }
            };
            let key = ring.next_key;
            ring.next_key += 1;
            ring.bytes += cost(event);
            if ring.bytes > self.ring_bytes && full.insert(ring.id) {
                named.push(name);
            }
            insert(&transaction, key, event)?;
        }
        for name in named {
            if let Some(ring) = self.rings.get_mut(&name) {
                shrink(&transaction, ring, self.ring_bytes)?;
            }
        }
        transaction.commit()
    }
}

fn insert(connection: &Connection, key: i64, event: &NewEvent) -> rusqlite::Result<()> {
    // The filters of a page read the body as JSON; one bad text must not fail them all.
    let body = if serde_json::from_str::<IgnoredAny>(&event.body).is_ok() {
        std::borrow::Cow::Borrowed(&*event.body)
    } else {
        std::borrow::Cow::Owned(serde_json::json!({ "data": &*event.body }).to_string())
    };
    connection
        .prepare_cached("INSERT INTO event VALUES (?1, ?2, ?3)")?
        .execute(params![key, event.at, body])?;
    Ok(())
}

/// Reads a ring's state, making the ring when it is new.
fn load(connection: &Connection, name: RingName) -> rusqlite::Result<Ring> {
    let key = params![
        name.entity.id.as_bytes(),
        name.entity.entity_type.as_str(),
        name.tenant.0.as_bytes(),
        name.event_type.as_str(),
        name.failure
    ];
    let found: Option<i64> = connection
        .prepare_cached(
            "SELECT id FROM ring
             WHERE entity = ?1 AND kind = ?2 AND tenant = ?3 AND type = ?4 AND failure = ?5",
        )?
        .query_row(key, |row| row.get(0))
        .optional()?;
    let id = match found {
        Some(id) => id,
        None => {
            connection
                .prepare_cached(
                    "INSERT INTO ring (entity, kind, tenant, type, failure)
                     VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute(key)?;
            connection.last_insert_rowid()
        }
    };
    let (first, last) = keys_of(id);
    connection
        .prepare_cached(
            "SELECT max(key), coalesce(sum(octet_length(body) + ?3), 0) FROM event
             WHERE key BETWEEN ?1 AND ?2",
        )?
        .query_row(params![first, last, signed(ROW_BYTES)], |row| {
            let newest: Option<i64> = row.get(0)?;
            Ok(Ring {
                id,
                next_key: newest.unwrap_or(first) + 1,
                bytes: unsigned(row.get(1)?),
            })
        })
}

/// Lets the oldest events go until the ring is within its bound.
fn shrink(connection: &Connection, ring: &mut Ring, bound: u64) -> rusqlite::Result<()> {
    let (first, last) = keys_of(ring.id);
    while ring.bytes > bound {
        let mut statement = connection.prepare_cached(
            "SELECT key, octet_length(body) FROM event
             WHERE key BETWEEN ?1 AND ?2 ORDER BY key LIMIT ?3",
        )?;
        let mut rows = statement.query(params![first, last, STEP])?;
        let mut gone = None;
        while let Some(row) = rows.next()? {
            if ring.bytes <= bound {
                break;
            }
            gone = Some(row.get::<_, i64>(0)?);
            ring.bytes = ring.bytes.saturating_sub(unsigned(row.get(1)?) + ROW_BYTES);
        }
        drop(rows);
        let Some(gone) = gone else {
            ring.bytes = 0;
            break;
        };
        connection
            .prepare_cached("DELETE FROM event WHERE key BETWEEN ?1 AND ?2")?
            .execute([first, gone])?;
    }
    Ok(())
}

fn set_aside(dir: &Path) -> std::io::Result<()> {
    for suffix in ["", "-wal", "-shm"] {
        let from = dir.join(format!("{FILE}{suffix}"));
        if from.exists() {
            std::fs::rename(from, dir.join(format!("{FILE}.damaged{suffix}")))?;
        }
    }
    Ok(())
}
