//! *integration downlink*: hands the message to an integration, whose downlink converter makes
//! publishes of it.

use std::sync::Arc;

use millrace_model::{EntityType, id::IntegrationId};
use serde_json::Value as Json;
use uuid::Uuid;

use super::tell_caller;
use crate::rules::{
    descriptor::{ComponentKind, Example, NodeDescriptor, Setting, SettingKind, no_upgrade},
    message::RuleMessage,
    node::{BuildError, Node, Outcome, Services},
};

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.integration.TbIntegrationDownlinkNode",
    name: "integration downlink",
    old_names: &["downlink"],
    kind: ComponentKind::Action,
    description: "Hands the message to an integration. Its downlink converter turns it into what is published to the broker, now or as soon as the broker is back. Success means that the integration took it over; what became of it is seen in the integration's events.",
    outputs: &["Success", "Failure"],
    custom_outputs: false,
    version: 0,
    settings: &[Setting {
        name: "integrationId",
        label: "Integration",
        description: "The integration the message goes to.",
        kind: SettingKind::Entity(EntityType::Integration),
        default: "null",
        ..Setting::TEXT
    }],
    upgrade: no_upgrade,
    build: |settings| {
        Ok(Arc::new(IntegrationDownlink {
            integration: integration(settings.get("integrationId"))?,
        }))
    },
    examples: &[
        Example {
            title: "the message leaves unchanged",
            settings: r#"{"integrationId":"7a0f3a0e-52c1-4f8a-9d57-1f0c4b0f8f10"}"#,
            msg_type: "RPC_CALL_FROM_SERVER_TO_DEVICE",
            data: r#"{"method":"setValue","params":"33","additionalInfo":null}"#,
            leaves: r#"{"data":{"method":"setValue","params":"33","additionalInfo":null}}"#,
            ..Example::BASIC
        },
        Example {
            title: "without an integration the message fails",
            settings: "{}",
            leaves_by: "Failure",
            ..Example::BASIC
        },
    ],
};

/// Exports write a bare UUID; an id object is the same.
fn integration(setting: Option<&Json>) -> Result<Option<IntegrationId>, BuildError> {
    let text = match setting {
        None | Some(Json::Null) => return Ok(None),
        Some(Json::Object(id)) => id.get("id").and_then(Json::as_str).unwrap_or_default(),
        Some(other) => other.as_str().unwrap_or_default(),
    };
    if text.trim().is_empty() {
        return Ok(None);
    }
    Uuid::parse_str(text.trim())
        .map(|id| Some(IntegrationId(id)))
        .map_err(|_| BuildError("integrationId must be the UUID of an integration".to_owned()))
}

struct IntegrationDownlink {
    integration: Option<IntegrationId>,
}

impl Node for IntegrationDownlink {
    fn process(&self, message: RuleMessage, services: &mut dyn Services) -> Outcome {
        let handed_over = match self.integration {
            Some(integration) => services.downlink(integration, &message),
            None => Err("no integration is selected: choose one in the node's settings".to_owned()),
        };
        match handed_over {
            Ok(()) => Outcome::success(message),
            Err(reason) => {
                tell_caller(&message, &reason);
                Outcome::Failed(reason, message)
            }
        }
    }
}
