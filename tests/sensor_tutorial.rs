//! The first tutorial: a sensor's temperature comes in, a command goes out, an answer comes back.

use std::time::{Duration, Instant};

use millrace_testbed::{Actor, Mosquitto, MqttClient, Server, eventually};
use serde_json::{Value, json};

use crate::scene::example;

const UPLINK: &str = example!("sensor/uplink.tbel");
const UPLINK_JS: &str = example!("sensor/uplink.js");
const UPLINK_WITH_RESPONSES: &str = example!("sensor/uplink-with-responses.tbel");
const DOWNLINK: &str = example!("sensor/downlink.tbel");

const TEMPERATURE: &str = "tb/mqtt-integration-tutorial/sensors/SN-001/temperature";
const TEMPERATURES: &str = "tb/mqtt-integration-tutorial/sensors/+/temperature";
const COMMANDS: &str = "tb/mqtt-integration-tutorial/sensors/+/rx";
const RESPONSE: &str = "tb/mqtt-integration-tutorial/sensors/SN-001/rx/response";
const RESPONSES: &str = "tb/mqtt-integration-tutorial/sensors/+/rx/response";

/// The tutorial after its second part: converters and integration are there, the sensor is on the
/// broker.
struct Tutorial {
    broker: Mosquitto,
    server: Server,
    admin: Actor,
    uplink: Value,
    downlink: Value,
    integration: Value,
    sensor: MqttClient,
}

impl Tutorial {
    async fn begin(language: &str) -> Self {
        let broker = Mosquitto::anonymous().await;
        let server = Server::fresh().await;
        let admin = server.admin().await;
        let script = if language == "TBEL" {
            UPLINK
        } else {
            UPLINK_JS
        };
        let uplink = admin
            .uplink_converter("MQTT Uplink Converter", language, script)
            .await;
        let downlink = admin
            .downlink_converter("MQTT Downlink Converter", "TBEL", DOWNLINK)
            .await;
        let port = broker.port();
        let mut body = Actor::mqtt_integration("MQTT Integration", &uplink, port, TEMPERATURES, 0);
        body["downlinkConverterId"] = downlink["id"].clone();
        let integration = admin.create_integration(body).await;
        admin.until_active(&integration).await;
        let sensor = MqttClient::connect(broker.port()).await;
        Self {
            broker,
            server,
            admin,
            uplink,
            downlink,
            integration,
            sensor,
        }
    }

    async fn report(&self, payload: &str) {
        self.sensor
            .publish(TEMPERATURE, payload.to_owned(), 0)
            .await;
    }

    /// Puts *integration downlink* beside *rpc call request* in the root chain.
    async fn connect_downlink(&self) {
        let admin = &self.admin;
        let chains = admin.get("/api/ruleChains?pageSize=100&page=0").await;
        let chains = chains["data"].as_array().expect("a page of rule chains");
        let root = chains
            .iter()
            .find(|chain| chain["root"] == json!(true))
            .expect("a root chain");
        let id = root["id"]["id"].as_str().expect("a chain has an id");
        let mut graph = admin.get(&format!("/api/ruleChain/{id}/metadata")).await;
        let nodes = graph["nodes"].as_array_mut().expect("nodes");
        let ends_with = |node: &Value, class: &str| {
            node["type"]
                .as_str()
                .is_some_and(|name| name.ends_with(class))
        };
        let switch = nodes
            .iter()
            .position(|node| ends_with(node, "TbMsgTypeSwitchNode"));
        let added = nodes.len();
        nodes.push(json!({
            "type": "org.thingsboard.rule.engine.integration.TbIntegrationDownlinkNode",
            "name": "MQTT Integration Downlink",
            "configuration": {"integrationId": self.integration["id"]["id"]},
            "additionalInfo": {"layoutX": 900, "layoutY": 600}
        }));
        let connections = graph["connections"].as_array_mut().expect("connections");
        connections.push(json!({
            "fromIndex": switch.expect("the default chain has a switch"),
            "toIndex": added, "type": "RPC Request to Device"
        }));
        admin.post("/api/ruleChain/metadata", graph).await;
    }
}

#[tokio::test]
async fn the_decoder_can_be_tried_before_it_is_used() {
    let server = Server::fresh().await;
    let admin = server.admin().await;
    for (language, script) in [("TBEL", UPLINK), ("JS", UPLINK_JS)] {
        let path = format!("/api/converter/testUpLink?scriptLang={language}");
        let body = json!({
            "payload": "eyJ2YWx1ZSI6MjUuMX0=", "decoder": script,
            "metadata": {"topic": TEMPERATURE, "integrationName": "MQTT Integration"}
        });
        let answer = admin.post(&path, body).await;
        assert_eq!(answer["error"], json!(""), "{language}");
        let output: Value =
            serde_json::from_str(answer["output"].as_str().expect("text")).expect("JSON");
        assert_eq!(
            output,
            json!({
                "deviceName": "SN-001", "deviceType": "sensor",
                "attributes": {"integrationName": "MQTT Integration"},
                "telemetry": {"temperature": 25.1}
            }),
            "{language}"
        );
    }
}

