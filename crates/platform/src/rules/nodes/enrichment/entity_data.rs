//! What *customer attributes*, *tenant attributes* and *related attributes* share: values of one
//! other entity, under names of their own.

use indexmap::IndexMap;
use millrace_model::{AttributeScope, EntityId, TenantId};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::fetch::{self, FetchTo, Fetched};
use crate::{
    Scope,
    rules::{
        descriptor::{Setting, SettingKind},
        directory::Directory,
        message::RuleMessage,
        template::{Filling, Template},
    },
};

/// The three settings.
pub(super) const SETTINGS: [Setting; 3] = [
    Setting {
        name: "dataMapping",
        label: "Values",
        description: "Key of the value, and the name it gets in the message.",
        default: r#"{"alarmThreshold":"threshold"}"#,
        template: true,
        ..Setting::MAP
    },
    Setting {
        name: "dataToFetch",
        label: "Fetch",
        description: "What the keys name: server attributes, latest telemetry or fields.",
        kind: SettingKind::Choice(&[
            ("ATTRIBUTES", "Attributes"),
            ("LATEST_TELEMETRY", "Latest telemetry"),
            ("FIELDS", "Fields"),
        ]),
        default: r#""ATTRIBUTES""#,
        ..Setting::TEXT
    },
    fetch::SETTING,
];

/// Which values, from where to where.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EntityData {
    data_mapping: IndexMap<String, String>,
    data_to_fetch: Kind,
    fetch_to: FetchTo,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Kind {
    Attributes,
    LatestTelemetry,
    Fields,
}

impl EntityData {
    /// Adds the values of `entity` that are there.
    pub(super) fn add(
        &self,
        message: &mut RuleMessage,
        directory: &Directory,
        tenant: TenantId,
        entity: EntityId,
    ) -> Result<(), String> {
        self.fetch_to.check(message)?;
        let row = match self.data_to_fetch {
            Kind::Fields => Some(directory.existing(tenant, entity)?),
            _ => None,
        };
        let mut found = Vec::with_capacity(self.data_mapping.len());
        {
            let filling = Filling::of(message);
            for (key, name) in &self.data_mapping {
                let (key, name) = (Template::new(key), Template::new(name));
                let (key, name) = (key.fill(&filling)?, name.fill(&filling)?.into_owned());
                let value = match (self.data_to_fetch, &row) {
                    (Kind::Fields, Some(row)) => row.field(&key).map(Fetched::Json),
                    (Kind::LatestTelemetry, _) => latest(directory, tenant, entity, &key)?,
                    _ => directory
                        .telemetry
                        .attribute(entity, AttributeScope::Server, &key)
                        .map(|stored| Fetched::Value(stored.value)),
                };
                found.extend(value.map(|value| (name, value)));
            }
        }
        self.fetch_to.put(message, found)
    }
}

fn latest(
    directory: &Directory,
    tenant: TenantId,
    entity: EntityId,
    key: &str,
) -> Result<Option<Fetched>, String> {
    let found = directory
        .telemetry
        .latest(&Scope::server(tenant), entity, Some(&[key.into()]))
        .map_err(|error| error.to_string())?;
    Ok(found
        .into_iter()
        .next()
        .map(|(_, stored)| Fetched::Value(stored.value)))
}

/// Version 0 had `attrMapping` and a switch `telemetry`, as a boolean or a text.
pub(super) fn upgrade(settings: &mut Json, from: i64) {
    let (0, Some(members)) = (from, settings.as_object_mut()) else {
        return;
    };
    if let Some(mapping) = members.remove("attrMapping") {
        members.entry("dataMapping").or_insert(mapping);
    }
    if let Some(telemetry) = members.remove("telemetry") {
        let latest = telemetry == true || telemetry == "true";
        let text = if latest {
            "LATEST_TELEMETRY"
        } else {
            "ATTRIBUTES"
        };
        members.entry("dataToFetch").or_insert(json!(text));
    }
    members.entry("fetchTo").or_insert(json!("METADATA"));
}
