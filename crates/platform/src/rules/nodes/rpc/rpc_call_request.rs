//! *rpc call request*: sends a command to the originator, or waits for the end of the one that the
//! message is.

use std::{borrow::Cow, sync::Arc};

use millrace_model::{EntityType, message::relation};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::rules::{
    descriptor::{ComponentKind, Example, NodeDescriptor, Setting, no_upgrade},
    message::{Data, RuleMessage},
    node::{Command, CommandEnd, Node, Outcome, Services},
};

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.rpc.TbSendRPCRequestNode",
    name: "rpc call request",
    old_names: &["RPC call request"],
    kind: ComponentKind::Action,
    description: "Sends the command in the message (method and params) to its originator, a device, through the device's rule chain. A new message leaves with the device's answer, or over Failure with the code of what went wrong. A command that somebody called is on its way already: its message leaves over Failure when no broker takes the command, and not at all otherwise.",
    outputs: &["Success", "Failure"],
    custom_outputs: false,
    version: 0,
    settings: &[Setting {
        name: "timeoutInSeconds",
        label: "Timeout in seconds",
        description: "How long the device's answer is waited for.",
        default: "60",
        ..Setting::NUMBER
    }],
    upgrade: no_upgrade,
    build: |settings| {
        let settings: Settings = serde_json::from_value(settings.clone())?;
        Ok(Arc::new(RpcCallRequest {
            timeout_ms: settings.timeout_in_seconds.clamp(1, 86_400) * 1_000,
        }))
    },
    examples: &[Example {
        title: "a message without method and params is no command",
        data: r#"{"temperature":25.1}"#,
        leaves_by: "Failure",
        ..Example::BASIC
    }],
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    timeout_in_seconds: i64,
}

struct RpcCallRequest {
    timeout_ms: i64,
}

impl Node for RpcCallRequest {
    fn process(&self, mut message: RuleMessage, services: &mut dyn Services) -> Outcome {
        let Some(commands) = services.commands() else {
            return Outcome::Failed("commands are not available here".to_owned(), message);
        };
        if let Some(call) = message.call.take() {
            let end = commands.end_of(call.id());
            // Waiting is no branch of the call: it would keep the call from ending.
            drop(call);
            return Outcome::Later(Box::pin(async move {
                match end.await {
                    Some(end) => told(message, end),
                    None => Outcome::Consumed,
                }
            }));
        }
        if message.originator.entity_type != EntityType::Device {
            let error = format!(
                "the originator is no device but {}: use change originator",
                message.originator
            );
            return Outcome::Failed(error, message);
        }
        let command = match self.command(&message) {
            Ok(command) => command,
            Err(error) => return Outcome::Failed(error, message),
        };
        let end = commands.send(services.tenant(), command);
        Outcome::Later(Box::pin(async move { told(message, end.await) }))
    }
}

impl RpcCallRequest {
    fn command(&self, message: &RuleMessage) -> Result<Command, String> {
        let wanted = "the message must be an object with method and params";
        let data = message
            .data
            .json()
            .map_err(|error| format!("{wanted}: {error}"))?;
        let method = match data.get("method") {
            Some(Json::String(method)) if !method.trim().is_empty() => method.clone(),
            _ => return Err(format!("{wanted}: method is missing")),
        };
        let params = match data.get("params") {
            // A command that went through a chain before has its parameters as text.
            Some(Json::String(text)) if serde_json::from_str::<Json>(text).is_ok() => {
                Some(text.clone())
            }
            Some(params) => Some(params.to_string()),
            None => return Err(format!("{wanted}: params is missing")),
        };
        let oneway = match message.metadata.get("oneway") {
            Some(text) => text == "true",
            None => data.get("oneway").and_then(Json::as_bool).unwrap_or(false),
        };
        let asked = message
            .metadata
            .get("expirationTime")
            .and_then(|time| time.parse().ok())
            .or_else(|| data.get("expirationTime").and_then(Json::as_i64));
        let now = crate::clock::now_ms();
        Ok(Command {
            device: message.originator,
            method,
            params,
            oneway,
            expires: asked.unwrap_or_else(|| now.saturating_add(self.timeout_ms)),
            additional_info: match data.get("additionalInfo") {
                None | Some(Json::Null) => None,
                Some(Json::String(text)) => Some(text.clone()),
                Some(other) => Some(other.to_string()),
            },
        })
    }
}

/// The message that tells what came of a command.
fn told(message: RuleMessage, end: CommandEnd) -> Outcome {
    let (label, data) = match end {
        Ok(Some(answer)) => (relation::SUCCESS, answer),
        Ok(None) => (relation::SUCCESS, "{}".to_owned()),
        Err(code) => (relation::FAILURE, json!({ "error": code }).to_string()),
    };
    let mut message = RuleMessage {
        id: Uuid::now_v7(),
        data: Data::Text(data.into()),
        ..message
    };
    if label == relation::FAILURE
        && let Ok(Json::Object(members)) = message.data.json()
        && let Some(code) = members.get("error").and_then(Json::as_str)
    {
        message.metadata.set("error", code.to_owned());
    }
    Outcome::Next(Cow::Borrowed(label), message)
}
