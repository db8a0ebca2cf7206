//! *rpc complete*: the message is the device's answer to a command.

use std::sync::Arc;

use crate::rules::{
    descriptor::{ComponentKind, Example, NodeDescriptor, no_upgrade},
    message::RuleMessage,
    node::{Node, Outcome, Services},
};

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "millrace.rpc.complete",
    name: "rpc complete",
    old_names: &[],
    kind: ComponentKind::Action,
    description: "Gives the message to the caller of a command as the answer of its originator. The command is the one the message was sent for, or the one that the metadata names with requestUUID or requestId, or the only one that is open for the device. An answer that fits no command, or more than one, leaves over Failure and reaches nobody.",
    outputs: &["Success", "Failure"],
    custom_outputs: false,
    version: 0,
    settings: &[],
    upgrade: no_upgrade,
    build: |_| Ok(Arc::new(RpcComplete)),
    examples: &[Example {
        title: "an answer nobody waits for",
        data: r#"{"done":true}"#,
        leaves_by: "Failure",
        ..Example::BASIC
    }],
};

struct RpcComplete;

impl Node for RpcComplete {
    fn process(&self, message: RuleMessage, services: &mut dyn Services) -> Outcome {
        let Some(commands) = services.commands() else {
            return Outcome::Failed("commands are not available here".to_owned(), message);
        };
        let own = message.call.as_ref().map(|call| call.id().to_string());
        let named = || {
            ["requestUUID", "requestId"]
                .into_iter()
                .find_map(|key| message.metadata.get(key))
                .filter(|id| !id.is_empty())
        };
        let answered = commands.answer(
            services.tenant(),
            message.originator,
            own.as_deref().or_else(named),
            &message.data.text(),
            services.arrival_ms(),
        );
        match answered {
            Ok(()) => Outcome::success(message),
            Err(reason) => Outcome::Failed(reason, message),
        }
    }
}
