//! Nodes that wait, tick, call other systems and raise alarms, in a chain of the tenant's own.

use std::time::{Duration, Instant};

use millrace_testbed::{Actor, Mosquitto, MqttClient, eventually};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use crate::scene::Scene;

const SAVE: &str = "telemetry.TbMsgTimeseriesNode";
const DELAY: &str = "delay.TbMsgDelayNode";
const GENERATOR: &str = "debug.TbMsgGeneratorNode";
const FILTER: &str = "filter.TbJsFilterNode";
const TYPE_FILTER: &str = "filter.TbMsgTypeFilterNode";
const CALL: &str = "rest.TbRestApiCallNode";
const MQTT: &str = "mqtt.TbMqttNode";
const CREATE_ALARM: &str = "action.TbCreateAlarmNode";
const CLEAR_ALARM: &str = "action.TbClearAlarmNode";

fn node(class: &str, version: i64, configuration: Value) -> Value {
    json!({
        "type": format!("org.thingsboard.rule.engine.{class}"), "name": class,
        "configurationVersion": version, "configuration": configuration,
    })
}

fn save() -> Value {
    node(SAVE, 1, json!({ "defaultTTL": 0, "useServerTs": false }))
}

/// Lets telemetry through over True. An uplink brings more to the chain: that its device was
/// created, and an attribute.
fn telemetry() -> Value {
    node(
        TYPE_FILTER,
        0,
        json!({ "messageTypes": ["POST_TELEMETRY_REQUEST"] }),
    )
}

/// Puts these nodes into the root chain in place of what is there; returns what is stored.
async fn root_chain(admin: &Actor, nodes: Value, connections: &[(usize, usize, &str)]) -> Value {
    let chains = admin.get("/api/ruleChains?pageSize=10&page=0").await;
    let root = chains["data"].as_array().expect("a page");
    let root = root
        .iter()
        .find(|chain| chain["root"] == true)
        .expect("a root chain");
    let connections: Vec<Value> = connections
        .iter()
        .map(|(from, to, label)| json!({ "fromIndex": from, "toIndex": to, "type": label }))
        .collect();
    let graph = json!({
        "ruleChainId": root["id"], "firstNodeIndex": 0, "nodes": nodes, "connections": connections,
    });
    admin.post("/api/ruleChain/metadata", graph).await
}

/// A kept message is in the journal: it survives the process, and leaves once, in time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delayed_message_survives_a_kill_and_leaves_once_in_time() {
    let mut scene = Scene::open().await;
    let delay = node(
        DELAY,
        0,
        json!({ "periodInSeconds": 12, "maxPendingMsgs": 10 }),
    );
    root_chain(&scene.admin, json!([delay, save()]), &[(0, 1, "Success")]).await;
    scene.plain_integration("site/#").await;
    let client = scene.client().await;
    let sent = Instant::now();
    client.publish("site/a/late", r#"{"n":7}"#, 1).await;
    client.flush().await;
    let device = scene.admin.device("late").await;
    scene.server.kill9().await;
    scene.revive().await;
    let early = scene.admin.latest(&device, "n").await;
    // A machine that takes longer to start has nothing to say about this.
    if sent.elapsed() < Duration::from_secs(11) {
        assert_eq!(early, None, "it still waits");
    }
    scene.admin.until_latest(&device, "n", json!(7)).await;
    assert!(
        sent.elapsed() >= Duration::from_secs(12),
        "{:?}",
        sent.elapsed()
    );
    // Settled with the commit of what it caused: another kill brings nothing back.
    eventually("the debt is settled on disk", || async {
        match scene.admin.count(&device, "n").await {
            1 => Ok(()),
            other => Err(other),
        }
    })
    .await;
    scene.server.kill9().await;
    scene.revive().await;
    assert_eq!(scene.admin.count(&device, "n").await, 1);
}

