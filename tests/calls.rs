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
pub(crate) async fn scene_with_commands(adapt: impl FnOnce(&mut Value)) -> (Scene, Value, Value) {
    let stage = Stage {
        scene: Scene::open().await,
        uplink: crate::scene::PLAIN,
        downlink: ENCODER,
    };
    stage.set(adapt, |_| {}).await
}

/// What a scene with commands is made of.
pub(crate) struct Stage {
    pub(crate) scene: Scene,
    /// Scripts of the converters, in TBEL.
    pub(crate) uplink: &'static str,
    pub(crate) downlink: &'static str,
}

impl Stage {
    /// Sets it, with changes to the integration's configuration and to the root chain's graph: a
    /// switch (0), a node that saves telemetry (1), the downlink (2).
    pub(crate) async fn set(
        self,
        adapt: impl FnOnce(&mut Value),
        extend: impl FnOnce(&mut Value),
    ) -> (Scene, Value, Value) {
        let Self {
            scene,
            uplink,
            downlink,
        } = self;
        let admin = &scene.admin;
        let uplink = admin.uplink_converter("Up", "TBEL", uplink).await;
        let downlink = admin.downlink_converter("Down", "TBEL", downlink).await;
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
        extend(&mut graph);
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
}

/// Adds a node to a chain's graph, behind these others.
pub(crate) fn add_node(
    graph: &mut Value,
    class: &str,
    configuration: Value,
    behind: &[(usize, &str)],
) {
    let nodes = graph["nodes"].as_array_mut().expect("nodes");
    let index = nodes.len();
    nodes.push(json!({
        "type": class, "name": format!("node {index}"), "additionalInfo": {},
        "configuration": configuration
    }));
    let connections = graph["connections"].as_array_mut().expect("connections");
    for (from, label) in behind {
        connections.push(json!({"fromIndex": from, "toIndex": index, "type": label}));
    }
}

/// The last calls of a device.
pub(crate) async fn commands(scene: &Scene, device: &Value) -> Vec<Value> {
    let id = device["id"]["id"].as_str().expect("an id");
    let path = format!("/api/millrace/device/{id}/commands");
    let list = scene.admin.get(&path).await;
    list.as_array().expect("a list").clone()
}

#[tokio::test]
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

/// Publishes the whole message, so that a test sees what converters see.
const MIRROR: &str = r#"
return { contentType: "JSON", data: { msg: msg, metadata: metadata, msgType: msgType, integration: integrationMetadata },
         metadata: { topic: "cmd/" + metadata.deviceName } };
"#;

#[tokio::test]
async fn parameters_are_always_text_and_the_metadata_names_the_call() {
    let stage = Stage {
        scene: Scene::open().await,
        uplink: crate::scene::PLAIN,
        downlink: MIRROR,
    };
    let (scene, _, device) = stage.set(|_| {}, |_| {}).await;
    let mut pump = scene.client().await;
    pump.subscribe("cmd/pump", 1).await;
    let uuid = "0b54fca1-3e07-4c60-9a44-4c2a0a6f3b11";
    let cases = [
        (json!({"method": "m", "params": 33}), json!("33")),
        (json!({"method": "m", "params": "33"}), json!("\"33\"")),
        (
            json!({"method": "m", "params": {"a": [1, 2.5]}}),
            json!("{\"a\":[1,2.5]}"),
        ),
        (
            json!({"method": "m", "params": null, "requestUUID": uuid}),
            json!("null"),
        ),
        (json!({"method": "m"}), json!(null)),
    ];
    for (call, params) in cases {
        let named = call.get("requestUUID").cloned();
        let reply = scene.admin.rpc("oneway", &device, call).await;
        assert_eq!(reply.status, 200, "{:?}", reply.headers);
        assert_eq!(reply.text, "");
        let seen: Value = serde_json::from_str(&pump.next().await.text()).expect("JSON");
        assert_eq!(seen["msgType"], json!("RPC_CALL_FROM_SERVER_TO_DEVICE"));
        assert_eq!(
            seen["msg"].get("params").cloned().unwrap_or(Value::Null),
            params,
            "{seen}"
        );
        let metadata = &seen["metadata"];
        let fixed = json!({"oneway": "true", "persistent": "false", "deviceName": "pump", "deviceType": "plain"});
        for (key, value) in fixed.as_object().expect("an object") {
            assert_eq!(&metadata[key], value, "{key}: {metadata}");
        }
        for key in [
            "requestUUID",
            "requestId",
            "originServiceId",
            "expirationTime",
        ] {
            assert!(metadata[key].is_string(), "{key}: {metadata}");
        }
        if let Some(named) = named {
            assert_eq!(metadata["requestUUID"], named);
        }
        assert_eq!(seen["integration"], json!({"integrationName": "Pumps"}));
    }
}

#[tokio::test]
async fn bad_calls_are_refused_with_the_field_and_unknown_devices_are_not_found() {
    let (scene, _, device) = scene_with_commands(|_| {}).await;
    let admin = &scene.admin;
    for (body, word) in [
        (json!({"params": 1}), "method"),
        (json!({"method": " ", "params": 1}), "method"),
        (json!({"method": "m", "timeout": -5}), "timeout"),
    ] {
        let reply = admin.rpc("oneway", &device, body).await;
        assert_eq!(
            (reply.status, reply.message().contains(word)),
            (400, true),
            "{}",
            reply.text
        );
    }
    let stranger =
        json!({"id": {"entityType": "DEVICE", "id": "0b54fca1-3e07-4c60-9a44-4c2a0a6f3b11"}});
    let call = json!({"method": "m", "params": 1});
    let reply = admin.rpc("oneway", &stranger, call).await;
    assert_eq!((reply.status, reply.text.as_str()), (404, ""));
}

#[tokio::test]
async fn the_legacy_path_raises_short_timeouts_and_says_408() {
    let (scene, _, device) = scene_with_commands(|_| {}).await;
    let id = device["id"]["id"].as_str().expect("an id");
    let path = format!("/api/plugins/rpc/twoway/{id}");
    let call = json!({"method": "start", "params": 1, "timeout": 500});
    let started = Instant::now();
    let reply = scene.admin.request("POST", &path, Some(call)).await;
    assert_eq!((reply.status, reply.text.as_str()), (408, ""));
    let took = started.elapsed();
    assert!(
        took >= Duration::from_millis(4_900) && took < Duration::from_secs(9),
        "{took:?}"
    );
    let quick = json!({"method": "start", "params": 1, "timeout": 150});
    let started = Instant::now();
    let reply = scene.admin.rpc("twoway", &device, quick).await;
    assert_eq!(reply.status, 504);
    assert!(
        started.elapsed() < Duration::from_secs(3),
        "{:?}",
        started.elapsed()
    );
}

#[tokio::test]
async fn what_became_of_commands_is_shown_at_the_device() {
    let (scene, _, device) = scene_with_commands(|_| {}).await;
    let taken = json!({"method": "first", "params": 1});
    assert_eq!(scene.admin.rpc("oneway", &device, taken).await.status, 200);
    let silent = json!({"method": "second", "params": 1, "timeout": 200});
    assert_eq!(scene.admin.rpc("twoway", &device, silent).await.status, 504);
    let calls = commands(&scene, &device).await;
    let shown: Vec<_> = calls
        .iter()
        .map(|call| {
            (
                call["method"].as_str(),
                call["state"].as_str(),
                call["code"].as_str(),
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            (Some("second"), Some("FAILED"), Some("TIMEOUT")),
            (Some("first"), Some("TAKEN"), None),
        ]
    );
    let reason = calls[0]["reason"].as_str().unwrap_or_default();
    assert!(reason.contains("did not answer"), "{reason}");
}

#[tokio::test]
async fn a_downlink_node_without_a_working_integration_fails_with_the_fix() {
    let (scene, mut integration, device) = scene_with_commands(|_| {}).await;
    let call = json!({"method": "m", "params": 1});
    let refused = |fix: &'static str| {
        let (admin, device, call) = (scene.admin.clone(), device.clone(), call.clone());
        async move {
            eventually(fix, || async {
                let reply = admin.rpc("oneway", &device, call.clone()).await;
                let reason = reply
                    .header("x-millrace-reason")
                    .unwrap_or_default()
                    .to_owned();
                if reply.status == 504 && reason.contains(fix) {
                    Ok(())
                } else {
                    Err(format!("{} {reason}", reply.status))
                }
            })
            .await;
        }
    };
    integration["enabled"] = json!(false);
    integration = scene.admin.create_integration(integration).await;
    refused("is disabled: enable it").await;
    integration["enabled"] = json!(true);
    integration["downlinkConverterId"] = Value::Null;
    scene.admin.create_integration(integration).await;
    refused("has no downlink converter: choose one").await;
}

/// *rpc call request* on the same label: its message leaves over Failure only when nothing takes the
/// command. What leaves is stored, so that the test sees it.
#[tokio::test]
async fn rpc_call_request_beside_the_downlink_tells_of_failure_only_when_nothing_took_the_call() {
    let stage = Stage {
        scene: Scene::open().await,
        uplink: crate::scene::PLAIN,
        downlink: r#"
            if (msg.method == "refused") { raiseError("not this one"); }
            return { contentType: "JSON", data: msg.params, metadata: { topic: "cmd/" + metadata.deviceName } };
        "#,
    };
    let (scene, _, device) = stage
        .set(
            |_| {},
            |graph| {
                let request = "org.thingsboard.rule.engine.rpc.TbSendRPCRequestNode";
                add_node(
                    graph,
                    request,
                    json!({"timeoutInSeconds": 60}),
                    &[(0, "RPC Request to Device")],
                );
                let script = "org.thingsboard.rule.engine.transform.TbTransformMsgNode";
                let told = r#"return { msg: msg, metadata: metadata, msgType: "POST_TELEMETRY_REQUEST" };"#;
                let configuration = json!({"scriptLang": "TBEL", "tbelScript": told});
                add_node(graph, script, configuration, &[(3, "Failure"), (3, "Success")]);
                let connections = graph["connections"].as_array_mut().expect("connections");
                connections.push(json!({"fromIndex": 4, "toIndex": 1, "type": "Success"}));
            },
        )
        .await;
    let admin = &scene.admin;
    let good = json!({"method": "good", "params": 1});
    assert_eq!(admin.rpc("oneway", &device, good).await.status, 200);
    let began = Instant::now();
    let bad = json!({"method": "refused", "params": 1, "timeout": 10_000});
    let reply = admin.rpc("twoway", &device, bad).await;
    assert_eq!(reply.status, 504);
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "its waiting is no open branch"
    );
    assert!(
        reply
            .header("x-millrace-reason")
            .unwrap_or_default()
            .contains("not this one")
    );
    admin
        .until_latest(&device, "error", json!("NO_ACTIVE_CONNECTION"))
        .await;
    assert_eq!(
        admin.count(&device, "error").await,
        1,
        "nothing for the call that was taken"
    );
}

