//! More than the machine can do, and less disk than it needs.

use std::time::Duration;

use millrace_testbed::{
    DiskFault, MosquittoOptions, MqttClient, Server, ServerOptions, eventually, eventually_within,
};
use serde_json::{Value, json};

use crate::crashes::setting;
use crate::fleet::Fleet;
use crate::scene::Scene;

const UPLINKS: &str = "millrace_uplink_messages_total";

/// Uplinks taken since the server started.
async fn taken(server: &Server) -> f64 {
    server.metrics().await.get(UPLINKS)
}

/// Each sync takes 20 ms longer and each message weighs 8 KB, so that what may be unfinished is soon
/// full; the publisher sends as fast as the broker takes it. The broker holds the rest: the server's
/// memory stays where it was after the warm-up, the connection lives (with a keep-alive of 2 s), and
/// in the end nothing is missing.
/// `MILLRACE_TEST_OVERLOAD_MESSAGES` makes it longer: about 2 000 are taken in a second, and the broker
/// keeps the rest in its memory.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn overload_is_left_to_the_broker() {
    let broker = MosquittoOptions {
        max_inflight: Some(1000),
        ..MosquittoOptions::default()
    };
    // A short journal, so that the warm-up sees it trimmed and all caches filled.
    let options = ServerOptions::default()
        .env("MILLRACE_PATH_UNFINISHED", "4MiB")
        .env("MILLRACE_PATH_KEEP_JOURNAL", "8MiB");
    let scene = Scene::with(broker, options).await;
    let mut integration = scene.plain_integration("site/#").await;
    integration["configuration"]["clientConfiguration"]["keepAliveSec"] = json!(2);
    let integration = scene.admin.create_integration(integration).await;
    scene.admin.until_active(&integration).await;
    let before = losses(&scene, &integration).await;
    let fleet = Fleet {
        devices: 100,
        messages: setting("MILLRACE_TEST_OVERLOAD_MESSAGES", 20_000),
        ballast: 8000,
    };
    let warm_up = (fleet.messages / 10).max(12_000);
    let client = MqttClient::connect(scene.broker.port()).await;
    let slow = DiskFault::slow_syncs(scene.server.pid(), Duration::from_millis(20)).await;
    let sending = fleet.publish(&client, 0..fleet.messages);
    let watching = async {
        until_taken(&scene.server, warm_up).await;
        let warm = scene.server.resident();
        let mut peak = warm;
        for taken in (warm_up + 1_000..fleet.messages).step_by(1_000) {
            until_taken(&scene.server, taken).await;
            peak = peak.max(scene.server.resident());
        }
        (warm, peak)
    };
    let ((), (warm, peak)) = tokio::join!(sending, watching);
    slow.lift().await;
    let mib = |bytes: u64| bytes / 1024 / 1024;
    println!(
        "resident after the warm-up {} MiB, peak {} MiB",
        mib(warm),
        mib(peak)
    );
    assert!(
        peak <= warm + warm / 10,
        "memory grew: {} to {} MiB",
        mib(warm),
        mib(peak)
    );
    fleet
        .until_drained(&scene.admin, Duration::from_secs(120))
        .await;
    fleet.verify(&scene.admin).await;
    let status = scene.admin.integration_status(&integration).await;
    assert_eq!(status["success"], json!(true), "{status}");
    let lost = losses(&scene, &integration).await - before;
    assert_eq!(lost, 0, "the connection survived its keep-alive periods");
}

/// How often the connection was lost so far.
async fn losses(scene: &Scene, integration: &Value) -> usize {
    let events = scene.admin.events(integration, "LC_EVENT").await;
    events
        .iter()
        .filter(|event| event["success"] == json!(false))
        .count()
}

async fn until_taken(server: &Server, messages: u64) {
    eventually_within(Duration::from_secs(120), "messages are taken", || async {
        let now = taken(server).await;
        #[expect(clippy::cast_precision_loss, reason = "counts of a test are small")]
        if now >= messages as f64 {
            Ok(())
        } else {
            Err(now)
        }
    })
    .await;
}

/// On a full disk nothing is acknowledged that is not stored; one event says why; when there is
/// room again, everything goes on by itself.
#[tokio::test]
async fn a_full_disk_stops_acknowledgements_and_nothing_else() {
    let scene = Scene::with(MosquittoOptions::default(), ServerOptions::default()).await;
    let integration = scene.plain_integration("site/#").await;
    let fleet = Fleet {
        devices: 5,
        messages: 2100,
        ballast: 0,
    };
    let client = MqttClient::connect(scene.broker.port()).await;
    fleet.publish(&client, 0..100).await;
    let device = scene.admin.device("d4").await;
    eventually("the first half is stored", || async {
        let stored = scene.admin.count(&device, "n").await;
        if stored == 20 { Ok(()) } else { Err(stored) }
    })
    .await;
    let data = scene.server.data_dir();
    let (journal, log) = (data.join("journal.db"), data.join("journal.db-wal"));
    let full = DiskFault::full(scene.server.pid(), &[&journal, &log]).await;
    fleet.publish(&client, 100..2100).await;
    let told = |event: &Value| {
        let error = event["error"].as_str().unwrap_or_default().to_lowercase();
        ["disk", "space", "full"]
            .iter()
            .any(|word| error.contains(word))
    };
    scene
        .admin
        .until_event(&integration, "ERROR", "the disk is full", told)
        .await;
    let held = taken(&scene.server).await;
    assert!(held < 500.0, "the broker holds the rest, {held} were taken");
    let events = scene.admin.events(&integration, "ERROR").await;
    assert_eq!(
        events.iter().filter(|event| told(event)).count(),
        1,
        "told once: {events:?}"
    );
    full.lift().await;
    fleet
        .until_drained(&scene.admin, Duration::from_secs(60))
        .await;
    fleet.verify(&scene.admin).await;
}
