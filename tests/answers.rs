//! Answers of devices: four ways to the right caller, and to nobody else.

use millrace_testbed::{Actor, MqttClient, Reply};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::calls::{Stage, add_node, commands, scene_with_commands};
use crate::scene::Scene;

/// Tells a device all that it needs to name the call in its answer.
const NAMED: &str = r#"
return { contentType: "JSON",
         data: JSON.stringify({ method: msg.method, uuid: metadata.requestUUID, id: metadata.requestId }),
         metadata: { topic: "cmd/" + metadata.deviceName } };
"#;

/// Reads `answer` messages as answers, everything else as telemetry.
const ANSWERS: &str = r#"
var body = decodeToJson(payload);
var levels = metadata.topic.split("/");
var result = { deviceName: levels[2], deviceType: "plain" };
if (metadata.topic.endsWith("/answer")) {
    result.rpcResponse = { requestUUID: body.uuid, requestId: body.id, data: body.data };
} else {
    result.telemetry = body;
}
return result;
"#;

async fn named() -> (Scene, Value, Value) {
    let stage = Stage {
        scene: Scene::open().await,
        uplink: ANSWERS,
        downlink: NAMED,
    };
    stage.set(|_| {}, |_| {}).await
}

/// A two-way call under way.
fn call(admin: &Actor, device: &Value, method: &str) -> JoinHandle<Reply> {
    call_for(admin, device, method, 8_000)
}

fn call_for(admin: &Actor, device: &Value, method: &str, timeout: u64) -> JoinHandle<Reply> {
    let (admin, device) = (admin.clone(), device.clone());
    let call = json!({"method": method, "params": 1, "timeout": timeout});
    tokio::spawn(async move { admin.rpc("twoway", &device, call).await })
}

async fn next_json(client: &mut MqttClient) -> Value {
    serde_json::from_str(&client.next().await.text()).expect("JSON")
}

/// Waits for the event of an answer that reached nobody.
async fn until_nobody(scene: &Scene, device: &Value, word: &str) {
    let is = |event: &Value| {
        event["error"]
            .as_str()
            .is_some_and(|text| text.contains(word))
    };
    scene.admin.until_event(device, "ERROR", word, is).await;
}

#[tokio::test]
async fn an_answer_in_the_converters_result_names_its_call() {
    let (scene, _, device) = named().await;
    let mut pump = scene.client().await;
    pump.subscribe("cmd/pump", 1).await;
    let first = call(&scene.admin, &device, "first");
    let one = next_json(&mut pump).await;
    let second = call(&scene.admin, &device, "second");
    let two = next_json(&mut pump).await;
    let answer = json!({"uuid": two["uuid"], "data": {"for": 2}});
    pump.publish("site/a/pump/answer", answer.to_string(), 1)
        .await;
    let id: i64 = one["id"].as_str().expect("text").parse().expect("a number");
    let answer = json!({"id": id, "data": {"for": 1}});
    pump.publish("site/a/pump/answer", answer.to_string(), 1)
        .await;
    for (call, number) in [(first, 1), (second, 2)] {
        let reply = call.await.expect("the call ends");
        assert_eq!((reply.status, reply.json()), (200, json!({"for": number})));
    }
    let states: Vec<_> = commands(&scene, &device).await;
    assert!(
        states.iter().all(|call| call["state"] == json!("ANSWERED")),
        "{states:?}"
    );
}

#[tokio::test]
async fn an_answer_without_an_id_reaches_the_only_open_call_and_is_never_guessed() {
    let (scene, _, device) = named().await;
    let mut pump = scene.client().await;
    pump.subscribe("cmd/pump", 1).await;
    let answer = json!({"data": {"done": true}}).to_string();
    pump.publish("site/a/pump/answer", answer.clone(), 1).await;
    until_nobody(&scene, &device, "no call of the device waits").await;
    let alone = call(&scene.admin, &device, "alone");
    next_json(&mut pump).await;
    pump.publish("site/a/pump/answer", answer.clone(), 1).await;
    let reply = alone.await.expect("the call ends");
    assert_eq!((reply.status, reply.json()), (200, json!({"done": true})));
    let both = [
        call_for(&scene.admin, &device, "one", 2_500),
        call_for(&scene.admin, &device, "two", 2_500),
    ];
    next_json(&mut pump).await;
    next_json(&mut pump).await;
    pump.publish("site/a/pump/answer", answer, 1).await;
    until_nobody(&scene, &device, "2 calls of the device wait").await;
    for call in both {
        assert_eq!(call.await.expect("the call ends").status, 504);
    }
}

