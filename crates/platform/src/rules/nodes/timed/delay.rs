//! *delay*: keeps messages for a while.

use std::sync::Arc;

use serde::Deserialize;

use crate::rules::{
    descriptor::{ComponentKind, Example, NodeDescriptor, Setting, no_upgrade},
    message::RuleMessage,
    node::{Node, Outcome, Services},
    template::Template,
};

/// Longest time a message is kept (ten years, in seconds).
const LONGEST_SECONDS: f64 = 315_360_000.0;
/// Most messages one node keeps.
const MOST_PENDING: usize = 100_000;

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.delay.TbMsgDelayNode",
    name: "delay",
    old_names: &["delay (deprecated)"],
    kind: ComponentKind::Action,
    description: "Keeps messages for a while, also over a restart. The message that came in is done at once; what leaves later is a copy with an id of its own. It leaves the chain that is in force then.",
    outputs: &["Success", "Failure"],
    custom_outputs: false,
    version: 0,
    settings: &[
        Setting {
            name: "periodInSeconds",
            label: "Seconds",
            description: "How long.",
            default: "60",
            ..Setting::NUMBER
        },
        Setting {
            name: "useMetadataPeriodInSecondsPatterns",
            label: "Use pattern",
            description: "The time comes from the pattern.",
            ..Setting::BOOLEAN
        },
        Setting {
            name: "periodInSecondsPattern",
            label: "Pattern",
            description: "Resolves to a number of seconds.",
            default: "null",
            template: true,
            ..Setting::TEXT
        },
        Setting {
            name: "maxPendingMsgs",
            label: "Most waiting messages",
            description: "Messages beyond it leave over Failure.",
            default: "1000",
            ..Setting::NUMBER
        },
    ],
    upgrade: no_upgrade,
    build: |settings| {
        let settings: Settings = serde_json::from_value(settings.clone())?;
        let period = if settings.use_metadata_period_in_seconds_patterns {
            Period::Pattern(Template::new(
                settings.period_in_seconds_pattern.unwrap_or_default(),
            ))
        } else {
            Period::Seconds(settings.period_in_seconds)
        };
        Ok(Arc::new(Delay {
            period,
            most: usize::try_from(settings.max_pending_msgs)
                .unwrap_or_default()
                .clamp(1, MOST_PENDING),
        }))
    },
    examples: &[
        Example {
            title: "the message is kept",
            settings: r#"{"useMetadataPeriodInSecondsPatterns":true,"periodInSecondsPattern":"${pause}"}"#,
            metadata: r#"{"pause":"2.5"}"#,
            leaves_by: "",
            ..Example::BASIC
        },
        Example {
            title: "a time that is no number",
            settings: r#"{"useMetadataPeriodInSecondsPatterns":true,"periodInSecondsPattern":"${pause}"}"#,
            leaves_by: "Failure",
            leaves: r#"{"metadata":{"error":"periodInSecondsPattern is \"${pause}\", not a number of seconds from 0 to 315360000"}}"#,
            ..Example::BASIC
        },
    ],
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    period_in_seconds: f64,
    use_metadata_period_in_seconds_patterns: bool,
    period_in_seconds_pattern: Option<String>,
    max_pending_msgs: i64,
}

enum Period {
    Seconds(f64),
    Pattern(Template),
}

struct Delay {
    period: Period,
    most: usize,
}

impl Delay {
    /// Milliseconds.
    fn period(&self, message: &RuleMessage) -> Result<i64, String> {
        let (seconds, text) = match &self.period {
            Period::Seconds(seconds) => (Some(*seconds), None),
            Period::Pattern(pattern) => {
                let text = pattern.fill_from(message)?.into_owned();
                (text.trim().parse().ok(), Some(text))
            }
        };
        match seconds.filter(|seconds| (0.0..=LONGEST_SECONDS).contains(seconds)) {
            // Within bounds that fit.
            #[allow(clippy::cast_possible_truncation)]
            Some(seconds) => Ok((seconds * 1_000.0) as i64),
            None => Err(match text {
                Some(text) => format!(
                    "periodInSecondsPattern is \"{text}\", not a number of seconds from 0 to {LONGEST_SECONDS}"
                ),
                None => {
                    format!("periodInSeconds must be a number from 0 to {LONGEST_SECONDS}")
                }
            }),
        }
    }
}

impl Node for Delay {
    fn process(&self, message: RuleMessage, services: &mut dyn Services) -> Outcome {
        let due = match self.period(&message) {
            Ok(period) => services.arrival_ms().saturating_add(period),
            Err(error) => return Outcome::Failed(error, message),
        };
        match services.schedule(message.clone(), due, self.most) {
            Ok(()) => Outcome::Consumed,
            Err(error) => Outcome::Failed(error, message),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::nodes::{tests::node, try_build, world::World};

    #[test]
    fn messages_are_kept_from_their_arrival_and_those_beyond_the_limit_fail() {
        let world = World::new();
        let delay = node(
            "org.thingsboard.rule.engine.delay.TbMsgDelayNode",
            r#"{"periodInSeconds":2,"maxPendingMsgs":2}"#,
            None,
        );
        let delay = try_build(&delay).unwrap();
        let mut services = world.services();
        let message = world.message(world.boiler, "ANY", &serde_json::json!({}), "{}");
        for _ in 0..2 {
            assert!(
                world
                    .run(&*delay, message.clone(), &mut services)
                    .is_empty()
            );
        }
        let beyond = world.run(&*delay, message.clone(), &mut services);
        assert_eq!(beyond[0].0, "Failure");
        let (kept, due) = &services.scheduled[0];
        assert_eq!((kept, *due), (&message, services.arrival_ms + 2_000));
    }
}
