//! What is known of one entity in memory: its latest values and attributes, and the points and
//! deletions that no fold has written yet. Pure data, no I/O, no clock.
//!
//! Everything that changed is either **active** (the next fold takes it) or **frozen** (a fold is
//! writing it now); both bits can be set when a value changes while it is being written. A
//! deletion takes points out of both at once and leaves a [`Cut`] that hides what the tables
//! hold, or are about to hold, until the fold that carries it has ended.

use std::sync::Arc;

use hashbrown::{Equivalent, HashMap, HashSet};
use millrace_model::{
    AttributeScope, EntityId, Millis, TenantId, Value,
    telemetry::{Attribute, TsValue},
};
use millrace_store::{
    journal::DeleteLatest,
    values::{Fold, Point, PointRange, SeriesPoints},
};
use parking_lot::Mutex;

/// What a changed latest value or attribute is counted with, beside its text.
const VALUE_BYTES: usize = 96;
/// What a series with unfolded points is counted with, beside its points.
const PENDING_BYTES: usize = size_of::<Pending>() + 16;

/// One copy of each key, shared by all entities.
#[derive(Default)]
pub(super) struct Keys {
    known: Mutex<(HashSet<Arc<str>>, usize)>,
}

impl Keys {
    /// The shared copy of `key`.
    pub(super) fn intern(&self, key: &Arc<str>) -> Arc<str> {
        let (known, sweep_at) = &mut *self.known.lock();
        if let Some(key) = known.get(key) {
            return Arc::clone(key);
        }
        // Keys that nobody holds any more go when the set has doubled.
        if known.len() >= (*sweep_at).max(1024) {
            known.retain(|key| Arc::strong_count(key) > 1);
            *sweep_at = known.len() * 2;
        }
        known.insert(Arc::clone(key));
        Arc::clone(key)
    }
}

/// Which fold a change belongs to.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Dirt {
    /// The next one.
    pub(super) active: bool,
    /// The one under way.
    pub(super) frozen: bool,
}

impl Dirt {
    pub(super) fn any(self) -> bool {
        self.active || self.frozen
    }

    fn freeze(&mut self) -> bool {
        let taken = std::mem::take(&mut self.active);
        self.frozen |= taken;
        taken
    }
}

/// A deleted range of points that the tables may still hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cut {
    pub(super) start: Millis,
    pub(super) end: Millis,
}

impl Cut {
    pub(super) fn hides(&self, ts: Millis) -> bool {
        // `Millis::MAX` says "everything", so that it includes its own last moment.
        self.start <= ts && (ts < self.end || self.end == Millis::MAX)
    }
}

/// What no fold has written yet of one series.
#[derive(Debug, Default)]
pub(super) struct Pending {
    /// For the next fold, in order of arrival: the later one of two with one time wins.
    pub(super) active: Vec<Point>,
    /// In the fold under way; older than everything in `active`.
    pub(super) frozen: Vec<Point>,
    /// What the tables hide, oldest first.
    pub(super) cuts: Vec<Cut>,
    /// So many of the cuts are in the fold under way.
    frozen_cuts: usize,
}

/// One key of one entity.
#[derive(Debug, Default)]
pub(super) struct Series {
    /// Newest value by event time. While the entity is not loaded: as far as memory knows.
    pub(super) latest: Option<TsValue>,
    pub(super) dirt: Dirt,
    pub(super) pending: Option<Box<Pending>>,
}

/// An attribute; `None` when it was deleted and the tables do not know yet.
#[derive(Debug)]
pub(super) struct AttributeSlot {
    pub(super) value: Option<TsValue>,
    pub(super) dirt: Dirt,
}

/// Key of an attribute within its entity.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct AttributeKey {
    pub(super) scope: AttributeScope,
    pub(super) key: Arc<str>,
}

/// [`AttributeKey`] for looking up.
#[derive(Hash)]
pub(super) struct AttributeRef<'a> {
    pub(super) scope: AttributeScope,
    pub(super) key: &'a str,
}

impl Equivalent<AttributeKey> for AttributeRef<'_> {
    fn equivalent(&self, key: &AttributeKey) -> bool {
        self.scope == key.scope && *self.key == *key.key
    }
}

/// One entity.
#[derive(Debug, Default)]
pub(super) struct Entity {
    /// Whose it is; `None` until a record said so.
    pub(super) tenant: Option<TenantId>,
    /// Whether latest values and attributes of the tables are in here.
    pub(super) loaded: bool,
    /// Everything the tables hold is deleted.
    pub(super) wiped: Dirt,
    /// Whether it is on its shard's list for the next fold.
    pub(super) queued: bool,
    /// Whether somebody looked since the last eviction.
    pub(super) used: bool,
    /// The shard's count of changes when this last changed or came in, so that a look-up beside
    /// the lock notices.
    pub(super) changed: u64,
    /// Bytes the next fold takes.
    pub(super) bytes: usize,
    /// Bytes of what is known, as of the last fold.
    pub(super) weight: usize,
    pub(super) series: HashMap<Arc<str>, Series>,
    pub(super) attributes: HashMap<AttributeKey, AttributeSlot>,
}

