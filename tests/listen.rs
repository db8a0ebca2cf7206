//! Listening on a broker before an integration is there, and beside one that is.

use millrace_testbed::{Actor, LiveFeed};
use serde_json::{Value, json};

use crate::scene::Scene;

/// An integration as the wizard has it: without converters, not saved.
fn described(port: u16) -> Value {
    let mut body = Actor::mqtt_integration("Draft", &json!({}), port, "#", 0);
    body.as_object_mut()
        .expect("an object")
        .remove("defaultConverterId");
    body
}

/// The topics of a frame that fit.
fn heard<'a>(frame: &'a Value, topic: &str) -> Option<&'a Value> {
    let topics = frame["topics"].as_array()?;
    topics.iter().find(|one| one["topic"] == topic)
}

#[tokio::test]
async fn topics_are_heard_before_an_integration_is_saved() {
    let scene = Scene::open().await;
    let client = scene.client().await;
    client.retain("site/kept", "old", 1).await;
    client.flush().await;
    let command =
        json!([{"type": "LISTEN", "cmdId": 4, "integration": described(scene.broker.port())}]);
    let mut page = LiveFeed::open(&scene.admin, command).await;
    let frame = page
        .until("the retained message", |frame| {
            heard(frame, "site/kept").is_some()
        })
        .await;
    assert_eq!(frame["cmdId"], 4);
    assert_eq!(frame["state"], "LISTENING");
    let kept = heard(&frame, "site/kept").expect("heard");
    assert_eq!((&kept["retain"], &kept["count"]), (&json!(true), &json!(1)));
    for n in 0..5 {
        client
            .publish("site/a/t", format!("{{\"n\":{n}}}"), 1)
            .await;
    }
    client.publish("site/a/large", vec![b'x'; 5000], 0).await;
    client.flush().await;
    let mut last = Value::Null;
    let mut large = Value::Null;
    while last["count"] != 5 || large.is_null() {
        let frame = page
            .until("what is published", |frame| {
                frame["messages"].as_u64() >= Some(2)
            })
            .await;
        assert!(heard(&frame, "site/kept").is_none(), "told once: {frame}");
        last = heard(&frame, "site/a/t").cloned().unwrap_or(last);
        large = heard(&frame, "site/a/large").cloned().unwrap_or(large);
    }
    // {"n":4} in base64.
    assert_eq!(last["payload"], "eyJuIjo0fQ==");
    assert_eq!(
        (&large["size"], large["payload"].as_str().map(str::len)),
        (&json!(5000), Some(684))
    );
    // Nothing was stored, nothing was made.
    assert_eq!(scene.admin.devices().await.len(), 0);
}

#[tokio::test]
async fn listening_beside_an_integration_takes_nothing_from_it() {
    let scene = Scene::open().await;
    let integration = scene.plain_integration("site/#").await;
    let id = &integration["id"]["id"];
    let command =
        json!([{"type": "LISTEN", "cmdId": 1, "integrationId": id, "filter": "site/+/d"}]);
    let mut page = LiveFeed::open(&scene.admin, command).await;
    page.until("it listens", |frame| frame["state"] == "LISTENING")
        .await;
    let client = scene.client().await;
    client.publish("site/a/d", r#"{"n":1}"#, 1).await;
    client.publish("site/b/other/x", r#"{"n":1}"#, 1).await;
    client.flush().await;
    let frame = page
        .until("the message", |frame| frame["messages"].as_u64() >= Some(1))
        .await;
    assert!(heard(&frame, "site/a/d").is_some(), "{frame}");
    assert_eq!(frame["messages"], 1, "only what the filter takes: {frame}");
    let device = scene.admin.device("d").await;
    scene.admin.until_latest(&device, "n", json!(1)).await;
    let status = scene.admin.integration_status(&integration).await;
    assert_eq!(status["success"], true, "{status}");
}

#[tokio::test]
async fn what_cannot_be_listened_to_is_told() {
    let scene = Scene::open().await;
    let commands = json!([
        {"type": "LISTEN", "cmdId": 1},
        {"type": "LISTEN", "cmdId": 2, "integration": {"type": "MQTT", "configuration": {}}},
        {"type": "LISTEN", "cmdId": 3, "integrationId": "13814000-1dd2-11b2-8080-808080808080"},
        {"type": "LISTEN", "cmdId": 4, "integration": described(scene.broker.port()), "filter": "a/#/b"},
    ]);
    let mut page = LiveFeed::open(&scene.admin, commands).await;
    for (id, reason) in [
        (1, "give either"),
        (2, "clientConfiguration"),
        (3, "not found"),
        (4, "a/#/b"),
    ] {
        let frame = page
            .until("a refusal", |frame| frame["subscriptionId"] == id)
            .await;
        assert_ne!(frame["errorCode"], 0, "{frame}");
        let told = frame["errorMsg"].as_str().unwrap_or_default();
        assert!(told.contains(reason), "{frame}");
    }
    // A broker that is not there, and a cloud's metadata service.
    let dead = json!({"cmds": [{"type": "LISTEN", "cmdId": 5, "integration": described(1)}]});
    page.send(dead).await;
    let frame = page
        .until("a failure", |frame| frame["state"] == "FAILED")
        .await;
    assert!(
        frame["reason"]
            .as_str()
            .is_some_and(|told| told.contains("127.0.0.1:1")),
        "{frame}"
    );
    let mut metadata = described(80);
    metadata["configuration"]["clientConfiguration"]["host"] = json!("169.254.169.254");
    page.send(json!({"cmds": [{"type": "LISTEN", "cmdId": 6, "integration": metadata}]}))
        .await;
    let frame = page
        .until("a refusal", |frame| frame["subscriptionId"] == 6)
        .await;
    assert_ne!(frame["errorCode"], 0, "{frame}");
}
