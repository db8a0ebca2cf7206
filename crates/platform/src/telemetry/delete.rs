//! Deletions: one place in the order of memory and journal, durable when the call returns.

use std::sync::Arc;

use millrace_model::{AttributeScope, EntityId, Millis, telemetry::TsValue};
use millrace_store::{
    journal::{DeleteLatest, OutRecord},
    values::PointQuery,
};

use super::{Telemetry, append, memory::Cut};
use crate::{Result, Scope, clock::now_ms};

/// Look-ups beside everything else before a deletion stops the others.
const UNDISTURBED_TRIES: usize = 8;

impl Telemetry {
    /// Deletes the points of `keys` from `start` (inclusive) to `end` (exclusive; `Millis::MAX`
    /// is everything). Blocking.
    ///
    /// # Errors
    /// When the journal is closed or the tables cannot be read; nothing is deleted then.
    pub fn delete_points(
        &self,
        scope: &Scope,
        entity: EntityId,
        keys: &[Arc<str>],
        start: Millis,
        end: Millis,
        latest: DeleteLatest,
    ) -> Result<()> {
        let deletion = |latest| OutRecord::DeletePoints {
            tenant: scope.tenant,
            entity,
            keys: keys.to_vec(),
            start,
            end,
            latest,
        };
        if latest != DeleteLatest::Rewrite {
            return self.delete(deletion(latest));
        }
        // The newest point that is left goes into the journal beside the deletion, so that a
        // replay over newer tables ends with the same latest value.
        let cut = Cut { start, end };
        let mut tries = 0;
        let durable = loop {
            tries += 1;
            // Somebody who saves faster than we look has to wait in the end.
            let early = (tries > UNDISTURBED_TRIES).then(|| self.gate.write());
            let (changed, affected) = self.affected(entity, keys, cut)?;
            let mut records = vec![deletion(DeleteLatest::Delete)];
            for key in affected {
                if let Some(left) = self.newest_left(entity, &key, cut)? {
                    records.push(OutRecord::Points {
                        tenant: scope.tenant,
                        entity,
                        ts: left.ts,
                        expires: None,
                        latest: true,
                        history: false,
                        values: vec![(key, left.value)],
                    });
                }
            }
            let (work, durable) = append(records);
            let _alone = early.unwrap_or_else(|| self.gate.write());
            let unchanged = {
                let shard = self.shard(entity).lock();
                let known = shard.entities.get(&entity);
                known.is_some_and(|known| known.loaded && known.changed == changed)
            };
            if unchanged && work.outs.first().is_some_and(|one| self.take_deletion(one)) {
                work.outs.iter().for_each(|record| self.take_values(record));
                self.journal.append(work);
                break durable;
            }
        };
        durable.wait()
    }

    /// The keys whose latest values a deletion takes, and a stamp that every change moves.
    fn affected(&self, id: EntityId, keys: &[Arc<str>], cut: Cut) -> Result<(u64, Vec<Arc<str>>)> {
        self.with_loaded(id, |entity| {
            let goes = |key: &&Arc<str>| {
                let latest = entity
                    .series
                    .get(&***key)
                    .and_then(|one| one.latest.as_ref());
                latest.is_some_and(|latest| cut.hides(latest.ts))
            };
            (entity.changed, keys.iter().filter(goes).cloned().collect())
        })
    }

    /// The newest point outside of the range that may be a latest value.
    fn newest_left(&self, id: EntityId, key: &str, cut: Cut) -> Result<Option<TsValue>> {
        let future = now_ms().saturating_add(self.options.future_latest_ms);
        for (start, end) in [
            (cut.end, future.saturating_add(1)),
            (Millis::MIN, cut.start.min(future.saturating_add(1))),
        ] {
            let query = PointQuery {
                start,
                end,
                newest_first: true,
                limit: Some(1),
            };
            let mut newest = None;
            if start < end {
                self.each_point(id, key, query, &mut |ts, value| {
                    newest = Some(TsValue { ts, value });
                    false
                })?;
            }
            if newest.is_some() {
                return Ok(newest);
            }
        }
        Ok(None)
    }

    /// Deletes attributes of one scope. Blocking.
    ///
    /// # Errors
    /// When the journal is closed.
    pub fn delete_attributes(
        &self,
        scope: &Scope,
        entity: EntityId,
        attribute_scope: AttributeScope,
        keys: &[Arc<str>],
    ) -> Result<()> {
        self.delete(OutRecord::DeleteAttributes {
            tenant: scope.tenant,
            entity,
            scope: attribute_scope,
            keys: keys.to_vec(),
        })
    }

    /// Deletes everything an entity has. Blocking.
    ///
    /// # Errors
    /// When the journal is closed.
    pub fn delete_entity(&self, scope: &Scope, entity: EntityId) -> Result<()> {
        self.delete(OutRecord::DeleteEntity {
            tenant: scope.tenant,
            entity,
        })
    }

    fn delete(&self, record: OutRecord) -> Result<()> {
        let Some(entity) = subject(&record) else {
            return Ok(());
        };
        let (work, durable) = append(vec![record]);
        loop {
            // Nobody is between memory and journal while the deletion takes its place in both.
            let alone = self.gate.write();
            if work.outs.iter().all(|record| self.take_deletion(record)) {
                self.journal.append(work);
                break;
            }
            drop(alone);
            self.load(entity)?;
        }
        durable.wait()
    }
}

/// The entity a deletion is about; `None` for other records.
pub(super) fn subject(record: &OutRecord) -> Option<EntityId> {
    match record {
        OutRecord::DeletePoints { entity, .. }
        | OutRecord::DeleteAttributes { entity, .. }
        | OutRecord::DeleteEntity { entity, .. } => Some(*entity),
        _ => None,
    }
}
