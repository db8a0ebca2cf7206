//! The full way of an uplink: TBEL converter, known device, default rule chain, journal, QoS 1
//! acknowledged after the sync; beside it the yardsticks, with the same messages on the same broker.

use std::time::{Duration, Instant};

use millrace_testbed::{Actor, Mosquitto, MosquittoOptions, MqttClient, Server, eventually_within};
use serde_json::Value;

use crate::process::Usage;
use crate::row;
use crate::yardstick::{self, Kind, Run};

const UPLINKS: &str = "millrace_uplink_messages_total";
const UNFINISHED: &str = "millrace_unfinished_bytes";
/// Devices whose stored values are compared one by one.
const SAMPLE: u64 = 200;
const SCRIPT: &str = r#"
var body = decodeToJson(payload);
var levels = metadata.topic.split("/");
return {
    deviceName: levels[1], deviceType: "sensor",
    attributes: { integrationName: metadata.integrationName },
    telemetry: { temperature: body.value }
};
"#;

/// One comparison.
pub(crate) struct Case {
    pub(crate) devices: u64,
    /// The broker's window of unacknowledged messages.
    pub(crate) window: u16,
    pub(crate) messages: u64,
    /// Debug as a fresh installation has it, or off.
    pub(crate) debug: bool,
}

/// Creates the integration of the measurements and one device per topic.
pub(crate) async fn prepare(
    broker: &Mosquitto,
    server: &Server,
    devices: u64,
    debug: bool,
) -> Actor {
    let admin = server.admin().await;
    let converter = admin.uplink_converter("Bench", "TBEL", SCRIPT).await;
    let mut body =
        Actor::mqtt_integration("Bench", &converter, broker.port(), yardstick::FILTER, 1);
    if !debug {
        body["debugSettings"]["allEnabled"] = false.into();
    }
    let integration = admin.create_integration(body).await;
    admin.until_active(&integration).await;
    let client = MqttClient::connect(broker.port()).await;
    publish(&client, devices, devices).await;
    until_finished(server, devices).await;
    admin.device(&format!("d{}", devices - 1)).await;
    admin
}

