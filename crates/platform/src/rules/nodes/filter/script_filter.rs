//! *script* (filter): a script says whether a message passes.

use std::{borrow::Cow, sync::Arc};

use millrace_script::{Script, Value};

use super::verdict;
use crate::rules::{
    descriptor::{ComponentKind, Example, NodeDescriptor, no_upgrade},
    message::RuleMessage,
    node::{Node, Outcome, Services},
    nodes::script::{self, ScriptSettings},
};

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.filter.TbJsFilterNode",
    name: "script filter",
    old_names: &["script"],
    kind: ComponentKind::Filter,
    description: "Asks a script whether a message may pass. true leaves by True, false by False, anything else fails.",
    outputs: &["True", "False", "Failure"],
    custom_outputs: false,
    version: 0,
    settings: &script::settings(r#""return msg.temperature > 20;""#),
    upgrade: no_upgrade,
    build: |settings| {
        let settings: ScriptSettings = serde_json::from_value(settings.clone())?;
        Ok(Arc::new(ScriptFilter(settings.compile()?)))
    },
    examples: &[
        Example {
            title: "warm enough",
            data: r#"{"temperature":25.1}"#,
            leaves_by: "True",
            ..Example::BASIC
        },
        Example {
            title: "too cold, in JavaScript",
            settings: r#"{"scriptLang":"JS","jsScript":"return msg.temperature > Number(metadata.limit);"}"#,
            metadata: r#"{"limit":"30"}"#,
            data: r#"{"temperature":25.1}"#,
            leaves_by: "False",
            ..Example::BASIC
        },
        Example {
            title: "a number is no answer",
            settings: r#"{"tbelScript":"return msg.temperature;"}"#,
            data: r#"{"temperature":25.1}"#,
            leaves_by: "Failure",
            leaves: r#"{"metadata":{"error":"the script must return true or false, not a number"}}"#,
            ..Example::BASIC
        },
    ],
};

struct ScriptFilter(Script);

impl Node for ScriptFilter {
    fn process(&self, message: RuleMessage, services: &mut dyn Services) -> Outcome {
        match script::call(&self.0, &message, services) {
            Ok(Value::Bool(pass)) => Outcome::Next(Cow::Borrowed(verdict(pass)), message),
            Ok(other) => Outcome::Failed(
                format!(
                    "the script must return true or false, not {}",
                    script::kind_of(&other)
                ),
                message,
            ),
            Err(error) => Outcome::Failed(error, message),
        }
    }
}
