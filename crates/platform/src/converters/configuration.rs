//! The configuration of a converter: checked for shape and size, given a default script where it
//! has none, and otherwise left as it came.

use millrace_model::entity::{ConverterConfiguration, ConverterType, ScriptLang};
use serde_json::{Map, Value as Json};

use super::default_script;
use crate::{PlatformError, Result};

/// Longest script (bytes).
pub(super) const SCRIPT_MAX: usize = 512 * 1024;

const SCRIPT_MEMBERS: [&str; 4] = ["decoder", "tbelDecoder", "encoder", "tbelEncoder"];

/// Members by which a typed converter says what to do without a script of its own.
const TYPED_MEMBERS: [&str; 3] = ["isDevice", "name", "profile"];

/// Checks a configuration and adds the default script of its direction and language when the
/// script that would run is absent or blank.
pub(super) fn complete(
    configuration: &mut Json,
    direction: ConverterType,
    version: Option<i64>,
) -> Result<()> {
    if configuration.is_null() {
        *configuration = Json::Object(Map::new());
    }
    let Json::Object(members) = configuration else {
        return Err(PlatformError::invalid(
            "configuration",
            "configuration should be an object with scriptLang and the script",
        ));
    };
    for name in SCRIPT_MEMBERS {
        check_script(name, members.get(name))?;
    }
    let lang = script_lang(members.get("scriptLang"))?;
    let typed = version == Some(2) && TYPED_MEMBERS.iter().any(|name| members.contains_key(*name));
    let member = ConverterConfiguration::script_member(direction, lang);
    let blank = members
        .get(member)
        .and_then(Json::as_str)
        .is_none_or(|text| text.trim().is_empty());
    if blank && !typed {
        members.insert(
            member.to_owned(),
            Json::String(default_script(direction, lang).to_owned()),
        );
    }
    Ok(())
}

fn check_script(name: &str, script: Option<&Json>) -> Result<()> {
    match script {
        None | Some(Json::Null) => Ok(()),
        Some(Json::String(text)) if text.len() <= SCRIPT_MAX => Ok(()),
        Some(Json::String(text)) => Err(PlatformError::invalid(
            format!("configuration.{name}"),
            format!(
                "configuration.{name} is too long: it has {} bytes, use at most {SCRIPT_MAX}",
                text.len()
            ),
        )),
        Some(_) => Err(PlatformError::invalid(
            format!("configuration.{name}"),
            format!("configuration.{name} should be the text of a script"),
        )),
    }
}

fn script_lang(value: Option<&Json>) -> Result<ScriptLang> {
    match value {
        None | Some(Json::Null) => Ok(ScriptLang::Js),
        Some(Json::String(text)) if text == "JS" => Ok(ScriptLang::Js),
        Some(Json::String(text)) if text == "TBEL" => Ok(ScriptLang::Tbel),
        Some(other) => Err(PlatformError::invalid(
            "configuration.scriptLang",
            format!("configuration.scriptLang is {other}: use \"TBEL\" or \"JS\""),
        )),
    }
}
