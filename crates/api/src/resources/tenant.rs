//! The caller's own tenant.

use axum::extract::State;
use millrace_model::{TenantId, entity::Tenant};

use crate::{
    error::Answer,
    extract::{Caller, EntityBody, Id, InPath},
    state::Api,
};

/// The caller's tenant
#[utoipa::path(get, path = "/api/tenant/{tenantId}", tag = "tenant",
    params(("tenantId" = Uuid, Path)), responses((status = 200, body = Tenant)))]
pub(crate) async fn get(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Answer<Tenant> {
    api.answer(move |platform| platform.accounts.tenant(&caller, TenantId(id)))
        .await
}

/// Update the caller's tenant
#[utoipa::path(post, path = "/api/tenant", tag = "tenant", request_body = Tenant,
    responses((status = 200, body = Tenant)))]
pub(crate) async fn save(
    State(api): State<Api>,
    caller: Caller,
    EntityBody(tenant): EntityBody<Tenant>,
) -> Answer<Tenant> {
    api.answer(move |platform| platform.accounts.save_tenant(&caller, tenant))
        .await
}
