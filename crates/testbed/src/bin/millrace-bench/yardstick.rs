//! What the server is measured against, on the same broker and the same messages, each in a process
//! of its own: `mosquitto_sub`, a subscriber that only counts, and the least that stores a message
//! durably: parse, insert, commit, acknowledge.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use rumqttc::{AsyncClient, Event, MqttOptions, Packet, Publish, QoS};
use rusqlite::{Connection, params};
use tokio::process::Command;

use crate::process::Usage;

/// Subscription of all yardsticks, the same as the server's.
pub(crate) const FILTER: &str = "bench/#";
/// Longest a yardstick may take.
const DEADLINE: Duration = Duration::from_secs(120);

/// A measured run.
#[derive(Clone, Copy)]
pub(crate) struct Run {
    pub(crate) per_second: f64,
    /// CPU-seconds per million messages; `None` where it cannot be told.
    pub(crate) cpu_per_million: Option<f64>,
}

impl Run {
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    pub(crate) fn of(messages: u64, took: Duration, cpu: Option<Duration>) -> Self {
        let count = messages as f64;
        Self {
            per_second: count / took.as_secs_f64(),
            cpu_per_million: cpu.map(|cpu| cpu.as_secs_f64() / count * 1e6),
        }
    }
}

/// A yardstick that this program plays itself, in a process of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Count,
    Store,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Store => "store",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Count, Self::Store]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// Makes the session, so that the broker collects from now on.
pub(crate) async fn subscribe(kind: Kind, port: u16) {
    let (client, mut events) = AsyncClient::new(options(kind, port), 10);
    client
        .subscribe(FILTER, QoS::AtLeastOnce)
        .await
        .expect("the client runs");
    while !matches!(
        events.poll().await.expect("the broker answers"),
        Event::Incoming(Packet::SubAck(_))
    ) {}
    client.disconnect().await.expect("the client runs");
    while events.poll().await.is_ok() {}
}

/// As [`subscribe`], for `mosquitto_sub`.
pub(crate) async fn subscribe_mosquitto_sub(port: u16) {
    let mut child = mosquitto_sub(port, &["-E"]);
    child.wait().await.expect("mosquitto_sub ends");
}

/// Takes `messages` with `mosquitto_sub`.
pub(crate) async fn run_mosquitto_sub(port: u16, messages: u64) -> Run {
    let began = Instant::now();
    let mut child = mosquitto_sub(port, &["-C", &messages.to_string()]);
    tokio::time::timeout(DEADLINE, child.wait())
        .await
        .expect("in time")
        .expect("mosquitto_sub ends");
    Run::of(messages, began.elapsed(), None)
}

fn mosquitto_sub(port: u16, more: &[&str]) -> tokio::process::Child {
    Command::new("mosquitto_sub")
        .args([
            "-p",
            &port.to_string(),
            "-i",
            "bench-sub",
            "-c",
            "-q",
            "1",
            "-t",
            FILTER,
        ])
        .args(more)
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("mosquitto_sub is installed: apt-get install mosquitto-clients")
}

/// Takes `messages` in a process of its own.
pub(crate) async fn run(kind: Kind, port: u16, messages: u64) -> Run {
    let program = std::env::current_exe().expect("this program has a path");
    let output = Command::new(program)
        .args([
            "--yardstick",
            kind.name(),
            &port.to_string(),
            &messages.to_string(),
        ])
        .stderr(Stdio::inherit())
        .output()
        .await
        .expect("this program starts");
    let text = String::from_utf8_lossy(&output.stdout);
    let mut numbers = text
        .split_whitespace()
        .filter_map(|word| word.parse::<f64>().ok());
    let (took, cpu) = (
        numbers.next().expect("a time"),
        numbers.next().expect("a CPU time"),
    );
    Run::of(
        messages,
        Duration::from_secs_f64(took),
        Some(Duration::from_secs_f64(cpu)),
    )
}

/// The process that [`run`] starts: prints seconds and CPU-seconds.
pub(crate) async fn play(kind: Kind, port: u16, messages: u64) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let began = Instant::now();
    let taken = tokio::time::timeout(DEADLINE, async {
        match kind {
            Kind::Count => count(port, messages).await,
            Kind::Store => store(port, messages, directory.path()).await,
        }
    });
    taken.await.expect("the yardstick ends in time");
    let cpu = Usage::of(std::process::id()).cpu;
    println!("{} {}", began.elapsed().as_secs_f64(), cpu.as_secs_f64());
}

fn options(kind: Kind, port: u16) -> MqttOptions {
    let mut options = MqttOptions::new(format!("bench-{}", kind.name()), "127.0.0.1", port);
    options.set_clean_session(false);
    options.set_manual_acks(kind == Kind::Store);
    options.set_inflight(1000);
    options
}

async fn count(port: u16, messages: u64) {
    let (_client, mut events) = AsyncClient::new(options(Kind::Count, port), 10);
    let mut left = messages;
    while left > 0 {
        if let Event::Incoming(Packet::Publish(_)) = events.poll().await.expect("the broker stays")
        {
            left -= 1;
        }
    }
}

/// A thread stores while the task reads; whatever has gathered meanwhile is one transaction.
async fn store(port: u16, messages: u64, directory: &Path) {
    let database = database(directory);
    // Room for every acknowledgement: the client freezes when this queue is full, and Mosquitto
    // sends beyond its window.
    let room = usize::try_from(messages).expect("a count");
    let (client, mut events) = AsyncClient::new(options(Kind::Store, port), room);
    let (arrived, work) = std::sync::mpsc::channel::<Publish>();
    let (done, mut finished) = tokio::sync::oneshot::channel();
    let storing = std::thread::spawn(move || {
        let mut left = messages;
        while left > 0 {
            let mut batch = vec![work.recv().expect("messages come")];
            batch.extend(work.try_iter());
            insert(&database, &batch);
            for publish in &batch {
                client.try_ack(publish).expect("the queue has room");
            }
            left = left.saturating_sub(batch.len() as u64);
        }
        done.send(()).expect("somebody waits");
    });
    loop {
        tokio::select! {
            event = events.poll() => {
                if let Event::Incoming(Packet::Publish(publish)) = event.expect("the broker stays") {
                    arrived.send(publish).expect("the thread runs");
                }
            }
            _ = &mut finished => break,
        }
    }
    storing.join().expect("the thread ends");
}

fn database(directory: &Path) -> Connection {
    let database = Connection::open(directory.join("points.db")).expect("a database");
    database
        .execute_batch(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
             CREATE TABLE point (device TEXT, key TEXT, ts INTEGER, value REAL, PRIMARY KEY (device, key, ts)) WITHOUT ROWID;",
        )
        .expect("a table");
    database
}

fn insert(database: &Connection, batch: &[Publish]) {
    database.execute_batch("BEGIN").expect("a transaction");
    {
        let mut statement = database
            .prepare_cached("INSERT OR REPLACE INTO point VALUES (?1, 'temperature', ?2, ?3)")
            .expect("a statement");
        for publish in batch {
            let body: serde_json::Value = serde_json::from_slice(&publish.payload).expect("JSON");
            let device = publish.topic.split('/').nth(1).expect("a device");
            let value = body.get("value").and_then(serde_json::Value::as_f64);
            let ts = std::time::SystemTime::now()
                .duration_since(std::time::UNIX_EPOCH)
                .map_or(0, |since| since.as_micros() as i64);
            statement
                .execute(params![device, ts, value])
                .expect("a row");
        }
    }
    database.execute_batch("COMMIT").expect("a commit");
}
