//! Commands to devices behind a broker, and their answers.

use std::time::{Duration, Instant};

use millrace_testbed::{Actor, MqttClient, MqttOptions, MqttVersion, eventually};
use serde_json::{Value, json};

use crate::scene::Scene;

const ENCODER: &str = r#"
return { contentType: "JSON", data: JSON.stringify({ method: msg.method, params: msg.params }),
         metadata: { topic: "cmd/" + metadata.deviceName, mqttResponseTopic: "answers/" + metadata.deviceName,
                     mqttCorrelationData: "auto" } };
"#;

/// A scene whose root chain carries commands to `cmd/<device>`, with one known device `pump`.
async fn scene_with_commands(adapt: impl FnOnce(&mut Value)) -> (Scene, Value, Value) {
    let scene = Scene::open().await;
    let admin = &scene.admin;
    let uplink = admin
        .uplink_converter("Up", "TBEL", crate::scene::PLAIN)
        .await;
    let downlink = admin.downlink_converter("Down", "TBEL", ENCODER).await;
    let port = scene.broker.port();
    let mut body = Actor::mqtt_integration("Pumps", &uplink, port, "site/#", 1);
    body["downlinkConverterId"] = downlink["id"].clone();
    adapt(&mut body["configuration"]);
    let integration = admin.create_integration(body).await;
    admin.until_active(&integration).await;
    let graph = json!({
        "firstNodeIndex": 0,
        "nodes": [
            {"type": "org.thingsboard.rule.engine.filter.TbMsgTypeSwitchNode", "name": "switch",
             "configuration": {"version": 0}, "additionalInfo": {}},
            {"type": "org.thingsboard.rule.engine.telemetry.TbMsgTimeseriesNode", "name": "save",
             "configurationVersion": 1, "additionalInfo": {},
             "configuration": {"defaultTTL": 0, "useServerTs": false,
                               "processingSettings": {"type": "ON_EVERY_MESSAGE"}}},
            {"type": "org.thingsboard.rule.engine.integration.TbIntegrationDownlinkNode",
             "name": "downlink", "additionalInfo": {},
             "configuration": {"integrationId": integration["id"]["id"]}}
        ],
        "connections": [
            {"fromIndex": 0, "toIndex": 1, "type": "Post telemetry"},
            {"fromIndex": 0, "toIndex": 2, "type": "RPC Request to Device"}
        ],
        "ruleChainConnections": null
    });
    let chain = admin
        .post(
            "/api/ruleChain",
            json!({"name": "Commands", "type": "CORE"}),
        )
        .await;
    let mut graph = graph;
    graph["ruleChainId"] = chain["id"].clone();
    admin.post("/api/ruleChain/metadata", graph).await;
    let id = chain["id"]["id"].as_str().expect("an id");
    admin
        .post(&format!("/api/ruleChain/{id}/root"), json!({}))
        .await;
    let client = scene.client().await;
    client.publish("site/a/pump", r#"{"on":1}"#, 1).await;
    client.flush().await;
    let device = admin.device("pump").await;
    (scene, integration, device)
}

#[tokio::test]
#[ignore = "commands do not leave the server yet"]
async fn commands_of_one_device_leave_in_the_order_of_their_calls() {
    let (scene, _, device) = scene_with_commands(|_| {}).await;
    let mut pump = scene.client().await;
    pump.subscribe("cmd/pump", 1).await;
    for number in 0..50 {
        let call = json!({"method": "set", "params": number, "timeout": 5000});
        let reply = scene.admin.rpc("oneway", &device, call).await;
        assert_eq!(reply.status, 200, "{:?}", reply.headers);
    }
    for number in 0..50 {
        let command: Value = serde_json::from_str(&pump.next().await.text()).expect("JSON");
        assert_eq!(command["params"], json!(number.to_string()));
    }
}

#[tokio::test]
#[ignore = "commands do not leave the server yet"]
async fn an_answer_on_the_response_filter_completes_the_call() {
    let (scene, _, device) = scene_with_commands(|configuration| {
        configuration["rpcResponseFilter"] = json!("site/+/pump/answer");
    })
    .await;
    let mut pump = scene.client().await;
    pump.subscribe("cmd/pump", 1).await;
    let admin = scene.admin.clone();
    let call = tokio::spawn(async move {
        let call = json!({"method": "start", "params": 1, "timeout": 8000});
        admin.rpc("twoway", &device, call).await
    });
    pump.next().await;
    pump.publish("site/a/pump/answer", r#"{"started":true}"#, 1)
        .await;
    let reply = call.await.expect("the call ends");
    assert_eq!(reply.status, 200, "{:?}", reply.headers);
    assert_eq!(reply.json(), json!({"started": true}));
}

#[tokio::test]
#[ignore = "commands do not leave the server yet"]
async fn an_mqtt5_answer_with_correlation_data_completes_its_own_call() {
    let (scene, _, device) = scene_with_commands(|configuration| {
        configuration["clientConfiguration"]["protocolVersion"] = json!("MQTT_5");
        configuration["topicFilters"] =
            json!([{"filter": "site/#", "qos": 1}, {"filter": "answers/#", "qos": 1}]);
    })
    .await;
    let options = MqttOptions {
        version: MqttVersion::V5,
        ..MqttOptions::default()
    };
    let mut pump = MqttClient::connect_with(scene.broker.port(), options).await;
    pump.subscribe("cmd/pump", 1).await;
    let calls: Vec<_> = (0..2)
        .map(|number| {
            let (admin, device) = (scene.admin.clone(), device.clone());
            tokio::spawn(async move {
                let call = json!({"method": "read", "params": number, "timeout": 8000});
                (number, admin.rpc("twoway", &device, call).await)
            })
        })
        .collect();
    let (first, second) = (pump.next().await, pump.next().await);
    for command in [second, first] {
        let asked: Value = serde_json::from_str(&command.text()).expect("JSON");
        let topic = command.response_topic.clone().expect("a response topic");
        let correlation = command.correlation_data.clone().expect("correlation data");
        pump.answer(
            &topic,
            json!({"echo": asked["params"]}).to_string(),
            correlation,
        )
        .await;
    }
    for call in calls {
        let (number, reply) = call.await.expect("the call ends");
        assert_eq!(reply.status, 200, "{:?}", reply.headers);
        assert_eq!(reply.json(), json!({"echo": number.to_string()}));
    }
}

#[tokio::test]
#[ignore = "commands do not leave the server yet"]
async fn a_two_way_call_without_an_answer_ends_at_its_timeout() {
    let (scene, _, device) = scene_with_commands(|_| {}).await;
    let started = Instant::now();
    let call = json!({"method": "start", "params": 1, "timeout": 1000});
    let reply = scene.admin.rpc("twoway", &device, call).await;
    assert_eq!(reply.status, 504, "{}", reply.text);
    let took = started.elapsed();
    assert!(
        took >= Duration::from_millis(950) && took < Duration::from_secs(4),
        "{took:?}"
    );
}

#[tokio::test]
#[ignore = "commands do not leave the server yet"]
async fn a_call_fails_at_once_when_nothing_carries_it() {
    let scene = Scene::open().await;
    scene.plain_integration("site/#").await;
    let client = scene.client().await;
    client.publish("site/a/pump", r#"{"on":1}"#, 1).await;
    let device = scene.admin.device("pump").await;
    let started = Instant::now();
    let call = json!({"method": "start", "params": 1, "timeout": 10_000});
    let reply = scene.admin.rpc("oneway", &device, call).await;
    assert_eq!(reply.status, 504, "{}", reply.text);
    assert!(
        started.elapsed() < Duration::from_secs(5),
        "{:?}",
        started.elapsed()
    );
    assert!(
        reply.header("x-millrace-reason").is_some(),
        "{:?}",
        reply.headers
    );
}

#[tokio::test]
#[ignore = "commands do not leave the server yet"]
async fn a_command_waits_for_the_broker_and_is_delivered_on_its_return() {
    let (mut scene, integration, device) = scene_with_commands(|_| {}).await;
    scene.broker.kill().await;
    scene.admin.until_failed(&integration).await;
    let admin = scene.admin.clone();
    let call = tokio::spawn(async move {
        let call = json!({"method": "start", "params": 7, "timeout": 30_000});
        admin.rpc("oneway", &device, call).await
    });
    scene.broker.restart().await;
    let reply = call.await.expect("the call ends");
    assert_eq!(reply.status, 200, "{:?}", reply.headers);
    scene.admin.until_active(&integration).await;
    eventually("the downlink is on record", || async {
        let events = scene.admin.events(&integration, "DEBUG_INTEGRATION").await;
        let sent = events
            .iter()
            .any(|event| event["type"] == json!("Downlink"));
        if sent { Ok(()) } else { Err(events.len()) }
    })
    .await;
}
