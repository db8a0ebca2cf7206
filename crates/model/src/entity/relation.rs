//! Relations between entities.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::EntityId;

/// A directed, typed relation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EntityRelation {
    /// Source.
    pub from: EntityId,
    /// Target.
    pub to: EntityId,
    /// Free text; `Contains`, `Manages` and `ManagedByIntegration` are common.
    #[serde(rename = "type")]
    pub relation_type: String,
    /// `COMMON` unless said otherwise.
    #[serde(default = "common")]
    pub type_group: String,
    /// Free JSON.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub additional_info: Option<Json>,
    /// Counter of saves.
    #[serde(default)]
    pub version: Option<i64>,
}

fn common() -> String {
    "COMMON".to_owned()
}

/// A relation with the names of both ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RelationInfo {
    /// The relation.
    #[serde(flatten)]
    pub relation: EntityRelation,
    /// Name of the source.
    pub from_name: Option<String>,
    /// Name of the target.
    pub to_name: Option<String>,
}
