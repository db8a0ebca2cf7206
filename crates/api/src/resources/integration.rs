//! Integrations.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use millrace_model::{
    PageData, PageLink,
    entity::{ConverterType, Integration},
    id::IntegrationId,
};
use millrace_platform::{
    PlatformError,
    converters::ConverterFilter,
    integrations::{IntegrationInfo, StatusReport},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    error::{Answer, ApiError, Done},
    extract::{Caller, EntityBody, Id, InPath, Page, Query},
    state::Api,
};

/// Create or update an integration
///
/// It connects or reconnects by itself; how that went is in its status and events.
#[utoipa::path(post, path = "/api/integration", tag = "integration", request_body = Integration,
    responses((status = 200, body = Integration)))]
pub(crate) async fn save(
    State(api): State<Api>,
    caller: Caller,
    EntityBody(integration): EntityBody<Integration>,
) -> Answer<Integration> {
    api.answer(move |platform| {
        let saved = platform.integrations.save(&caller, integration)?;
        Ok(presented(saved))
    })
    .await
}

/// Try the connection an integration describes
#[utoipa::path(post, path = "/api/integration/check", tag = "integration",
    request_body = Integration,
    responses((status = 200), (status = 400, body = crate::error::ErrorBody,
        description = "the broker's own reason and what to do about it")))]
pub(crate) async fn check(
    State(api): State<Api>,
    caller: Caller,
    EntityBody(integration): EntityBody<Integration>,
) -> Done {
    Ok(api
        .platform
        .integrations
        .check(&caller, integration)
        .await?)
}

/// An integration, its secrets masked
#[utoipa::path(get, path = "/api/integration/{integrationId}", tag = "integration",
    params(("integrationId" = Uuid, Path)), responses((status = 200, body = Integration)))]
pub(crate) async fn get(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Answer<Integration> {
    api.answer(move |platform| {
        let found = platform.integrations.get(&caller, IntegrationId(id))?;
        Ok(presented(found))
    })
    .await
}

/// Delete an integration and end its session at the broker
#[utoipa::path(delete, path = "/api/integration/{integrationId}", tag = "integration",
    params(("integrationId" = Uuid, Path)), responses((status = 200)))]
pub(crate) async fn delete(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Done {
    api.run(move |platform| platform.integrations.delete(&caller, IntegrationId(id)))
        .await
}

/// The integration with this key
#[utoipa::path(get, path = "/api/integration/routingKey/{routingKey}", tag = "integration",
    params(("routingKey" = String, Path)), responses((status = 200, body = Integration)))]
pub(crate) async fn by_routing_key(
    State(api): State<Api>,
    caller: Caller,
    InPath(key): InPath<String>,
) -> Answer<Integration> {
    api.answer(move |platform| {
        let found = platform.integrations.by_routing_key(&caller, &key)?;
        Ok(presented(found))
    })
    .await
}

/// A page of integrations
#[utoipa::path(get, path = "/api/integrations", tag = "integration",
    params(Page, ("isEdgeTemplate" = Option<bool>, Query)),
    responses((status = 200, body = PageData<Integration>)))]
pub(crate) async fn page(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
) -> Result<Response, ApiError> {
    if query.has("integrationIds") {
        return Ok(list(State(api), caller, query).await?.into_response());
    }
    let link = Page::of(&query)?.link();
    let edge = query.flag("isEdgeTemplate", false)?;
    let page = api
        .run(move |platform| platform.integrations.page(&caller, edge, &link))
        .await?
        .map(presented);
    Ok(Json(page).into_response())
}

/// A page of integrations with their status
#[utoipa::path(get, path = "/api/integrationInfos", tag = "integration",
    params(Page, ("isEdgeTemplate" = Option<bool>, Query)),
    responses((status = 200, body = PageData<IntegrationInfo>)))]
pub(crate) async fn infos(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
) -> Answer<PageData<IntegrationInfo>> {
    let link = Page::of(&query)?.link();
    let edge = query.flag("isEdgeTemplate", false)?;
    api.answer(move |platform| platform.integrations.infos(&caller, edge, &link))
        .await
}

/// Integrations by id
#[utoipa::path(get, path = "/api/integrations/list", tag = "integration",
    params(("integrationIds" = Vec<Uuid>, Query)),
    responses((status = 200, body = Vec<Integration>)))]
pub(crate) async fn list(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
) -> Answer<Vec<Integration>> {
    let ids = query.uuids("integrationIds")?;
    api.answer(move |platform| {
        let found = platform.integrations.list(&caller, &ids)?;
        Ok(found.into_iter().map(presented).collect())
    })
    .await
}

/// What is true about an integration now
///
/// State and its reason, session, and per topic filter what the broker granted and what came.
#[utoipa::path(get, path = "/api/millrace/integration/{integrationId}/status", tag = "integration",
    params(("integrationId" = Uuid, Path)), responses((status = 200, body = StatusReport)))]
pub(crate) async fn status(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Answer<StatusReport> {
    api.answer(move |platform| platform.integrations.status(&caller, IntegrationId(id)))
        .await
}

/// Clients with strict models want an object here.
fn presented(mut integration: Integration) -> Integration {
    integration
        .additional_info
        .get_or_insert_with(|| serde_json::json!({}));
    integration
}

/// Which converters there are for a kind of integration.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConvertersInfo {
    uplink: ConverterInfo,
    downlink: ConverterInfo,
}

/// Which converters of one direction there are.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConverterInfo {
    /// Whether a library offers some.
    library: bool,
    /// Whether the tenant has some.
    existing: bool,
    /// Keys that converters of this kind know.
    keys: Vec<String>,
}

/// Which converters there are, by kind of integration
#[utoipa::path(get, path = "/api/integrations/converters/info", tag = "integration",
    responses((status = 200, body = BTreeMap<String, ConvertersInfo>)))]
pub(crate) async fn converters_info(
    State(api): State<Api>,
    caller: Caller,
) -> Answer<BTreeMap<String, ConvertersInfo>> {
    api.answer(move |platform| {
        let info = |direction: ConverterType| -> Result<ConverterInfo, PlatformError> {
            let filter = ConverterFilter {
                converter_type: Some(direction),
                ..ConverterFilter::default()
            };
            let page = platform
                .converters
                .page(&caller, &filter, &PageLink::first(1))?;
            Ok(ConverterInfo {
                library: false,
                existing: page.total_elements > 0,
                keys: Vec::new(),
            })
        };
        let mqtt = ConvertersInfo {
            uplink: info(ConverterType::Uplink)?,
            downlink: info(ConverterType::Downlink)?,
        };
        Ok(BTreeMap::from([("MQTT".to_owned(), mqtt)]))
    })
    .await
}