/// A generator ticks while its chain is in force, starts anew with a saved chain, and stops with it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_generator_ticks_while_its_chain_is_in_force() {
    let scene = Scene::open().await;
    let device = scene
        .admin
        .post("/api/device", json!({ "name": "made", "type": "default" }))
        .await;
    let generator = |key: &str, count: i64| {
        let script = format!(
            "var n = prevMsg.{key} == null ? 1 : prevMsg.{key} + 1;
             return {{msg: {{{key}: n}}, metadata: prevMetadata, msgType: 'POST_TELEMETRY_REQUEST'}};"
        );
        let settings = json!({
            "msgCount": count, "periodInSeconds": 1, "originatorType": "DEVICE",
            "originatorId": device["id"]["id"], "scriptLang": "TBEL", "tbelScript": script,
        });
        json!([node(GENERATOR, 2, settings), save()])
    };
    root_chain(&scene.admin, generator("a", 3), &[(0, 1, "Success")]).await;
    scene.admin.until_latest(&device, "a", json!(3)).await;
    root_chain(&scene.admin, generator("b", 0), &[(0, 1, "Success")]).await;
    scene.admin.until_latest(&device, "b", json!(4)).await;
    assert_eq!(
        scene.admin.count(&device, "a").await,
        3,
        "its count was reached"
    );
    root_chain(&scene.admin, json!([save()]), &[]).await;
    let made = scene.admin.count(&device, "b").await;
    // One that was under way as the chain was swapped may still come.
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(
        scene.admin.count(&device, "b").await <= made + 1,
        "it stopped with its chain"
    );
}

/// Messages whose target never answers hold up nobody else's.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_target_holds_up_only_its_own_messages() {
    // Takes connections and says nothing.
    let dead = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = dead.local_addr().unwrap().port();
    let scene = Scene::open().await;
    let nodes = json!([
        node(
            FILTER,
            0,
            json!({ "scriptLang": "TBEL", "tbelScript": "return msg.dead != null;" })
        ),
        node(
            CALL,
            4,
            json!({ "restEndpointUrlPattern": format!("http://127.0.0.1:{port}/x"), "readTimeoutMs": 20_000 })
        ),
        save(),
    ]);
    root_chain(
        &scene.admin,
        nodes,
        &[(0, 1, "True"), (0, 2, "False"), (1, 2, "Failure")],
    )
    .await;
    scene.plain_integration("site/#").await;
    let client = scene.client().await;
    let begun = Instant::now();
    for n in 0..100 {
        client.publish("site/a/dead", r#"{"dead":1}"#, 1).await;
        client
            .publish("site/a/fine", format!(r#"{{"n":{n}}}"#), 1)
            .await;
    }
    let fine = scene.admin.device("fine").await;
    scene.admin.until_latest(&fine, "n", json!(99)).await;
    assert!(
        begun.elapsed() < Duration::from_secs(15),
        "{:?}",
        begun.elapsed()
    );
    let dead_device = scene.admin.device("dead").await;
    assert_eq!(
        scene.admin.latest(&dead_device, "dead").await,
        None,
        "still waiting"
    );
}

/// Takes one request and answers it.
async fn answer_once(listener: &TcpListener, answer: &str) -> String {
    let (mut tcp, _) = listener.accept().await.expect("a caller");
    let mut request = vec![0; 8_192];
    let mut length = 0;
    loop {
        length += tcp.read(&mut request[length..]).await.expect("a request");
        let text = String::from_utf8_lossy(&request[..length]).to_lowercase();
        let whole = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
            let wanted = head.split("content-length: ").nth(1);
            let wanted = wanted.and_then(|rest| rest.split("\r\n").next());
            wanted.is_none_or(|wanted| body.len() >= wanted.parse().expect("a length"))
        });
        if whole {
            break;
        }
    }
    tcp.write_all(answer.as_bytes()).await.expect("it reads");
    String::from_utf8_lossy(&request[..length]).into_owned()
}

