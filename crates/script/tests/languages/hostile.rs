//! Scripts that take too much, and scripts that try to reach what is not theirs.

use std::time::{Duration, Instant};

use crate::support::{Fixture, limit, shown, uplink};
use millrace_script::{
    Argument, Engine, EngineOptions, HostCall, Limits, Script, ScriptLang, ScriptLang::Js,
};

fn js_limit(source: &str) -> &'static str {
    limit(uplink(Js, source))
}

#[test]
fn loops_end_by_steps_and_cannot_catch_it() {
    assert_eq!(js_limit("while (true) {}"), "instructions");
    assert_eq!(
        js_limit("for (;;) { try { for (;;); } catch (e) { continue; } finally { continue; } }"),
        "instructions"
    );
    assert_eq!(js_limit("return {get a() { for (;;); }};"), "instructions");
    assert_eq!(
        js_limit("return new Proxy({}, {ownKeys: function () { for (;;); }});"),
        "instructions"
    );
    assert_eq!(
        js_limit("throw {get message() { for (;;); }};"),
        "instructions"
    );
    assert_eq!(
        js_limit("return {toJSON: function () { for (;;); }};"),
        "instructions"
    );
    assert_eq!(
        js_limit("return /(a+)+$/.test('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab');"),
        "instructions"
    );
    assert_eq!(
        js_limit("return (async function () { for (;;) await null; })();"),
        "instructions"
    );
}

#[test]
fn a_stop_without_a_known_place_names_none() {
    let error = uplink(Js, "var i = 0;\nwhile (true) {\n  i++;\n}").expect_err("stopped");
    assert_eq!(error.place, None, "{error}");
}

#[test]
fn work_inside_built_ins_counts() {
    for source in [
        "for (;;) 'x'.repeat(8 << 20);",
        "try { for (;;) try { 'x'.repeat(8 << 20); } catch (e) {} } catch (e) {}",
        "return new Array(4294967295).join('');",
        "return new Array(4294967295).fill(0);",
        "return new Array(4294967295).indexOf(1);",
        "return ('a'.repeat(1000000) + 'b').indexOf('a'.repeat(500000) + 'c');",
        "return 'a'.repeat(1000000).split('a'.repeat(500000) + 'c');",
        "var a = new Array(100000).fill(7); for (;;) a.sort();",
        "var s = '[' + '1,'.repeat(100000) + '1]'; for (;;) JSON.parse(s);",
    ] {
        let start = Instant::now();
        let code = js_limit(source);
        assert!(
            code == "instructions" || code == "memory",
            "{code}: {source}"
        );
        assert!(
            start.elapsed() < Duration::from_secs(3),
            "{:?}: {source}",
            start.elapsed()
        );
    }
}

#[test]
fn the_clock_is_the_backstop() {
    let limits = Limits {
        instructions: u64::MAX,
        wall: Duration::from_millis(50),
        ..Limits::js()
    };
    let mut script = Fixture::new(Js, "for (;;);", limits).expect("compiles");
    assert_eq!(limit(script.run()), "timeout");
}

#[test]
fn recursion_ends_by_depth() {
    assert_eq!(
        js_limit("function f() { return f() + 1; } return f();"),
        "call-depth"
    );
    assert_eq!(
        js_limit("function f(a) { return [a].map(f); } return f(1);"),
        "call-depth"
    );
    let deep = format!("return {}1{};", "[".repeat(200), "]".repeat(200));
    assert_eq!(js_limit(&deep), "value-depth");
    let unparsable = format!("return {}1{};", "[".repeat(20_000), "]".repeat(20_000));
    assert!(Script::compile(Js, &unparsable, &[], &Limits::js()).is_err());
}

#[test]
fn memory_is_bounded() {
    assert_eq!(
        js_limit("var a = []; for (;;) a.push('x' + a.length);"),
        "memory"
    );
    assert_eq!(js_limit("var a = []; for (;;) a.push({});"), "memory");
    assert_eq!(
        js_limit("var s = 'x'; for (;;) { s = s + s; if (s.length < 0) break; }"),
        "memory"
    );
    assert_eq!(js_limit("return new ArrayBuffer(1e9);"), "memory");
    assert_eq!(js_limit("return new Array(3e6).fill(0);"), "memory");
}

