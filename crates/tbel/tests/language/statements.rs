use super::{check, check_errors};

#[test]
fn loops_and_branches() {
    check(&[
        (
            "var s = 0; for (var i = 0; i < 5; i++) { if (i == 3) break; s += i; } return s;",
            "3",
        ),
        (
            "var s = ''; foreach (e : {a: 1, b: 2}) { s += e.key + e.value; } return s;",
            "\"a1b2\"",
        ),
        (
            "var s = ''; foreach (c : 'abc') { s = c + s; } return s;",
            "\"cba\"",
        ),
        ("var s = 0; foreach (i : 4) { s += i; } return s;", "10"),
        (
            "var i = 0; do { i++; } until (i >= 5); until (i >= 7) { i++; } return i;",
            "7",
        ),
        (
            "var i = 0; while (true) { i++; if (i > 3) { break; } } return i;",
            "4",
        ),
        (
            "if (msg.h > 50) { return 'hi' } else { return 'lo' }",
            "\"hi\"",
        ),
    ]);
}

#[test]
fn switch_is_the_ordinary_one() {
    let script = "function f(k) { var r = 0; switch (k) { case 1: case 2: r = 12; break; case 3: r = 3; \
                  case 4: r = r + 4; break; default: r = 100; } return r; } return [f(1), f(2), f(3), f(4), f(9)];";
    check(&[(script, "[12,12,7,4,100]")]);
}

#[test]
fn the_value_of_a_script_is_that_of_its_last_statement() {
    check(&[
        ("5", "5"),
        ("var x = 5;", "5"),
        ("if (true) { 5 }", "5"),
        ("if (false) { 5 }", "null"),
        ("foreach (x : [1]) { x }", "null"),
        ("return;", "null"),
        ("var x = if (msg.on) { 1 } else { 2 }; return x;", "1"),
    ]);
}

#[test]
fn names_belong_to_the_block_that_first_assigns_them() {
    check(&[
        ("var a = 1; if (true) { var a = 2; } return a;", "2"),
        ("var x = 1; foreach (x : [7, 8]) {} return x;", "1"),
        ("var i = 9; for (i = 0; i < 3; i++) {} return i;", "3"),
        ("msg = 5; return msg;", "5"),
        ("int x = 5.7; return x;", "5.7"),
        ("var a, b; a = 1; return [a, b];", "[1,null]"),
    ]);
    check_errors(&[
        (
            "if (true) { z = 2; } return z;",
            "runtime",
            "'z' is not defined",
        ),
        (
            "for (var i = 0; i < 3; i++) {} return i;",
            "runtime",
            "'i' is not defined",
        ),
        (
            "while (true) { continue; }",
            "runtime",
            "there is no 'continue'",
        ),
    ]);
}

#[test]
fn iterating_notices_modification_but_snapshots_do_not_mind() {
    check(&[
        (
            "var m = {a: 1, b: 2}; foreach (e : m.entrySet()) { m.remove(e.key); } return m;",
            "{}",
        ),
        (
            "var l = [1, 2]; foreach (x : l.slice()) { l.add(x); } return l;",
            "[1,2,1,2]",
        ),
    ]);
    check_errors(&[(
        "var l = [1, 2]; foreach (x : l) { l.add(9); }",
        "runtime",
        "modified while it was iterated",
    )]);
}
