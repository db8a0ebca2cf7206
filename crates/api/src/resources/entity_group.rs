//! Groups of entities.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use millrace_model::{
    EntityId, EntityType, PageData,
    entity::EntityGroup,
    id::{EntityGroupId, parse_uuid},
};
use millrace_platform::devices::{GroupInfo, ShortEntityView};
use uuid::Uuid;

use crate::{
    error::{Answer, ApiError, Done},
    extract::{Caller, EntityBody, EntityPath, EntityPathAnd, Id, InPath, JsonBody, Page, Query},
    state::Api,
};

/// Create or update a group
#[utoipa::path(post, path = "/api/entityGroup", tag = "entity group", request_body = EntityGroup,
    responses((status = 200, body = GroupInfo)))]
pub(crate) async fn save(
    State(api): State<Api>,
    caller: Caller,
    EntityBody(group): EntityBody<EntityGroup>,
) -> Answer<GroupInfo> {
    api.answer(move |platform| platform.groups.save(&caller, group))
        .await
}

/// A group
#[utoipa::path(get, path = "/api/entityGroup/{entityGroupId}", tag = "entity group",
    params(("entityGroupId" = Uuid, Path)), responses((status = 200, body = GroupInfo)))]
pub(crate) async fn get(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Answer<GroupInfo> {
    api.answer(move |platform| platform.groups.get(&caller, EntityGroupId(id)))
        .await
}

/// Delete a group; its members stay
#[utoipa::path(delete, path = "/api/entityGroup/{entityGroupId}", tag = "entity group",
    params(("entityGroupId" = Uuid, Path)), responses((status = 200)))]
pub(crate) async fn delete(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Done {
    api.run(move |platform| platform.groups.delete(&caller, EntityGroupId(id)))
        .await
}

/// The group of everything an owner owns of a kind
#[utoipa::path(get, path = "/api/entityGroup/all/{ownerType}/{ownerId}/{groupType}",
    tag = "entity group",
    params(("ownerType" = EntityType, Path), ("ownerId" = Uuid, Path), ("groupType" = EntityType, Path)),
    responses((status = 200, body = GroupInfo)))]
pub(crate) async fn all_group(
    State(api): State<Api>,
    caller: Caller,
    InPath(EntityPathAnd(owner, kind)): InPath<EntityPathAnd>,
) -> Answer<GroupInfo> {
    let kind: EntityType = kind.parse()?;
    api.answer(move |platform| platform.groups.all_group(&caller, owner, kind))
        .await
}

/// A group by owner, kind and name
#[utoipa::path(get, path = "/api/entityGroup/{ownerType}/{ownerId}/{groupType}/{groupName}",
    tag = "entity group",
    params(("ownerType" = EntityType, Path), ("ownerId" = Uuid, Path),
        ("groupType" = EntityType, Path), ("groupName" = String, Path)),
    responses((status = 200, body = GroupInfo)))]
pub(crate) async fn by_name(
    State(api): State<Api>,
    caller: Caller,
    InPath((owner_type, owner_id, kind, name)): InPath<(String, String, String, String)>,
) -> Answer<GroupInfo> {
    let owner = EntityId::new(owner_type.parse()?, parse_uuid(&owner_id)?);
    let kind: EntityType = kind.parse()?;
    api.answer(move |platform| platform.groups.by_name(&caller, owner, kind, &name))
        .await
}

/// A page of the caller's groups of a kind
///
/// Without paging parameters the answer is the whole list, as older clients want it.
#[utoipa::path(get, path = "/api/entityGroups/{groupType}", tag = "entity group",
    params(("groupType" = EntityType, Path), Page),
    responses((status = 200, body = PageData<GroupInfo>)))]
pub(crate) async fn page(
    State(api): State<Api>,
    caller: Caller,
    InPath(kind): InPath<String>,
    query: Query,
) -> Result<Response, ApiError> {
    of_owner(api, caller, None, &kind, &query).await
}

/// A page of an owner's groups of a kind
#[utoipa::path(get, path = "/api/entityGroups/{ownerType}/{ownerId}/{groupType}",
    tag = "entity group",
    params(("ownerType" = EntityType, Path), ("ownerId" = Uuid, Path), ("groupType" = EntityType, Path), Page),
    responses((status = 200, body = PageData<GroupInfo>)))]
pub(crate) async fn owner_page(
    State(api): State<Api>,
    caller: Caller,
    InPath(EntityPathAnd(owner, kind)): InPath<EntityPathAnd>,
    query: Query,
) -> Result<Response, ApiError> {
    of_owner(api, caller, Some(owner), &kind, &query).await
}

