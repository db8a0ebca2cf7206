//! Dashboards.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use millrace_model::{
    PageData,
    entity::{Dashboard, DashboardInfo},
    id::{CustomerId, DashboardId},
};
use millrace_platform::{
    clock::now_ms,
    dashboards::{HomeDashboard, HomeDashboardInfo, SentDashboard, UserDashboards},
};
use uuid::Uuid;

use super::device::groups;
use crate::{
    error::{Answer, ApiError, Done},
    extract::{Caller, EntityBody, Id, InPath, Page, Query, RawBody},
    state::Api,
};

/// Most points a chart may ask for.
pub(crate) const MAX_DATAPOINTS: u32 = 50_000;

/// Create or update a dashboard
///
/// The text of `configuration` is kept as it comes and given back unchanged.
#[utoipa::path(post, path = "/api/dashboard", tag = "dashboard",
    params(("entityGroupId" = Option<Uuid>, Query), ("entityGroupIds" = Option<Vec<Uuid>>, Query)),
    request_body = Dashboard, responses((status = 200, body = Dashboard)))]
pub(crate) async fn save(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
    RawBody(body): RawBody,
) -> Answer<Dashboard> {
    let groups = groups(&query)?;
    api.answer(move |platform| {
        let sent = SentDashboard::parse(&body)?;
        platform.dashboards.save(&caller, sent, &groups)
    })
    .await
}

/// A dashboard
#[utoipa::path(get, path = "/api/dashboard/{dashboardId}", tag = "dashboard",
    params(("dashboardId" = Uuid, Path), ("includeResources" = Option<bool>, Query)),
    responses((status = 200, body = Dashboard)))]
pub(crate) async fn get(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Answer<Dashboard> {
    api.answer(move |platform| platform.dashboards.get(&caller, DashboardId(id)))
        .await
}

/// A dashboard without its content
#[utoipa::path(get, path = "/api/dashboard/info/{dashboardId}", tag = "dashboard",
    params(("dashboardId" = Uuid, Path)), responses((status = 200, body = DashboardInfo)))]
pub(crate) async fn info(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Answer<DashboardInfo> {
    api.answer(move |platform| platform.dashboards.info(&caller, DashboardId(id)))
        .await
}

/// Delete a dashboard
#[utoipa::path(delete, path = "/api/dashboard/{dashboardId}", tag = "dashboard",
    params(("dashboardId" = Uuid, Path)), responses((status = 200)))]
pub(crate) async fn delete(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Done {
    api.run(move |platform| platform.dashboards.delete(&caller, DashboardId(id)))
        .await
}

/// A page of the tenant's dashboards
#[utoipa::path(get, path = "/api/tenant/dashboards", tag = "dashboard",
    params(Page, ("mobile" = Option<bool>, Query)),
    responses((status = 200, body = PageData<DashboardInfo>)))]
pub(crate) async fn tenant_page(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
) -> Answer<PageData<DashboardInfo>> {
    caller.require_admin()?;
    page(api, caller, &query, false).await
}

/// A page of the tenant's dashboards, the tenant being the caller's
#[utoipa::path(get, path = "/api/tenant/{tenantId}/dashboards", tag = "dashboard",
    params(("tenantId" = Uuid, Path), Page),
    responses((status = 200, body = PageData<DashboardInfo>)))]
pub(crate) async fn page_of_tenant(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(tenant)): InPath<Id>,
    query: Query,
) -> Answer<PageData<DashboardInfo>> {
    api.run(move |platform| {
        platform
            .accounts
            .tenant(&caller, millrace_model::TenantId(tenant))
    })
    .await?;
    page(api, caller, &query, false).await
}

/// A page of the dashboards the caller may see
///
/// Without paging parameters: the dashboards the caller visited and marked, the older form.
#[utoipa::path(get, path = "/api/user/dashboards", tag = "dashboard",
    params(Page, ("mobile" = Option<bool>, Query), ("operation" = Option<String>, Query),
        ("userId" = Option<Uuid>, Query)),
    responses((status = 200, body = PageData<DashboardInfo>)))]