#[tokio::test]
async fn with_reference_outcomes_the_command_leaves_but_the_call_ends_at_its_time() {
    let options =
        millrace_testbed::ServerOptions::default().env("MILLRACE_RPC_REFERENCE_OUTCOMES", "true");
    let stage = Stage {
        scene: Scene::with(millrace_testbed::MosquittoOptions::default(), options).await,
        uplink: crate::scene::PLAIN,
        downlink: ENCODER,
    };
    let (scene, _, device) = stage.set(|_| {}, |_| {}).await;
    let mut pump = scene.client().await;
    pump.subscribe("cmd/pump", 1).await;
    let started = Instant::now();
    let call = json!({"method": "m", "params": 1, "timeout": 1500});
    let reply = scene.admin.rpc("oneway", &device, call).await;
    assert_eq!(reply.status, 504);
    assert!(started.elapsed() >= Duration::from_millis(1_400));
    pump.next().await;
}

#[tokio::test]
async fn a_command_whose_caller_was_told_of_failure_does_not_reach_the_device_later() {
    let (mut scene, integration, device) = scene_with_commands(|_| {}).await;
    scene.broker.kill().await;
    scene.admin.until_failed(&integration).await;
    let gone = json!({"method": "gone", "params": 1, "timeout": 300});
    assert_eq!(scene.admin.rpc("oneway", &device, gone).await.status, 504);
    scene.broker.restart().await;
    scene.admin.until_active(&integration).await;
    let mut pump = scene.client().await;
    pump.subscribe("cmd/pump", 1).await;
    let next = json!({"method": "next", "params": 1, "timeout": 20_000});
    assert_eq!(scene.admin.rpc("oneway", &device, next).await.status, 200);
    let first: Value = serde_json::from_str(&pump.next().await.text()).expect("JSON");
    assert_eq!(first["method"], json!("next"));
    let id = integration["id"]["id"].as_str().expect("an id");
    let status = scene
        .admin
        .get(&format!("/api/millrace/integration/{id}/status"))
        .await;
    assert_eq!(status["downlinkQueue"], json!(0), "{status}");
}

