//! *check fields presence*: whether body and metadata hold some names.

use std::{borrow::Cow, sync::Arc};

use serde::Deserialize;

use super::verdict;
use crate::rules::{
    descriptor::{ComponentKind, Example, NodeDescriptor, Setting, no_upgrade},
    message::RuleMessage,
    node::{Node, Outcome, Services},
};

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.filter.TbCheckMessageNode",
    name: "check fields presence",
    old_names: &["check existence fields"],
    kind: ComponentKind::Filter,
    description: "Leaves by True when the named members are in the body and the named entries in the metadata: all of them, or with the switch off at least one.",
    outputs: &["True", "False", "Failure"],
    custom_outputs: false,
    version: 0,
    settings: &[
        Setting {
            name: "messageNames",
            label: "Members of the body",
            description: "Names looked for in the message body.",
            ..Setting::TEXTS
        },
        Setting {
            name: "metadataNames",
            label: "Entries of the metadata",
            description: "Names looked for in the metadata.",
            ..Setting::TEXTS
        },
        Setting {
            name: "checkAllKeys",
            label: "All of them",
            description: "Every name must be there; off: one is enough.",
            default: "true",
            ..Setting::BOOLEAN
        },
    ],
    upgrade: no_upgrade,
    build: |settings| {
        let settings: FieldsPresence = serde_json::from_value(settings.clone())?;
        Ok(Arc::new(settings))
    },
    examples: &[
        Example {
            title: "both are there",
            settings: r#"{"messageNames":["temperature"],"metadataNames":["deviceName"]}"#,
            metadata: r#"{"deviceName":"Boiler"}"#,
            data: r#"{"temperature":25.1}"#,
            leaves_by: "True",
            ..Example::BASIC
        },
        Example {
            title: "one is missing",
            settings: r#"{"messageNames":["temperature","humidity"]}"#,
            data: r#"{"temperature":25.1}"#,
            leaves_by: "False",
            ..Example::BASIC
        },
        Example {
            title: "one is enough",
            settings: r#"{"messageNames":["temperature","humidity"],"checkAllKeys":false}"#,
            data: r#"{"temperature":25.1}"#,
            leaves_by: "True",
            ..Example::BASIC
        },
        Example {
            title: "a list has no members",
            settings: r#"{"messageNames":["temperature"]}"#,
            data: "[1]",
            leaves_by: "Failure",
            ..Example::BASIC
        },
    ],
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FieldsPresence {
    message_names: Option<Vec<String>>,
    metadata_names: Option<Vec<String>>,
    check_all_keys: bool,
}

impl FieldsPresence {
    fn holds(&self, message: &RuleMessage) -> Result<bool, String> {
        let names = self.message_names.as_deref().unwrap_or_default();
        let body = if names.is_empty() {
            serde_json::Map::new()
        } else {
            message.object()?
        };
        let entries = self.metadata_names.as_deref().unwrap_or_default();
        let mut found = names.iter().map(|name| body.contains_key(name)).chain(
            entries
                .iter()
                .map(|name| message.metadata.get(name).is_some()),
        );
        Ok(if self.check_all_keys {
            found.all(|there| there)
        } else {
            found.any(|there| there)
        })
    }
}

impl Node for FieldsPresence {
    fn process(&self, message: RuleMessage, _services: &mut dyn Services) -> Outcome {
        match self.holds(&message) {
            Ok(holds) => Outcome::Next(Cow::Borrowed(verdict(holds)), message),
            Err(error) => Outcome::Failed(error, message),
        }
    }
}
