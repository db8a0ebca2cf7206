//! Devices and their credentials.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::{
    EntityId, Millis, TenantId,
    id::{CustomerId, DeviceId, DeviceProfileId},
};

use super::{Entity, entity_fields};

/// A device.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Device {
    /// Id; absent on create.
    pub id: Option<DeviceId>,
    /// When it was made.
    pub created_time: Option<Millis>,
    /// Whose it is.
    pub tenant_id: Option<TenantId>,
    /// Owner; the "nobody" id for the tenant's own.
    pub customer_id: Option<CustomerId>,
    /// Unique name within the tenant.
    pub name: String,
    /// Name of the device profile.
    #[serde(rename = "type")]
    pub profile_name: String,
    /// Label for people.
    pub label: Option<String>,
    /// The profile.
    pub device_profile_id: Option<DeviceProfileId>,
    /// Owner, customer or tenant.
    pub owner_id: Option<EntityId>,
    /// Transport settings, kept as they came.
    #[schema(value_type = Object)]
    pub device_data: Option<Json>,
    /// Assigned firmware, kept as it came.
    #[schema(value_type = Object)]
    pub firmware_id: Option<Json>,
    /// Assigned software, kept as it came.
    #[schema(value_type = Object)]
    pub software_id: Option<Json>,
    /// Free JSON, returned as it came.
    #[schema(value_type = Object)]
    pub additional_info: Option<Json>,
    /// Counter of saves; an older one in a save is a conflict.
    pub version: Option<i64>,
}

impl Entity for Device {
    entity_fields!(DeviceId, name);

    fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }

    fn subtype(&self) -> Option<&str> {
        Some(&self.profile_name)
    }

    fn customer(&self) -> Option<uuid::Uuid> {
        self.customer_id.filter(|id| !id.is_null()).map(|id| id.0)
    }
}

/// A device with what a list shows beside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeviceInfo {
    /// The device.
    #[serde(flatten)]
    pub device: Device,
    /// Title of the owning customer, empty for the tenant's own.
    pub customer_title: Option<String>,
    /// Whether the customer is the public one.
    pub customer_is_public: bool,
    /// Name of the profile.
    pub device_profile_name: String,
    /// Name of the owner.
    pub owner_name: Option<String>,
    /// Groups it is in, as `{id, name}`.
    #[schema(value_type = Object)]
    pub groups: Vec<Json>,
    /// Whether it was heard of lately.
    pub active: bool,
}

/// How a device proves itself.
#[allow(missing_docs)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CredentialsType {
    #[default]
    AccessToken,
    X509Certificate,
    MqttBasic,
    Lwm2mCredentials,
}

/// The credentials of one device.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeviceCredentials {
    /// `{"id": uuid}`, without a kind.
    #[schema(value_type = Object)]
    pub id: Option<Json>,
    /// When they were made.
    #[serde(default)]
    pub created_time: Millis,
    /// Whose they are.
    pub device_id: DeviceId,
    /// Their kind.
    pub credentials_type: CredentialsType,
    /// The access token, or what identifies the other kinds.
    pub credentials_id: Option<String>,
    /// Certificate or basic credentials.
    pub credentials_value: Option<String>,
    /// Counter of saves.
    pub version: Option<i64>,
}
