//! The devices and assets of a tenant, their profiles, customers, groups and credentials.
//!
//! Devices that uplinks bring along are made elsewhere, in batches; [`new_credentials`] and
//! [`default_device_data`] keep both ways alike.

mod asset;
mod credentials;
mod customer;
mod device;
mod group;
mod group_members;
mod info;
mod name_conflict;
mod owner;
mod profile;
mod profiled;

use millrace_model::{
    EntityId, EntityType, TenantId,
    id::{CustomerId, DeviceId},
};
use serde::Serialize;
use utoipa::ToSchema;

pub use asset::Assets;
pub use credentials::{CREDENTIALS, CredentialsInput, new_credentials, new_token};
pub use customer::Customers;
pub use device::{Devices, SaveOptions, default_device_data};
pub(crate) use group::all_groups;
pub use group::{GroupInfo, Groups, MEMBER_TYPES};
pub use info::DeviceQuery;
pub use name_conflict::NameConflict;
pub use owner::Moved;
pub(crate) use profile::new_profile;
pub use profile::{
    AssetProfiles, DEFAULT_NAME as DEFAULT_PROFILE, DeviceProfiles, Profile, ProfileInfo, Profiles,
};

/// Knows which devices were heard of lately.
pub trait ActivitySource: Send + Sync + 'static {
    /// Whether a device counts as active now. Must not block: lists ask for every row.
    fn is_active(&self, tenant: TenantId, device: DeviceId) -> bool;
}

/// An id with a name, as pickers show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct EntityInfo {
    /// The id.
    pub id: EntityId,
    /// The name.
    pub name: String,
}

/// A type name in use, as the reference lists them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EntitySubtype {
    /// Whose it is.
    pub tenant_id: TenantId,
    /// Kind of entity.
    pub entity_type: EntityType,
    /// The type name.
    #[serde(rename = "type")]
    pub name: String,
}

/// An entity as lists of mixed kinds show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ShortEntityView {
    /// The id.
    pub id: EntityId,
    /// The name.
    pub name: String,
    /// Profile or type name.
    #[serde(rename = "type")]
    pub subtype: Option<String>,
    /// Label for people.
    pub label: Option<String>,
}

/// The owner of an entity as an id: its customer, or the tenant.
#[must_use]
pub fn owner_of(tenant: TenantId, customer: Option<CustomerId>) -> EntityId {
    match customer {
        Some(customer) if !customer.is_null() => customer.into(),
        _ => tenant.into(),
    }
}

#[cfg(test)]
mod tests;
