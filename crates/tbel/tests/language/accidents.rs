//! Forms that look as if they worked and do not, as in the reference engine: what fails, where, and what is told.

use tbel::Severity;
use tbel::analysis::{self, Argument, Context, Kind};

use super::{check, check_errors, run, show};

/// The findings of an editor: severity, code and hint.
fn findings(script: &str) -> Vec<(Severity, &'static str, String)> {
    let arguments = ["msg", "payload"].map(|name| Argument::new(name, Kind::Any));
    let context = Context {
        arguments: &arguments,
        ..Context::default()
    };
    analysis::diagnostics(script, &context)
        .into_iter()
        .map(|d| (d.severity, d.code, d.hint.unwrap_or_default()))
        .collect()
}

/// Fails when it is reached and not before; the editor warns with the same code and hint.
fn fails_when_reached(place: &str, code: &'static str, hint: &str) {
    let script = format!("var l = [1, 2]; var m = {{a: 1}}; if (msg.on) {{ {place} }} return 1;");
    let error = run(&script).expect_err(&script);
    assert!(error.starts_with("runtime:"), "{script}: {error}");
    assert!(error.contains(hint), "{script}: {error}");
    let dead = script.replace("msg.on", "msg.on == false");
    let result = run(&dead).map(|o| show(&o));
    assert_eq!(result.as_deref(), Ok("1"), "{dead}");
    let found = findings(&script);
    let wanted = (Severity::Warning, code, hint.to_owned());
    assert!(found.contains(&wanted), "{script}: {found:?}");
}

#[test]
fn steps_of_members_and_elements_fail_when_they_are_reached() {
    for (place, hint) in [
        ("m.a++;", "write m.a += 1"),
        ("--m.a;", "write m.a -= 1"),
        ("return msg.deep.er++;", "write msg.deep.er += 1"),
        ("l[0]++;", "write l[0] = l[0] + 1"),
        ("m['a']--;", "write m['a'] = m['a'] - 1"),
        ("l[0] += 1;", "write l[0] = l[0] + 1"),
        ("m['a'] *= m.a;", "write m['a'] = m['a'] * m.a"),
        ("m['a'] *= m.a + 1;", "write m['a'] = m['a'] * (m.a + 1)"),
        ("msg.list[1] <<= 2;", "write msg.list[1] = msg.list[1] << 2"),
        ("var i = 0; l[i++] += 2;", "write l[i] = l[i] + x"),
        ("f(l)[0]++;", "write l[i] = l[i] + 1"),
    ] {
        fails_when_reached(place, "member-update", hint);
    }
    check(&[(
        "var m = {a: {b: 1}}; m.a.b += 2; m.a.b -= 1; return m;",
        "{a:{b:2}}",
    )]);
}

#[test]
fn a_function_does_not_step_its_variable_in_its_foreach() {
    for (script, hint) in [
        (
            "function f(l) { var n = 0; foreach (x : l) { n++; } return n; } return f([1, 2]);",
            "n += 1",
        ),
        (
            "function f(l) { var n = 9; foreach (x : l) { if (x > 1) { --n; } } return n; } return f([1, 2]);",
            "n -= 1",
        ),
        (
            "function f(l) { var a, n; n = 0; foreach (x : l) { for (var i = 0; i < 2; i++) { a = n++; } } return n; } return f([1]);",
            "n += 1",
        ),
    ] {
        let error = run(script).expect_err(script);
        assert!(
            error.starts_with("runtime:") && error.contains(hint),
            "{error}"
        );
        let found = findings(script);
        assert!(found.iter().any(|f| f.1 == "step-in-foreach"), "{found:?}");
        // Without an element the place is not reached.
        let empty = script
            .replace("f([1, 2])", "f([])")
            .replace("f([1])", "f([])");
        assert!(run(&empty).is_ok(), "{empty}");
    }
    for script in [
        "function f(l) { var n = 0; foreach (x : l) { n += 1; } return n; } return f([1, 2]);",
        "function f(l) { var n = 0; for (var i = 0; i < 2; i++) { n++; } return n; } return f([1]);",
        "function f(l) { var r = 0; foreach (x : l) { var n = 1; n++; r = n; } return r; } return f([1]);",
        "function f(l) { var r = 0; foreach (x : l) { for (var i = 1; i < 2; i++) { r = i + 1; } } return r; } return f([1]);",
        "function f(l, n) { foreach (x : l) { n++; } return n; } return f([1], 1);",
        "var n = 0; foreach (x : [1, 2]) { n++; } return n;",
        "var n = 1; function f(l) { foreach (x : l) { n++; } } f([1]); return n;",
    ] {
        let result = run(script).map(|o| show(&o));
        assert_eq!(result.as_deref(), Ok("2"), "{script}");
        let found = findings(script);
        assert!(found.iter().all(|f| f.1 != "step-in-foreach"), "{found:?}");
    }
}

