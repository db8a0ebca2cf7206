//! Assets.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::{
    EntityId, Millis, TenantId,
    id::{AssetId, AssetProfileId, CustomerId},
};

use super::{Entity, entity_fields};

/// An asset: something that is no device, such as a building.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Asset {
    /// Id; absent on create.
    pub id: Option<AssetId>,
    /// When it was made.
    pub created_time: Option<Millis>,
    /// Whose it is.
    pub tenant_id: Option<TenantId>,
    /// Owner; the "nobody" id for the tenant's own.
    pub customer_id: Option<CustomerId>,
    /// Unique name within the tenant.
    pub name: String,
    /// Name of the asset profile.
    #[serde(rename = "type")]
    pub profile_name: String,
    /// Label for people.
    pub label: Option<String>,
    /// The profile.
    pub asset_profile_id: Option<AssetProfileId>,
    /// Owner, customer or tenant.
    pub owner_id: Option<EntityId>,
    /// Free JSON, returned as it came.
    #[schema(value_type = Object)]
    pub additional_info: Option<Json>,
    /// Counter of saves; an older one in a save is a conflict.
    pub version: Option<i64>,
}

impl Entity for Asset {
    entity_fields!(AssetId, name);

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
