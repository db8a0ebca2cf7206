//! The script of a downlink converter.

use millrace_model::{Millis, entity::ScriptLang};
use millrace_script::{
    Argument, CompileError, Engine, HostCall, Limits, Script, ScriptError, Value,
};
use serde_json::Value as Json;
use uuid::Uuid;

/// A compiled downlink script.
#[derive(Clone)]
pub struct DownlinkScript {
    script: Script,
}

/// What a downlink script is given.
#[derive(Debug, Clone, Copy)]
pub struct DownlinkInput<'a> {
    /// The body of the rule chain's message.
    pub msg: &'a Json,
    /// Its metadata.
    pub metadata: &'a [(&'a str, &'a str)],
    /// Its type.
    pub msg_type: &'a str,
    /// The integration's metadata and `integrationName`.
    pub integration_metadata: &'a [(&'a str, &'a str)],
}

impl DownlinkScript {
    /// Compiles a script with the arguments `msg`, `metadata`, `msgType`, `integrationMetadata`.
    ///
    /// # Errors
    /// What is wrong with the text, with line and column.
    pub fn compile(lang: ScriptLang, source: &str) -> Result<Self, CompileError> {
        let arguments = ["msg", "metadata", "msgType", "integrationMetadata"];
        Script::compile(lang, source, &arguments, &Limits::of(lang)).map(|script| Self { script })
    }

    /// Runs it on one message. Clock and randomness are those of the message: a second run gives
    /// the same answer.
    ///
    /// # Errors
    /// The script's own failure or a limit.
    pub fn run(
        &self,
        engine: &mut Engine,
        input: &DownlinkInput<'_>,
        now_ms: Millis,
        id: Uuid,
    ) -> Result<Value, ScriptError> {
        let host = HostCall {
            now_ms,
            seed: id.as_u64_pair().1,
            ..HostCall::default()
        };
        let arguments = [
            Argument::Json(input.msg),
            Argument::StringMap(input.metadata),
            Argument::Text(input.msg_type),
            Argument::StringMap(input.integration_metadata),
        ];
        engine.run(&self.script, &arguments, &host)
    }
}