async fn of_owner(
    api: Api,
    caller: Caller,
    owner: Option<EntityId>,
    kind: &str,
    query: &Query,
) -> Result<Response, ApiError> {
    let kind: EntityType = kind.parse()?;
    if !query.has("pageSize") && !query.has("page") {
        let all = api.answer(move |platform| platform.groups.all(&caller, owner, kind));
        return Ok(all.await?.into_response());
    }
    let link = Page::of(query)?.link();
    let page = api.run(move |platform| platform.groups.page(&caller, owner, kind, &link));
    Ok(Json(page.await?).into_response())
}

/// The caller's groups of a kind
#[utoipa::path(get, path = "/api/entityGroups/{groupType}/all", tag = "entity group",
    params(("groupType" = EntityType, Path)),
    responses((status = 200, body = Vec<GroupInfo>)))]
pub(crate) async fn all(
    State(api): State<Api>,
    caller: Caller,
    InPath(kind): InPath<String>,
) -> Answer<Vec<GroupInfo>> {
    let kind: EntityType = kind.parse()?;
    api.answer(move |platform| platform.groups.all(&caller, None, kind))
        .await
}

/// An owner's groups of a kind
#[utoipa::path(get, path = "/api/entityGroups/{ownerType}/{ownerId}/{groupType}/all",
    tag = "entity group",
    params(("ownerType" = EntityType, Path), ("ownerId" = Uuid, Path), ("groupType" = EntityType, Path)),
    responses((status = 200, body = Vec<GroupInfo>)))]
pub(crate) async fn owner_all(
    State(api): State<Api>,
    caller: Caller,
    InPath(EntityPathAnd(owner, kind)): InPath<EntityPathAnd>,
) -> Answer<Vec<GroupInfo>> {
    let kind: EntityType = kind.parse()?;
    api.answer(move |platform| platform.groups.all(&caller, Some(owner), kind))
        .await
}

/// Groups an entity is in
#[utoipa::path(get, path = "/api/entityGroups/{entityType}/{entityId}", tag = "entity group",
    params(("entityType" = EntityType, Path), ("entityId" = Uuid, Path)),
    responses((status = 200, body = Vec<EntityGroupId>)))]
pub(crate) async fn of_entity(
    State(api): State<Api>,
    caller: Caller,
    InPath(EntityPath(entity)): InPath<EntityPath>,
) -> Answer<Vec<EntityGroupId>> {
    api.answer(move |platform| platform.groups.of_entity(&caller, entity))
        .await
}

/// Groups by id
#[utoipa::path(get, path = "/api/entityGroups/list", tag = "entity group",
    params(("entityGroupIds" = Vec<Uuid>, Query)),
    responses((status = 200, body = Vec<GroupInfo>)))]
pub(crate) async fn list(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
) -> Answer<Vec<GroupInfo>> {
    let ids = query.uuids("entityGroupIds")?;
    api.answer(move |platform| platform.groups.list(&caller, &ids))
        .await
}

/// A page of a group's members in their short form
#[utoipa::path(get, path = "/api/entityGroup/{entityGroupId}/entities", tag = "entity group",
    params(("entityGroupId" = Uuid, Path), Page),
    responses((status = 200, body = PageData<ShortEntityView>)))]
pub(crate) async fn members(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
    page: Page,
) -> Answer<PageData<ShortEntityView>> {
    let link = page.link();
    api.answer(move |platform| platform.groups.members(&caller, EntityGroupId(id), &link))
        .await
}

/// One member of a group in its short form
#[utoipa::path(get, path = "/api/entityGroup/{entityGroupId}/{entityId}", tag = "entity group",
    params(("entityGroupId" = Uuid, Path), ("entityId" = Uuid, Path)),
    responses((status = 200, body = ShortEntityView)))]
pub(crate) async fn member(
    State(api): State<Api>,
    caller: Caller,
    InPath((group, member)): InPath<(String, String)>,
) -> Answer<ShortEntityView> {
    let (group, member) = (EntityGroupId(parse_uuid(&group)?), parse_uuid(&member)?);
    api.answer(move |platform| platform.groups.member(&caller, group, member))
        .await
}

/// Put entities into a group
#[utoipa::path(post, path = "/api/entityGroup/{entityGroupId}/addEntities", tag = "entity group",
    params(("entityGroupId" = Uuid, Path)), request_body = Vec<Uuid>,
    responses((status = 200)))]
pub(crate) async fn add(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
    JsonBody(members): JsonBody<Vec<Uuid>>,
) -> Done {
    api.run(move |platform| platform.groups.add(&caller, EntityGroupId(id), &members))
        .await
}

/// Take entities out of a group
#[utoipa::path(post, path = "/api/entityGroup/{entityGroupId}/deleteEntities",
    tag = "entity group", params(("entityGroupId" = Uuid, Path)), request_body = Vec<Uuid>,
    responses((status = 200)))]
pub(crate) async fn remove(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
    JsonBody(members): JsonBody<Vec<Uuid>>,
) -> Done {
    api.run(move |platform| platform.groups.remove(&caller, EntityGroupId(id), &members))
        .await
}
