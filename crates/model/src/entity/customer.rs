//! Customers.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::{Millis, TenantId, id::CustomerId};

use super::{Entity, entity_fields};

/// A customer of a tenant.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Customer {
    /// Id; absent on create.
    pub id: Option<CustomerId>,
    /// When it was made.
    pub created_time: Option<Millis>,
    /// Whose it is.
    pub tenant_id: Option<TenantId>,
    /// Unique name within the tenant.
    pub title: String,
    /// Same as `title`, for clients that read `name`.
    pub name: Option<String>,
    /// Country of the address.
    pub country: Option<String>,
    /// State of the address.
    pub state: Option<String>,
    /// City of the address.
    pub city: Option<String>,
    /// First line of the address.
    pub address: Option<String>,
    /// Second line of the address.
    pub address2: Option<String>,
    /// Postal code.
    pub zip: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Free JSON, returned as it came.
    #[schema(value_type = Object)]
    pub additional_info: Option<Json>,
    /// Counter of saves; an older one in a save is a conflict.
    pub version: Option<i64>,
}

impl Entity for Customer {
    entity_fields!(CustomerId, title);
}
