//! A message's walk through a chain.
//!
//! The walk keeps its own stack, so that a long chain costs no native recursion, and counts its
//! steps, so that a cycle ends with an error that names it.

use std::{
    borrow::Cow,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use millrace_model::message::relation;

use super::{
    chain::{Chain, ChainNode},
    message::RuleMessage,
    node::{BoxFuture, ChainTarget, Outcome, Place, Services},
};

/// Most nodes one message may enter before it counts as going in circles.
pub const MAX_STEPS: u32 = 100;

/// Longest time a node may hold its lane without a word; scripts have smaller budgets.
const LANE_HELD: Duration = Duration::from_secs(1);

/// Where a walk stands: a node of a chain, and how it came into that chain.
#[derive(Clone)]
pub struct Position {
    /// The graph the message started on.
    pub chain: Arc<Chain>,
    /// Index of the node.
    pub node: usize,
    /// Nodes that sent the message into this chain, innermost first.
    pub callers: Option<Arc<Caller>>,
    /// Nodes entered so far.
    pub steps: u32,
}

/// A node that sent a message into another chain, and takes back what comes out of it.
pub struct Caller {
    chain: Arc<Chain>,
    node: usize,
    outer: Option<Arc<Self>>,
}

impl Position {
    /// The node a message enters a chain at.
    #[must_use]
    pub fn start(chain: &Arc<Chain>, node: usize) -> Self {
        Self {
            chain: Arc::clone(chain),
            node,
            callers: None,
            steps: 0,
        }
    }

    /// The node.
    #[must_use]
    pub fn node(&self) -> Option<&ChainNode> {
        self.chain.nodes.get(self.node)
    }

    fn next(&self, node: usize) -> Self {
        Self {
            node,
            steps: self.steps + 1,
            ..self.clone()
        }
    }
}

/// A message about to enter a node.
pub struct Step {
    /// The node.
    pub at: Position,
    /// The message.
    pub message: RuleMessage,
    /// Label it came through; `None` at the start.
    pub via: Option<Cow<'static, str>>,
}

/// A message that waits outside the lane.
pub struct Parked {
    /// The node that waits.
    pub at: Position,
    /// What it waits for.
    pub outcome: BoxFuture<Outcome>,
    /// Whether the message that came in is done all the same.
    pub later: bool,
    /// Whether it is a command, which goes before everything else.
    pub urgent: bool,
}

/// Watches a walk: debug events and failures.
pub trait Tap {
    /// A message enters a node.
    fn entered(&mut self, node: &ChainNode, message: &RuleMessage, via: Option<&str>);
    /// A message leaves a node.
    fn left(&mut self, node: &ChainNode, message: &RuleMessage, label: &str, error: Option<&str>);
    /// A branch ended in a failure that nothing handles.
    fn failed(&mut self, node: &ChainNode, message: &RuleMessage, error: &str);
    /// A node held its lane for long, and other messages with it.
    fn held(&mut self, node: &ChainNode, time: Duration);
}

/// What a walk needs beside nodes and messages.
struct Walk<'a> {
    stack: Vec<Step>,
    parked: Vec<Parked>,
    /// Whether the message in hand is a command.
    urgent: bool,
    services: &'a mut dyn Services,
    tap: &'a mut dyn Tap,
}

/// Runs `start` and everything that follows from it, until nothing is left to do in this lane.
/// Returns the messages that wait; their branches are still open.
pub fn walk(start: Step, services: &mut dyn Services, tap: &mut dyn Tap) -> Vec<Parked> {
    let mut walk = Walk {
        urgent: start.message.call.is_some(),
        stack: vec![start],
        parked: Vec::new(),
        services,
        tap,
    };
    walk.run();
    walk.parked
}

/// Goes on with what a node came to outside of a walk: after a wait, or by a tick of its own.
/// `urgent`: it is about a command.
pub fn resume(
    at: &Position,
    outcome: Outcome,
    urgent: bool,
    services: &mut dyn Services,
    tap: &mut dyn Tap,
) -> Vec<Parked> {
    let mut walk = Walk {
        stack: Vec::new(),
        parked: Vec::new(),
        urgent,
        services,
        tap,
    };
    walk.leave(at, outcome);
    walk.run();
    walk.parked
}

