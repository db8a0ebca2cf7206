//! *originator attributes*: adds attributes and latest telemetry of the originator.

use std::{fmt::Write as _, sync::Arc};

use millrace_model::{AttributeScope, telemetry::TsValue};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::fetch::{self, FetchTo, Fetched};
use crate::rules::{
    descriptor::{ComponentKind, Example, NodeDescriptor, Setting},
    message::RuleMessage,
    node::{BuildError, Node, Outcome, Services},
    template::{Filling, Template},
};

/// Most names of all lists together.
const MOST_NAMES: usize = 1_000;

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.metadata.TbGetAttributesNode",
    name: "originator attributes",
    old_names: &["get attributes"],
    kind: ComponentKind::Enrichment,
    description: "Adds attributes and latest telemetry of the originator to the message. Names get a prefix: cs_ for client, shared_ for shared and ss_ for server attributes; telemetry gets none.",
    outputs: &["Success", "Failure"],
    custom_outputs: false,
    version: 1,
    settings: &[
        Setting {
            name: "clientAttributeNames",
            label: "Client attributes",
            description: "Fetched with the prefix cs_.",
            template: true,
            ..Setting::TEXTS
        },
        Setting {
            name: "sharedAttributeNames",
            label: "Shared attributes",
            description: "Fetched with the prefix shared_.",
            template: true,
            ..Setting::TEXTS
        },
        Setting {
            name: "serverAttributeNames",
            label: "Server attributes",
            description: "Fetched with the prefix ss_.",
            template: true,
            ..Setting::TEXTS
        },
        Setting {
            name: "latestTsKeyNames",
            label: "Latest telemetry",
            description: "Fetched under their own names.",
            template: true,
            ..Setting::TEXTS
        },
        Setting {
            name: "getLatestValueWithTs",
            label: "Telemetry with its time",
            description: "Latest telemetry comes as an object of ts and value.",
            ..Setting::BOOLEAN
        },
        Setting {
            name: "tellFailureIfAbsent",
            label: "Fail when something is missing",
            description: "A missing value sends the message to Failure, with what was found.",
            default: "true",
            // Exports from before the setting never failed for a missing value.
            absent: Some("false"),
            ..Setting::BOOLEAN
        },
        fetch::SETTING,
    ],
    upgrade: |settings, from| {
        if from < 1 {
            fetch::upgrade_switch(settings, "fetchToData");
        }
    },
    build: |settings| Ok(Arc::new(OriginatorAttributes::new(settings)?)),
    examples: &[
        Example {
            title: "one of each, as text in the metadata",
            settings: r#"{"clientAttributeNames":["model"],"sharedAttributeNames":["interval"],"serverAttributeNames":["limit"],"latestTsKeyNames":["temperature"]}"#,
            stored: r#"{"client":{"model":"T1"},"shared":{"interval":60},"server":{"limit":25.0},"latest":{"temperature":21.5}}"#,
            data: r#"{"humidity":40}"#,
            leaves: r#"{"data":{"humidity":40},"metadata":{"cs_model":"T1","shared_interval":"60","ss_limit":"25.0","temperature":"21.5","model":null}}"#,
            ..Example::BASIC
        },
        Example {
            title: "typed in the body, telemetry with its time",
            settings: r#"{"fetchTo":"DATA","serverAttributeNames":["limit"],"latestTsKeyNames":["temperature"],"getLatestValueWithTs":true}"#,
            stored: r#"{"server":{"limit":25},"latest":{"temperature":21.5}}"#,
            data: r#"{"humidity":40}"#,
            leaves: r#"{"data":{"humidity":40,"ss_limit":25,"temperature":{"ts":1699999999000,"value":21.5}}}"#,
            ..Example::BASIC
        },
        Example {
            title: "a name from the metadata",
            settings: r#"{"serverAttributeNames":["limit_${sensor}"]}"#,
            metadata: r#"{"sensor":"a"}"#,
            stored: r#"{"server":{"limit_a":1}}"#,
            leaves: r#"{"metadata":{"ss_limit_a":"1"}}"#,
            ..Example::BASIC
        },
        Example {
            title: "what is missing is named, what was found is added",
            settings: r#"{"clientAttributeNames":["model","vendor"],"latestTsKeyNames":["temperature"]}"#,
            stored: r#"{"client":{"model":"T1"}}"#,
            leaves_by: "Failure",
            leaves: r#"{"metadata":{"cs_model":"T1","error":"the originator has no client attribute vendor, no telemetry temperature"}}"#,
            ..Example::BASIC
        },
        Example {
            title: "missing values do not matter",
            settings: r#"{"tellFailureIfAbsent":false,"serverAttributeNames":["limit"]}"#,
            leaves: r#"{"metadata":{"ss_limit":null}}"#,
            ..Example::BASIC
        },
        Example {
            title: "a list has no place for them",
            settings: r#"{"fetchTo":"DATA","serverAttributeNames":["limit"]}"#,
            stored: r#"{"server":{"limit":25}}"#,
            data: "[1]",
            leaves_by: "Failure",
            ..Example::BASIC
        },
    ],
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    client_attribute_names: Option<Vec<Template>>,
    shared_attribute_names: Option<Vec<Template>>,
    server_attribute_names: Option<Vec<Template>>,
    latest_ts_key_names: Option<Vec<Template>>,
    get_latest_value_with_ts: Option<bool>,
    tell_failure_if_absent: Option<bool>,
    fetch_to: FetchTo,
}

