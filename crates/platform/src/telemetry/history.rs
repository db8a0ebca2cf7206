//! Points of a time range: memory and tables as one sequence, and their aggregation.

use std::sync::Arc;

use millrace_model::{
    EntityId, Millis, Value,
    telemetry::{Aggregation, TsValue},
};
use millrace_store::values::{Point, PointQuery};

use super::{Telemetry, aggregate::Aggregate, interval::Interval, memory::Cut};
use crate::{PlatformError, Result, Scope, clock::now_ms};

/// Rows read from the tables at once.
const PAGE: usize = 4_096;
/// Buckets of one key at most.
const MAX_BUCKETS: usize = 50_000;

/// Order of points that are not aggregated; aggregated ones come oldest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// Oldest first.
    Asc,
    /// Newest first.
    #[default]
    Desc,
}

/// A read of the history.
#[derive(Debug, Clone)]
pub struct HistoryQuery {
    /// From here on (inclusive).
    pub start: Millis,
    /// Up to here (exclusive).
    pub end: Millis,
    /// How points of a bucket become one.
    pub aggregation: Aggregation,
    /// Length of a bucket; without a length nothing is aggregated.
    pub interval: Interval,
    /// Points of a key at most; for points that are not aggregated.
    pub limit: usize,
    /// Order; for points that are not aggregated.
    pub order: Order,
}

/// What memory knows of a range of a series.
struct Unfolded {
    /// In the query's order, one for a time.
    points: Vec<Point>,
    /// Ranges the tables may be asked for, in the query's order.
    visible: Vec<(Millis, Millis)>,
}

impl Telemetry {
    /// Points of each key that has some, start inclusive, end exclusive, in the order of `keys`.
    /// An aggregated point has its time in the middle of its bucket. Reads tables.
    ///
    /// # Errors
    /// When the interval makes too many buckets or the tables cannot be read.
    pub fn history(
        &self,
        scope: &Scope,
        entity: EntityId,
        keys: &[Arc<str>],
        query: &HistoryQuery,
    ) -> Result<Vec<(Arc<str>, Vec<TsValue>)>> {
        if self.is_foreign(scope, entity) {
            return Ok(Vec::new());
        }
        let mut found = Vec::with_capacity(keys.len().min(64));
        for key in keys {
            let raw = query.aggregation == Aggregation::None || !query.interval.aggregates();
            let points = if raw {
                self.raw(entity, key, query)?
            } else {
                self.aggregated(entity, key, query)?
            };
            if !points.is_empty() {
                found.push((Arc::clone(key), points));
            }
        }
        Ok(found)
    }

    fn is_foreign(&self, scope: &Scope, id: EntityId) -> bool {
        let shard = self.shard(id).lock();
        let tenant = shard.entities.get(&id).and_then(|entity| entity.tenant);
        tenant.is_some_and(|tenant| tenant != scope.tenant)
    }

    fn raw(&self, id: EntityId, key: &str, query: &HistoryQuery) -> Result<Vec<TsValue>> {
        let mut points = Vec::new();
        if query.limit == 0 {
            return Ok(points);
        }
        let wanted = PointQuery {
            start: query.start,
            end: query.end,
            newest_first: query.order == Order::Desc,
            limit: Some(query.limit),
        };
        self.each_point(id, key, wanted, &mut |ts, value| {
            points.push(TsValue { ts, value });
            points.len() < query.limit
        })?;
        Ok(points)
    }

    fn aggregated(&self, id: EntityId, key: &str, query: &HistoryQuery) -> Result<Vec<TsValue>> {
        let mut points = Vec::new();
        let mut bucket: Option<((Millis, Millis), Aggregate)> = None;
        let mut close = |(from, to): (Millis, Millis), aggregate: Aggregate| {
            if let Some(value) = aggregate.value(query.aggregation) {
                let middle = (i128::from(from) + i128::from(to)).div_euclid(2);
                let ts = Millis::try_from(middle).unwrap_or(from);
                points.push(TsValue { ts, value });
            }
            points.len() < MAX_BUCKETS
        };
        let wanted = PointQuery {
            start: query.start,
            end: query.end,
            newest_first: false,
            limit: None,
        };
        let mut fits = true;
        self.each_point(id, key, wanted, &mut |ts, value| {
            match &mut bucket {
                Some(((_, to), aggregate)) if ts < *to => aggregate.add(&value),
                _ => {
                    let mut aggregate = Aggregate::default();
                    aggregate.add(&value);
                    let range = query.interval.bucket(ts, query.start, query.end);
                    if let Some((range, full)) = bucket.replace((range, aggregate)) {
                        fits = close(range, full);
                    }
                }
            }
            fits
        })?;
        if !fits {
            return Err(PlatformError::invalid(
                "interval",
                format!("interval gives more than {MAX_BUCKETS} points: use a longer one"),
            ));
        }
        if let Some((range, last)) = bucket {
            close(range, last);
        }
        Ok(points)
    }

