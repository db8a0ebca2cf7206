//! Running the examples of the reference and of the manual.

use tbel::{CompileOptions, Host, Input, Limits, Vm, compile};

use crate::json::json;

/// The message that examples read.
pub(crate) const MESSAGE: &str =
    r#"{"temperature": 25.5, "humidity": 60, "name": "SN-001", "samples": [1, 2, 3], "on": true}"#;

/// What examples read as `payload`.
pub(crate) const PAYLOAD: &[u8] = br#"{"t": 215}"#;

/// The names that examples can read.
pub(crate) const PARAMETERS: &[&str] = &["msg", "metadata", "payload"];

/// The result as JSON, or `error` and its code.
pub(crate) fn run(script: &str) -> String {
    let program = match compile(script, PARAMETERS, &CompileOptions::default()) {
        Ok(program) => program,
        Err(error) => return format!("error {}", error.diagnostics[0].code),
    };
    let limits = Limits {
        time: None,
        ..Limits::default()
    };
    let host = Host {
        now_ms: 1_700_000_000_123,
        ..Host::default()
    };
    let metadata = Input::Map(vec![
        ("deviceName", Input::Str("SN-001")),
        ("deviceType", Input::Str("sensor")),
    ]);
    let args = [Input::Json(MESSAGE), metadata, Input::Bytes(PAYLOAD)];
    match Vm::new(limits).run(&program, &args, &host) {
        Ok(output) => json(&output),
        Err(error) => format!("error {}", error.code),
    }
}
