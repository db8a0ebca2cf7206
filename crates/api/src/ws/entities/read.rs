//! Watching entities and reading what is asked of them.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use millrace_model::{AttributeScope, EntityId, PageData};
use millrace_platform::{
    Platform, PlatformError, Result, Scope,
    queries::{EntityData, EntityDataQuery, EntityKey, KeyType, TsText},
    telemetry::{HistoryQuery, Inbox, Interest, Watch},
};

use super::{
    aggregates,
    command::{DataParts, Range},
    shown_keys,
};
use crate::resources::telemetry::read::points_of;

/// Numbers a subscription has for its kinds of values.
pub(super) const TAGS: u64 = 8;

/// A kind of value that is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Points,
    /// Points of series that are told as one value.
    Aggregated,
    Values(KeyType),
}

const KINDS: [Kind; 7] = [
    Kind::Points,
    Kind::Aggregated,
    Kind::Values(KeyType::TimeSeries),
    Kind::Values(KeyType::Attribute),
    Kind::Values(KeyType::ClientAttribute),
    Kind::Values(KeyType::SharedAttribute),
    Kind::Values(KeyType::ServerAttribute),
];

impl Kind {
    pub(super) fn of_tag(tag: u64) -> Self {
        let index = usize::try_from(tag % TAGS).unwrap_or_default();
        KINDS.get(index).copied().unwrap_or(Self::Points)
    }
}

/// Where updates go, and how many watches there is room for.
pub(super) struct Place {
    pub(super) inbox: Inbox,
    pub(super) base: u64,
    pub(super) room: usize,
}

/// A subscription that was begun.
pub(super) struct Begun {
    pub(super) page: PageData<EntityData>,
    pub(super) watches: Vec<Watch>,
    pub(super) base: u64,
}

/// Finds, watches, then reads: a change in between comes twice rather than never.
pub(super) fn begin(
    platform: &Platform,
    scope: &Scope,
    query: &EntityDataQuery,
    parts: &DataParts,
    place: Place,
) -> Result<Begun> {
    let found = platform.queries.find_ids(scope, query)?;
    let watches = watch(platform, scope, &found.data, parts, &place)?;
    let keys = shown_keys(query, parts);
    let mut rows = platform.queries.data_of(scope, &found.data, &keys)?;
    add_points(platform, scope, parts, &mut rows)?;
    aggregates::add(platform, scope, parts, &mut rows)?;
    Ok(Begun {
        page: PageData {
            data: rows,
            total_pages: found.total_pages,
            total_elements: found.total_elements,
            has_next: found.has_next,
        },
        watches,
        base: place.base,
    })
}

/// Watches entities anew and reads what is newly asked of them.
pub(super) fn again(
    platform: &Platform,
    scope: &Scope,
    entities: &[EntityId],
    all: &DataParts,
    newly: &DataParts,
    place: Place,
) -> Result<(Vec<Watch>, Vec<EntityData>)> {
    let watches = watch(platform, scope, entities, all, &place)?;
    let keys = newly.latest.as_ref().map(|latest| latest.keys.as_slice());
    let keys = keys.unwrap_or_default();
    let mut rows = platform.queries.data_of(scope, entities, keys)?;
    add_points(platform, scope, newly, &mut rows)?;
    aggregates::add(platform, scope, newly, &mut rows)?;
    Ok((watches, rows))
}

fn watch(
    platform: &Platform,
    scope: &Scope,
    entities: &[EntityId],
    parts: &DataParts,
    place: &Place,
) -> Result<Vec<Watch>> {
    let mut wanted = Vec::new();
    for (tag, kind) in (place.base..).zip(KINDS) {
        if let Some(interest) = interest(kind, parts) {
            wanted.push((tag, interest));
        }
    }
    if wanted.len() * entities.len() > place.room {
        return Err(PlatformError::invalid(
            "query",
            "too many entities are watched: end other subscriptions or ask for fewer entities",
        ));
    }
    let mut watches = Vec::with_capacity(wanted.len() * entities.len());
    for entity in entities {
        for (tag, interest) in &wanted {
            let interest = interest.clone();
            let telemetry = &platform.telemetry;
            watches.push(telemetry.watch(&place.inbox, *tag, scope.tenant, *entity, interest));
        }
    }
    Ok(watches)
}

fn interest(kind: Kind, parts: &DataParts) -> Option<Interest> {
    let of_type = |wanted: KeyType| -> Option<HashSet<Arc<str>>> {
        let keys: &[EntityKey] = &parts.latest.as_ref()?.keys;
        let keys = keys.iter().filter(|key| key.key_type == wanted);
        let keys: HashSet<_> = keys.map(|key| Arc::clone(&key.key)).collect();
        (!keys.is_empty()).then_some(keys)
    };
    match kind {
        Kind::Points => {
            let keys = &parts.series.as_ref()?.range.keys;
            let keys = (!keys.is_empty()).then(|| keys.iter().cloned().collect());
            Some(Interest::Points { keys: Some(keys?) })
        }
        Kind::Aggregated => {
            let keys: HashSet<_> = parts.aggregated_series.as_ref()?.series().collect();
            (!keys.is_empty()).then_some(Interest::Points { keys: Some(keys) })
        }
        Kind::Values(KeyType::TimeSeries) => Some(Interest::Latest {
            keys: Some(of_type(KeyType::TimeSeries)?),
        }),
        Kind::Values(key_type) => {
            let scope: Option<AttributeScope> = key_type.attribute_scope()?;
            let keys = Some(of_type(key_type)?);
            Some(Interest::Attributes { scope, keys })
        }
    }
}

fn add_points(
    platform: &Platform,
    scope: &Scope,
    parts: &DataParts,
    rows: &mut [EntityData],
) -> Result<()> {
    let mut wanted: Vec<(&Range, HistoryQuery)> = Vec::new();
    if let Some(series) = &parts.series {
        wanted.push((&series.range, series.query()?));
    }
    if let Some(history) = &parts.history {
        wanted.push((&history.range, history.query()?));
    }
    for row in rows {
        for (range, query) in &wanted {
            let mut add = |query: &HistoryQuery| -> Result<()> {
                let keys = Some(range.keys.as_slice());
                for (key, points) in points_of(platform, scope, row.entity_id, keys, query)? {
                    let texts = points.into_iter().map(|point| TsText {
                        ts: point.ts,
                        value: point.value.to_string(),
                    });
                    row.timeseries.entry(key).or_default().extend(texts);
                }
                Ok(())
            };
            add(query)?;
            if range.fetch_latest_previous_point {
                add(&range.previous())?;
            }
            // A key that was asked for and has no points is told as such.
            for key in &range.keys {
                row.timeseries.entry(Arc::clone(key)).or_default();
            }
        }
        newest_first(&mut row.timeseries);
    }
    Ok(())
}

pub(super) fn newest_first(series: &mut BTreeMap<Arc<str>, Vec<TsText>>) {
    for points in series.values_mut() {
        points.sort_by_key(|point| std::cmp::Reverse(point.ts));
        points.dedup_by_key(|point| point.ts);
    }
}