#[tokio::test]
async fn a_converter_is_saved_with_debug_for_a_while() {
    let server = Server::fresh().await;
    let admin = server.admin().await;
    let saved = admin
        .uplink_converter("MQTT Uplink Converter", "TBEL", UPLINK)
        .await;
    let debug = &saved["debugSettings"];
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .expect("time");
    assert_eq!(debug["allEnabled"], json!(false));
    let until = debug["allEnabledUntil"].as_u64().expect("a time");
    assert!(
        u128::from(until) > now.as_millis(),
        "debug of all messages ends later than now"
    );
    let list = admin.get("/api/converters?pageSize=100&page=0").await;
    let listed = list["data"].as_array().expect("a page");
    assert!(
        listed
            .iter()
            .any(|converter| converter["id"] == saved["id"])
    );
}

#[tokio::test]
async fn a_second_converter_of_the_same_name_is_refused() {
    let server = Server::fresh().await;
    let admin = server.admin().await;
    admin
        .uplink_converter("MQTT Uplink Converter", "TBEL", UPLINK)
        .await;
    let body = json!({
        "name": "MQTT Uplink Converter", "type": "UPLINK",
        "configuration": {"scriptLang": "TBEL", "tbelDecoder": UPLINK}
    });
    let reply = admin.request("POST", "/api/converter", Some(body)).await;
    assert_eq!(reply.status, 400, "{}", reply.text);
    assert!(
        reply.message().contains("MQTT Uplink Converter"),
        "{}",
        reply.text
    );
}

#[tokio::test]
async fn check_connection_tells_success_and_failure() {
    let broker = Mosquitto::anonymous().await;
    let server = Server::fresh().await;
    let admin = server.admin().await;
    let uplink = admin
        .uplink_converter("MQTT Uplink Converter", "TBEL", UPLINK)
        .await;
    let body = Actor::mqtt_integration("MQTT Integration", &uplink, broker.port(), TEMPERATURES, 0);
    let good = admin
        .request("POST", "/api/integration/check", Some(body.clone()))
        .await;
    assert_eq!(good.status, 200, "{}", good.text);
    let mut wrong = body;
    wrong["configuration"]["clientConfiguration"]["port"] = json!(1);
    let started = Instant::now();
    let bad = admin
        .request("POST", "/api/integration/check", Some(wrong))
        .await;
    assert!((400..=500).contains(&bad.status), "{}", bad.status);
    assert!(bad.message().contains("127.0.0.1:1"), "{}", bad.text);
    assert!(
        started.elapsed() < Duration::from_secs(6),
        "{:?}",
        started.elapsed()
    );
}

#[tokio::test]
async fn the_integration_becomes_active_with_one_durable_subscription() {
    let tutorial = Tutorial::begin("TBEL").await;
    let lifecycle = |event: &Value| event["event"] == json!("STARTED") && event["success"] == true;
    let Tutorial {
        admin,
        integration,
        broker,
        ..
    } = &tutorial;
    admin
        .until_event(integration, "LC_EVENT", "STARTED with success", lifecycle)
        .await;
    eventually("the broker shows the subscription", || async {
        let shown = broker.logs().contains(&format!(" 0 {TEMPERATURES}"));
        if shown {
            Ok(())
        } else {
            Err(broker.logs().tail(10))
        }
    })
    .await;
    assert!(
        broker.logs().contains("c0,"),
        "the session is durable: {}",
        broker.logs().tail(10)
    );
}

