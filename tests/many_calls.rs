//! Many calls at once, with answers that are lost, late and doubled.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use millrace_testbed::{
    Actor, DiskFault, MosquittoOptions, MqttClient, MqttOptions, MqttVersion, Reply, ServerOptions,
    TcpProxy,
};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::calls::{Stage, commands, scene_with_commands};
use crate::crashes::setting;
use crate::fleet::Fleet;
use crate::scene::Scene;

/// Every tenth answer is lost, every tenth comes after its call has ended, every tenth comes twice.
const LOST: u64 = 3;
const LATE: u64 = 5;
const DOUBLED: u64 = 7;

async fn mqtt5_scene() -> (Scene, Value, Value) {
    scene_with_commands(|configuration| {
        configuration["clientConfiguration"]["protocolVersion"] = json!("MQTT_5");
        configuration["topicFilters"] =
            json!([{"filter": "site/#", "qos": 1}, {"filter": "answers/#", "qos": 1}]);
    })
    .await
}

async fn mqtt5_client(scene: &Scene) -> MqttClient {
    let options = MqttOptions {
        version: MqttVersion::V5,
        ..MqttOptions::default()
    };
    MqttClient::connect_with(scene.broker.port(), options).await
}

fn call(admin: &Actor, device: &Value, number: u64, timeout: u64) -> JoinHandle<(u64, Reply)> {
    let (admin, device) = (admin.clone(), device.clone());
    let call = json!({"method": "read", "params": number, "timeout": timeout});
    tokio::spawn(async move { (number, admin.rpc("twoway", &device, call).await) })
}

/// Answers `count` commands; the late ones are returned.
async fn answer(device: &mut MqttClient, count: u64) -> Vec<millrace_testbed::Received> {
    let mut late = Vec::new();
    for _ in 0..count {
        let command = device.next().await;
        let number = number_of(&command.text());
        match number % 10 {
            LOST => {}
            LATE => late.push(command),
            kind => {
                for _ in 0..if kind == DOUBLED { 2 } else { 1 } {
                    send(device, &command).await;
                }
            }
        }
    }
    late
}

fn number_of(command: &str) -> u64 {
    let command: Value = serde_json::from_str(command).expect("JSON");
    let params = command["params"].as_str().expect("text");
    params.parse().expect("a number")
}

async fn send(device: &MqttClient, command: &millrace_testbed::Received) {
    let topic = command.response_topic.clone().expect("a response topic");
    let correlation = command.correlation_data.clone().expect("correlation data");
    let echo = json!({"echo": number_of(&command.text())}).to_string();
    device.answer(&topic, echo, correlation).await;
}

async fn check(calls: Vec<JoinHandle<(u64, Reply)>>) {
    for call in calls {
        let (number, reply) = call.await.expect("the call ends");
        if [LOST, LATE].contains(&(number % 10)) {
            assert_eq!(reply.status, 504, "{number}: {}", reply.text);
        } else {
            assert_eq!(reply.status, 200, "{number}: {:?}", reply.headers);
            assert_eq!(
                reply.json(),
                json!({"echo": number}),
                "no answer goes astray"
            );
        }
    }
}

#[tokio::test]
async fn two_hundred_calls_at_once_on_one_device_get_their_own_answers() {
    let (scene, _, device) = mqtt5_scene().await;
    let mut pump = mqtt5_client(&scene).await;
    pump.subscribe("cmd/pump", 1).await;
    let calls: Vec<_> = (0..200)
        .map(|number| call(&scene.admin, &device, number, 6_000))
        .collect();
    let late = answer(&mut pump, 200).await;
    check(calls).await;
    for command in &late {
        send(&pump, command).await;
    }
    pump.flush().await;
    // The late ones did not become the answer of anything that follows.
    let after = call(&scene.admin, &device, 1_000, 6_000);
    let command = pump.next().await;
    send(&pump, &command).await;
    check(vec![after]).await;
}

