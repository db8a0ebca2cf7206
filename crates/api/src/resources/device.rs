//! Devices and their credentials.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use millrace_model::{
    EntityType, PageData,
    entity::{Device, DeviceCredentials, DeviceInfo},
    id::{CustomerId, DeviceId, DeviceProfileId},
};
use millrace_platform::devices::{
    CredentialsInput, DeviceQuery, EntitySubtype, NameConflict, SaveOptions,
};
use millrace_platform::relations::RelatedSearch;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    error::{Answer, ApiError, Done},
    extract::{Caller, EntityBody, Id, InPath, Page, Query},
    state::Api,
};

/// Create or update a device
///
/// `type` names the profile, which is made when there is none; without it the default profile is
/// used.
#[utoipa::path(post, path = "/api/device", tag = "device",
    params(("accessToken" = Option<String>, Query),
        ("entityGroupId" = Option<Uuid>, Query), ("entityGroupIds" = Option<Vec<Uuid>>, Query),
        ("nameConflictPolicy" = Option<String>, Query, description = "FAIL (default) or UNIQUIFY"),
        ("uniquifySeparator" = Option<String>, Query, description = "_ when absent"),
        ("uniquifyStrategy" = Option<String>, Query, description = "RANDOM (default) or INCREMENTAL")),
    request_body = Device, responses((status = 200, body = Device)))]
pub(crate) async fn save(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
    EntityBody(device): EntityBody<Device>,
) -> Answer<Device> {
    let options = SaveOptions {
        credentials: query.owned("accessToken").map(|token| CredentialsInput {
            credentials_id: Some(token),
            ..CredentialsInput::default()
        }),
        groups: groups(&query)?,
        name_conflict: name_conflict(&query)?,
    };
    api.answer(move |platform| platform.devices.save(&caller, device, &options))
        .await
}

/// A device and the credentials it is to have.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct DeviceWithCredentials {
    device: Device,
    credentials: Option<CredentialsInput>,
}

/// Create a device with credentials
#[utoipa::path(post, path = "/api/device-with-credentials", tag = "device",
    params(("entityGroupId" = Option<Uuid>, Query), ("entityGroupIds" = Option<Vec<Uuid>>, Query),
        ("nameConflictPolicy" = Option<String>, Query, description = "FAIL (default) or UNIQUIFY")),
    request_body = DeviceWithCredentials, responses((status = 200, body = Device)))]
pub(crate) async fn save_with_credentials(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
    EntityBody(sent): EntityBody<DeviceWithCredentials>,
) -> Answer<Device> {
    let options = SaveOptions {
        credentials: sent.credentials,
        groups: groups(&query)?,
        name_conflict: name_conflict(&query)?,
    };
    api.answer(move |platform| platform.devices.save(&caller, sent.device, &options))
        .await
}

/// A device
#[utoipa::path(get, path = "/api/device/{deviceId}", tag = "device",
    params(("deviceId" = Uuid, Path)), responses((status = 200, body = Device)))]
pub(crate) async fn get(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Answer<Device> {
    api.answer(move |platform| platform.devices.get(&caller, DeviceId(id)))
        .await
}

/// A device with what lists show beside it
#[utoipa::path(get, path = "/api/device/info/{deviceId}", tag = "device",
    params(("deviceId" = Uuid, Path)), responses((status = 200, body = DeviceInfo)))]
pub(crate) async fn info(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Answer<DeviceInfo> {
    api.answer(move |platform| platform.devices.info(&caller, DeviceId(id)))
        .await
}

/// Delete a device with everything it stored
#[utoipa::path(delete, path = "/api/device/{deviceId}", tag = "device",
    params(("deviceId" = Uuid, Path)), responses((status = 200)))]
pub(crate) async fn delete(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Done {
    api.run(move |platform| platform.devices.delete(&caller, DeviceId(id)))
        .await
}

/// Credentials of a device
#[utoipa::path(get, path = "/api/device/{deviceId}/credentials", tag = "device",
    params(("deviceId" = Uuid, Path)), responses((status = 200, body = DeviceCredentials)))]
