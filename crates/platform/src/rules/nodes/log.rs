//! *log*: writes a line to the tenant's log.

use std::sync::Arc;

use millrace_model::entity::ScriptLang;
use millrace_script::{Argument, Limits, Script, Value};
use serde::Deserialize;

use crate::rules::{
    descriptor::{ComponentKind, Example, NodeDescriptor, Setting, no_upgrade},
    message::RuleMessage,
    node::{BuildError, Node, Outcome, Services},
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
    settings: &[
        Setting {
            name: "scriptLang",
            description: "Language of the script, TBEL or JS.",
            default: "null",
            secret: false,
        },
        Setting {
            name: "jsScript",
            description: "JavaScript with the arguments msg, metadata, msgType; returns text.",
            default: "null",
            secret: false,
        },
        Setting {
            name: "tbelScript",
            description: "TBEL with the same arguments.",
            default: "null",
            secret: false,
        },
    ],
    upgrade: no_upgrade,
    build: |settings| {
        let settings: Settings = serde_json::from_value(settings.clone())?;
        Ok(Arc::new(Log {
            script: settings.script()?,
        }))
    },
    examples: &[Example {
        title: "without a script the message itself is written",
        settings: "{}",
        msg_type: "POST_TELEMETRY_REQUEST",
        metadata: "{}",
        data: r#"{"temperature":25.1}"#,
        leaves_by: "Success",
    }],
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    script_lang: Option<ScriptLang>,
    js_script: Option<String>,
    tbel_script: Option<String>,
}

impl Settings {
    /// The script to run; the untouched default only prints message and metadata, which is done
    /// without an engine.
    fn script(&self) -> Result<Option<Script>, BuildError> {
        let lang = self.script_lang.unwrap_or_default();
        let text = match lang {
            ScriptLang::Js => &self.js_script,
            ScriptLang::Tbel => &self.tbel_script,
        };
        let Some(text) = text
            .as_deref()
            .filter(|text| !text.trim().is_empty() && !is_default(text))
        else {
            return Ok(None);
        };
        Script::compile(
            lang,
            text,
            &["msg", "metadata", "msgType"],
            &Limits::of(lang),
        )
        .map(Some)
        .map_err(|error| BuildError(format!("the script has an error: {error}")))
    }
}

/// Whether a script prints just message and metadata, as the default of exports does.
fn is_default(text: &str) -> bool {
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    compact.starts_with("return'Incomingmessage:\\n'+JSON.stringify(msg)+'\\nIncomingmetadata:\\n'+JSON.stringify(metadata)")
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
        let body = match message.data.json() {
            Ok(body) => body,
            Err(error) => {
                return Outcome::Failed(format!("the message body is no JSON: {error}"), message);
            }
        };
        let metadata = message.metadata.pairs();
        let arguments = [
            Argument::Json(&body),
            Argument::StringMap(&metadata),
            Argument::Text(&message.msg_type),
        ];
        match services.run_script(script, &message, &arguments) {
            Ok(Value::Text(text)) => {
                services.log(&message, &text);
                Outcome::success(message)
            }
            Ok(other) => {
                services.log(&message, &other.to_json().to_string());
                Outcome::success(message)
            }
            Err(error) => Outcome::Failed(error.to_string(), message),
        }
    }
}
