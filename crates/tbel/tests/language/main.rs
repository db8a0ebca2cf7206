//! What the language does, in small scripts: the set that always runs.

#![allow(missing_docs)]

mod accidents;
mod bytes;
mod collections;
mod dates;
mod errors;
mod functions;
mod host;
mod java;
mod json;
mod limits;
mod numbers;
mod operators;
mod portable;
mod recovery;
mod robustness;
mod sections;
mod statements;
mod strings;
mod tutorial;

use std::fmt::Write;

use tbel::{CompileOptions, Host, Input, Limits, Output, RunError, Vm, compile};

/// Arguments of most scripts: `msg` and `payload`.
fn run(script: &str) -> Result<Output, String> {
    let program = compile(script, &["msg", "payload"], &CompileOptions::default())
        .map_err(|e| format!("compile: {e}"))?;
    let msg = r#"{"t": 25.5, "h": 60, "list": [1, 2, 3], "name": "hello", "on": true, "big": 12345678901, "deep": {"er": 5}}"#;
    let payload = [0x12, 0x34, 0x56, 0xFF];
    let host = Host {
        now_ms: 1_700_000_000_123,
        ..Host::default()
    };
    // A debug build is slow; the instructions decide, not the clock.
    let limits = Limits {
        time: None,
        ..Limits::default()
    };
    let args = [Input::Json(msg), Input::Bytes(&payload)];
    Vm::new(limits)
        .run(&program, &args, &host)
        .map_err(|e| format!("{}: {e}", kind(&e)))
}

fn kind(error: &RunError) -> &'static str {
    match error.kind {
        tbel::ErrorKind::Runtime => "runtime",
        tbel::ErrorKind::Limit => "limit",
    }
}

/// The result as JSON, doubles with their point.
fn show(output: &Output) -> String {
    match output {
        Output::Null => "null".into(),
        Output::Bool(b) => b.to_string(),
        Output::Int(n) => n.to_string(),
        Output::Long(n) => format!("{n}L"),
        Output::Float(x) => format!("{x:?}f"),
        Output::Double(x) => format!("{x:?}"),
        Output::Big(n) => n.to_string(),
        Output::Str(s) => format!("{s:?}"),
        Output::List(items) => {
            format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(","))
        }
        Output::Map(entries) => {
            let mut out = String::from("{");
            for (i, (key, value)) in entries.iter().enumerate() {
                let _ = write!(out, "{}{key}:{}", if i > 0 { "," } else { "" }, show(value));
            }
            out.push('}');
            out
        }
    }
}

/// Each script and what it gives.
fn check(cases: &[(&str, &str)]) {
    for (script, wanted) in cases {
        let got = run(script)
            .as_ref()
            .map_or_else(|e| format!("error {e}"), show);
        assert_eq!(&got, wanted, "{script}");
    }
}

/// Each script and a part of its error, which begins with `compile:`, `runtime:` or `limit:`.
fn check_errors(cases: &[(&str, &str, &str)]) {
    for (script, kind, part) in cases {
        let got = run(script).map(|o| show(&o));
        let Err(error) = got else {
            panic!("{script} gives {got:?}")
        };
        assert!(error.starts_with(kind), "{script}: {error}");
        assert!(error.contains(part), "{script}: {error}");
    }
}
