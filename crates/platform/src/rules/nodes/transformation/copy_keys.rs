//! *copy key-value pairs*: from body to metadata or back.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value as Json;

use super::keys::{self, KeyPatterns, Place};
use crate::rules::{
    descriptor::{ComponentKind, Example, NodeDescriptor, Setting},
    message::RuleMessage,
    node::{Node, Outcome, Services},
};

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.transform.TbCopyKeysNode",
    name: "copy key-value pairs",
    old_names: &["copy keys"],
    kind: ComponentKind::Transformation,
    description: "Copies members of the body to the metadata, as text, or entries of the metadata to the body. Keys that are not there are left out. A key may be a regular expression for the whole key.",
    outputs: &["Success", "Failure"],
    custom_outputs: false,
    version: 2,
    settings: &[
        Setting {
            name: "copyFrom",
            label: "Copy from",
            description: "Where the keys are looked for; they go to the other place.",
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
    upgrade: |settings, from| keys::upgrade(settings, from, "dataToFetch", "copyFrom"),
    build: |settings| {
        let settings: Settings = serde_json::from_value(settings.clone())?;
        Ok(Arc::new(CopyKeys {
            from: settings.copy_from,
            keys: KeyPatterns::new(&settings.keys)?,
        }))
    },
    examples: &[
        Example {
            title: "from the body to the metadata",
            settings: r#"{"keys":["temp.*","absent"]}"#,
            data: r#"{"temperature":25.0,"text":"a","temps":[1]}"#,
            leaves: r#"{"data":{"temperature":25.0,"text":"a","temps":[1]},"metadata":{"temperature":"25.0","temps":"[1]","text":null}}"#,
            ..Example::BASIC
        },
        Example {
            title: "from the metadata to the body",
            settings: r#"{"copyFrom":"METADATA","keys":["deviceName"]}"#,
            metadata: r#"{"deviceName":"Boiler","ts":"1"}"#,
            data: r#"{"temperature":25}"#,
            leaves: r#"{"data":{"temperature":25,"deviceName":"Boiler"}}"#,
            ..Example::BASIC
        },
        Example {
            title: "a list has no members to add to",
            settings: r#"{"copyFrom":"METADATA","keys":["a"]}"#,
            metadata: r#"{"a":"b"}"#,
            data: "[1]",
            leaves_by: "Failure",
            ..Example::BASIC
        },
    ],
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    copy_from: Place,
    keys: Vec<String>,
}

struct CopyKeys {
    from: Place,
    keys: KeyPatterns,
}

impl CopyKeys {
    fn copy(&self, message: &mut RuleMessage) -> Result<(), String> {
        let mut body = message.object()?;
        match self.from {
            Place::Data => {
                for (key, value) in body {
                    if self.keys.matches(&key) {
                        let text = match value {
                            Json::String(text) => text,
                            other => other.to_string(),
                        };
                        message.metadata.set(key, text);
                    }
                }
            }
            Place::Metadata => {
                for (key, value) in message.metadata.iter() {
                    if self.keys.matches(key) {
                        body.insert(key.to_owned(), value.into());
                    }
                }
                message.set_body(&Json::Object(body));
            }
        }
        Ok(())
    }
}

impl Node for CopyKeys {
    fn process(&self, mut message: RuleMessage, _services: &mut dyn Services) -> Outcome {
        match self.copy(&mut message) {
            Ok(()) => Outcome::success(message),
            Err(error) => Outcome::Failed(error, message),
        }
    }
}