pub(crate) async fn user_page(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
) -> Result<Response, ApiError> {
    if !query.has("pageSize") && !query.has("page") {
        let visits = api.answer(move |platform| platform.dashboards.of_user(&caller));
        return Ok(visits.await?.into_response());
    }
    // Which of them another user may see is not asked here; the id is checked for its form.
    query.uuid("userId")?;
    Ok(page(api, caller, &query, false).await?.into_response())
}

/// A page of dashboards, those of customers too when wanted
#[utoipa::path(get, path = "/api/dashboards/all", tag = "dashboard",
    params(Page, ("includeCustomers" = Option<bool>, Query, description = "true when absent")),
    responses((status = 200, body = PageData<DashboardInfo>)))]
pub(crate) async fn all(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
) -> Answer<PageData<DashboardInfo>> {
    let own_only = !query.flag("includeCustomers", true)?;
    page(api, caller, &query, own_only).await
}

async fn page(
    api: Api,
    caller: Caller,
    query: &Query,
    own_only: bool,
) -> Answer<PageData<DashboardInfo>> {
    let link = Page::of(query)?.link();
    let mobile = query.flag("mobile", false)?;
    api.answer(move |platform| platform.dashboards.page(&caller, own_only, mobile, &link))
        .await
}

/// Dashboards by id
#[utoipa::path(get, path = "/api/dashboards", tag = "dashboard",
    params(("dashboardIds" = Vec<Uuid>, Query)),
    responses((status = 200, body = Vec<DashboardInfo>)))]
pub(crate) async fn list(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
) -> Answer<Vec<DashboardInfo>> {
    let ids = query.uuids("dashboardIds")?;
    api.answer(move |platform| platform.dashboards.list(&caller, &ids))
        .await
}

/// A page of a customer's dashboards
#[utoipa::path(get, path = "/api/customer/{customerId}/dashboards", tag = "dashboard",
    params(("customerId" = Uuid, Path), Page),
    responses((status = 200, body = PageData<DashboardInfo>)))]
pub(crate) async fn customer_page(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(customer)): InPath<Id>,
    page: Page,
) -> Answer<PageData<DashboardInfo>> {
    let link = page.link();
    api.answer(move |platform| {
        let customer = CustomerId(customer);
        platform
            .dashboards
            .page_of_customer(&caller, customer, &link)
    })
    .await
}

/// A page of the dashboards of a group
#[utoipa::path(get, path = "/api/entityGroup/{entityGroupId}/dashboards", tag = "dashboard",
    params(("entityGroupId" = Uuid, Path), Page),
    responses((status = 200, body = PageData<DashboardInfo>)))]
pub(crate) async fn group_page(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(group)): InPath<Id>,
    page: Page,
) -> Answer<PageData<DashboardInfo>> {
    let link = page.link();
    api.answer(move |platform| platform.dashboards.page_of_group(&caller, group, &link))
        .await
}

/// Let a customer's people see a dashboard
#[utoipa::path(post, path = "/api/customer/{customerId}/dashboard/{dashboardId}",
    tag = "dashboard", params(("customerId" = Uuid, Path), ("dashboardId" = Uuid, Path)),
    responses((status = 200, body = Dashboard)))]
pub(crate) async fn assign(
    State(api): State<Api>,
    caller: Caller,
    InPath((customer, id)): InPath<(Id, Id)>,
) -> Answer<Dashboard> {
    assigned(api, caller, customer.0, id.0, true).await
}

/// Let a customer's people no longer see a dashboard
#[utoipa::path(delete, path = "/api/customer/{customerId}/dashboard/{dashboardId}",
    tag = "dashboard", params(("customerId" = Uuid, Path), ("dashboardId" = Uuid, Path)),
    responses((status = 200, body = Dashboard)))]
pub(crate) async fn unassign(
    State(api): State<Api>,
    caller: Caller,
    InPath((customer, id)): InPath<(Id, Id)>,
) -> Answer<Dashboard> {
    assigned(api, caller, customer.0, id.0, false).await
}

