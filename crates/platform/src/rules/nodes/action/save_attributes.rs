//! *save attributes*: stores attributes of the originator.

use std::{str::FromStr, sync::Arc};

use millrace_model::{AttributeScope, Value, message::message_type};
use millrace_store::journal::OutRecord;
use serde::Deserialize;
use serde_json::Value as Json;

use crate::{
    rules::{
        descriptor::{ComponentKind, Example, NodeDescriptor, Setting, SettingKind},
        message::{Data, RuleMessage},
        node::{Node, Outcome, Services},
    },
    telemetry::parse_attributes,
};

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.telemetry.TbMsgAttributesNode",
    name: "save attributes",
    old_names: &[],
    kind: ComponentKind::Action,
    description: "Stores the attributes in the message. metadata.scope overrides the scope of the settings.",
    outputs: &["Success", "Failure"],
    custom_outputs: false,
    version: 3,
    settings: &[
        Setting {
            name: "processingSettings",
            label: "Processing",
            description: "What is stored and when.",
            default: r#"{"type":"ON_EVERY_MESSAGE"}"#,
            ..Setting::JSON
        },
        Setting {
            name: "scope",
            label: "Scope",
            description: "CLIENT_SCOPE, SHARED_SCOPE or SERVER_SCOPE.",
            kind: SettingKind::Choice(&[
                ("CLIENT_SCOPE", "Client"),
                ("SHARED_SCOPE", "Shared"),
                ("SERVER_SCOPE", "Server"),
            ]),
            default: r#""SERVER_SCOPE""#,
            ..Setting::TEXT
        },
        Setting {
            name: "notifyDevice",
            label: "Tell the device",
            description: "Tell the device of changed shared attributes.",
            default: "false",
            ..Setting::BOOLEAN
        },
        Setting {
            name: "sendAttributesUpdatedNotification",
            label: "Send Attributes Updated",
            description: "Send an Attributes Updated message into the chain.",
            default: "false",
            ..Setting::BOOLEAN
        },
        Setting {
            name: "updateAttributesOnlyOnValueChange",
            label: "Only changed values",
            description: "Leave values that are the same unwritten.",
            default: "true",
            ..Setting::BOOLEAN
        },
    ],
    upgrade,
    build: |settings| {
        Ok(Arc::new(SaveAttributes {
            settings: serde_json::from_value(settings.clone())?,
        }))
    },
    examples: &[
        Example {
            title: "attributes of a device",
            settings: r#"{"scope":"CLIENT_SCOPE"}"#,
            msg_type: "POST_ATTRIBUTES_REQUEST",
            data: r#"{"firmware":"1.2"}"#,
            ..Example::BASIC
        },
        Example {
            title: "only attributes can be stored",
            data: r#"{"firmware":"1.2"}"#,
            leaves_by: "Failure",
            ..Example::BASIC
        },
    ],
};

/// Version 0 wrote unchanged values too; up to version 1 an absent `notifyDevice` meant yes.
fn upgrade(settings: &mut Json, from: i64) {
    let Some(settings) = settings.as_object_mut() else {
        return;
    };
    if from < 1 {
        settings
            .entry("updateAttributesOnlyOnValueChange")
            .or_insert(Json::Bool(false));
    }
    if from < 2 {
        let notify = settings
            .get("notifyDevice")
            .is_none_or(|value| value.is_null() || value == true || value == "true");
        settings.insert("notifyDevice".to_owned(), Json::Bool(notify));
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    scope: AttributeScope,
    send_attributes_updated_notification: bool,
    update_attributes_only_on_value_change: bool,
}

struct SaveAttributes {
    settings: Settings,
}

impl Node for SaveAttributes {
    fn process(&self, message: RuleMessage, services: &mut dyn Services) -> Outcome {
        if &*message.msg_type != message_type::POST_ATTRIBUTES_REQUEST {
            let error = format!(
                "only POST_ATTRIBUTES_REQUEST can be stored as attributes, this is {}",
                message.msg_type
            );
            return Outcome::Failed(error, message);
        }
        let scope = match message
            .metadata
            .get("scope")
            .filter(|scope| !scope.is_empty())
            .map(AttributeScope::from_str)
        {
            None => self.settings.scope,
            Some(Ok(scope)) => scope,
            Some(Err(error)) => {
                return Outcome::Failed(format!("metadata.scope: {error}"), message);
            }
        };
        let mut values = match values(&message.data) {
            Ok(values) => values,
            Err(error) => return Outcome::Failed(error, message),
        };
        // A message that runs again after a kill must not take back what later ones wrote.
        let (arrival, only_changes) = (
            services.arrival_ms(),
            self.settings.update_attributes_only_on_value_change,
        );
        values.retain(|(key, value)| {
            services
                .attribute(message.originator, scope, key)
                .is_none_or(|stored| {
                    stored.ts <= arrival && !(only_changes && stored.value == *value)
                })
        });
        if values.is_empty() {
            return Outcome::success(message);
        }
        let notify =
            self.settings.send_attributes_updated_notification && scope != AttributeScope::Client;
        let updated = notify.then(|| attributes_updated(&message, scope, &values));
        services.save(OutRecord::Attributes {
            tenant: services.tenant(),
            entity: message.originator,
            scope,
            at: services.arrival_ms(),
            values,
        });
        if let Some(updated) = updated {
            services.emit(updated);
        }
        Outcome::success(message)
    }
}

fn values(data: &Data) -> Result<Vec<(Arc<str>, Value)>, String> {
    match data {
        Data::Values(values) => Ok(values.to_vec()),
        Data::Text(_) => {
            let body = data
                .json()
                .map_err(|error| format!("the message body is no JSON: {error}"))?;
            parse_attributes(&body).map_err(|error| error.to_string())
        }
    }
}

fn attributes_updated(
    cause: &RuleMessage,
    scope: AttributeScope,
    values: &[(Arc<str>, Value)],
) -> RuleMessage {
    let mut message = cause.clone();
    message.msg_type = message_type::ATTRIBUTES_UPDATED.into();
    message.metadata.set("scope", scope.as_str());
    message.data = Data::Values(values.into());
    message
}
