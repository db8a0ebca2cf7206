//! The `script eval` door: requests in, answers out.

use millrace_script::{EvalOptions, ScriptLang, TimeZone, eval_lines};

fn answers(lang: ScriptLang, parameters: Option<&[&str]>, requests: &[u8]) -> Vec<String> {
    evaluated(lang, parameters, false, requests)
}

fn evaluated(
    lang: ScriptLang,
    parameters: Option<&[&str]>,
    portable: bool,
    requests: &[u8],
) -> Vec<String> {
    let names: Option<Vec<String>> =
        parameters.map(|names| names.iter().map(|name| (*name).to_owned()).collect());
    let mut out = Vec::new();
    let options = EvalOptions {
        lang,
        parameters: names.as_deref(),
        time_zone: &TimeZone::default(),
        portable,
    };
    eval_lines(requests, &mut out, options).expect("memory does not fail");
    String::from_utf8(out)
        .expect("UTF-8")
        .lines()
        .map(str::to_owned)
        .collect()
}

fn js(requests: &str) -> Vec<String> {
    answers(ScriptLang::Js, None, requests.as_bytes())
}

#[test]
fn answers_come_one_a_line_in_order_with_their_ids() {
    let lines = js(concat!(
        r#"{"id":"a","script":"return msg.t * 2;","args":{"msg":{"t":12.75}}}"#,
        "\n\n",
        r#"{"id":{"n":[1]},"script":"return b - a;","args":{"b":3,"a":1}}"#,
        "\n",
        r#"{"script":"return 1;"}"#,
    ));
    assert_eq!(
        lines,
        [
            r#"{"id":"a","ok":25.5}"#,
            r#"{"id":{"n":[1]},"ok":2}"#,
            r#"{"id":null,"ok":1}"#
        ]
    );
}

