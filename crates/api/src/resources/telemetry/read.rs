//! Latest values, history and keys.

use std::{collections::HashSet, sync::Arc};

use axum::extract::State;
use millrace_model::{
    EntityId, EntityType, Millis, Value as StoredValue,
    telemetry::{Aggregation, TsValue},
};
use millrace_platform::{
    Platform, PlatformError, Scope,
    clock::now_ms,
    telemetry::{HistoryQuery, Interval, Order},
};
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::{keys, readable};
use crate::{
    error::{Answer, ApiError},
    extract::{Caller, EntityPath, InPath, Query},
    state::Api,
};

/// Points of one key when a query names no limit.
const DEFAULT_LIMIT: usize = 100;
/// Most points of one key in one answer.
const MAX_LIMIT: usize = 100_000;

/// Most points in one answer, over all keys.
const MAX_POINTS: usize = 1_000_000;

/// Values by key: `{"temperature":[{"ts":1,"value":"25.1"}]}`. Written straight from the points,
/// because an answer may hold very many.
pub(crate) struct ValuesByKey {
    keys: Vec<(Arc<str>, Vec<Entry>)>,
    /// Values keep their JSON type instead of being texts.
    typed: bool,
}

struct Entry {
    ts: Millis,
    value: Option<StoredValue>,
}

struct Shown<'a> {
    value: &'a StoredValue,
    typed: bool,
}

impl Serialize for ValuesByKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.keys.iter().map(|(key, entries)| {
            let entries = entries.iter().map(|entry| EntryJson {
                ts: entry.ts,
                value: entry.value.as_ref().map(|value| Shown {
                    value,
                    typed: self.typed,
                }),
            });
            (key, entries.collect::<Vec<_>>())
        }))
    }
}

#[derive(Serialize)]
struct EntryJson<'a> {
    ts: Millis,
    value: Option<Shown<'a>>,
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.typed {
            self.value.serialize(serializer)
        } else {
            serializer.collect_str(self.value)
        }
    }
}

fn entry(point: TsValue) -> Entry {
    Entry {
        ts: point.ts,
        value: Some(point.value),
    }
}

/// A key and its points.
type Series = (Arc<str>, Vec<TsValue>);

/// Points of each key (all without), refusing what no answer can hold.
pub(crate) fn points_of(
    platform: &Platform,
    scope: &Scope,
    entity: EntityId,
    keys: Option<&[Arc<str>]>,
    query: &HistoryQuery,
) -> Result<Vec<Series>, PlatformError> {
    let keys = match keys {
        Some(keys) => keys.to_vec(),
        None => platform.telemetry.keys(scope, entity)?,
    };
    let mut found = Vec::new();
    let mut count = 0;
    for key in &keys {
        let one = std::slice::from_ref(key);
        for (key, points) in platform.telemetry.history(scope, entity, one, query)? {
            count += points.len();
            found.push((key, points));
        }
        if count > MAX_POINTS {
            return Err(PlatformError::invalid(
                "limit",
                format!(
                    "the answer would hold more than {MAX_POINTS} points: ask for fewer keys, \
                     a shorter range, a lower limit or an aggregation"
                ),
            ));
        }
    }
    Ok(found)
}

/// Latest values
///
/// Values are texts unless `useStrictDataTypes` is true. A key without a value has one entry with
/// a null value. With `startTs` and `endTs` it answers as the history does.
#[utoipa::path(get, path = "/api/plugins/telemetry/{entityType}/{entityId}/values/timeseries",
    tag = "telemetry",
    params(("entityType" = EntityType, Path), ("entityId" = Uuid, Path),
        ("keys" = Option<String>, Query, description = "joined by commas; absent means all"),
        ("key" = Option<Vec<String>>, Query, description = "for keys that contain commas"),
        ("useStrictDataTypes" = Option<bool>, Query)),
    responses((status = 200, body = Object)))]
pub(crate) async fn latest(
    state: State<Api>,
    caller: Caller,
    path: InPath<EntityPath>,
    query: Query,
) -> Answer<ValuesByKey> {
    if query.has("startTs") && query.has("endTs") {
        return history(state, caller, path, query).await;
    }
    let (State(api), InPath(EntityPath(entity))) = (state, path);
    let keys = keys(&query);
    let typed = query.flag("useStrictDataTypes", false)?;
    api.answer(move |platform| {
        readable(platform, &caller, entity)?;
        let found = platform
            .telemetry
            .latest(&caller, entity, keys.as_deref())?;
        let mut values: Vec<_> = found
            .into_iter()
            .map(|(key, value)| (key, vec![entry(value)]))
            .collect();
        let known: HashSet<Arc<str>> = values.iter().map(|(key, _)| Arc::clone(key)).collect();
        for key in keys.iter().flatten() {
            if !known.contains(key) {
                let nothing = Entry {
                    ts: now_ms(),
                    value: None,
                };
                values.push((Arc::clone(key), vec![nothing]));
            }
        }
        let keys = values;
        Ok(ValuesByKey { keys, typed })
    })
    .await
}

