//! Commands that are stored: they outlive their callers, the connection and the server.

use millrace_testbed::{Mosquitto, eventually};
use serde_json::{Value, json};

use crate::calls::{Stage, add_node, scene_with_commands};
use crate::scene::Scene;

/// Tells a device the id of the call; its answers come in the converter's result.
const NAMED: &str = r#"
return { contentType: "JSON", data: JSON.stringify({ method: msg.method, uuid: metadata.requestUUID }),
         metadata: { topic: "cmd/" + metadata.deviceName } };
"#;
const ANSWERS: &str = r#"
var body = decodeToJson(payload);
var result = { deviceName: metadata.topic.split("/")[2], deviceType: "plain" };
if (body.uuid != null) {
    result.rpcResponse = { requestUUID: body.uuid, data: body.data };
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

async fn start(scene: &Scene, way: &str, device: &Value, mut call: Value) -> String {
    call["persistent"] = json!(true);
    let reply = scene.admin.rpc(way, device, call).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()["rpcId"].as_str().expect("an id").to_owned()
}

async fn until_status(scene: &Scene, id: &str, wanted: &str) -> Value {
    eventually(&format!("the command is {wanted}"), || async {
        let rpc = scene.admin.get(&format!("/api/rpc/persistent/{id}")).await;
        if rpc["status"] == json!(wanted) {
            Ok(rpc)
        } else {
            Err(rpc.to_string())
        }
    })
    .await
}

#[tokio::test]
async fn a_stored_one_way_command_is_delivered_listed_and_deleted() {
    let (scene, _, device) = scene_with_commands(|_| {}).await;
    let mut pump = scene.client().await;
    pump.subscribe("cmd/pump", 1).await;
    let call = json!({"method": "set", "params": 1, "additionalInfo": {"who": "me"}});
    let id = start(&scene, "oneway", &device, call).await;
    let rpc = until_status(&scene, &id, "DELIVERED").await;
    pump.next().await;
    assert_eq!(
        rpc["request"]["body"],
        json!({"method": "set", "params": "1"})
    );
    assert_eq!(rpc["deviceId"], device["id"]);
    assert_eq!(rpc["additionalInfo"], json!({"who": "me"}));
    let device_id = device["id"]["id"].as_str().expect("an id");
    let list = |status: &str| {
        format!("/api/rpc/persistent/device/{device_id}?pageSize=10&page=0&rpcStatus={status}")
    };
    let delivered = scene.admin.get(&list("DELIVERED")).await;
    assert_eq!(delivered["totalElements"], json!(1), "{delivered}");
    assert_eq!(
        scene.admin.get(&list("QUEUED")).await["totalElements"],
        json!(0)
    );
    let refused = scene.admin.request("GET", &list("DELETED"), None).await;
    assert_eq!(refused.status, 400);
    let path = format!("/api/rpc/persistent/{id}");
    assert_eq!(scene.admin.request("DELETE", &path, None).await.status, 200);
    assert_eq!(scene.admin.request("GET", &path, None).await.status, 404);
}

/// Each state is told to the rule chain: here the device's telemetry keeps what it was told.
#[tokio::test]
async fn the_rule_chain_hears_of_every_state() {
    let stage = Stage {
        scene: Scene::open().await,
        uplink: ANSWERS,
        downlink: NAMED,
    };
    let (scene, _, device) = stage
        .set(
            |_| {},
            |graph| {
                let script = "org.thingsboard.rule.engine.transform.TbTransformMsgNode";
                let told = r#"var told = {}; told[msg.status] = true;
                    return { msg: told, metadata: metadata, msgType: "POST_TELEMETRY_REQUEST" };"#;
                let behind = ["RPC Queued", "RPC Sent", "RPC Delivered", "RPC Successful"];
                let behind: Vec<_> = behind.iter().map(|label| (0, *label)).collect();
                let configuration = json!({"scriptLang": "TBEL", "tbelScript": told});
                add_node(graph, script, configuration, &behind);
                let connections = graph["connections"].as_array_mut().expect("connections");
                connections.push(json!({"fromIndex": 3, "toIndex": 1, "type": "Success"}));
            },
        )
        .await;
    let mut pump = scene.client().await;
    pump.subscribe("cmd/pump", 1).await;
    let id = start(
        &scene,
        "twoway",
        &device,
        json!({"method": "read", "timeout": 20_000}),
    )
    .await;
    let asked: Value = serde_json::from_str(&pump.next().await.text()).expect("JSON");
    until_status(&scene, &id, "DELIVERED").await;
    let answer = json!({"uuid": asked["uuid"], "data": {"level": 7}});
    pump.publish("site/a/pump", answer.to_string(), 1).await;
    let rpc = until_status(&scene, &id, "SUCCESSFUL").await;
    assert_eq!(rpc["response"], json!({"level": 7}));
    for state in ["QUEUED", "SENT", "DELIVERED", "SUCCESSFUL"] {
        scene.admin.until_latest(&device, state, json!(true)).await;
    }
}

#[tokio::test]
async fn a_stored_command_survives_a_kill_while_it_waits_for_the_broker() {
    let (mut scene, integration, device) = scene_with_commands(|_| {}).await;
    scene.broker.kill().await;
    scene.admin.until_failed(&integration).await;
    let call = json!({"method": "set", "params": 7, "timeout": 60_000});
    let id = start(&scene, "oneway", &device, call).await;
    until_status(&scene, &id, "QUEUED").await;
    scene.server.kill9().await;
    scene.broker.restart().await;
    let mut pump = scene.client().await;
    pump.subscribe("cmd/pump", 1).await;
    scene.revive().await;
    let command: Value = serde_json::from_str(&pump.next().await.text()).expect("JSON");
    assert_eq!(command["params"], json!("7"));
    until_status(&scene, &id, "DELIVERED").await;
}

#[tokio::test]
async fn a_stored_command_gets_its_answer_after_a_kill() {
    let (mut scene, _, device) = named().await;
    let mut pump = scene.client().await;
    pump.subscribe("cmd/pump", 1).await;
    let call = json!({"method": "read", "timeout": 60_000});
    let id = start(&scene, "twoway", &device, call).await;
    let asked: Value = serde_json::from_str(&pump.next().await.text()).expect("JSON");
    until_status(&scene, &id, "DELIVERED").await;
    scene.server.kill9().await;
    let answer = json!({"uuid": asked["uuid"], "data": {"level": 7}});
    pump.publish("site/a/pump", answer.to_string(), 1).await;
    pump.flush().await;
    scene.revive().await;
    let rpc = until_status(&scene, &id, "SUCCESSFUL").await;
    assert_eq!(rpc["response"], json!({"level": 7}));
    assert!(
        pump.arrived().is_empty(),
        "a delivered command is not sent again"
    );
}

#[tokio::test]
async fn without_an_answer_a_stored_command_is_sent_again_as_often_as_asked() {
    let (scene, _, device) = named().await;
    let mut pump = scene.client().await;
    pump.subscribe("cmd/pump", 1).await;
    let call = json!({"method": "read", "timeout": 400, "retries": 2});
    let id = start(&scene, "twoway", &device, call).await;
    for _ in 0..3 {
        pump.next().await;
    }
    let ended = eventually("the command ended", || async {
        let rpc = scene.admin.get(&format!("/api/rpc/persistent/{id}")).await;
        match rpc["status"].as_str() {
            Some("FAILED" | "EXPIRED") => Ok(rpc),
            _ => Err(rpc.to_string()),
        }
    })
    .await;
    assert!(ended["attempts"].as_u64().unwrap_or(0) <= 2, "{ended}");
    assert!(pump.arrived().is_empty());
}

#[tokio::test]
async fn a_stored_command_expires_when_no_broker_takes_it() {
    let (mut scene, integration, device) = scene_with_commands(|_| {}).await;
    scene.broker.kill().await;
    scene.admin.until_failed(&integration).await;
    let call = json!({"method": "set", "params": 7, "timeout": 700});
    let id = start(&scene, "oneway", &device, call).await;
    until_status(&scene, &id, "EXPIRED").await;
    scene.broker.restart().await;
    scene.admin.until_active(&integration).await;
    let mut pump = scene.client().await;
    pump.subscribe("cmd/pump", 1).await;
    let next = json!({"method": "next", "params": 1, "timeout": 20_000});
    assert_eq!(scene.admin.rpc("oneway", &device, next).await.status, 200);
    let first: Value = serde_json::from_str(&pump.next().await.text()).expect("JSON");
    assert_eq!(
        first["method"],
        json!("next"),
        "an expired command is never published"
    );
}

/// What an acknowledged message caused is kept: its downlink to a broker that is away leaves after a
/// kill of the server.
#[tokio::test]
async fn a_downlink_of_an_uplink_survives_a_kill_while_its_broker_is_away() {
    let (mut scene, _, _) = scene_with_commands(|_| {}).await;
    let mut other = Mosquitto::anonymous().await;
    let admin = scene.admin.clone();
    let uplink = admin.uplink_converter("Other up", "TBEL", ANSWERS).await;
    let forward = r#"return { contentType: "JSON", data: msg, metadata: { topic: "copy/" + metadata.deviceName } };"#;
    let downlink = admin.downlink_converter("Copy", "TBEL", forward).await;
    let mut body =
        millrace_testbed::Actor::mqtt_integration("Copies", &uplink, other.port(), "none", 1);
    body["downlinkConverterId"] = downlink["id"].clone();
    let copies = admin.create_integration(body).await;
    admin.until_active(&copies).await;
    let chains = admin.get("/api/ruleChains?pageSize=100&page=0").await;
    let root = chains["data"]
        .as_array()
        .expect("a page")
        .iter()
        .find(|chain| chain["root"] == json!(true));
    let id = root.expect("a root chain")["id"]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let mut graph = admin.get(&format!("/api/ruleChain/{id}/metadata")).await;
    let class = "org.thingsboard.rule.engine.integration.TbIntegrationDownlinkNode";
    add_node(
        &mut graph,
        class,
        json!({"integrationId": copies["id"]["id"]}),
        &[(1, "Success")],
    );
    admin.post("/api/ruleChain/metadata", graph).await;
    other.kill().await;
    admin.until_failed(&copies).await;
    let client = scene.client().await;
    client.publish("site/a/pump", r#"{"level":42}"#, 1).await;
    client.flush().await;
    let device = admin.device("pump").await;
    admin.until_latest(&device, "level", json!(42)).await;
    let path = format!(
        "/api/millrace/integration/{}/status",
        copies["id"]["id"].as_str().expect("an id")
    );
    eventually("the copy waits", || async {
        let waiting = admin.get(&path).await["downlinkQueue"].clone();
        if waiting == json!(1) {
            Ok(())
        } else {
            Err(waiting.to_string())
        }
    })
    .await;
    scene.server.kill9().await;
    other.restart().await;
    let mut listener = millrace_testbed::MqttClient::connect(other.port()).await;
    listener.subscribe("copy/pump", 1).await;
    scene.revive().await;
    assert_eq!(listener.next().await.text(), r#"{"level":42}"#);
}
