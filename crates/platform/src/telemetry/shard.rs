//! A lock's worth of entities, and how records get in.

use std::sync::{Arc, atomic::Ordering};

use hashbrown::HashMap;
use millrace_model::{EntityId, TenantId, telemetry::TsValue};
use millrace_store::journal::OutRecord;

use super::{
    Telemetry,
    live::Feed,
    memory::{Cut, Entity, Points},
};

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
    /// Bytes of what is known of the entities, as of their last folds.
    pub(super) weight: usize,
}

/// Who of a tenant watches an entity.
struct Watchers<'a> {
    feeds: &'a [Arc<Feed>],
    tenant: TenantId,
}

impl<'a> Watchers<'a> {
    fn iter(&self) -> impl Iterator<Item = &'a Arc<Feed>> + use<'a> {
        let tenant = self.tenant;
        self.feeds.iter().filter(move |feed| feed.tenant == tenant)
    }
}

impl Shard {
    /// The entity a record of `tenant` is about to change.
    fn change(&mut self, id: EntityId, tenant: TenantId) -> (&mut Entity, Watchers<'_>) {
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
        (entity, Watchers { feeds, tenant })
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
                let (known, watchers) = shard.change(*entity, *tenant);
                let mut bytes = 0;
                for (key, value) in values {
                    let value = TsValue {
                        ts: *at,
                        value: value.clone(),
                    };
                    for feed in watchers.iter() {
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
            | OutRecord::Failed(_)
            | OutRecord::Confirmed { .. }
            | OutRecord::Session { .. }
            | OutRecord::Owed { .. }
            | OutRecord::Settled(_) => 0,
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
                let (known, watchers) = shard.change(*entity, *tenant);
                let mut bytes = 0;
                for key in keys {
                    let (more, gone) = known.cut(key, cut, *latest, &self.keys);
                    bytes += more;
                    if gone {
                        watchers.iter().for_each(|feed| feed.latest(key, None));
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
                let (known, watchers) = shard.change(*entity, *tenant);
                let mut bytes = 0;
                for key in keys {
                    watchers
                        .iter()
                        .for_each(|feed| feed.attribute(*scope, key, None));
                    bytes += known.save_attribute(*scope, key, None, &self.keys);
                }
                bytes
            }
            OutRecord::DeleteEntity { tenant, entity } => {
                let mut shard = self.shard(*entity).lock();
                let (known, watchers) = shard.change(*entity, *tenant);
                for feed in watchers.iter() {
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
        let (entity, watchers) = shard.change(id, tenant);
        if watchers.feeds.is_empty() {
            return entity.save_points(points, &self.keys, |_, _, _| {});
        }
        // A latest value without history is no point of a chart.
        let charted = points.history || !points.latest;
        entity.save_points(points, &self.keys, |key, value, newest| {
            let value = TsValue {
                ts: points.ts,
                value: value.clone(),
            };
            for feed in watchers.iter() {
                feed.point(key, &value, newest, charted);
            }
        })
    }
}