async fn first_message_makes_the_device(language: &str) {
    let tutorial = Tutorial::begin(language).await;
    let Tutorial {
        admin,
        uplink,
        integration,
        ..
    } = &tutorial;
    let published = Instant::now();
    tutorial.report(r#"{"value":25.1}"#).await;
    let device = admin.device("SN-001").await;
    let point = admin
        .until_latest(&device, "temperature", json!(25.1))
        .await;
    assert!(
        published.elapsed() < Duration::from_secs(5),
        "{:?}",
        published.elapsed()
    );
    assert_eq!(device["type"], json!("sensor"));
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .expect("time");
    let age = i64::try_from(now.as_millis()).expect("milliseconds") - point.ts;
    assert!(
        (0..10_000).contains(&age),
        "stored at the arrival time: {age} ms ago"
    );
    eventually("the attribute is stored", || async {
        let attributes = admin.attributes(&device, "CLIENT_SCOPE").await;
        let stored = attributes["integrationName"] == json!("MQTT Integration");
        if stored {
            Ok(())
        } else {
            Err(attributes.to_string())
        }
    })
    .await;
    let profiles = admin
        .get("/api/deviceProfileInfos?pageSize=100&page=0")
        .await;
    let profiles = profiles["data"].as_array().expect("a page");
    assert!(
        profiles
            .iter()
            .any(|profile| profile["name"] == json!("sensor"))
    );

    let debug = admin
        .until_event(integration, "DEBUG_INTEGRATION", "the uplink", |_| true)
        .await;
    assert_eq!(
        (&debug["type"], &debug["status"]),
        (&json!("Uplink"), &json!("OK"))
    );
    let message = debug["message"].as_str().expect("text");
    assert!(
        message.contains(TEMPERATURE) && message.contains("25.1"),
        "{message}"
    );
    let debug = admin
        .until_event(uplink, "DEBUG_CONVERTER", "the uplink", |_| true)
        .await;
    assert_eq!(parsed(&debug["in"]), json!({"value": 25.1}));
    assert_eq!(parsed(&debug["metadata"])["topic"], json!(TEMPERATURE));
    assert_eq!(parsed(&debug["out"])["deviceName"], json!("SN-001"));
}

/// Debug shows JSON as text.
fn parsed(text: &Value) -> Value {
    serde_json::from_str(text.as_str().expect("debug shows text")).expect("JSON")
}

#[tokio::test]
async fn the_first_message_makes_the_device_with_tbel() {
    first_message_makes_the_device("TBEL").await;
}

#[tokio::test]
async fn the_first_message_makes_the_device_with_javascript() {
    first_message_makes_the_device("JS").await;
}

#[tokio::test]
async fn a_new_device_is_announced_once() {
    let tutorial = Tutorial::begin("TBEL").await;
    let admin = &tutorial.admin;
    tutorial.report(r#"{"value":25.1}"#).await;
    let device = admin.device("SN-001").await;
    eventually("one unread notification", || async {
        let unread = admin.unread().await;
        if unread == 1 { Ok(()) } else { Err(unread) }
    })
    .await;
    let list = "/api/notifications?unreadOnly=true&deliveryMethod=WEB&pageSize=10&page=0";
    let inbox = admin.get(list).await;
    let notification = &inbox["data"][0];
    let whole = notification.to_string();
    assert!(whole.contains("SN-001"), "{whole}");
    assert_eq!(notification["info"]["entityId"]["id"], device["id"]["id"]);
    tutorial.report(r#"{"value":26}"#).await;
    admin.until_latest(&device, "temperature", json!(26)).await;
    assert_eq!(admin.devices().await.len(), 1, "no second device");
    assert_eq!(admin.unread().await, 1, "no second notification");
    let id = notification["id"]["id"].as_str().expect("an id");
    admin
        .request("PUT", &format!("/api/notification/{id}/read"), None)
        .await;
    assert_eq!(admin.unread().await, 0);
}

#[tokio::test]
async fn the_device_is_managed_by_its_integration() {
    let tutorial = Tutorial::begin("TBEL").await;
    let Tutorial {
        admin, integration, ..
    } = &tutorial;
    tutorial.report(r#"{"value":25.1}"#).await;
    let device = admin.device("SN-001").await;
    let id = device["id"]["id"].as_str().expect("an id");
    let path = format!("/api/relations/info?toId={id}&toType=DEVICE");
    let relations = admin.get(&path).await;
    let found = relations
        .as_array()
        .expect("a list")
        .iter()
        .any(|relation| {
            relation["type"] == json!("ManagedByIntegration")
                && relation["from"]["id"] == integration["id"]["id"]
        });
    assert!(found, "{relations}");
}

#[tokio::test]
async fn a_message_that_is_not_json_leaves_errors_and_nothing_else() {
    let tutorial = Tutorial::begin("TBEL").await;
    let Tutorial {
        admin,
        uplink,
        integration,
        ..
    } = &tutorial;
    tutorial.report("not json").await;
    admin.until_error(uplink, "DEBUG_CONVERTER").await;
    admin.until_error(integration, "DEBUG_INTEGRATION").await;
    assert!(admin.devices().await.is_empty());
    tutorial.report(r#"{"value":21}"#).await;
    let device = admin.device("SN-001").await;
    admin.until_latest(&device, "temperature", json!(21)).await;
}

#[tokio::test]
async fn the_integration_returns_by_itself_when_the_broker_does() {
    let mut tutorial = Tutorial::begin("TBEL").await;
    tutorial.broker.kill().await;
    tutorial.admin.until_failed(&tutorial.integration).await;
    tutorial.broker.restart().await;
    tutorial.admin.until_active(&tutorial.integration).await;
    tutorial.sensor = MqttClient::connect(tutorial.broker.port()).await;
    tutorial.report(r#"{"value":19.5}"#).await;
    let device = tutorial.admin.device("SN-001").await;
    tutorial
        .admin
        .until_latest(&device, "temperature", json!(19.5))
        .await;
    let lifecycle = tutorial
        .admin
        .events(&tutorial.integration, "LC_EVENT")
        .await;
    let lost = lifecycle
        .iter()
        .any(|event| event["success"] == json!(false));
    assert!(lost, "the loss is on record: {lifecycle:?}");
}

#[tokio::test]
async fn a_one_way_command_reaches_the_sensor() {
    let mut tutorial = Tutorial::begin("TBEL").await;
    tutorial.report(r#"{"value":25.1}"#).await;
    let device = tutorial.admin.device("SN-001").await;
    tutorial.connect_downlink().await;
    tutorial.sensor.subscribe(COMMANDS, 1).await;
    for params in [json!("33"), json!(42)] {
        let call = json!({"method": "setValue", "params": params, "timeout": 5000});
        let called = Instant::now();
        let reply = tutorial.admin.rpc("oneway", &device, call).await;
        assert_eq!(reply.status, 200, "{:?}", reply.headers);
        assert!(
            called.elapsed() < Duration::from_secs(1),
            "{:?}",
            called.elapsed()
        );
    }
    let first = tutorial.sensor.next().await;
    assert_eq!(
        (first.text(), first.qos, first.retain),
        (r#"{"value":33}"#.into(), 1, false)
    );
    assert_eq!(tutorial.sensor.next().await.text(), r#"{"value":42}"#);
    let downlink = |event: &Value| event["type"] == json!("Downlink");
    let Tutorial {
        admin, integration, ..
    } = &tutorial;
    let event = admin
        .until_event(integration, "DEBUG_INTEGRATION", "the downlink", downlink)
        .await;
    assert_eq!(event["status"], json!("OK"), "{event}");
}

#[tokio::test]
async fn a_command_the_converter_refuses_is_not_published_and_fails_at_once() {
    let mut tutorial = Tutorial::begin("TBEL").await;
    tutorial.report(r#"{"value":25.1}"#).await;
    let device = tutorial.admin.device("SN-001").await;
    tutorial.connect_downlink().await;
    tutorial.sensor.subscribe(COMMANDS, 1).await;
    let called = Instant::now();
    let call = json!({"method": "getValue", "params": null, "timeout": 10_000});
    let reply = tutorial.admin.rpc("twoway", &device, call).await;
    assert_eq!(reply.status, 504, "{}", reply.text);
    assert!(
        called.elapsed() < Duration::from_secs(5),
        "{:?}",
        called.elapsed()
    );
    let reason = reply.header("x-millrace-reason").unwrap_or_default();
    assert!(
        !reason.is_empty(),
        "the reason is told: {:?}",
        reply.headers
    );
    tutorial
        .admin
        .until_error(&tutorial.downlink, "DEBUG_CONVERTER")
        .await;
    assert!(tutorial.sensor.arrived().is_empty());
}

#[tokio::test]
async fn the_devices_answer_arrives_as_telemetry_beside_its_temperature() {
    let mut tutorial = Tutorial::begin("TBEL").await;
    tutorial.report(r#"{"value":25.1}"#).await;
    let admin = &tutorial.admin;
    let device = admin.device("SN-001").await;
    let mut uplink = tutorial.uplink.clone();
    uplink["configuration"]["tbelDecoder"] = json!(UPLINK_WITH_RESPONSES);
    admin.post("/api/converter", uplink).await;
    let mut integration = tutorial.integration.clone();
    integration["configuration"]["topicFilters"] =
        json!([{"filter": TEMPERATURES, "qos": 0}, {"filter": RESPONSES, "qos": 0}]);
    admin.post("/api/integration", integration).await;
    eventually("the second filter is subscribed", || async {
        let logs = tutorial.broker.logs();
        if logs.contains(&format!(" 0 {RESPONSES}")) {
            Ok(())
        } else {
            Err(logs.tail(10))
        }
    })
    .await;
    admin.until_active(&tutorial.integration).await;
    tutorial
        .sensor
        .publish(RESPONSE, r#"{"rpcReceived":"OK"}"#, 0)
        .await;
    admin
        .until_latest(&device, "rpcReceived", json!("OK"))
        .await;
    admin
        .until_latest(&device, "temperature", json!(25.1))
        .await;
    tutorial.report(r#"{"value":20.5}"#).await;
    admin
        .until_latest(&device, "temperature", json!(20.5))
        .await;
    assert!(
        !tutorial.server.logs().contains("panicked"),
        "{}",
        tutorial.server.logs().tail(20)
    );
    assert!(tutorial.sensor.arrived().is_empty());
}