/// Points of one record.
pub(super) struct Points<'a> {
    pub(super) ts: Millis,
    pub(super) expires: Option<Millis>,
    pub(super) latest: bool,
    pub(super) history: bool,
    pub(super) values: &'a [(Arc<str>, Value)],
}

/// Bytes of the text of a value.
fn text_bytes(value: &Value) -> usize {
    match value {
        Value::Text(text) | Value::Json(text) => text.len(),
        Value::Bool(_) | Value::Long(_) | Value::Double(_) => 0,
    }
}

impl Entity {
    /// Takes points in; `newest` is told each value and whether no newer one is known. Returns the
    /// bytes added.
    pub(super) fn save_points(
        &mut self,
        points: &Points<'_>,
        keys: &Keys,
        mut newest: impl FnMut(&Arc<str>, &Value, bool),
    ) -> usize {
        let mut bytes = 0;
        for (key, value) in points.values {
            let (key, series) = match self.series.get_key_value_mut(&**key) {
                Some(found) => found,
                None if points.latest || points.history => {
                    let key = keys.intern(key);
                    self.series.insert(Arc::clone(&key), Series::default());
                    match self.series.get_key_value_mut(&*key) {
                        Some(made) => made,
                        None => continue,
                    }
                }
                // Shown to those who watch, kept by nobody.
                None => {
                    newest(key, value, true);
                    continue;
                }
            };
            if points.history {
                let pending = series.pending.get_or_insert_with(|| {
                    bytes += PENDING_BYTES;
                    Box::default()
                });
                if pending.active.capacity() == 0 {
                    // Most series of a slow fleet have one point in a fold.
                    pending.active.reserve_exact(1);
                }
                pending.active.push(Point {
                    ts: points.ts,
                    value: value.clone(),
                    expires: points.expires,
                });
                bytes += size_of::<Point>() + text_bytes(value);
            }
            let is_newest = series
                .latest
                .as_ref()
                .is_none_or(|latest| latest.ts <= points.ts);
            if points.latest && is_newest {
                series.latest = Some(TsValue {
                    ts: points.ts,
                    value: value.clone(),
                });
                if !std::mem::replace(&mut series.dirt.active, true) {
                    bytes += VALUE_BYTES + text_bytes(value);
                }
            }
            newest(key, value, is_newest);
        }
        self.bytes += bytes;
        bytes
    }

    /// Takes attributes in (`None` deletes). Returns the bytes added.
    pub(super) fn save_attribute(
        &mut self,
        scope: AttributeScope,
        key: &Arc<str>,
        value: Option<TsValue>,
        keys: &Keys,
    ) -> usize {
        let text = value.as_ref().map_or(0, |value| text_bytes(&value.value));
        let slot = match self.attributes.get_mut(&AttributeRef { scope, key }) {
            Some(slot) => slot,
            None => self
                .attributes
                .entry(AttributeKey {
                    scope,
                    key: keys.intern(key),
                })
                .or_insert(AttributeSlot {
                    value: None,
                    dirt: Dirt::default(),
                }),
        };
        slot.value = value;
        if std::mem::replace(&mut slot.dirt.active, true) {
            return 0;
        }
        self.bytes += VALUE_BYTES + text;
        VALUE_BYTES + text
    }

    /// Deletes a range of points of a loaded entity. Returns the bytes added, and whether the
    /// latest value went.
    pub(super) fn cut(
        &mut self,
        key: &Arc<str>,
        cut: Cut,
        latest: DeleteLatest,
        keys: &Keys,
    ) -> (usize, bool) {
        let series = match self.series.get_mut(&**key) {
            Some(series) => series,
            None => self.series.entry(keys.intern(key)).or_default(),
        };
        let pending = series.pending.get_or_insert_with(Box::default);
        pending.active.retain(|point| !cut.hides(point.ts));
        pending.frozen.retain(|point| !cut.hides(point.ts));
        pending.cuts.push(cut);
        let in_range = |value: &TsValue| cut.hides(value.ts);
        let gone = latest != DeleteLatest::Keep && series.latest.as_ref().is_some_and(in_range);
        if gone {
            series.latest = None;
            series.dirt.active = true;
        }
        let bytes = PENDING_BYTES + size_of::<Cut>();
        self.bytes += bytes;
        (bytes, gone)
    }

    /// Deletes everything. Returns the bytes added.
    pub(super) fn wipe(&mut self) -> usize {
        self.series.clear();
        self.attributes.clear();
        self.loaded = true;
        self.wiped.active = true;
        self.bytes += VALUE_BYTES;
        VALUE_BYTES
    }

