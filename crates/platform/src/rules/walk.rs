//! A message's walk through a chain.
//!
//! The walk keeps its own stack, so that a long chain costs no native recursion, and counts its
//! steps, so that a cycle ends with an error that names it.

use std::{
    borrow::Cow,
    future::Future,
    pin::Pin,
    sync::{Arc, atomic::Ordering},
    time::Instant,
};

use millrace_model::message::relation;

use super::{
    chain::{Chain, ChainNode},
    message::RuleMessage,
    node::{Outcome, Services},
};

/// Most nodes one message may enter before it counts as going in circles.
pub const MAX_STEPS: u32 = 100;

/// A message about to enter a node.
pub struct Step {
    /// Index of the node.
    pub node: usize,
    /// The message.
    pub message: RuleMessage,
    /// Label it came through; `None` at the start.
    pub via: Option<Cow<'static, str>>,
    /// Nodes entered so far.
    pub steps: u32,
}

/// A message that waits outside the lane.
pub struct Parked {
    /// Index of the node that waits.
    pub node: usize,
    /// Nodes entered so far.
    pub steps: u32,
    /// What it waits for.
    pub outcome: Pin<Box<dyn Future<Output = Outcome> + Send>>,
}

/// Watches a walk: debug events and failures.
pub trait Tap {
    /// A message enters a node.
    fn entered(&mut self, node: &ChainNode, message: &RuleMessage, via: Option<&str>);
    /// A message leaves a node.
    fn left(&mut self, node: &ChainNode, message: &RuleMessage, label: &str, error: Option<&str>);
    /// A branch ended in a failure that nothing handles.
    fn failed(&mut self, node: &ChainNode, message: &RuleMessage, error: &str);
}

/// Runs `start` and everything that follows from it, until nothing is left to do in this lane.
/// Returns the messages that wait; their branches are still open.
pub fn walk(
    chain: &Chain,
    start: Step,
    services: &mut dyn Services,
    tap: &mut dyn Tap,
) -> Vec<Parked> {
    let mut parked = Vec::new();
    let mut stack = vec![start];
    while let Some(step) = stack.pop() {
        let Some(node) = chain.nodes.get(step.node) else {
            continue;
        };
        tap.entered(node, &step.message, step.via.as_deref());
        node.counters.received.fetch_add(1, Ordering::Relaxed);
        if step.steps >= MAX_STEPS {
            let text = format!(
                "the message went through {MAX_STEPS} nodes: chain \"{}\" goes in a circle at node \"{}\"",
                chain.name, node.name
            );
            leave(
                node,
                step.steps,
                Outcome::Failed(text, step.message),
                &mut Vec::new(),
                &mut parked,
                step.node,
                tap,
            );
            continue;
        }
        let begun = Instant::now();
        let outcome = node.node.process(step.message, services);
        let nanos = u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
        node.counters.nanos.fetch_add(nanos, Ordering::Relaxed);
        leave(
            node,
            step.steps,
            outcome,
            &mut stack,
            &mut parked,
            step.node,
            tap,
        );
    }
    parked
}

/// Goes on with what a parked node came to.
pub fn resume(
    chain: &Chain,
    node: usize,
    steps: u32,
    outcome: Outcome,
    services: &mut dyn Services,
    tap: &mut dyn Tap,
) -> Vec<Parked> {
    let mut parked = Vec::new();
    let mut next = Vec::new();
    if let Some(chain_node) = chain.nodes.get(node) {
        leave(
            chain_node,
            steps,
            outcome,
            &mut next,
            &mut parked,
            node,
            tap,
        );
    }
    for step in next.into_iter().rev() {
        parked.extend(walk(chain, step, services, tap));
    }
    parked
}

