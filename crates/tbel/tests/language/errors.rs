use tbel::{CompileOptions, Severity, compile};

use super::check_errors;

#[test]
fn all_mistakes_are_found_at_once() {
    let script = "var a = 1\nvar b = 2;\nlet c = 3;\nreturn a !== b;\n";
    let error = compile(script, &[], &CompileOptions::default()).expect_err("three mistakes");
    let found: Vec<_> = error
        .diagnostics
        .iter()
        .map(|d| (d.line, d.column, d.code))
        .collect();
    assert_eq!(
        found,
        [
            (1, 9, "missing-semicolon"),
            (3, 1, "javascript-word"),
            (4, 10, "strict-inequality")
        ]
    );
    assert!(
        error
            .to_string()
            .starts_with("line 1, column 9: missing ';'"),
        "{error}"
    );
}

#[test]
fn a_finding_shows_its_place_and_what_to_write_instead() {
    let script = "var x = 1;\nreturn x?.y;";
    let error = compile(script, &[], &CompileOptions::default()).expect_err("optional chaining");
    let shown = error.diagnostics[0].render(script);
    assert_eq!(
        shown,
        "error: '?.' does not exist\n   2 | return x?.y;\n     |         ^\nhint: write 'a.?b'; a plain '.' is enough after it"
    );
}

#[test]
fn writers_of_javascript_are_told_what_to_do() {
    check_errors(&[
        ("const x = 1;", "compile", "declare variables with 'var'"),
        (
            "try { x = 1; } catch (e) { }",
            "compile",
            "no exceptions to catch",
        ),
        ("throw 'x';", "compile", "raiseError"),
        ("return typeof 5;", "compile", "instanceof"),
        ("delete msg.a;", "compile", "m.remove"),
        ("return l.map(x -> x);", "compile", "foreach"),
        ("return `x`;", "compile", "join strings"),
        ("var a = 1, b = 2;", "compile", "one 'var' statement"),
        ("for (x of msg.list) { }", "compile", "foreach"),
        ("return 'a' in ['a'];", "compile", "contains"),
        ("import java.io.File;", "compile", "imports do not exist"),
        ("return undefined;", "runtime", "use null"),
        ("return msg.list.includes(1);", "runtime", "use contains"),
        ("raiseError('too hot: ' + 5);", "runtime", "too hot: 5"),
    ]);
}

#[test]
fn the_sandbox_has_no_doors() {
    check_errors(&[
        (
            "return System.exit(0);",
            "runtime",
            "'System' is not defined",
        ),
        (
            "return java.lang.Runtime.getRuntime();",
            "runtime",
            "there is no class",
        ),
        (
            "return new java.io.File('x');",
            "runtime",
            "there is no class",
        ),
        ("return 'a'.getClass();", "runtime", "no method 'getClass'"),
        (
            "return Class.forName('x');",
            "runtime",
            "'Class' is not defined",
        ),
        ("return new Thread();", "runtime", "there is no class"),
    ]);
}

#[test]
fn what_will_fail_when_it_is_reached_is_a_warning() {
    let script = "if (a) { return helper(1); } return {x: a ? 1 : 2};";
    let program = compile(script, &["a"], &CompileOptions::default()).expect("compiles");
    let codes: Vec<_> = program
        .warnings()
        .iter()
        .map(|w| (w.code, w.severity))
        .collect();
    assert_eq!(
        codes,
        [
            ("unknown-function", Severity::Warning),
            ("choice-in-literal", Severity::Warning)
        ]
    );
}
