//! What converters written in JavaScript rely on.

use crate::support::{Fixture, shown, uplink};
use millrace_script::{
    Argument, Engine, EngineOptions, HostCall, Limits, Script, ScriptLang::Js, TimeZone, Value,
};
use serde_json::json;

fn js(source: &str) -> String {
    shown(uplink(Js, source))
}

/// Runs a script with one argument `msg`.
fn with_message(source: &str, msg: Argument<'_>) -> String {
    let limits = Limits::js();
    let script = Script::compile(Js, source, &["msg"], &limits).expect("compiles");
    shown(Engine::new(EngineOptions::default()).run(&script, &[msg], &HostCall::default()))
}

#[test]
fn a_payload_is_an_array_of_numbers() {
    assert_eq!(
        js("return [Array.isArray(payload), payload.length, payload[0], payload.slice(0, 2)];"),
        "[true,15,123,[123,34]]"
    );
    assert_eq!(
        js("return String.fromCharCode.apply(String, payload);"),
        r#""{\"value\": 25.1}""#
    );
    assert_eq!(
        js("return payload.map(function (b) { return b.toString(16); }).slice(0, 3);"),
        r#"["7b","22","76"]"#
    );
    let mut high = Fixture::new(Js, "return payload;", Limits::js()).expect("compiles");
    assert_eq!(shown(high.run_with(&[0, 127, 128, 255])), "[0,127,128,255]");
    assert_eq!(shown(high.run_with(&[])), "[]");
}

#[test]
fn large_payloads_decode_whole() {
    let mut text =
        Fixture::new(Js, "return decodeToString(payload).length;", Limits::js()).expect("compiles");
    assert_eq!(shown(text.run_with(&vec![b'x'; 70_000])), "70000");
}