fn leave(
    node: &ChainNode,
    steps: u32,
    outcome: Outcome,
    stack: &mut Vec<Step>,
    parked: &mut Vec<Parked>,
    index: usize,
    tap: &mut dyn Tap,
) {
    match outcome {
        Outcome::Next(label, message) => route(node, steps, label, message, None, stack, tap),
        Outcome::Several(messages) => {
            // The stack runs last in first out; reversed, the messages keep their order.
            for (label, message) in messages.into_iter().rev() {
                route(node, steps, label, message, None, stack, tap);
            }
        }
        Outcome::Failed(error, mut message) => {
            message.metadata.set("error", error.clone());
            route(
                node,
                steps,
                Cow::Borrowed(relation::FAILURE),
                message,
                Some(&error),
                stack,
                tap,
            );
        }
        Outcome::Parked(outcome) => parked.push(Parked {
            node: index,
            steps,
            outcome,
        }),
        Outcome::Consumed => {}
    }
}

fn route(
    node: &ChainNode,
    steps: u32,
    label: Cow<'static, str>,
    message: RuleMessage,
    error: Option<&str>,
    stack: &mut Vec<Step>,
    tap: &mut dyn Tap,
) {
    let failure = label.eq_ignore_ascii_case(relation::FAILURE);
    let counter = if failure {
        &node.counters.failed
    } else {
        &node.counters.sent
    };
    counter.fetch_add(1, Ordering::Relaxed);
    tap.left(node, &message, &label, error);
    let Some((last, others)) = node.targets(&label).split_last() else {
        if failure {
            let text = error.map_or_else(
                || message.metadata.get("error").unwrap_or("failed").to_owned(),
                str::to_owned,
            );
            tap.failed(node, &message, &text);
        }
        return;
    };
    // The stack runs last in first out: copies are pushed above the message itself, the first
    // target on top. The message moves to its last target; only copies cost a copy.
    let copies: Vec<Step> = others
        .iter()
        .enumerate()
        .rev()
        .map(|(copy, target)| Step {
            node: *target,
            message: RuleMessage {
                id: copy_id(message.id, copy),
                ..message.clone()
            },
            via: Some(label.clone()),
            steps: steps + 1,
        })
        .collect();
    stack.push(Step {
        node: *last,
        message,
        via: Some(label),
        steps: steps + 1,
    });
    stack.extend(copies);
}

/// A new id for copy `copy`, the same at every run.
fn copy_id(id: uuid::Uuid, copy: usize) -> uuid::Uuid {
    let mut bytes = *id.as_bytes();
    // The last bytes hold the part number of a message id; copies count from its top.
    bytes[15] = bytes[15].wrapping_sub(u8::try_from(copy % 251).unwrap_or(0) + 1);
    bytes[14] ^= 0x80;
    uuid::Uuid::from_bytes(bytes)
}

/// A chain with the walk that waits in it, for the lane that goes on with it.
pub struct Waiting {
    /// The graph the message started on.
    pub chain: Arc<Chain>,
    /// Index of the node that waited.
    pub node: usize,
    /// Nodes entered so far.
    pub steps: u32,
    /// What came of it.
    pub outcome: Outcome,
}

#[cfg(test)]
mod tests {
    use millrace_model::{
        AttributeScope, EntityId, EntityType, Millis, TenantId,
        entity::{NodeConnection, RuleChain, RuleChainMetaData, RuleNode},
        telemetry::TsValue,
    };
    use millrace_script::{Argument, Script, ScriptError, Value};
    use millrace_store::journal::OutRecord;
    use uuid::Uuid;

    use super::*;
    use crate::rules::message::{Data, Metadata};

    /// Nodes log their message's id and save nothing.
    #[derive(Default)]
    struct Seen {
        logged: Vec<Uuid>,
        failed: Vec<String>,
        left: Vec<String>,
    }

    impl Services for Seen {
        fn tenant(&self) -> TenantId {
            TenantId::null()
        }
        fn save(&mut self, _record: OutRecord) {}
        fn attribute(&self, _: EntityId, _: AttributeScope, _: &str) -> Option<TsValue> {
            None
        }
        fn run_script(
            &mut self,
            _: &Script,
            _: &RuleMessage,
            _: &[Argument<'_>],
        ) -> Result<Value, ScriptError> {
            Ok(Value::Null)
        }
        fn log(&mut self, message: &RuleMessage, _line: &str) {
            self.logged.push(message.id);
        }
        fn emit(&mut self, _message: RuleMessage) {}
        fn arrival_ms(&self) -> Millis {
            0
        }
    }

    #[derive(Default)]
    struct Watch(Seen);