/// Points of a time range
///
/// Start inclusive, end exclusive. Keys without points are absent. At most 100000 points a key.
#[utoipa::path(get, path = "/api/plugins/telemetry/{entityType}/{entityId}/values/timeseries/history",
    tag = "telemetry",
    params(("entityType" = EntityType, Path), ("entityId" = Uuid, Path),
        ("keys" = Option<String>, Query, description = "joined by commas; absent means all"),
        ("key" = Option<Vec<String>>, Query, description = "for keys that contain commas"),
        ("startTs" = i64, Query), ("endTs" = i64, Query),
        ("intervalType" = Option<String>, Query,
            description = "MILLISECONDS (default), WEEK, WEEK_ISO, MONTH or QUARTER"),
        ("interval" = Option<i64>, Query, description = "length of a bucket (ms)"),
        ("timeZone" = Option<String>, Query, description = "for calendar intervals, e.g. Europe/Berlin"),
        ("limit" = Option<i64>, Query, description = "for agg=NONE; 100 when absent"),
        ("agg" = Option<Aggregation>, Query),
        ("orderBy" = Option<String>, Query, description = "DESC (default) or ASC"),
        ("useStrictDataTypes" = Option<bool>, Query)),
    responses((status = 200, body = Object)))]
pub(crate) async fn history(
    State(api): State<Api>,
    caller: Caller,
    InPath(EntityPath(entity)): InPath<EntityPath>,
    query: Query,
) -> Answer<ValuesByKey> {
    let keys = keys(&query);
    let typed = query.flag("useStrictDataTypes", false)?;
    let range = range(&query).map_err(ApiError::plain)?;
    api.answer(move |platform| {
        readable(platform, &caller, entity)?;
        let found = points_of(platform, &caller, entity, keys.as_deref(), &range)?;
        let keys = found
            .into_iter()
            .map(|(key, points)| (key, points.into_iter().map(entry).collect()))
            .collect();
        Ok(ValuesByKey { keys, typed })
    })
    .await
}

/// Keys with a latest value
#[utoipa::path(get, path = "/api/plugins/telemetry/{entityType}/{entityId}/keys/timeseries",
    tag = "telemetry",
    params(("entityType" = EntityType, Path), ("entityId" = Uuid, Path)),
    responses((status = 200, body = Vec<String>)))]
pub(crate) async fn series_keys(
    State(api): State<Api>,
    caller: Caller,
    InPath(EntityPath(entity)): InPath<EntityPath>,
) -> Answer<Vec<Arc<str>>> {
    api.answer(move |platform| {
        readable(platform, &caller, entity)?;
        platform.telemetry.keys(&caller, entity)
    })
    .await
}

fn range(query: &Query) -> Result<HistoryQuery, ApiError> {
    Ok(HistoryQuery {
        start: query.required_number("startTs")?,
        end: query.required_number("endTs")?,
        aggregation: aggregation(query.text("agg"))?,
        interval: Interval::parse(
            query.number("interval")?.unwrap_or(0),
            query.text("intervalType"),
            query.text("timeZone"),
        )?,
        limit: limit(query.number("limit")?),
        order: match query.text("orderBy") {
            None => Order::Desc,
            Some(order) if order.eq_ignore_ascii_case("desc") => Order::Desc,
            Some(order) if order.eq_ignore_ascii_case("asc") => Order::Asc,
            Some(other) => {
                return Err(ApiError::bad_request(format!(
                    "query parameter orderBy must be ASC or DESC: {other}"
                )));
            }
        },
    })
}

fn aggregation(text: Option<&str>) -> Result<Aggregation, ApiError> {
    let Some(text) = text else {
        return Ok(Aggregation::None);
    };
    serde_json::from_value(Value::String(text.to_ascii_uppercase())).map_err(|_| {
        ApiError::bad_request(format!(
            "query parameter agg must be MIN, MAX, AVG, SUM, COUNT or NONE: {text}"
        ))
    })
}

/// Points of a key at most; a limit that is no positive number counts as absent.
pub(crate) fn limit(wanted: Option<i64>) -> usize {
    wanted
        .and_then(|wanted| usize::try_from(wanted).ok())
        .filter(|wanted| *wanted > 0)
        .unwrap_or(DEFAULT_LIMIT)
        .min(MAX_LIMIT)
}
