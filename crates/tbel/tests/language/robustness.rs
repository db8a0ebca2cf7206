//! Nothing a script or an argument does may panic or exhaust the native stack.

use tbel::{CompileOptions, Host, Input, Limits, Vm, compile};

use super::run;

/// Runs on a small stack, so that unbounded recursion would show.
fn on_small_stack(work: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new()
        .stack_size(1 << 20)
        .spawn(work)
        .expect("a thread");
    thread.join().expect("no panic");
}

#[test]
fn deep_sources_end_in_a_message() {
    on_small_stack(|| {
        for (open, close) in [
            ("(", ")"),
            ("[", "]"),
            ("{a:", "}"),
            ("f(", ")"),
            ("!", ""),
            ("-", ""),
            ("x[", "]"),
            ("(int) ", ""),
            ("a ? (", ") : 1"),
            ("if (true) { ", "}"),
            ("function f() { ", "}"),
            ("x = ", ""),
            ("new int[", "]"),
            ("($ in ", ")"),
        ] {
            for depth in [90, 5_000] {
                let script = format!("{}1{}", open.repeat(depth), close.repeat(depth));
                let options = CompileOptions {
                    max_source_chars: 1_000_000,
                    ..CompileOptions::default()
                };
                if let Err(error) = compile(&script, &["x", "a"], &options) {
                    assert!(!error.diagnostics.is_empty());
                }
            }
        }
    });
}

#[test]
fn long_chains_are_flat() {
    on_small_stack(|| {
        for unit in [
            "+1", " && true", " ? 1 : 2", ".a", "[0]", ".?a", " == 1", "**2", " or 1", "; x = 1",
        ] {
            let script = format!("return x{}", unit.repeat(4_000));
            let _ = run(&format!("var x = 1; {script}"));
        }
        let elses = format!(
            "if (false) {{ 1 }} {}",
            "else if (false) { 2 } ".repeat(2_000)
        );
        assert!(run(&elses).is_ok());
    });
}

#[test]
fn deep_values_are_refused_or_freed() {
    on_small_stack(|| {
        let json = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
        let program = compile("return x;", &["x"], &CompileOptions::default()).expect("compiles");
        let mut vm = Vm::new(Limits::default());
        assert!(
            vm.run(&program, &[Input::Json(&json)], &Host::default())
                .is_err()
        );
        for script in [
            "var l = []; for (var i = 0; i < 50000; i++) { l = [l]; } return l;",
            "var a = []; var b = []; for (var i = 0; i < 50000; i++) { a = [a]; b = [b]; } return a == b;",
            "var l = []; for (var i = 0; i < 50000; i++) { l = [l]; } return l.toString();",
            "var m = {}; for (var i = 0; i < 50000; i++) { m = {m: m}; } return toFlatMap(m);",
            "var m = {}; m.m = m; return JSON.stringify(m);",
        ] {
            assert!(run(script).is_err(), "{script}");
        }
        assert!(
            run("var l = []; for (var i = 0; i < 50000; i++) { l = [l]; } return l.size();")
                .is_ok()
        );
    });
}

/// A small generator, so that the test is the same every time.
struct Noise(u64);

impl Noise {
    fn next(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % n.max(1)
    }
}

#[test]
fn scrambled_scripts_never_panic() {
    const PIECES: &[&str] = &[
        "var x = ",
        "x",
        "1",
        "'a'",
        "\"b\"",
        "(",
        ")",
        "{",
        "}",
        "[",
        "]",
        ";",
        ",",
        ":",
        ".",
        ".?",
        "?",
        "+",
        "-",
        "*",
        "/",
        "%",
        "**",
        "==",
        "!=",
        "<",
        ">=",
        "&&",
        "||",
        "!",
        "~",
        "=",
        "+=",
        "++",
        "--",
        "if",
        "else",
        "for",
        "foreach",
        "while",
        "do",
        "switch",
        "case",
        "default",
        "break",
        "return",
        "function f",
        "new Date",
        "msg",
        ".t",
        ".list",
        "payload",
        "0x",
        "08",
        "1e",
        "\\",
        "'",
        "/*",
        "*/",
        "//",
        "\n",
        " in ",
        "instanceof",
        "Integer",
        ".MAX_VALUE",
        "Math.max",
        "(1, 2.5)",
        "null",
        "true",
        "$",
        "é",
        "😀",
        "=-",
        "or",
        "contains",
        "is",
        "isdef",
        "empty",
        ".size()",
        ".add(x)",
        ".substring(1, 9)",
        "String.format('%5.2f', ",
        "parseBytesToInt(payload, 1, 3)",
        "JSON.parse(",
        "(int)",
        "L",
        "f",
        "with",
        "assert",
        "def",
        "until",
        "=>",
        "->",
        "??",
        "@",
    ];
    let mut noise = Noise(42);
    for _ in 0..4_000 {
        let mut script = String::new();
        for _ in 0..noise.next(25) + 1 {
            script.push_str(PIECES[noise.next(PIECES.len())]);
            if noise.next(3) == 0 {
                script.push(' ');
            }
        }
        let _ = run(&script);
    }
}

