//! Alarms: raised, cleared and looked at by messages.
//!
//! What one message does to an alarm is done before the next message about the same alarm begins:
//! the details script of a node builds on the details that are there.

use millrace_model::{Millis, entity::Alarm, message::message_type};
use serde::Deserialize;
use serde_json::Value as Json;

use millrace_model::entity::ScriptLang;
use millrace_script::Script;

use crate::{
    alarms::{Held, Turn},
    rules::{
        descriptor::{NodeDescriptor, Setting, SettingKind},
        directory::Directory,
        message::{Data, RuleMessage},
        node::{BuildError, Outcome, Services},
        nodes::script,
    },
};

mod alarm_status_filter;
mod clear_alarm;
mod create_alarm;

pub(super) static NODES: &[&NodeDescriptor] = &[
    &create_alarm::DESCRIPTOR,
    &clear_alarm::DESCRIPTOR,
    &alarm_status_filter::DESCRIPTOR,
];

/// Metadata entry in which a details script finds the details that are there.
const PREVIOUS: &str = "prevAlarmDetails";

/// What a new node builds the details with.
const DETAILS: &str = r#""var details = {};\nif (metadata.prevAlarmDetails != null) {\n    details = JSON.parse(metadata.prevAlarmDetails);\n    metadata.remove('prevAlarmDetails');\n}\nreturn details;""#;
/// The same in JavaScript.
const DETAILS_JS: &str = r#""var details = {};\nif (metadata.prevAlarmDetails) {\n    details = JSON.parse(metadata.prevAlarmDetails);\n    delete metadata.prevAlarmDetails;\n}\nreturn details;""#;

/// The settings of a details script.
const fn details_settings() -> [Setting; 3] {
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
            name: "alarmDetailsBuildJs",
            label: "Details in JavaScript",
            description: "Body of a function with the arguments msg, metadata and msgType that returns the details; metadata.prevAlarmDetails holds those that are there, as JSON.",
            kind: SettingKind::Script("JS"),
            default: DETAILS_JS,
            absent: Some("\"\""),
            ..Setting::TEXT
        },
        Setting {
            name: "alarmDetailsBuildTbel",
            label: "Details in TBEL",
            description: "The same in TBEL.",
            kind: SettingKind::Script("TBEL"),
            default: DETAILS,
            absent: Some("\"\""),
            ..Setting::TEXT
        },
    ]
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct DetailsSettings {
    script_lang: Option<ScriptLang>,
    alarm_details_build_js: Option<String>,
    alarm_details_build_tbel: Option<String>,
}

/// Builds the details of an alarm.
struct Details(Option<Script>);

impl Details {
    fn compile(settings: &DetailsSettings) -> Result<Self, BuildError> {
        let lang = settings.script_lang.unwrap_or_default();
        let text = match lang {
            ScriptLang::Js => &settings.alarm_details_build_js,
            ScriptLang::Tbel => &settings.alarm_details_build_tbel,
        };
        match text.as_deref().map(str::trim) {
            None | Some("") => Ok(Self(None)),
            Some(text) => Ok(Self(Some(script::compile(lang, text)?))),
        }
    }

    /// Without a script the details stay as they are.
    fn build(
        &self,
        message: &RuleMessage,
        before: Option<&Json>,
        services: &mut dyn Services,
    ) -> Result<Option<Json>, String> {
        let Some(script) = &self.0 else {
            return Ok(before.cloned());
        };
        let mut seen = message.clone();
        if let Some(before) = before {
            seen.metadata.set(PREVIOUS, before.to_string());
        }
        let built = script::call(script, &seen, services)?.to_json();
        Ok(Some(built).filter(|built| !built.is_null()))
    }
}

/// Waits for its turn, then works on a thread that may wait for a disk.
fn in_turn(
    turn: Turn,
    services: &dyn Services,
    work: impl FnOnce(&Directory, Held) -> Outcome + Send + 'static,
) -> Outcome {
    let directory = services.directory();
    Outcome::Parked(Box::pin(async move {
        let held = turn.come().await;
        match tokio::task::spawn_blocking(move || work(&directory, held)).await {
            Ok(outcome) => outcome,
            // The message runs again: its branch is dropped with this task.
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }))
}

/// The message that tells of an alarm: its body is the alarm, `flag` says what was done.
fn alarm_message(mut message: RuleMessage, alarm: &Alarm, flag: &'static str) -> RuleMessage {
    message.msg_type = message_type::ALARM.into();
    message.metadata.set(flag, "true");
    let text = serde_json::to_string(alarm).unwrap_or_else(|_| "{}".to_owned());
    message.data = Data::Text(text.into());
    message
}

/// When what the message tells of happened.
fn time_of(message: &RuleMessage) -> Millis {
    let given = message.metadata.get("ts").and_then(|ts| ts.parse().ok());
    given.filter(|ts| *ts > 0).unwrap_or(message.ts)
}

#[cfg(test)]
mod tests;
