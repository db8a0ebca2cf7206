//! Letting go of what the tables hold too.

use millrace_model::EntityId;

use super::{SHARDS, TelemetryOptions, shard::Shard};

/// What a shard keeps.
#[derive(Clone, Copy)]
pub(super) struct CacheBound {
    entities: usize,
    bytes: usize,
}

impl CacheBound {
    /// The share of one shard.
    pub(super) fn of(options: &TelemetryOptions) -> Self {
        Self {
            entities: options.cache_entities.div_ceil(SHARDS),
            bytes: options.cache_bytes.div_ceil(SHARDS),
        }
    }
}

impl Shard {
    /// Whether there is twice of what is kept; letting go of a little would cost more than it
    /// saves.
    pub(super) fn crowded(&self, bound: CacheBound) -> bool {
        self.entities.len() > 2 * bound.entities + 8 || self.weight > 2 * bound.bytes
    }

    /// Lets go of clean entities above the bound, those nobody looked at first, but not of
    /// `wanted`, nor of those somebody watches.
    pub(super) fn evict(&mut self, bound: CacheBound, wanted: Option<EntityId>) {
        let before = self.entities.len();
        let mut entities = before;
        for spare_used in [true, false] {
            if entities <= bound.entities && self.weight <= bound.bytes {
                break;
            }
            self.entities.retain(|id, entity| {
                let used = std::mem::take(&mut entity.used);
                let keep = (entities <= bound.entities && self.weight <= bound.bytes)
                    || wanted == Some(*id)
                    || (used && spare_used)
                    || self.feeds.contains_key(id)
                    || !entity.clean();
                if !keep {
                    entities -= 1;
                    self.weight = self.weight.saturating_sub(entity.weight);
                }
                keep
            });
        }
        self.epoch += u64::from(entities != before);
    }
}
