//! *checkpoint*: kept for chains that have it; there is one queue here.

use std::sync::Arc;

use super::acknowledge::PassOn;
use crate::rules::descriptor::{ComponentKind, Example, NodeDescriptor, Setting, no_upgrade};

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.flow.TbCheckpointNode",
    name: "checkpoint",
    old_names: &[],
    kind: ComponentKind::Flow,
    description: "Lets the message pass. All messages share one queue here, ordered by originator; the name of another queue is kept and changes nothing.",
    outputs: &["Success"],
    custom_outputs: false,
    version: 1,
    settings: &[Setting {
        name: "queueName",
        label: "Queue",
        description: "Kept for exports of version 0; newer ones name the queue at the node.",
        default: "null",
        ..Setting::TEXT
    }],
    upgrade: no_upgrade,
    build: |_| Ok(Arc::new(PassOn)),
    examples: &[Example {
        title: "it passes",
        data: r#"{"temperature":25.1}"#,
        leaves: r#"{"data":{"temperature":25.1}}"#,
        ..Example::BASIC
    }],
};
