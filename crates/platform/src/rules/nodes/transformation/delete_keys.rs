//! *delete key-value pairs*: members or entries are taken out.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value as Json;

use super::keys::{self, KeyPatterns, Place};
use crate::rules::{
    descriptor::{ComponentKind, Example, NodeDescriptor, Setting},
    message::{Metadata, RuleMessage},
    node::{Node, Outcome, Services},
};

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.transform.TbDeleteKeysNode",
    name: "delete key-value pairs",
    old_names: &["delete keys"],
    kind: ComponentKind::Transformation,
    description: "Takes members out of the body or entries out of the metadata. A key may be a regular expression for the whole key.",
    outputs: &["Success", "Failure"],
    custom_outputs: false,
    version: 2,
    settings: &[
        Setting {
            name: "deleteFrom",
            label: "Delete from",
            description: "Where the keys are looked for.",
            kind: keys::PLACES,
            default: r#""DATA""#,
            ..Setting::TEXT
        },
        Setting {
            name: "keys",
            label: "Keys",
            description: "Names or regular expressions.",
            ..Setting::TEXTS
        },
    ],
    upgrade: |settings, from| keys::upgrade(settings, from, "dataToFetch", "deleteFrom"),
    build: |settings| {
        let settings: Settings = serde_json::from_value(settings.clone())?;
        Ok(Arc::new(DeleteKeys {
            from: settings.delete_from,
            keys: KeyPatterns::new(&settings.keys)?,
        }))
    },
    examples: &[
        Example {
            title: "members whose names begin alike",
            settings: r#"{"keys":["debug_.*"]}"#,
            data: r#"{"temperature":25.1,"debug_a":1,"debug_b":2}"#,
            leaves: r#"{"data":{"temperature":25.1}}"#,
            ..Example::BASIC
        },
        Example {
            title: "an entry of the metadata",
            settings: r#"{"deleteFrom":"METADATA","keys":["ts"]}"#,
            metadata: r#"{"ts":"1","deviceName":"Boiler"}"#,
            leaves: r#"{"metadata":{"ts":null,"deviceName":"Boiler"}}"#,
            ..Example::BASIC
        },
        Example {
            title: "a list has no names",
            settings: r#"{"keys":["a"]}"#,
            data: "[1]",
            leaves_by: "Failure",
            ..Example::BASIC
        },
    ],
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    delete_from: Place,
    keys: Vec<String>,
}

struct DeleteKeys {
    from: Place,
    keys: KeyPatterns,
}

impl DeleteKeys {
    fn delete(&self, message: &mut RuleMessage) -> Result<(), String> {
        match self.from {
            Place::Data => {
                let mut body = message.object()?;
                body.retain(|key, _| !self.keys.matches(key));
                message.set_body(&Json::Object(body));
            }
            Place::Metadata => {
                let mut metadata = Metadata::default();
                for (key, value) in message.metadata.iter() {
                    if !self.keys.matches(key) {
                        metadata.set(key.to_owned(), value.to_owned());
                    }
                }
                message.metadata = metadata;
            }
        }
        Ok(())
    }
}

impl Node for DeleteKeys {
    fn process(&self, mut message: RuleMessage, _services: &mut dyn Services) -> Outcome {
        match self.delete(&mut message) {
            Ok(()) => Outcome::success(message),
            Err(error) => Outcome::Failed(error, message),
        }
    }
}