#[tokio::test]
async fn two_hundred_calls_at_once_on_many_devices_get_their_own_answers() {
    let (scene, _, _) = mqtt5_scene().await;
    let client = scene.client().await;
    let mut devices = Vec::new();
    for number in 0..40 {
        client
            .publish(&format!("site/a/p{number}"), r#"{"on":1}"#, 1)
            .await;
    }
    for number in 0..40 {
        devices.push(scene.admin.device(&format!("p{number}")).await);
    }
    let mut all = mqtt5_client(&scene).await;
    all.subscribe("cmd/+", 1).await;
    let calls: Vec<_> = (0..200)
        .map(|number| call(&scene.admin, &devices[number as usize % 40], number, 6_000))
        .collect();
    answer(&mut all, 200).await;
    check(calls).await;
}

/// Answers that name no call: one call of the device is open at a time, the others wait in order.
#[tokio::test]
async fn twenty_calls_without_correlation_run_one_at_a_time_in_order() {
    let (scene, _, device) = scene_with_commands(|configuration| {
        configuration["rpcResponseFilter"] = json!("site/+/pump/answer");
    })
    .await;
    let mut pump = scene.client().await;
    pump.subscribe("cmd/pump", 1).await;
    let mut calls = Vec::new();
    for number in 0..20 {
        calls.push(call(&scene.admin, &device, number, 20_000));
        // The order of the calls is the order in which the server took them.
        until_known(&scene, &device, calls.len()).await;
    }
    for number in 0..20 {
        let command = pump.next().await;
        assert_eq!(number_of(&command.text()), number);
        assert!(pump.arrived().is_empty(), "one at a time");
        let answer = json!({"echo": number}).to_string();
        pump.publish("site/a/pump/answer", answer, 1).await;
    }
    for call in calls {
        let (number, reply) = call.await.expect("the call ends");
        assert_eq!((reply.status, reply.json()), (200, json!({"echo": number})));
    }
}

async fn until_known(scene: &Scene, device: &Value, count: usize) {
    millrace_testbed::eventually("the call has begun", || async {
        let known = commands(scene, device).await.len();
        if known >= count { Ok(()) } else { Err(known) }
    })
    .await;
}

/// Ten times more than the lanes can convert: commands go first, and the broker's confirmation of
/// a publish is read whatever else comes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_pass_an_overload_of_uplinks() {
    let (scene, _, device) = scene_with_commands(|_| {}).await;
    let mut pump = scene.client().await;
    pump.subscribe("cmd/pump", 1).await;
    let flood = MqttClient::connect(scene.broker.port()).await;
    let fleet = Fleet {
        devices: 20,
        messages: setting("MILLRACE_TEST_OVERLOAD_MESSAGES", 20_000),
        ballast: 0,
    };
    let flooding = fleet.publish(&flood, 0..fleet.messages);
    let calling = async {
        let mut slowest = Duration::ZERO;
        let mut took: HashMap<u64, Duration> = HashMap::new();
        for number in 0..20 {
            let call = json!({"method": "set", "params": number, "timeout": 10_000});
            let began = Instant::now();
            let reply = scene.admin.rpc("oneway", &device, call).await;
            assert_eq!(reply.status, 200, "{:?}", reply.headers);
            took.insert(number, began.elapsed());
            slowest = slowest.max(began.elapsed());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        println!("slowest command of 20 under the flood: {slowest:?}");
        assert!(slowest < Duration::from_secs(1), "{took:?}");
    };
    tokio::join!(flooding, calling);
    for number in 0..20 {
        assert_eq!(number_of(&pump.next().await.text()), number);
    }
}

/// The same with a disk that cannot keep up and a broker that sends thousands of messages of 8 KB
/// ahead: reading them pauses, and with it the broker's confirmations of that connection.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_pass_an_overload_of_the_disk() {
    let slowest = commands_under_overload(true, 8000, "have a connection of their own").await;
    assert!(slowest < Duration::from_secs(1), "{slowest:?}");
}

/// A broker without room for the second connection gets the commands all the same, in order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_connection_of_their_own_commands_take_the_one_of_the_uplinks() {
    commands_under_overload(false, 2000, "get no connection of their own").await;
}

/// Calls a device twenty times while the broker holds far more than the disk takes; the log says
/// what became of the second connection. The slowest call.
async fn commands_under_overload(admitted: bool, ballast: usize, told: &str) -> Duration {
    let broker = MosquittoOptions {
        max_inflight: Some(1000),
        ..MosquittoOptions::default()
    };
    let options = ServerOptions::default().env("MILLRACE_PATH_UNFINISHED", "4MiB");
    let stage = Stage {
        scene: Scene::with(broker, options).await,
        uplink: crate::scene::PLAIN,
        downlink: r#"
            return { contentType: "JSON", data: { params: msg.params }, metadata: { topic: "cmd/" + metadata.deviceName } };
        "#,
    };
    let (scene, integration, device) = stage.set(|_| {}, |_| {}).await;
    let proxy = TcpProxy::to(scene.broker.port()).await;
    let mut integration = crate::scene::quiet(integration);
    integration["configuration"]["clientConfiguration"]["port"] = json!(proxy.port());
    let integration = scene.admin.create_integration(integration).await;
    scene.admin.until_active(&integration).await;
    if !admitted {
        proxy.turn_away();
    }
    let mut pump = scene.client().await;
    pump.subscribe("cmd/pump", 1).await;
    let flood = MqttClient::connect(scene.broker.port()).await;
    let fleet = Fleet {
        devices: 100,
        messages: setting("MILLRACE_TEST_OVERLOAD_MESSAGES", 12_000),
        ballast,
    };
    let slow = DiskFault::slow_syncs(scene.server.pid(), Duration::from_millis(20)).await;
    let flooding = fleet.publish(&flood, 0..fleet.messages);
    let calling = async {
        let mut slowest = Duration::ZERO;
        for number in 0..20 {
            let call = json!({"method": "set", "params": number, "timeout": 10_000});
            let began = Instant::now();
            let reply = scene.admin.rpc("oneway", &device, call).await;
            assert_eq!(reply.status, 200, "{:?}", reply.headers);
            slowest = slowest.max(began.elapsed());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        println!("slowest command of 20 with a slow disk: {slowest:?}");
        slowest
    };
    let ((), slowest) = tokio::join!(flooding, calling);
    slow.lift().await;
    for number in 0..20 {
        assert_eq!(number_of(&pump.next().await.text()), number);
    }
    assert!(
        scene.server.logs().contains(told),
        "{}",
        scene.server.logs().tail(20)
    );
    slowest
}
