//! *message count*: how many messages came, as telemetry of the tenant.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::rules::{
    descriptor::{ComponentKind, Example, NodeDescriptor, Setting, no_upgrade},
    message::{Data, Metadata, RuleMessage},
    node::{BuildError, Node, Outcome, Services},
};

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.action.TbMsgCountNode",
    name: "message count",
    old_names: &[],
    kind: ComponentKind::Action,
    description: "Counts the messages that come and keeps them. After each interval a telemetry message of the tenant with the number leaves by Success; the count starts anew when the chain is saved or the server starts.",
    outputs: &["Success"],
    custom_outputs: false,
    version: 0,
    settings: &[
        Setting {
            name: "interval",
            label: "Interval, s",
            description: "Seconds between two messages.",
            default: "1",
            ..Setting::NUMBER
        },
        Setting {
            name: "telemetryPrefix",
            label: "Key",
            description: "Key of the telemetry.",
            default: r#""messageCount""#,
            ..Setting::TEXT
        },
    ],
    upgrade: no_upgrade,
    build: |settings| {
        let settings: Settings = serde_json::from_value(settings.clone())?;
        if settings.interval == 0 {
            return Err(BuildError(
                "interval is 0: give at least one second".to_owned(),
            ));
        }
        Ok(Arc::new(MessageCount {
            interval: Duration::from_secs(settings.interval),
            key: settings.telemetry_prefix,
            count: AtomicU64::new(0),
        }))
    },
    examples: &[Example {
        title: "a message is counted and goes no further",
        leaves_by: "",
        ..Example::BASIC
    }],
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    interval: u64,
    telemetry_prefix: String,
}

struct MessageCount {
    interval: Duration,
    key: String,
    count: AtomicU64,
}

impl Node for MessageCount {
    fn process(&self, _message: RuleMessage, _services: &mut dyn Services) -> Outcome {
        self.count.fetch_add(1, Ordering::Relaxed);
        Outcome::Consumed
    }

    fn period(&self) -> Option<Duration> {
        Some(self.interval)
    }

    fn tick(&self, services: &mut dyn Services) -> Outcome {
        let count = self.count.swap(0, Ordering::Relaxed);
        let mut metadata = Metadata::default();
        metadata.set("ts", services.arrival_ms().to_string());
        Outcome::success(RuleMessage {
            id: Uuid::now_v7(),
            ts: services.arrival_ms(),
            msg_type: millrace_model::message::message_type::POST_TELEMETRY_REQUEST.into(),
            originator: services.tenant().into(),
            customer: None,
            metadata,
            data: Data::Text(json!({ &self.key: count }).to_string().into()),
            call: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{nodes::world::World, recording::Recording};

    #[test]
    fn each_interval_gives_the_number_since_the_last_one() {
        let world = World::new();
        let settings = json!({ "interval": 2, "telemetryPrefix": "seen" });
        let node = (DESCRIPTOR.build)(&settings).unwrap();
        assert_eq!(node.period(), Some(Duration::from_secs(2)));
        let mut services = world.services();
        for _ in 0..3 {
            let message = world.message(world.boiler, "ANY", &json!({}), "{}");
            assert!(world.run(&*node, message, &mut services).is_empty());
        }
        let tick = |services: &mut Recording| match node.tick(services) {
            Outcome::Next(label, message) => (label, message),
            _ => panic!("one message leaves"),
        };
        let (label, message) = tick(&mut services);
        assert_eq!(
            (&*label, &*message.data.text()),
            ("Success", r#"{"seen":3}"#)
        );
        assert_eq!(message.originator, world.tenant().into());
        assert_eq!(&*tick(&mut services).1.data.text(), r#"{"seen":0}"#);
        assert!((DESCRIPTOR.build)(&json!({ "interval": 0, "telemetryPrefix": "" })).is_err());
    }
}
