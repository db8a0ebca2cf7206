//! Converter scripts that mean harm, or merely do it.
//!
//! Each case shares its server with a well-behaved neighbour whose messages must pass as ever, and
//! the script itself must work again for the next message that does not trigger the harm.

use std::time::{Duration, Instant};

use millrace_testbed::{Actor, eventually};
use serde_json::{Value, json};

use crate::scene::{Scene, quiet};

/// A scene with the case's integration on `case/#` and a neighbour on `site/#`.
async fn stage(language: &str, script: &str) -> (Scene, Value, Value) {
    let scene = Scene::open().await;
    scene.plain_integration("site/#").await;
    let Scene { admin, broker, .. } = &scene;
    let uplink = admin.uplink_converter("Case", language, script).await;
    let body = quiet(Actor::mqtt_integration(
        "Case",
        &uplink,
        broker.port(),
        "case/#",
        1,
    ));
    let integration = admin.create_integration(body).await;
    admin.until_active(&integration).await;
    (scene, uplink, integration)
}

/// The script does `harm` when the payload is `{"evil":true}`, else it stores `ok`.
fn script(harm: &str) -> String {
    format!(
        r#"var body = decodeToJson(payload);
           if (body.evil == true) {{ {harm} }}
           return {{ deviceName: "case", deviceType: "plain", telemetry: {{ ok: body.ok }} }};"#
    )
}