#[test]
fn decoders_read_utf8_and_signed_bytes() {
    let mut script = Fixture::new(Js, "return [decodeToString(payload), decodeToString(payload.map(function (b) { return b > 127 ? b - 256 : b; }))];", Limits::js()).expect("compiles");
    assert_eq!(
        shown(script.run_with("21 °C ✓".as_bytes())),
        r#"["21 °C ✓","21 °C ✓"]"#
    );
    assert_eq!(
        shown(script.run_with(&[b'a', 0xff])),
        "[\"a\u{fffd}\",\"a\u{fffd}\"]"
    );
    assert_eq!(js("return decodeToJson(payload);"), r#"{"value":25.1}"#);
    assert_eq!(js("return decodeToJson('[1]');"), "[1]");
    assert!(
        js("return decodeToJson([123]);").starts_with("runtime thrown 1:7 SyntaxError"),
        "{}",
        js("return decodeToJson([123]);")
    );
}

#[test]
fn base64_goes_both_ways_and_forgives_missing_padding() {
    assert_eq!(
        js(r"return [btoa('a\u00ff'), atob('Yf8='), atob('Yf8'), atob(' Y f8 ')];"),
        "[\"Yf8=\",\"aÿ\",\"aÿ\",\"aÿ\"]"
    );
    assert!(js("return btoa('€');").contains("btoa takes characters up to code 255"));
    assert!(js("return atob('***');").contains("no base64"));
}

#[test]
fn flat_maps_join_names_by_dots() {
    assert_eq!(
        js("return toFlatMap({a: [1, 2, {b: 3}], c: {d: 4}, e: {}});"),
        r#"{"a.0":1,"a.1":2,"a.2.b":3,"c.d":4}"#
    );
    assert_eq!(
        js("return toFlatMap({a: [1, 2, {b: 3}]}, false);"),
        r#"{"a.0":1,"a.1":2,"b":3}"#
    );
    assert_eq!(
        js("return toFlatMap({a: 1, b: {c: 2}, d: {e: {f: 5}}}, ['e', 'a'], false);"),
        r#"{"c":2}"#
    );
}

#[test]
fn a_script_may_define_the_helpers_itself_and_use_functions_before_they_stand() {
    assert_eq!(
        js(
            "return decodeToString(payload) + late();\nfunction decodeToString(p) { return 'own'; }\nfunction late() { return '!'; }"
        ),
        r#""own!""#
    );
}

#[test]
fn the_last_line_may_be_a_comment() {
    assert_eq!(js("return 1; // done"), "1");
}

#[test]
fn modern_syntax_runs() {
    assert_eq!(
        js(
            "const { topic, ...rest } = metadata; let a; return { n: a ?? topic?.split('/').at(-1), ...rest, [`k${1}`]: 2n };"
        ),
        r#"{"n":"temperature","integrationName":"MQTT Integration","k1":2}"#
    );
}

#[test]
fn arguments_arrive_as_they_are() {
    let msg = json!({"i": 1, "l": 4294967296_i64, "d": 0.5, "s": "ж", "n": null, "b": [true, {}], "__proto__": {"x": 1}});
    assert_eq!(
        with_message("return msg;", Argument::Json(&msg)),
        msg.to_string()
    );
    assert_eq!(
        with_message(
            "return [msg.x, Object.keys(msg).length];",
            Argument::Json(&msg)
        ),
        "[null,7]"
    );
    assert_eq!(
        with_message(
            "return msg;",
            Argument::JsonText(r#" {"a": [1.0, "\ud800"]} "#)
        ),
        "{\"a\":[1,\"\u{fffd}\"]}"
    );
    assert_eq!(
        with_message("return [msg, typeof msg];", Argument::Text("t")),
        r#"["t","string"]"#
    );
    assert_eq!(with_message("return [msg];", Argument::Null), "[null]");
    assert_eq!(
        with_message("return [msg];", Argument::JsonText("{")),
        "runtime bad-argument an argument is no JSON text"
    );
}

#[test]
fn missing_arguments_are_undefined() {
    let script =
        Script::compile(Js, "return typeof b;", &["a", "b"], &Limits::js()).expect("compiles");
    let value =
        Engine::new(EngineOptions::default()).run(&script, &[Argument::Null], &HostCall::default());
    assert_eq!(shown(value), r#""undefined""#);
}

#[test]
fn results_are_read_as_json_would_write_them() {
    assert_eq!(
        js("return {u: undefined, f: function () {}, y: Symbol(), n: null, x: NaN, i: -1 / 0};"),
        r#"{"n":null,"x":null,"i":null}"#
    );
    assert_eq!(
        js("return [undefined, function () {}, 1, 1.0, -0, 2.5, 1e15, 1e300];"),
        "[null,null,1,1,0,2.5,1000000000000000,1e+300]"
    );
    assert_eq!(
        js("return {d: new Date(5), j: {toJSON: function (key) { return key + '!'; }}};"),
        r#"{"d":"1970-01-01T00:00:00.005Z","j":"j!"}"#
    );
    assert_eq!(js("return;"), "null");
    assert_eq!(js("return 'text';"), r#""text""#);
    assert_eq!(js("return 42;"), "42");
    assert_eq!(
        js(r"return {'\ud800': '\udc00x'};"),
        "{\"\u{fffd}\":\"\u{fffd}x\"}"
    );
    assert_eq!(
        js("return Object.create({inherited: 1}, {hidden: {value: 1}});"),
        "{}"
    );
    assert_eq!(
        uplink(Js, "return 9007199254740992;"),
        Ok(Value::Int(9_007_199_254_740_992))
    );
}

#[test]
fn what_has_no_json_form_is_named() {
    assert!(js("var a = {}; a.list = [{back: a}]; return a;").starts_with("runtime bad-result "));
    assert!(
        js("var a = {}; a.self = a; return a;")
            .contains("bad-result member 'self' of the result refers back")
    );
    assert_eq!(
        js("return {n: 2n ** 70n};"),
        "runtime bad-result member 'n' of the result is a BigInt beyond 64 bits"
    );
}

#[test]
fn promises_are_settled() {
    assert_eq!(js("return Promise.resolve({a: 1});"), r#"{"a":1}"#);
    assert_eq!(
        js(
            "return (async function () { var x = await 20; return x + await Promise.resolve(1); })();"
        ),
        "21"
    );
    assert_eq!(
        js("return (async function () {\n await null;\n throw new TypeError('late');\n})();"),
        "runtime thrown 3:12 TypeError: late"
    );
    assert!(
        js("return new Promise(function () {});").starts_with(
            "runtime promise-pending the script returned a promise that never settles"
        )
    );
}

#[test]
fn errors_point_into_the_script() {
    assert_eq!(
        js("return missing(1);"),
        "runtime thrown 1:8 ReferenceError: missing is not defined"
    );
    assert_eq!(
        js("var a;\nvar b = [1].map(function () {\n    return a.b;\n});"),
        "runtime thrown 3:12 TypeError: cannot read property 'b' of undefined"
    );
    assert_eq!(
        js("\n\n  throw new Error('params is not a number');"),
        "runtime thrown 3:13 params is not a number"
    );
    assert!(
        js("return {\n  a: 1\n  b: 2\n};").starts_with("compile syntax 3:3 "),
        "{}",
        js("return {\n  a: 1\n  b: 2\n};")
    );
    assert!(
        js("if (payload) {\n  return 1;").starts_with("compile syntax 2:12 "),
        "{}",
        js("if (payload) {\n  return 1;")
    );
    assert!(js("var ж = 1; return ж.x.y;").starts_with("runtime thrown 1:"));
}

#[test]
fn anything_may_be_thrown() {
    assert_eq!(js("throw 'plain text';"), "runtime thrown plain text");
    assert_eq!(
        js("throw {message: 'from an object'};"),
        "runtime thrown from an object"
    );
    assert_eq!(
        js("throw {code: 5};"),
        r#"runtime thrown the script threw {"code":5}"#
    );
    assert_eq!(js("throw 5;"), "runtime thrown the script threw 5");
    assert_eq!(js("throw null;"), "runtime thrown the script threw null");
    assert_eq!(
        js("throw undefined;"),
        "runtime thrown the script threw undefined"
    );
    assert_eq!(
        js("throw new Proxy({}, {get: function () { throw 1; }});"),
        "runtime thrown the script threw proxy"
    );
    assert_eq!(
        js("throw new Error('x'.repeat(5000));").len(),
        "runtime thrown 1:11 ".len() + 1000
    );
}

#[test]
fn the_clock_and_the_dice_are_the_hosts() {
    let source = "return [Date.now(), new Date().getTime(), new Date().toISOString(), Math.random(), Math.random()];";
    let mut first = Fixture::new(Js, source, Limits::js()).expect("compiles");
    let value = first.run().expect("runs");
    assert_eq!(
        value,
        first.run().expect("runs"),
        "the same host gives the same answer"
    );
    let mut other = Fixture::new(Js, source, Limits::js()).expect("compiles");
    assert_eq!(value, other.run().expect("runs"), "also in another runtime");
    assert!(
        value
            .to_string()
            .starts_with(r#"[1700000000123,1700000000123,"2023-11-14T22:13:20.123Z",0."#),
        "{value}"
    );
    other.host.seed = 8;
    assert_ne!(value, other.run().expect("runs"));
    assert_eq!(
        js(
            "var n = 0; for (var i = 0; i < 1000; i++) { var r = Math.random(); if (r < 0 || r >= 1) return r; n += r; } return n > 450 && n < 550;"
        ),
        "true"
    );
}

#[test]
fn local_dates_are_in_the_hosts_zone() {
    let source = "var d = new Date(2024, 6, 1, 12, 30); d.setHours(13); return [d.toISOString(), d.getHours(), \
        d.getTimezoneOffset(), String(d), d.toLocaleString(), new Date('2024-01-01T00:00:00').toISOString(), \
        new Date('2024-01-01').toISOString(), Date.parse('Jan 5 2024 10:00'), new Date('2024-06-01T10:00:00+02:00').getTime(), \
        new Date(d).getTime() === d.getTime(), d instanceof Date, d.constructor === Date, String(new Date(NaN))];";
    let mut script = Fixture::new(Js, source, Limits::js()).expect("compiles");
    assert_eq!(
        shown(script.run()),
        r#"["2024-07-01T13:30:00.000Z",13,0,"Mon Jul 01 2024 13:30:00 GMT+0000","07/01/2024, 01:30:00 PM","2024-01-01T00:00:00.000Z","2024-01-01T00:00:00.000Z",1704448800000,1717228800000,true,true,true,"Invalid Date"]"#
    );
    script.host.time_zone = TimeZone::named("Europe/Kyiv").expect("known");
    assert_eq!(
        shown(script.run()),
        r#"["2024-07-01T10:30:00.000Z",13,-180,"Mon Jul 01 2024 13:30:00 GMT+0300","07/01/2024, 01:30:00 PM","2023-12-31T22:00:00.000Z","2024-01-01T00:00:00.000Z",1704441600000,1717228800000,true,true,true,"Invalid Date"]"#
    );
}

#[test]
fn scripts_with_bad_parameters_or_nul_are_refused() {
    let refused = |source: &str, parameter: &str| {
        Script::compile(Js, source, &[parameter], &Limits::js()).is_err()
    };
    assert!(refused("return 1;", "a) { } ("));
    assert!(refused("return 1;", ""));
    assert!(refused("return '\0';", "a"));
    assert!(refused("}, 5, function () {", "a") || !refused("return 1;", "a"));
    assert!(refused(&"x;".repeat(30_000), "a"));
}
