//! Tenants.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::{Millis, TenantId};

use super::{Entity, entity_fields};

/// A tenant: one walled-off installation within the server.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Tenant {
    /// Id; absent on create.
    pub id: Option<TenantId>,
    /// When it was made.
    pub created_time: Option<Millis>,
    /// Whose it is.
    pub tenant_id: Option<TenantId>,
    /// Unique name.
    pub title: String,
    /// Same as `title`, for clients that read `name`.
    pub name: Option<String>,
    /// Region, free text.
    pub region: Option<String>,
    /// Country of the address.
    pub country: Option<String>,
    /// City of the address.
    pub city: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// Free JSON, returned as it came.
    #[schema(value_type = Object)]
    pub additional_info: Option<Json>,
    /// Counter of saves; an older one in a save is a conflict.
    pub version: Option<i64>,
}

impl Entity for Tenant {
    entity_fields!(TenantId, title);
}
