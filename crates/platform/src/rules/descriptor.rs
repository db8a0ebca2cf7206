//! Nodes describe themselves: palette, forms, manual and tests come from one place.

use millrace_model::EntityType;
use serde::{Serialize, Serializer, ser::SerializeMap};
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

/// What a setting holds, so that a form can ask for it.
#[derive(Debug, Clone, Copy)]
pub enum SettingKind {
    /// A line of text.
    Text,
    /// Text of several lines.
    LongText,
    /// A number.
    Number,
    /// Yes or no.
    Boolean,
    /// One of these: value and what people read.
    Choice(&'static [(&'static str, &'static str)]),
    /// Any number of texts; the offered ones come first.
    Texts(&'static [&'static str]),
    /// Texts by name.
    Map,
    /// A script of the language with this name (`JS`, `TBEL`).
    Script(&'static str),
    /// Id of an entity of this kind, as a bare UUID.
    Entity(EntityType),
    /// Anything else; edited as JSON.
    Json,
}

impl SettingKind {
    fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::LongText => "longText",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Choice(_) => "choice",
            Self::Texts(_) => "texts",
            Self::Map => "map",
            Self::Script(_) => "script",
            Self::Entity(_) => "entity",
            Self::Json => "json",
        }
    }
}

/// One setting of a node. Written as `Setting { name: ..., ..Setting::TEXT }`.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Name in the node's `configuration`.
    pub name: &'static str,
    /// What people read beside the field.
    pub label: &'static str,
    /// What it does, one sentence.
    pub description: &'static str,
    /// What it holds.
    pub kind: SettingKind,
    /// JSON text of what a new node starts with.
    pub default: &'static str,
    /// JSON text of what its absence means, where that is not the default: old exports were
    /// written when the setting was not there.
    pub absent: Option<&'static str>,
    /// Whether `${...}` and `$[...]` are replaced in it.
    pub template: bool,
    /// Whether it is encrypted at rest and masked when read.
    pub secret: bool,
}

impl Setting {
    /// A line of text, empty at first.
    pub const TEXT: Self = Self {
        name: "",
        label: "",
        description: "",
        kind: SettingKind::Text,
        default: "\"\"",
        absent: None,
        template: false,
        secret: false,
    };
    /// A number.
    pub const NUMBER: Self = Self {
        kind: SettingKind::Number,
        default: "0",
        ..Self::TEXT
    };
    /// Yes or no; no at first.
    pub const BOOLEAN: Self = Self {
        kind: SettingKind::Boolean,
        default: "false",
        ..Self::TEXT
    };
    /// Texts, none at first.
    pub const TEXTS: Self = Self {
        kind: SettingKind::Texts(&[]),
        default: "[]",
        ..Self::TEXT
    };
    /// Texts by name, none at first.
    pub const MAP: Self = Self {
        kind: SettingKind::Map,
        default: "{}",
        ..Self::TEXT
    };
    /// JSON.
    pub const JSON: Self = Self {
        kind: SettingKind::Json,
        default: "null",
        ..Self::TEXT
    };

    /// What a node uses when the stored settings do not name it.
    #[must_use]
    pub fn when_absent(&self) -> Json {
        json_of(self.absent.unwrap_or(self.default))
    }
}

impl Serialize for Setting {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", self.name)?;
        map.serialize_entry("label", self.label)?;
        map.serialize_entry("description", self.description)?;
        map.serialize_entry("kind", self.kind.name())?;
        match self.kind {
            SettingKind::Choice(options) => {
                let options: Vec<Json> = options
                    .iter()
                    .map(|(value, label)| serde_json::json!({ "value": value, "label": label }))
                    .collect();
                map.serialize_entry("options", &options)?;
            }
            SettingKind::Texts(offered) if !offered.is_empty() => {
                map.serialize_entry("offered", offered)?;
            }
            SettingKind::Script(lang) => map.serialize_entry("scriptLang", lang)?,
            SettingKind::Entity(kind) => map.serialize_entry("entityType", kind.as_str())?,
            _ => {}
        }
        map.serialize_entry("default", &json_of(self.default))?;
        map.serialize_entry("template", &self.template)?;
        map.serialize_entry("secret", &self.secret)?;
        map.end()
    }
}

/// A message in, and what must come out; every example runs as a test, and stands in the manual.
/// Written as `Example { title: ..., ..Example::BASIC }`.
///
/// The originator is the device `Boiler` of the examples' tenant: of profile `thermometer`, of the
/// customer `Acme`, contained in the asset `Cellar`, member of the group `Boilers`.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// What it shows.
    pub title: &'static str,
    /// JSON text of the settings that differ from the defaults.
    pub settings: &'static str,
    /// Name of another originator: `Acme`, `Cellar`, `Boilers`, `tenant`, `nobody` (deleted).
    pub originator: &'static str,
    /// Type of the message.
    pub msg_type: &'static str,
    /// JSON text of the metadata.
    pub metadata: &'static str,
    /// Body.
    pub data: &'static str,
    /// JSON text of what is stored for the originator: `client`, `shared`, `server` and `latest`,
    /// each an object of values.
    pub stored: &'static str,
    /// Label it must leave by; empty when nothing leaves.
    pub leaves_by: &'static str,
    /// JSON text of what must leave: `data` (equal), `metadata` (these entries; null = absent),
    /// `msgType`, `label`, `originator` (its name). A list for several messages.
    pub leaves: &'static str,
}

impl Example {
    /// Telemetry that leaves by `Success`.
    pub const BASIC: Self = Self {
        title: "",
        settings: "{}",
        originator: "Boiler",
        msg_type: "POST_TELEMETRY_REQUEST",
        metadata: "{}",
        data: "{}",
        stored: "{}",
        leaves_by: "Success",
        leaves: "{}",
    };
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
    /// The settings a new node starts with, as JSON.
    #[must_use]
    pub fn default_settings(&self) -> Json {
        Json::Object(
            self.settings
                .iter()
                .map(|setting| (setting.name.to_owned(), json_of(setting.default)))
                .collect(),
        )
    }

    /// Settings of any version, with what is absent filled in.
    #[must_use]
    pub fn complete(&self, settings: &Json, version: i64) -> Json {
        let mut given = settings.clone();
        if version < self.version {
            (self.upgrade)(&mut given, version);
        }
        let mut complete: serde_json::Map<String, Json> = self
            .settings
            .iter()
            .map(|setting| (setting.name.to_owned(), setting.when_absent()))
            .collect();
        if let Json::Object(given) = given {
            complete.extend(given);
        }
        Json::Object(complete)
    }
}

/// Settings that never changed need no upgrade.
pub fn no_upgrade(_settings: &mut Json, _from: i64) {}

/// A constant of a descriptor; a test parses all of them.
fn json_of(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or(Json::Null)
}
