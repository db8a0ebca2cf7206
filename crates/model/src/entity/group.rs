//! Entity groups.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::{EntityId, EntityType, Millis, TenantId, id::EntityGroupId};

use super::{Entity, entity_fields};

/// A named set of entities of one kind and owner.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct EntityGroup {
    /// Id; absent on create.
    pub id: Option<EntityGroupId>,
    /// When it was made.
    pub created_time: Option<Millis>,
    /// Whose it is.
    pub tenant_id: Option<TenantId>,
    /// Unique name within owner and kind.
    pub name: String,
    /// Kind of its members; required.
    #[serde(rename = "type")]
    pub member_type: Option<EntityType>,
    /// Customer or tenant.
    pub owner_id: Option<EntityId>,
    /// Whether it is the group of all entities, which cannot be deleted.
    pub group_all: bool,
    /// Columns and actions of its table, kept as they came.
    #[schema(value_type = Object)]
    pub configuration: Option<Json>,
    /// Free JSON, returned as it came.
    #[schema(value_type = Object)]
    pub additional_info: Option<Json>,
    /// Counter of saves; an older one in a save is a conflict.
    pub version: Option<i64>,
}

impl Entity for EntityGroup {
    entity_fields!(EntityGroupId, name);

    fn subtype(&self) -> Option<&str> {
        self.member_type.map(EntityType::as_str)
    }

    fn customer(&self) -> Option<uuid::Uuid> {
        self.owner_id
            .filter(|owner| owner.entity_type == EntityType::Customer)
            .map(|owner| owner.id)
    }
}
