//! Rule chains: nodes and the connections between them.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::{
    DebugSettings, Millis, TenantId,
    id::{RuleChainId, RuleNodeId},
};

use super::{Entity, entity_fields};

/// A rule chain without its nodes, which are its metadata.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct RuleChain {
    /// Id; absent on create.
    pub id: Option<RuleChainId>,
    /// When it was made.
    pub created_time: Option<Millis>,
    /// Whose it is.
    pub tenant_id: Option<TenantId>,
    /// Name.
    pub name: String,
    /// `CORE` or `EDGE`.
    #[serde(rename = "type")]
    pub chain_type: RuleChainType,
    /// The node messages enter at.
    pub first_rule_node_id: Option<RuleNodeId>,
    /// Whether it is the tenant's root chain.
    pub root: bool,
    /// Deprecated, kept.
    pub debug_mode: bool,
    /// Free JSON, kept.
    #[schema(value_type = Object)]
    pub configuration: Option<Json>,
    /// Free JSON, returned as it came.
    #[schema(value_type = Object)]
    pub additional_info: Option<Json>,
    /// Counter of saves; an older one in a save is a conflict.
    pub version: Option<i64>,
}

impl Entity for RuleChain {
    entity_fields!(RuleChainId, name);
}

/// Where a chain runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum RuleChainType {
    /// On the server.
    #[default]
    Core,
    /// On an edge; kept, not run.
    Edge,
}

/// A node of a chain.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct RuleNode {
    /// Id; absent on create.
    pub id: Option<RuleNodeId>,
    /// When it was made.
    pub created_time: Option<Millis>,
    /// The chain it belongs to.
    pub rule_chain_id: Option<RuleChainId>,
    /// Full type name, as exports write it.
    #[serde(rename = "type")]
    pub node_type: String,
    /// Name on the canvas.
    pub name: String,
    /// Deprecated form of `debugSettings`; always false when read back.
    pub debug_mode: bool,
    /// What is recorded.
    pub debug_settings: Option<DebugSettings>,
    /// Runs once in a cluster; kept.
    pub singleton_mode: bool,
    /// Queue of a checkpoint node.
    pub queue_name: Option<String>,
    /// Version of `configuration`; absent means 0.
    pub configuration_version: Option<i64>,
    /// Settings by type; unknown members are kept.
    #[schema(value_type = Object)]
    pub configuration: Json,
    /// Place on the canvas and description.
    #[schema(value_type = Object)]
    pub additional_info: Option<Json>,
    /// Id in the export it came from.
    #[schema(value_type = Object)]
    pub external_id: Option<Json>,
}

/// A connection between two nodes of one chain, by their index.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodeConnection {
    /// Index of the node it leaves.
    pub from_index: usize,
    /// Index of the node it enters.
    pub to_index: usize,
    /// Relation label.
    #[serde(rename = "type")]
    pub label: String,
}

/// A connection from a node to another chain, as old exports write it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RuleChainConnection {
    /// Index of the node it leaves.
    pub from_index: usize,
    /// The other chain.
    pub target_rule_chain_id: RuleChainId,
    /// Place on the canvas.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub additional_info: Option<Json>,
    /// Relation label.
    #[serde(rename = "type")]
    pub label: String,
}

/// The nodes and connections of a chain.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct RuleChainMetaData {
    /// The chain.
    pub rule_chain_id: Option<RuleChainId>,
    /// Counter of saves.
    pub version: Option<i64>,
    /// Index of the node messages enter at.
    pub first_node_index: Option<usize>,
    /// The nodes.
    pub nodes: Vec<RuleNode>,
    /// Connections between them.
    pub connections: Option<Vec<NodeConnection>>,
    /// Connections to other chains, in old exports.
    pub rule_chain_connections: Option<Vec<RuleChainConnection>>,
    /// Notes on the canvas, kept as they came.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object)]
    pub notes: Option<Json>,
}