    /// Hands the points of a range to `each`, in order and one for a time, until it says `false`.
    /// The query's limit is a hint for how many will be taken.
    pub(super) fn each_point(
        &self,
        id: EntityId,
        key: &str,
        query: PointQuery,
        each: &mut dyn FnMut(Millis, Value) -> bool,
    ) -> Result<()> {
        let now = now_ms();
        // Memory first: a fold that ends between the two reads then shows points twice, not never.
        let unfolded = self.unfolded(id, key, query);
        let mut memory = unfolded.points.into_iter().peekable();
        let mut emit = |point: Point| {
            point.expires.is_some_and(|expires| expires <= now) || each(point.ts, point.value)
        };
        let comes_first = |a: Millis, b: Millis| if query.newest_first { a > b } else { a < b };
        // Rows that memory has newer values for are read in vain.
        let hint = query.limit.map(|limit| limit.saturating_add(memory.len()));
        let page = hint.unwrap_or(PAGE).clamp(1, PAGE);
        for (mut start, mut end) in unfolded.visible {
            while start < end {
                let rows = self.values.points(
                    id,
                    key,
                    PointQuery {
                        start,
                        end,
                        newest_first: query.newest_first,
                        limit: Some(page),
                    },
                    now,
                )?;
                let full = rows.len() >= page;
                for row in rows {
                    if query.newest_first {
                        end = row.ts;
                    } else {
                        start = row.ts.saturating_add(1);
                    }
                    while let Some(point) = memory.next_if(|point| comes_first(point.ts, row.ts)) {
                        if !emit(point) {
                            return Ok(());
                        }
                    }
                    let replaced = memory.peek().is_some_and(|point| point.ts == row.ts);
                    if !replaced && !emit(row) {
                        return Ok(());
                    }
                }
                if !full {
                    break;
                }
            }
        }
        for point in memory {
            if !emit(point) {
                break;
            }
        }
        Ok(())
    }

    fn unfolded(&self, id: EntityId, key: &str, query: PointQuery) -> Unfolded {
        let mut points = Vec::new();
        let mut cuts = Vec::new();
        let mut wiped = false;
        {
            let shard = self.shard(id).lock();
            if let Some(entity) = shard.entities.get(&id) {
                wiped = entity.wiped.any();
                let series = entity.series.get(key);
                if let Some(pending) = series.and_then(|series| series.pending.as_ref()) {
                    let all = pending.frozen.iter().chain(&pending.active);
                    points.extend(
                        all.filter(|point| query.start <= point.ts && before(point.ts, query.end))
                            .cloned(),
                    );
                    cuts.clone_from(&pending.cuts);
                }
            }
        }
        // Newest arrival first within a time, so that it is the one that stays.
        points.reverse();
        points.sort_by_key(|point| point.ts);
        points.dedup_by_key(|point| point.ts);
        let mut visible = Vec::new();
        if !wiped {
            visible = without_cuts(query.start, query.end, &mut cuts);
        }
        if query.newest_first {
            points.reverse();
            visible.reverse();
        }
        Unfolded { points, visible }
    }
}

/// The end of time stands for everything, in tables and deletions too.
fn before(ts: Millis, end: Millis) -> bool {
    ts < end || end == Millis::MAX
}

/// What is left of `start..end` when the cuts are taken out, oldest first.
fn without_cuts(start: Millis, end: Millis, cuts: &mut [Cut]) -> Vec<(Millis, Millis)> {
    cuts.sort_by_key(|cut| cut.start);
    let mut visible = Vec::new();
    let mut from = start;
    for cut in cuts {
        if from < cut.start.min(end) {
            visible.push((from, cut.start.min(end)));
        }
        from = from.max(cut.end);
    }
    if from < end {
        visible.push((from, end));
    }
    visible
}
