//! *log*: writes a line to the tenant's log.

use std::sync::Arc;

use millrace_script::Script;

use crate::rules::{
    descriptor::{ComponentKind, Example, NodeDescriptor, no_upgrade},
    message::RuleMessage,
    node::{BuildError, Node, Outcome, Services},
    nodes::script::{self, ScriptSettings},
};

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.action.TbLogNode",
    name: "log",
    old_names: &[],
    kind: ComponentKind::Action,
    description: "Turns the message into a line of text with a script and writes it to the log.",
    outputs: &["Success", "Failure"],
    custom_outputs: false,
    version: 0,
    settings: &script::settings(
        r#""return 'Incoming message:\\n' + JSON.stringify(msg) + '\\nIncoming metadata:\\n' + JSON.stringify(metadata);""#,
    ),
    upgrade: no_upgrade,
    build: |settings| {
        let settings: ScriptSettings = serde_json::from_value(settings.clone())?;
        Ok(Arc::new(Log {
            script: script_of(&settings)?,
        }))
    },
    examples: &[
        Example {
            title: "without a script the message itself is written",
            data: r#"{"temperature":25.1}"#,
            ..Example::BASIC
        },
        Example {
            title: "a script that fails",
            settings: r#"{"tbelScript":"return msg.a.b.c;"}"#,
            data: r#"{"temperature":25.1}"#,
            leaves_by: "Failure",
            ..Example::BASIC
        },
    ],
};

/// The script to run; the untouched default only prints message and metadata, which is done
/// without an engine.
fn script_of(settings: &ScriptSettings) -> Result<Option<Script>, BuildError> {
    let text = settings.text();
    if text.trim().is_empty() || is_default(text) {
        return Ok(None);
    }
    settings.compile().map(Some)
}

/// Whether a script prints just message and metadata, as the default of exports does.
fn is_default(text: &str) -> bool {
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    compact.replace("'\\n", "'").starts_with("return'Incomingmessage:\\n'+JSON.stringify(msg)+'Incomingmetadata:\\n'+JSON.stringify(metadata)")
}

struct Log {
    script: Option<Script>,
}

impl Node for Log {
    fn process(&self, message: RuleMessage, services: &mut dyn Services) -> Outcome {
        let Some(script) = &self.script else {
            let line = format!(
                "{} from {}: {} {}",
                message.msg_type,
                message.originator,
                message.data.text(),
                message.metadata.to_json()
            );
            services.log(&message, &line);
            return Outcome::success(message);
        };
        match script::call(script, &message, services) {
            Ok(result) => {
                services.log(&message, &script::text_of(&result));
                Outcome::success(message)
            }
            Err(error) => Outcome::Failed(error, message),
        }
    }
}
