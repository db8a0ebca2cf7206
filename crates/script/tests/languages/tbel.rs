//! What converters and rules written in TBEL rely on, through the common face.

use std::time::Duration;

use millrace_script::{
    Argument, Engine, EngineOptions, ErrorKind, HostCall, Limits, Script, ScriptLang::Tbel,
    Severity, Value,
};
use serde_json::json;

use crate::support::{Fixture, limit, shown, uplink};

fn tbel(source: &str) -> String {
    shown(uplink(Tbel, source))
}

#[test]
fn numbers_keep_their_kind() {
    assert_eq!(
        tbel("return {i: 25, d: 25.0, l: 5000000000, n: null};"),
        r#"{"i":25,"d":25.0,"l":5000000000}"#
    );
    assert_eq!(uplink(Tbel, "return 25.0;"), Ok(Value::Double(25.0)));
    assert_eq!(uplink(Tbel, "return 25;"), Ok(Value::Int(25)));
    assert_eq!(tbel("return 0.0 / 0.0;"), r#""NaN""#);
}

#[test]
fn a_payload_is_a_list_of_signed_bytes() {
    let mut script = Fixture::new(Tbel, "return payload;", Limits::tbel()).expect("compiles");
    assert_eq!(
        shown(script.run_with(&[0, 127, 128, 255])),
        "[0,127,-128,-1]"
    );
}

#[test]
fn arguments_arrive_as_they_are() {
    let script = Script::compile(
        Tbel,
        "return [msg.a, msg.list, text, map.k, none == null];",
        &["msg", "text", "map", "none"],
        &Limits::tbel(),
    )
    .expect("compiles");
    let msg = json!({"a": 1.5, "list": [true, null, 7, 5_000_000_000_i64]});
    let mut engine = Engine::new(EngineOptions::default());
    for msg in [Argument::Json(&msg), Argument::JsonText(&msg.to_string())] {
        let arguments = [
            msg,
            Argument::Text("t"),
            Argument::StringMap(&[("k", "v")]),
            Argument::Null,
        ];
        let value = engine.run(&script, &arguments, &HostCall::default());
        assert_eq!(
            shown(value),
            r#"[1.5,[true,null,7,5000000000],"t","v",true]"#
        );
    }
}

#[test]
fn errors_point_into_the_script() {
    let error = uplink(Tbel, "var a = null;\nreturn a.b;").expect_err("null has no members");
    assert_eq!((error.kind, error.line()), (ErrorKind::Runtime, Some(2)));
    let error =
        Script::compile(Tbel, "return 1;\nvar x = ;", &[], &Limits::tbel()).expect_err("no value");
    assert_eq!(
        error.first().map(|first| (first.severity, first.line)),
        Some((Severity::Error, 2))
    );
}

#[test]
fn unknown_functions_are_warned_of_and_fail_only_where_they_are_called() {
    let source = "if (metadata.topic == 'never') { return missing(1); }\nreturn 1;";
    let script = Script::compile(Tbel, source, &["metadata"], &Limits::tbel()).expect("compiles");
    assert!(
        script
            .warnings()
            .iter()
            .any(|warning| warning.message.contains("missing") && warning.line == 1)
    );
    let mut engine = Engine::new(EngineOptions::default());
    let mut run = |topic| {
        engine.run(
            &script,
            &[Argument::StringMap(&[("topic", topic)])],
            &HostCall::default(),
        )
    };
    assert_eq!(run("other"), Ok(Value::Int(1)));
    assert!(
        run("never")
            .expect_err("not there")
            .message
            .contains("missing")
    );
}

#[test]
fn the_clock_is_the_hosts() {
    let mut script = Fixture::new(
        Tbel,
        "return [new Date().getTime(), Math.random()];",
        Limits::tbel(),
    )
    .expect("compiles");
    let value = script.run().expect("runs");
    assert!(
        value.to_string().starts_with("[1700000000123,0."),
        "{value}"
    );
    assert_eq!(value, script.run().expect("runs"));
}

#[test]
fn budgets_end_a_run() {
    // Far from the clock's backstop, however slow the machine.
    let patient = Limits {
        wall: Duration::from_secs(600),
        ..Limits::tbel()
    };
    let ends_by = |source: &str, limits: &Limits| {
        limit(Fixture::new(Tbel, source, limits.clone()).and_then(|mut script| script.run()))
    };
    assert_eq!(ends_by("while (true) { }", &patient), "instructions");
    assert_eq!(
        ends_by("function f() { return f(); } return f();", &patient),
        "call-depth"
    );
    assert_eq!(
        ends_by(
            "var l = []; while (true) { l.add('some text' + l.size()); }",
            &patient
        ),
        "memory"
    );
    assert_eq!(
        ends_by(
            "var s = 'x'; for (var i = 0; i < 19; i++) { s = s + s; } return s;",
            &patient
        ),
        "result-size"
    );
    let counting = "var n = 0; for (var i = 0; i < 10000; i++) { n = n + i; } return n;";
    assert_eq!(
        shown(Fixture::new(Tbel, counting, patient.clone()).and_then(|mut script| script.run())),
        "49995000"
    );
    assert_eq!(
        ends_by(
            counting,
            &Limits {
                instructions: 1_000,
                ..patient.clone()
            }
        ),
        "instructions"
    );
    assert_eq!(
        ends_by(
            "while (true) { }",
            &Limits {
                wall: Duration::from_millis(1),
                ..patient
            }
        ),
        "timeout"
    );
}