struct OriginatorAttributes {
    /// Scope, prefix, what it is called, names.
    attributes: Vec<(AttributeScope, &'static str, &'static str, Vec<Template>)>,
    latest: Vec<Template>,
    with_ts: bool,
    must_be_there: bool,
    fetch_to: FetchTo,
}

impl OriginatorAttributes {
    fn new(settings: &Json) -> Result<Self, BuildError> {
        let settings: Settings = serde_json::from_value(settings.clone())?;
        let attributes = vec![
            (
                AttributeScope::Client,
                "cs_",
                "client attribute",
                settings.client_attribute_names.unwrap_or_default(),
            ),
            (
                AttributeScope::Shared,
                "shared_",
                "shared attribute",
                settings.shared_attribute_names.unwrap_or_default(),
            ),
            (
                AttributeScope::Server,
                "ss_",
                "server attribute",
                settings.server_attribute_names.unwrap_or_default(),
            ),
        ];
        let latest = settings.latest_ts_key_names.unwrap_or_default();
        let names = attributes
            .iter()
            .map(|(.., names)| names.len())
            .sum::<usize>()
            + latest.len();
        if names > MOST_NAMES {
            return Err(BuildError(format!(
                "the settings name {names} keys: name at most {MOST_NAMES}"
            )));
        }
        Ok(Self {
            attributes,
            latest,
            with_ts: settings.get_latest_value_with_ts.unwrap_or(false),
            must_be_there: settings.tell_failure_if_absent.unwrap_or(false),
            fetch_to: settings.fetch_to,
        })
    }

    /// What was found, and a sentence part about what was not.
    fn find(
        &self,
        message: &RuleMessage,
        services: &dyn Services,
    ) -> Result<(Vec<(String, Fetched)>, String), String> {
        let filling = Filling::of(message);
        let (mut found, mut missing) = (Vec::new(), String::new());
        let mut miss = |what: &str, key: &str| {
            let comma = if missing.is_empty() { "" } else { "," };
            // Writing to a text cannot fail.
            let _ = write!(missing, "{comma} no {what} {key}");
        };
        for (scope, prefix, what, names) in &self.attributes {
            for name in names {
                let key = name.fill(&filling)?;
                match services.attribute(message.originator, *scope, &key) {
                    Some(stored) => {
                        found.push((format!("{prefix}{key}"), Fetched::Value(stored.value)));
                    }
                    None => miss(what, &key),
                }
            }
        }
        for name in &self.latest {
            let key = name.fill(&filling)?;
            match services.latest(message.originator, &key) {
                Some(stored) => found.push((key.into_owned(), self.latest(stored))),
                None => miss("telemetry", &key),
            }
        }
        Ok((found, missing))
    }

    fn latest(&self, stored: TsValue) -> Fetched {
        if self.with_ts {
            Fetched::Json(json!({ "ts": stored.ts, "value": stored.value.to_json() }))
        } else {
            Fetched::Value(stored.value)
        }
    }
}

impl Node for OriginatorAttributes {
    fn process(&self, mut message: RuleMessage, services: &mut dyn Services) -> Outcome {
        let put = self.find(&message, services).and_then(|(found, missing)| {
            self.fetch_to.put(&mut message, found)?;
            Ok(missing)
        });
        match put {
            Ok(missing) if self.must_be_there && !missing.is_empty() => {
                Outcome::Failed(format!("the originator has{missing}"), message)
            }
            Ok(_) => Outcome::success(message),
            Err(error) => Outcome::Failed(error, message),
        }
    }
}
