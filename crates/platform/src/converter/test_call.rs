//! Runs a script on an input that a person gave, without any effect.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use millrace_model::entity::ScriptLang;
use millrace_script::{Engine, EngineOptions};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::uplink::UplinkScript;
use crate::{
    clock::now_ms,
    error::{PlatformError, Result},
};

/// A test of an uplink script.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UplinkTest {
    /// Metadata by name; values that are no text are turned into text.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub metadata: Map<String, Json>,
    /// The payload in base64.
    #[serde(default)]
    pub payload: String,
    /// The script, whatever its language.
    #[serde(default)]
    pub decoder: String,
}

/// What came of a test. A failing script is an outcome, not an error of the call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TestOutcome {
    /// The result as JSON text; empty after a failure.
    pub output: String,
    /// What failed; empty otherwise.
    pub error: String,
}

/// Runs an uplink script on a payload.
///
/// # Errors
/// [`PlatformError::Invalid`] when the payload is no base64.
pub fn test_uplink(lang: ScriptLang, test: &UplinkTest) -> Result<TestOutcome> {
    let payload = STANDARD.decode(test.payload.trim()).map_err(|error| {
        PlatformError::invalid("payload", format!("payload must be base64: {error}"))
    })?;
    let metadata: Vec<(String, String)> = test
        .metadata
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(key, value)| {
            (
                key.clone(),
                value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned),
            )
        })
        .collect();
    let metadata: Vec<(&str, &str)> = metadata
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect();
    let ran = UplinkScript::compile(lang, &test.decoder)
        .map_err(|error| error.to_string())
        .and_then(|script| {
            let mut engine = Engine::new(EngineOptions::default());
            script
                .run(&mut engine, &payload, &metadata, now_ms(), Uuid::now_v7())
                .map_err(|error| error.to_string())
        });
    Ok(match ran {
        Ok(value) => TestOutcome {
            output: value.to_string(),
            error: String::new(),
        },
        Err(error) => TestOutcome {
            output: String::new(),
            error,
        },
    })
}
