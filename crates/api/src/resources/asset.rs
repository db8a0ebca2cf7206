//! Assets.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use millrace_model::{
    EntityType, PageData,
    entity::Asset,
    id::{AssetId, CustomerId},
};
use millrace_platform::{devices::EntitySubtype, relations::RelatedSearch};

use super::device::{groups, name_conflict};
use crate::{
    error::{Answer, ApiError, Done},
    extract::{Caller, EntityBody, Id, InPath, Page, Query},
    state::Api,
};

/// Create or update an asset
#[utoipa::path(post, path = "/api/asset", tag = "asset",
    params(("entityGroupId" = Option<Uuid>, Query), ("entityGroupIds" = Option<Vec<Uuid>>, Query),
        ("nameConflictPolicy" = Option<String>, Query, description = "FAIL (default) or UNIQUIFY"),
        ("uniquifySeparator" = Option<String>, Query, description = "_ when absent"),
        ("uniquifyStrategy" = Option<String>, Query, description = "RANDOM (default) or INCREMENTAL")),
    request_body = Asset, responses((status = 200, body = Asset)))]
pub(crate) async fn save(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
    EntityBody(asset): EntityBody<Asset>,
) -> Answer<Asset> {
    let groups = groups(&query)?;
    let name_conflict = name_conflict(&query)?;
    api.answer(move |platform| {
        platform
            .assets
            .save(&caller, asset, &groups, &name_conflict)
    })
    .await
}

/// An asset
#[utoipa::path(get, path = "/api/asset/{assetId}", tag = "asset",
    params(("assetId" = Uuid, Path)), responses((status = 200, body = Asset)))]
pub(crate) async fn get(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Answer<Asset> {
    api.answer(move |platform| platform.assets.get(&caller, AssetId(id)))
        .await
}

/// Delete an asset
#[utoipa::path(delete, path = "/api/asset/{assetId}", tag = "asset",
    params(("assetId" = Uuid, Path)), responses((status = 200)))]
pub(crate) async fn delete(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Done {
    api.run(move |platform| platform.assets.delete(&caller, AssetId(id)))
        .await
}

/// An asset by its exact name
#[utoipa::path(get, path = "/api/tenant/asset", tag = "asset",
    params(("assetName" = String, Query)), responses((status = 200, body = Asset)))]
pub(crate) async fn by_name(State(api): State<Api>, caller: Caller, query: Query) -> Answer<Asset> {
    let name = query.required("assetName")?.to_owned();
    api.answer(move |platform| platform.assets.by_name(&caller, &name))
        .await
}

/// A page of the tenant's assets
#[utoipa::path(get, path = "/api/tenant/assets", tag = "asset",
    params(Page, ("type" = Option<String>, Query)),
    responses((status = 200, body = PageData<Asset>)))]
pub(crate) async fn tenant_page(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
) -> Result<Response, ApiError> {
    if query.has("assetName") {
        return Ok(by_name(State(api), caller, query).await?.into_response());
    }
    Ok(page(api, caller, &query).await?.into_response())
}

/// A page of the assets the caller may see
#[utoipa::path(get, path = "/api/user/assets", tag = "asset",
    params(Page, ("type" = Option<String>, Query)),
    responses((status = 200, body = PageData<Asset>)))]
pub(crate) async fn user_page(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
) -> Answer<PageData<Asset>> {
    page(api, caller, &query).await
}

async fn page(api: Api, caller: Caller, query: &Query) -> Answer<PageData<Asset>> {
    let link = Page::of(query)?.link();
    let asset_type = query.owned("type");
    api.answer(move |platform| platform.assets.page(&caller, asset_type.as_deref(), &link))
        .await
}

/// Assets by id
#[utoipa::path(get, path = "/api/assets", tag = "asset",
    params(("assetIds" = Vec<Uuid>, Query)), responses((status = 200, body = Vec<Asset>)))]
pub(crate) async fn list(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
) -> Answer<Vec<Asset>> {
    let ids = query.uuids("assetIds")?;
    api.answer(move |platform| platform.assets.list(&caller, &ids))
        .await
}

/// Assets that relations lead to
#[utoipa::path(post, path = "/api/assets", tag = "asset", request_body = RelatedSearch,
    responses((status = 200, body = Vec<Asset>)))]
pub(crate) async fn search(
    State(api): State<Api>,
    caller: Caller,
    EntityBody(search): EntityBody<RelatedSearch>,
) -> Answer<Vec<Asset>> {
    api.answer(move |platform| {
        let ids = platform
            .relations
            .search(&caller, &search, EntityType::Asset)?;
        let mut found = platform.assets.list(&caller, &ids)?;
        let types = search.asset_types.unwrap_or_default();
        found.retain(|asset| types.is_empty() || types.contains(&asset.profile_name));
        Ok(found)
    })
    .await
}

/// A page of a customer's assets
#[utoipa::path(get, path = "/api/customer/{customerId}/assets", tag = "asset",
    params(("customerId" = Uuid, Path), Page, ("type" = Option<String>, Query)),
    responses((status = 200, body = PageData<Asset>)))]
pub(crate) async fn customer_page(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(customer)): InPath<Id>,
    query: Query,
) -> Answer<PageData<Asset>> {
    let link = Page::of(&query)?.link();
    let asset_type = query.owned("type");
    api.answer(move |platform| {
        let asset_type = asset_type.as_deref();
        let customer = CustomerId(customer);
        platform
            .assets
            .page_of_customer(&caller, customer, asset_type, &link)
    })
    .await
}

/// A page of the assets of a group
#[utoipa::path(get, path = "/api/entityGroup/{entityGroupId}/assets", tag = "asset",
    params(("entityGroupId" = Uuid, Path), Page),
    responses((status = 200, body = PageData<Asset>)))]
pub(crate) async fn group_page(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(group)): InPath<Id>,
    page: Page,
) -> Answer<PageData<Asset>> {
    let link = page.link();
    api.answer(move |platform| platform.assets.page_of_group(&caller, group, &link))
        .await
}

/// Type names of assets
#[utoipa::path(get, path = "/api/asset/types", tag = "asset",
    responses((status = 200, body = Vec<EntitySubtype>)))]
pub(crate) async fn types(State(api): State<Api>, caller: Caller) -> Answer<Vec<EntitySubtype>> {
    api.answer(move |platform| platform.asset_profiles.types(&caller))
        .await
}
