//! Real messages, kept by the journal alone, run through an edited script.

use std::time::Duration;

use millrace_testbed::{Actor, MosquittoOptions, ServerOptions, eventually, eventually_within};
use serde_json::{Value, json};

use crate::fleet::Fleet;
use crate::scene::{PLAIN, Scene};

const RUN: &str = "/api/millrace/converter/run";

/// The newest messages of an integration, newest first.
async fn captured(admin: &Actor, integration: &Value, last: usize) -> Value {
    let id = integration["id"]["id"].as_str().expect("an id");
    admin
        .get(&format!("/api/millrace/messages?source={id}&last={last}"))
        .await
}

/// Waits until an integration has so many messages that ended.
async fn until_captured(admin: &Actor, integration: &Value, messages: usize) -> Vec<Value> {
    eventually("the messages came to their end", || async {
        let page = captured(admin, integration, 500).await;
        let rows = page["messages"].as_array().cloned().unwrap_or_default();
        let open = rows
            .iter()
            .filter(|row| row["outcome"] == "WAITING")
            .count();
        if rows.len() == messages && open == 0 {
            Ok(rows)
        } else {
            Err(page)
        }
    })
    .await
}

/// Messages come, good ones and bad ones, with nothing recorded; the server is killed; the edited
/// script runs over them beside the deployed one, and once it is saved the same replay differs no
/// more.
#[tokio::test]
async fn an_edited_script_runs_over_messages_from_before_a_kill() {
    let mut scene = Scene::open().await;
    let uplink = scene.admin.uplink_converter("Plain", "TBEL", PLAIN).await;
    let mut body = Actor::mqtt_integration("Plain", &uplink, scene.broker.port(), "site/#", 1);
    body["debugSettings"] = json!({"failuresEnabled": false, "allEnabled": false});
    let integration = scene.admin.create_integration(body).await;
    scene.admin.until_active(&integration).await;
    let client = scene.client().await;
    for n in 0..20 {
        client
            .publish(&format!("site/a/d{n}/values"), format!("{{\"t\":{n}}}"), 1)
            .await;
    }
    client.publish("site/a/bad/values", "not json", 1).await;
    client
        .publish("site/a/binary/values", vec![0_u8, 255, 254], 1)
        .await;
    client.flush().await;
    let before = until_captured(&scene.admin, &integration, 22).await;
    scene.server.kill9().await;
    scene.revive().await;
    let after = until_captured(&scene.admin, &integration, 22).await;
    assert_eq!(before, after, "a kill changes nothing of what was captured");
    let failed = |row: &&Value| row["outcome"] == "FAILED";
    assert_eq!(after.iter().filter(failed).count(), 2);

    // Values above 9 are changed, text is taken, one good message fails.
    let edited = PLAIN.replace(
        "var body = decodeToJson(payload);",
        "var text = decodeToString(payload);
         var body = text == 'not json' ? { text: text } : decodeToJson(payload);
         if (body.t > 9) { body.high = true; }
         if (body.t == 3) { body = body.missing.member; }",
    );
    let request = json!({"source": integration["id"]["id"], "scriptLang": "TBEL",
        "script": edited, "last": 100});
    let report = scene.admin.post(RUN, request.clone()).await;
    let figures = |report: &Value| {
        ["same", "changed", "nowFail", "nowWork", "stillFail"]
            .map(|name| report["summary"][name].as_u64().expect("a count"))
    };
    assert_eq!(
        figures(&report),
        [9, 10, 1, 1, 1],
        "{:#}",
        report["summary"]
    );
    let rows = report["rows"].as_array().expect("rows");
    let row = |device: &str| {
        let topic = format!("site/a/{device}/values");
        rows.iter()
            .find(|row| row["message"]["topic"] == topic.as_str())
            .expect("a row")
    };
    assert_eq!(
        row("d15")["differences"],
        json!([{"path": "telemetry.high", "change": "ADDED", "deployed": null, "edited": "true"}])
    );
    assert!(
        row("d3")["edited"]["error"]["line"].as_u64().is_some(),
        "{}",
        row("d3")
    );
    assert_eq!(row("binary")["verdict"], "STILL_FAILS");
    // Nothing of it was stored.
    assert!(scene.admin.find_device("bad").await.is_none());

    let mut saved = scene
        .admin
        .get(&format!(
            "/api/converter/{}",
            uplink["id"]["id"].as_str().expect("an id")
        ))
        .await;
    saved["configuration"]["tbelDecoder"] = json!(edited);
    scene.admin.post("/api/converter", saved).await;
    let report = scene.admin.post(RUN, request).await;
    assert_eq!(
        figures(&report),
        [20, 0, 0, 0, 2],
        "{:#}",
        report["summary"]
    );
}

