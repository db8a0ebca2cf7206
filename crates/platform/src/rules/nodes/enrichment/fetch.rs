//! Where fetched values go.

use millrace_model::Value;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::rules::{
    descriptor::{Setting, SettingKind},
    message::RuleMessage,
};

/// Into the metadata, as text, or into the body, typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum FetchTo {
    /// Into the metadata.
    Metadata,
    /// Into the body, which must be a JSON object.
    Data,
}

/// The setting that says where.
pub(super) const SETTING: Setting = Setting {
    name: "fetchTo",
    label: "Add to",
    description: "Metadata takes values as text; the message body, which must be an object, keeps their types.",
    kind: SettingKind::Choice(&[("METADATA", "Metadata"), ("DATA", "Message body")]),
    default: r#""METADATA""#,
    ..Setting::TEXT
};

/// A fetched value, typed.
pub(super) enum Fetched {
    /// A stored one.
    Value(Value),
    /// Anything as JSON.
    Json(Json),
}

impl Fetched {
    fn text(self) -> String {
        match self {
            Self::Value(value) => value.to_string(),
            Self::Json(Json::String(text)) => text,
            Self::Json(json) => json.to_string(),
        }
    }

    fn json(self) -> Json {
        match self {
            Self::Value(value) => value.to_json(),
            Self::Json(json) => json,
        }
    }
}

impl FetchTo {
    /// Whether values can be added to this message.
    pub(super) fn check(self, message: &RuleMessage) -> Result<(), String> {
        match self {
            Self::Metadata => Ok(()),
            Self::Data => message.object().map(drop),
        }
    }

    /// Adds values by name.
    pub(super) fn put(
        self,
        message: &mut RuleMessage,
        values: Vec<(String, Fetched)>,
    ) -> Result<(), String> {
        match self {
            Self::Metadata => {
                for (name, value) in values {
                    message.metadata.set(name, value.text());
                }
            }
            Self::Data => {
                let mut body = message.object()?;
                for (name, value) in values {
                    body.insert(name, value.json());
                }
                message.set_body(&Json::Object(body));
            }
        }
        Ok(())
    }
}

/// Brings settings from before `fetchTo` up to date: they had a switch named `switch`.
pub(super) fn upgrade_switch(settings: &mut Json, switch: &str) {
    let Some(members) = settings.as_object_mut() else {
        return;
    };
    let to_data = members
        .remove(switch)
        .is_some_and(|value| value == true || value == "true" || value == "DATA");
    if !members.contains_key("fetchTo") {
        let place = if to_data { "DATA" } else { "METADATA" };
        members.insert("fetchTo".to_owned(), json!(place));
    }
}
