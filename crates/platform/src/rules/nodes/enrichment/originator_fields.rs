//! *originator fields*: adds fields of the originator itself, such as its name.

use std::sync::Arc;

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value as Json;

use super::fetch::{self, FetchTo, Fetched};
use crate::rules::{
    descriptor::{ComponentKind, Example, NodeDescriptor, Setting},
    directory::Directory,
    message::RuleMessage,
    node::{Node, Outcome, Services, off_lane},
};

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.metadata.TbGetOriginatorFieldsNode",
    name: "originator fields",
    old_names: &[],
    kind: ComponentKind::Enrichment,
    description: "Adds fields of the originator to the message: name, type (its profile), label, createdTime, id, additionalInfo, and for people and customers title, email, firstName, lastName, phone, country, state, city, address, address2 and zip.",
    outputs: &["Success", "Failure"],
    custom_outputs: false,
    version: 1,
    settings: &[
        Setting {
            name: "dataMapping",
            label: "Fields",
            description: "Field of the originator, and the name it gets in the message.",
            default: r#"{"name":"originatorName","type":"originatorType"}"#,
            ..Setting::MAP
        },
        Setting {
            name: "ignoreNullStrings",
            label: "Leave empty fields out",
            description: "Fields without a value are not added.",
            ..Setting::BOOLEAN
        },
        fetch::SETTING,
    ],
    upgrade: |settings, from| {
        if let (0, Some(members)) = (from, settings.as_object_mut()) {
            if let Some(mapping) = members.remove("fieldsMapping") {
                members.entry("dataMapping").or_insert(mapping);
            }
            members.entry("fetchTo").or_insert("METADATA".into());
        }
    },
    build: |settings| {
        let settings: Settings = serde_json::from_value(settings.clone())?;
        Ok(Arc::new(OriginatorFields(Arc::new(settings))))
    },
    examples: &[
        Example {
            title: "name and type of a device",
            data: r#"{"temperature":25.1}"#,
            leaves: r#"{"data":{"temperature":25.1},"metadata":{"originatorName":"Boiler","originatorType":"thermometer"}}"#,
            ..Example::BASIC
        },
        Example {
            title: "a member of its free JSON, into the body",
            settings: r#"{"dataMapping":{"label":"label","additionalInfo":"info","zip":"zip"},"fetchTo":"DATA","ignoreNullStrings":true}"#,
            data: r#"{"temperature":25.1}"#,
            leaves: r#"{"data":{"temperature":25.1,"label":"Boiler in the cellar","info":{"description":"the old one"}}}"#,
            ..Example::BASIC
        },
        Example {
            title: "a list has no place for them",
            settings: r#"{"fetchTo":"DATA"}"#,
            data: "[]",
            leaves_by: "Failure",
            ..Example::BASIC
        },
    ],
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    data_mapping: IndexMap<String, String>,
    ignore_null_strings: bool,
    fetch_to: FetchTo,
}

struct OriginatorFields(Arc<Settings>);

impl Settings {
    fn add(
        &self,
        message: &mut RuleMessage,
        directory: &Directory,
        tenant: millrace_model::TenantId,
    ) -> Result<(), String> {
        self.fetch_to.check(message)?;
        let row = directory.existing(tenant, message.originator)?;
        let mut found = Vec::with_capacity(self.data_mapping.len());
        for (field, name) in &self.data_mapping {
            match row.field(field) {
                Some(value) => found.push((name.clone(), Fetched::Json(value))),
                None if !self.ignore_null_strings && self.fetch_to == FetchTo::Data => {
                    found.push((name.clone(), Fetched::Json(Json::Null)));
                }
                None => {}
            }
        }
        self.fetch_to.put(message, found)
    }
}

impl Node for OriginatorFields {
    fn process(&self, mut message: RuleMessage, services: &mut dyn Services) -> Outcome {
        let (settings, tenant) = (Arc::clone(&self.0), services.tenant());
        off_lane(services, move |directory| {
            match settings.add(&mut message, directory, tenant) {
                Ok(()) => Outcome::success(message),
                Err(error) => Outcome::Failed(error, message),
            }
        })
    }
}
