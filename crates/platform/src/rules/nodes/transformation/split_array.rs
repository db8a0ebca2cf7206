//! *split array msg*: a message for each element of a list.

use std::sync::Arc;

use serde_json::Value as Json;

use super::script::{MOST_MESSAGES, several};
use crate::rules::{
    descriptor::{ComponentKind, Example, NodeDescriptor, no_upgrade},
    message::RuleMessage,
    node::{Node, Outcome, Services},
};

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.transform.TbSplitArrayMsgNode",
    name: "split array msg",
    old_names: &[],
    kind: ComponentKind::Transformation,
    description: "Makes a message of each element of a list, with the same metadata. An empty list ends here; a body that is no list fails.",
    outputs: &["Success", "Failure"],
    custom_outputs: false,
    version: 0,
    settings: &[],
    upgrade: no_upgrade,
    build: |_| Ok(Arc::new(SplitArray)),
    examples: &[
        Example {
            title: "two readings",
            metadata: r#"{"deviceName":"Boiler"}"#,
            data: r#"[{"temperature":25.1},{"temperature":25.2}]"#,
            leaves: r#"[{"label":"Success","data":{"temperature":25.1},"metadata":{"deviceName":"Boiler"}},{"label":"Success","data":{"temperature":25.2}}]"#,
            ..Example::BASIC
        },
        Example {
            title: "no readings",
            data: "[]",
            leaves_by: "",
            ..Example::BASIC
        },
        Example {
            title: "an object is no list",
            data: r#"{"temperature":25.1}"#,
            leaves_by: "Failure",
            ..Example::BASIC
        },
    ],
};

struct SplitArray;

impl Node for SplitArray {
    fn process(&self, message: RuleMessage, _services: &mut dyn Services) -> Outcome {
        let elements = match message.data.json() {
            Ok(Json::Array(elements)) => elements,
            _ => {
                return Outcome::Failed("the message body must be a JSON list".to_owned(), message);
            }
        };
        if elements.len() > MOST_MESSAGES {
            let error = format!(
                "the list has {} elements: at most {MOST_MESSAGES} can be split",
                elements.len()
            );
            return Outcome::Failed(error, message);
        }
        match elements.as_slice() {
            [] => Outcome::Consumed,
            [only] => {
                let mut message = message;
                message.set_body(only);
                Outcome::success(message)
            }
            several_elements => several(
                several_elements
                    .iter()
                    .enumerate()
                    .map(|(part, element)| {
                        let mut copy = RuleMessage {
                            id: message.part_id(part),
                            ..message.clone()
                        };
                        copy.set_body(element);
                        copy
                    })
                    .collect(),
            ),
        }
    }
}
