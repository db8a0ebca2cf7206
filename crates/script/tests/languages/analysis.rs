//! What an editor is told, in one form for both languages.

use millrace_script::analysis::{Analysis, Asked, Known, analyze};
use millrace_script::{Limits, ScriptLang};
use serde_json::json;

fn ask(lang: ScriptLang, source: &str, at: Option<(u32, u32)>) -> Analysis {
    let message = json!({"temperature": 21.5, "device": {"serial": "SN-1"}, "list": [1]});
    let metadata = json!({"deviceName": "x"});
    let decoded = json!({"humidity": 60});
    let arguments = [
        Known {
            name: "msg",
            sample: Some(&message),
            decoded: None,
        },
        Known {
            name: "metadata",
            sample: Some(&metadata),
            decoded: None,
        },
        Known {
            name: "payload",
            sample: Some(&json!([1, 2])),
            decoded: Some(&decoded),
        },
    ];
    let asked = Asked {
        lang,
        source,
        arguments: &arguments,
        at,
    };
    analyze(&asked, &Limits::of(lang))
}

fn labels(found: &Analysis) -> Vec<&str> {
    found
        .completions
        .items
        .iter()
        .map(|i| i.label.as_str())
        .collect()
}

#[test]
fn both_languages_place_errors() {
    let found = ask(ScriptLang::Tbel, "var a = 1;\nreturn a !== 2;", None);
    let finding = &found.diagnostics[0];
    assert_eq!(
        (finding.severity, finding.code),
        ("ERROR", "strict-inequality")
    );
    let range = finding.range;
    assert_eq!(
        (range.line, range.column, range.end_line, range.end_column),
        (2, 10, 2, 13)
    );
    assert_eq!(finding.hint.as_deref(), Some("write '!='"));

    let found = ask(ScriptLang::Js, "var a = 1;\nreturn a +* 2;", None);
    let finding = &found.diagnostics[0];
    assert_eq!((finding.severity, finding.code), ("ERROR", "syntax"));
    assert_eq!(finding.range.line, 2);
    assert_eq!(
        ask(ScriptLang::Js, "return msg.temperature;", None).diagnostics,
        []
    );
}

#[test]
fn members_come_from_samples() {
    for lang in [ScriptLang::Tbel, ScriptLang::Js] {
        assert_eq!(
            labels(&ask(lang, "return msg.tem", Some((1, 15)))),
            ["temperature"],
            "{lang:?}"
        );
        assert_eq!(
            labels(&ask(lang, "return msg.device.ser", Some((1, 22)))),
            ["serial"],
            "{lang:?}"
        );
        assert_eq!(
            labels(&ask(lang, "return ms", Some((1, 10))))[0],
            "msg",
            "{lang:?}"
        );
        let found = ask(lang, "return msg.temperature;", Some((1, 14)));
        assert_eq!(
            found.hover.expect("a member").title,
            "temperature: double",
            "{lang:?}"
        );
    }
    let found = ask(
        ScriptLang::Tbel,
        "var d = decodeToJson(payload); return d.hum",
        Some((1, 44)),
    );
    assert_eq!(labels(&found), ["humidity"]);
}

#[test]
fn calls_of_tbel_show_their_parameters() {
    let found = ask(
        ScriptLang::Tbel,
        "return parseBytesToInt(payload, ",
        Some((1, 33)),
    );
    assert_eq!(found.signature.expect("a call").parameter, 1);
}

#[test]
fn the_words_of_javascript_are_offered_without_a_dot_only() {
    assert_eq!(
        labels(&ask(ScriptLang::Js, "return decodeToS", Some((1, 17)))),
        ["decodeToString"]
    );
    assert!(labels(&ask(ScriptLang::Js, "return x.decodeToS", Some((1, 19)))).is_empty());
}

#[test]
fn places_outside_of_the_text_and_long_texts_do_no_harm() {
    for lang in [ScriptLang::Tbel, ScriptLang::Js] {
        for at in [(0, 0), (1, 0), (9, 9), (u32::MAX, u32::MAX)] {
            let _ = ask(lang, "return 'é😀' + msg.", Some(at));
        }
        let long = "a.".repeat(60_000);
        let found = ask(lang, &long, Some((1, 5)));
        assert_eq!(found.diagnostics.len(), 1);
        assert!(
            found.diagnostics[0].code.ends_with("too-long"),
            "{:?}",
            found.diagnostics
        );
    }
}
