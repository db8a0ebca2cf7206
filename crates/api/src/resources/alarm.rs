//! Alarms.

use axum::extract::State;
use millrace_model::{
    EntityId, EntityType, PageData,
    entity::{Alarm, AlarmInfo, AlarmSearchStatus, AlarmSeverity, AlarmStatus},
    id::{AlarmId, UserId},
};
use millrace_platform::{
    alarms::{AlarmQuery, AlarmTypeRow},
    queries::{AlarmCountQuery, AlarmData, AlarmDataQuery, statuses_of},
};
use serde_json::Value;

use crate::{
    error::{Answer, ApiError},
    extract::{Caller, EntityBody, EntityPath, Id, InPath, JsonBody, Page, Query, TimeRange},
    state::Api,
};

/// Raise or change an alarm
#[utoipa::path(post, path = "/api/alarm", tag = "alarm", request_body = Alarm,
    responses((status = 200, body = Alarm)))]
pub(crate) async fn save(
    State(api): State<Api>,
    caller: Caller,
    EntityBody(alarm): EntityBody<Alarm>,
) -> Answer<Alarm> {
    api.answer(move |platform| platform.alarms.save(&caller, alarm))
        .await
}

/// An alarm
#[utoipa::path(get, path = "/api/alarm/{alarmId}", tag = "alarm",
    params(("alarmId" = Uuid, Path)), responses((status = 200, body = Alarm)))]
pub(crate) async fn get(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Answer<Alarm> {
    api.answer(move |platform| platform.alarms.get(&caller, AlarmId(id)))
        .await
}

/// An alarm with the names around it
#[utoipa::path(get, path = "/api/alarm/info/{alarmId}", tag = "alarm",
    params(("alarmId" = Uuid, Path)), responses((status = 200, body = AlarmInfo)))]
pub(crate) async fn info(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Answer<AlarmInfo> {
    api.answer(move |platform| platform.alarms.info(&caller, AlarmId(id)))
        .await
}

/// Delete an alarm; false when there was none
#[utoipa::path(delete, path = "/api/alarm/{alarmId}", tag = "alarm",
    params(("alarmId" = Uuid, Path)), responses((status = 200, body = bool)))]
pub(crate) async fn delete(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Answer<bool> {
    api.answer(move |platform| platform.alarms.delete(&caller, AlarmId(id)))
        .await
}

/// Say that an alarm was seen
#[utoipa::path(post, path = "/api/alarm/{alarmId}/ack", tag = "alarm",
    params(("alarmId" = Uuid, Path)), responses((status = 200, body = AlarmInfo)))]
pub(crate) async fn acknowledge(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Answer<AlarmInfo> {
    api.answer(move |platform| {
        platform.alarms.acknowledge(&caller, AlarmId(id), 0)?;
        platform.alarms.info(&caller, AlarmId(id))
    })
    .await
}

/// Say that the cause of an alarm is gone
#[utoipa::path(post, path = "/api/alarm/{alarmId}/clear", tag = "alarm",
    params(("alarmId" = Uuid, Path)), responses((status = 200, body = AlarmInfo)))]
pub(crate) async fn clear(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Answer<AlarmInfo> {
    api.answer(move |platform| {
        platform.alarms.clear(&caller, AlarmId(id), 0)?;
        platform.alarms.info(&caller, AlarmId(id))
    })
    .await
}

/// Give an alarm to somebody to look after
#[utoipa::path(post, path = "/api/alarm/{alarmId}/assign/{assigneeId}", tag = "alarm",
    params(("alarmId" = Uuid, Path), ("assigneeId" = Uuid, Path)),
    responses((status = 200, body = Alarm)))]
pub(crate) async fn assign(
    State(api): State<Api>,
    caller: Caller,
    InPath((id, user)): InPath<(Id, Id)>,
) -> Answer<Alarm> {
    api.answer(move |platform| {
        let user = Some(UserId(user.0));
        platform.alarms.assign(&caller, AlarmId(id.0), user)
    })
    .await
}

/// Take an alarm from whoever looks after it
#[utoipa::path(delete, path = "/api/alarm/{alarmId}/assign", tag = "alarm",
    params(("alarmId" = Uuid, Path)), responses((status = 200, body = Alarm)))]
pub(crate) async fn unassign(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Answer<Alarm> {
    api.answer(move |platform| platform.alarms.assign(&caller, AlarmId(id), None))
        .await
}

/// A page of the alarms of an entity
#[utoipa::path(get, path = "/api/alarm/{entityType}/{entityId}", tag = "alarm",
    params(("entityType" = EntityType, Path), ("entityId" = Uuid, Path), Page, TimeRange,
        ("searchStatus" = Option<String>, Query), ("status" = Option<String>, Query),
        ("assigneeId" = Option<Uuid>, Query)),
    responses((status = 200, body = PageData<AlarmInfo>)))]
pub(crate) async fn of_entity(
    State(api): State<Api>,
    caller: Caller,
    InPath(EntityPath(entity)): InPath<EntityPath>,
    query: Query,
    times: TimeRange,
) -> Answer<PageData<AlarmInfo>> {
    page(api, caller, Some(entity), &query, times).await
}

/// A page of the tenant's alarms
#[utoipa::path(get, path = "/api/alarms", tag = "alarm",
    params(Page, TimeRange, ("searchStatus" = Option<String>, Query),
        ("status" = Option<String>, Query), ("assigneeId" = Option<Uuid>, Query)),
    responses((status = 200, body = PageData<AlarmInfo>)))]
pub(crate) async fn all(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
    times: TimeRange,
) -> Answer<PageData<AlarmInfo>> {
    page(api, caller, None, &query, times).await
}

