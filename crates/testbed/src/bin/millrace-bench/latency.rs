//! From publish to a live update on the WebSocket, while other devices keep the server busy.

use std::time::{Duration, Instant};

use millrace_testbed::{LiveFeed, Mosquitto, MqttClient, Server};
use serde_json::json;

use crate::row;
use crate::throughput::prepare;

const SAMPLES: usize = 500;
const RATE: u64 = 1000;

pub(crate) async fn run() {
    let broker = Mosquitto::anonymous().await;
    let server = Server::fresh().await;
    let admin = prepare(&broker, &server, 100, false).await;
    let load = background(broker.port());
    let device = admin.device("d0").await;
    let command = json!([{
        "type": "TIMESERIES", "cmdId": 1, "entityType": "DEVICE", "entityId": device["id"]["id"],
        "keys": "temperature", "scope": "LATEST_TELEMETRY"
    }]);
    let mut feed = LiveFeed::open(&admin, command).await;
    let client = MqttClient::connect(broker.port()).await;
    let mut delays = Vec::with_capacity(SAMPLES);
    for sample in 0..SAMPLES {
        let began = Instant::now();
        let value = format!("{sample}.25");
        client
            .publish("bench/d0/temperature", format!(r#"{{"value":{value}}}"#), 1)
            .await;
        feed.until("the sample", |frame| frame.to_string().contains(&value))
            .await;
        delays.push(began.elapsed());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    load.abort();
    delays.sort_unstable();
    let at = |per_mille: usize| {
        delays
            .get(SAMPLES * per_mille / 1000)
            .copied()
            .unwrap_or_default()
    };
    row(
        &format!("publish to live update, {RATE} messages/s beside it"),
        &format!("p50 {:.1?}, p99 {:.1?}", at(500), at(990)),
    );
}

/// Other devices at the given rate until aborted.
fn background(port: u16) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        let client = MqttClient::connect(port).await;
        let mut tick = tokio::time::interval(Duration::from_millis(10));
        for round in 0_u64.. {
            tick.tick().await;
            for n in 0..RATE / 100 {
                let topic = format!("bench/d{}/temperature", 1 + (round * 10 + n) % 99);
                client.publish(&topic, r#"{"value":1.5}"#, 1).await;
            }
        }
    })
}
