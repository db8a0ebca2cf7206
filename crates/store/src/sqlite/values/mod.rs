//! Points, latest values and attributes in `values.db`.
//!
//! **A fold is several short transactions**, sorted by series and time; its mark is in the last
//! one. A crash in between leaves rows of a fold whose mark is not there: memory, which is rebuilt
//! from the journal after the mark, lies over them, and the next fold writes them again, to the
//! same rows with the same values. Deletions go first in a fold and are journal records above the
//! mark too, so they are repeated before the points are.
//!
//! **After [`ValueTables::fold`] returns, its rows survive a power cut**: the writer commits with
//! `synchronous=FULL`, so each transaction's pages in the WAL are synced before it counts, and a
//! checkpoint syncs the WAL before and the file after copying. The journal may be trimmed up to
//! the mark at once.
//!
//! Readers have connections of their own and see the last whole transaction; a fold never makes
//! them wait.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use millrace_model::{AttributeScope, EntityId, EntityType, Millis, telemetry::TsValue};
use parking_lot::Mutex;
use rusqlite::params;

use self::writer::{Writer, find_series};
pub(super) use self::{
    schema::{FILE, SCHEMA},
    writer::read_mark,
};
use super::{
    column::{self, signed},
    open,
    readers::Readers,
};
use crate::{
    Result,
    journal::Seq,
    values::{Fold, Point, PointQuery, ValueTables},
};

mod fold;
mod schema;
mod writer;

#[cfg(test)]
mod model_tests;
#[cfg(test)]
mod tests;

/// Expired points deleted in one transaction: a fold waits no longer than for one of them.
const EXPIRE_BITE: usize = 5000;

/// The value tables of one node, in `values.db`.
pub struct SqliteValues {
    dir: PathBuf,
    writer: Mutex<Writer>,
    readers: Readers,
}

impl SqliteValues {
    /// Opens the value tables of a data directory.
    ///
    /// # Errors
    /// [`crate::StoreError::NewerSchema`], [`crate::StoreError::Damaged`], or the engine's.
    pub fn open(dir: &Path) -> Result<Self> {
        Ok(Self {
            dir: dir.to_owned(),
            writer: Mutex::new(Writer::open(dir)?),
            readers: Readers::new(dir, FILE, |_| Ok(())),
        })
    }
}

impl ValueTables for SqliteValues {
    fn fold(&self, fold: &Fold) -> Result<()> {
        self.writer.lock().run(|writer| fold::write(writer, fold))
    }

    fn folded_to(&self) -> Result<Seq> {
        Ok(self.readers.read(read_mark)?.folded_to)
    }

    fn points(
        &self,
        entity: EntityId,
        key: &str,
        query: PointQuery,
        now: Millis,
    ) -> Result<Vec<Point>> {
        let Some(last) = fold::last_of(query.end) else {
            return Ok(Vec::new());
        };
        let sql = if query.newest_first {
            "SELECT ts, value, expires FROM point
             WHERE series = ?1 AND ts BETWEEN ?2 AND ?3 AND (expires IS NULL OR expires > ?4)
             ORDER BY ts DESC LIMIT ?5"
        } else {
            "SELECT ts, value, expires FROM point
             WHERE series = ?1 AND ts BETWEEN ?2 AND ?3 AND (expires IS NULL OR expires > ?4)
             ORDER BY ts LIMIT ?5"
        };
        let limit = query.limit.map_or(-1, |limit| signed(limit as u64));
        self.readers.read(|connection| {
            let Some(series) = find_series(connection, entity, key)? else {
                return Ok(Vec::new());
            };
            connection
                .prepare_cached(sql)?
                .query_map(params![series, query.start, last, now, limit], |row| {
                    Ok(Point {
                        ts: row.get(0)?,
                        value: column::value(row, 1)?,
                        expires: row.get(2)?,
                    })
                })?
                .collect()
        })
    }

    fn latest(&self, entity: EntityId) -> Result<Vec<(Arc<str>, TsValue)>> {
        self.readers.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT key, ts, value FROM series
                     WHERE entity = ?1 AND kind = ?2 AND ts IS NOT NULL ORDER BY key",
                )?
                .query_map(
                    params![entity.id.as_bytes(), entity.entity_type.as_str()],
                    |row| {
                        let value = TsValue {
                            ts: row.get(1)?,
                            value: column::value(row, 2)?,
                        };
                        Ok((column::text(row, 0)?, value))
                    },
                )?
                .collect()
        })
    }

    fn attributes(&self, entity: EntityId) -> Result<Vec<(AttributeScope, Arc<str>, TsValue)>> {
        self.readers.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT scope, key, ts, value FROM attribute
                     WHERE entity = ?1 AND kind = ?2 ORDER BY scope, key",
                )?
                .query_map(
                    params![entity.id.as_bytes(), entity.entity_type.as_str()],
                    |row| {
                        let scope = row.get_ref(0)?;
                        let scope = scope.as_str()?.parse().map_err(|_| {
                            column::unreadable(0, scope.data_type(), "no attribute scope")
                        })?;
                        let value = TsValue {
                            ts: row.get(2)?,
                            value: column::value(row, 3)?,
                        };
                        Ok((scope, column::text(row, 1)?, value))
                    },
                )?
                .collect()
        })
    }

    fn each_attribute(
        &self,
        kind: EntityType,
        scope: AttributeScope,
        key: &str,
        each: &mut dyn FnMut(EntityId, TsValue),
    ) -> Result<()> {
        self.readers.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT kind, entity, ts, value FROM attribute
                 WHERE kind = ?1 AND scope = ?2 AND key = ?3",
            )?;
            let mut rows = statement.query(params![kind.as_str(), scope.as_str(), key])?;
            while let Some(row) = rows.next()? {
                let value = TsValue {
                    ts: row.get(2)?,
                    value: column::value(row, 3)?,
                };
                each(column::entity(row, 0, 1)?, value);
            }
            Ok(())
        })
    }

    fn expire(&self, now: Millis, limit: usize) -> Result<u64> {
        let mut gone = 0;
        while gone < limit {
            let bite = EXPIRE_BITE.min(limit - gone);
            let deleted = self.writer.lock().run(|writer| {
                let deleted = writer
                    .connection
                    .prepare_cached(
                        "DELETE FROM point WHERE (series, ts) IN
                             (SELECT series, ts FROM point WHERE expires <= ?1 LIMIT ?2)",
                    )?
                    .execute(params![now, signed(bite as u64)])?;
                writer.mark.points = writer.mark.points.saturating_sub(deleted as u64);
                Ok(deleted)
            })?;
            gone += deleted;
            if deleted < bite {
                break;
            }
        }
        Ok(gone as u64)
    }

    fn tidy(&self) {
        open::tidy(&self.writer.lock().connection, FILE);
    }

    fn size(&self) -> Result<(u64, u64)> {
        let points = self.readers.read(read_mark)?.points;
        Ok((open::file_bytes(&self.dir, FILE), points))
    }
}
