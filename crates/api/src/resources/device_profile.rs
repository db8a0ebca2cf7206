//! Device profiles.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use millrace_model::{PageData, entity::DeviceProfile};
use millrace_platform::devices::{EntityInfo, Profile, ProfileInfo};

use crate::{
    error::{Answer, ApiError, Done},
    extract::{Caller, EntityBody, Id, InPath, Page, Query},
    state::Api,
};

/// Create or update a device profile
#[utoipa::path(post, path = "/api/deviceProfile", tag = "device profile",
    request_body = DeviceProfile, responses((status = 200, body = DeviceProfile)))]
pub(crate) async fn save(
    State(api): State<Api>,
    caller: Caller,
    EntityBody(profile): EntityBody<DeviceProfile>,
) -> Answer<DeviceProfile> {
    api.answer(move |platform| platform.device_profiles.save(&caller, profile))
        .await
}

/// A device profile
#[utoipa::path(get, path = "/api/deviceProfile/{deviceProfileId}", tag = "device profile",
    params(("deviceProfileId" = Uuid, Path)), responses((status = 200, body = DeviceProfile)))]
pub(crate) async fn get(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Answer<DeviceProfile> {
    api.answer(move |platform| platform.device_profiles.get(&caller, id))
        .await
}

/// Delete a device profile that is neither the default nor in use
#[utoipa::path(delete, path = "/api/deviceProfile/{deviceProfileId}", tag = "device profile",
    params(("deviceProfileId" = Uuid, Path)), responses((status = 200)))]
pub(crate) async fn delete(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Done {
    api.run(move |platform| platform.device_profiles.delete(&caller, id))
        .await
}

/// Make a device profile the default one
#[utoipa::path(post, path = "/api/deviceProfile/{deviceProfileId}/default", tag = "device profile",
    params(("deviceProfileId" = Uuid, Path)), responses((status = 200, body = DeviceProfile)))]
pub(crate) async fn set_default(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Answer<DeviceProfile> {
    api.answer(move |platform| platform.device_profiles.set_default(&caller, id))
        .await
}

/// A page of device profiles
#[utoipa::path(get, path = "/api/deviceProfiles", tag = "device profile", params(Page),
    responses((status = 200, body = PageData<DeviceProfile>)))]
pub(crate) async fn page(
    State(api): State<Api>,
    caller: Caller,
    page: Page,
) -> Answer<PageData<DeviceProfile>> {
    let link = page.link();
    api.answer(move |platform| platform.device_profiles.page(&caller, &link))
        .await
}

/// The short form of a device profile
#[utoipa::path(get, path = "/api/deviceProfileInfo/{deviceProfileId}", tag = "device profile",
    params(("deviceProfileId" = Uuid, Path)), responses((status = 200, body = ProfileInfo)))]
pub(crate) async fn info(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Answer<ProfileInfo> {
    api.answer(move |platform| platform.device_profiles.info(&caller, id))
        .await
}

/// The short form of the default device profile
#[utoipa::path(get, path = "/api/deviceProfileInfo/default", tag = "device profile",
    responses((status = 200, body = ProfileInfo)))]
pub(crate) async fn default_info(State(api): State<Api>, caller: Caller) -> Answer<ProfileInfo> {
    api.answer(move |platform| Ok(platform.device_profiles.default(&caller)?.info()))
        .await
}

/// A page of device profiles in their short form
#[utoipa::path(get, path = "/api/deviceProfileInfos", tag = "device profile", params(Page),
    responses((status = 200, body = PageData<ProfileInfo>)))]
pub(crate) async fn infos(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
) -> Result<Response, ApiError> {
    if query.has("deviceProfileIds") {
        return Ok(info_list(State(api), caller, query).await?.into_response());
    }
    let link = Page::of(&query)?.link();
    let page = api
        .run(move |platform| platform.device_profiles.infos(&caller, &link))
        .await?;
    Ok(Json(page).into_response())
}

/// Short forms of device profiles by id
#[utoipa::path(get, path = "/api/deviceProfileInfos/list", tag = "device profile",
    params(("deviceProfileIds" = Vec<Uuid>, Query)),
    responses((status = 200, body = Vec<ProfileInfo>)))]
pub(crate) async fn info_list(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
) -> Answer<Vec<ProfileInfo>> {
    let ids = query.uuids("deviceProfileIds")?;
    api.answer(move |platform| platform.device_profiles.info_list(&caller, &ids))
        .await
}

/// Names of device profiles
#[utoipa::path(get, path = "/api/deviceProfile/names", tag = "device profile",
    params(("activeOnly" = Option<bool>, Query, description = "only profiles that have devices")),
    responses((status = 200, body = Vec<EntityInfo>)))]
pub(crate) async fn names(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
) -> Answer<Vec<EntityInfo>> {
    let active_only = query.flag("activeOnly", false)?;
    api.answer(move |platform| platform.device_profiles.names(&caller, active_only))
        .await
}
