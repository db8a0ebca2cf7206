//! *save time series*: stores telemetry of the originator.

use std::sync::Arc;

use millrace_model::{message::message_type, telemetry::TsValues};
use millrace_store::journal::OutRecord;
use serde::Deserialize;
use serde_json::Value as Json;

use crate::{
    rules::{
        descriptor::{ComponentKind, Example, NodeDescriptor, Setting},
        message::{Data, RuleMessage},
        node::{BuildError, Node, Outcome, Services},
    },
    telemetry::parse_telemetry,
};

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.telemetry.TbMsgTimeseriesNode",
    name: "save time series",
    old_names: &["save timeseries"],
    kind: ComponentKind::Action,
    description: "Stores the telemetry in the message: history and latest values. The time is the entry's own, else metadata.ts, else the time of the message. metadata.TTL (seconds) overrides the default time to live.",
    outputs: &["Success", "Failure"],
    custom_outputs: false,
    version: 1,
    settings: &[
        Setting {
            name: "defaultTTL",
            label: "Default time to live, s",
            description: "Seconds until the points may be forgotten; 0 keeps them.",
            default: "0",
            ..Setting::NUMBER
        },
        Setting {
            name: "useServerTs",
            label: "Use the time of arrival",
            description: "Use the time of arrival in place of the message's own.",
            default: "false",
            ..Setting::BOOLEAN
        },
        Setting {
            name: "processingSettings",
            label: "Processing",
            description: "What is stored and when.",
            default: r#"{"type":"ON_EVERY_MESSAGE"}"#,
            ..Setting::JSON
        },
    ],
    upgrade,
    build: |settings| {
        Ok(Arc::new(SaveTimeSeries::new(serde_json::from_value(
            settings.clone(),
        )?)?))
    },
    examples: &[
        Example {
            title: "values of one moment",
            metadata: r#"{"ts":"1700000000000"}"#,
            data: r#"{"temperature":25.1}"#,
            ..Example::BASIC
        },
        Example {
            title: "only telemetry can be stored",
            msg_type: "POST_ATTRIBUTES_REQUEST",
            data: r#"{"temperature":25.1}"#,
            leaves_by: "Failure",
            ..Example::BASIC
        },
        Example {
            title: "an empty body holds nothing to store",
            leaves_by: "Failure",
            ..Example::BASIC
        },
    ],
};

/// Version 0 had a switch for latest values in place of the processing settings.
fn upgrade(settings: &mut Json, from: i64) {
    if from >= 1 {
        return;
    }
    let Some(settings) = settings.as_object_mut() else {
        return;
    };
    let skip_latest = settings
        .remove("skipLatestPersistence")
        .is_some_and(|value| value == true || value == "true");
    if skip_latest && !settings.contains_key("processingSettings") {
        settings.insert(
            "processingSettings".to_owned(),
            serde_json::json!({
                "type": "ADVANCED",
                "timeseries": {"type": "ON_EVERY_MESSAGE"},
                "latest": {"type": "SKIP"},
                "webSockets": {"type": "ON_EVERY_MESSAGE"},
                "calculatedFields": {"type": "ON_EVERY_MESSAGE"},
            }),
        );
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    #[serde(rename = "defaultTTL")]
    default_ttl: i64,
    use_server_ts: bool,
    processing_settings: Processing,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE")]
enum Processing {
    OnEveryMessage,
    #[serde(rename_all = "camelCase")]
    Advanced {
        timeseries: Strategy,
        latest: Strategy,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE")]
enum Strategy {
    OnEveryMessage,
    Skip,
    #[serde(other)]
    Other,
}

impl Strategy {
    fn on(&self, name: &str) -> Result<bool, BuildError> {
        match self {
            Self::OnEveryMessage => Ok(true),
            Self::Skip => Ok(false),
            Self::Other => Err(BuildError(format!(
                "processingSettings.{name}.type must be ON_EVERY_MESSAGE or SKIP: deduplication is not available yet"
            ))),
        }
    }
}

struct SaveTimeSeries {
    default_ttl_secs: i64,
    use_server_ts: bool,
    history: bool,
    latest: bool,
}

impl SaveTimeSeries {
    fn new(settings: Settings) -> Result<Self, BuildError> {
        let (history, latest) = match settings.processing_settings {
            Processing::OnEveryMessage => (true, true),
            Processing::Advanced { timeseries, latest } => {
                (timeseries.on("timeseries")?, latest.on("latest")?)
            }
            Processing::Other => {
                return Err(BuildError(
                    "processingSettings.type must be ON_EVERY_MESSAGE or ADVANCED: the others are not available yet".to_owned(),
                ));
            }
        };
        Ok(Self {
            default_ttl_secs: settings.default_ttl,
            use_server_ts: settings.use_server_ts,
            history,
            latest,
        })
    }

    fn entries(&self, message: &RuleMessage, arrival: i64) -> Result<Vec<TsValues>, String> {
        let own = message
            .metadata
            .get("ts")
            .and_then(|text| text.parse().ok())
            .unwrap_or(message.ts);
        let ts = if self.use_server_ts { arrival } else { own };
        if let Data::Values(values) = &message.data {
            return Ok(if values.is_empty() {
                Vec::new()
            } else {
                vec![TsValues {
                    ts,
                    values: values.to_vec(),
                }]
            });
        }
        let body = message
            .data
            .json()
            .map_err(|error| format!("the message body is no JSON: {error}"))?;
        let mut entries = parse_telemetry(&body, ts).map_err(|error| error.to_string())?;
        if self.use_server_ts {
            entries.iter_mut().for_each(|entry| entry.ts = arrival);
        }
        Ok(entries)
    }
}

impl Node for SaveTimeSeries {
    fn process(&self, message: RuleMessage, services: &mut dyn Services) -> Outcome {
        if &*message.msg_type != message_type::POST_TELEMETRY_REQUEST {
            let error = format!(
                "only POST_TELEMETRY_REQUEST can be stored as time series, this is {}",
                message.msg_type
            );
            return Outcome::Failed(error, message);
        }
        let ttl_secs = match message.metadata.get("TTL").map(str::parse::<i64>) {
            Some(Ok(ttl)) => ttl,
            Some(Err(_)) => {
                return Outcome::Failed(
                    "metadata.TTL must be a number of seconds".to_owned(),
                    message,
                );
            }
            None => self.default_ttl_secs,
        };
        let arrival = services.arrival_ms();
        let entries = match self.entries(&message, arrival) {
            Ok(entries) if entries.iter().all(|entry| entry.values.is_empty()) => {
                return Outcome::Failed("the message holds no telemetry".to_owned(), message);
            }
            Ok(entries) => entries,
            Err(error) => return Outcome::Failed(error, message),
        };
        let expires =
            (ttl_secs > 0).then(|| arrival.saturating_add(ttl_secs.saturating_mul(1_000)));
        for TsValues { ts, values } in entries {
            services.save(OutRecord::Points {
                tenant: services.tenant(),
                entity: message.originator,
                ts,
                expires,
                latest: self.latest,
                history: self.history,
                values,
            });
        }
        Outcome::success(message)
    }
}
