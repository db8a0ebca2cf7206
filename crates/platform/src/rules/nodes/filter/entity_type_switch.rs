//! *entity type switch*: a message leaves by the kind of its originator.

use std::{borrow::Cow, sync::Arc};

use crate::rules::{
    descriptor::{ComponentKind, Example, NodeDescriptor, no_upgrade},
    message::RuleMessage,
    node::{Node, Outcome, Services},
};

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.filter.TbOriginatorTypeSwitchNode",
    name: "entity type switch",
    old_names: &["originator type switch"],
    kind: ComponentKind::Filter,
    description: "Sends a message on by the kind of its originator, in words: Device, Asset, Entity view.",
    outputs: &[
        "Device",
        "Asset",
        "Alarm",
        "Entity view",
        "Tenant",
        "Customer",
        "User",
        "Dashboard",
        "Rule chain",
        "Rule node",
        "Edge",
        "Entity group",
        "Integration",
        "Converter",
    ],
    custom_outputs: false,
    version: 0,
    settings: &[],
    upgrade: no_upgrade,
    build: |_| Ok(Arc::new(EntityTypeSwitch)),
    examples: &[
        Example {
            title: "telemetry of a device",
            data: r#"{"temperature":25.1}"#,
            leaves_by: "Device",
            ..Example::BASIC
        },
        Example {
            title: "a group",
            originator: "Boilers",
            leaves_by: "Entity group",
            ..Example::BASIC
        },
    ],
};

struct EntityTypeSwitch;

impl Node for EntityTypeSwitch {
    fn process(&self, message: RuleMessage, _services: &mut dyn Services) -> Outcome {
        Outcome::Next(label(message.originator.entity_type.as_str()), message)
    }
}

/// `ENTITY_VIEW` in words.
fn label(kind: &str) -> Cow<'static, str> {
    let mut words = kind.to_ascii_lowercase().replace('_', " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    Cow::Owned(words)
}
