//! *rpc call reply*: answers a command that a device sent to the server.

use std::sync::Arc;

use millrace_model::EntityType;
use serde::Deserialize;

use crate::rules::{
    descriptor::{ComponentKind, Example, NodeDescriptor, Setting, no_upgrade},
    message::RuleMessage,
    node::{Node, Outcome, Services},
};

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.rpc.TbSendRPCReplyNode",
    name: "rpc call reply",
    old_names: &["RPC call reply"],
    kind: ComponentKind::Action,
    description: "Answers a command that a device sent to the server over a connection of its own: the session is named by the message's metadata. Devices behind an integration have no such session; their answers are published with integration downlink. Answers of devices to the server's own commands are for rpc complete.",
    outputs: &["Success", "Failure"],
    custom_outputs: false,
    version: 0,
    settings: &[
        Setting {
            name: "serviceIdMetaDataAttribute",
            label: "Service id",
            description: "Metadata entry that names the server the device is connected to.",
            default: r#""serviceId""#,
            ..Setting::TEXT
        },
        Setting {
            name: "sessionIdMetaDataAttribute",
            label: "Session id",
            description: "Metadata entry that names the device's session.",
            default: r#""sessionId""#,
            ..Setting::TEXT
        },
        Setting {
            name: "requestIdMetaDataAttribute",
            label: "Request id",
            description: "Metadata entry that names the command.",
            default: r#""requestId""#,
            ..Setting::TEXT
        },
    ],
    upgrade: no_upgrade,
    build: |settings| {
        let settings: Settings = serde_json::from_value(settings.clone())?;
        Ok(Arc::new(RpcCallReply { settings }))
    },
    examples: &[
        Example {
            title: "a message without a session has nobody to answer",
            leaves_by: "Failure",
            ..Example::BASIC
        },
        Example {
            title: "devices behind an integration have no session",
            metadata: r#"{"serviceId":"millrace","sessionId":"ffde2a6b-52c1-4f8a-9d57-1f0c4b0f8f10","requestId":"7"}"#,
            data: r#"{"time":1700000000000}"#,
            leaves_by: "Failure",
            ..Example::BASIC
        },
    ],
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    service_id_meta_data_attribute: String,
    session_id_meta_data_attribute: String,
    request_id_meta_data_attribute: String,
}

struct RpcCallReply {
    settings: Settings,
}

impl Node for RpcCallReply {
    fn process(&self, message: RuleMessage, _services: &mut dyn Services) -> Outcome {
        let reason = self.reason(&message);
        Outcome::Failed(reason, message)
    }
}

impl RpcCallReply {
    /// Why there is nobody to answer: every device is behind an integration, and none of those
    /// opens a session.
    fn reason(&self, message: &RuleMessage) -> String {
        if message.originator.entity_type != EntityType::Device {
            return format!("the originator is no device but {}", message.originator);
        }
        let names = [
            &self.settings.request_id_meta_data_attribute,
            &self.settings.service_id_meta_data_attribute,
            &self.settings.session_id_meta_data_attribute,
        ];
        let value = |name: &str| {
            let value = message.metadata.get(name).unwrap_or_default();
            (!value.is_empty()).then(|| value.to_owned())
        };
        for name in names {
            if value(name).is_none() {
                return format!(
                    "the metadata has no {name}: only a command that a device sent can be answered here"
                );
            }
        }
        format!(
            "session {} is not open: devices behind an integration are answered with integration downlink",
            value(&self.settings.session_id_meta_data_attribute).unwrap_or_default()
        )
    }
}
