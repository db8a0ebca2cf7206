//! What a chain of ten nodes costs, two of them scripts, against the default chain that stores at
//! once: the same messages on the same broker, the same server before and after.

use std::time::{Duration, Instant};

use millrace_testbed::{Actor, Mosquitto, MosquittoOptions, MqttClient, Server};
use serde_json::{Value, json};

use crate::{
    process::Usage,
    row,
    throughput::{line, prepare, publish, until_finished},
    yardstick::Run,
};

const DEVICES: u64 = 1_000;
const MESSAGES: u64 = 100_000;
const PREFIX: &str = "org.thingsboard.rule.engine";

/// One line for each chain.
pub(crate) async fn run() {
    let options = MosquittoOptions {
        max_inflight: Some(1_000),
        ..MosquittoOptions::default()
    };
    let broker = Mosquitto::start(options).await;
    let mut server = Server::fresh().await;
    prepare(&broker, &server, DEVICES, false).await;
    println!(
        "\n{MESSAGES} messages, {DEVICES} devices, QoS 1, default chain and a chain of ten nodes"
    );
    let plain = measure(&broker, &mut server).await;
    line("the default chain", plain, None);
    set_chain(&server.admin().await).await;
    let ten = measure(&broker, &mut server).await;
    line("ten nodes, two of them scripts", ten, Some(plain));
    let admin = server.admin().await;
    let device = admin.device("d7").await;
    let count = admin.count(&device, "celsius").await;
    assert_eq!(
        count,
        MESSAGES / DEVICES,
        "every message went through the chain"
    );
    row("  values", "every message went through the chain");
}

/// Collects messages at the broker while the server is away, and lets it take them.
async fn measure(broker: &Mosquitto, server: &mut Server) -> Run {
    server.sigterm().await;
    let client = MqttClient::connect(broker.port()).await;
    publish(&client, DEVICES, MESSAGES).await;
    let began = Instant::now();
    server.restart().await;
    until_finished(server, MESSAGES).await;
    let took: Duration = began.elapsed();
    Run::of(MESSAGES, took, Some(Usage::of(server.pid()).cpu))
}

/// Puts ten nodes between the input and the database, in the root chain.
async fn set_chain(admin: &Actor) {
    let chains = admin.get("/api/ruleChains?pageSize=1&page=0").await;
    let id = chains["data"][0]["id"].clone();
    let path = format!(
        "/api/ruleChain/{}/metadata",
        id["id"].as_str().unwrap_or_default()
    );
    let old = admin.get(&path).await;
    let nodes = [
        node("filter.TbMsgTypeSwitchNode", 0, json!({"version": 0})),
        node(
            "filter.TbJsFilterNode",
            0,
            json!({
                "scriptLang": "TBEL", "tbelScript": "return msg.temperature > -40;",
            }),
        ),
        node(
            "metadata.TbGetAttributesNode",
            1,
            json!({
                "serverAttributeNames": ["active"], "tellFailureIfAbsent": false, "fetchTo": "METADATA",
            }),
        ),
        node(
            "transform.TbTransformMsgNode",
            0,
            json!({
                "scriptLang": "TBEL",
                "tbelScript": "metadata.unit = 'C'; return {msg: {temperature: msg.temperature, raw: msg.temperature * 10}, metadata: metadata, msgType: msgType};",
            }),
        ),
        node(
            "filter.TbCheckMessageNode",
            0,
            json!({
                "messageNames": ["temperature"], "metadataNames": ["deviceName"], "checkAllKeys": true,
            }),
        ),
        node(
            "transform.TbCopyKeysNode",
            2,
            json!({"copyFrom": "METADATA", "keys": ["unit"]}),
        ),
        node(
            "transform.TbRenameKeysNode",
            2,
            json!({
                "renameIn": "DATA", "renameKeysMapping": {"temperature": "celsius"},
            }),
        ),
        node(
            "transform.TbDeleteKeysNode",
            2,
            json!({"deleteFrom": "DATA", "keys": ["raw"]}),
        ),
        node(
            "filter.TbMsgTypeFilterNode",
            0,
            json!({"messageTypes": ["POST_TELEMETRY_REQUEST"]}),
        ),
        node(
            "telemetry.TbMsgTimeseriesNode",
            1,
            json!({
                "defaultTTL": 0, "useServerTs": false, "processingSettings": {"type": "ON_EVERY_MESSAGE"},
            }),
        ),
    ];
    let labels = [
        "Post telemetry",
        "True",
        "Success",
        "Success",
        "True",
        "Success",
        "Success",
        "Success",
        "True",
    ];
    let connections: Vec<Value> = labels
        .iter()
        .enumerate()
        .map(|(from, label)| json!({"fromIndex": from, "toIndex": from + 1, "type": label}))
        .collect();
    admin
        .post(
            "/api/ruleChain/metadata",
            json!({
                "ruleChainId": id,
                "version": old["version"],
                "firstNodeIndex": 0,
                "nodes": nodes,
                "connections": connections,
                "ruleChainConnections": [],
            }),
        )
        .await;
}

fn node(class: &str, version: i64, configuration: Value) -> Value {
    json!({
        "type": format!("{PREFIX}.{class}"),
        "name": class,
        "configurationVersion": version,
        "configuration": configuration,
    })
}
