//! A lock's worth of entities: taking records in, and letting go of what the tables hold too.

use std::sync::{Arc, atomic::Ordering};

use hashbrown::HashMap;
use millrace_model::{EntityId, TenantId, telemetry::TsValue};
use millrace_store::journal::OutRecord;

use super::{
    SHARDS, Telemetry,
    live::Feed,
    memory::{Cut, Entity, Points},
};

/// Cached series and attributes a cached entity is allowed on average.
const VALUES_PER_ENTITY: usize = 32;

/// Entities that share a lock.
#[derive(Default)]
pub(super) struct Shard {
    pub(super) entities: HashMap<EntityId, Entity>,
    /// Entities with something for the next fold.
    pub(super) dirty: Vec<EntityId>,
    /// Entities in the fold under way.
    pub(super) frozen: Vec<EntityId>,
    /// Who watches.
    pub(super) feeds: HashMap<EntityId, Vec<Arc<Feed>>>,
    /// Counts folds and evictions: table rows read under another count may be older than what
    /// memory has let go of since.
    pub(super) epoch: u64,
    /// Counts changes.
    pub(super) changes: u64,
}

/// Entities a shard keeps.
fn bound(cache_entities: usize) -> usize {
    cache_entities.div_ceil(SHARDS)
}

impl Shard {
    /// The entity a record of `tenant` is about to change.
    fn change(&mut self, id: EntityId, tenant: TenantId) -> (&mut Entity, &[Arc<Feed>]) {
        self.changes += 1;
        let entity = self.entities.entry(id).or_default();
        entity.changed = self.changes;
        entity.tenant = Some(tenant);
        entity.used = true;
        if !std::mem::replace(&mut entity.queued, true) {
            self.dirty.push(id);
        }
        let feeds = if self.feeds.is_empty() {
            &[]
        } else {
            self.feeds.get(&id).map_or(&[][..], Vec::as_slice)
        };
        (entity, feeds)
    }

    /// Whether there are twice the entities that are kept; letting go of a few would cost more
    /// than it saves.
    pub(super) fn crowded(&self, cache_entities: usize) -> bool {
        self.entities.len() > 2 * bound(cache_entities) + 8
    }

    /// Lets go of clean entities above the bound, those nobody looked at first, but not of
    /// `wanted`.
    pub(super) fn evict(&mut self, cache_entities: usize, wanted: Option<EntityId>) {
        let bound = bound(cache_entities);
        let mut entities = self.entities.len();
        if entities <= bound {
            return;
        }
        let before = entities;
        for spare_used in [true, false] {
            self.entities.retain(|id, entity| {
                let used = std::mem::take(&mut entity.used);
                let keep = entities <= bound
                    || wanted == Some(*id)
                    || (used && spare_used)
                    || self.feeds.contains_key(id)
                    || !entity.clean();
                entities -= usize::from(!keep);
                keep
            });
        }
        self.epoch += u64::from(entities != before);
    }

    /// Lets go of entities with so many keys that few of them fill the cache.
    pub(super) fn evict_wide(&mut self, cache_entities: usize) {
        let bound = bound(cache_entities) * VALUES_PER_ENTITY;
        let width = |entity: &Entity| entity.series.len() + entity.attributes.len();
        let mut values: usize = self.entities.values().map(width).sum();
        if values <= bound {
            return;
        }
        let feeds = &self.feeds;
        self.entities.retain(|id, entity| {
            let keep = values <= bound || feeds.contains_key(id) || !entity.clean();
            if !keep {
                values -= width(entity);
            }
            keep
        });
        self.epoch += 1;
    }
}