#[test]
fn an_equals_sign_takes_the_sign_behind_it() {
    check_errors(&[
        ("var i = 1; var j=++i; return j;", "compile", "= ++"),
        ("var i = 1; var j = 0; j=--i; return j;", "compile", "= --"),
    ]);
    check(&[("var i = 1; var j = ++i; return [i, j];", "[2,2]")]);
}

#[test]
fn a_list_behind_a_map_holds_maps_or_one_text() {
    let hint = "put the list before the map, or into a variable first";
    for list in [
        "[1]",
        "[2.5]",
        "[true]",
        "[1 > 2]",
        "[Math.max(1, 2)]",
        "[1, 2]",
        "['a', 'b']",
        "[msg.name, 'a']",
    ] {
        for literal in [
            format!("{{m: {{}}, l: {list}}}"),
            format!("{{m: {{a: 1}}, e: [], t: 'x', l: {list}}}"),
            format!("[{{a: 1}}, {list}]"),
            format!("f({{in: [{{}}, {list}]}})"),
        ] {
            let script = format!("function f(x) {{ return x; }} return {literal};");
            check_errors(&[(&script, "compile", hint)]);
            let found = findings(&script);
            assert!(
                found.contains(&(Severity::Error, "list-behind-map", hint.to_owned())),
                "{found:?}"
            );
        }
    }
    for place in [
        "return {m: {}, l: [msg.h]};",
        "return [{a: 1}, [msg.list]];",
        "var x = {m: {}, l: [g()]};",
    ] {
        let script = format!("if (msg.on) {{ {place} }} return 1; function g() {{ return 5; }}");
        check_errors(&[(&script, "runtime", hint)]);
        let dead = script.replace("msg.on", "msg.on == false");
        assert_eq!(run(&dead).map(|o| show(&o)).as_deref(), Ok("1"), "{dead}");
        let found = findings(&script);
        assert!(
            found.contains(&(Severity::Warning, "list-behind-map", hint.to_owned())),
            "{found:?}"
        );
    }
    check(&[
        ("return {m: {}, l: ['x']};", "{m:{},l:[\"x\"]}"),
        ("return {m: {}, l: [null]};", "{m:{},l:[null]}"),
        ("var x = 1; return {m: {}, l: [x]};", "{m:{},l:[1]}"),
        (
            "return {m: {}, l: [{a: 1}, {b: 2}]};",
            "{m:{},l:[{a:1},{b:2}]}",
        ),
        ("return {m: {}, l: [msg.name]};", "{m:{},l:[\"hello\"]}"),
        ("return {m: {}, l: [msg.deep]};", "{m:{},l:[{er:5}]}"),
        ("return {m: {}, l: [msg.nothing]};", "{m:{},l:[null]}"),
        ("return {m: {}, l: [msg.h + 1]};", "{m:{},l:[61]}"),
        (
            "return {l: [1, 2], m: {a: 1}, k: [3]};",
            "{l:[1,2],m:{a:1},k:[3]}",
        ),
        ("var l = [1]; return {m: {}, l: l};", "{m:{},l:[1]}"),
        (
            "return f({}, [1]); function f(a, b) { return [b, a]; }",
            "[[1],{}]",
        ),
        (
            "return {m: f({a: 1}), l: [1]}; function f(a) { return a.a; }",
            "{m:1,l:[1]}",
        ),
    ]);
}

