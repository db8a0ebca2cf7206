//! Latest values, history and keys.

use std::sync::Arc;

use axum::extract::State;
use millrace_model::{
    EntityType,
    telemetry::{Aggregation, TsValue},
};
use millrace_platform::{
    clock::now_ms,
    telemetry::{HistoryQuery, Interval, Order},
};
use serde_json::{Map, Value, json};

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

/// Values by key: `{"temperature":[{"ts":1,"value":"25.1"}]}`.
type ValuesByKey = Map<String, Value>;

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
        let mut values: ValuesByKey = found
            .into_iter()
            .map(|(key, value)| (key.to_string(), json!([entry(&value, typed)])))
            .collect();
        for key in keys.iter().flatten() {
            values
                .entry(key.as_ref())
                .or_insert_with(|| json!([{"ts": now_ms(), "value": null}]));
        }
        Ok(values)
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
        let keys = match keys {
            Some(keys) => keys,
            None => platform.telemetry.keys(&caller, entity)?,
        };
        let found = platform.telemetry.history(&caller, entity, &keys, &range)?;
        Ok(found
            .into_iter()
            .map(|(key, points)| {
                let points = points.iter().map(|point| entry(point, typed)).collect();
                (key.to_string(), Value::Array(points))
            })
            .collect())
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

fn entry(point: &TsValue, typed: bool) -> Value {
    if typed {
        json!({"ts": point.ts, "value": point.value.to_json()})
    } else {
        json!({"ts": point.ts, "value": point.value.to_string()})
    }
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
