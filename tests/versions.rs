//! Both protocol versions, and brokers with small and large windows.

use millrace_testbed::{Actor, MosquittoOptions, ServerOptions, eventually_within};
use serde_json::{Value, json};
use std::time::Duration;

use crate::scene::{PLAIN, Scene, quiet};

const MESSAGES: u64 = 2_000;

/// A fleet of ten devices sends numbered messages; each must be stored once and in order.
async fn everything_arrives(version: &str, window: u16) {
    let broker = MosquittoOptions {
        max_inflight: Some(window),
        ..MosquittoOptions::default()
    };
    let scene = Scene::with(broker, ServerOptions::default()).await;
    let Scene { admin, broker, .. } = &scene;
    let uplink = admin.uplink_converter("Plain", "TBEL", PLAIN).await;
    let mut body = quiet(Actor::mqtt_integration(
        "Plain",
        &uplink,
        broker.port(),
        "site/#",
        1,
    ));
    body["configuration"]["clientConfiguration"]["protocolVersion"] = json!(version);
    let integration = admin.create_integration(body).await;
    admin.until_active(&integration).await;
    let fleet = scene.client().await;
    for number in 0..MESSAGES {
        let topic = format!("site/a/d{}", number % 10);
        fleet
            .publish(&topic, format!(r#"{{"n":{}}}"#, number / 10), 1)
            .await;
    }
    fleet.flush().await;
    for name in 0..10 {
        let device = admin.device(&format!("d{name}")).await;
        let all = MESSAGES / 10;
        eventually_within(
            Duration::from_secs(60),
            "every message is stored",
            || async {
                let stored = admin.count(&device, "n").await;
                if stored >= all { Ok(()) } else { Err(stored) }
            },
        )
        .await;
        let history = admin.history(&device, "n", 10_000).await;
        let values: Vec<Value> = history.into_iter().map(|point| point.value).collect();
        let expected: Vec<Value> = (0..all).map(Value::from).collect();
        assert_eq!(values, expected, "d{name}");
    }
}

#[tokio::test]
async fn mqtt_3_1_1_with_a_window_of_20() {
    everything_arrives("MQTT_3_1_1", 20).await;
}

#[tokio::test]
async fn mqtt_3_1_1_with_a_window_of_1000() {
    everything_arrives("MQTT_3_1_1", 1000).await;
}

#[tokio::test]
async fn mqtt_5_with_a_window_of_20() {
    everything_arrives("MQTT_5", 20).await;
}

#[tokio::test]
async fn mqtt_5_with_a_window_of_1000() {
    everything_arrives("MQTT_5", 1000).await;
}

/// MQTT 3.1 is accepted, spoken as 3.1.1.
#[tokio::test]
async fn mqtt_3_1_is_accepted() {
    let scene = Scene::open().await;
    let Scene { admin, broker, .. } = &scene;
    let uplink = admin.uplink_converter("Plain", "TBEL", PLAIN).await;
    let mut body = Actor::mqtt_integration("Old", &uplink, broker.port(), "site/#", 1);
    body["configuration"]["clientConfiguration"]["protocolVersion"] = json!("MQTT_3_1");
    let integration = admin.create_integration(body).await;
    admin.until_active(&integration).await;
    let saved = admin
        .get(&format!(
            "/api/integration/{}",
            integration["id"]["id"].as_str().expect("an id")
        ))
        .await;
    let kept = &saved["configuration"]["clientConfiguration"]["protocolVersion"];
    assert_eq!(kept, &json!("MQTT_3_1"), "what the user chose is kept");
}