/// The answer becomes the message; what says no leaves over Failure with its body.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_http_call_sends_what_the_templates_say_and_takes_the_answer() {
    let target = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = target.local_addr().unwrap().port();
    let scene = Scene::open().await;
    let settings = json!({
        "restEndpointUrlPattern": format!("http://127.0.0.1:{port}/devices/${{deviceName}}?n=$[n]"),
        "requestMethod": "POST",
        "headers": { "Content-Type": "application/json", "X-Device": "${deviceName}" },
        "credentials": { "type": "basic", "username": "mill", "password": "hunter2" },
    });
    let script = "return {msg: {body: metadata.error_body, code: metadata.statusCode}, metadata: metadata, msgType: 'POST_TELEMETRY_REQUEST'};";
    let nodes = json!([
        telemetry(),
        node(CALL, 4, settings),
        save(),
        node(
            "transform.TbTransformMsgNode",
            0,
            json!({ "scriptLang": "TBEL", "tbelScript": script })
        ),
    ]);
    let saved = root_chain(
        &scene.admin,
        nodes,
        &[
            (0, 1, "True"),
            (1, 2, "Success"),
            (1, 3, "Failure"),
            (3, 2, "Success"),
        ],
    )
    .await;
    assert!(!saved.to_string().contains("hunter2"), "secrets are masked");
    scene.plain_integration("site/#").await;
    let client = scene.client().await;
    client.publish("site/a/caller", r#"{"n":1}"#, 1).await;
    let request = answer_once(
        &target,
        "HTTP/1.1 200 OK\r\nX-Answer: yes\r\nContent-Length: 14\r\nConnection: close\r\n\r\n{\"answer\": 42}",
    )
    .await;
    assert!(
        request.starts_with("POST /devices/caller?n=1 HTTP/1.1"),
        "{request}"
    );
    let lower = request.to_lowercase();
    assert!(lower.contains("x-device: caller") && lower.contains("x-millrace-message-id: "));
    assert!(request.contains("Basic bWlsbDpodW50ZXIy"), "{request}");
    assert!(request.ends_with(r#"{"n":1}"#), "{request}");
    let device = scene.admin.device("caller").await;
    scene.admin.until_latest(&device, "answer", json!(42)).await;

    client.publish("site/a/caller", r#"{"n":2}"#, 1).await;
    answer_once(
        &target,
        "HTTP/1.1 404 Not Found\r\nContent-Length: 7\r\nConnection: close\r\n\r\nnothing",
    )
    .await;
    scene
        .admin
        .until_latest(&device, "body", json!("nothing"))
        .await;
    scene.admin.until_latest(&device, "code", json!(404)).await;
}

/// A message reaches another broker with QoS 1.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_is_published_to_another_broker() {
    let other = Mosquitto::anonymous().await;
    let mut listener = MqttClient::connect(other.port()).await;
    listener.subscribe("out/#", 1).await;
    let scene = Scene::open().await;
    let settings = json!({
        "topicPattern": "out/${deviceName}", "host": "127.0.0.1", "port": other.port(),
        "protocolVersion": "MQTT_3_1", "clientId": "mill", "appendClientIdSuffix": true,
        "credentials": { "type": "anonymous" },
    });
    let nodes = json!([telemetry(), node(MQTT, 2, settings), save()]);
    root_chain(&scene.admin, nodes, &[(0, 1, "True"), (1, 2, "Success")]).await;
    scene.plain_integration("site/#").await;
    let client = scene.client().await;
    client.publish("site/a/bridge", r#"{"n":5}"#, 1).await;
    let received = listener.next().await;
    assert_eq!(
        (received.topic.as_str(), received.text().as_str()),
        ("out/bridge", r#"{"n":5}"#)
    );
    let device = scene.admin.device("bridge").await;
    scene.admin.until_latest(&device, "n", json!(5)).await;
}

/// Hot raises an alarm, cool clears it, and it is found over REST.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alarm_is_raised_counted_and_cleared_by_telemetry() {
    let scene = Scene::open().await;
    let details = "var n = metadata.prevAlarmDetails == null ? 0 : JSON.parse(metadata.prevAlarmDetails).n; return {n: n + 1};";
    let settings = json!({
        "alarmType": "Hot", "severity": "MAJOR", "scriptLang": "TBEL", "alarmDetailsBuildTbel": details,
    });
    let nodes = json!([
        telemetry(),
        node(
            FILTER,
            0,
            json!({ "scriptLang": "TBEL", "tbelScript": "return msg.n > 50;" })
        ),
        node(CREATE_ALARM, 0, settings.clone()),
        node(CLEAR_ALARM, 0, settings),
    ]);
    root_chain(
        &scene.admin,
        nodes,
        &[(0, 1, "True"), (1, 2, "True"), (1, 3, "False")],
    )
    .await;
    scene.plain_integration("site/#").await;
    let client = scene.client().await;
    for n in [60, 61, 62] {
        client
            .publish("site/a/oven", format!(r#"{{"n":{n}}}"#), 1)
            .await;
    }
    let device = scene.admin.device("oven").await;
    let path = format!(
        "/api/alarm/DEVICE/{}?pageSize=10&page=0",
        device["id"]["id"].as_str().unwrap()
    );
    let alarm = |wanted: Value| {
        let (admin, path) = (&scene.admin, &path);
        async move {
            eventually("the alarm is as it should be", || async {
                let page = admin.get(path).await;
                let found = json!([
                    page["totalElements"],
                    page["data"][0]["status"],
                    page["data"][0]["details"]["n"]
                ]);
                if found == wanted { Ok(()) } else { Err(page) }
            })
            .await;
        }
    };
    alarm(json!([1, "ACTIVE_UNACK", 3])).await;
    client.publish("site/a/oven", r#"{"n":20}"#, 1).await;
    alarm(json!([1, "CLEARED_UNACK", 4])).await;
}