pub(crate) async fn credentials(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Answer<DeviceCredentials> {
    api.answer(move |platform| platform.devices.credentials(&caller, DeviceId(id)))
        .await
}

/// Replace the credentials of a device
#[utoipa::path(post, path = "/api/device/credentials", tag = "device",
    request_body = DeviceCredentials, responses((status = 200, body = DeviceCredentials)))]
pub(crate) async fn save_credentials(
    State(api): State<Api>,
    caller: Caller,
    EntityBody(sent): EntityBody<DeviceCredentials>,
) -> Answer<DeviceCredentials> {
    api.answer(move |platform| platform.devices.save_credentials(&caller, sent))
        .await
}

/// A device by its exact name
#[utoipa::path(get, path = "/api/tenant/device", tag = "device",
    params(("deviceName" = String, Query)), responses((status = 200, body = Device)))]
pub(crate) async fn by_name(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
) -> Answer<Device> {
    let name = query.required("deviceName")?.to_owned();
    api.answer(move |platform| platform.devices.by_name(&caller, &name))
        .await
}

/// A page of the tenant's devices
#[utoipa::path(get, path = "/api/tenant/devices", tag = "device",
    params(Page, ("type" = Option<String>, Query)),
    responses((status = 200, body = PageData<Device>)))]
pub(crate) async fn tenant_page(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
) -> Result<Response, ApiError> {
    if query.has("deviceName") {
        return Ok(by_name(State(api), caller, query).await?.into_response());
    }
    Ok(page(api, caller, &query).await?.into_response())
}

/// A page of the devices the caller may see
#[utoipa::path(get, path = "/api/user/devices", tag = "device",
    params(Page, ("type" = Option<String>, Query)),
    responses((status = 200, body = PageData<Device>)))]
pub(crate) async fn user_page(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
) -> Answer<PageData<Device>> {
    page(api, caller, &query).await
}

async fn page(api: Api, caller: Caller, query: &Query) -> Answer<PageData<Device>> {
    let link = Page::of(query)?.link();
    let device_type = query.owned("type");
    api.answer(move |platform| {
        platform
            .devices
            .page(&caller, device_type.as_deref(), &link)
    })
    .await
}

/// Devices by id
#[utoipa::path(get, path = "/api/devices", tag = "device",
    params(("deviceIds" = Vec<Uuid>, Query)), responses((status = 200, body = Vec<Device>)))]
pub(crate) async fn list(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
) -> Answer<Vec<Device>> {
    let ids = query.uuids("deviceIds")?;
    api.answer(move |platform| platform.devices.list(&caller, &ids))
        .await
}

/// Devices that relations lead to
#[utoipa::path(post, path = "/api/devices", tag = "device", request_body = RelatedSearch,
    responses((status = 200, body = Vec<Device>)))]
pub(crate) async fn search(
    State(api): State<Api>,
    caller: Caller,
    EntityBody(search): EntityBody<RelatedSearch>,
) -> Answer<Vec<Device>> {
    api.answer(move |platform| {
        let ids = platform
            .relations
            .search(&caller, &search, EntityType::Device)?;
        let mut found = platform.devices.list(&caller, &ids)?;
        let types = search.device_types.unwrap_or_default();
        found.retain(|device| types.is_empty() || types.contains(&device.profile_name));
        Ok(found)
    })
    .await
}

/// A page of a customer's devices
#[utoipa::path(get, path = "/api/customer/{customerId}/devices", tag = "device",
    params(("customerId" = Uuid, Path), Page, ("type" = Option<String>, Query)),
    responses((status = 200, body = PageData<Device>)))]
pub(crate) async fn customer_page(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(customer)): InPath<Id>,
    query: Query,
) -> Answer<PageData<Device>> {
    let link = Page::of(&query)?.link();
    let device_type = query.owned("type");
    api.answer(move |platform| {
        let device_type = device_type.as_deref();
        let customer = CustomerId(customer);
        platform
            .devices
            .page_of_customer(&caller, customer, device_type, &link)
    })
    .await
}