#[test]
fn literals_are_put_together_from_left_to_right() {
    check(&[
        (
            "return [1 << 2 + 1, 1 << 2 + 3 * 2, 16 >> 1 - 1, 1 | 6 & 3];",
            "[5,10,7,3]",
        ),
        (
            "return [5 & 3 == 1, 1 << 2 + 1 == 5, 1 == 1 && 5 & 3 == 1];",
            "[true,true,true]",
        ),
        (
            "var a = 1; return [a << 2 + 1, 1 << (2 + 1), 1 << 2 + a];",
            "[8,8,8]",
        ),
        ("var a = 5; return [a & 3 == 1, 5 & (3 == 1)];", "[0,0]"),
        // Nothing but bits and shifts goes first.
        (
            "return [1 + 2 * 3, 4 == 2 + 2, 2 + 3 > 4 && 1 == 1, 2 > 1 == true];",
            "[7,true,true,true]",
        ),
        (
            "return ['a' == 'a' && 1 < 2, 5 > 3 || 2 > 10 && 1 == 2, true && false || true];",
            "[true,true,true]",
        ),
        (
            "return [1 << 2 << 1, 1 + 2 << 1, 6 & 3 | 8, 2 ** 3 ** 2];",
            "[8,6,10,64]",
        ),
        (
            "var t = true; return [t && 5 > 3, true && msg.h > 3, false || (5 > 3)];",
            "[true,true,true]",
        ),
    ]);
    check_errors(&[
        ("return false || 5 > 3;", "compile", "|| (5 > 3)"),
        ("return true && 5 > 3;", "compile", "&& (5 > 3)"),
        (
            "if (true && 1 == 1 && msg.on) { return 1; }",
            "compile",
            "&& (1 == 1)",
        ),
    ]);
    let hint = "put what belongs together in parentheses".to_owned();
    assert_eq!(
        findings("return 1 << 2 + 1;"),
        [(Severity::Warning, "literal-order", hint)]
    );
    assert_eq!(findings("return 1 << (2 + 1);"), []);
}

#[test]
fn complement_wants_parentheses_around_a_name() {
    check_errors(&[
        ("var a = 5; return ~a;", "compile", "~(x)"),
        ("return ~msg.h;", "compile", "~(x)"),
        ("return ~-1;", "compile", "~(-x)"),
    ]);
    check(&[(
        "var a = 5; return [~(a), ~5, ~(a + 1), ~(-1)];",
        "[-6,-6,-7,0]",
    )]);
}

#[test]
fn a_key_named_empty_is_ambiguous() {
    check_errors(&[(
        "var m = {empty: 5}; return m.empty;",
        "runtime",
        "m['empty']",
    )]);
    check(&[
        (
            "var m = {empty: 5}; return [m['empty'], m.isEmpty()];",
            "[5,false]",
        ),
        ("var m = {}; return [m.empty, msg.empty];", "[true,false]"),
    ]);
}

#[test]
fn a_space_behind_a_parameter_takes_its_name_away() {
    check(&[
        ("function f(a, b ) { return a - b; } return f(3, 1);", "2"),
        ("function f( a,  b) { return a - b; } return f(3, 1);", "2"),
        ("function f(a , b) { return b; } return f(3, 1);", "1"),
        (
            "var a = 7; function f(a , b) { return a - b; } return f(3, 1);",
            "6",
        ),
    ]);
    check_errors(&[(
        "function f(a , b) { return a - b; } return f(3, 1);",
        "runtime",
        "'a' is not defined",
    )]);
}

#[test]
fn numbers_of_a_list_become_an_array_of_doubles() {
    check(&[
        (
            "return java.util.Arrays.copyOfRange([1, 2, 3], 0, 2);",
            "[1.0,2.0]",
        ),
        (
            "return java.util.Arrays.copyOfRange([1, 2], 1, 4);",
            "[2.0,0.0,0.0]",
        ),
    ]);
    check_errors(&[
        (
            "return java.util.Arrays.copyOfRange(['x'], 0, 1);",
            "runtime",
            "a list of numbers",
        ),
        (
            "return java.util.Arrays.copyOfRange([1], 2, 3);",
            "runtime",
            "out of range",
        ),
        (
            "return java.util.Arrays.copyOfRange([1], 0, 2000000000);",
            "limit",
            "the array",
        ),
    ]);
}
