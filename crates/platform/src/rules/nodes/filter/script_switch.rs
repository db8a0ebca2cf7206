//! *switch*: a script names the labels a message leaves by.

use std::{borrow::Cow, sync::Arc};

use millrace_script::{Script, Value};

use crate::rules::{
    descriptor::{ComponentKind, Example, NodeDescriptor, no_upgrade},
    message::RuleMessage,
    node::{Node, Outcome, Services},
    nodes::script::{self, ScriptSettings},
};

/// Most labels one message may leave by.
const MOST_LABELS: usize = 100;

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.filter.TbJsSwitchNode",
    name: "switch",
    old_names: &[],
    kind: ComponentKind::Filter,
    description: "Asks a script for the labels a message leaves by: one text, or a list of texts. Without a label it ends here.",
    outputs: &["Failure"],
    custom_outputs: true,
    version: 0,
    settings: &script::settings(r#""return msg.temperature > 20 ? 'Warm' : 'Cold';""#),
    upgrade: no_upgrade,
    build: |settings| {
        let settings: ScriptSettings = serde_json::from_value(settings.clone())?;
        Ok(Arc::new(ScriptSwitch(settings.compile()?)))
    },
    examples: &[
        Example {
            title: "one label",
            data: r#"{"temperature":25.1}"#,
            leaves_by: "Warm",
            ..Example::BASIC
        },
        Example {
            title: "several labels",
            settings: r#"{"tbelScript":"return ['Warm', 'Log'];"}"#,
            data: r#"{"temperature":25.1}"#,
            leaves: r#"[{"label":"Warm"},{"label":"Log"}]"#,
            ..Example::BASIC
        },
        Example {
            title: "a label is text",
            settings: r#"{"tbelScript":"return 1;"}"#,
            leaves_by: "Failure",
            leaves: r#"{"metadata":{"error":"the script must return a label or a list of labels, not a number"}}"#,
            ..Example::BASIC
        },
    ],
};

struct ScriptSwitch(Script);

impl Node for ScriptSwitch {
    fn process(&self, message: RuleMessage, services: &mut dyn Services) -> Outcome {
        match script::call(&self.0, &message, services).and_then(|result| labels(&result)) {
            Ok(labels) => send(labels, message),
            Err(error) => Outcome::Failed(error, message),
        }
    }
}

/// The labels a result names, each once.
pub(in crate::rules) fn labels(result: &Value) -> Result<Vec<String>, String> {
    let named = match result {
        Value::List(several) => several.as_slice(),
        one => std::slice::from_ref(one),
    };
    if named.len() > MOST_LABELS {
        return Err(format!(
            "the script must return at most {MOST_LABELS} labels"
        ));
    }
    let mut labels: Vec<String> = Vec::with_capacity(named.len());
    for label in named {
        let text = label.as_str().ok_or_else(|| {
            format!(
                "the script must return a label or a list of labels, not {}",
                script::kind_of(label)
            )
        })?;
        if !labels.iter().any(|known| known == text) {
            labels.push(text.to_owned());
        }
    }
    Ok(labels)
}

fn send(mut labels: Vec<String>, message: RuleMessage) -> Outcome {
    let Some(last) = labels.pop() else {
        return Outcome::Consumed;
    };
    if labels.is_empty() {
        return Outcome::Next(Cow::Owned(last), message);
    }
    let mut messages: Vec<(Cow<'static, str>, RuleMessage)> = labels
        .into_iter()
        .enumerate()
        .map(|(part, label)| {
            let copy = RuleMessage {
                id: message.part_id(part),
                ..message.clone()
            };
            (Cow::Owned(label), copy)
        })
        .collect();
    messages.push((Cow::Owned(last), message));
    Outcome::Several(messages)
}
