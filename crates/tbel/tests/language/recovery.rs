//! Several mistakes in one script: each is told once, at its own place, and nothing else is told.

use tbel::{CompileOptions, Severity, compile};

/// Line, column and code of every finding.
fn findings(script: &str) -> Vec<(u32, u32, &'static str)> {
    let all = match compile(script, &["msg", "metadata"], &CompileOptions::default()) {
        Ok(program) => program.warnings().to_vec(),
        Err(error) => error.diagnostics,
    };
    all.iter().map(|d| (d.line, d.column, d.code)).collect()
}

#[test]
fn a_decoder_written_as_javascript() {
    let script = "\
const data = decodeToJson(msg.payload);
let values = {};
if (data.t !== undefined) {
    values.t = data.t;
}
const name = `sensor ${data.id}`;
data.list.forEach((x) => {
    values[x.key] = x.value;
});
return { deviceName: name, telemetry: values };";
    assert_eq!(
        findings(script),
        [
            (1, 1, "javascript-word"),
            (2, 1, "javascript-word"),
            (3, 12, "strict-inequality"),
            (3, 16, "unknown-name"),
            (6, 1, "javascript-word"),
            (6, 14, "template-string"),
            (7, 23, "lambda"),
        ]
    );
}

#[test]
fn missing_signs_on_several_lines() {
    let script = "\
var a = 1
var b = (a + 2;
var c = [1, 2;
if (a > b {
    c.add(a;
}
return { a: a b: b };";
    assert_eq!(
        findings(script),
        [
            (1, 9, "missing-semicolon"),
            (2, 15, "expected-sign"),
            (3, 14, "unclosed-literal"),
            (4, 11, "expected-sign"),
            (5, 12, "expected-sign"),
            (7, 15, "unclosed-literal"),
        ]
    );
}

#[test]
fn heads_that_are_not_understood_do_not_hide_their_bodies() {
    let script = "\
for (let i = 0, n = 5; i < n; i++, n--) {
    msg.a = !;
}
foreach (var x : msg.list) {
    msg.b = x ++ 1;
}
function f(a = 1, ...rest) {
    return a +;
}
switch (msg.kind) {
    case 'a' msg.c = 1; break;
    default: msg.d = ;
}
return f(1);";
    assert_eq!(
        findings(script),
        [
            (1, 6, "javascript-word"),
            (1, 15, "declaration-list"),
            (1, 34, "expected-sign"),
            (2, 14, "expected-value"),
            (4, 10, "foreach-header"),
            (5, 16, "missing-semicolon"),
            (7, 14, "default-parameter"),
            (7, 19, "spread"),
            (8, 15, "expected-value"),
            (11, 14, "expected-sign"),
            (12, 22, "expected-value"),
        ]
    );
}

#[test]
fn a_missing_quote_is_found_where_it_is_missing() {
    let script = "\
var a = 'one;
var b = 'two';
var c = \"three\";
return a + b + c;";
    assert_eq!(findings(script), [(1, 9, "unclosed-string")]);
    let good = "var a = 'one\nmore'; return a;";
    assert_eq!(findings(good), []);
}

#[test]
fn literals_with_a_mistake_do_not_swallow_what_follows() {
    let script = "\
var m = { a: 1; b: 2 };
var l = [...msg.list, 3];
var n = { [msg.k]: 1, 'x' = 2 };
var {x, y} = msg;
return { ...m, x, y: y };";
    assert_eq!(
        findings(script),
        [
            (1, 15, "unclosed-literal"),
            (2, 10, "spread"),
            (3, 11, "computed-key"),
            (3, 27, "expected-sign"),
            (4, 5, "destructuring"),
            (5, 10, "spread"),
            (5, 16, "missing-key"),
        ]
    );
}

#[test]
fn blocks_that_are_not_closed() {
    let script = "\
function f(x) {
    if (x > 1) {
        return x;
    return 2;
}
return f(3);";
    assert_eq!(findings(script), [(1, 15, "unclosed-block")]);
    assert_eq!(
        findings("return 1; } }"),
        [(1, 11, "unexpected-brace"), (1, 13, "unexpected-brace")]
    );
}

#[test]
fn statements_of_other_languages() {
    let script = "\
try {
    msg.a = parseInt(msg.b);
} catch (error) {
    throw new Error('bad');
}
async function load(url) { return await get(url); }
class Decoder { run() { return 1; } }
delete msg.c;
Map<String> m = {};
if msg.on { msg.d = typeof msg.e; }
elseif (msg.off) { msg.f = +msg.g; }
return m;";
    assert_eq!(
        findings(script),
        [
            (1, 1, "javascript-word"),
            (4, 5, "javascript-word"),
            (6, 1, "javascript-word"),
            (6, 35, "javascript-word"),
            (6, 41, "unknown-function"),
            (7, 1, "javascript-word"),
            (8, 1, "javascript-word"),
            (9, 1, "declaration-type"),
            (10, 4, "expected-sign"),
            (10, 21, "javascript-word"),
            (11, 1, "stray-else"),
            (11, 28, "unary-plus"),
        ]
    );
}

#[test]
fn names_of_what_was_not_understood_are_not_told_to_be_undefined() {
    for script in [
        "var x = 5 +; return x;",
        "var f = (a) => a + 1; return 1;",
        "function f(a { return a; } return f(1);",
        "var y = msg.; return y;",
    ] {
        let found = findings(script);
        assert_eq!(found.len(), 1, "{script}: {found:?}");
    }
}

#[test]
fn floods_of_mistakes_are_bounded() {
    for unit in [
        "'\n",
        "@",
        "\u{1}",
        "x;\n",
        "var = ;\n",
        "}",
        "f(\n",
        "{ a: ;\n",
        "throw ",
        "`",
        "...",
        "() => ",
        "* ",
        "/",
        "% ",
    ] {
        let script = unit.repeat(40_000 / unit.len());
        let started = std::time::Instant::now();
        let result = compile(&script, &[], &CompileOptions::default());
        assert!(
            started.elapsed().as_secs() < 20,
            "{unit:?} takes {:?}",
            started.elapsed()
        );
        let count = match result {
            Ok(program) => program.warnings().len(),
            Err(error) => {
                assert!(
                    error
                        .diagnostics
                        .iter()
                        .any(|d| d.severity == Severity::Error)
                );
                error.diagnostics.len()
            }
        };
        assert!(count <= 200, "{unit:?} gives {count} findings");
    }
}