/// The converter that a person gets without writing one: it knows `setValue`, and every other method
/// by its name, also the `getValue` that a knob sends when its page opens.
#[tokio::test]
async fn the_default_downlink_script_carries_values_and_methods() {
    let scene = Scene::open().await;
    for language in ["TBEL", "JS"] {
        let body = json!({
            "name": format!("Default {language}"), "type": "DOWNLINK",
            "configuration": {"scriptLang": language}
        });
        let converter = scene.admin.post("/api/converter", body).await;
        let member = if language == "TBEL" {
            "tbelEncoder"
        } else {
            "encoder"
        };
        for (method, params, data) in [
            ("setValue", json!("33"), json!({"value": 33})),
            (
                "start",
                json!("{\"a\":1}"),
                json!({"method": "start", "params": {"a": 1}}),
            ),
            ("getValue", json!("null"), json!({"method": "getValue"})),
            ("getValue", json!(null), json!({"method": "getValue"})),
        ] {
            let msg = json!({"method": method, "params": params, "additionalInfo": null});
            let test = json!({
                "encoder": converter["configuration"][member], "msg": msg.to_string(),
                "msgType": "RPC_CALL_FROM_SERVER_TO_DEVICE", "integrationMetadata": {},
                "metadata": {"deviceName": "pump", "deviceType": "plain"}
            });
            let path = format!("/api/converter/testDownLink?scriptLang={language}");
            let answer = scene.admin.post(&path, test).await;
            assert_eq!(answer["error"], json!(""), "{language} {msg}");
            let output: Value =
                serde_json::from_str(answer["output"].as_str().expect("text")).expect("JSON");
            assert_eq!(
                output["metadata"],
                json!({"topic": "devices/pump/commands"}),
                "{language}"
            );
            let mut sent: Value =
                serde_json::from_str(output["data"].as_str().expect("text")).expect("JSON");
            if sent["params"].is_null() {
                sent.as_object_mut().expect("an object").remove("params");
            }
            assert_eq!(sent, data, "{language} {msg}");
        }
    }
}
