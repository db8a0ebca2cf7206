//! What an open page sees without asking again.

use millrace_testbed::LiveFeed;
use serde_json::{Value, json};

use crate::scene::Scene;

async fn publish(scene: &Scene, topic: &str, payload: &str) {
    let device = scene.client().await;
    device.publish(topic, payload.to_owned(), 1).await;
    device.flush().await;
}

#[tokio::test]
async fn a_new_value_reaches_the_open_page() {
    let scene = Scene::open().await;
    scene.plain_integration("site/#").await;
    publish(&scene, "site/a/d", r#"{"n":1}"#).await;
    let device = scene.admin.device("d").await;
    scene.admin.until_latest(&device, "n", json!(1)).await;
    let command = json!([{
        "type": "TIMESERIES", "cmdId": 1, "entityType": "DEVICE", "entityId": device["id"]["id"],
        "keys": "n", "scope": "LATEST_TELEMETRY"
    }]);
    let mut page = LiveFeed::open(&scene.admin, command).await;
    let shows = |value: &'static str| {
        move |frame: &Value| {
            frame["subscriptionId"] == json!(1) && frame["data"]["n"][0][1] == json!(value)
        }
    };
    page.until("the present value", shows("1")).await;
    publish(&scene, "site/a/d", r#"{"n":2}"#).await;
    page.until("the new value", shows("2")).await;
}

#[tokio::test]
async fn the_bell_counts_a_new_device() {
    let scene = Scene::open().await;
    scene.plain_integration("site/#").await;
    let command = json!([{"type": "NOTIFICATIONS_COUNT", "cmdId": 3}]);
    let mut page = LiveFeed::open(&scene.admin, command).await;
    let counts = |unread: u64| {
        move |frame: &Value| {
            frame["cmdId"] == json!(3) && frame["totalUnreadCount"] == json!(unread)
        }
    };
    page.until("nothing is unread", counts(0)).await;
    publish(&scene, "site/a/new", r#"{"n":1}"#).await;
    page.until("one is unread", counts(1)).await;
}
