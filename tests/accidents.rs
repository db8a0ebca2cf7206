//! What goes wrong between Millrace and a broker, and what is left of it afterwards: nothing.

use std::time::Duration;

use millrace_testbed::{
    Actor, MosquittoOptions, MqttClient, ServerOptions, TcpProxy, eventually, eventually_within,
};
use serde_json::{Value, json};

use crate::scene::{PLAIN, Scene};

fn persistent() -> MosquittoOptions {
    MosquittoOptions {
        persistence: true,
        ..MosquittoOptions::default()
    }
}

/// Waits until a device's `n` holds exactly 0..`count`, in order.
async fn until_complete(admin: &Actor, name: &str, count: u64) {
    let device = admin.device(name).await;
    eventually_within(
        Duration::from_secs(60),
        "every message is stored",
        || async {
            let stored = admin.count(&device, "n").await;
            if stored >= count { Ok(()) } else { Err(stored) }
        },
    )
    .await;
    let history = admin.history(&device, "n", 100_000).await;
    let values: Vec<Value> = history.into_iter().map(|point| point.value).collect();
    let expected: Vec<Value> = (0..count).map(Value::from).collect();
    assert_eq!(values, expected, "{name}");
}

async fn publish_range(client: &MqttClient, topic: &str, numbers: std::ops::Range<u64>) {
    for number in numbers {
        client
            .publish(topic, format!(r#"{{"n":{number}}}"#), 1)
            .await;
    }
    client.flush().await;
}

#[tokio::test]
async fn what_the_broker_kept_while_it_was_down_arrives_after_its_restart() {
    let mut scene = Scene::with(persistent(), ServerOptions::default()).await;
    let integration = scene.plain_integration("site/#").await;
    let device = scene.client().await;
    publish_range(&device, "site/a/d", 0..50).await;
    until_complete(&scene.admin, "d", 50).await;
    scene.broker.stop().await;
    scene.admin.until_failed(&integration).await;
    scene.broker.restart().await;
    let device = scene.client().await;
    publish_range(&device, "site/a/d", 50..100).await;
    until_complete(&scene.admin, "d", 100).await;
    scene.admin.until_active(&integration).await;
}

#[tokio::test]
async fn a_lost_session_is_subscribed_again() {
    let mut scene = Scene::with(persistent(), ServerOptions::default()).await;
    let integration = scene.plain_integration("site/#").await;
    scene.broker.stop().await;
    scene.broker.forget_sessions();
    scene.admin.until_failed(&integration).await;
    scene.broker.restart().await;
    scene.admin.until_active(&integration).await;
    let device = scene.client().await;
    publish_range(&device, "site/a/d", 0..20).await;
    until_complete(&scene.admin, "d", 20).await;
}

#[tokio::test]
async fn a_cut_connection_loses_and_doubles_nothing() {
    let scene = Scene::open().await;
    let proxy = TcpProxy::to(scene.broker.port()).await;
    let integration = scene.plain_integration_at(proxy.port(), "site/#").await;
    let device = scene.client().await;
    for round in 0..5 {
        publish_range(&device, "site/a/d", round * 200..round * 200 + 100).await;
        proxy.cut();
        publish_range(&device, "site/a/d", round * 200 + 100..round * 200 + 200).await;
    }
    until_complete(&scene.admin, "d", 1000).await;
    scene.admin.until_active(&integration).await;
    let lifecycle = scene.admin.events(&integration, "LC_EVENT").await;
    let losses = lifecycle
        .iter()
        .filter(|event| event["success"] == json!(false))
        .count();
    assert!(losses >= 1, "each loss is on record: {lifecycle:?}");
}

#[tokio::test]
async fn the_status_follows_the_connection() {
    let scene = Scene::open().await;
    let proxy = TcpProxy::to(scene.broker.port()).await;
    let integration = scene.plain_integration_at(proxy.port(), "site/#").await;
    drop(proxy);
    let reason = scene.admin.until_failed(&integration).await;
    assert!(!reason.is_empty());
}

#[tokio::test]
async fn a_wrong_password_is_named_and_a_right_one_repairs_it() {
    let users = vec![("millrace".into(), "right".into())];
    let broker = MosquittoOptions {
        users,
        ..MosquittoOptions::default()
    };
    let scene = Scene::with(broker, ServerOptions::default()).await;
    let Scene { admin, broker, .. } = &scene;
    let uplink = admin.uplink_converter("Plain", "TBEL", PLAIN).await;
    let mut body = Actor::mqtt_integration("Plain", &uplink, broker.port(), "site/#", 1);
    let client = &mut body["configuration"]["clientConfiguration"];
    client["credentials"] = json!({"type": "basic", "username": "millrace", "password": "wrong"});
    let checked = admin
        .request("POST", "/api/integration/check", Some(body.clone()))
        .await;
    assert!((400..=500).contains(&checked.status), "{}", checked.text);
    let mut integration = admin.create_integration(body).await;
    let reason = admin.until_failed(&integration).await.to_lowercase();
    assert!(
        ["user", "password", "authori", "credential"]
            .iter()
            .any(|word| reason.contains(word)),
        "{reason}"
    );
    let shown = &integration["configuration"]["clientConfiguration"]["credentials"]["password"];
    assert_eq!(shown, &json!("********"), "a password is never read back");
    integration["configuration"]["clientConfiguration"]["credentials"]["password"] = json!("right");
    let integration = admin.create_integration(integration).await;
    admin.until_active(&integration).await;
}

#[tokio::test]
async fn a_refused_filter_is_named_and_the_others_work() {
    let broker = MosquittoOptions {
        subscribe_only: Some("site/#".into()),
        ..MosquittoOptions::default()
    };
    let scene = Scene::with(broker, ServerOptions::default()).await;
    let Scene { admin, broker, .. } = &scene;
    let uplink = admin.uplink_converter("Plain", "TBEL", PLAIN).await;
    let mut body = Actor::mqtt_integration("Plain", &uplink, broker.port(), "site/#", 1);
    body["configuration"]["topicFilters"] =
        json!([{"filter": "site/#", "qos": 1}, {"filter": "secret/#", "qos": 1}]);
    let integration = admin.create_integration(body).await;
    let reason = admin.until_failed(&integration).await;
    assert!(reason.contains("secret/#"), "{reason}");
    let device = scene.client().await;
    publish_range(&device, "site/a/d", 0..10).await;
    until_complete(admin, "d", 10).await;
}

#[tokio::test]
async fn retained_messages_are_stored_once_over_three_reconnects() {
    let scene = Scene::open().await;
    let proxy = TcpProxy::to(scene.broker.port()).await;
    let device = scene.client().await;
    device.retain("site/a/d", r#"{"n":0}"#, 1).await;
    device.flush().await;
    let integration = scene.plain_integration_at(proxy.port(), "site/#").await;
    let entity = scene.admin.device("d").await;
    scene.admin.until_latest(&entity, "n", json!(0)).await;
    for _ in 0..3 {
        let before = scene.admin.events(&integration, "LC_EVENT").await.len();
        proxy.cut();
        eventually("the loss and the return are on record", || async {
            let events = scene.admin.events(&integration, "LC_EVENT").await.len();
            if events >= before + 2 {
                Ok(())
            } else {
                Err(format!("{before} then {events}"))
            }
        })
        .await;
        scene.admin.until_active(&integration).await;
    }
    publish_range(&device, "site/a/e", 0..1).await;
    until_complete(&scene.admin, "e", 1).await;
    assert_eq!(scene.admin.count(&entity, "n").await, 1);
    assert_eq!(scene.admin.devices().await.len(), 2);
}

/// Filters come and go while 1 000 messages a second arrive through one that stays.
#[tokio::test]
async fn changing_filters_under_load_loses_and_doubles_nothing() {
    let scene = Scene::open().await;
    let mut integration = scene.plain_integration("site/#").await;
    let port = scene.broker.port();
    let load = tokio::spawn(async move {
        let device = MqttClient::connect(port).await;
        let mut tick = tokio::time::interval(Duration::from_millis(10));
        for round in 0..400 {
            tick.tick().await;
            publish_range(&device, "site/a/d", round * 10..round * 10 + 10).await;
        }
    });
    let mut round = 0;
    while !load.is_finished() {
        let mut filters = vec![json!({"filter": "site/#", "qos": 1})];
        filters.extend((0..round % 3).map(|n| json!({"filter": format!("more/{n}/#"), "qos": 1})));
        integration["configuration"]["topicFilters"] = Value::Array(filters);
        integration = scene.admin.create_integration(integration).await;
        scene.admin.until_active(&integration).await;
        round += 1;
    }
    load.await.expect("the load ends");
    assert!(round >= 5, "filters changed only {round} times");
    until_complete(&scene.admin, "d", 4000).await;
}
