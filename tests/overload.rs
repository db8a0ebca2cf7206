//! More than the machine can do, and less disk than it needs.

use std::time::{Duration, Instant};

use millrace_testbed::{
    DiskFault, MosquittoOptions, MqttClient, Server, ServerOptions, eventually,
};
use serde_json::{Value, json};

use crate::crashes::setting;
use crate::fleet::Fleet;
use crate::scene::Scene;

const UPLINKS: &str = "millrace_uplink_messages_total";

/// Messages of the short form: enough to fill everything that is bounded several times over.
const SHORT: u64 = 20_000;
/// The first of them are the warm-up.
const WARM_UP: u64 = 10_000;
/// Longer forms warm up for so long besides.
const WARM_MINUTE: Duration = Duration::from_secs(60);
/// What a short form may differ by beside the tenth: threads allocate in steps of megabytes. The
/// messages after its warm-up weigh ten times as much.
const STEPS: u64 = 8 << 20;
const SAMPLE_EVERY: Duration = Duration::from_millis(100);

/// Uplinks taken since the server started.
async fn taken(server: &Server) -> f64 {
    server.metrics().await.get(UPLINKS)
}

/// Resident memory while messages are taken, in bytes.
#[derive(Default)]
struct Resident {
    /// Most of the warm-up.
    warm: u64,
    /// Most after it.
    peak: u64,
    /// When everything was taken.
    last: u64,
    warm_up: Duration,
    all: Duration,
}

impl Resident {
    /// Looks on until all messages are taken.
    async fn watch(server: &Server, messages: u64) -> Self {
        let began = Instant::now();
        let mut seen = Self::default();
        let mut warm = false;
        let mut progress = (0.0, began);
        loop {
            let taken = taken(server).await;
            seen.last = server.resident();
            seen.all = began.elapsed();
            if taken > progress.0 {
                progress = (taken, Instant::now());
            }
            assert!(
                progress.1.elapsed() < Duration::from_secs(120),
                "nothing was taken for two minutes after {taken} messages"
            );
            if warm {
                seen.peak = seen.peak.max(seen.last);
            } else {
                seen.warm = seen.warm.max(seen.last);
                seen.warm_up = seen.all;
                warm = reaches(taken, WARM_UP) && (messages <= SHORT || seen.all >= WARM_MINUTE);
            }
            if reaches(taken, messages) {
                return seen;
            }
            tokio::time::sleep(SAMPLE_EVERY).await;
        }
    }

    fn is_flat(&self, messages: u64) -> bool {
        let steps = if messages > SHORT { 0 } else { STEPS };
        self.peak <= self.warm + self.warm / 10 + steps
    }
}

impl std::fmt::Display for Resident {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mib = |bytes: u64| bytes / 1024 / 1024;
        write!(
            f,
            "resident: at most {} MiB in the first {:?}, at most {} MiB after them, {} MiB after {:?}",
            mib(self.warm),
            self.warm_up,
            mib(self.peak),
            mib(self.last),
            self.all
        )
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of a test are small")]
fn reaches(taken: f64, messages: u64) -> bool {
    taken >= messages as f64
}

/// Each sync takes 20 ms longer and each message weighs 8 KB, so that what may be unfinished is soon
/// full; the publisher sends as fast as the broker takes it. The broker holds the rest: the server's
/// memory stays where it was during the warm-up, the connection lives (with a keep-alive of 2 s), and
/// in the end nothing is missing.
/// `MILLRACE_TEST_OVERLOAD_MESSAGES` makes it longer: about 2 000 are taken in a second, and the broker
/// keeps the rest in its memory. Beyond the short form the warm-up is a minute, and a tenth more is
/// all that is allowed after it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn overload_is_left_to_the_broker() {
    let broker = MosquittoOptions {
        max_inflight: Some(1000),
        ..MosquittoOptions::default()
    };
    // Short bounds, so that the warm-up sees each of them reached: the journal trimmed, folds
    // written, caches filled.
    let options = ServerOptions::default()
        .env("MILLRACE_PATH_UNFINISHED", "4MiB")
        .env("MILLRACE_PATH_KEEP_JOURNAL", "8MiB")
        .env("MILLRACE_TELEMETRY_FOLD_SIZE", "256KiB");
    let scene = Scene::with(broker, options).await;
    let mut integration = scene.plain_integration("site/#").await;
    integration["configuration"]["clientConfiguration"]["keepAliveSec"] = json!(2);
    let integration = scene.admin.create_integration(integration).await;
    scene.admin.until_active(&integration).await;
    let before = losses(&scene, &integration).await;
    let fleet = Fleet {
        devices: 100,
        messages: setting("MILLRACE_TEST_OVERLOAD_MESSAGES", SHORT),
        ballast: 8000,
    };
    let client = MqttClient::connect(scene.broker.port()).await;
    let slow = DiskFault::slow_syncs(scene.server.pid(), Duration::from_millis(20)).await;
    let sending = fleet.publish(&client, 0..fleet.messages);
    let watching = Resident::watch(&scene.server, fleet.messages);
    let ((), resident) = tokio::join!(sending, watching);
    slow.lift().await;
    println!("{resident}");
    assert!(resident.is_flat(fleet.messages), "memory grew: {resident}");
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
