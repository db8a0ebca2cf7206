//! *rule chain*: hands the message to another chain.

use std::sync::Arc;

use millrace_model::{
    EntityType,
    id::{NULL_UUID, RuleChainId},
};
use serde::Deserialize;
use uuid::Uuid;

use crate::rules::{
    descriptor::{ComponentKind, Example, NodeDescriptor, Setting, SettingKind},
    message::RuleMessage,
    node::{BuildError, ChainTarget, Node, Outcome, Services},
};

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.flow.TbRuleChainInputNode",
    name: "rule chain",
    old_names: &[],
    kind: ComponentKind::Flow,
    description: "Hands the message to another chain. What that chain's output nodes hand back leaves this node, labelled with the name of the output node.",
    outputs: &["Failure"],
    custom_outputs: true,
    version: 1,
    settings: &[
        Setting {
            name: "ruleChainId",
            label: "Rule chain",
            description: "The chain that gets the message.",
            kind: SettingKind::Entity(EntityType::RuleChain),
            default: "null",
            ..Setting::TEXT
        },
        Setting {
            name: "forwardMsgToDefaultRuleChain",
            label: "The originator's default chain",
            description: "Use the chain of the originator's profile, or the root chain, in place of a fixed one.",
            ..Setting::BOOLEAN
        },
    ],
    upgrade: |settings, _from| {
        if let Some(members) = settings.as_object_mut() {
            members
                .entry("forwardMsgToDefaultRuleChain")
                .or_insert(false.into());
        }
    },
    build: |settings| {
        let settings: Settings = serde_json::from_value(settings.clone())?;
        Ok(Arc::new(RuleChainNode(settings.target()?)))
    },
    examples: &[
        Example {
            title: "into the chain of the originator's profile",
            settings: r#"{"forwardMsgToDefaultRuleChain":true}"#,
            leaves_by: "into OfOriginator",
            ..Example::BASIC
        },
        Example {
            title: "into a chain; one that does not exist fails",
            settings: r#"{"ruleChainId":"784f394c-42b6-435a-983c-b7beff2784f9"}"#,
            leaves_by: "into 784f394c-42b6-435a-983c-b7beff2784f9",
            ..Example::BASIC
        },
    ],
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    rule_chain_id: Option<String>,
    forward_msg_to_default_rule_chain: bool,
}

impl Settings {
    fn target(&self) -> Result<ChainTarget, BuildError> {
        if self.forward_msg_to_default_rule_chain {
            return Ok(ChainTarget::OfOriginator);
        }
        self.rule_chain_id
            .as_deref()
            .and_then(|text| Uuid::parse_str(text).ok())
            .filter(|id| *id != NULL_UUID)
            .map(|id| ChainTarget::Id(RuleChainId(id)))
            .ok_or_else(|| BuildError("ruleChainId names no chain: select one".to_owned()))
    }
}

struct RuleChainNode(ChainTarget);

impl Node for RuleChainNode {
    fn process(&self, message: RuleMessage, _services: &mut dyn Services) -> Outcome {
        Outcome::Enter(self.0, message)
    }
}
