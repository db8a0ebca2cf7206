//! *calculate delta*: how much a reading grew since the last one.

use std::{collections::HashMap, sync::Arc};

use millrace_model::{EntityId, Millis, message::message_type};
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::{Number, Value as Json};

use crate::rules::{
    descriptor::{ComponentKind, Example, NodeDescriptor, Setting},
    message::RuleMessage,
    node::{BuildError, Node, Outcome, Services},
};

/// Originators whose last reading is remembered; beyond them the stored ones count.
const MOST_REMEMBERED: usize = 100_000;

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.metadata.CalculateDeltaNode",
    name: "calculate delta",
    old_names: &[],
    kind: ComponentKind::Enrichment,
    description: "Adds the difference between a reading and the originator's last one to the body, and on request the time between them. The first reading gives 0. Messages that are no telemetry or lack the key leave by Other.",
    outputs: &["Success", "Other", "Failure"],
    custom_outputs: false,
    version: 1,
    settings: &[
        Setting {
            name: "inputValueKey",
            label: "Key of the reading",
            description: "Member of the body that holds the number.",
            default: r#""pulseCounter""#,
            ..Setting::TEXT
        },
        Setting {
            name: "outputValueKey",
            label: "Key of the difference",
            description: "Member that gets the difference.",
            default: r#""delta""#,
            ..Setting::TEXT
        },
        Setting {
            name: "useCache",
            label: "Remember the last reading",
            description: "Compare with the last reading that came here; off: with the stored one.",
            default: "true",
            ..Setting::BOOLEAN
        },
        Setting {
            name: "addPeriodBetweenMsgs",
            label: "Add the time between",
            description: "Add the milliseconds since the last reading.",
            ..Setting::BOOLEAN
        },
        Setting {
            name: "periodValueKey",
            label: "Key of the time",
            description: "Member that gets the milliseconds.",
            default: r#""periodInMs""#,
            ..Setting::TEXT
        },
        Setting {
            name: "round",
            label: "Digits",
            description: "Digits after the point; empty: all of them.",
            default: "null",
            ..Setting::NUMBER
        },
        Setting {
            name: "tellFailureIfDeltaIsNegative",
            label: "Fail when it falls",
            description: "A reading below the last one sends the message to Failure.",
            default: "true",
            ..Setting::BOOLEAN
        },
        Setting {
            name: "excludeZeroDeltas",
            label: "Leave 0 out",
            description: "A difference of 0 adds nothing.",
            ..Setting::BOOLEAN
        },
    ],
    upgrade: |settings, _from| {
        if let Some(members) = settings.as_object_mut() {
            members.entry("excludeZeroDeltas").or_insert(false.into());
        }
    },
    build: |settings| {
        let settings: Settings = serde_json::from_value(settings.clone())?;
        if settings.round.is_some_and(|digits| digits > 15) {
            return Err(BuildError("round must be at most 15".to_owned()));
        }
        Ok(Arc::new(CalculateDelta {
            settings,
            last: Mutex::default(),
        }))
    },
    examples: &[
        Example {
            title: "the stored reading was 100, one second ago",
            settings: r#"{"addPeriodBetweenMsgs":true}"#,
            stored: r#"{"latest":{"pulseCounter":100}}"#,
            data: r#"{"pulseCounter":112}"#,
            leaves: r#"{"data":{"pulseCounter":112,"delta":12,"periodInMs":1000}}"#,
            ..Example::BASIC
        },
        Example {
            title: "rounded",
            settings: r#"{"round":1}"#,
            stored: r#"{"latest":{"pulseCounter":1.25}}"#,
            data: r#"{"pulseCounter":"2.5"}"#,
            leaves: r#"{"data":{"pulseCounter":"2.5","delta":1.3}}"#,
            ..Example::BASIC
        },
        Example {
            title: "the first reading",
            data: r#"{"pulseCounter":112}"#,
            leaves: r#"{"data":{"pulseCounter":112,"delta":0}}"#,
            ..Example::BASIC
        },
        Example {
            title: "another reading",
            data: r#"{"temperature":20}"#,
            leaves_by: "Other",
            leaves: r#"{"data":{"temperature":20}}"#,
            ..Example::BASIC
        },
        Example {
            title: "it fell",
            stored: r#"{"latest":{"pulseCounter":200}}"#,
            data: r#"{"pulseCounter":112}"#,
            leaves_by: "Failure",
            leaves: r#"{"metadata":{"error":"pulseCounter fell by 88"}}"#,
            ..Example::BASIC
        },
    ],
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    input_value_key: String,
    output_value_key: String,
    use_cache: bool,
    add_period_between_msgs: bool,
    period_value_key: Option<String>,
    round: Option<u8>,
    tell_failure_if_delta_is_negative: bool,
    exclude_zero_deltas: bool,
}

