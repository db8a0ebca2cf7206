//! *script* (transformation): a script changes a message, or makes several of it.

use std::{borrow::Cow, sync::Arc};

use millrace_model::message::relation;
use millrace_script::{Script, Value};

use crate::rules::{
    descriptor::{ComponentKind, Example, NodeDescriptor, no_upgrade},
    message::RuleMessage,
    node::{Node, Outcome, Services},
    nodes::script::{self, ScriptSettings},
};

/// Most messages one message becomes.
pub(super) const MOST_MESSAGES: usize = 10_000;

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.transform.TbTransformMsgNode",
    name: "script transformation",
    old_names: &["script", "transform"],
    kind: ComponentKind::Transformation,
    description: "Changes body, metadata and type with a script that returns an object with msg, metadata and msgType; what it leaves out stays. A list of such objects makes a message of each.",
    outputs: &["Success", "Failure"],
    custom_outputs: false,
    version: 0,
    settings: &script::settings(r#""return {msg: msg, metadata: metadata, msgType: msgType};""#),
    upgrade: no_upgrade,
    build: |settings| {
        let settings: ScriptSettings = serde_json::from_value(settings.clone())?;
        Ok(Arc::new(ScriptTransformation(settings.compile()?)))
    },
    examples: &[
        Example {
            title: "a new body, a new entry, another type",
            settings: r#"{"tbelScript":"metadata.source = 'cellar'; return {msg: {fahrenheit: msg.celsius * 1.8 + 32}, metadata: metadata, msgType: 'WARM'};"}"#,
            metadata: r#"{"deviceName":"Boiler"}"#,
            data: r#"{"celsius":10}"#,
            leaves: r#"{"data":{"fahrenheit":50.0},"msgType":"WARM","metadata":{"deviceName":"Boiler","source":"cellar"}}"#,
            ..Example::BASIC
        },
        Example {
            title: "the same in JavaScript; members that are undefined vanish",
            settings: r#"{"scriptLang":"JS","jsScript":"return {msg: {method: msg.method, params: msg.absent}, metadata: {n: 5, gone: null}};"}"#,
            metadata: r#"{"deviceName":"Boiler"}"#,
            data: r#"{"method":"setValue"}"#,
            leaves: r#"{"data":{"method":"setValue"},"msgType":"POST_TELEMETRY_REQUEST","metadata":{"n":"5","gone":null,"deviceName":null}}"#,
            ..Example::BASIC
        },
        Example {
            title: "what the script leaves out stays",
            settings: r#"{"tbelScript":"return {msgType: 'MY_TYPE'};"}"#,
            metadata: r#"{"a":"b"}"#,
            data: r#"{"c":1}"#,
            leaves: r#"{"data":{"c":1},"metadata":{"a":"b"},"msgType":"MY_TYPE"}"#,
            ..Example::BASIC
        },
        Example {
            title: "a message for each reading",
            settings: r#"{"tbelScript":"var made = []; foreach (value : msg.readings) { made.add({msg: {value: value}, metadata: metadata, msgType: msgType}); } return made;"}"#,
            data: r#"{"readings":[1,2]}"#,
            leaves: r#"[{"label":"Success","data":{"value":1}},{"label":"Success","data":{"value":2}}]"#,
            ..Example::BASIC
        },
        Example {
            title: "an empty list is a mistake",
            settings: r#"{"tbelScript":"return [];"}"#,
            leaves_by: "Failure",
            leaves: r#"{"metadata":{"error":"the script returned an empty list: return at least one message"}}"#,
            ..Example::BASIC
        },
        Example {
            title: "text is no message",
            settings: r#"{"tbelScript":"return 'x';"}"#,
            leaves_by: "Failure",
            leaves: r#"{"metadata":{"error":"the script must return an object with msg, metadata and msgType, not text"}}"#,
            ..Example::BASIC
        },
    ],
};

struct ScriptTransformation(Script);

impl Node for ScriptTransformation {
    fn process(&self, message: RuleMessage, services: &mut dyn Services) -> Outcome {
        match script::call(&self.0, &message, services).and_then(|made| messages(&made, &message)) {
            Ok(mut made) if made.len() == 1 => match made.pop() {
                Some(one) => Outcome::success(one),
                None => Outcome::Consumed,
            },
            Ok(made) => several(made),
            Err(error) => Outcome::Failed(error, message),
        }
    }
}

/// The messages a script made of one; the only one keeps its id.
pub(in crate::rules) fn messages(
    made: &Value,
    message: &RuleMessage,
) -> Result<Vec<RuleMessage>, String> {
    let several = match made {
        Value::List(several) => several.as_slice(),
        one => std::slice::from_ref(one),
    };
    match several.len() {
        0 => {
            return Err(
                "the script returned an empty list: return at least one message".to_owned(),
            );
        }
        count if count > MOST_MESSAGES => {
            return Err(format!(
                "the script made {count} messages: make at most {MOST_MESSAGES}"
            ));
        }
        _ => {}
    }
    let single = several.len() == 1;
    several
        .iter()
        .enumerate()
        .map(|(part, made)| {
            let mut next = message.clone();
            if !single {
                next.id = message.part_id(part);
            }
            script::apply(made, &mut next)?;
            Ok(next)
        })
        .collect()
}

/// Messages that all leave by `Success`.
pub(super) fn several(messages: Vec<RuleMessage>) -> Outcome {
    Outcome::Several(
        messages
            .into_iter()
            .map(|message| (Cow::Borrowed(relation::SUCCESS), message))
            .collect(),
    )
}
