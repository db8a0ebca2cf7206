//! *entity type filter*: messages of some kinds of originators pass.

use std::{borrow::Cow, sync::Arc};

use serde::Deserialize;

use super::verdict;
use crate::rules::{
    descriptor::{ComponentKind, Example, NodeDescriptor, Setting, SettingKind, no_upgrade},
    message::RuleMessage,
    node::{Node, Outcome, Services},
};

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.filter.TbOriginatorTypeFilterNode",
    name: "entity type filter",
    old_names: &["entity type", "originator type"],
    kind: ComponentKind::Filter,
    description: "Lets messages whose originator is of a listed kind leave by True and all others by False.",
    outputs: &["True", "False"],
    custom_outputs: false,
    version: 0,
    settings: &[Setting {
        name: "originatorTypes",
        label: "Entity types",
        description: "The kinds of originators that leave by True.",
        kind: SettingKind::Texts(&[
            "DEVICE",
            "ASSET",
            "ENTITY_VIEW",
            "TENANT",
            "CUSTOMER",
            "USER",
            "DASHBOARD",
            "RULE_CHAIN",
            "RULE_NODE",
            "ENTITY_GROUP",
            "INTEGRATION",
            "CONVERTER",
            "ALARM",
        ]),
        default: r#"["DEVICE"]"#,
        ..Setting::TEXTS
    }],
    upgrade: no_upgrade,
    build: |settings| {
        let settings: EntityTypeFilter = serde_json::from_value(settings.clone())?;
        Ok(Arc::new(settings))
    },
    examples: &[
        Example {
            title: "a device",
            leaves_by: "True",
            ..Example::BASIC
        },
        Example {
            title: "an asset is no device",
            originator: "Cellar",
            leaves_by: "False",
            ..Example::BASIC
        },
    ],
};

/// Kinds are texts: an export may name one that is unknown here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EntityTypeFilter {
    originator_types: Vec<String>,
}

impl Node for EntityTypeFilter {
    fn process(&self, message: RuleMessage, _services: &mut dyn Services) -> Outcome {
        let kind = message.originator.entity_type.as_str();
        let listed = self.originator_types.iter().any(|known| known == kind);
        Outcome::Next(Cow::Borrowed(verdict(listed)), message)
    }
}