impl Telemetry {
    /// Takes points or attributes into memory and tells who watches.
    pub(super) fn take_values(&self, record: &OutRecord) {
        let bytes = match record {
            OutRecord::Points {
                tenant,
                entity,
                ts,
                expires,
                latest,
                history,
                values,
            } => {
                let points = Points {
                    ts: *ts,
                    expires: *expires,
                    latest: *latest && !self.too_early(*ts, values.len()),
                    history: *history,
                    values,
                };
                if *history || *latest {
                    let count = values.len() as u64;
                    self.counters.points.fetch_add(count, Ordering::Relaxed);
                }
                self.take_points(*tenant, *entity, &points)
            }
            OutRecord::Attributes {
                tenant,
                entity,
                scope,
                at,
                values,
            } => {
                let count = values.len() as u64;
                self.counters.attributes.fetch_add(count, Ordering::Relaxed);
                let mut shard = self.shard(*entity).lock();
                let (known, feeds) = shard.change(*entity, *tenant);
                let mut bytes = 0;
                for (key, value) in values {
                    let value = TsValue {
                        ts: *at,
                        value: value.clone(),
                    };
                    for feed in feeds.iter().filter(|feed| feed.tenant == *tenant) {
                        feed.attribute(*scope, key, Some(&value));
                    }
                    bytes += known.save_attribute(*scope, key, Some(value), &self.keys);
                }
                bytes
            }
            OutRecord::DeletePoints { .. }
            | OutRecord::DeleteAttributes { .. }
            | OutRecord::DeleteEntity { .. }
            | OutRecord::Done(_)
            | OutRecord::Started(_)
            | OutRecord::SetAside(_)
            | OutRecord::Confirmed { .. }
            | OutRecord::Session { .. } => 0,
        };
        self.grown(bytes);
    }

    /// Takes a deletion into memory and tells who watches. `false`, and nothing done, when the
    /// entity must be [loaded](Self::load) first: what becomes of a latest value depends on it.
    pub(super) fn take_deletion(&self, record: &OutRecord) -> bool {
        let bytes = match record {
            OutRecord::DeletePoints {
                tenant,
                entity,
                keys,
                start,
                end,
                latest,
            } => {
                let cut = Cut {
                    start: *start,
                    end: *end,
                };
                let mut shard = self.shard(*entity).lock();
                if !shard.entities.get(entity).is_some_and(|known| known.loaded) {
                    return false;
                }
                let (known, feeds) = shard.change(*entity, *tenant);
                let mut bytes = 0;
                for key in keys {
                    let (more, gone) = known.cut(key, cut, *latest, &self.keys);
                    bytes += more;
                    if gone {
                        feeds.iter().for_each(|feed| feed.latest(key, None));
                    }
                }
                bytes
            }
            OutRecord::DeleteAttributes {
                tenant,
                entity,
                scope,
                keys,
            } => {
                let mut shard = self.shard(*entity).lock();
                let (known, feeds) = shard.change(*entity, *tenant);
                let mut bytes = 0;
                for key in keys {
                    feeds
                        .iter()
                        .for_each(|feed| feed.attribute(*scope, key, None));
                    bytes += known.save_attribute(*scope, key, None, &self.keys);
                }
                bytes
            }
            OutRecord::DeleteEntity { tenant, entity } => {
                let mut shard = self.shard(*entity).lock();
                let (known, feeds) = shard.change(*entity, *tenant);
                for feed in feeds {
                    known.series.keys().for_each(|key| feed.latest(key, None));
                    for key in known.attributes.keys() {
                        feed.attribute(key.scope, &key.key, None);
                    }
                }
                known.wipe()
            }
            _ => 0,
        };
        self.grown(bytes);
        true
    }

    fn take_points(&self, tenant: TenantId, id: EntityId, points: &Points<'_>) -> usize {
        let mut shard = self.shard(id).lock();
        let (entity, feeds) = shard.change(id, tenant);
        if feeds.is_empty() {
            return entity.save_points(points, &self.keys, |_, _, _| {});
        }
        // A latest value without history is no point of a chart.
        let charted = points.history || !points.latest;
        entity.save_points(points, &self.keys, |key, value, newest| {
            let value = TsValue {
                ts: points.ts,
                value: value.clone(),
            };
            for feed in feeds.iter().filter(|feed| feed.tenant == tenant) {
                feed.point(key, &value, newest, charted);
            }
        })
    }
}
