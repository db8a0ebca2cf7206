//! The scripts a converter starts with. They work as they are for JSON payloads and show where
//! to put one's own decoding.

use millrace_model::entity::{ConverterType, ScriptLang};

/// The script a converter of this direction and language gets when it is saved without one.
#[must_use]
pub fn default_script(direction: ConverterType, lang: ScriptLang) -> &'static str {
    match (direction, lang) {
        (ConverterType::Uplink, ScriptLang::Tbel) => include_str!("uplink.tbel"),
        (ConverterType::Uplink, ScriptLang::Js) => include_str!("uplink.js"),
        (ConverterType::Downlink, ScriptLang::Tbel) => include_str!("downlink.tbel"),
        (ConverterType::Downlink, ScriptLang::Js) => include_str!("downlink.js"),
    }
}
