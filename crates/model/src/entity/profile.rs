//! Profiles: what devices or assets of one type share.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::{
    Millis, TenantId,
    id::{AssetProfileId, DashboardId, DeviceProfileId, RuleChainId},
};

use super::{Entity, entity_fields};

/// A device profile.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct DeviceProfile {
    /// Id; absent on create.
    pub id: Option<DeviceProfileId>,
    /// When it was made.
    pub created_time: Option<Millis>,
    /// Whose it is.
    pub tenant_id: Option<TenantId>,
    /// Unique name within the tenant.
    pub name: String,
    /// Text for people.
    pub description: Option<String>,
    /// Picture as data URL or link.
    pub image: Option<String>,
    /// Whether new devices without a type get it.
    #[serde(rename = "default")]
    pub is_default: bool,
    /// Chain that messages of its devices enter; absent means the root chain.
    pub default_rule_chain_id: Option<RuleChainId>,
    /// Dashboard shown for its devices.
    pub default_dashboard_id: Option<DashboardId>,
    /// Queue of its devices' messages.
    pub default_queue_name: Option<String>,
    /// `DEFAULT`.
    #[serde(rename = "type")]
    pub profile_type: Option<String>,
    /// `DEFAULT`.
    pub transport_type: Option<String>,
    /// `DISABLED`.
    pub provision_type: Option<String>,
    /// Transport, provisioning and alarm settings, kept as they came.
    #[schema(value_type = Object)]
    pub profile_data: Option<Json>,
    /// Free JSON, returned as it came.
    #[schema(value_type = Object)]
    pub additional_info: Option<Json>,
    /// Counter of saves; an older one in a save is a conflict.
    pub version: Option<i64>,
}

impl Entity for DeviceProfile {
    entity_fields!(DeviceProfileId, name);
}

/// An asset profile.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct AssetProfile {
    /// Id; absent on create.
    pub id: Option<AssetProfileId>,
    /// When it was made.
    pub created_time: Option<Millis>,
    /// Whose it is.
    pub tenant_id: Option<TenantId>,
    /// Unique name within the tenant.
    pub name: String,
    /// Text for people.
    pub description: Option<String>,
    /// Picture as data URL or link.
    pub image: Option<String>,
    /// Whether new assets without a type get it.
    #[serde(rename = "default")]
    pub is_default: bool,
    /// Chain that messages of its assets enter; absent means the root chain.
    pub default_rule_chain_id: Option<RuleChainId>,
    /// Dashboard shown for its assets.
    pub default_dashboard_id: Option<DashboardId>,
    /// Queue of its assets' messages.
    pub default_queue_name: Option<String>,
    /// Free JSON, returned as it came.
    #[schema(value_type = Object)]
    pub additional_info: Option<Json>,
    /// Counter of saves; an older one in a save is a conflict.
    pub version: Option<i64>,
}

impl Entity for AssetProfile {
    entity_fields!(AssetProfileId, name);
}
