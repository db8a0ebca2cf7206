//! What the reference refuses or computes differently by accident.

use tbel::analysis::{self, Argument, Context, Kind};
use tbel::{CompileOptions, Severity, compile};

/// The codes of an editor's findings that begin with `portable-`.
fn codes(script: &str) -> Vec<&'static str> {
    let arguments = ["msg"].map(|name| Argument::new(name, Kind::Any));
    let context = Context {
        arguments: &arguments,
        ..Context::default()
    };
    let all = analysis::diagnostics(script, &context);
    let mut codes: Vec<&str> = Vec::new();
    for found in all.iter().filter(|d| d.code.starts_with("portable-")) {
        assert_eq!(found.severity, Severity::Warning);
        assert!(found.hint.is_some(), "{script}");
        if codes.last() != Some(&found.code) {
            codes.push(found.code);
        }
    }
    codes
}

fn is_refused(script: &str, portable: bool) -> bool {
    let options = CompileOptions {
        portable,
        ..CompileOptions::default()
    };
    compile(script, &["msg"], &options).is_err()
}

#[test]
fn what_is_refused_there_is_a_warning_and_with_the_option_an_error() {
    for (script, code) in [
        (
            "var r = 0; switch (msg.k) { case 1: r = 1; break; default: r = 2; } return r;",
            "portable-switch",
        ),
        (
            "switch (msg.k) {\ncase 1: {\nreturn 1;\n}\ndefault:\nreturn 2;\n}",
            "portable-switch",
        ),
        (
            "var r = 0;\nswitch (msg.k) {\ncase 1:\nr = 1;\ncase 2:\nr = 2;\nbreak;\ndefault:\nr = 3;\n}\nreturn r;",
            "portable-switch",
        ),
        (
            "var r = 0;\nswitch (msg.k) {\ncase 1:\nr = 1;\nbreak;\ncase 2:\nr = 2;\nbreak;\n}\nreturn r;",
            "portable-switch",
        ),
        ("return [{ a: 1 }, [msg.t + 1]];", "portable-list"),
        (
            "return { values: {}, list: [{ a: 1 }, msg.t] };",
            "portable-list",
        ),
        ("return msg[msg.names[0]];", "portable-index"),
        (
            "var l = ['k']; msg[l[0]] = 1; return msg;",
            "portable-index",
        ),
        ("var a = 20; a = 2.5; return a / 2;", "portable-int"),
        ("var a = 20; a += 1.5; return a + 2;", "portable-int"),
    ] {
        assert_eq!(codes(script), [code], "{script}");
        assert!(!is_refused(script, false), "{script}");
        assert!(is_refused(script, true), "{script}");
    }
}

#[test]
fn what_is_computed_differently_there_stays_a_warning() {
    for (script, code) in [
        ("return 4 == 2 + 2;", "portable-order"),
        ("return true == 1 < 2;", "portable-order"),
        (
            "var l = [];\nforeach (x : [1, 2]) {\nswitch (x) {\ncase 1:\nl.add(1);\nbreak;\ndefault:\nl.add(0);\nbreak;\n}\n}\nreturn l;",
            "portable-break",
        ),
    ] {
        assert_eq!(codes(script), [code], "{script}");
        assert!(!is_refused(script, true), "{script}");
    }
}

#[test]
fn what_both_run_is_left_alone() {
    for script in [
        "var r = '-';\nswitch (msg.k) {\n  case 'a': // first\n    r = 1;\n    break;\n  case 'b':\n  case 'c':\n    r = 2;\n    break;\n  default:\n    r = 3;\n}\nreturn r;",
        "switch (msg.k) { case 1: return 'a'; default: return 'b'; }",
        "return { tags: ['a', 'b'], values: { t: 1 } };",
        "return { values: { t: 1 }, list: [{ a: 1 }, { b: 2 }], one: ['x'], none: [null], name: [msg] };",
        "function f(l) { var n = 0; for (var i = 0; i < 3; i++) { n++; } foreach (x : l) { n += 1; } return n; } return f([1]);",
        "foreach (x : [1]) { n = 1; n++; } return 1;",
        "function f( a, b ) { return a - b; } return f(2, 1);",
        "return { a: msg.list[0], b: msg['x'], c: msg['[']};",
        "var a = 20; a = 2.5; return a;",
        "var a = 2.5; a = 20; return a / 2;",
        "function f() { var a = 20; a = 2.5; return a / 2; } return f();",
        "return false || (5 > 3);",
        "return 2 + 3 > 4 && 1 == 1;",
        "return 1 + 2 * 3;",
        "return ~(msg.t);",
        "var j = 1; var i = ++j; msg.a += 1; return i;",
    ] {
        assert_eq!(codes(script), [""; 0], "{script}");
        assert!(!is_refused(script, true), "{script}");
    }
}
