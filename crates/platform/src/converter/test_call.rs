//! Runs a script on an input that a person gave, without any effect.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use millrace_model::entity::ScriptLang;
use millrace_script::{Engine, EngineOptions, Value};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    downlink::{DownlinkInput, DownlinkScript},
    uplink::UplinkScript,
};
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
    let metadata = texts(&test.metadata);
    let metadata = pairs(&metadata);
    let ran = UplinkScript::compile(lang, &test.decoder)
        .map_err(|error| error.to_string())
        .and_then(|script| {
            let mut engine = Engine::new(EngineOptions::default());
            script
                .run(&mut engine, &payload, &metadata, now_ms(), Uuid::now_v7())
                .map_err(|error| error.to_string())
        });
    Ok(outcome(ran))
}

/// A test of a downlink script.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DownlinkTest {
    /// Metadata by name; values that are no text are turned into text.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub metadata: Map<String, Json>,
    /// The message as JSON text.
    #[serde(default)]
    pub msg: String,
    /// Type of the message.
    #[serde(default)]
    pub msg_type: String,
    /// Metadata of the integration.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub integration_metadata: Map<String, Json>,
    /// The script, whatever its language.
    #[serde(default)]
    pub encoder: String,
}

/// Runs a downlink script on a message.
///
/// # Errors
/// [`PlatformError::Invalid`] when the message is no JSON.
pub fn test_downlink(lang: ScriptLang, test: &DownlinkTest) -> Result<TestOutcome> {
    let msg: Json = serde_json::from_str(&test.msg).map_err(|error| {
        PlatformError::invalid(
            "msg",
            format!("msg must be the text of a JSON value: {error}"),
        )
    })?;
    let (metadata, integration) = (texts(&test.metadata), texts(&test.integration_metadata));
    let (metadata, integration) = (pairs(&metadata), pairs(&integration));
    let input = DownlinkInput {
        msg: &msg,
        metadata: &metadata,
        msg_type: &test.msg_type,
        integration_metadata: &integration,
    };
    let ran = DownlinkScript::compile(lang, &test.encoder)
        .map_err(|error| error.to_string())
        .and_then(|script| {
            let mut engine = Engine::new(EngineOptions::default());
            script
                .run(&mut engine, &input, now_ms(), Uuid::now_v7())
                .map_err(|error| error.to_string())
        });
    Ok(outcome(ran))
}

fn texts(metadata: &Map<String, Json>) -> Vec<(String, String)> {
    metadata
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(key, value)| {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            (key.clone(), text)
        })
        .collect()
}

fn pairs(texts: &[(String, String)]) -> Vec<(&str, &str)> {
    texts
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect()
}

fn outcome(ran: std::result::Result<Value, String>) -> TestOutcome {
    match ran {
        Ok(value) => TestOutcome {
            output: value.to_string(),
            error: String::new(),
        },
        Err(error) => TestOutcome {
            output: String::new(),
            error,
        },
    }
}