/// A page of the devices of a group
#[utoipa::path(get, path = "/api/entityGroup/{entityGroupId}/devices", tag = "device",
    params(("entityGroupId" = Uuid, Path), Page),
    responses((status = 200, body = PageData<Device>)))]
pub(crate) async fn group_page(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(group)): InPath<Id>,
    page: Page,
) -> Answer<PageData<Device>> {
    let link = page.link();
    api.answer(move |platform| platform.devices.page_of_group(&caller, group, &link))
        .await
}

/// A page of devices with what lists show beside them
#[utoipa::path(get, path = "/api/deviceInfos/all", tag = "device",
    params(Page, ("includeCustomers" = Option<bool>, Query, description = "true when absent"),
        ("deviceProfileId" = Option<Uuid>, Query), ("active" = Option<bool>, Query)),
    responses((status = 200, body = PageData<DeviceInfo>)))]
pub(crate) async fn infos(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
) -> Answer<PageData<DeviceInfo>> {
    let wanted = DeviceQuery {
        own_only: !query.flag("includeCustomers", true)?,
        ..device_query(&query)?
    };
    infos_page(api, caller, wanted, &query).await
}

/// A page of a customer's devices with what lists show beside them
#[utoipa::path(get, path = "/api/customer/{customerId}/deviceInfos", tag = "device",
    params(("customerId" = Uuid, Path), Page,
        ("deviceProfileId" = Option<Uuid>, Query), ("active" = Option<bool>, Query)),
    responses((status = 200, body = PageData<DeviceInfo>)))]
pub(crate) async fn customer_infos(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(customer)): InPath<Id>,
    query: Query,
) -> Answer<PageData<DeviceInfo>> {
    let wanted = DeviceQuery {
        customer: Some(CustomerId(customer)),
        ..device_query(&query)?
    };
    infos_page(api, caller, wanted, &query).await
}

async fn infos_page(
    api: Api,
    caller: Caller,
    wanted: DeviceQuery,
    query: &Query,
) -> Answer<PageData<DeviceInfo>> {
    let link = Page::of(query)?.link();
    api.answer(move |platform| platform.devices.infos(&caller, &wanted, &link))
        .await
}

fn device_query(query: &Query) -> Result<DeviceQuery, ApiError> {
    Ok(DeviceQuery {
        profile: query.uuid("deviceProfileId")?.map(DeviceProfileId),
        device_type: query.owned("type"),
        active: query.boolean("active")?,
        ..DeviceQuery::default()
    })
}

/// Type names of devices
#[utoipa::path(get, path = "/api/device/types", tag = "device",
    responses((status = 200, body = Vec<EntitySubtype>)))]
pub(crate) async fn types(State(api): State<Api>, caller: Caller) -> Answer<Vec<EntitySubtype>> {
    api.answer(move |platform| platform.device_profiles.types(&caller))
        .await
}

/// Groups a save names, in both forms.
pub(crate) fn groups(query: &Query) -> Result<Vec<Uuid>, ApiError> {
    let mut groups = Vec::new();
    for name in ["entityGroupId", "entityGroupIds"] {
        if query.has(name) {
            groups.extend(query.uuids(name)?);
        }
    }
    groups.sort_unstable();
    groups.dedup();
    Ok(groups)
}

/// What a save wants done about a taken name.
pub(crate) fn name_conflict(query: &Query) -> Result<NameConflict, ApiError> {
    match query.text("nameConflictPolicy") {
        None | Some("FAIL") => Ok(NameConflict::Fail),
        Some("UNIQUIFY") => Ok(NameConflict::Uniquify {
            separator: query.text("uniquifySeparator").unwrap_or("_").to_owned(),
            incremental: query.text("uniquifyStrategy") == Some("INCREMENTAL"),
        }),
        Some(other) => Err(ApiError::bad_request(format!(
            "query parameter nameConflictPolicy must be FAIL or UNIQUIFY: {other}"
        ))),
    }
}
