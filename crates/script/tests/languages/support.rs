//! Short ways to run a script in a test.

use millrace_script::{
    Argument, Engine, EngineOptions, ErrorKind, HostCall, Limits, Script, ScriptError, ScriptLang,
    Value,
};

/// Runs an uplink-like script once: `payload` is `{"value": 25.1}`, `metadata` names topic and integration.
pub(crate) fn uplink(lang: ScriptLang, source: &str) -> Result<Value, ScriptError> {
    Fixture::new(lang, source, Limits::of(lang))?.run()
}

/// The result as compact JSON; errors as `kind code line:column message`.
pub(crate) fn shown(result: Result<Value, ScriptError>) -> String {
    match result {
        Ok(value) => value.to_string(),
        Err(ScriptError {
            kind,
            code,
            message,
            place,
            ..
        }) => match place {
            Some((line, column)) => format!("{} {code} {line}:{column} {message}", kind.as_str()),
            None => format!("{} {code} {message}", kind.as_str()),
        },
    }
}

/// Runs a script whose only failure may be a limit, and gives the limit's code.
pub(crate) fn limit(result: Result<Value, ScriptError>) -> &'static str {
    match result {
        Err(error) if error.kind == ErrorKind::Limit => error.code,
        other => panic!("no limit error: {other:?}"),
    }
}

/// A script on an engine of its own.
pub(crate) struct Fixture {
    pub(crate) engine: Engine,
    pub(crate) script: Script,
    pub(crate) host: HostCall,
}

impl Fixture {
    pub(crate) fn new(lang: ScriptLang, source: &str, limits: Limits) -> Result<Self, ScriptError> {
        Ok(Self {
            engine: Engine::new(EngineOptions::default()),
            script: Script::compile(lang, source, &["payload", "metadata"], &limits)?,
            host: HostCall {
                now_ms: 1_700_000_000_123,
                seed: 7,
                ..HostCall::default()
            },
        })
    }

    pub(crate) fn run(&mut self) -> Result<Value, ScriptError> {
        self.run_with(br#"{"value": 25.1}"#)
    }

    pub(crate) fn run_with(&mut self, payload: &[u8]) -> Result<Value, ScriptError> {
        let metadata = [
            (
                "topic",
                "tb/mqtt-integration-tutorial/sensors/SN-001/temperature",
            ),
            ("integrationName", "MQTT Integration"),
        ];
        self.engine.run(
            &self.script,
            &[Argument::Bytes(payload), Argument::StringMap(&metadata)],
            &self.host,
        )
    }
}
