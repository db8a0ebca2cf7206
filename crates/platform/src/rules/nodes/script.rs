//! What all nodes with a script share: their settings, their arguments, and what a result means.

use millrace_model::entity::ScriptLang;
use millrace_script::{Argument, Limits, Script, ScriptError, Value};
use serde::Deserialize;

use crate::rules::{
    descriptor::{Setting, SettingKind},
    message::{Data, Metadata, RuleMessage},
    node::{BuildError, Services},
};

/// Names of the arguments, in order.
pub(crate) const PARAMETERS: [&str; 3] = ["msg", "metadata", "msgType"];

/// The three settings of a script. `start` is the JSON text of the script of a new node, the same
/// in both languages.
pub(crate) const fn settings(start: &'static str) -> [Setting; 3] {
    [
        Setting {
            name: "scriptLang",
            label: "Language",
            description: "Which of the two scripts runs.",
            kind: SettingKind::Choice(&[("TBEL", "TBEL"), ("JS", "JavaScript")]),
            default: r#""TBEL""#,
            // Exports from before TBEL hold JavaScript.
            absent: Some(r#""JS""#),
            ..Setting::TEXT
        },
        Setting {
            name: "jsScript",
            label: "JavaScript",
            description: "Body of a function with the arguments msg, metadata and msgType.",
            kind: SettingKind::Script("JS"),
            default: start,
            absent: Some("\"\""),
            ..Setting::TEXT
        },
        Setting {
            name: "tbelScript",
            label: "TBEL",
            description: "The same in TBEL.",
            kind: SettingKind::Script("TBEL"),
            default: start,
            absent: Some("\"\""),
            ..Setting::TEXT
        },
    ]
}

/// The script a node is set up with.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ScriptSettings {
    script_lang: Option<ScriptLang>,
    js_script: Option<String>,
    tbel_script: Option<String>,
}

impl ScriptSettings {
    /// The language that runs.
    pub(crate) fn lang(&self) -> ScriptLang {
        self.script_lang.unwrap_or_default()
    }

    /// The script of that language; empty when there is none.
    pub(crate) fn text(&self) -> &str {
        match self.lang() {
            ScriptLang::Js => &self.js_script,
            ScriptLang::Tbel => &self.tbel_script,
        }
        .as_deref()
        .unwrap_or_default()
    }

    /// Checks and compiles it.
    pub(crate) fn compile(&self) -> Result<Script, BuildError> {
        if self.text().trim().is_empty() {
            let lang = self.lang();
            return Err(BuildError(format!(
                "there is no {} script: write one or choose the other language",
                lang.as_str()
            )));
        }
        compile(self.lang(), self.text())
    }
}

/// Compiles a script with the arguments of rule nodes.
pub(crate) fn compile(lang: ScriptLang, text: &str) -> Result<Script, BuildError> {
    Script::compile(lang, text, &PARAMETERS, &Limits::of(lang))
        .map_err(|error| BuildError(format!("the script has an error: {error}")))
}

/// Runs a node's script on a message.
pub(crate) fn call(
    script: &Script,
    message: &RuleMessage,
    services: &mut dyn Services,
) -> Result<Value, String> {
    with_arguments(message, |arguments| {
        services.run_script(script, message, arguments)
    })
}

/// Gives `run` the three arguments that a message is.
pub(crate) fn with_arguments(
    message: &RuleMessage,
    run: impl FnOnce(&[Argument<'_>]) -> Result<Value, ScriptError>,
) -> Result<Value, String> {
    let metadata = message.metadata.pairs();
    let rest = [
        Argument::StringMap(&metadata),
        Argument::Text(&message.msg_type),
    ];
    match &message.data {
        Data::Text(text) => {
            let [metadata, msg_type] = rest;
            run(&[Argument::JsonText(text), metadata, msg_type]).map_err(|error| {
                if error.code == "bad-argument" {
                    "the message body is no JSON".to_owned()
                } else {
                    error.to_string()
                }
            })
        }
        Data::Values(_) => {
            let body = message.data.json().map_err(|error| error.to_string())?;
            let [metadata, msg_type] = rest;
            run(&[Argument::Json(&body), metadata, msg_type]).map_err(|error| error.to_string())
        }
    }
}

/// A text of a script's result, as metadata and labels hold it.
pub(crate) fn text_of(value: &Value) -> String {
    match value {
        Value::Text(text) => text.to_string(),
        other => other.to_string(),
    }
}

/// A message as a script gave it: `msg`, `metadata` and `msgType`, each optional.
pub(crate) fn apply(result: &Value, message: &mut RuleMessage) -> Result<(), String> {
    let Value::Map(members) = result else {
        return Err(format!(
            "the script must return an object with msg, metadata and msgType, not {}",
            kind_of(result)
        ));
    };
    for (name, value) in members {
        match &**name {
            "msg" => message.data = Data::Text(value.to_string().into()),
            "metadata" => message.metadata = metadata_of(value)?,
            "msgType" => match value {
                Value::Null => {}
                Value::Text(text) => message.msg_type = text.clone().into(),
                other => {
                    return Err(format!("msgType must be text, not {}", kind_of(other)));
                }
            },
            _ => {}
        }
    }
    Ok(())
}

fn metadata_of(value: &Value) -> Result<Metadata, String> {
    let Value::Map(entries) = value else {
        return Err(format!(
            "metadata must be an object, not {}",
            kind_of(value)
        ));
    };
    let mut metadata = Metadata::with_capacity(entries.len());
    for (key, value) in entries.iter().filter(|(_, value)| !value.is_null()) {
        match value {
            Value::Text(text) => metadata.set(key.clone(), text.clone()),
            other => metadata.set(key.clone(), other.to_string()),
        }
    }
    Ok(metadata)
}

/// What a result is, for people.
pub(crate) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a boolean",
        Value::Int(_) | Value::Double(_) => "a number",
        Value::Text(_) => "text",
        Value::List(_) => "a list",
        Value::Map(_) => "an object",
    }
}
