//! The content of a dashboard: text that is checked for its form and never rewritten.

use std::collections::BTreeMap;

use millrace_model::{
    entity::{Dashboard, DashboardInfo},
    id::DashboardId,
};
use millrace_store::entities::Change;
use serde_json::{Map, Value as Json, json, value::RawValue};

use super::Dashboards;
use crate::{PlatformError, Result, Scope};

/// Name of the document beside the row.
const DOCUMENT: &str = "content";
/// Deepest nesting that is taken: far beyond every dashboard, within what every client can read.
const DEPTH_MAX: usize = 100;

/// A dashboard as a client sends it.
#[derive(Debug, Clone)]
pub struct SentDashboard {
    /// What lists show.
    pub info: DashboardInfo,
    pub(super) content: Content,
}

/// Texts by member. A member that was not sent is absent, one that was sent as null is `null`.
#[derive(Debug, Clone, Default)]
pub(super) struct Content {
    configuration: Option<Box<RawValue>>,
    resources: Option<Box<RawValue>>,
}

impl SentDashboard {
    /// Reads a body. Null members count as absent but for the content, which null empties;
    /// unknown members are ignored.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] with the place and the reason.
    pub fn parse(body: &[u8]) -> Result<Self> {
        let wrong = |error: serde_json::Error| {
            PlatformError::invalid("dashboard", format!("the request body is wrong: {error}"))
        };
        let mut members: BTreeMap<String, Box<RawValue>> =
            serde_json::from_slice(body).map_err(wrong)?;
        let content = Content {
            configuration: members.remove("configuration"),
            resources: members.remove("resources"),
        };
        let mut rest = Map::new();
        for (name, text) in members {
            let value: Json = serde_json::from_str(text.get()).map_err(|error| {
                PlatformError::invalid(&name, format!("{name} cannot be read: {error}"))
            })?;
            if !value.is_null() {
                rest.insert(name, value);
            }
        }
        let info = serde_json::from_value(Json::Object(rest)).map_err(wrong)?;
        Ok(Self { info, content })
    }
}

impl Content {
    pub(super) fn check(&self) -> Result<()> {
        let configuration = text_of(self.configuration.as_deref());
        if !configuration.starts_with('{') && configuration != "null" {
            return Err(PlatformError::invalid(
                "configuration",
                "configuration must be a JSON object with widgets, states and settings",
            ));
        }
        let resources = text_of(self.resources.as_deref());
        for (name, text) in [("configuration", configuration), ("resources", resources)] {
            if depth(text) > DEPTH_MAX {
                return Err(PlatformError::invalid(
                    name,
                    format!("{name} is nested deeper than {DEPTH_MAX} levels: flatten it"),
                ));
            }
        }
        Ok(())
    }

    /// What was sent, else what is kept.
    pub(super) fn or(self, kept: Self) -> Self {
        Self {
            configuration: self.configuration.or(kept.configuration),
            resources: self.resources.or(kept.resources),
        }
    }

    /// The change that keeps it.
    pub(super) fn change(&self, scope: &Scope, id: DashboardId) -> Change {
        let text = |raw: &Option<Box<RawValue>>| raw.as_ref().map(|raw| raw.get().to_owned());
        Change::PutDocument {
            tenant: scope.tenant,
            entity: id.into(),
            name: DOCUMENT.to_owned(),
            lookup: None,
            body: json!({
                "configuration": text(&self.configuration),
                "resources": text(&self.resources),
            }),
        }
    }

    /// The whole dashboard.
    pub(super) fn with(self, info: DashboardInfo) -> Result<Dashboard> {
        Ok(Dashboard {
            info,
            configuration: self.configuration.filter(|text| text.get() != "null"),
            resources: self.resources.filter(|text| text.get() != "null"),
        })
    }
}

impl Dashboards {
    pub(super) fn content(&self, scope: &Scope, id: DashboardId) -> Result<Content> {
        let document = self
            .records
            .store()
            .document(scope.tenant, id.into(), DOCUMENT)?;
        let raw = |name: &str| {
            let text = document.as_ref()?.get(name)?.as_str()?;
            RawValue::from_string(text.to_owned()).ok()
        };
        Ok(Content {
            configuration: raw("configuration"),
            resources: raw("resources"),
        })
    }
}

fn text_of(raw: Option<&RawValue>) -> &str {
    raw.map_or("null", RawValue::get)
}

/// Deepest nesting of a JSON text that is known to be sound.
fn depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0_usize);
    let (mut quoted, mut escaped) = (false, false);
    for byte in text.bytes() {
        if quoted {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => quoted = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => quoted = true,
            b'{' | b'[' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_counts_brackets_outside_of_texts() {
        assert_eq!(depth(r#"{"a":[{"b":"]]}}[[[\"{{"}]}"#), 3);
        assert_eq!(depth("3"), 0);
    }

    #[test]
    fn a_body_is_read_with_its_texts_as_they_came() {
        let body = br#"{"title":"t","image":null,"mobileHide":null,"unknown":[1],
            "configuration":{"b":1.0,"a":1e5,"big":123456789012345678901234567890,"a":2}}"#;
        let sent = SentDashboard::parse(body).unwrap();
        assert_eq!(
            text_of(sent.content.configuration.as_deref()),
            r#"{"b":1.0,"a":1e5,"big":123456789012345678901234567890,"a":2}"#
        );
        assert!(sent.content.check().is_ok());
    }

    #[test]
    fn wrong_forms_are_refused_by_name() {
        for (body, field) in [
            (r#"{"title":3}"#, "string"),
            (r#"{"title":"t","mobileHide":"x"}"#, "boolean"),
            ("[]", "map"),
            ("", "EOF"),
        ] {
            let error = SentDashboard::parse(body.as_bytes())
                .unwrap_err()
                .to_string();
            assert!(error.contains(field), "{body}: {error}");
        }
        for configuration in ["[]", "3", "\"{}\"", "true"] {
            let body = format!(r#"{{"title":"t","configuration":{configuration}}}"#);
            let sent = SentDashboard::parse(body.as_bytes()).unwrap();
            let error = sent.content.check().unwrap_err().to_string();
            assert!(error.starts_with("configuration must be"), "{error}");
        }
        let deep = format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
        let body = format!(r#"{{"title":"t","configuration":{deep}}}"#);
        let sent = SentDashboard::parse(body.as_bytes()).unwrap();
        assert!(
            sent.content
                .check()
                .unwrap_err()
                .to_string()
                .contains("deeper")
        );
    }
}
