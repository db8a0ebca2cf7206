//! *device profile switch* and *asset profile switch*: a message leaves by the name of the
//! originator's profile.

use std::{borrow::Cow, sync::Arc};

use millrace_model::EntityType;

use crate::{
    access,
    rules::{
        descriptor::{ComponentKind, Example, NodeDescriptor, no_upgrade},
        message::RuleMessage,
        node::{Node, Outcome, Services, off_lane},
    },
};

pub(super) static OF_DEVICE: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.filter.TbDeviceTypeSwitchNode",
    name: "device profile switch",
    old_names: &["device type switch"],
    kind: ComponentKind::Filter,
    description: "Sends a message of a device on by the name of the device's profile. Other originators fail.",
    outputs: &["Failure"],
    custom_outputs: true,
    version: 0,
    settings: &[],
    upgrade: no_upgrade,
    build: |_| Ok(Arc::new(ProfileSwitch(EntityType::Device))),
    examples: &[
        Example {
            title: "a thermometer",
            leaves_by: "thermometer",
            ..Example::BASIC
        },
        Example {
            title: "an asset",
            originator: "Cellar",
            leaves_by: "Failure",
            leaves: r#"{"metadata":{"error":"the originator is an asset, not a device"}}"#,
            ..Example::BASIC
        },
    ],
};

pub(super) static OF_ASSET: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.filter.TbAssetTypeSwitchNode",
    name: "asset profile switch",
    old_names: &["asset type switch"],
    kind: ComponentKind::Filter,
    description: "Sends a message of an asset on by the name of the asset's profile. Other originators fail.",
    outputs: &["Failure"],
    custom_outputs: true,
    version: 0,
    settings: &[],
    upgrade: no_upgrade,
    build: |_| Ok(Arc::new(ProfileSwitch(EntityType::Asset))),
    examples: &[
        Example {
            title: "a room",
            originator: "Cellar",
            leaves_by: "room",
            ..Example::BASIC
        },
        Example {
            title: "a device",
            leaves_by: "Failure",
            leaves: r#"{"metadata":{"error":"the originator is a device, not an asset"}}"#,
            ..Example::BASIC
        },
    ],
};

struct ProfileSwitch(EntityType);

impl Node for ProfileSwitch {
    fn process(&self, message: RuleMessage, services: &mut dyn Services) -> Outcome {
        let kind = message.originator.entity_type;
        if kind != self.0 {
            let word = |kind| {
                let word = access::words(kind).to_lowercase();
                let article = if word.starts_with(['a', 'e', 'i', 'u']) {
                    "an"
                } else {
                    "a"
                };
                format!("{article} {word}")
            };
            let error = format!("the originator is {}, not {}", word(kind), word(self.0));
            return Outcome::Failed(error, message);
        }
        let tenant = services.tenant();
        off_lane(services, move |directory| {
            match directory.existing(tenant, message.originator) {
                Ok(found) => {
                    let profile = found.0.subtype.unwrap_or_default();
                    Outcome::Next(Cow::Owned(profile), message)
                }
                Err(error) => Outcome::Failed(error, message),
            }
        })
    }
}