#[test]
fn every_method_survives_every_argument() {
    let receivers = [
        "msg",
        "msg.list",
        "'text'",
        "'é😀'",
        "5",
        "2.5",
        "payload",
        "toSet([1, 2])",
        "new Date(0)",
        "base64ToBytes('AQID')",
        "null",
        "true",
        "'a'.charAt(0)",
        "5L",
        "(byte) 3",
    ];
    let arguments = [
        "",
        "null",
        "-1",
        "0",
        "99",
        "'x'",
        "'('",
        "2147483647",
        "1.5, 'b'",
        "-5, 3",
        "[1, 'a']",
        "{a: 1}, 2",
        "0, 99, null",
        "1, 2, 3, 4",
        "payload",
        "true",
        "'%1$s %d'",
    ];
    let methods = [
        "add",
        "push",
        "pop",
        "shift",
        "unshift",
        "addAll",
        "get",
        "set",
        "remove",
        "slice",
        "subList",
        "splice",
        "toSpliced",
        "with",
        "fill",
        "concat",
        "join",
        "sort",
        "toSorted",
        "indexOf",
        "lastIndexOf",
        "contains",
        "put",
        "putAll",
        "replace",
        "containsKey",
        "sortByValue",
        "invert",
        "substring",
        "charAt",
        "split",
        "matches",
        "replaceAll",
        "replaceFirst",
        "repeat",
        "compareTo",
        "codePointAt",
        "equals",
        "hashCode",
        "toString",
        "intValue",
        "setMonth",
        "setDate",
        "setHours",
        "addDays",
        "addYears",
        "toLocaleString",
        "startsWith",
        "formatted",
        "getBytes",
        "trim",
        "removeAll",
        "containsAll",
    ];
    for receiver in receivers {
        for method in methods {
            for argument in arguments {
                let _ = run(&format!(
                    "var r = {receiver}; return r.{method}({argument});"
                ));
            }
        }
    }
}

#[test]
fn every_function_survives_every_argument() {
    let arguments = [
        "",
        "null",
        "-1",
        "''",
        "'zz'",
        "'0x'",
        "'-FF', 16",
        "payload",
        "payload, -1",
        "payload, 1, 2147483647",
        "2147483647, 2147483647",
        "1.5, 400, ' '",
        "[1, null, {}]",
        "{a: [[{}]]}, 1, 2",
        "0.0 / 0, 2",
        "1e308, -400",
        "-2147483648L, 2, false, true",
        "1, 2, '[[1]]'",
        "'a', 5, '[]'",
        "[], true, false, 7",
    ];
    let statics = [
        "Math.max",
        "Math.round",
        "Math.floorMod",
        "Math.abs",
        "Integer.parseInt",
        "Integer.toString",
        "Long.parseLong",
        "Integer.rotateLeft",
        "String.format",
        "String.join",
        "String.valueOf",
        "Date.UTC",
        "Date.parse",
        "new Date",
        "java.util.Arrays.copyOfRange",
        "java.util.Arrays.asList",
        "java.util.UUID.fromString",
        "JSON.parse",
        "JSON.stringify",
        "Character.digit",
        "java.util.Collections.max",
        "Double.parseDouble",
        "Float.intBitsToFloat",
        "Integer.highestOneBit",
        "java.util.Base64.getDecoder().decode",
        "new String",
        "new Integer",
    ];
    for function in tbel::builtin_names().into_iter().chain(statics) {
        for argument in arguments {
            let _ = run(&format!("return {function}({argument});"));
        }
    }
}
