//! The full way of an uplink: TBEL converter, known device, default rule chain, journal, QoS 1
//! acknowledged after the sync.

use std::time::{Duration, Instant};

use millrace_testbed::{Actor, Mosquitto, MosquittoOptions, MqttClient, Server, eventually_within};

use crate::process::Usage;
use crate::row;

const DEVICES: u64 = 1000;
const UPLINKS: &str = "millrace_uplink_messages_total";
const SCRIPT: &str = r#"
var body = decodeToJson(payload);
var levels = metadata.topic.split("/");
return {
    deviceName: levels[1], deviceType: "sensor",
    attributes: { integrationName: metadata.integrationName },
    telemetry: { temperature: body.value }
};
"#;

/// Creates the integration of the measurements and one device per topic.
pub(crate) async fn prepare(broker: &Mosquitto, server: &Server, devices: u64) -> Actor {
    let admin = server.admin().await;
    let converter = admin.uplink_converter("Bench", "TBEL", SCRIPT).await;
    let mut body = Actor::mqtt_integration("Bench", &converter, broker.port(), "bench/#", 1);
    body["debugSettings"]["allEnabled"] = false.into();
    let integration = admin.create_integration(body).await;
    admin.until_active(&integration).await;
    let client = MqttClient::connect(broker.port()).await;
    publish(&client, devices, devices).await;
    until_counted(server, devices).await;
    admin.device(&format!("d{}", devices - 1)).await;
    admin
}

async fn publish(client: &MqttClient, devices: u64, messages: u64) {
    for message in 0..messages {
        let topic = format!("bench/d{}/temperature", message % devices);
        client
            .publish(&topic, format!(r#"{{"value":{message}.5}}"#), 1)
            .await;
    }
    client.flush().await;
}

/// Waits until this life of the server has finished `messages`.
async fn until_counted(server: &Server, messages: u64) {
    eventually_within(
        Duration::from_secs(300),
        "all messages are taken",
        || async {
            let taken = server.metrics().await.get(UPLINKS);
            #[expect(clippy::cast_precision_loss, reason = "counts of a bench are small")]
            if taken >= messages as f64 {
                Ok(())
            } else {
                Err(taken)
            }
        },
    )
    .await;
}

/// The broker collects all messages while the server is away; the clock runs from its return until
/// the last one is taken, so that no publisher competes for the machine.
pub(crate) async fn run(window: u16, messages: u64) {
    let options = MosquittoOptions {
        max_inflight: Some(window),
        ..MosquittoOptions::default()
    };
    let broker = Mosquitto::start(options).await;
    let mut server = Server::fresh().await;
    prepare(&broker, &server, DEVICES).await;
    server.sigterm().await;
    let client = MqttClient::connect(broker.port()).await;
    publish(&client, DEVICES, messages).await;
    server.restart().await;
    let before = Usage::of(server.pid());
    let early = server.metrics().await.get(UPLINKS);
    let began = Instant::now();
    until_counted(&server, messages).await;
    let took = began.elapsed().as_secs_f64();
    let cpu = (Usage::of(server.pid()).cpu - before.cpu).as_secs_f64();
    let resident = server.resident() / 1024 / 1024;
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    let count = messages as f64 - early;
    row(
        &format!("uplinks, {DEVICES} devices, QoS 1, broker window {window}"),
        &format!(
            "{:.0} messages/s, {:.1} CPU-s per million, {resident} MiB resident",
            count / took,
            cpu / count * 1e6
        ),
    );
}
