//! *rename keys*: members or entries get other names.

use std::sync::Arc;

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::keys::{self, Place};
use crate::rules::{
    descriptor::{ComponentKind, Example, NodeDescriptor, Setting},
    message::{Metadata, RuleMessage},
    node::{Node, Outcome, Services},
};

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.transform.TbRenameKeysNode",
    name: "rename keys",
    old_names: &[],
    kind: ComponentKind::Transformation,
    description: "Gives members of the body or entries of the metadata other names. Names that are not there are left out; the others stay.",
    outputs: &["Success", "Failure"],
    custom_outputs: false,
    version: 2,
    settings: &[
        Setting {
            name: "renameIn",
            label: "Rename in",
            description: "Where the names are looked for.",
            kind: keys::PLACES,
            default: r#""DATA""#,
            ..Setting::TEXT
        },
        Setting {
            name: "renameKeysMapping",
            label: "Names",
            description: "Present name, and the new one.",
            default: r#"{"temperatureCelsius":"temperature"}"#,
            ..Setting::MAP
        },
    ],
    upgrade: |settings, from| keys::upgrade(settings, from, "dataToFetch", "renameIn"),
    build: |settings| {
        let settings: RenameKeys = serde_json::from_value(settings.clone())?;
        Ok(Arc::new(settings))
    },
    examples: &[
        Example {
            title: "a member of the body",
            settings: r#"{"renameKeysMapping":{"t":"temperature","absent":"x"}}"#,
            data: r#"{"t":25.1,"humidity":40}"#,
            leaves: r#"{"data":{"temperature":25.1,"humidity":40}}"#,
            ..Example::BASIC
        },
        Example {
            title: "an entry of the metadata",
            settings: r#"{"renameIn":"METADATA","renameKeysMapping":{"deviceName":"name"}}"#,
            metadata: r#"{"deviceName":"Boiler"}"#,
            leaves: r#"{"metadata":{"name":"Boiler","deviceName":null}}"#,
            ..Example::BASIC
        },
        Example {
            title: "a list has no names",
            data: "[1]",
            leaves_by: "Failure",
            ..Example::BASIC
        },
    ],
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RenameKeys {
    rename_in: Place,
    rename_keys_mapping: IndexMap<String, String>,
}

impl RenameKeys {
    fn new_name<'a>(&'a self, key: &'a str) -> &'a str {
        self.rename_keys_mapping
            .get(key)
            .map_or(key, String::as_str)
    }

    fn rename(&self, message: &mut RuleMessage) -> Result<(), String> {
        match self.rename_in {
            Place::Data => {
                let body: Map<String, Json> = message
                    .object()?
                    .into_iter()
                    .map(|(key, value)| (self.new_name(&key).to_owned(), value))
                    .collect();
                message.set_body(&Json::Object(body));
            }
            Place::Metadata => {
                let mut metadata = Metadata::default();
                for (key, value) in message.metadata.iter() {
                    metadata.set(self.new_name(key).to_owned(), value.to_owned());
                }
                message.metadata = metadata;
            }
        }
        Ok(())
    }
}

impl Node for RenameKeys {
    fn process(&self, mut message: RuleMessage, _services: &mut dyn Services) -> Outcome {
        match self.rename(&mut message) {
            Ok(()) => Outcome::success(message),
            Err(error) => Outcome::Failed(error, message),
        }
    }
}
