//! *acknowledge*: kept for chains that have it; there is nothing to acknowledge here.

use std::sync::Arc;

use crate::rules::{
    descriptor::{ComponentKind, Example, NodeDescriptor, no_upgrade},
    message::RuleMessage,
    node::{Node, Outcome, Services},
};

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.flow.TbAckNode",
    name: "acknowledge",
    old_names: &[],
    kind: ComponentKind::Flow,
    description: "Lets the message pass. A message is acknowledged here as soon as it is on disk, before any chain sees it, so there is nothing left to acknowledge.",
    outputs: &["Success"],
    custom_outputs: false,
    version: 0,
    settings: &[],
    upgrade: no_upgrade,
    build: |_| Ok(Arc::new(PassOn)),
    examples: &[Example {
        title: "it passes",
        data: r#"{"temperature":25.1}"#,
        leaves: r#"{"data":{"temperature":25.1}}"#,
        ..Example::BASIC
    }],
};

/// Lets everything pass.
pub(super) struct PassOn;

impl Node for PassOn {
    fn process(&self, message: RuleMessage, _services: &mut dyn Services) -> Outcome {
        Outcome::success(message)
    }
}
