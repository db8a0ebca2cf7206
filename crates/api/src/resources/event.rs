//! Events of stations: lifecycle, debug, errors.

use axum::{Json, extract::State};
use millrace_model::{
    EntityId, EntityType, PageData,
    event::{Event, EventType},
};
use millrace_platform::access;
use millrace_store::events::EventFilter;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{
    error::{Answer, ApiError, Done},
    extract::{Caller, EntityBody, EntityPath, EntityPathAnd, InPath, Page, TimeRange},
    state::Api,
};

/// A page of events of one kind
#[utoipa::path(get, path = "/api/events/{entityType}/{entityId}/{eventType}", tag = "event",
    params(("entityType" = EntityType, Path), ("entityId" = Uuid, Path),
        ("eventType" = EventType, Path), Page, TimeRange),
    responses((status = 200, body = PageData<Event>)))]
pub(crate) async fn page_of_type(
    State(api): State<Api>,
    caller: Caller,
    InPath(EntityPathAnd(entity, event_type)): InPath<EntityPathAnd>,
    page: Page,
    range: TimeRange,
) -> Answer<PageData<Event>> {
    let mut filter = in_range(range);
    filter.event_type = Some(kind(&event_type)?);
    read(api, caller, entity, filter, page).await
}

/// A page of events that fit a filter
///
/// `eventType` is required. `isError` and the texts of the body (`errorStr`, `server`, `type`,
/// `in`, `out`, `metadata`, `message`, `msgType`, …) narrow; texts are case-insensitive parts.
#[utoipa::path(post, path = "/api/events/{entityType}/{entityId}", tag = "event",
    params(("entityType" = EntityType, Path), ("entityId" = Uuid, Path), Page, TimeRange),
    request_body = Object, responses((status = 200, body = PageData<Event>)))]
pub(crate) async fn page(
    State(api): State<Api>,
    caller: Caller,
    InPath(EntityPath(entity)): InPath<EntityPath>,
    page: Page,
    range: TimeRange,
    EntityBody(wanted): EntityBody<Map<String, Value>>,
) -> Answer<PageData<Event>> {
    let filter = narrowed(range, &wanted)?;
    read(api, caller, entity, filter, page).await
}

/// The oldest form of the list, without a kind: lifecycle events.
pub(crate) async fn lifecycle_page(
    State(api): State<Api>,
    caller: Caller,
    InPath(EntityPath(entity)): InPath<EntityPath>,
    page: Page,
    range: TimeRange,
) -> Answer<PageData<Event>> {
    let mut filter = in_range(range);
    filter.event_type = Some(EventType::LcEvent);
    read(api, caller, entity, filter, page).await
}

/// Delete events that fit a filter
#[utoipa::path(post, path = "/api/events/{entityType}/{entityId}/clear", tag = "event",
    params(("entityType" = EntityType, Path), ("entityId" = Uuid, Path), TimeRange),
    request_body = Object, responses((status = 200)))]
pub(crate) async fn clear(
    State(api): State<Api>,
    caller: Caller,
    InPath(EntityPath(entity)): InPath<EntityPath>,
    range: TimeRange,
    EntityBody(wanted): EntityBody<Map<String, Value>>,
) -> Done {
    let filter = narrowed(range, &wanted)?;
    api.run(move |platform| platform.events.clear(&caller, entity, &filter))
        .await
        .map(|_| ())
}

/// How many events of a station were recorded, and how many were not.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Counters {
    /// Recorded since the start of the server.
    recorded: u64,
    /// Left out because the station was over its rate.
    limited: u64,
    /// Dropped because the writer could not follow.
    dropped: u64,
}

/// Counters of a station's events
#[utoipa::path(get, path = "/api/millrace/events/{entityType}/{entityId}/counters", tag = "event",
    params(("entityType" = EntityType, Path), ("entityId" = Uuid, Path)),
    responses((status = 200, body = Counters)))]
pub(crate) async fn counters(
    State(api): State<Api>,
    caller: Caller,
    InPath(EntityPath(entity)): InPath<EntityPath>,
) -> Result<Json<Counters>, ApiError> {
    api.answer(move |platform| {
        access::require_readable(platform.records.store(), &caller, entity)?;
        let counters = platform.events.counters(entity);
        Ok(Counters {
            recorded: counters.recorded,
            limited: counters.limited,
            dropped: counters.dropped,
        })
    })
    .await
}

async fn read(
    api: Api,
    caller: Caller,
    entity: EntityId,
    filter: EventFilter,
    page: Page,
) -> Answer<PageData<Event>> {
    let link = page.link_newest_first();
    api.answer(move |platform| platform.events.page(&caller, entity, &filter, &link))
        .await
}

fn in_range(range: TimeRange) -> EventFilter {
    EventFilter {
        start: range.start_time,
        end: range.end_time,
        ..EventFilter::default()
    }
}

fn kind(text: &str) -> Result<EventType, ApiError> {
    EventType::parse(&text.to_ascii_uppercase())
        .ok_or_else(|| ApiError::bad_request(format!("unknown event type: {text}")))
}

/// The filter of a body. Members are named after the event's own, with the exceptions below.
fn narrowed(range: TimeRange, wanted: &Map<String, Value>) -> Result<EventFilter, ApiError> {
    let mut filter = in_range(range);
    let named = wanted
        .get("eventType")
        .and_then(Value::as_str)
        .ok_or_else(|| ApiError::bad_request("eventType is required: name a kind of event"))?;
    filter.event_type = Some(kind(named)?);
    for (name, value) in wanted {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Null => continue,
            other => other.to_string(),
        };
        match name.as_str() {
            "eventType" | "notEmpty" => {}
            "isError" | "error" if text.eq_ignore_ascii_case("true") => {
                filter.is_error = Some(true);
            }
            "isError" | "error" if text.eq_ignore_ascii_case("false") => {
                filter.is_error = Some(false);
            }
            _ if text.is_empty() => {}
            // A lifecycle event says whether it went well as a boolean.
            "status" if filter.event_type == Some(EventType::LcEvent) => {
                filter.is_error = Some(!text.eq_ignore_ascii_case("success"));
            }
            "errorStr" => filter.contains.push(("error".to_owned(), text)),
            "msgDirectionType" => filter.contains.push(("type".to_owned(), text)),
            "dataSearch" => filter.contains.push(("data".to_owned(), text)),
            "metadataSearch" => filter.contains.push(("metadata".to_owned(), text)),
            "statusIntegration" => filter.contains.push(("status".to_owned(), text)),
            "server" | "type" | "in" | "out" | "metadata" | "message" | "msgId" | "msgType"
            | "relationType" | "entityId" | "entityType" | "event" | "method" => {
                filter.contains.push((name.clone(), text));
            }
            _ => {}
        }
    }
    Ok(filter)
}
