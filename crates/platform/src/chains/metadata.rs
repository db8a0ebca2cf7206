//! The nodes and connections of a chain: checked, completed with what the server makes, and old
//! connections to other chains turned into nodes. Cycles are the engine's business.

use std::collections::{HashMap, HashSet};

use millrace_model::{
    DebugSettings, Millis,
    entity::{NodeConnection, RuleChainConnection, RuleChainMetaData, RuleNode},
    id::{RuleChainId, RuleNodeId},
};
use serde_json::{Map, Value as Json, json};

use crate::{PlatformError, Result, debug_rule, records::check_name};

/// Most nodes of a chain.
pub(super) const NODES_MAX: usize = 5_000;
/// Most connections of a chain.
pub(super) const CONNECTIONS_MAX: usize = 20_000;
/// Longest relation label (characters).
const LABEL_MAX: usize = 255;

/// Type of the node that hands messages to another chain.
pub(super) const RULE_CHAIN_NODE: &str = "org.thingsboard.rule.engine.flow.TbRuleChainInputNode";

/// Turns `ruleChainConnections` of old exports into rule-chain nodes with connections: one node
/// for each other chain at each place on the canvas.
pub(super) fn convert_chain_connections(
    metadata: &mut RuleChainMetaData,
    mut name_of: impl FnMut(RuleChainId) -> Result<Option<String>>,
) -> Result<()> {
    let old = metadata.rule_chain_connections.take().unwrap_or_default();
    let mut made: Vec<(RuleChainConnection, usize)> = Vec::new();
    for (position, connection) in old.into_iter().enumerate() {
        if connection.from_index >= metadata.nodes.len() {
            return Err(out_of_range(
                format!("ruleChainConnections[{position}].fromIndex"),
                connection.from_index,
                metadata.nodes.len(),
            ));
        }
        let known = made.iter().find(|(other, _)| {
            other.target_rule_chain_id == connection.target_rule_chain_id
                && other.additional_info == connection.additional_info
        });
        let to_index = match known {
            Some((_, index)) => *index,
            None => {
                let target = connection.target_rule_chain_id;
                let name = name_of(target)?.unwrap_or_else(|| "Rule chain".to_owned());
                metadata.nodes.push(RuleNode {
                    node_type: RULE_CHAIN_NODE.to_owned(),
                    name,
                    configuration_version: Some(1),
                    configuration: json!({
                        "ruleChainId": target.0,
                        "forwardMsgToDefaultRuleChain": false,
                    }),
                    additional_info: connection.additional_info.clone(),
                    ..RuleNode::default()
                });
                metadata.nodes.len() - 1
            }
        };
        metadata
            .connections
            .get_or_insert_default()
            .push(NodeConnection {
                from_index: connection.from_index,
                to_index,
                label: connection.label.clone(),
            });
        made.push((connection, to_index));
    }
    metadata.rule_chain_connections = Some(Vec::new());
    Ok(())
}

/// Checks nodes and connections and fills in ids, times and debug settings. `before` holds the
/// chain's nodes as stored: their ids and settings are kept.
pub(super) fn complete(
    metadata: &mut RuleChainMetaData,
    chain: RuleChainId,
    before: &[RuleNode],
    now: Millis,
) -> Result<()> {
    check(metadata)?;
    metadata.rule_chain_id = Some(chain);
    metadata.rule_chain_connections.get_or_insert_default();
    let before: HashMap<RuleNodeId, &RuleNode> = before
        .iter()
        .filter_map(|node| Some((node.id?, node)))
        .collect();
    let mut taken = HashSet::new();
    for (position, node) in metadata.nodes.iter_mut().enumerate() {
        complete_node(position, node, chain, &before, &mut taken, now)?;
    }
    Ok(())
}

/// Checks sizes, indexes and labels.
pub(super) fn check(metadata: &mut RuleChainMetaData) -> Result<()> {
    check_sizes(metadata)?;
    let count = metadata.nodes.len();
    if let Some(first) = metadata.first_node_index
        && first >= count
    {
        return Err(out_of_range("firstNodeIndex".to_owned(), first, count));
    }
    for (position, connection) in metadata
        .connections
        .get_or_insert_default()
        .iter_mut()
        .enumerate()
    {
        check_connection(position, connection, count)?;
    }
    Ok(())
}

fn check_sizes(metadata: &RuleChainMetaData) -> Result<()> {
    let connections = metadata.connections.as_ref().map_or(0, Vec::len);
    for (field, found, most) in [
        ("nodes", metadata.nodes.len(), NODES_MAX),
        ("connections", connections, CONNECTIONS_MAX),
    ] {
        if found > most {
            return Err(PlatformError::invalid(
                field,
                format!("{field} has {found} entries: use at most {most}, split the chain"),
            ));
        }
    }
    Ok(())
}

fn check_connection(position: usize, connection: &mut NodeConnection, nodes: usize) -> Result<()> {
    for (member, index) in [
        ("fromIndex", connection.from_index),
        ("toIndex", connection.to_index),
    ] {
        if index >= nodes {
            let field = format!("connections[{position}].{member}");
            return Err(out_of_range(field, index, nodes));
        }
    }
    if connection.from_index == connection.to_index {
        return Err(PlatformError::invalid(
            format!("connections[{position}].toIndex"),
            format!(
                "connections[{position}] leads from node {} to itself: connect it to another node",
                connection.from_index
            ),
        ));
    }
    let label = connection.label.trim();
    if label.is_empty() || label.chars().count() > LABEL_MAX {
        return Err(PlatformError::invalid(
            format!("connections[{position}].type"),
            format!(
                "connections[{position}].type should be a relation label of 1 to {LABEL_MAX} characters, such as Success"
            ),
        ));
    }
    Ok(())
}

fn complete_node(
    position: usize,
    node: &mut RuleNode,
    chain: RuleChainId,
    before: &HashMap<RuleNodeId, &RuleNode>,
    taken: &mut HashSet<RuleNodeId>,
    now: Millis,
) -> Result<()> {
    if node.node_type.trim().is_empty() {
        return Err(PlatformError::invalid(
            format!("nodes[{position}].type"),
            format!("nodes[{position}].type should be specified: give the type of the node"),
        ));
    }
    check_name(
        &format!("nodes[{position}].name"),
        "rule node",
        &mut node.name,
    )?;
    // An id that is not this chain's (a pasted or imported node) or that comes twice would make
    // two nodes one: such a node is a new one.
    let stored = node.id.and_then(|id| before.get(&id));
    match (node.id, stored) {
        (Some(id), Some(_)) if taken.insert(id) => {}
        _ => {
            let fresh = RuleNodeId::new();
            taken.insert(fresh);
            node.id = Some(fresh);
        }
    }
    node.rule_chain_id = Some(chain);
    node.created_time = stored.and_then(|stored| stored.created_time).or(Some(now));
    node.debug_settings = Some(debug_rule::settings_to_store(
        node.debug_mode,
        node.debug_settings,
        stored.and_then(|stored| stored.debug_settings),
        DebugSettings::default(),
        now,
        debug_rule::NODE_PERIOD_MS,
    ));
    node.debug_mode = false;
    if node.configuration.is_null() {
        node.configuration = Json::Object(Map::new());
    }
    Ok(())
}

fn out_of_range(field: String, index: usize, nodes: usize) -> PlatformError {
    let message = match nodes.checked_sub(1) {
        Some(last) => format!("{field} is {index}: there are {nodes} nodes, use 0 to {last}"),
        None => format!("{field} is {index}: the chain has no nodes, add them first"),
    };
    PlatformError::invalid(field, message)
}
