//! Devices and assets that appear because a message names them.

use futures_util::future::join_all;
use millrace_testbed::{Actor, MqttClient, eventually};
use serde_json::{Value, json};

use crate::scene::{Scene, quiet};

#[tokio::test]
async fn fifty_first_messages_for_one_name_make_one_device() {
    let scene = Scene::open().await;
    scene.plain_integration("site/#").await;
    let port = scene.broker.port();
    let clients = join_all((0..50).map(|_| MqttClient::connect(port))).await;
    join_all(
        clients
            .iter()
            .enumerate()
            .map(|(number, client)| async move {
                let topic = format!("site/line-{number}/shared");
                client
                    .publish(&topic, format!(r#"{{"v{number}":1}}"#), 1)
                    .await;
                client.flush().await;
            }),
    )
    .await;
    let device = scene.admin.device("shared").await;
    eventually("all fifty values are stored", || async {
        let path = format!(
            "/api/plugins/telemetry/DEVICE/{}/keys/timeseries",
            device["id"]["id"].as_str().unwrap_or_default()
        );
        let keys = scene.admin.get(&path).await;
        let stored = keys.as_array().map_or(0, Vec::len);
        if stored == 50 { Ok(()) } else { Err(stored) }
    })
    .await;
    let devices = scene.admin.devices().await;
    assert_eq!(devices.len(), 1, "{devices:?}");
    eventually("one notification", || async {
        let unread = scene.admin.unread().await;
        if unread == 1 { Ok(()) } else { Err(unread) }
    })
    .await;
}

#[tokio::test]
async fn an_unknown_name_is_refused_when_creation_is_off() {
    let scene = Scene::open().await;
    let Scene { admin, broker, .. } = &scene;
    let script = crate::scene::PLAIN;
    let uplink = admin.uplink_converter("Plain", "TBEL", script).await;
    let mut body = Actor::mqtt_integration("Closed", &uplink, broker.port(), "site/#", 1);
    body["allowCreateDevicesOrAssets"] = json!(false);
    let integration = admin.create_integration(body).await;
    admin.until_active(&integration).await;
    let device = scene.client().await;
    device.publish("site/a/SN-777", r#"{"t":1}"#, 1).await;
    device.flush().await;
    let error = admin.until_error(&integration, "DEBUG_INTEGRATION").await;
    assert!(
        error.contains("SN-777"),
        "the error names the device: {error}"
    );
    assert!(admin.devices().await.is_empty());
}

#[tokio::test]
async fn a_result_may_name_an_asset() {
    let scene = Scene::open().await;
    let Scene { admin, broker, .. } = &scene;
    let script = r#"
        var body = decodeToJson(payload);
        return { assetName: "Hall 3", assetType: "building", telemetry: body,
                 attributes: { floor: 2 } };
    "#;
    let uplink = admin.uplink_converter("Buildings", "TBEL", script).await;
    let body = Actor::mqtt_integration("Buildings", &uplink, broker.port(), "hall/#", 1);
    let integration = admin.create_integration(body).await;
    admin.until_active(&integration).await;
    let meter = scene.client().await;
    meter.publish("hall/3", r#"{"power":11.5}"#, 1).await;
    let asset = eventually("the asset exists", || async {
        admin.find_asset("Hall 3").await.ok_or("no such asset")
    })
    .await;
    assert_eq!(asset["type"], json!("building"));
    admin.until_latest(&asset, "power", json!(11.5)).await;
    assert!(admin.devices().await.is_empty());
}

#[tokio::test]
async fn one_message_may_report_for_many_devices() {
    let scene = Scene::open().await;
    let Scene { admin, broker, .. } = &scene;
    let script = r#"
        var result = [];
        foreach (entry : decodeToJson(payload)) {
            result.add({ deviceName: entry.name, deviceType: "meter",
                         telemetry: { ts: entry.at, values: { v: entry.v } } });
        }
        return result;
    "#;
    let uplink = admin.uplink_converter("Gateway", "TBEL", script).await;
    let body = quiet(Actor::mqtt_integration(
        "Gateway",
        &uplink,
        broker.port(),
        "gw",
        1,
    ));
    let integration = admin.create_integration(body).await;
    admin.until_active(&integration).await;
    let entries: Vec<Value> = (0..20)
        .map(|n| json!({"name": format!("m{n}"), "at": 1_700_000_000_000_i64 + n, "v": n}))
        .collect();
    let gateway = scene.client().await;
    gateway
        .publish("gw", Value::from(entries).to_string(), 1)
        .await;
    for n in [0, 19] {
        let device = admin.device(&format!("m{n}")).await;
        let point = admin.until_latest(&device, "v", json!(n)).await;
        assert_eq!(point.ts, 1_700_000_000_000 + n);
    }
    assert_eq!(admin.devices().await.len(), 20);
}