#[tokio::test]
async fn late_doubled_and_unknown_answers_reach_nobody_and_are_shown() {
    let (scene, _, device) = named().await;
    let mut pump = scene.client().await;
    pump.subscribe("cmd/pump", 1).await;
    let late = call_for(&scene.admin, &device, "late", 300);
    let asked = next_json(&mut pump).await;
    assert_eq!(late.await.expect("the call ends").status, 504);
    let next = call(&scene.admin, &device, "next");
    let asked_next = next_json(&mut pump).await;
    let answer = json!({"uuid": asked["uuid"], "data": "late"}).to_string();
    pump.publish("site/a/pump/answer", answer, 1).await;
    until_nobody(&scene, &device, "ended already (TIMEOUT)").await;
    let answer = json!({"uuid": asked_next["uuid"], "data": 7}).to_string();
    pump.publish("site/a/pump/answer", answer.clone(), 1).await;
    pump.publish("site/a/pump/answer", answer, 1).await;
    let reply = next.await.expect("the call ends");
    assert_eq!((reply.status, reply.json()), (200, json!(7)));
    until_nobody(&scene, &device, "ended already (ANSWERED)").await;
    let unknown = json!({"uuid": "0b54fca1-3e07-4c60-9a44-4c2a0a6f3b11", "data": 1});
    pump.publish("site/a/pump/answer", unknown.to_string(), 1)
        .await;
    until_nobody(&scene, &device, "no call has the id").await;
    let unmatched = scene
        .server
        .metrics()
        .await
        .get("millrace_rpc_answers_unmatched_total");
    assert!((unmatched - 3.0).abs() < 0.1, "{unmatched}");
}

#[tokio::test]
async fn an_answer_that_is_no_json_is_not_acceptable() {
    let (scene, _, device) = scene_with_commands(|configuration| {
        configuration["rpcResponseFilter"] = json!("site/+/pump/answer");
    })
    .await;
    let mut pump = scene.client().await;
    pump.subscribe("cmd/pump", 1).await;
    let started = call(&scene.admin, &device, "start");
    pump.next().await;
    // The converter's reader of JSON is lenient, the caller's is not.
    pump.publish("site/a/pump/answer", "{\"a\":1} trailing", 1)
        .await;
    let reply = started.await.expect("the call ends");
    assert_eq!((reply.status, reply.text.as_str()), (406, ""));
    let reason = reply.header("x-millrace-reason").unwrap_or_default();
    assert!(reason.contains("trailing"), "{reason}");
}

#[tokio::test]
async fn the_rpc_complete_node_gives_the_message_to_the_caller() {
    let stage = Stage {
        scene: Scene::open().await,
        uplink: crate::scene::PLAIN,
        downlink: NAMED,
    };
    let (scene, _, device) = stage
        .set(
            |configuration| configuration["rpcOneAtATime"] = json!(true),
            |graph| add_node(graph, "millrace.rpc.complete", json!({}), &[(1, "Success")]),
        )
        .await;
    let mut pump = scene.client().await;
    pump.subscribe("cmd/pump", 1).await;
    let read = call(&scene.admin, &device, "read");
    next_json(&mut pump).await;
    pump.publish("site/a/pump", r#"{"level":3}"#, 1).await;
    let reply = read.await.expect("the call ends");
    assert_eq!((reply.status, reply.json()), (200, json!({"level": 3})));
    scene.admin.until_latest(&device, "level", json!(3)).await;
}
