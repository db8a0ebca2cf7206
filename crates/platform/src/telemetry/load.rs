//! Bringing table rows into memory without holding a lock over the read.

use std::sync::Arc;

use millrace_model::{EntityId, Millis, telemetry::TsValue};
use millrace_store::values::PointQuery;

use super::{Telemetry, memory::Entity};
use crate::{Result, clock::now_ms};

/// What is missing before the latest values of an entity can be trusted.
enum Missing {
    Nothing,
    /// Its rows, to be read while the shard's count stays the same.
    Rows(u64),
    /// The newest point that a deletion left.
    Newest {
        key: Arc<str>,
        deletions: u32,
    },
}

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
                    && !entity.unsettled()
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
            match self.missing(id) {
                Missing::Nothing => return Ok(()),
                Missing::Rows(epoch) => {
                    let latest = self.values.latest(id)?;
                    let attributes = self.values.attributes(id)?;
                    let mut shard = self.shard(id).lock();
                    if shard.epoch != epoch {
                        continue;
                    }
                    let entity = shard.entities.entry(id).or_default();
                    if !entity.loaded {
                        entity.merge(latest, attributes, &self.keys);
                    }
                    entity.used = true;
                    // Reads of a whole fleet come between two folds.
                    if shard.crowded(self.options.cache_entities) {
                        shard.evict(self.options.cache_entities, Some(id));
                    }
                }
                Missing::Newest { key, deletions } => {
                    let found = self.newest(id, &key)?;
                    let mut shard = self.shard(id).lock();
                    let shard = &mut *shard;
                    if let Some(entity) = shard.entities.get_mut(&id)
                        && entity.deletions == deletions
                    {
                        let value = entity.rewritten(&key, found);
                        for feed in shard.feeds.get(&id).into_iter().flatten() {
                            feed.latest(&key, value);
                        }
                    }
                }
            }
        }
    }

    fn missing(&self, id: EntityId) -> Missing {
        let shard = self.shard(id).lock();
        let Some(entity) = shard.entities.get(&id).filter(|entity| entity.loaded) else {
            return Missing::Rows(shard.epoch);
        };
        if entity.rewrites == 0 {
            return Missing::Nothing;
        }
        let mut waiting = entity.series.iter().filter(|(_, series)| series.rewrite);
        match waiting.next() {
            Some((key, _)) => Missing::Newest {
                key: Arc::clone(key),
                deletions: entity.deletions,
            },
            None => Missing::Nothing,
        }
    }

    /// The newest point of a series that may be a latest value.
    fn newest(&self, id: EntityId, key: &str) -> Result<Option<TsValue>> {
        let end = now_ms()
            .saturating_add(self.options.future_latest_ms)
            .saturating_add(1);
        let query = PointQuery {
            start: Millis::MIN,
            end,
            newest_first: true,
            limit: Some(1),
        };
        let mut newest = None;
        self.each_point(id, key, query, &mut |ts, value| {
            newest = Some(TsValue { ts, value });
            false
        })?;
        Ok(newest)
    }
}
