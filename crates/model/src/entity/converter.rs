//! Data converters.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::{DebugSettings, Millis, TenantId, id::ConverterId};

use super::{Entity, entity_fields};

/// A data converter: a script and what it is for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Converter {
    /// Id; absent on create.
    pub id: Option<ConverterId>,
    /// When it was made.
    pub created_time: Option<Millis>,
    /// Whose it is.
    pub tenant_id: Option<TenantId>,
    /// Unique name within the tenant.
    pub name: String,
    /// Uplink or downlink; required.
    #[serde(rename = "type")]
    pub converter_type: Option<ConverterType>,
    /// Integration type it is made for; absent means all.
    pub integration_type: Option<String>,
    /// Deprecated form of `debugSettings`; always false when read back.
    pub debug_mode: bool,
    /// What is recorded.
    pub debug_settings: Option<DebugSettings>,
    /// Scripts and settings; unknown members are kept.
    #[schema(value_type = Object)]
    pub configuration: Json,
    /// Only for edge; kept.
    pub edge_template: bool,
    /// 1 or absent: generic; 2: typed.
    pub converter_version: Option<i64>,
    /// Free JSON, returned as it came.
    #[schema(value_type = Object)]
    pub additional_info: Option<Json>,
    /// Counter of saves; an older one in a save is a conflict.
    pub version: Option<i64>,
}

impl Entity for Converter {
    entity_fields!(ConverterId, name);

    fn subtype(&self) -> Option<&str> {
        self.converter_type.map(ConverterType::as_str)
    }
}

/// Direction of a converter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum ConverterType {
    /// From the device.
    Uplink,
    /// To the device.
    Downlink,
}

impl ConverterType {
    /// The JSON spelling.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Uplink => "UPLINK",
            Self::Downlink => "DOWNLINK",
        }
    }
}

/// Language of a script. Absent in old exports, which means JavaScript.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum ScriptLang {
    /// JavaScript.
    #[default]
    Js,
    /// The expression language of the reference platform.
    Tbel,
}

impl ScriptLang {
    /// The JSON spelling.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Js => "JS",
            Self::Tbel => "TBEL",
        }
    }
}

/// The members of `configuration` that the server understands.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ConverterConfiguration {
    /// Which of the scripts runs.
    pub script_lang: Option<ScriptLang>,
    /// JavaScript of an uplink converter.
    pub decoder: Option<String>,
    /// TBEL of an uplink converter.
    pub tbel_decoder: Option<String>,
    /// JavaScript of a downlink converter.
    pub encoder: Option<String>,
    /// TBEL of a downlink converter.
    pub tbel_encoder: Option<String>,
    /// Keys that are forwarded only when their value changed.
    pub update_only_keys: Option<Vec<String>>,
}

impl ConverterConfiguration {
    /// Name of the member that holds the script of this direction and language.
    #[must_use]
    pub fn script_member(direction: ConverterType, lang: ScriptLang) -> &'static str {
        match (direction, lang) {
            (ConverterType::Uplink, ScriptLang::Js) => "decoder",
            (ConverterType::Uplink, ScriptLang::Tbel) => "tbelDecoder",
            (ConverterType::Downlink, ScriptLang::Js) => "encoder",
            (ConverterType::Downlink, ScriptLang::Tbel) => "tbelEncoder",
        }
    }

    /// The script that runs in this direction; `None` when it is absent or blank.
    #[must_use]
    pub fn script(&self, direction: ConverterType) -> Option<&str> {
        let text = match (direction, self.script_lang.unwrap_or_default()) {
            (ConverterType::Uplink, ScriptLang::Js) => &self.decoder,
            (ConverterType::Uplink, ScriptLang::Tbel) => &self.tbel_decoder,
            (ConverterType::Downlink, ScriptLang::Js) => &self.encoder,
            (ConverterType::Downlink, ScriptLang::Tbel) => &self.tbel_encoder,
        };
        text.as_deref().filter(|text| !text.trim().is_empty())
    }
}
