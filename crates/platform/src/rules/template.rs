//! Templates in node settings.
//!
//! `${key}` is a metadata entry, `${*}` all of them as JSON; `$[a.b]` is a member of the message
//! body, `$[*]` the whole body. Metadata is filled in first, so an entry may name a member. What
//! names nothing stays as it is written.

use std::{borrow::Cow, cell::OnceCell};

use serde_json::Value as Json;

use super::message::RuleMessage;

/// Longest text a template may grow to (bytes).
const LONGEST: usize = 1024 * 1024;

/// A text with places that a message fills.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    text: String,
    fixed: bool,
}

/// What one message fills templates with; its body is read once, when a template asks for it.
pub struct Filling<'a> {
    message: &'a RuleMessage,
    body: OnceCell<Option<Json>>,
}

impl<'a> Filling<'a> {
    /// The entries and members of a message.
    #[must_use]
    pub fn of(message: &'a RuleMessage) -> Self {
        Self {
            message,
            body: OnceCell::new(),
        }
    }

    fn entry(&self, key: &str) -> Option<Cow<'a, str>> {
        if key == "*" {
            return Some(self.message.metadata.to_json().to_string().into());
        }
        self.message.metadata.get(key).map(Cow::Borrowed)
    }

    fn member(&self, path: &str) -> Option<Cow<'a, str>> {
        if path == "*" {
            return Some(self.message.data.text().to_string().into());
        }
        let body = self
            .body
            .get_or_init(|| self.message.data.json().ok())
            .as_ref()?;
        let value = path
            .split('.')
            .try_fold(body, |value, name| value.as_object()?.get(name))?;
        match value {
            Json::Object(_) | Json::Array(_) => None,
            Json::String(text) => Some(text.clone().into()),
            scalar => Some(scalar.to_string().into()),
        }
    }
}

impl Template {
    /// A template of this text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        let fixed = !text.contains("${") && !text.contains("$[");
        Self { text, fixed }
    }

    /// The text as written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.text
    }

    /// The text for a message.
    ///
    /// # Errors
    /// When it grows beyond 1 MiB.
    pub fn fill(&self, filling: &Filling<'_>) -> Result<Cow<'_, str>, String> {
        if self.fixed {
            return Ok(Cow::Borrowed(&self.text));
        }
        let with_metadata = replace(&self.text, "${", '}', |key| filling.entry(key))?;
        let filled = replace(&with_metadata, "$[", ']', |path| filling.member(path))?;
        Ok(Cow::Owned(filled))
    }

    /// The text for one message.
    ///
    /// # Errors
    /// When it grows beyond 1 MiB.
    pub fn fill_from(&self, message: &RuleMessage) -> Result<Cow<'_, str>, String> {
        self.fill(&Filling::of(message))
    }
}

/// Replaces every `open name close` that `value` knows.
fn replace<'v>(
    text: &str,
    open: &str,
    close: char,
    value: impl Fn(&str) -> Option<Cow<'v, str>>,
) -> Result<String, String> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(open) {
        filled.push_str(before);
        let Some((name, behind)) = after.split_once(close) else {
            filled.push_str(open);
            rest = after;
            continue;
        };
        match value(name) {
            Some(value) => {
                filled.push_str(&value);
                rest = behind;
            }
            None => {
                filled.push_str(open);
                rest = after;
            }
        }
        if filled.len() > LONGEST {
            return Err(format!(
                "a template grew beyond {LONGEST} bytes: name fewer or smaller values in it"
            ));
        }
    }
    filled.push_str(rest);
    Ok(filled)
}

impl<'de> serde::Deserialize<'de> for Template {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        Ok(Self::new(text.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use millrace_model::{EntityId, EntityType};
    use uuid::Uuid;

    use super::*;
    use crate::rules::message::{Data, Metadata};

    fn message(metadata: &[(&'static str, &'static str)], data: &str) -> RuleMessage {
        let mut entries = Metadata::default();
        for (key, value) in metadata {
            entries.set(*key, *value);
        }
        RuleMessage {
            id: Uuid::nil(),
            ts: 0,
            msg_type: "T".into(),
            originator: EntityId::new(EntityType::Device, Uuid::nil()),
            customer: None,
            metadata: entries,
            data: Data::Text(data.into()),
            call: None,
        }
    }

    fn fill(text: &str, message: &RuleMessage) -> String {
        Template::new(text).fill_from(message).unwrap().into_owned()
    }

    #[test]
    fn entries_and_members_are_filled_in_and_what_names_nothing_stays() {
        let message = message(
            &[("name", "SN-001"), ("which", "a.b")],
            r#"{"a":{"b":1.50,"list":[1]},"t":"x","n":null,"yes":true}"#,
        );
        assert_eq!(
            fill("dev/${name}/$[t]/$[a.b]/$[yes]", &message),
            "dev/SN-001/x/1.5/true"
        );
        assert_eq!(
            fill("${absent} $[a.c] $[a] $[a.list]", &message),
            "${absent} $[a.c] $[a] $[a.list]"
        );
        assert_eq!(fill("$[${which}]", &message), "1.5", "metadata comes first");
        assert_eq!(
            fill("${open $[open $ {name}", &message),
            "${open $[open $ {name}"
        );
        assert_eq!(fill("${a${name}}", &message), "${aSN-001}");
        assert_eq!(fill("$[n]", &message), "null");
    }

    #[test]
    fn a_star_is_everything() {
        let message = message(&[("k", "v")], "{\"a\": 1}");
        assert_eq!(fill("${*} $[*]", &message), "{\"k\":\"v\"} {\"a\": 1}");
        let no_json = super::tests::message(&[], "plain");
        assert_eq!(fill("$[*] $[a]", &no_json), "plain $[a]");
    }

    #[test]
    fn growth_is_bounded() {
        let body = format!("{{\"a\":\"{}\"}}", "x".repeat(100_000));
        let template = Template::new("$[a]".repeat(20));
        let error = template.fill_from(&message(&[], &body)).unwrap_err();
        assert!(error.contains("grew beyond"), "{error}");
    }
}
