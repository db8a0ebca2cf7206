//! Nodes describe themselves: palette, forms, manual and tests come from one place.

use serde::Serialize;
use serde_json::Value as Json;

use super::node::{BuildError, SharedNode};

/// Where a node stands in the palette.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
#[allow(missing_docs)]
pub enum ComponentKind {
    Enrichment,
    Filter,
    Transformation,
    Action,
    Analytics,
    External,
    Flow,
}

/// One setting of a node.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Setting {
    /// Name in the node's `configuration`.
    pub name: &'static str,
    /// What it does, one sentence.
    pub description: &'static str,
    /// JSON text of its default.
    pub default: &'static str,
    /// Whether it is encrypted at rest and masked when read.
    pub secret: bool,
}

/// A message in, and what must come out; every example runs as a test.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// What it shows.
    pub title: &'static str,
    /// JSON text of the settings that differ from the defaults.
    pub settings: &'static str,
    /// Type of the message.
    pub msg_type: &'static str,
    /// JSON text of the metadata.
    pub metadata: &'static str,
    /// Body.
    pub data: &'static str,
    /// Label it must leave by.
    pub leaves_by: &'static str,
}

/// Everything about one kind of node.
pub struct NodeDescriptor {
    /// Full type name, as exports write it.
    pub type_name: &'static str,
    /// Name in the palette.
    pub name: &'static str,
    /// Earlier names, for search.
    pub old_names: &'static [&'static str],
    /// Where it stands.
    pub kind: ComponentKind,
    /// What it does, for people.
    pub description: &'static str,
    /// Labels it may leave by.
    pub outputs: &'static [&'static str],
    /// Whether it may leave by any label.
    pub custom_outputs: bool,
    /// Current version of its settings.
    pub version: i64,
    /// Its settings.
    pub settings: &'static [Setting],
    /// Brings settings of an older version up to date.
    pub upgrade: fn(settings: &mut Json, from: i64),
    /// Builds it.
    pub build: fn(settings: &Json) -> Result<SharedNode, BuildError>,
    /// Examples.
    pub examples: &'static [Example],
}

impl NodeDescriptor {
    /// The default settings as JSON.
    #[must_use]
    pub fn default_settings(&self) -> Json {
        Json::Object(
            self.settings
                .iter()
                .map(|setting| {
                    (
                        setting.name.to_owned(),
                        serde_json::from_str(setting.default).unwrap_or(Json::Null),
                    )
                })
                .collect(),
        )
    }

    /// Settings of any version, with what is absent filled in from the defaults.
    #[must_use]
    pub fn complete(&self, settings: &Json, version: i64) -> Json {
        let mut given = settings.clone();
        if version < self.version {
            (self.upgrade)(&mut given, version);
        }
        let mut complete = self.default_settings();
        if let (Json::Object(all), Json::Object(given)) = (&mut complete, given) {
            all.extend(given);
        }
        complete
    }
}

/// Settings that never changed need no upgrade.
pub fn no_upgrade(_settings: &mut Json, _from: i64) {}
