//! What the caller may do, as user interfaces ask for it at their start.

use std::collections::BTreeMap;

use axum::Json;
use millrace_model::{
    EntityId,
    entity::Authority,
    id::{CustomerId, TenantId},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::Caller;

/// What the caller may do.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AllowedPermissions {
    /// Operations by kind of resource; `ALL` stands for every one.
    operations_by_resource: BTreeMap<&'static str, Vec<&'static str>>,
    /// Kinds of resources.
    allowed_resources: Vec<&'static str>,
    /// The same by resource, in the form of roles.
    user_permissions: UserPermissions,
    /// Customer or tenant.
    user_owner_id: EntityId,
}

/// Roles put together.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserPermissions {
    generic_permissions: BTreeMap<&'static str, Vec<&'static str>>,
    group_permissions: BTreeMap<String, Vec<String>>,
}

/// Kinds of resources with what a customer's people may do.
const OF_CUSTOMERS: [(&str, &[&str]); 8] = [
    (
        "DEVICE",
        &["READ", "READ_ATTRIBUTES", "READ_TELEMETRY", "RPC_CALL"],
    ),
    ("ASSET", &["READ", "READ_ATTRIBUTES", "READ_TELEMETRY"]),
    ("DASHBOARD", &["READ"]),
    ("ALARM", &["READ", "WRITE"]),
    ("CUSTOMER", &["READ"]),
    ("USER", &["READ"]),
    ("DEVICE_GROUP", &["READ"]),
    ("ASSET_GROUP", &["READ"]),
];

/// What the caller may do
#[utoipa::path(get, path = "/api/permissions/allowedPermissions", tag = "user",
    responses((status = 200, body = AllowedPermissions)))]
pub(crate) async fn allowed(caller: Caller) -> Json<AllowedPermissions> {
    let permissions: BTreeMap<&str, Vec<&str>> = match caller.authority {
        Authority::CustomerUser => OF_CUSTOMERS
            .iter()
            .map(|(resource, operations)| (*resource, operations.to_vec()))
            .collect(),
        Authority::TenantAdmin | Authority::SysAdmin => BTreeMap::from([("ALL", vec!["ALL"])]),
    };
    let owner = match caller.customer {
        Some(customer) => CustomerId(customer).into(),
        None => EntityId::from(TenantId(caller.tenant.0)),
    };
    Json(AllowedPermissions {
        allowed_resources: permissions.keys().copied().collect(),
        operations_by_resource: permissions.clone(),
        user_permissions: UserPermissions {
            generic_permissions: permissions,
            group_permissions: BTreeMap::new(),
        },
        user_owner_id: owner,
    })
}