pub(crate) async fn publish(client: &MqttClient, devices: u64, messages: u64) {
    for message in 0..messages {
        let topic = format!("bench/d{}/temperature", message % devices);
        client
            .publish(&topic, format!(r#"{{"value":{message}.5}}"#), 1)
            .await;
    }
    client.flush().await;
}

/// Waits until this life of the server has taken `messages` and finished them.
pub(crate) async fn until_finished(server: &Server, messages: u64) {
    eventually_within(
        Duration::from_secs(300),
        "all messages are taken and finished",
        || async {
            let metrics = server.metrics().await;
            let (taken, open) = (metrics.get(UPLINKS), metrics.get(UNFINISHED));
            #[expect(clippy::cast_precision_loss, reason = "counts of a bench are small")]
            if taken >= messages as f64 && open == 0.0 {
                Ok(())
            } else {
                Err(format!("{taken} taken, {open} bytes unfinished"))
            }
        },
    )
    .await;
}

/// The broker collects all messages for every subscriber while none is there; then one after the
/// other takes them, so that no publisher and no rival competes for the machine.
pub(crate) async fn run(case: &Case) {
    let options = MosquittoOptions {
        max_inflight: Some(case.window),
        ..MosquittoOptions::default()
    };
    let broker = Mosquitto::start(options).await;
    let mut server = Server::fresh().await;
    prepare(&broker, &server, case.devices, case.debug).await;
    let peak_before = peak_mib(server.pid());
    server.sigterm().await;
    yardstick::subscribe_mosquitto_sub(broker.port()).await;
    yardstick::subscribe(Kind::Count, broker.port()).await;
    yardstick::subscribe(Kind::Store, broker.port()).await;
    let client = MqttClient::connect(broker.port()).await;
    publish(&client, case.devices, case.messages).await;

    println!(
        "\n{} messages, {} devices, QoS 1, broker window {}, debug {}",
        case.messages,
        case.devices,
        case.window,
        if case.debug { "as installed" } else { "off" }
    );
    let sub = yardstick::run_mosquitto_sub(broker.port(), case.messages).await;
    line("mosquitto_sub", sub, None);
    let count = yardstick::run(Kind::Count, broker.port(), case.messages).await;
    line("a subscriber that counts", count, Some(sub));
    let least = yardstick::run(Kind::Store, broker.port(), case.messages).await;
    line("the least that stores", least, Some(sub));
    let began = Instant::now();
    server.restart().await;
    until_finished(&server, case.messages).await;
    let cpu = Usage::of(server.pid()).cpu;
    line(
        "millrace",
        Run::of(case.messages, began.elapsed(), Some(cpu)),
        Some(least),
    );
    row(
        "  peak memory",
        &format!(
            "{} MiB ({peak_before} MiB while devices were made)",
            peak_mib(server.pid())
        ),
    );
    check_values(&server.admin().await, case).await;
    server.sigterm().await;
    let bytes: u64 = ["values.db", "values.db-wal"]
        .iter()
        .filter_map(|file| std::fs::metadata(server.data_dir().join(file)).ok())
        .map(|file| file.len())
        .sum();
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    let per_point = bytes as f64 / (case.messages + case.devices) as f64;
    row(
        "  disk",
        &format!("{per_point:.0} bytes a point in values.db"),
    );
}

pub(crate) fn line(what: &str, run: Run, against: Option<Run>) {
    let cpu = run
        .cpu_per_million
        .map_or_else(String::new, |cpu| format!(", {cpu:.1} CPU-s per million"));
    let ratio = against.map_or_else(String::new, |other| {
        let cpu = match (run.cpu_per_million, other.cpu_per_million) {
            (Some(own), Some(other)) => format!(", {:.2} x the CPU", own / other),
            _ => String::new(),
        };
        format!(
            "   ({:.2} x the messages/s{cpu})",
            run.per_second / other.per_second
        )
    });
    row(
        &format!("  {what}"),
        &format!("{:.0} messages/s{cpu}{ratio}", run.per_second),
    );
}

/// Count and sum of the values of a sample of devices.
async fn check_values(admin: &Actor, case: &Case) {
    let step = (case.devices / SAMPLE).max(1) as usize;
    for number in (0..case.devices).step_by(step) {
        let device = admin.device(&format!("d{number}")).await;
        let expected: Vec<f64> = (number..case.messages)
            .step_by(case.devices as usize)
            .map(value)
            .collect();
        let (count, sum) = (
            expected.len() as f64 + 1.0,
            expected.iter().sum::<f64>() + value(number),
        );
        let stored = |aggregation: &'static str| aggregated(admin, &device, aggregation);
        assert_eq!(stored("COUNT").await, count, "values of d{number}");
        assert!((stored("SUM").await - sum).abs() < 0.01, "sum of d{number}");
    }
    row("  values", "count and sum are right");
}

#[expect(clippy::cast_precision_loss, reason = "counts of a bench are small")]
fn value(message: u64) -> f64 {
    message as f64 + 0.5
}

async fn aggregated(admin: &Actor, device: &Value, aggregation: &str) -> f64 {
    let end = 4_000_000_000_000_i64;
    let path = format!(
        "/api/plugins/telemetry/DEVICE/{}/values/timeseries?keys=temperature&startTs=0&endTs={end}&interval={end}&agg={aggregation}",
        device["id"]["id"].as_str().unwrap_or_default()
    );
    let body = admin.get(&path).await;
    body["temperature"][0]["value"]
        .as_str()
        .and_then(|text| text.parse().ok())
        .unwrap_or_default()
}

/// Highest resident memory so far.
fn peak_mib(pid: u32) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or_default() / 1024
}