    /// Adds what the tables hold; what memory knows is newer.
    pub(super) fn merge(
        &mut self,
        latest: Vec<(Arc<str>, TsValue)>,
        attributes: Vec<(AttributeScope, Arc<str>, TsValue)>,
        keys: &Keys,
    ) {
        self.loaded = true;
        for (key, row) in latest {
            let series = self.series.entry(keys.intern(&key)).or_default();
            let newer = series
                .latest
                .as_ref()
                .is_none_or(|latest| latest.ts < row.ts);
            if newer {
                series.latest = Some(row);
            }
        }
        for (scope, key, row) in attributes {
            let key = keys.intern(&key);
            self.attributes
                .entry(AttributeKey { scope, key })
                .or_insert(AttributeSlot {
                    value: Some(row),
                    dirt: Dirt::default(),
                });
        }
    }

    /// Hands everything active to a fold. Returns the bytes handed over.
    pub(super) fn freeze(&mut self, id: EntityId, fold: &mut Fold) -> usize {
        self.queued = false;
        let bytes = std::mem::take(&mut self.bytes);
        let Some(tenant) = self.tenant else {
            return bytes;
        };
        if self.wiped.freeze() {
            fold.delete_entities.push(id);
        }
        for (key, series) in &mut self.series {
            if let Some(pending) = &mut series.pending {
                let cuts = pending.cuts.iter().skip(pending.frozen_cuts);
                fold.delete_points.extend(cuts.map(|cut| PointRange {
                    entity: id,
                    key: Arc::clone(key),
                    start: cut.start,
                    end: cut.end,
                }));
                pending.frozen_cuts = pending.cuts.len();
                pending.frozen = std::mem::take(&mut pending.active);
                if !pending.frozen.is_empty() {
                    fold.points.push(SeriesPoints {
                        tenant,
                        entity: id,
                        key: Arc::clone(key),
                        points: pending.frozen.clone(),
                    });
                }
            }
            if series.dirt.freeze() {
                let latest = series.latest.clone();
                fold.latest.push((tenant, id, Arc::clone(key), latest));
            }
        }
        for (key, slot) in &mut self.attributes {
            if slot.dirt.freeze() {
                let name = Arc::clone(&key.key);
                let value = slot.value.clone();
                fold.attributes.push((tenant, id, key.scope, name, value));
            }
        }
        bytes
    }

    /// Forgets what the fold has written.
    pub(super) fn thaw(&mut self) {
        self.wiped.frozen = false;
        self.series.retain(|_, series| {
            series.dirt.frozen = false;
            if let Some(pending) = &mut series.pending {
                pending.frozen = Vec::new();
                pending.cuts.drain(..pending.frozen_cuts);
                pending.frozen_cuts = 0;
                if pending.active.is_empty() && pending.cuts.is_empty() {
                    series.pending = None;
                }
            }
            series.latest.is_some() || series.dirt.active || series.pending.is_some()
        });
        self.attributes.retain(|_, slot| {
            slot.dirt.frozen = false;
            slot.value.is_some() || slot.dirt.active
        });
    }

    /// Weighs what is known and returns the weight before and now.
    pub(super) fn weigh(&mut self) -> (usize, usize) {
        let value = |value: &Option<TsValue>| {
            VALUE_BYTES + value.as_ref().map_or(0, |value| text_bytes(&value.value))
        };
        let series = self.series.values().map(|series| value(&series.latest));
        let attributes = self.attributes.values().map(|slot| value(&slot.value));
        let now = size_of::<Self>() + series.chain(attributes).sum::<usize>();
        (std::mem::replace(&mut self.weight, now), now)
    }

    /// Whether the tables hold everything that is known of it.
    pub(super) fn clean(&self) -> bool {
        !self.queued
            && !self.wiped.any()
            && self
                .series
                .values()
                .all(|series| !series.dirt.any() && series.pending.is_none())
            && self.attributes.values().all(|slot| !slot.dirt.any())
    }

    /// Attributes of one scope or all, the given keys or all.
    pub(super) fn attributes(
        &self,
        scope: Option<AttributeScope>,
        keys: Option<&[Arc<str>]>,
    ) -> Vec<Attribute> {
        let attribute = |key: &Arc<str>, value: &TsValue| Attribute {
            key: Arc::clone(key),
            value: value.value.clone(),
            last_update_ts: value.ts,
        };
        let scopes = AttributeScope::ALL
            .into_iter()
            .filter(|of| scope.is_none_or(|scope| scope == *of));
        match keys {
            Some(keys) => scopes
                .flat_map(|scope| keys.iter().map(move |key| AttributeRef { scope, key }))
                .filter_map(|wanted| self.attributes.get_key_value(&wanted))
                .filter_map(|(key, slot)| Some(attribute(&key.key, slot.value.as_ref()?)))
                .collect(),
            None => self
                .attributes
                .iter()
                .filter(|(key, _)| scope.is_none_or(|scope| scope == key.scope))
                .filter_map(|(key, slot)| Some(attribute(&key.key, slot.value.as_ref()?)))
                .collect(),
        }
    }
}