/// The harm is an error of its own message; before, beside and after it everything works.
async fn is_contained(language: &str, harm: &str) -> String {
    let (scene, uplink, _) = stage(language, &script(harm)).await;
    let admin = &scene.admin;
    let device = scene.client().await;
    device.publish("case/x", r#"{"ok":1}"#, 1).await;
    let case = admin.device("case").await;
    admin.until_latest(&case, "ok", json!(1)).await;
    let started = Instant::now();
    for _ in 0..3 {
        device.publish("case/x", r#"{"evil":true}"#, 1).await;
    }
    device.publish("site/a/neighbour", r#"{"n":5}"#, 1).await;
    device.publish("case/x", r#"{"ok":2}"#, 1).await;
    let neighbour = admin.device("neighbour").await;
    admin.until_latest(&neighbour, "n", json!(5)).await;
    admin.until_latest(&case, "ok", json!(2)).await;
    assert!(
        started.elapsed() < Duration::from_secs(20),
        "{:?}",
        started.elapsed()
    );
    let error = admin.until_error(&uplink, "DEBUG_CONVERTER").await;
    assert!(
        !scene.server.logs().contains("panicked"),
        "{}",
        scene.server.logs().tail(20)
    );
    error
}

#[tokio::test]
async fn an_endless_loop_in_tbel() {
    is_contained("TBEL", "while (true) { body.x = 1; }").await;
}

#[tokio::test]
async fn an_endless_loop_in_javascript() {
    is_contained("JS", "while (true) {}").await;
}

#[tokio::test]
async fn endless_recursion_in_tbel() {
    let harm = "return dig(1); } def dig(n) { return dig(n + 1);";
    is_contained("TBEL", harm).await;
}

#[tokio::test]
async fn endless_recursion_in_javascript() {
    is_contained("JS", "function dig(n) { return dig(n + 1) + 1; } dig(0);").await;
}

#[tokio::test]
async fn allocation_without_end_in_tbel() {
    is_contained(
        "TBEL",
        r#"var s = "xxxxxxxxxxxxxxxx"; while (true) { s = s + s; }"#,
    )
    .await;
}

#[tokio::test]
async fn allocation_without_end_in_javascript() {
    is_contained(
        "JS",
        "var hoard = []; while (true) { hoard.push(new Array(1000).fill(7)); }",
    )
    .await;
}

#[tokio::test]
async fn one_huge_allocation_in_javascript() {
    is_contained(
        "JS",
        r#"return { deviceName: "x".repeat(1e9), deviceType: "plain" };"#,
    )
    .await;
}

#[tokio::test]
async fn a_catastrophic_regular_expression() {
    let harm = r#"/^(a+)+$/.test("a".repeat(60) + "!");"#;
    is_contained("JS", harm).await;
}

/// Memory kept between calls is found and thrown away; the server does not grow with it.
#[tokio::test]
async fn memory_hoarded_between_calls() {
    let script = r#"globalThis.hoard = globalThis.hoard || [];
        globalThis.hoard.push(new Array(20000).fill(metadata.topic));
        return { deviceName: "case", deviceType: "plain", telemetry: decodeToJson(payload) };"#;
    let (scene, _, _) = stage("JS", script).await;
    let device = scene.client().await;
    for number in 0..2000 {
        device
            .publish("case/x", format!(r#"{{"n":{number}}}"#), 1)
            .await;
    }
    device.flush().await;
    device.publish("site/a/neighbour", r#"{"n":5}"#, 1).await;
    let neighbour = scene.admin.device("neighbour").await;
    scene.admin.until_latest(&neighbour, "n", json!(5)).await;
    let resident = scene.server.resident() / 1024 / 1024;
    assert!(resident < 400, "{resident} MiB resident");
}

/// What a script does to the language stays with the script: another converter sees none of it.
#[tokio::test]
async fn patched_built_ins_reach_no_other_script() {
    let patch = r#"Array.prototype.map = function () { return ["patched"]; };
        JSON.parse = function () { return { n: "patched" }; };
        String.prototype.split = function () { return ["a", "b", "patched"]; };
        return { deviceName: "case", deviceType: "plain", telemetry: { ok: 1 } };"#;
    let (scene, _, _) = stage("JS", patch).await;
    let Scene { admin, broker, .. } = &scene;
    let honest = r#"var body = JSON.parse(decodeToString(payload));
        return { deviceName: metadata.topic.split("/")[1], deviceType: "plain",
                 telemetry: { n: body.list.map(function (x) { return x * 2; })[0] } };"#;
    let uplink = admin.uplink_converter("Honest", "JS", honest).await;
    let body = Actor::mqtt_integration("Honest", &uplink, broker.port(), "honest/#", 1);
    let integration = admin.create_integration(body).await;
    admin.until_active(&integration).await;
    let device = scene.client().await;
    for round in 0..10 {
        device.publish("case/x", "{}", 1).await;
        device
            .publish("honest/h", json!({"list": [round]}).to_string(), 1)
            .await;
        device.flush().await;
    }
    let honest = admin.device("h").await;
    admin.until_latest(&honest, "n", json!(18)).await;
    admin.device("case").await;
    assert_eq!(admin.devices().await.len(), 2);
}

/// A script keeps nothing from one message to the next either, so that a repeated run is the same.
async fn wrong_result(language: &str, result: &str) -> String {
    is_contained(language, &format!("return {result};")).await
}

#[tokio::test]
async fn a_text_as_result() {
    wrong_result("JS", r#""hello""#).await;
    wrong_result("TBEL", r#""hello""#).await;
}

#[tokio::test]
async fn a_number_as_result() {
    wrong_result("JS", "42").await;
    wrong_result("TBEL", "42").await;
}

#[tokio::test]
async fn a_result_without_a_name() {
    let error = wrong_result("TBEL", r#"{ deviceType: "plain", telemetry: { a: 1 } }"#).await;
    assert!(error.contains("deviceName"), "{error}");
}

#[tokio::test]
async fn a_number_as_telemetry() {
    let error = wrong_result(
        "JS",
        r#"{ deviceName: "case", deviceType: "plain", telemetry: 5 }"#,
    )
    .await;
    assert!(error.contains("telemetry"), "{error}");
}

#[tokio::test]
async fn a_cyclic_result() {
    let harm = r#"var knot = { deviceName: "case", deviceType: "plain", telemetry: {} };
                  knot.telemetry.self = knot; return knot;"#;
    is_contained("JS", harm).await;
    let harm = r#"var knot = { deviceName: "case", deviceType: "plain" };
                  knot.telemetry = knot; return knot;"#;
    is_contained("TBEL", harm).await;
}

#[tokio::test]
async fn a_result_of_ten_megabytes() {
    let harm = r#"var big = {}; for (var i = 0; i < 100; i++) { big["k" + i] = "x".repeat(100000); }
                  return { deviceName: "case", deviceType: "plain", telemetry: big };"#;
    is_contained("JS", harm).await;
}

/// A script that does not compile is refused with the place, and never saved.
#[tokio::test]
async fn a_script_that_does_not_compile_says_where() {
    let scene = Scene::open().await;
    for (language, script) in [
        ("TBEL", "var a = ;\nreturn a;"),
        ("JS", "var a = ;\nreturn a;"),
    ] {
        let path = format!("/api/converter/testUpLink?scriptLang={language}");
        let body = json!({"payload": "e30=", "metadata": {}, "decoder": script});
        let answer = scene.admin.post(&path, body).await;
        let error = answer["error"].as_str().unwrap_or_default();
        assert!(
            error.contains('1') && !error.is_empty(),
            "{language} names line 1: {answer}"
        );
    }
}

/// One branch calls a helper that does not exist: only messages on that branch fail, naming it.
#[tokio::test]
async fn a_missing_helper_fails_its_branch_only() {
    let (scene, uplink, _) = stage("TBEL", &script("return decodeTemperature(payload);")).await;
    let device = scene.client().await;
    device.publish("case/x", r#"{"evil":true}"#, 1).await;
    device.publish("case/x", r#"{"ok":7}"#, 1).await;
    let case = scene.admin.device("case").await;
    scene.admin.until_latest(&case, "ok", json!(7)).await;
    let error = scene.admin.until_error(&uplink, "DEBUG_CONVERTER").await;
    assert!(error.contains("decodeTemperature"), "{error}");
}

/// Each endless loop costs its budget and no more: a flood of them delays a neighbour, but never
/// stops it.
#[tokio::test]
async fn a_flood_of_endless_loops_leaves_the_neighbour_alive() {
    let (scene, _, _) = stage("TBEL", &script("while (true) { body.x = 1; }")).await;
    let device = scene.client().await;
    for _ in 0..20 {
        device.publish("case/x", r#"{"evil":true}"#, 1).await;
    }
    device.flush().await;
    for number in 0..50 {
        device
            .publish("site/a/neighbour", format!(r#"{{"n":{number}}}"#), 1)
            .await;
    }
    let neighbour = scene.admin.device("neighbour").await;
    eventually("the neighbour's messages pass", || async {
        let stored = scene.admin.count(&neighbour, "n").await;
        if stored == 50 { Ok(()) } else { Err(stored) }
    })
    .await;
}