impl Walk<'_> {
    fn run(&mut self) {
        while let Some(Step { at, message, via }) = self.stack.pop() {
            let Some(node) = at.node() else {
                continue;
            };
            self.tap.entered(node, &message, via.as_deref());
            node.counters.received.fetch_add(1, Ordering::Relaxed);
            if at.steps >= MAX_STEPS {
                self.circle(node, &at.chain, message);
                continue;
            }
            self.services.enter(&at);
            self.urgent = message.call.is_some();
            let begun = Instant::now();
            let outcome = node.node.process(message, self.services);
            self.spent(node, begun);
            self.leave(&at, outcome);
        }
    }

    fn spent(&mut self, node: &ChainNode, begun: Instant) {
        let time = node.counters.spent(begun);
        if time >= LANE_HELD {
            self.tap.held(node, time);
        }
    }

    /// Ends a branch that goes in a circle. It is not routed on: the failure could lead back.
    fn circle(&mut self, node: &ChainNode, chain: &Chain, mut message: RuleMessage) {
        let text = format!(
            "the message went through {MAX_STEPS} nodes: chain \"{}\" goes in a circle at node \"{}\"",
            chain.name, node.name
        );
        node.counters.failed.fetch_add(1, Ordering::Relaxed);
        message.metadata.set("error", text.clone());
        self.tap
            .left(node, &message, relation::FAILURE, Some(&text));
        self.end_in_failure(node, &message, &text);
    }

    fn end_in_failure(&mut self, node: &ChainNode, message: &RuleMessage, text: &str) {
        if let Some(call) = &message.call {
            call.failed(text);
        }
        self.tap.failed(node, message, text);
    }

    fn leave(&mut self, at: &Position, mut outcome: Outcome) {
        let Some(node) = at.node() else {
            return;
        };
        while let Outcome::Continue(work) = outcome {
            self.services.enter(at);
            let begun = Instant::now();
            outcome = work(self.services);
            self.spent(node, begun);
        }
        match outcome {
            Outcome::Next(label, message) => self.route(at, node, label, message, None),
            Outcome::Several(messages) => {
                // The stack runs last in first out; reversed, the messages keep their order.
                for (label, message) in messages.into_iter().rev() {
                    self.route(at, node, label, message, None);
                }
            }
            Outcome::Failed(error, message) => self.fail(at, node, message, error),
            Outcome::Parked(outcome) => self.park(at, outcome, false),
            Outcome::Later(outcome) => self.park(at, outcome, true),
            Outcome::Enter(target, message) => self.enter(at, node, target, message),
            Outcome::Return(message) => self.give_back(at, node, message),
            Outcome::Continue(_) | Outcome::Consumed => {}
        }
    }

    fn park(&mut self, at: &Position, outcome: BoxFuture<Outcome>, later: bool) {
        self.parked.push(Parked {
            at: at.clone(),
            outcome,
            later,
            urgent: self.urgent,
        });
    }

    fn fail(&mut self, at: &Position, node: &ChainNode, mut message: RuleMessage, error: String) {
        message.metadata.set("error", error.clone());
        self.route(
            at,
            node,
            Cow::Borrowed(relation::FAILURE),
            message,
            Some(&error),
        );
    }

    /// Into another chain, on its current graph.
    fn enter(
        &mut self,
        at: &Position,
        node: &ChainNode,
        target: ChainTarget,
        message: RuleMessage,
    ) {
        let chain = self.services.chain(target, &message);
        let start = match &chain {
            None => Err(match target {
                ChainTarget::Id(id) => {
                    format!("rule chain {id} does not exist: select a chain in the node's settings")
                }
                ChainTarget::OfOriginator => {
                    "there is no chain for the originator: make one the root chain".to_owned()
                }
            }),
            Some(chain) if target == ChainTarget::OfOriginator && chain.id == at.chain.id => {
                Err(format!(
                    "the default chain of the originator is \"{}\" itself: forwarding to it would go in a circle",
                    chain.name
                ))
            }
            Some(chain) => chain
                .first
                .ok_or_else(|| format!("rule chain \"{}\" has no first node", chain.name)),
        };
        match (chain, start) {
            (Some(chain), Ok(first)) => self.stack.push(Step {
                at: Position {
                    callers: Some(Arc::new(Caller {
                        chain: Arc::clone(&at.chain),
                        node: at.node,
                        outer: at.callers.clone(),
                    })),
                    chain,
                    node: first,
                    steps: at.steps + 1,
                },
                message,
                via: None,
            }),
            (_, Err(error)) => self.fail(at, node, message, error),
            (None, Ok(_)) => {}
        }
    }

    /// Out of an *output* node, back to the node that sent the message here.
    fn give_back(&mut self, at: &Position, output: &ChainNode, message: RuleMessage) {
        let label: Cow<'static, str> = Cow::Owned(output.name.to_string());
        let Some(caller) = &at.callers else {
            // A chain that is nobody's nested chain ends here.
            output.counters.left(&label);
            self.tap.left(output, &message, &label, None);
            return;
        };
        output.counters.left(&label);
        self.tap.left(output, &message, &label, None);
        let back = Position {
            chain: Arc::clone(&caller.chain),
            node: caller.node,
            callers: caller.outer.clone(),
            steps: at.steps,
        };
        if let Some(node) = back.node() {
            self.route(&back, node, label, message, None);
        }
    }

    fn route(
        &mut self,
        at: &Position,
        node: &ChainNode,
        label: Cow<'static, str>,
        message: RuleMessage,
        error: Option<&str>,
    ) {
        let failure = label.eq_ignore_ascii_case(relation::FAILURE);
        node.counters.left(&label);
        self.tap.left(node, &message, &label, error);
        let Some((last, others)) = node.targets(&label).split_last() else {
            if failure {
                let text = error.map_or_else(
                    || message.metadata.get("error").unwrap_or("failed").to_owned(),
                    str::to_owned,
                );
                self.end_in_failure(node, &message, &text);
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
                at: at.next(*target),
                message: RuleMessage {
                    id: copy_id(message.id, copy),
                    ..message.clone()
                },
                via: Some(label.clone()),
            })
            .collect();
        self.stack.push(Step {
            at: at.next(*last),
            message,
            via: Some(label),
        });
        self.stack.extend(copies);
    }
}

/// A new id for copy `copy`, the same at every run.
fn copy_id(id: uuid::Uuid, copy: usize) -> uuid::Uuid {
    let mut bytes = *id.as_bytes();
    // The last bytes hold the part number of a message id; copies count from its top.
    bytes[15] = bytes[15].wrapping_sub(u8::try_from(copy % 251).unwrap_or(0) + 1);
    bytes[14] ^= 0x80;
    uuid::Uuid::from_bytes(bytes)
}

impl Position {
    /// Where the node stands, for the node itself.
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        let node = self.node()?;
        Some(Place {
            chain: self.chain.id,
            chain_name: Arc::clone(&self.chain.name),
            node: node.id,
            node_name: Arc::clone(&node.name),
        })
    }
}

#[cfg(test)]
mod tests;
