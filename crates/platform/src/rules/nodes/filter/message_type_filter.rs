//! *message type filter*: messages of some types pass.

use std::{borrow::Cow, sync::Arc};

use serde::Deserialize;

use super::verdict;
use crate::rules::{
    descriptor::{ComponentKind, Example, NodeDescriptor, Setting, SettingKind, no_upgrade},
    message::RuleMessage,
    node::{Node, Outcome, Services},
};

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.filter.TbMsgTypeFilterNode",
    name: "message type filter",
    old_names: &["message type"],
    kind: ComponentKind::Filter,
    description: "Lets messages of the listed types leave by True and all others by False. Types are compared letter by letter.",
    outputs: &["True", "False"],
    custom_outputs: false,
    version: 0,
    settings: &[Setting {
        name: "messageTypes",
        label: "Message types",
        description: "The types that leave by True; any text will do.",
        kind: SettingKind::Texts(&[
            "POST_TELEMETRY_REQUEST",
            "POST_ATTRIBUTES_REQUEST",
            "RPC_CALL_FROM_SERVER_TO_DEVICE",
            "TO_SERVER_RPC_REQUEST",
            "ATTRIBUTES_UPDATED",
            "ACTIVITY_EVENT",
            "INACTIVITY_EVENT",
            "ALARM",
        ]),
        default: r#"["POST_ATTRIBUTES_REQUEST","POST_TELEMETRY_REQUEST","TO_SERVER_RPC_REQUEST"]"#,
        ..Setting::TEXTS
    }],
    upgrade: no_upgrade,
    build: |settings| {
        let settings: MessageTypeFilter = serde_json::from_value(settings.clone())?;
        Ok(Arc::new(settings))
    },
    examples: &[
        Example {
            title: "telemetry is one of the types",
            data: r#"{"temperature":25.1}"#,
            leaves_by: "True",
            ..Example::BASIC
        },
        Example {
            title: "a type of a script's own is not",
            msg_type: "MY_TYPE",
            leaves_by: "False",
            ..Example::BASIC
        },
    ],
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MessageTypeFilter {
    message_types: Vec<String>,
}

impl Node for MessageTypeFilter {
    fn process(&self, message: RuleMessage, _services: &mut dyn Services) -> Outcome {
        let listed = self
            .message_types
            .iter()
            .any(|known| **known == *message.msg_type);
        Outcome::Next(Cow::Borrowed(verdict(listed)), message)
    }
}