/// A page of the alarms of an entity, with lists of what is wanted
#[utoipa::path(get, path = "/api/v2/alarm/{entityType}/{entityId}", tag = "alarm",
    params(("entityType" = EntityType, Path), ("entityId" = Uuid, Path), Page, TimeRange,
        ("statusList" = Option<Vec<String>>, Query), ("severityList" = Option<Vec<String>>, Query),
        ("typeList" = Option<Vec<String>>, Query), ("assigneeId" = Option<Uuid>, Query)),
    responses((status = 200, body = PageData<AlarmInfo>)))]
pub(crate) async fn of_entity_by_lists(
    State(api): State<Api>,
    caller: Caller,
    InPath(EntityPath(entity)): InPath<EntityPath>,
    query: Query,
    times: TimeRange,
) -> Answer<PageData<AlarmInfo>> {
    page(api, caller, Some(entity), &query, times).await
}

/// A page of the tenant's alarms, with lists of what is wanted
#[utoipa::path(get, path = "/api/v2/alarms", tag = "alarm",
    params(Page, TimeRange, ("statusList" = Option<Vec<String>>, Query),
        ("severityList" = Option<Vec<String>>, Query), ("typeList" = Option<Vec<String>>, Query),
        ("assigneeId" = Option<Uuid>, Query)),
    responses((status = 200, body = PageData<AlarmInfo>)))]
pub(crate) async fn all_by_lists(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
    times: TimeRange,
) -> Answer<PageData<AlarmInfo>> {
    page(api, caller, None, &query, times).await
}

async fn page(
    api: Api,
    caller: Caller,
    entity: Option<EntityId>,
    query: &Query,
    times: TimeRange,
) -> Answer<PageData<AlarmInfo>> {
    let link = Page::of(query)?.link_newest_first();
    let wanted = AlarmQuery {
        start: times.start_time,
        end: times.end_time,
        ..wanted(entity, query)?
    };
    api.answer(move |platform| platform.alarms.infos(&caller, &wanted, &link))
        .await
}

/// What a query asks for, in the older and the newer form.
fn wanted(entity: Option<EntityId>, query: &Query) -> Result<AlarmQuery, ApiError> {
    let words: Vec<AlarmSearchStatus> = all_of(query, "statusList", "searchStatus")?;
    let statuses = match query.text("status") {
        Some(text) => vec![word::<AlarmStatus>("status", text)?],
        None => statuses_of(&words),
    };
    Ok(AlarmQuery {
        listed_by: entity.map(|entity| vec![entity]),
        statuses,
        severities: all_of::<AlarmSeverity>(query, "severityList", "severityList")?,
        types: query.list("typeList"),
        assignee: query.uuid("assigneeId")?,
        ..AlarmQuery::default()
    })
}

fn all_of<T: std::str::FromStr>(query: &Query, list: &str, one: &str) -> Result<Vec<T>, ApiError>
where
    T::Err: std::fmt::Display,
{
    let mut texts = query.list(list);
    if list != one {
        texts.extend(query.owned(one));
    }
    texts.iter().map(|text| word(list, text)).collect()
}

fn word<T: std::str::FromStr>(name: &str, text: &str) -> Result<T, ApiError>
where
    T::Err: std::fmt::Display,
{
    text.parse()
        .map_err(|error| ApiError::bad_request(format!("query parameter {name}: {error}")))
}

/// The worst severity of an entity's alarms; null when there are none
#[utoipa::path(get, path = "/api/alarm/highestSeverity/{entityType}/{entityId}", tag = "alarm",
    params(("entityType" = EntityType, Path), ("entityId" = Uuid, Path),
        ("searchStatus" = Option<String>, Query), ("status" = Option<String>, Query),
        ("assigneeId" = Option<Uuid>, Query)),
    responses((status = 200, body = Option<AlarmSeverity>)))]
pub(crate) async fn highest_severity(
    State(api): State<Api>,
    caller: Caller,
    InPath(EntityPath(entity)): InPath<EntityPath>,
    query: Query,
) -> Answer<Option<AlarmSeverity>> {
    let wanted = wanted(Some(entity), &query)?;
    api.answer(move |platform| platform.alarms.highest_severity(&caller, &wanted))
        .await
}

/// A page of the types of alarms there are
#[utoipa::path(get, path = "/api/alarm/types", tag = "alarm", params(Page),
    responses((status = 200, body = PageData<AlarmTypeRow>)))]
pub(crate) async fn types(
    State(api): State<Api>,
    caller: Caller,
    page: Page,
) -> Answer<PageData<AlarmTypeRow>> {
    let link = page.link();
    api.answer(move |platform| platform.alarms.types(&caller, &link))
        .await
}

/// A page of alarms of the entities that a query means
#[utoipa::path(post, path = "/api/alarmsQuery/find", tag = "entity query",
    request_body = AlarmDataQuery, responses((status = 200, body = PageData<AlarmData>)))]
pub(crate) async fn find(
    State(api): State<Api>,
    caller: Caller,
    JsonBody(body): JsonBody<Value>,
) -> Answer<PageData<AlarmData>> {
    let query = AlarmDataQuery::parse(body)?;
    api.answer(move |platform| platform.queries.alarms(&caller, &platform.alarms, &query))
        .await
}

/// How many alarms a query means
#[utoipa::path(post, path = "/api/alarmsQuery/count", tag = "entity query",
    request_body = AlarmCountQuery, responses((status = 200, body = u64)))]
pub(crate) async fn count(
    State(api): State<Api>,
    caller: Caller,
    JsonBody(body): JsonBody<Value>,
) -> Answer<u64> {
    let query = AlarmCountQuery::parse(body)?;
    api.answer(move |platform| {
        platform
            .queries
            .count_alarms(&caller, &platform.alarms, &query)
    })
    .await
}
