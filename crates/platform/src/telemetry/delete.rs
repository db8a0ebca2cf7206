//! Deletions: one place in the order of memory and journal, durable when the call returns.

use std::sync::Arc;

use millrace_model::{AttributeScope, EntityId, Millis};
use millrace_store::journal::{DeleteLatest, OutRecord};

use super::{Telemetry, append};
use crate::{Result, Scope};

impl Telemetry {
    /// Deletes the points of `keys` from `start` (inclusive) to `end` (exclusive; `Millis::MAX`
    /// is everything). Blocking.
    ///
    /// # Errors
    /// When the journal is closed, or the newest point that is left cannot be read (it is then
    /// looked up at the next read).
    pub fn delete_points(
        &self,
        scope: &Scope,
        entity: EntityId,
        keys: &[Arc<str>],
        start: Millis,
        end: Millis,
        latest: DeleteLatest,
    ) -> Result<()> {
        self.delete(OutRecord::DeletePoints {
            tenant: scope.tenant,
            entity,
            keys: keys.to_vec(),
            start,
            end,
            latest,
        })?;
        if latest == DeleteLatest::Rewrite {
            self.load(entity)?;
        }
        Ok(())
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