#[test]
fn bytes_are_payloads() {
    let lines = js(
        r#"{"id":1,"script":"return payload.concat(decodeToString(text));","args":{"payload":{"$bytes":"AP8="},"text":{"$bytes":"w6Q="}}}"#,
    );
    assert_eq!(lines, [r#"{"id":1,"ok":[0,255,"ä"]}"#]);
}

#[test]
fn named_parameters_are_taken_from_the_arguments_and_missing_ones_are_null() {
    let request = br#"{"id":1,"script":"return [msg, metadata, msgType];","args":{"msgType":"T","other":1,"msg":2}}"#;
    let lines = answers(
        ScriptLang::Js,
        Some(&["msg", "metadata", "msgType"]),
        request,
    );
    assert_eq!(lines, [r#"{"id":1,"ok":[2,null,"T"]}"#]);
}

#[test]
fn a_bad_line_stops_no_other() {
    let mut requests: Vec<u8> = Vec::new();
    for line in [
        &b"not json"[..],
        br#"{"id":7,"args":{}}"#,
        br#"{"id":8,"script":"return 1;","args":[]}"#,
        br#"{"id":9,"script":"return x;","args":{"x":{"$bytes":"?"}}}"#,
        b"{\"id\":10,\"script\":\"\xff\"}",
        br#"{"id":11,"script":"return 1;","args":{"not a name":1}}"#,
        br#"{"id":12,"script":"return 12;","args":{}}"#,
    ] {
        requests.extend_from_slice(line);
        requests.push(b'\n');
    }
    let lines = answers(ScriptLang::Js, None, &requests);
    let ids: Vec<&str> = lines
        .iter()
        .map(|line| line.split(',').next().unwrap_or_default())
        .collect();
    assert_eq!(
        ids,
        [
            r#"{"id":null"#,
            r#"{"id":7"#,
            r#"{"id":8"#,
            r#"{"id":9"#,
            r#"{"id":10"#,
            r#"{"id":11"#,
            r#"{"id":12"#
        ]
    );
    assert!(
        lines[..6]
            .iter()
            .all(|line| line.contains(r#""error":{"kind":"compile","message":"#)),
        "{lines:#?}"
    );
    assert_eq!(lines[6], r#"{"id":12,"ok":12}"#);
}

#[test]
fn errors_tell_their_kind_and_place() {
    let lines = js(concat!(
        r#"{"id":1,"script":"return (","args":{}}"#,
        "\n",
        r#"{"id":2,"script":"var a;\nreturn a.b;","args":{}}"#,
        "\n",
        r#"{"id":3,"script":"while (true) {}","args":{}}"#,
        "\n",
        r#"{"id":4,"script":"throw 'plain'","args":{}}"#,
    ));
    let errors: Vec<serde_json::Value> = lines
        .iter()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON")["error"].clone())
        .collect();
    assert_eq!(
        (&errors[0]["kind"], &errors[0]["line"]),
        (&"compile".into(), &1.into())
    );
    assert_eq!(
        (&errors[1]["kind"], &errors[1]["line"]),
        (&"runtime".into(), &2.into())
    );
    assert_eq!(errors[2]["kind"], "limit");
    assert_eq!(
        errors[3],
        serde_json::json!({"kind":"runtime","message":"plain","line":null,"column":null})
    );
}

#[test]
fn a_line_beyond_the_bound_is_refused_and_passed_over() {
    let mut requests = vec![b' '; 17 << 20];
    requests.extend_from_slice(b"\n{\"id\":1,\"script\":\"return 1;\"}\n");
    let lines = answers(ScriptLang::Js, None, &requests);
    assert!(lines[0].contains("longer than"), "{}", lines[0]);
    assert_eq!(lines[1..], [r#"{"id":1,"ok":1}"#]);
}

#[test]
fn portable_scripts_are_only_those_that_run_on_both_platforms() {
    let request = br#"{"id":1,"script":"var l = ['k']; var m = {k: 2}; return m[l[0]];"}"#;
    let here = evaluated(ScriptLang::Tbel, None, false, request);
    assert_eq!(here, [r#"{"id":1,"ok":2}"#]);
    let both = evaluated(ScriptLang::Tbel, None, true, request);
    assert!(both[0].contains("\"kind\":\"compile\""), "{both:?}");
    assert!(both[0].contains("brackets inside of brackets"), "{both:?}");
}

fn tbel(request: &str) -> String {
    answers(ScriptLang::Tbel, None, request.as_bytes()).join("\n")
}

#[test]
fn numbers_beyond_64_bits_stay_numbers() {
    let request = r#"{"id":1,"script":"return [JSON.parse('{\"a\":123456789012345678901234567890}'), 9223372036854775808I, 25.0, 0.1f];"}"#;
    assert_eq!(
        tbel(request),
        r#"{"id":1,"ok":[{"a":123456789012345678901234567890},9223372036854775808,25.0,0.1]}"#
    );
}

#[test]
fn a_string_counts_by_its_own_length() {
    let request = |n: usize| {
        let text = "x".repeat(n);
        format!(r#"{{"id":1,"script":"return msg.length();","args":{{"msg":"{text}"}}}}"#)
    };
    assert_eq!(tbel(&request(100_000)), r#"{"id":1,"ok":100000}"#);
    assert!(tbel(&request(100_001)).contains(r#""kind":"limit""#));
}

#[test]
fn a_script_beyond_the_limit_runs_into_it() {
    let request = |n: usize| {
        let script = format!("return 1; //{}", "x".repeat(n - 12));
        format!(r#"{{"id":1,"script":"{script}"}}"#)
    };
    for lang in [ScriptLang::Tbel, ScriptLang::Js] {
        let answer = |n| answers(lang, None, request(n).as_bytes()).join("\n");
        assert_eq!(answer(50_000), r#"{"id":1,"ok":1}"#);
        assert!(answer(50_001).contains(r#""kind":"limit""#), "{lang:?}");
    }
}
