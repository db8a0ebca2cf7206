//! A compiled chain.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use millrace_model::{
    DebugSettings, TenantId,
    entity::{RuleChain, RuleChainMetaData},
    id::{RuleChainId, RuleNodeId},
    message::relation,
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
    /// What went through it. Shared with the graph before a save: messages still run there.
    pub counters: Arc<NodeCounters>,
}

/// What went through a node since the server started. Kept for all nodes all the time.
#[derive(Debug, Default)]
pub struct NodeCounters {
    /// Messages in.
    pub received: AtomicU64,
    /// Messages out over `Failure`.
    pub failed: AtomicU64,
    /// Time spent in the node, in nanoseconds.
    pub nanos: AtomicU64,
    /// Messages that the node held or waited with for too long.
    pub late: AtomicU64,
    /// Messages out by label: those that lead somewhere and those the node names.
    labels: Vec<(Box<str>, AtomicU64)>,
    /// Messages out over any other label.
    elsewhere: AtomicU64,
}

/// A copy of [`NodeCounters`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodeCounts {
    /// Messages in.
    pub received: u64,
    /// Messages out over any label but `Failure`.
    pub sent: u64,
    /// Failures.
    pub failed: u64,
    /// Nanoseconds spent in the node; waits do not count.
    pub nanos: u64,
    /// Messages that the node held or waited with for too long.
    pub late: u64,
    /// Messages out by label.
    pub labels: BTreeMap<String, u64>,
}

impl NodeCounters {
    fn with_labels<'a>(labels: impl Iterator<Item = &'a str>) -> Self {
        let mut known: Vec<(Box<str>, AtomicU64)> = Vec::new();
        for label in labels {
            let failure = label.eq_ignore_ascii_case(relation::FAILURE);
            if !failure
                && !known
                    .iter()
                    .any(|(name, _)| name.eq_ignore_ascii_case(label))
            {
                known.push((label.into(), AtomicU64::new(0)));
            }
        }
        Self {
            labels: known,
            ..Self::default()
        }
    }

    /// Counts a message out.
    pub(super) fn left(&self, label: &str) {
        let counter = if label.eq_ignore_ascii_case(relation::FAILURE) {
            &self.failed
        } else {
            self.labels
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(label))
                .map_or(&self.elsewhere, |(_, count)| count)
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts the time since `begun` and returns it.
    pub(super) fn spent(&self, begun: Instant) -> Duration {
        let spent = begun.elapsed();
        let nanos = u64::try_from(spent.as_nanos()).unwrap_or(u64::MAX);
        self.nanos.fetch_add(nanos, Ordering::Relaxed);
        spent
    }

    /// The counters of a saved node: those it had, as long as it has the same labels; with other
    /// labels their figures.
    fn after(earlier: &Arc<Self>, fresh: Self) -> Arc<Self> {
        let same = earlier.labels.len() == fresh.labels.len()
            && earlier
                .labels
                .iter()
                .zip(&fresh.labels)
                .all(|((before, _), (now, _))| before == now);
        if same {
            return Arc::clone(earlier);
        }
        let read = |from: &AtomicU64| AtomicU64::new(from.load(Ordering::Relaxed));
        let mut elsewhere = earlier.elsewhere.load(Ordering::Relaxed);
        let mut labels = fresh.labels;
        for (before, count) in &earlier.labels {
            let count = count.load(Ordering::Relaxed);
            match labels
                .iter_mut()
                .find(|(now, _)| now.eq_ignore_ascii_case(before))
            {
                Some((_, now)) => *now.get_mut() += count,
                None => elsewhere += count,
            }
        }
        Arc::new(Self {
            received: read(&earlier.received),
            failed: read(&earlier.failed),
            nanos: read(&earlier.nanos),
            late: read(&earlier.late),
            labels,
            elsewhere: AtomicU64::new(elsewhere),
        })
    }

    /// The figures now.
    #[must_use]
    pub fn read(&self) -> NodeCounts {
        let mut labels: BTreeMap<String, u64> = self
            .labels
            .iter()
            .map(|(label, count)| (label.to_string(), count.load(Ordering::Relaxed)))
            .filter(|(_, count)| *count > 0)
            .collect();
        let elsewhere = self.elsewhere.load(Ordering::Relaxed);
        let sent = labels.values().sum::<u64>() + elsewhere;
        let failed = self.failed.load(Ordering::Relaxed);
        if failed > 0 {
            labels.insert(relation::FAILURE.to_owned(), failed);
        }
        NodeCounts {
            received: self.received.load(Ordering::Relaxed),
            sent,
            failed,
            nanos: self.nanos.load(Ordering::Relaxed),
            late: self.late.load(Ordering::Relaxed),
            labels,
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
            .enumerate()
            .map(|(index, node)| ChainNode {
                id: node.id.unwrap_or_default(),
                name: node.name.as_str().into(),
                node: nodes::build(node),
                debug: node.debug_settings.unwrap_or_default(),
                routes: Vec::new(),
                counters: Arc::new(NodeCounters::with_labels(
                    nodes::descriptor(&node.node_type)
                        .map_or(&[][..], |descriptor| descriptor.outputs)
                        .iter()
                        .copied()
                        .chain(labels_from(metadata, index)),
                )),
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

impl Chain {
    /// Takes over the counters of the graph this one replaces: a node with the same id goes on
    /// counting.
    pub fn keep_counters(&mut self, earlier: &Self) {
        let before: HashMap<RuleNodeId, &ChainNode> =
            earlier.nodes.iter().map(|node| (node.id, node)).collect();
        for node in &mut self.nodes {
            let Some(before) = before.get(&node.id) else {
                continue;
            };
            // The new graph is not in force yet: nobody else holds its counters.
            if let Some(fresh) = Arc::get_mut(&mut node.counters) {
                node.counters = NodeCounters::after(&before.counters, std::mem::take(fresh));
            }
        }
    }

    /// The figures of every node, in the order of the metadata.
    #[must_use]
    pub fn counts(&self) -> Vec<(RuleNodeId, NodeCounts)> {
        self.nodes
            .iter()
            .map(|node| (node.id, node.counters.read()))
            .collect()
    }
}

/// Labels that lead somewhere from a node.
fn labels_from(metadata: &RuleChainMetaData, node: usize) -> impl Iterator<Item = &str> {
    metadata
        .connections
        .iter()
        .flatten()
        .filter(move |connection| connection.from_index == node)
        .map(|connection| connection.label.as_str())
}
