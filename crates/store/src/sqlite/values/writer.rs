//! The writing side: short transactions that carry their counters.

use std::{path::Path, sync::Arc};

use millrace_model::{EntityId, TenantId};
use rusqlite::{Connection, OptionalExtension, params};
use rustc_hash::FxHashMap;

use super::schema::{FILE, SCHEMA};
use crate::{
    Result, fault_points,
    journal::Seq,
    sqlite::{
        column::{signed, unsigned},
        error,
        open::{self, Sync, WriterOptions},
    },
};

/// Rows changed in one transaction: short enough that an expiry never holds up a fold for long,
/// long enough that its sync does not count.
const ROWS: u64 = 64_000;

/// Series whose numbers are kept in memory, about 100 bytes each.
const KNOWN_SERIES: usize = 100_000;

/// What the row of `mark` holds.
#[derive(Clone, Copy)]
pub(crate) struct Mark {
    pub(crate) folded_to: Seq,
    next_series: i64,
    pub(crate) points: u64,
}

/// The only connection that writes. Between calls no transaction is open.
pub(super) struct Writer {
    pub(super) connection: Connection,
    pub(super) mark: Mark,
    known: FxHashMap<(EntityId, Arc<str>), i64>,
    rows: u64,
}

impl Writer {
    pub(super) fn open(dir: &Path) -> Result<Self> {
        let connection = open::writer(
            dir,
            &SCHEMA,
            &WriterOptions {
                // Every transaction is synced: after a fold the journal lets go of its records.
                sync: Sync::Full,
                checkpoint_pages: 4096,
                // Inner pages and the last leaves of a thousand series. A fold writes in the order of
                // the table and meets a page once, so a larger cache only holds what it left behind.
                cache_kib: 4 << 10,
            },
        )?;
        let mark = read_mark(&connection).map_err(|error| error::engine(FILE, error))?;
        Ok(Self {
            connection,
            mark,
            known: FxHashMap::default(),
            rows: 0,
        })
    }

    /// Runs `change` in transactions of its own. After an error the open one is taken back, and
    /// memory is read again from what is stored.
    pub(super) fn run<T>(
        &mut self,
        change: impl FnOnce(&mut Self) -> rusqlite::Result<T>,
    ) -> Result<T> {
        let outcome = self.begin().and_then(|()| {
            let answer = change(self)?;
            self.commit()?;
            Ok(answer)
        });
        outcome.map_err(|failure| {
            if !self.connection.is_autocommit()
                && let Err(error) = self.connection.execute_batch("ROLLBACK")
            {
                tracing::error!(file = FILE, %error, "a failed transaction is not taken back");
            }
            self.known.clear();
            match read_mark(&self.connection) {
                Ok(mark) => self.mark = mark,
                Err(error) => tracing::error!(file = FILE, %error, "the mark cannot be read"),
            }
            error::engine(FILE, failure)
        })
    }

    fn begin(&mut self) -> rusqlite::Result<()> {
        self.rows = 0;
        self.connection
            .prepare_cached("BEGIN IMMEDIATE")?
            .execute([])?;
        Ok(())
    }

    fn commit(&mut self) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached("UPDATE mark SET folded_to = ?1, next_series = ?2, points = ?3")?
            .execute(params![
                signed(self.mark.folded_to),
                self.mark.next_series,
                signed(self.mark.points)
            ])?;
        self.connection.prepare_cached("COMMIT")?.execute([])?;
        Ok(())
    }

    /// Counts changed rows; ends the transaction and begins the next one when it is long enough.
    pub(super) fn changed(&mut self, rows: u64) -> rusqlite::Result<()> {
        self.rows += rows;
        if self.rows >= ROWS {
            fault_points::hit("fold.inside");
            self.commit()?;
            self.begin()?;
        }
        Ok(())
    }

    /// The number of a series, made when it is new.
    pub(super) fn series(
        &mut self,
        tenant: TenantId,
        entity: EntityId,
        key: &Arc<str>,
    ) -> rusqlite::Result<i64> {
        let name = (entity, Arc::clone(key));
        if let Some(id) = self.known.get(&name) {
            return Ok(*id);
        }
        let id = match self.find_series(entity, key)? {
            Some(id) => id,
            None => {
                let id = self.mark.next_series;
                self.connection
                    .prepare_cached(
                        "INSERT INTO series (entity, kind, key, id, tenant) VALUES (?1, ?2, ?3, ?4, ?5)",
                    )?
                    .execute(params![
                        entity.id.as_bytes(),
                        entity.entity_type.as_str(),
                        &**key,
                        id,
                        tenant.0.as_bytes()
                    ])?;
                self.mark.next_series += 1;
                self.rows += 1;
                id
            }
        };
        if self.known.len() >= KNOWN_SERIES {
            self.known.clear();
        }
        self.known.insert(name, id);
        Ok(id)
    }

    pub(super) fn find_series(&self, entity: EntityId, key: &str) -> rusqlite::Result<Option<i64>> {
        find_series(&self.connection, entity, key)
    }

    /// Forgets numbers of series that are gone.
    pub(super) fn forget(&mut self, entity: EntityId, key: Arc<str>) {
        self.known.remove(&(entity, key));
    }
}

/// The number of a series that is stored.
pub(super) fn find_series(
    connection: &Connection,
    entity: EntityId,
    key: &str,
) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached("SELECT id FROM series WHERE entity = ?1 AND kind = ?2 AND key = ?3")?
        .query_row(
            params![entity.id.as_bytes(), entity.entity_type.as_str(), key],
            |row| row.get(0),
        )
        .optional()
}

pub(crate) fn read_mark(connection: &Connection) -> rusqlite::Result<Mark> {
    connection
        .prepare_cached("SELECT folded_to, next_series, points FROM mark")?
        .query_row([], |row| {
            Ok(Mark {
                folded_to: unsigned(row.get(0)?),
                next_series: row.get(1)?,
                points: unsigned(row.get(2)?),
            })
        })
}