/// While messages stream in, an endless script is replayed again and again: it ends at its bound each
/// time, and every message is stored.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endless_replay_holds_up_no_message() {
    let scene = Scene::with(
        MosquittoOptions {
            max_inflight: Some(1000),
            ..MosquittoOptions::default()
        },
        ServerOptions::default(),
    )
    .await;
    let integration = scene.plain_integration("site/#").await;
    let fleet = Fleet {
        devices: 50,
        messages: 4000,
        ballast: 0,
    };
    let client = scene.client().await;
    fleet.publish(&client, 0..500).await;
    eventually("some messages are captured", || async {
        let page = captured(&scene.admin, &integration, 500).await;
        let rows = page["messages"].as_array().map_or(0, Vec::len);
        if rows == 500 { Ok(()) } else { Err(rows) }
    })
    .await;
    let endless = json!({"source": integration["id"]["id"], "scriptLang": "JS", "last": 500,
        "script": "while (true) {}", "timeoutMs": 2000});
    let replaying = async {
        for _ in 0..2 {
            let report = scene.admin.post(RUN, endless.clone()).await;
            let stopped = report["stopped"].as_str().unwrap_or_default();
            assert!(stopped.starts_with("stopped after 2 s"), "{stopped}");
            assert_eq!(report["summary"]["same"], 0);
        }
    };
    tokio::join!(replaying, fleet.publish(&client, 500..fleet.messages));
    fleet
        .until_drained(&scene.admin, Duration::from_secs(60))
        .await;
    fleet.verify(&scene.admin).await;
}

/// The journal is trimmed, and keeps what its setting says for replay: enough, and not much more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trims_keep_the_messages_that_replays_need() {
    let options = ServerOptions::default()
        .env("MILLRACE_PATH_KEEP_JOURNAL", "4MiB")
        .env("MILLRACE_TELEMETRY_FOLD_SIZE", "256KiB");
    let broker = MosquittoOptions {
        max_inflight: Some(1000),
        ..MosquittoOptions::default()
    };
    let scene = Scene::with(broker, options).await;
    let integration = scene.plain_integration("site/#").await;
    let fleet = Fleet {
        devices: 20,
        messages: 6000,
        ballast: 8000,
    };
    let client = scene.client().await;
    fleet.publish(&client, 0..100).await;
    let first = eventually("the first message is captured", || async {
        let page = captured(&scene.admin, &integration, 1).await;
        page["keptSince"].as_i64().ok_or(page)
    })
    .await;
    fleet.publish(&client, 100..fleet.messages).await;
    fleet
        .until_drained(&scene.admin, Duration::from_secs(120))
        .await;
    // 48 MB came; the file grows by 32 MiB beyond what is kept before it is trimmed.
    eventually_within(Duration::from_secs(30), "old messages are gone", || async {
        let page = captured(&scene.admin, &integration, 1).await;
        let oldest = page["keptSince"].as_i64().expect("a time");
        if oldest > first { Ok(()) } else { Err(oldest) }
    })
    .await;
    let page = captured(&scene.admin, &integration, 500).await;
    let rows = page["messages"].as_array().expect("messages");
    let bytes: u64 = rows.iter().filter_map(|row| row["size"].as_u64()).sum();
    assert!(bytes > 3 << 20, "{bytes} bytes of messages are kept");
}
