//! What an editor is told about a script.

#![allow(missing_docs)]

use tbel::Severity;
use tbel::analysis::{
    self, Argument, CompletionKind, Context, HostFunction, Kind, completions, diagnostics, hover,
    signature_help,
};

/// The arguments of a converter, with a sample of its payload.
fn arguments() -> Vec<Argument<'static>> {
    let mut payload = Argument::new("payload", Kind::list(Kind::Byte));
    payload.decoded = Some(Kind::map([
        ("temperature".into(), Kind::Double),
        ("status".into(), Kind::map([("text".into(), Kind::String)])),
    ]));
    let metadata = Kind::map([("deviceName".into(), Kind::String)]);
    vec![payload, Argument::new("metadata", metadata)]
}

/// Runs `ask` with the text, the offset of `|` in it, and the usual context.
fn at<T>(script: &str, ask: impl Fn(&str, usize, &Context<'_>) -> T) -> T {
    let offset = script.find('|').expect("a cursor");
    let text = script.replacen('|', "", 1);
    let arguments = arguments();
    let functions = [HostFunction {
        name: "lookup",
        signature: "lookup(key: string): any",
        doc: "Looks a value up.",
    }];
    let context = Context {
        arguments: &arguments,
        functions: &functions,
        ..Context::default()
    };
    ask(&text, offset, &context)
}

fn labels(script: &str) -> Vec<String> {
    let found = at(script, completions);
    found.items.into_iter().map(|i| i.label).collect()
}

fn codes(script: &str) -> Vec<(u32, u32, &'static str)> {
    let arguments = arguments();
    let context = Context {
        arguments: &arguments,
        ..Context::default()
    };
    diagnostics(script, &context)
        .iter()
        .map(|d| (d.line, d.column, d.code))
        .collect()
}

#[test]
fn names_in_scope_come_with_built_ins_and_functions_of_the_host() {
    let found = labels("var total = 1;\nfunction decode(a, b) { var inner = 2; }\nt|");
    assert!(found.starts_with(&["total".into()]), "{found:?}");
    assert!(found.contains(&"toFixed".into()) && found.contains(&"true".into()));
    assert!(!found.contains(&"inner".into()));
    assert_eq!(labels("return look|")[0], "lookup");
    assert_eq!(labels("return pay|;")[0], "payload");
    assert_eq!(
        labels("function f(first) { var second = 2; return fi|; }")[0],
        "first"
    );
    assert_eq!(
        labels("function decode(a) { return a; } return dec|;")[0],
        "decode"
    );
}

#[test]
fn an_item_has_signatures_and_an_explanation() {
    let found = at("return parseBytesToI|", completions);
    let item = &found.items[0];
    assert_eq!(
        (item.label.as_str(), item.kind),
        ("parseBytesToInt", CompletionKind::Function)
    );
    assert!(
        item.detail
            .starts_with("parseBytesToInt(bytes: bytes, offset: int = 0")
    );
    assert!(
        item.doc
            .as_deref()
            .is_some_and(|d| d.contains("four bytes"))
    );
    assert_eq!((found.replaces.start, found.replaces.end), (7, 20));
}

#[test]
fn members_follow_from_what_is_known() {
    assert_eq!(labels("return metadata.|")[0], "deviceName");
    assert_eq!(
        labels("var d = decodeToJson(payload); return d.temp|;"),
        ["temperature"]
    );
    assert_eq!(
        labels("var d = decodeToJson(payload);\nreturn d.status.|\n")[0],
        "text"
    );
    assert!(labels("return metadata.deviceName.toUp|").contains(&"toUpperCase".into()));
    assert_eq!(
        labels("var m = {}; m.first = 1; m['second'] = 'x'; return m.sec|;"),
        ["second"]
    );
    assert_eq!(labels("var l = 'a,b'.split(','); return l.joi|;"), ["join"]);
    assert_eq!(
        labels("var l = 'a,b'.split(','); foreach (x : l) { x.equalsI| }"),
        ["equalsIgnoreCase"]
    );
    assert_eq!(
        labels("foreach (e : metadata.entrySet()) { var k = e.ke| }"),
        ["key"]
    );
    assert_eq!(labels("return new Date().getFullY|"), ["getFullYear"]);
    assert_eq!(labels("return (1 + 2).intV|"), ["intValue"]);
    assert_eq!(labels("return [1, 2].|")[0], "add");
    assert!(labels("var x = null; return x.|").is_empty());
    let decoder = "var d = decode(payload); return d.|;\nfunction decode(p) { var r = {}; if (p.size() > 1) { r.voltage = 1.5; } return r; }";
    assert_eq!(labels(decoder)[0], "voltage");
    assert!(labels("return metadata.?deviceName.lastI|").contains(&"lastIndexOf".into()));
}

#[test]
fn classes_have_their_own_members() {
    assert_eq!(labels("return Integer.MIN|")[0], "MIN_VALUE");
    assert_eq!(labels("return java.util.|")[0], "Date");
    assert_eq!(labels("return java.util.Arrays.copyOfR|"), ["copyOfRange"]);
    assert!(labels("return new D|").contains(&"Date".into()));
    assert!(labels("if (payload instanceof java|").contains(&"java.util.ArrayList".into()));
}

#[test]
fn nothing_is_offered_where_nothing_fits() {
    for script in [
        "// met|",
        "/* met| */",
        "return 'met|';",
        "var met|",
        "function met|",
        "return 12|",
        "return \"a.|",
    ] {
        assert_eq!(labels(script), Vec::<String>::new(), "{script}");
    }
    assert!(!labels("// done\nmet|").is_empty());
    assert!(!labels("var x = 6 / 2; met|").is_empty());
}

#[test]
fn words_are_explained() {
    let text = |script: &str| at(script, hover).map(|h| (h.title, h.text));
    let (title, doc) = text("return parse|Int('5');").expect("a function");
    assert!(
        title.starts_with("parseInt(text: string") && doc.contains("null and blank")
            || doc.contains("Null and blank")
    );
    assert_eq!(
        text("var d = decodeToJson(payload); return d.temp|erature;")
            .expect("a member")
            .0,
        "temperature: double"
    );
    assert_eq!(
        text("return |metadata;").expect("an argument").1,
        "An argument of the script."
    );
    assert!(
        text("return 'a'.sub|string(1);")
            .expect("a method")
            .0
            .starts_with("substring(")
    );
    assert!(
        text("return Math.ma|x(1, 2);")
            .expect("a static")
            .0
            .starts_with("max(")
    );
    assert!(
        text("fore|ach (x : []) { }")
            .expect("a keyword")
            .1
            .contains("goes through")
    );
    assert_eq!(
        text("function f(a, b) { return a; } return |f(1, 2);")
            .expect("a function")
            .0,
        "function f(a, b)"
    );
    assert!(
        at("return toF|ixed(1.5, 0);", hover)
            .and_then(|h| h.example)
            .is_some()
    );
    assert_eq!(text("return nothing|Here;"), None);
    assert_eq!(text("return 'par|seInt';"), None);
}

#[test]
fn the_parameter_at_the_cursor_is_known() {
    let help =
        |script: &str| at(script, signature_help).map(|h| (h.signatures[0].clone(), h.parameter));
    let (signature, parameter) = help("return parseBytesToInt(payload, 0, |").expect("a call");
    assert!(signature.starts_with("parseBytesToInt("));
    assert_eq!(parameter, 2);
    assert_eq!(help("return 'abc'.substring(1|)").expect("a call").1, 0);
    assert_eq!(help("return Math.max(f(1, 2), |)").map(|h| h.1), Some(1));
    assert_eq!(
        help("function f(a, b) { return a; } f(|").map(|h| h.0),
        Some("f(a, b)".into())
    );
    assert_eq!(
        help("return lookup('x'|)").map(|h| h.0),
        Some("lookup(key: string): any".into())
    );
    assert_eq!(help("return 1|"), None);
    assert_eq!(help("f([1, |"), None);
}

#[test]
fn doubts_are_warnings() {
    assert_eq!(
        codes("var a = 1; var b = 2; return b;"),
        [(1, 5, "unused-variable")]
    );
    assert_eq!(
        codes("var a = 1; a = 2; a++; return 3;"),
        [(1, 5, "unused-variable")]
    );
    assert_eq!(
        codes("var x = 1; if (x > 0) { var x = 2; } return x;"),
        [(1, 29, "outer-variable")]
    );
    assert_eq!(
        codes("var g = 1; function f() { var g = 2; return g; } return f() + g;"),
        [(1, 31, "outer-variable")]
    );
    assert_eq!(
        codes("var n = 7; return n / 2;"),
        [(1, 19, "integer-division")]
    );
    assert_eq!(codes("var n = 7; return n / 2.0;"), []);
    assert_eq!(
        codes("return Math.round(25.678) / 100;"),
        [(1, 8, "integer-division")]
    );
    assert_eq!(
        codes("var x = true; if (x = false) { return 1; } return x;"),
        [(1, 19, "assignment-in-condition")]
    );
    assert_eq!(codes("return 1; return 2;"), [(1, 11, "unreachable-code")]);
    assert_eq!(
        codes("return { a: 1, b: 2, a: 3 };"),
        [(1, 25, "duplicate-key")]
    );
    assert_eq!(
        codes("if (payload == null) { return helper(1); } return 2;"),
        [(1, 31, "unknown-function")]
    );
    assert_eq!(
        codes("return parseBytesToInt();"),
        [(1, 8, "argument-count")]
    );
    assert_eq!(
        codes("return 'abc'.substring();"),
        [(1, 13, "argument-count")]
    );
    assert_eq!(
        codes("function f(a) { return a; } return f(1, 2);"),
        [(1, 36, "argument-count")]
    );
    assert_eq!(
        codes("return [1].includes(1);"),
        [(1, 11, "unknown-method")]
    );
    assert_eq!(
        codes("return Math.trunc(1.5);"),
        [(1, 12, "unknown-member")]
    );
}

#[test]
fn good_scripts_have_no_findings() {
    for script in [
        "var body = decodeToJson(payload);\nvar t = body.t;\nreturn { deviceName: metadata.deviceName, telemetry: { t: t } };",
        "function f(x) { return x * 2; }\nvar out = [];\nforeach (x : payload) { out.add(f(x)); }\nreturn out;",
        "for (var i = 0; i < 3; i++) { payload.add(i); }\nfor (var i = 0; i < 3; i++) { payload.add(i); }\nreturn payload;",
        "switch (metadata.deviceName) { case 'a': return 1; default: return 2; }",
        "var m = {}; m.a = 1; m.b = m.a + 1; m",
        "return (toUpperCase() in ['a']);",
        "return payload == null;",
    ] {
        assert_eq!(codes(script), [], "{script}");
    }
}

#[test]
fn errors_and_doubts_stand_together_in_order() {
    let script = "var unused = 1;\nvar a = 2\nif (a = 3) { }\nreturn a !== 4;";
    assert_eq!(
        codes(script),
        [
            (1, 5, "unused-variable"),
            (2, 9, "missing-semicolon"),
            (3, 5, "assignment-in-condition"),
            (4, 10, "strict-inequality"),
        ]
    );
    let arguments = arguments();
    let context = Context {
        arguments: &arguments,
        ..Context::default()
    };
    let found = diagnostics(script, &context);
    assert_eq!(found[0].severity, Severity::Warning);
    assert_eq!(analysis::range_of(script, found[0].span), [(1, 5), (1, 11)]);
    assert_eq!(analysis::offset_at(script, 2, 5), 20);
}

#[test]
fn places_count_utf_16_units() {
    let text = "var s = '😀é'; x\nnext";
    let offset = analysis::offset_at(text, 1, 16);
    assert_eq!(&text[offset..=offset], "x");
    assert_eq!(
        analysis::offset_at(text, 1, 999),
        text.find('\n').expect("a line")
    );
    assert_eq!(analysis::offset_at(text, 99, 1), text.len());
}

/// Every prefix of real scripts, and hostile ones, in bounded time.
#[test]
fn no_text_is_too_much() {
    let script = "var d = decodeToJson(payload); foreach (e : d.entrySet()) { if (e.value > [1, {a: 'x'}].size()) { m.put(e.key, (String) f(`t`)); } }";
    for end in 0..script.len() {
        let text = &script[..end];
        let context = Context::default();
        let _ = (
            completions(text, end, &context),
            hover(text, end / 2, &context),
            signature_help(text, end, &context),
        );
        let _ = diagnostics(text, &context);
    }
    for unit in [
        "a.",
        "(",
        "{a:",
        "f(",
        "x = {a: x, b: x};",
        "m.a1 = m; ",
        "[",
        "'",
        "/*",
        "var x = y + ",
        "function f() { ",
    ] {
        let text = unit.repeat(49_000 / unit.len());
        let started = std::time::Instant::now();
        let context = Context::default();
        let _ = completions(&text, text.len(), &context);
        let _ = hover(&text, text.len() / 2, &context);
        let _ = signature_help(&text, text.len(), &context);
        let _ = diagnostics(&text, &context);
        assert!(
            started.elapsed().as_secs() < 20,
            "{unit:?} takes {:?}",
            started.elapsed()
        );
    }
    let long = "x".repeat(60_000);
    let context = Context::default();
    assert!(completions(&long, 5, &context).items.is_empty());
    assert_eq!(diagnostics(&long, &context)[0].code, "script-too-long");
    assert!(completions("é", 1, &context).items.is_empty());
}

/// Good scripts with pieces cut out, doubled and swapped: whatever an editor sends while somebody types.
#[test]
fn scrambled_texts_are_answered() {
    let seeds = [
        "var d = decodeToJson(payload);\nforeach (e : d.entrySet()) { if (e.value > 1) { d.put(e.key, `t`); } }\nreturn { deviceName: 'é😀', telemetry: d };",
        "function f(a, b) { switch (a) { case 1: return b; default: return { x: [a, b] }; } }\nreturn f(1, 2).x[0];",
        "for (let i = 0, n = 5; i < n; i++) { x.push((v) => v * 2); }\ntry { delete m.a; } catch (e) { throw e; }",
    ];
    let mut state = 7u64;
    let mut next = |bound: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % bound.max(1)
    };
    for round in 0..600 {
        let mut chars: Vec<char> = seeds[round % seeds.len()].chars().collect();
        for _ in 0..=next(6) {
            let (from, len, to) = (next(chars.len()), next(12), next(chars.len()));
            let piece: Vec<char> = chars.iter().skip(from).take(len).copied().collect();
            if next(2) == 0 {
                chars.drain(from..(from + len).min(chars.len()));
            }
            let to = to.min(chars.len());
            chars.splice(to..to, piece);
        }
        let text: String = chars.into_iter().collect();
        let context = Context::default();
        for found in diagnostics(&text, &context) {
            assert!(
                text.get(found.span.start as usize..found.span.end as usize)
                    .is_some(),
                "{text}"
            );
        }
        for _ in 0..4 {
            let offset = next(text.len() + 2);
            let found = completions(&text, offset, &context);
            let place = found.replaces;
            assert!(
                text.get(place.start as usize..place.end as usize).is_some(),
                "{text}"
            );
            let _ = (
                hover(&text, offset, &context),
                signature_help(&text, offset, &context),
            );
        }
    }
}
