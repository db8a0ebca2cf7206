//! One script over one message, exactly as a lane runs it.

use millrace_model::entity::{ConverterConfiguration, ConverterType, ScriptLang};
use millrace_script::{CompileError, Engine, ScriptError};
use millrace_store::journal::{InRecord, Seq, message_id};
use serde_json::Value as Json;

use super::report::{Decoded, Failure};
use crate::converter::{UplinkScript, read_result};

/// Characters of a result that an answer shows.
const SHOWN: usize = 64 << 10;

/// A script, or why there is none.
pub(super) struct Decoder(Result<UplinkScript, Failure>);

/// What came of one message.
pub(super) struct Run {
    pub(super) decoded: Decoded,
    /// The whole result, when it is not refused.
    pub(super) value: Option<Json>,
}

impl Decoder {
    pub(super) fn of_script(lang: ScriptLang, text: &str) -> Self {
        Self(UplinkScript::compile(lang, text).map_err(Failure::from))
    }

    /// The script of a converter's configuration.
    pub(super) fn of_configuration(configuration: &Json) -> Self {
        match serde_json::from_value::<ConverterConfiguration>(configuration.clone()) {
            Ok(configuration) => {
                let lang = configuration.script_lang.unwrap_or_default();
                match configuration.script(ConverterType::Uplink) {
                    Some(text) => Self::of_script(lang, text),
                    None => Self::none(format!("the converter has no {} script", lang.as_str())),
                }
            }
            Err(error) => Self::none(format!(
                "the converter's configuration cannot be read: {error}"
            )),
        }
    }

    /// No script, for this reason.
    pub(super) fn none(message: String) -> Self {
        Self(Err(Failure {
            message,
            line: None,
            column: None,
            kind: "compile",
        }))
    }

    /// Runs it with the clock and the randomness of the message.
    pub(super) fn run(
        &self,
        engine: &mut Engine,
        seq: Seq,
        record: &InRecord,
        metadata: &[(&str, &str)],
    ) -> Run {
        let script = match &self.0 {
            Ok(script) => script,
            Err(failure) => return Run::failed(failure.clone()),
        };
        let id = message_id(seq, record.arrival_ms, 0);
        let ran = script.run(engine, &record.payload, metadata, record.arrival_ms, id);
        let value = match ran {
            Ok(value) => value,
            Err(error) => return Run::failed(error.into()),
        };
        let json = value.to_json();
        let (output, cut) = shown(value.to_string());
        let refused = read_result(value, record.arrival_ms).err();
        let error = refused.map(|error| Failure {
            message: error.to_string(),
            line: None,
            column: None,
            kind: "result",
        });
        Run {
            value: error.is_none().then_some(json),
            decoded: Decoded {
                output: Some(output),
                cut,
                error,
            },
        }
    }
}

impl Run {
    fn failed(failure: Failure) -> Self {
        Self {
            decoded: Decoded {
                error: Some(failure),
                ..Decoded::default()
            },
            value: None,
        }
    }
}

impl From<ScriptError> for Failure {
    fn from(error: ScriptError) -> Self {
        Self {
            message: error.to_string(),
            line: error.line(),
            column: error.column(),
            kind: error.kind.as_str(),
        }
    }
}

impl From<CompileError> for Failure {
    fn from(error: CompileError) -> Self {
        ScriptError::from(error).into()
    }
}

fn shown(text: String) -> (String, bool) {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => (text.get(..end).unwrap_or_default().to_owned(), true),
        None => (text, false),
    }
}
