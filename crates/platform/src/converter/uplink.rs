//! The script of an uplink converter.

use millrace_model::{Millis, entity::ScriptLang};
use millrace_script::{
    Argument, CompileError, Engine, HostCall, Limits, Script, ScriptError, Value,
};
use uuid::Uuid;

/// A compiled uplink script.
#[derive(Clone)]
pub struct UplinkScript {
    script: Script,
}

impl UplinkScript {
    /// Compiles a script with the arguments `payload` and `metadata`.
    ///
    /// # Errors
    /// What is wrong with the text, with line and column.
    pub fn compile(lang: ScriptLang, source: &str) -> Result<Self, CompileError> {
        Script::compile(lang, source, &["payload", "metadata"], &Limits::of(lang))
            .map(|script| Self { script })
    }

    /// Runs it on one message. The clock it sees is the arrival, its randomness comes from the
    /// message's id: a second run gives the same answer.
    ///
    /// # Errors
    /// The script's own failure or a limit.
    pub fn run(
        &self,
        engine: &mut Engine,
        payload: &[u8],
        metadata: &[(&str, &str)],
        arrival_ms: Millis,
        id: Uuid,
    ) -> Result<Value, ScriptError> {
        let host = HostCall {
            now_ms: arrival_ms,
            seed: id.as_u64_pair().1,
            ..HostCall::default()
        };
        engine.run(
            &self.script,
            &[Argument::Bytes(payload), Argument::StringMap(metadata)],
            &host,
        )
    }
}