    impl Tap for Watch {
        fn entered(&mut self, _: &ChainNode, _: &RuleMessage, _: Option<&str>) {}
        fn left(&mut self, node: &ChainNode, _: &RuleMessage, label: &str, _: Option<&str>) {
            self.0.left.push(format!("{} {label}", node.name));
        }
        fn failed(&mut self, node: &ChainNode, _: &RuleMessage, error: &str) {
            self.0.failed.push(format!("{}: {error}", node.name));
        }
    }

    const SWITCH: &str = "org.thingsboard.rule.engine.filter.TbMsgTypeSwitchNode";
    const LOG: &str = "org.thingsboard.rule.engine.action.TbLogNode";

    fn chain(nodes: &[(&str, &str)], connections: &[(usize, usize, &str)]) -> Chain {
        let metadata = RuleChainMetaData {
            first_node_index: Some(0),
            nodes: nodes
                .iter()
                .map(|(name, node_type)| RuleNode {
                    name: (*name).to_owned(),
                    node_type: (*node_type).to_owned(),
                    configuration: serde_json::json!({}),
                    ..RuleNode::default()
                })
                .collect(),
            connections: Some(
                connections
                    .iter()
                    .map(|(from_index, to_index, label)| NodeConnection {
                        from_index: *from_index,
                        to_index: *to_index,
                        label: (*label).to_owned(),
                    })
                    .collect(),
            ),
            ..RuleChainMetaData::default()
        };
        let named = RuleChain {
            name: "circle".to_owned(),
            ..RuleChain::default()
        };
        Chain::compile(&named, &metadata, TenantId::null())
    }

    fn run(chain: &Chain, msg_type: &'static str) -> (Seen, Seen) {
        let message = RuleMessage {
            id: Uuid::from_u128(1),
            ts: 0,
            msg_type: msg_type.into(),
            originator: EntityId::new(EntityType::Device, Uuid::nil()),
            customer: None,
            metadata: Metadata::default(),
            data: Data::Text("{}".into()),
        };
        let start = Step {
            node: 0,
            message,
            via: None,
            steps: 0,
        };
        let (mut seen, mut watch) = (Seen::default(), Watch::default());
        assert!(walk(chain, start, &mut seen, &mut watch).is_empty());
        (seen, watch.0)
    }

    #[test]
    fn several_targets_get_copies_with_ids_of_their_own_that_repeat() {
        let chain = chain(
            &[("switch", SWITCH), ("a", LOG), ("b", LOG), ("c", LOG)],
            // Labels match without regard to case.
            &[(0, 1, "other"), (0, 2, "Other"), (0, 3, "OTHER")],
        );
        let (first, _) = run(&chain, "MINE");
        let (second, _) = run(&chain, "MINE");
        assert_eq!(first.logged, second.logged, "ids repeat at every run");
        let mut ids = first.logged.clone();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 3);
        assert!(
            ids.contains(&Uuid::from_u128(1)),
            "one of them is the message itself"
        );
    }

    #[test]
    fn a_circle_ends_with_an_error_that_names_it() {
        let chain = chain(
            &[("first", LOG), ("second", LOG)],
            &[(0, 1, "Success"), (1, 0, "Success")],
        );
        let (_, watch) = run(&chain, "ANY");
        assert_eq!(watch.failed.len(), 1);
        let error = &watch.failed[0];
        assert!(
            error.contains("chain \"circle\" goes in a circle at node"),
            "{error}"
        );
    }

    #[test]
    fn a_failure_that_nothing_handles_fails_the_branch_and_a_success_does_not() {
        let unknown = chain(&[("new", "vendor.SomethingElse")], &[]);
        assert!(run(&unknown, "ANY").1.failed[0].contains("SomethingElse is not available"));
        let handled = chain(
            &[("new", "vendor.SomethingElse"), ("log", LOG)],
            &[(0, 1, "Failure")],
        );
        let (seen, watch) = run(&handled, "ANY");
        assert_eq!((seen.logged.len(), watch.failed.len()), (1, 0));
        assert_eq!(watch.left, ["new Failure", "log Success"]);
        assert!(run(&chain(&[("log", LOG)], &[]), "ANY").1.failed.is_empty());
    }
}
