//! Asset profiles.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use millrace_model::{PageData, entity::AssetProfile};
use millrace_platform::devices::{EntityInfo, Profile, ProfileInfo};

use crate::{
    error::{Answer, ApiError, Done},
    extract::{Caller, EntityBody, Id, InPath, Page, Query},
    state::Api,
};

/// Create or update an asset profile
#[utoipa::path(post, path = "/api/assetProfile", tag = "asset profile",
    request_body = AssetProfile, responses((status = 200, body = AssetProfile)))]
pub(crate) async fn save(
    State(api): State<Api>,
    caller: Caller,
    EntityBody(profile): EntityBody<AssetProfile>,
) -> Answer<AssetProfile> {
    api.answer(move |platform| platform.asset_profiles.save(&caller, profile))
        .await
}

/// An asset profile
#[utoipa::path(get, path = "/api/assetProfile/{assetProfileId}", tag = "asset profile",
    params(("assetProfileId" = Uuid, Path)), responses((status = 200, body = AssetProfile)))]
pub(crate) async fn get(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Answer<AssetProfile> {
    api.answer(move |platform| platform.asset_profiles.get(&caller, id))
        .await
}

/// Delete an asset profile that is neither the default nor in use
#[utoipa::path(delete, path = "/api/assetProfile/{assetProfileId}", tag = "asset profile",
    params(("assetProfileId" = Uuid, Path)), responses((status = 200)))]
pub(crate) async fn delete(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Done {
    api.run(move |platform| platform.asset_profiles.delete(&caller, id))
        .await
}

/// Make an asset profile the default one
#[utoipa::path(post, path = "/api/assetProfile/{assetProfileId}/default", tag = "asset profile",
    params(("assetProfileId" = Uuid, Path)), responses((status = 200, body = AssetProfile)))]
pub(crate) async fn set_default(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Answer<AssetProfile> {
    api.answer(move |platform| platform.asset_profiles.set_default(&caller, id))
        .await
}

/// A page of asset profiles
#[utoipa::path(get, path = "/api/assetProfiles", tag = "asset profile", params(Page),
    responses((status = 200, body = PageData<AssetProfile>)))]
pub(crate) async fn page(
    State(api): State<Api>,
    caller: Caller,
    page: Page,
) -> Answer<PageData<AssetProfile>> {
    let link = page.link();
    api.answer(move |platform| platform.asset_profiles.page(&caller, &link))
        .await
}

/// The short form of an asset profile
#[utoipa::path(get, path = "/api/assetProfileInfo/{assetProfileId}", tag = "asset profile",
    params(("assetProfileId" = Uuid, Path)), responses((status = 200, body = ProfileInfo)))]
pub(crate) async fn info(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Answer<ProfileInfo> {
    api.answer(move |platform| platform.asset_profiles.info(&caller, id))
        .await
}

/// The short form of the default asset profile
#[utoipa::path(get, path = "/api/assetProfileInfo/default", tag = "asset profile",
    responses((status = 200, body = ProfileInfo)))]
pub(crate) async fn default_info(State(api): State<Api>, caller: Caller) -> Answer<ProfileInfo> {
    api.answer(move |platform| Ok(platform.asset_profiles.default(&caller)?.info()))
        .await
}

/// A page of asset profiles in their short form
#[utoipa::path(get, path = "/api/assetProfileInfos", tag = "asset profile", params(Page),
    responses((status = 200, body = PageData<ProfileInfo>)))]
pub(crate) async fn infos(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
) -> Result<Response, ApiError> {
    if query.has("assetProfileIds") {
        return Ok(info_list(State(api), caller, query).await?.into_response());
    }
    let link = Page::of(&query)?.link();
    let page = api
        .run(move |platform| platform.asset_profiles.infos(&caller, &link))
        .await?;
    Ok(Json(page).into_response())
}

/// Short forms of asset profiles by id
#[utoipa::path(get, path = "/api/assetProfileInfos/list", tag = "asset profile",
    params(("assetProfileIds" = Vec<Uuid>, Query)),
    responses((status = 200, body = Vec<ProfileInfo>)))]
pub(crate) async fn info_list(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
) -> Answer<Vec<ProfileInfo>> {
    let ids = query.uuids("assetProfileIds")?;
    api.answer(move |platform| platform.asset_profiles.info_list(&caller, &ids))
        .await
}

/// Names of asset profiles
#[utoipa::path(get, path = "/api/assetProfile/names", tag = "asset profile",
    params(("activeOnly" = Option<bool>, Query, description = "only profiles that have assets")),
    responses((status = 200, body = Vec<EntityInfo>)))]
pub(crate) async fn names(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
) -> Answer<Vec<EntityInfo>> {
    let active_only = query.flag("activeOnly", false)?;
    api.answer(move |platform| platform.asset_profiles.names(&caller, active_only))
        .await
}