#[test]
fn large_results_are_named() {
    assert_eq!(js_limit("return 'y'.repeat(10 << 20);"), "result-size");
    assert_eq!(
        js_limit("var o = {}; for (var i = 0; i < 10; i++) o[i] = 'x'.repeat(1 << 20); return o;"),
        "result-size"
    );
    assert_eq!(
        js_limit("var a = []; for (var i = 0; i < 40; i++) a = [a, a]; return a;"),
        "result-size"
    );
    assert_eq!(js_limit("return new Array(4294967295);"), "result-size");
    let error = uplink(Js, "return 'y'.repeat(300000);").expect_err("quotes make it 300002");
    assert_eq!(
        error.message,
        "the result is larger than 300000 characters of JSON"
    );
    assert!(
        uplink(Js, "return 'ж'.repeat(299998);").is_ok(),
        "characters count, not bytes"
    );
}

#[test]
fn large_arguments_are_refused() {
    for lang in [Js, ScriptLang::Tbel] {
        let script =
            Script::compile(lang, "return 1;", &["a", "b"], &Limits::of(lang)).expect("compiles");
        let text = "x".repeat(60_000);
        let mut engine = Engine::new(EngineOptions::default());
        let mut run =
            |arguments: &[Argument<'_>]| engine.run(&script, arguments, &HostCall::default());
        assert!(run(&[Argument::Text(&text), Argument::Null]).is_ok());
        assert!(limit(run(&[Argument::Text(&text), Argument::Text(&text)])).eq("arguments-size"));
        let json = serde_json::json!([text, text]);
        assert!(limit(run(&[Argument::Json(&json)])).eq("arguments-size"));
    }
}

#[test]
fn deep_arguments_are_refused() {
    let mut json = serde_json::json!(1);
    for _ in 0..10_000 {
        json = serde_json::Value::Array(vec![json]);
    }
    for lang in [Js, ScriptLang::Tbel] {
        let script =
            Script::compile(lang, "return 1;", &["a"], &Limits::of(lang)).expect("compiles");
        let mut engine = Engine::new(EngineOptions::default());
        assert_eq!(
            limit(engine.run(&script, &[Argument::Json(&json)], &HostCall::default())),
            "value-depth"
        );
    }
    // Dropping it is as deep as making it.
    while let serde_json::Value::Array(mut items) = json {
        json = items.pop().unwrap_or_default();
    }
}

#[test]
fn hoarding_between_calls_costs_the_hoard() {
    let source = "this.kept = this.kept || []; for (var i = 0; i < 1000; i++) kept.push('some text ' + Math.random()); return kept.length;";
    let mut script = Fixture::new(Js, source, Limits::js()).expect("compiles");
    let lengths: Vec<i64> = (0..300)
        .map(|_| {
            script
                .run()
                .expect("no call fails")
                .to_json()
                .as_i64()
                .expect("a length")
        })
        .collect();
    assert!(
        lengths.windows(2).any(|pair| pair[1] < pair[0]),
        "the runtime was never thrown away"
    );
    assert!(lengths.iter().all(|length| *length < 200_000));
}

#[test]
fn garbage_in_cycles_is_no_hoard() {
    let source = "this.calls = (this.calls || 0) + 1; for (var i = 0; i < 300; i++) { var a = {big: 'x'.repeat(1000)}; a.self = a; } return calls;";
    let mut script = Fixture::new(Js, source, Limits::js()).expect("compiles");
    for call in 1..=200 {
        assert_eq!(shown(script.run()), call.to_string());
    }
}

#[test]
fn a_script_that_failed_starts_afresh() {
    let source = "this.n = (this.n || 0) + 1; if (metadata.topic === 'loop') for (;;); return n;";
    let script = Script::compile(Js, source, &["metadata"], &Limits::js()).expect("compiles");
    let mut engine = Engine::new(EngineOptions::default());
    let mut run = |topic| {
        shown(engine.run(
            &script,
            &[Argument::StringMap(&[("topic", topic)])],
            &HostCall::default(),
        ))
    };
    assert_eq!(run("a"), "1");
    assert_eq!(run("a"), "2");
    assert!(run("loop").starts_with("limit instructions"));
    assert_eq!(run("a"), "1");
}

#[test]
fn patching_everything_hurts_nobody_else() {
    let patch = "for (const name of Object.getOwnPropertyNames(Array.prototype)) if (name !== 'constructor' && name !== 'length') Array.prototype[name] = function () { return 'patched'; };\n\
        Array.of = JSON.parse = Reflect.apply = String.fromCharCode = Object.keys = function () { return 'patched'; };\n\
        Object.defineProperty(Object.prototype, 'deviceName', {get: function () { return 'stolen'; }, set: function () {}, configurable: true});\n\
        return {list: [payload.length, decodeToJson(payload).value], flat: toFlatMap({a: {b: 1}})};";
    let honest =
        "return [[1, 2].map(function (x) { return x * 2; }), {}.deviceName, typeof leaked];";
    let patching = Script::compile(Js, patch, &["payload"], &Limits::js()).expect("compiles");
    let honest = Script::compile(Js, honest, &["payload"], &Limits::js()).expect("compiles");
    let mut engine = Engine::new(EngineOptions::default());
    let mut run = |script| {
        shown(engine.run(
            script,
            &[Argument::Bytes(b"{\"value\":1}")],
            &HostCall::default(),
        ))
    };
    for _ in 0..2 {
        assert!(
            run(&patching).starts_with(r#"{"list":[11,1]"#),
            "{}",
            run(&patching)
        );
        assert_eq!(run(&honest), r#"[[2,4],null,"undefined"]"#);
    }
}

#[test]
fn nothing_leads_out() {
    let source = "return [typeof std, typeof os, typeof require, typeof process, typeof setTimeout, typeof performance, \
        typeof Atomics, typeof SharedArrayBuffer, typeof WeakRef, typeof WebAssembly, typeof scriptArgs, typeof print];";
    assert!(
        shown(uplink(Js, source))
            .split(',')
            .all(|name| name.contains("undefined"))
    );
    assert_eq!(
        shown(uplink(Js, "return new Function('return Date.now()')();")),
        "1700000000123"
    );
    assert_eq!(
        shown(uplink(
            Js,
            "return new (Object.getPrototypeOf(new Date()).constructor)().getTime();"
        )),
        "1700000000123"
    );
    assert!(shown(uplink(Js, "return import('os');")).starts_with("runtime"));
    assert!(
        shown(uplink(Js, "}); while (true) {} (function () {")).starts_with("compile instructions")
    );
}

#[test]
fn jobs_left_over_do_not_reach_the_next_call() {
    let source = "var order = this.order = this.order || []; var n = order.length; Promise.resolve().then(function () { order.push('job'); }); return n;";
    let mut script = Fixture::new(Js, source, Limits::js()).expect("compiles");
    assert_eq!(shown(script.run()), "0");
    assert_eq!(shown(script.run()), "1");
    let mut endless = Fixture::new(
        Js,
        "(async function () { for (;;) await null; })(); return 1;",
        Limits::js(),
    )
    .expect("compiles");
    assert_eq!(shown(endless.run()), "1");
    assert_eq!(shown(endless.run()), "1");
}

#[test]
fn the_least_recently_used_runtimes_go_first() {
    let counting = "this.n = (this.n || 0) + 1; return n;";
    let compile = || Script::compile(Js, counting, &[], &Limits::js()).expect("compiles");
    let scripts = [compile(), compile(), compile()];
    let mut engine = Engine::new(EngineOptions {
        runtime_bytes: 400 << 10,
    });
    let mut run = |at: usize| shown(engine.run(&scripts[at], &[], &HostCall::default()));
    let answers: Vec<String> = [0, 1, 0, 2, 0, 1].into_iter().map(&mut run).collect();
    assert_eq!(answers, ["1", "1", "2", "1", "3", "1"]);
}
