use super::{check, check_errors};

#[test]
fn functions_are_hoisted_and_recursive() {
    check(&[
        (
            "return f(4); function f(x) { return g(x) + 1; } function g(x) { x * 10 }",
            "41",
        ),
        (
            "function fact(n) { return n < 2 ? 1 : n * fact(n - 1); } return fact(15);",
            "1307674368000L",
        ),
        (
            "def f(x) { if (x) { 'y' } else { 'n' } } return f(true) + f(false);",
            "\"yn\"",
        ),
        (
            "function f(x) { function g(y) { return y * 2; } return g(x) + 1; } return f(3);",
            "7",
        ),
        ("function f(a, b) { return a; } return f(1);", "1"),
        (
            "function f(l) { l.add(9); l = 5; } var l = [1]; f(l); return l;",
            "[1,9]",
        ),
    ]);
}

#[test]
fn functions_see_the_variables_that_exist_when_they_are_called() {
    check(&[
        ("var g = 1; function f() { var g = 5; } f(); return g;", "5"),
        ("var g = 1; function f(g) { g = 5; } f(2); return g;", "1"),
        (
            "function f() { return late; } var late = 3; return f();",
            "3",
        ),
        (
            "var n = 0; function inc() { n++; } inc(); inc(); return n;",
            "2",
        ),
        // What is declared behind the function is not touched by its own assignments.
        (
            "function f() { var t = 1; return t; } var t = 7; f(); return t;",
            "7",
        ),
    ]);
    check_errors(&[
        (
            "function f() { h = 5; } f(); return h;",
            "runtime",
            "'h' is not defined",
        ),
        (
            "function f() { return k; } if (true) { var k = 1; } return f();",
            "runtime",
            "'k' is not defined",
        ),
    ]);
}

#[test]
fn calls_that_make_no_sense_name_the_function() {
    check_errors(&[
        (
            "if (msg.on) { return nope(1); } return 2;",
            "runtime",
            "there is no function 'nope'",
        ),
        (
            "function f(a) { return a; } return f(1, 2);",
            "runtime",
            "'f' takes 1 arguments",
        ),
        (
            "function f(a, b) { return b; } return f(1);",
            "runtime",
            "'b' is not defined",
        ),
        (
            "function f(x) { return x; } var g = f; return g(1);",
            "runtime",
            "functions are not values",
        ),
        (
            "function toFixed(x) { return 'mine'; } return toFixed(1);",
            "runtime",
            "expected 2 to 2 arguments",
        ),
        (
            "var x = 1; function f() { return 2; }",
            "runtime",
            "returns nothing",
        ),
    ]);
    check(&[("if (!msg.on) { return nope(1); } return 2;", "2")]);
}
