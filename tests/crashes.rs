//! The server is killed: at random moments, and at each moment that matters.

use std::time::Duration;

use millrace_testbed::{
    MosquittoOptions, MqttClient, Server, ServerOptions, TcpProxy, eventually_within,
};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::fleet::Fleet;
use crate::scene::Scene;

const REDELIVERED: &str = "millrace_uplink_redelivered_total";
const DUPLICATES: &str = "millrace_uplink_duplicates_total";
const SET_ASIDE: &str = "millrace_uplink_set_aside_total";
const UPLINKS: &str = "millrace_uplink_messages_total";

/// A number from the environment, for longer runs than the everyday one.
pub(crate) fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

/// What two counters have reached, over the lives of several processes.
#[derive(Default)]
struct Recognised {
    redelivered: f64,
    duplicates: f64,
}

impl Recognised {
    async fn add(&mut self, server: &Server) {
        let metrics = server.metrics().await;
        self.redelivered += metrics.get(REDELIVERED);
        self.duplicates += metrics.get(DUPLICATES);
    }
}

/// Waits until this life of the server has taken `messages`.
async fn until_taken(server: &Server, messages: u64) {
    eventually_within(Duration::from_secs(60), "messages are taken", || async {
        let taken = server.metrics().await.get(UPLINKS);
        #[expect(clippy::cast_precision_loss, reason = "counts of a test are small")]
        let enough = taken >= messages as f64;
        if enough { Ok(()) } else { Err(taken) }
    })
    .await;
}

/// Waits until messages are set aside as if they had caused the kills.
async fn until_blamed(server: &Server) -> f64 {
    loop {
        let blamed = server.metrics().await.get(SET_ASIDE);
        if blamed > 0.0 {
            return blamed;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Messages from a thousand devices, while the server is killed again and again. Every second kill
/// comes while acknowledgements are held up on the network, so that some messages are journaled but
/// still owned by the broker. `MILLRACE_TEST_SEED` repeats a run, `MILLRACE_TEST_KILL_MESSAGES` and
/// `MILLRACE_TEST_KILLS` make it longer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_at_random_moments_lose_and_double_nothing() {
    let seed = setting("MILLRACE_TEST_SEED", rand::random());
    println!("repeat with MILLRACE_TEST_SEED={seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let kills = setting("MILLRACE_TEST_KILLS", 6);
    let fleet = Fleet {
        devices: 1000,
        messages: setting("MILLRACE_TEST_KILL_MESSAGES", 20_000),
        ballast: 0,
    };
    let broker = MosquittoOptions {
        max_inflight: Some(1000),
        ..MosquittoOptions::default()
    };
    let mut scene = Scene::with(broker, ServerOptions::default()).await;
    let proxy = TcpProxy::to(scene.broker.port()).await;
    scene.plain_integration_at(proxy.port(), "site/#").await;
    let client = MqttClient::connect(scene.broker.port()).await;
    let mut recognised = Recognised::default();
    let share = fleet.messages / (kills + 1);
    for round in 0..kills {
        let sending = fleet.publish(&client, round * share..(round + 1) * share);
        let killing = async {
            until_taken(&scene.server, random.random_range(1..share / 2)).await;
            if round % 2 == 1 {
                proxy.stall(true);
            }
            recognised.add(&scene.server).await;
            tokio::time::sleep(Duration::from_millis(random.random_range(0..60))).await;
            scene.server.kill9().await;
            proxy.cut();
            proxy.stall(false);
        };
        tokio::join!(sending, killing);
        scene.revive().await;
    }
    fleet.publish(&client, kills * share..fleet.messages).await;
    tokio::select! {
        () = fleet.until_drained(&scene.admin, Duration::from_secs(120)) => {}
        blamed = until_blamed(&scene.server) => panic!("{blamed} messages were set aside"),
    }
    recognised.add(&scene.server).await;
    fleet.verify(&scene.admin).await;
    assert!(
        recognised.redelivered > 0.0,
        "no kill left a message to the broker: kill later"
    );
    assert!(
        recognised.duplicates > 0.0,
        "no kill fell between journal and acknowledgement"
    );
    println!(
        "redelivered {}, recognised {}",
        recognised.redelivered, recognised.duplicates
    );
}

/// The server ends itself at a named point, comes back without it, and everything is there once.
async fn dies_at(point: &str) {
    dies_under(point, 0).await;
}

/// [`dies_at`] with so many bytes of ballast in each message.
async fn dies_under(point: &str, ballast: usize) {
    let fleet = Fleet {
        devices: 50,
        messages: 3000,
        ballast,
    };
    // Nothing is kept for replay, so that a short run trims its journal, too.
    let options = ServerOptions::default()
        .env("MILLRACE_FAULT_POINT", point)
        .env("MILLRACE_PATH_KEEP_JOURNAL", "0");
    let mut scene = Scene::with(MosquittoOptions::default(), options).await;
    scene.plain_integration("site/#").await;
    let client = MqttClient::connect(scene.broker.port()).await;
    fleet.publish(&client, 0..fleet.messages / 2).await;
    let status = scene.server.exited_within(Duration::from_secs(90)).await;
    assert!(!status.success(), "the server dies at {point}");
    scene.server.set_env("MILLRACE_FAULT_POINT", None);
    scene.revive().await;
    fleet
        .publish(&client, fleet.messages / 2..fleet.messages)
        .await;
    fleet
        .until_drained(&scene.admin, Duration::from_secs(60))
        .await;
    fleet.verify(&scene.admin).await;
}

#[tokio::test]
async fn death_after_the_journal_is_synced_and_before_the_acknowledgement() {
    dies_at("journal.synced:5").await;
}

#[tokio::test]
async fn death_right_after_the_acknowledgement() {
    dies_at("link.acknowledged:5").await;
}

#[tokio::test]
async fn death_after_new_devices_are_committed() {
    dies_at("provision.committed").await;
}

#[tokio::test]
async fn death_inside_the_fold() {
    dies_at("fold.inside").await;
}

#[tokio::test]
async fn death_after_the_fold_and_before_the_journal_is_trimmed() {
    dies_under("fold.before_trim", 30_000).await;
}

/// Stopping is not an accident: it succeeds, in time, and loses nothing either.
#[tokio::test]
async fn a_stop_under_load_is_clean() {
    let fleet = Fleet {
        devices: 50,
        messages: 4000,
        ballast: 0,
    };
    let mut scene = Scene::open().await;
    scene.plain_integration("site/#").await;
    let client = MqttClient::connect(scene.broker.port()).await;
    let sending = fleet.publish(&client, 0..fleet.messages);
    let stopping = async {
        until_taken(&scene.server, 200).await;
        scene.server.sigterm().await
    };
    let ((), status) = tokio::join!(sending, stopping);
    assert!(status.success(), "{status}");
    scene.revive().await;
    fleet
        .until_drained(&scene.admin, Duration::from_secs(60))
        .await;
    fleet.verify(&scene.admin).await;
}