async fn assigned(
    api: Api,
    caller: Caller,
    customer: Uuid,
    id: Uuid,
    assigned: bool,
) -> Answer<Dashboard> {
    api.answer(move |platform| {
        let (id, customer) = (DashboardId(id), CustomerId(customer));
        let dashboard = platform
            .dashboards
            .assign(&caller, id, customer, assigned)?;
        let title = platform.customers.get(&caller, customer)?.title;
        let announce = &platform.announce;
        announce.assigned(&caller, id.into(), customer.0, &title, assigned);
        Ok(dashboard)
    })
    .await
}

/// Note that the caller opened, marked or unmarked a dashboard
#[utoipa::path(get, path = "/api/user/dashboards/{dashboardId}/{action}", tag = "dashboard",
    params(("dashboardId" = Uuid, Path),
        ("action" = String, Path, description = "visit, star or unstar")),
    responses((status = 200, body = UserDashboards)))]
pub(crate) async fn note(
    State(api): State<Api>,
    caller: Caller,
    InPath((id, action)): InPath<(Id, String)>,
) -> Answer<UserDashboards> {
    api.answer(move |platform| {
        let action = action.parse()?;
        platform.dashboards.note(&caller, DashboardId(id.0), action)
    })
    .await
}

/// The dashboard that greets the caller; nothing when none was chosen
#[utoipa::path(get, path = "/api/dashboard/home", tag = "dashboard",
    responses((status = 200, body = HomeDashboard)))]
pub(crate) async fn home(State(api): State<Api>, caller: Caller) -> Result<Response, ApiError> {
    let home = api.run(move |platform| platform.dashboards.home(&caller));
    Ok(optional(home.await?))
}

/// Which dashboard greets the caller; nothing when none was chosen
#[utoipa::path(get, path = "/api/dashboard/home/info", tag = "dashboard",
    responses((status = 200, body = HomeDashboardInfo)))]
pub(crate) async fn home_info(
    State(api): State<Api>,
    caller: Caller,
) -> Result<Response, ApiError> {
    let home = api.run(move |platform| platform.dashboards.home_info(&caller));
    Ok(optional(home.await?))
}

/// JSON, or an empty body for nothing.
fn optional<T: serde::Serialize>(value: Option<T>) -> Response {
    match value {
        Some(value) => Json(value).into_response(),
        None => ().into_response(),
    }
}

/// Which dashboard greets the people of the tenant
#[utoipa::path(get, path = "/api/tenant/dashboard/home/info", tag = "dashboard",
    responses((status = 200, body = HomeDashboardInfo)))]
pub(crate) async fn tenant_home(
    State(api): State<Api>,
    caller: Caller,
) -> Answer<HomeDashboardInfo> {
    api.answer(move |platform| platform.dashboards.tenant_home_info(&caller))
        .await
}

/// Choose the dashboard that greets the people of the tenant
#[utoipa::path(post, path = "/api/tenant/dashboard/home/info", tag = "dashboard",
    request_body = HomeDashboardInfo, responses((status = 200)))]
pub(crate) async fn set_tenant_home(
    State(api): State<Api>,
    caller: Caller,
    EntityBody(home): EntityBody<HomeDashboardInfo>,
) -> Done {
    api.run(move |platform| platform.dashboards.set_tenant_home(&caller, home))
        .await
}

/// Time of the server (ms)
#[utoipa::path(get, path = "/api/dashboard/serverTime", tag = "dashboard",
    responses((status = 200, body = i64)))]
pub(crate) async fn server_time(_caller: Caller) -> Json<i64> {
    Json(now_ms())
}

/// Most points a chart may ask for
#[utoipa::path(get, path = "/api/dashboard/maxDatapointsLimit", tag = "dashboard",
    responses((status = 200, body = u32)))]
pub(crate) async fn max_datapoints(_caller: Caller) -> Json<u32> {
    Json(MAX_DATAPOINTS)
}
