//! *output*: hands the message back to the chain that sent it here.

use std::sync::Arc;

use crate::rules::{
    descriptor::{ComponentKind, Example, NodeDescriptor, no_upgrade},
    message::RuleMessage,
    node::{Node, Outcome, Services},
};

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.flow.TbRuleChainOutputNode",
    name: "output",
    old_names: &[],
    kind: ComponentKind::Flow,
    description: "Hands the message back to the rule chain node that sent it into this chain. It leaves that node labelled with the name of this one. In a chain that nobody called the message ends here.",
    outputs: &[],
    custom_outputs: false,
    version: 0,
    settings: &[],
    upgrade: no_upgrade,
    build: |_| Ok(Arc::new(Output)),
    examples: &[Example {
        title: "back to the caller",
        leaves_by: "back",
        ..Example::BASIC
    }],
};

struct Output;

impl Node for Output {
    fn process(&self, message: RuleMessage, _services: &mut dyn Services) -> Outcome {
        Outcome::Return(message)
    }
}
