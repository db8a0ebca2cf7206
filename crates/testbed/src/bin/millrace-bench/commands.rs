//! From a call over REST to the PUBLISH at a subscriber of the broker, and to the answer of a device
//! that echoes: at rest and while other devices keep the server busy.

use std::time::{Duration, Instant};

use millrace_testbed::{Actor, Mosquitto, MosquittoOptions, MqttClient, Server};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::row;
use crate::throughput::prepare;

const SAMPLES: usize = 500;
/// Uplinks a second beside the commands.
const RATE: u64 = 10_000;
const COMMANDS: &str = "bench-commands/d0";
const ENCODER: &str = r#"
return { contentType: "JSON", data: msg.params, metadata: { topic: "bench-commands/" + metadata.deviceName } };
"#;

pub(crate) async fn run() {
    // Without it Mosquitto holds a small packet back until the device's system acknowledges the one
    // before, 44 ms later: that would be measured instead.
    let broker = Mosquitto::start(MosquittoOptions {
        extra: vec!["set_tcp_nodelay true".to_owned()],
        ..MosquittoOptions::default()
    })
    .await;
    let server = Server::fresh().await;
    let admin = prepare(&broker, &server, 100, false).await;
    connect_downlink(&admin).await;
    let device = admin.device("d0").await;
    measure(&broker, &admin, &device, "at rest").await;
    let load: Vec<JoinHandle<()>> = (0..2).map(|part| background(broker.port(), part)).collect();
    tokio::time::sleep(Duration::from_secs(2)).await;
    measure(
        &broker,
        &admin,
        &device,
        &format!("{RATE} uplinks/s beside it"),
    )
    .await;
    for part in load {
        part.abort();
    }
}

async fn measure(broker: &Mosquitto, admin: &Actor, device: &Value, when: &str) {
    let mut listener = MqttClient::connect(broker.port()).await;
    listener.subscribe(COMMANDS, 1).await;
    let mut delays = Vec::with_capacity(SAMPLES);
    for sample in 0..SAMPLES {
        let began = Instant::now();
        let calling = call(admin, device, "oneway", sample);
        let text = listener.next().await.text();
        delays.push(began.elapsed());
        assert_eq!(text, sample.to_string(), "commands keep their order");
        assert_eq!(calling.await.expect("the call ends"), 200);
    }
    report(&format!("call to PUBLISH, {when}"), delays);
    let mut delays = Vec::with_capacity(SAMPLES);
    for sample in 0..SAMPLES {
        let began = Instant::now();
        let calling = call(admin, device, "twoway", sample);
        let text = listener.next().await.text();
        let answer = format!(r#"{{"answer":{text}}}"#);
        listener.publish("bench/d0/answer", answer, 1).await;
        assert_eq!(calling.await.expect("the call ends"), 200);
        delays.push(began.elapsed());
    }
    report(&format!("call to answer and back, {when}"), delays);
}

fn call(admin: &Actor, device: &Value, way: &'static str, sample: usize) -> JoinHandle<u16> {
    let (admin, device) = (admin.clone(), device.clone());
    tokio::spawn(async move {
        let call = json!({"method": "set", "params": sample, "timeout": 10_000});
        admin.rpc(way, &device, call).await.status
    })
}

fn report(what: &str, mut delays: Vec<Duration>) {
    delays.sort_unstable();
    let at = |per_mille: usize| {
        delays
            .get(delays.len() * per_mille / 1000)
            .copied()
            .unwrap_or_default()
    };
    row(what, &format!("p50 {:.1?}, p99 {:.1?}", at(500), at(990)));
}

/// Gives the integration of the measurements a downlink converter and a response filter, and the
/// root chain the node between.
async fn connect_downlink(admin: &Actor) {
    let downlink = admin
        .downlink_converter("Bench down", "TBEL", ENCODER)
        .await;
    let page = admin.get("/api/integrations?pageSize=10&page=0").await;
    let mut integration = page["data"][0].clone();
    integration["downlinkConverterId"] = downlink["id"].clone();
    integration["debugSettings"] = json!({"failuresEnabled": true, "allEnabled": false});
    integration["configuration"]["rpcResponseFilter"] = json!("bench/+/answer");
    let integration = admin.post("/api/integration", integration).await;
    admin.until_active(&integration).await;
    let chains = admin.get("/api/ruleChains?pageSize=100&page=0").await;
    let root = chains["data"]
        .as_array()
        .expect("a page")
        .iter()
        .find(|chain| chain["root"] == json!(true))
        .expect("a root chain")["id"]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let mut graph = admin.get(&format!("/api/ruleChain/{root}/metadata")).await;
    let nodes = graph["nodes"].as_array_mut().expect("nodes");
    let switch = nodes.iter().position(|node| {
        let class = node["type"].as_str().unwrap_or_default();
        class.ends_with("TbMsgTypeSwitchNode")
    });
    let added = nodes.len();
    nodes.push(json!({
        "type": "org.thingsboard.rule.engine.integration.TbIntegrationDownlinkNode",
        "name": "to the device", "configuration": {"integrationId": integration["id"]["id"]},
        "additionalInfo": {}
    }));
    let connection = json!({
        "fromIndex": switch.expect("a switch"), "toIndex": added, "type": "RPC Request to Device"
    });
    let connections = graph["connections"].as_array_mut().expect("connections");
    connections.push(connection);
    admin.post("/api/ruleChain/metadata", graph).await;
}

/// Half of the load, until aborted.
fn background(port: u16, part: u64) -> JoinHandle<()> {
    tokio::spawn(async move {
        let client = MqttClient::connect(port).await;
        let mut tick = tokio::time::interval(Duration::from_millis(10));
        for round in 0_u64.. {
            tick.tick().await;
            for n in 0..RATE / 200 {
                let topic = format!("bench/d{}/temperature", 1 + (round * 7 + n * 2 + part) % 99);
                client.publish(&topic, r#"{"value":1.5}"#, 1).await;
            }
        }
    })
}