struct CalculateDelta {
    settings: Settings,
    /// The last reading by originator.
    last: Mutex<HashMap<EntityId, (Millis, f64)>>,
}

impl CalculateDelta {
    /// The reading before this one, which is remembered in its place.
    fn before(
        &self,
        message: &RuleMessage,
        reading: (Millis, f64),
        services: &dyn Services,
    ) -> Option<(Millis, f64)> {
        let known = if self.settings.use_cache {
            let mut last = self.last.lock();
            let room = last.len() < MOST_REMEMBERED || last.contains_key(&message.originator);
            room.then(|| last.insert(message.originator, reading))
                .flatten()
        } else {
            None
        };
        known.or_else(|| {
            let stored = services.latest(message.originator, &self.settings.input_value_key)?;
            Some((stored.ts, stored.value.as_number()?))
        })
    }

    fn rounded(&self, delta: f64) -> Json {
        let delta = match self.settings.round {
            Some(digits) => {
                let scale = 10_f64.powi(i32::from(digits));
                (delta * scale).round() / scale
            }
            None => delta,
        };
        #[expect(
            clippy::cast_possible_truncation,
            reason = "only whole numbers in range"
        )]
        let number = if delta.fract() == 0.0 && delta.abs() < 9e15 {
            Some(Number::from(delta as i64))
        } else {
            Number::from_f64(delta)
        };
        number.map_or(Json::Null, Json::Number)
    }
}

/// A number, or a text that is one.
fn number(value: &Json) -> Option<f64> {
    let number = match value {
        Json::Number(number) => number.as_f64()?,
        Json::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    number.is_finite().then_some(number)
}

impl Node for CalculateDelta {
    fn process(&self, mut message: RuleMessage, services: &mut dyn Services) -> Outcome {
        let settings = &self.settings;
        let other = |message| Outcome::Next("Other".into(), message);
        if &*message.msg_type != message_type::POST_TELEMETRY_REQUEST {
            return other(message);
        }
        let Ok(mut body) = message.object() else {
            return other(message);
        };
        let key = &settings.input_value_key;
        let Some(value) = body.get(key) else {
            return other(message);
        };
        let Some(value) = number(value) else {
            return Outcome::Failed(format!("{key} is no number"), message);
        };
        let ts = message
            .metadata
            .get("ts")
            .and_then(|text| text.parse().ok())
            .unwrap_or(message.ts);
        let before = self.before(&message, (ts, value), services);
        let delta = before.map_or(0.0, |(_, before)| value - before);
        if delta < 0.0 && settings.tell_failure_if_delta_is_negative {
            let fall = self.rounded(-delta);
            return Outcome::Failed(format!("{key} fell by {fall}"), message);
        }
        if delta == 0.0 && settings.exclude_zero_deltas {
            return Outcome::success(message);
        }
        body.insert(settings.output_value_key.clone(), self.rounded(delta));
        if let (true, Some(key)) = (settings.add_period_between_msgs, &settings.period_value_key) {
            let period = before.map_or(0, |(before, _)| ts.saturating_sub(before));
            body.insert(key.clone(), period.into());
        }
        message.set_body(&Json::Object(body));
        Outcome::success(message)
    }
}
