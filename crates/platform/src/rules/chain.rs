//! A compiled chain.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use millrace_model::{
    DebugSettings, TenantId,
    entity::{RuleChain, RuleChainMetaData},
    id::{RuleChainId, RuleNodeId},
};
use serde::Serialize;

use super::{node::SharedNode, nodes};

/// An immutable graph of nodes.
pub struct Chain {
    /// Its id.
    pub id: RuleChainId,
    /// Its name.
    pub name: Arc<str>,
    /// Whose it is.
    pub tenant: TenantId,
    /// The nodes, in the order of the metadata.
    pub nodes: Vec<ChainNode>,
    /// Index of the node messages enter at.
    pub first: Option<usize>,
}

/// A node within a chain.
pub struct ChainNode {
    /// Its id.
    pub id: RuleNodeId,
    /// Its name on the canvas.
    pub name: Arc<str>,
    /// What it does.
    pub node: SharedNode,
    /// What it records.
    pub debug: DebugSettings,
    /// Targets by label; few, so a list.
    routes: Vec<(Box<str>, Vec<usize>)>,
    /// What went through it.
    pub counters: NodeCounters,
}

/// What went through a node since the chain was saved. Kept for all nodes all the time.
#[derive(Debug, Default)]
pub struct NodeCounters {
    /// Messages in.
    pub received: AtomicU64,
    /// Messages out over any label but `Failure`.
    pub sent: AtomicU64,
    /// Messages out over `Failure`.
    pub failed: AtomicU64,
    /// Time spent in the node, in nanoseconds.
    pub nanos: AtomicU64,
}

/// A copy of [`NodeCounters`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeCounts {
    /// Messages in.
    pub received: u64,
    /// Messages out.
    pub sent: u64,
    /// Failures.
    pub failed: u64,
    /// Nanoseconds.
    pub nanos: u64,
}

impl NodeCounters {
    /// The figures now.
    #[must_use]
    pub fn read(&self) -> NodeCounts {
        NodeCounts {
            received: self.received.load(Ordering::Relaxed),
            sent: self.sent.load(Ordering::Relaxed),
            failed: self.failed.load(Ordering::Relaxed),
            nanos: self.nanos.load(Ordering::Relaxed),
        }
    }
}

impl ChainNode {
    /// Nodes that a label leads to. Labels match without regard to case, as old exports need it.
    #[must_use]
    pub fn targets(&self, label: &str) -> &[usize] {
        self.routes
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(label))
            .map_or(&[], |(_, targets)| targets)
    }
}

impl Chain {
    /// Compiles a chain. Nodes that cannot be built become nodes that say why on every message,
    /// so that one wrong setting does not silence the rest of the chain.
    #[must_use]
    pub fn compile(chain: &RuleChain, metadata: &RuleChainMetaData, tenant: TenantId) -> Self {
        let mut compiled: Vec<ChainNode> = metadata
            .nodes
            .iter()
            .map(|node| ChainNode {
                id: node.id.unwrap_or_default(),
                name: node.name.as_str().into(),
                node: nodes::build(node),
                debug: node.debug_settings.unwrap_or_default(),
                routes: Vec::new(),
                counters: NodeCounters::default(),
            })
            .collect();
        let count = compiled.len();
        for connection in metadata.connections.iter().flatten() {
            if connection.to_index >= count {
                continue;
            }
            let Some(from) = compiled.get_mut(connection.from_index) else {
                continue;
            };
            match from
                .routes
                .iter_mut()
                .find(|(label, _)| label.eq_ignore_ascii_case(&connection.label))
            {
                Some((_, targets)) => targets.push(connection.to_index),
                None => from
                    .routes
                    .push((connection.label.as_str().into(), vec![connection.to_index])),
            }
        }
        Self {
            id: chain.id.unwrap_or_default(),
            name: chain.name.as_str().into(),
            tenant,
            nodes: compiled,
            first: metadata.first_node_index.filter(|index| *index < count),
        }
    }
}
