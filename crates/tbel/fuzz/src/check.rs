//! What must hold for every text: shared by the fuzz targets and the short run of the tests.

use tbel::{CompileOptions, ErrorKind, Host, Input, Limits, Output, RunError, Vm, compile};

/// Arguments of the scripts of the conformance vectors and of converters.
const MSG: &str = r#"{"temperature":25.5,"humidity":60,"str":"hello","flag":true,"list":[1,2,3],"map":{"a":1,"b":{"c":[1.5,"x"]}},"big":12345678901,"n":null}"#;
const METADATA: &str = r#"{"topic":"site/7/sensors/SN-001","deviceName":"SN-001"}"#;
const PAYLOAD: &[u8] = br#"{"value":25.1,"data":"AXVVA2fu"}"#;

fn run(script: &str, optimise: bool, memory: usize) -> Option<Result<Output, RunError>> {
    let options = CompileOptions {
        optimise,
        ..CompileOptions::default()
    };
    let program = compile(script, &["msg", "metadata", "payload"], &options).ok()?;
    let limits = Limits {
        instructions: 50_000,
        time: None,
        memory,
        ..Limits::default()
    };
    let args = [
        Input::Json(MSG),
        Input::Json(METADATA),
        Input::Bytes(PAYLOAD),
    ];
    let host = Host {
        now_ms: 1_700_000_000_123,
        ..Host::default()
    };
    Some(Vm::new(limits).run(&program, &args, &host))
}

/// Memory that hardly any script uses up.
const PLENTY: usize = 1 << 20;

/// A script gives the same when what it no longer reaches is taken back often: with hardly more memory than
/// it needs.
///
/// # Panics
/// When it does not.
pub(crate) fn same_with_little_memory(script: &str) {
    let Some(Ok(wanted)) = run(script, true, PLENTY) else {
        return;
    };
    let (mut too_little, mut enough) = (0, PLENTY);
    while enough - too_little > 16 {
        let memory = usize::midpoint(too_little, enough);
        match run(script, true, memory) {
            Some(Ok(output)) => {
                assert!(
                    output == wanted,
                    "with plenty: {wanted:?}\nwith {memory} bytes: {output:?}\nscript: {script}"
                );
                enough = memory;
            }
            Some(Err(e)) if e.kind == ErrorKind::Limit => too_little = memory,
            other => panic!("with {memory} bytes: {other:?}\nscript: {script}"),
        }
    }
}

/// A script gives the same with and without the fusing of instructions.
///
/// Limits are no difference: fewer instructions are counted. Two operands that both fail may be told in
/// the other order, so errors only have to be of one kind.
///
/// # Panics
/// When it does not.
pub(crate) fn same_with_and_without_optimiser(script: &str) {
    let limited = |outcome: &Option<Result<Output, RunError>>| matches!(outcome, Some(Err(e)) if e.kind == ErrorKind::Limit);
    let (fused, plain) = (run(script, true, PLENTY), run(script, false, PLENTY));
    if limited(&fused) || limited(&plain) {
        return;
    }
    let same = match (&fused, &plain) {
        (None, None) | (Some(Err(_)), Some(Err(_))) => true,
        (Some(Ok(a)), Some(Ok(b))) => a == b,
        _ => false,
    };
    assert!(
        same,
        "with: {fused:?}\nwithout: {plain:?}\nscript: {script}"
    );
}

/// Any text compiles or is refused with findings inside of it.
///
/// # Panics
/// When it does not.
pub(crate) fn compiles_or_is_refused(script: &str) {
    if let Err(error) = compile(script, &["msg"], &CompileOptions::default()) {
        assert!(!error.diagnostics.is_empty(), "refused without a reason");
        let lines = u32::try_from(script.split('\n').count()).unwrap_or(u32::MAX);
        for finding in &error.diagnostics {
            assert!(
                finding.line >= 1 && finding.line <= lines && finding.column >= 1,
                "{finding:?} is outside"
            );
            assert!(
                finding.span.start <= finding.span.end && finding.span.end as usize <= script.len(),
                "{finding:?} is outside"
            );
        }
    }
}
