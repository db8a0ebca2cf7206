//! Payloads and topics that no converter expects.

use bytes::Bytes;
use millrace_testbed::{Actor, eventually};
use serde_json::{Value, json};

use crate::scene::Scene;

/// Publishes one bad payload, expects an error on the integration, and a neighbour that works.
async fn is_reported_and_harmless(payload: impl Into<Bytes>) {
    let scene = Scene::open().await;
    let integration = scene.plain_integration("site/#").await;
    let device = scene.client().await;
    device.publish("site/a/bad", payload.into(), 1).await;
    device.publish("site/a/good", r#"{"n":1}"#, 1).await;
    device.flush().await;
    scene
        .admin
        .until_error(&integration, "DEBUG_INTEGRATION")
        .await;
    let good = scene.admin.device("good").await;
    scene.admin.until_latest(&good, "n", json!(1)).await;
    assert!(scene.admin.find_device("bad").await.is_none());
}

#[tokio::test]
async fn text_that_is_not_json() {
    is_reported_and_harmless("not json").await;
}

#[tokio::test]
async fn nothing_at_all() {
    is_reported_and_harmless("").await;
}

#[tokio::test]
async fn bytes_that_are_not_utf8() {
    is_reported_and_harmless(&[0xff, 0xfe, 0x80, 0x00, 0xc3][..]).await;
}

#[tokio::test]
async fn json_nested_deeper_than_any_stack() {
    is_reported_and_harmless("[".repeat(30_000)).await;
}

/// The limit is the integration's own; the error names the setting.
#[tokio::test]
async fn a_megabyte() {
    let scene = Scene::open().await;
    let integration = scene.plain_integration("site/#").await;
    let device = scene.client().await;
    device.publish("site/a/bad", vec![b'x'; 1_000_000], 1).await;
    device.publish("site/a/good", r#"{"n":1}"#, 1).await;
    device.flush().await;
    let error = scene.admin.until_error(&integration, "ERROR").await;
    assert!(error.contains("maxBytesInMessage"), "{error}");
    let good = scene.admin.device("good").await;
    scene.admin.until_latest(&good, "n", json!(1)).await;
    assert!(scene.admin.find_device("bad").await.is_none());
}

/// With the integration's limit raised, the script's own limit of arguments still holds.
#[tokio::test]
async fn a_megabyte_that_the_integration_allows() {
    let scene = Scene::open().await;
    let Scene { admin, broker, .. } = &scene;
    let script = r#"return { deviceName: "big", deviceType: "plain",
                             telemetry: { size: payload.length } };"#;
    let uplink = admin.uplink_converter("Size", "JS", script).await;
    let mut body = Actor::mqtt_integration("Size", &uplink, broker.port(), "big", 1);
    body["configuration"]["clientConfiguration"]["maxBytesInMessage"] = json!(2_000_000);
    let integration = admin.create_integration(body).await;
    admin.until_active(&integration).await;
    let device = scene.client().await;
    device.publish("big", vec![b'x'; 1_000_000], 1).await;
    device.publish("big", vec![b'x'; 90_000], 1).await;
    let entity = admin.device("big").await;
    admin.until_latest(&entity, "size", json!(90_000)).await;
    let error = admin.until_error(&uplink, "DEBUG_CONVERTER").await;
    assert!(error.contains("arguments are larger"), "{error}");
}

#[tokio::test]
async fn topics_with_odd_characters() {
    let scene = Scene::open().await;
    let Scene { admin, broker, .. } = &scene;
    let script = r#"return { deviceName: "odd", deviceType: "plain",
                             attributes: { topic: metadata.topic } };"#;
    let uplink = admin.uplink_converter("Odd", "TBEL", script).await;
    let body = Actor::mqtt_integration("Odd", &uplink, broker.port(), "odd/#", 1);
    let integration = admin.create_integration(body).await;
    admin.until_active(&integration).await;
    let device = scene.client().await;
    for topic in [
        "odd/ spaces  and ends ",
        "odd//empty//levels/",
        "odd/ünïcödé/日本/🌡",
        "odd/${topic}/$[x]",
        "odd/\"quotes\"'\\",
        "odd/%2F%00&?=",
        "odd/<script>alert(1)</script>",
    ] {
        device.publish(topic, "{}", 1).await;
        let entity = admin.device("odd").await;
        eventually(
            &format!("the topic {topic:?} is stored as it came"),
            || async {
                let stored = admin.attributes(&entity, "CLIENT_SCOPE").await["topic"].clone();
                if stored == json!(topic) {
                    Ok(())
                } else {
                    Err(stored)
                }
            },
        )
        .await;
    }
}

/// Names are text: whatever a device calls itself, it is found under that name.
#[tokio::test]
async fn device_names_with_odd_characters() {
    let scene = Scene::open().await;
    let Scene { admin, broker, .. } = &scene;
    let script = r#"var b = decodeToJson(payload);
                    return { deviceName: b.name, deviceType: "plain", telemetry: { v: 1 } };"#;
    let uplink = admin.uplink_converter("Names", "TBEL", script).await;
    let body = Actor::mqtt_integration("Names", &uplink, broker.port(), "names", 1);
    let integration = admin.create_integration(body).await;
    admin.until_active(&integration).await;
    let device = scene.client().await;
    for name in [
        "a b",
        "Größe-№1",
        "x'; DROP TABLE device; --",
        "100%",
        "日本 🌡",
        "a/b&c=d?e#f",
    ] {
        device
            .publish("names", json!({"name": name}).to_string(), 1)
            .await;
        let entity = admin.device(name).await;
        assert_eq!(entity["name"], json!(name));
        admin.until_latest(&entity, "v", json!(1)).await;
    }
    device
        .publish("names", json!({"name": "x".repeat(10_000)}).to_string(), 1)
        .await;
    admin.until_error(&integration, "DEBUG_INTEGRATION").await;
    let names: Vec<Value> = admin
        .devices()
        .await
        .iter()
        .map(|d| d["name"].clone())
        .collect();
    assert_eq!(names.len(), 6, "{names:?}");
}
