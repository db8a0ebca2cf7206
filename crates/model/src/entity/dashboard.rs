//! Dashboards. What is on one is the business of whoever draws it: here it is text.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::{
    EntityId, Millis, TenantId,
    id::{CustomerId, DashboardId},
};

use super::{Entity, entity_fields};

/// A dashboard as lists show it: everything but its content.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct DashboardInfo {
    /// Id; absent on create.
    pub id: Option<DashboardId>,
    /// When it was made.
    pub created_time: Option<Millis>,
    /// Whose it is.
    pub tenant_id: Option<TenantId>,
    /// Owner; the "nobody" id for the tenant's own.
    pub customer_id: Option<CustomerId>,
    /// Owner, customer or tenant.
    pub owner_id: Option<EntityId>,
    /// Title; required.
    pub title: String,
    /// Same as `title`, for clients that read `name`.
    pub name: Option<String>,
    /// Picture for lists, as a data URL or the address of a resource.
    pub image: Option<String>,
    /// Customers whose people may see it beside the owner's.
    #[serde(deserialize_with = "or_default")]
    pub assigned_customers: Vec<AssignedCustomer>,
    /// Not shown in the mobile application.
    #[serde(deserialize_with = "or_default")]
    pub mobile_hide: bool,
    /// Place in the mobile application.
    pub mobile_order: Option<i32>,
    /// Counter of saves; an older one in a save is a conflict.
    pub version: Option<i64>,
}

impl Entity for DashboardInfo {
    entity_fields!(DashboardId, title);

    fn customer(&self) -> Option<uuid::Uuid> {
        self.customer_id.filter(|id| !id.is_null()).map(|id| id.0)
    }
}

/// A customer that a dashboard is assigned to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssignedCustomer {
    /// The customer.
    pub customer_id: CustomerId,
    /// Its title.
    #[serde(default)]
    pub title: Option<String>,
    /// Whether it is the public one.
    #[serde(default, deserialize_with = "or_default")]
    pub public: bool,
}

/// A dashboard with its content. `configuration` and `resources` keep the text they came in: the
/// order of members, the form of numbers and everything unknown.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Dashboard {
    /// What lists show.
    #[serde(flatten)]
    pub info: DashboardInfo,
    /// Widgets, states, aliases, filters, settings.
    #[schema(value_type = Object)]
    pub configuration: Option<Box<RawValue>>,
    /// Images and scripts that an export brings along.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object)]
    pub resources: Option<Box<RawValue>>,
}

/// Null counts as absent.
fn or_default<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Default + Deserialize<'de>,
    D: Deserializer<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
