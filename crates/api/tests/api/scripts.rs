//! What the editor of scripts asks while somebody writes.

use serde_json::json;

use crate::app::App;

const PATH: &str = "/api/millrace/script/analyze";

#[tokio::test]
async fn a_writer_is_told_mistakes_and_what_can_be_written() {
    let app = App::start().await;
    let admin = app.admin().await;
    let found = admin
        .make(
            PATH,
            &json!({
                "scriptLang": "TBEL",
                "script": "var d = decodeToJson(payload);\nreturn d.temp !== 5;",
                "arguments": [
                    {"name": "payload", "decoded": {"temperature": 21.5}},
                    {"name": "metadata", "sample": {"deviceName": "x"}},
                ],
                "line": 2,
                "column": 14,
            }),
        )
        .await;
    assert_eq!(found["diagnostics"][0]["code"], "strict-inequality");
    assert_eq!(
        found["diagnostics"][0]["range"],
        json!({"line": 2, "column": 15, "endLine": 2, "endColumn": 18})
    );
    assert_eq!(found["completions"][0]["label"], "temperature");
    assert_eq!(found["completions"][0]["kind"], "FIELD");
    assert_eq!(found["replaces"]["column"], 10);
}

#[tokio::test]
async fn scripts_in_javascript_are_placed_and_completed_too() {
    let app = App::start().await;
    let admin = app.admin().await;
    let found = admin
        .make(
            PATH,
            &json!({
                "scriptLang": "JS",
                "script": "return msg.",
                "arguments": [{"name": "msg", "sample": {"t": 1}}],
                "line": 1,
                "column": 12,
            }),
        )
        .await;
    assert_eq!(found["diagnostics"][0]["code"], "syntax");
    assert_eq!(found["completions"][0]["label"], "t");
}

#[tokio::test]
async fn only_administrators_ask_and_nonsense_is_refused() {
    let app = App::start().await;
    let question = json!({"scriptLang": "TBEL", "script": "return 1;"});
    let anonymous = app.anonymous().post(PATH, &question).await;
    assert_eq!(anonymous.status, 401);
    let person = app.customer_user().await.post(PATH, &question).await;
    assert_eq!(person.status, 403);
    let admin = app.admin().await;
    let many: Vec<_> = (0..50).map(|n| json!({"name": format!("a{n}")})).collect();
    for wrong in [
        json!({}),
        json!({"scriptLang": "COBOL", "script": ""}),
        json!({"scriptLang": "TBEL", "script": "", "arguments": many}),
    ] {
        assert_eq!(admin.post(PATH, &wrong).await.status, 400, "{wrong}");
    }
    let long = json!({"scriptLang": "TBEL", "script": "x".repeat(60_000), "line": 1, "column": 1});
    let found = admin.make(PATH, &long).await;
    assert_eq!(found["diagnostics"][0]["code"], "script-too-long");
}
