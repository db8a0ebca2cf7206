use std::time::Duration;

use tbel::{CompileOptions, ErrorKind, Host, Input, Limits, Output, Vm, compile};

/// The code of the limit that a script runs into.
fn stopped(script: &str, limits: Limits) -> &'static str {
    let program = compile(script, &["arg"], &CompileOptions::default()).expect("compiles");
    let long = "x".repeat(1000);
    let error = Vm::new(limits)
        .run(&program, &[Input::Str(&long)], &Host::default())
        .expect_err("a limit");
    assert_eq!(error.kind, ErrorKind::Limit, "{script}: {error}");
    error.code
}

fn base() -> Limits {
    Limits {
        time: None,
        ..Limits::default()
    }
}

#[test]
fn instructions_stop_loops_and_recursion() {
    let limits = || Limits {
        instructions: 100_000,
        ..base()
    };
    assert_eq!(stopped("while (true) {}", limits()), "instructions");
    assert_eq!(
        stopped("function f(n) { return f(n + 1); } return f(0);", base()),
        "call-depth"
    );
    assert_eq!(
        stopped(
            "function f() { g(); g(); } function g() { f(); f(); } f();",
            base()
        ),
        "call-depth"
    );
    // Work inside of library functions counts as well.
    assert_eq!(
        stopped(
            "var s = 'ab'.repeat(100000); var i = 0; while (true) { s.indexOf('x'); }",
            limits()
        ),
        "instructions"
    );
}

#[test]
fn time_is_the_backstop() {
    let limits = Limits {
        time: Some(Duration::ZERO),
        instructions: u64::MAX,
        ..base()
    };
    assert_eq!(
        stopped("var i = 0; while (true) { i++; }", limits),
        "timeout"
    );
}

#[test]
fn memory_counts_what_is_alive() {
    assert_eq!(
        stopped(
            "var l = []; while (true) { l.add('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'); }",
            base()
        ),
        "memory"
    );
    assert_eq!(
        stopped(
            "var m = {}; var i = 0; while (true) { m['k' + i] = i; i++; }",
            base()
        ),
        "memory"
    );
    assert_eq!(
        stopped(
            "var s = 'ab'; for (var i = 0; i < 30; i++) { s = s + s; } return s.length();",
            base()
        ),
        "memory"
    );
    assert_eq!(stopped("return 'a'.repeat(10000000);", base()), "memory");
    assert_eq!(stopped("return new long[600000];", base()), "memory");
    assert_eq!(stopped("return new byte[1000][1000000];", base()), "memory");
    // Garbage is taken back: this makes far more than it may hold.
    let script = "var n = 0; for (var i = 0; i < 300000; i++) { var l = [i, i, i, i, i, i]; n = n + l.size(); } return n;";
    let program = compile(script, &[], &CompileOptions::default()).expect("compiles");
    assert_eq!(
        Vm::new(base()).run(&program, &[], &Host::default()),
        Ok(Output::Int(1_800_000))
    );
}

#[test]
fn arguments_and_results_have_sizes() {
    assert_eq!(
        stopped(
            "return 1;",
            Limits {
                arguments_chars: 999,
                ..base()
            }
        ),
        "arguments-size"
    );
    assert_eq!(
        stopped(
            "return arg;",
            Limits {
                result_chars: 1001,
                ..base()
            }
        ),
        "result-size"
    );
    assert_eq!(
        stopped("var l = [1]; l.add(l); return l;", base()),
        "value-depth"
    );
    assert_eq!(
        stopped("var l = [1]; l.add(l); return '' + l;", base()),
        "value-depth"
    );
}

#[test]
fn regular_expressions_end() {
    let script = "var s = 'a'.repeat(40) + '!'; return s.matches('(?:(a)|b|a)*\\\\1x');";
    assert_eq!(stopped(script, base()), "regex-steps");
    // What a backtracking engine would never finish is linear here.
    let script = "var s = 'a'.repeat(5000) + '!'; return s.matches('(a+)+b');";
    let program = compile(script, &[], &CompileOptions::default()).expect("compiles");
    assert_eq!(
        Vm::new(base()).run(&program, &[], &Host::default()),
        Ok(Output::Bool(false))
    );
}

#[test]
fn a_single_call_of_a_function_cannot_take_long_or_much() {
    let four_million = "var s = 'a'.repeat(4000000); ";
    for (call, code) in [
        ("return s.replaceAll('a', 'b').length();", "instructions"),
        (
            "return s.replaceAll('(?=a)a', 'b').length();",
            "instructions",
        ),
        ("return s.split('[a]').length;", "instructions"),
        ("return s.split('a').length;", "memory"),
        ("return s.toCharArray().length;", "memory"),
        ("return new boolean[4000000].length;", "memory"),
    ] {
        assert_eq!(
            stopped(&format!("{four_million}{call}"), base()),
            code,
            "{call}"
        );
    }
}

#[test]
fn comparing_large_collections_is_work() {
    let script = "var a = []; for (var i = 0; i < 9000; i++) { a.add([i]); } var b = []; \
                  foreach (x : a) { b.add([x[0]]); } while (a == b) { }";
    assert_eq!(
        stopped(
            script,
            Limits {
                instructions: 1_000_000,
                ..base()
            }
        ),
        "instructions"
    );
}

#[test]
fn a_failed_run_leaves_the_machine_usable() {
    let mut vm = Vm::new(Limits {
        instructions: 10_000,
        ..base()
    });
    let bad = compile(
        "var l = []; while (true) { l.add(l); }",
        &[],
        &CompileOptions::default(),
    )
    .expect("compiles");
    let good = compile("return [1].size();", &[], &CompileOptions::default()).expect("compiles");
    assert!(vm.run(&bad, &[], &Host::default()).is_err());
    assert_eq!(vm.run(&good, &[], &Host::default()), Ok(Output::Int(1)));
}

#[test]
fn texts_are_what_they_were_however_they_were_made() {
    let script = r"
        var a = 'x' + 1;
        var b = a + 'y';
        var c = a + 'z';
        var d = b + c;
        var e = d.substring(1, 3) + b;
        var f = b;
        f += '!';
        b += '?';
        return [a, b, c, d, e, f];
    ";
    let program = compile(script, &[], &CompileOptions::default()).expect("compiles");
    let wanted = ["x1", "x1y?", "x1z", "x1yx1z", "1yx1y", "x1y!"];
    let wanted = wanted.map(|text| Output::Str(text.into())).to_vec();
    assert_eq!(
        Vm::new(base()).run(&program, &[], &Host::default()),
        Ok(Output::List(wanted))
    );
}

#[test]
fn a_text_that_grows_piece_by_piece_is_no_more_than_its_length() {
    let limits = Limits {
        memory: 100_000,
        ..base()
    };
    let script = "var s = ''; for (var i = 0; i < 50000; i++) { s += 'x'; } return s.length();";
    let program = compile(script, &[], &CompileOptions::default()).expect("compiles");
    assert_eq!(
        Vm::new(limits).run(&program, &[], &Host::default()),
        Ok(Output::Int(50_000))
    );
}
