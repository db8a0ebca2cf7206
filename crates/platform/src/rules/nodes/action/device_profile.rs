//! *device profile* (deprecated): kept for chains that have it; it evaluates nothing.

use std::sync::Arc;

use crate::rules::{
    descriptor::{ComponentKind, Example, NodeDescriptor, Setting, no_upgrade},
    message::RuleMessage,
    node::{Node, Outcome, Services},
};

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.profile.TbDeviceProfileNode",
    name: "device profile",
    old_names: &["device profile (deprecated)"],
    kind: ComponentKind::Action,
    description: "Lets every message pass by Success. It does not evaluate the alarm rules of a device profile: no alarm is raised here, use create alarm and clear alarm instead. Its settings are kept.",
    outputs: &["Success"],
    custom_outputs: false,
    version: 1,
    settings: &[
        Setting {
            name: "persistAlarmRulesState",
            label: "Keep the state of alarm rules",
            description: "Kept; without effect.",
            ..Setting::BOOLEAN
        },
        Setting {
            name: "fetchAlarmRulesStateOnStart",
            label: "Fetch the state of alarm rules at the start",
            description: "Kept; without effect.",
            ..Setting::BOOLEAN
        },
    ],
    upgrade: no_upgrade,
    build: |_| Ok(Arc::new(DeviceProfile)),
    examples: &[Example {
        title: "telemetry passes",
        data: r#"{"temperature":25.1}"#,
        leaves: r#"{"data":{"temperature":25.1}}"#,
        ..Example::BASIC
    }],
};

struct DeviceProfile;

impl Node for DeviceProfile {
    fn process(&self, message: RuleMessage, _services: &mut dyn Services) -> Outcome {
        Outcome::success(message)
    }
}
