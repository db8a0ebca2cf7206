//! Bringing table rows into memory without holding a lock over the read.

use millrace_model::EntityId;

use super::{Telemetry, evict::CacheBound, memory::Entity};
use crate::Result;

impl Telemetry {
    /// Runs `read` on the entity with everything the tables know of it in memory.
    pub(super) fn with_loaded<T>(
        &self,
        id: EntityId,
        read: impl FnOnce(&Entity) -> T,
    ) -> Result<T> {
        loop {
            {
                let mut shard = self.shard(id).lock();
                if let Some(entity) = shard.entities.get_mut(&id)
                    && entity.loaded
                {
                    entity.used = true;
                    return Ok(read(entity));
                }
            }
            self.load(id)?;
        }
    }

    /// Makes sure that the entity's latest values and attributes are in memory.
    pub(super) fn load(&self, id: EntityId) -> Result<()> {
        loop {
            let epoch = {
                let shard = self.shard(id).lock();
                if shard.entities.get(&id).is_some_and(|known| known.loaded) {
                    return Ok(());
                }
                shard.epoch
            };
            let latest = self.values.latest(id)?;
            let attributes = self.values.attributes(id)?;
            let mut shard = self.shard(id).lock();
            if shard.epoch != epoch {
                continue;
            }
            let shard = &mut *shard;
            let entity = shard.entities.entry(id).or_default();
            if !entity.loaded {
                entity.merge(latest, attributes, &self.keys);
                entity.changed = shard.changes;
                let (before, now) = entity.weigh();
                shard.weight = shard.weight.saturating_sub(before) + now;
            }
            entity.used = true;
            // Reads of a whole fleet come between two folds.
            let bound = CacheBound::of(&self.options);
            if shard.crowded(bound) {
                shard.evict(bound, Some(id));
            }
            return Ok(());
        }
    }
}
