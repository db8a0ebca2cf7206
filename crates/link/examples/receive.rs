//! How fast a link receives QoS 1 with acknowledgements after a simulated commit, and at what CPU.
//!
//! ```text
//! receive [--port 1883] [--messages 500000] [--commit-us 2000] [--v5] [--load]
//! ```
//!
//! Waits for the messages on `bench/#`, acknowledges each group after a pause of `--commit-us`
//! (a group is what came during the last one), and prints messages/s and CPU seconds per million
//! of this process. The broker must queue without bound (Mosquitto: `max_queued_messages 0`). With `--load` it publishes the messages itself, from a second thread with a
//! bare socket, and takes that thread's CPU off the figure. `mosquitto_sub -q 1 -t 'bench/#'` on
//! the same traffic is the yardstick.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use millrace_link::{
    AckSender, Batch, BoxFuture, Intake, Link, LinkConfig, LinkEvent, LinkStart, MqttVersion,
    Observer, QoS, StopMode, Taken, TopicFilter,
};
use parking_lot::{Condvar, Mutex};
use tokio::sync::Notify;

/// Commits like a journal: one group at a time, the next begins when the last one ends.
#[derive(Default)]
struct Journal {
    taken: Mutex<(u64, Option<AckSender>)>,
    more: Condvar,
    bytes: AtomicU64,
    offers: AtomicU64,
    done: Notify,
}

impl Journal {
    fn commit(&self, pause: Duration, messages: u64) -> (u64, Instant) {
        let mut durable = 0;
        let mut commits = 0;
        let mut first = None;
        while durable < messages {
            let (upto, acks) = {
                let mut taken = self.taken.lock();
                while taken.0 == durable {
                    self.more.wait(&mut taken);
                }
                taken.clone()
            };
            first.get_or_insert_with(Instant::now);
            std::thread::sleep(pause);
            commits += 1;
            durable = upto;
            if let Some(acks) = acks {
                acks.durable(durable);
            }
        }
        self.done.notify_one();
        (commits, first.unwrap_or_else(Instant::now))
    }
}

impl Intake for Journal {
    fn offer(&self, batch: Batch<'_>) -> Taken {
        self.offers.fetch_add(1, Ordering::Relaxed);
        let acks = batch.acks.clone();
        let all = batch.len();
        let (mut last, mut bytes) = (0, 0);
        let taken = batch.take(all, |message| {
            last = message.position;
            bytes += message.len() as u64;
        });
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        *self.taken.lock() = (last, Some(acks));
        self.more.notify_one();
        taken
    }

    fn room(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

#[derive(Default)]
struct Ready(Notify);

impl Observer for Ready {
    fn event(&self, event: LinkEvent) {
        println!("{event}");
        if matches!(event, LinkEvent::Subscribed { .. }) {
            self.0.notify_one();
        }
    }
}

fn main() {
    let mut port = 1883u16;
    let mut messages = 500_000u64;
    let mut commit_us = 2_000u64;
    let mut version = MqttVersion::V3_1_1;
    let mut load = false;
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let mut number = || {
            arguments
                .next()
                .and_then(|n| n.parse::<u64>().ok())
                .expect("a number")
        };
        match name.as_str() {
            "--port" => port = u16::try_from(number()).expect("a port"),
            "--messages" => messages = number(),
            "--commit-us" => commit_us = number(),
            "--v5" => version = MqttVersion::V5,
            "--load" => load = true,
            other => panic!("unknown argument {other}"),
        }
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("runtime");
    let journal = Arc::new(Journal::default());
    let ready = Arc::new(Ready::default());
    let mut cfg = LinkConfig::new("127.0.0.1", port, "bench-receive");
    cfg.version = version;
    cfg.clean_session = true;
    cfg.filters = vec![TopicFilter::new("bench/#", QoS::AtLeastOnce)];
    let link = Link::start(
        cfg,
        LinkStart::default(),
        journal.clone(),
        ready.clone(),
        runtime.handle(),
    )
    .expect("configuration");
    runtime.block_on(ready.0.notified());
    let before = cpu_seconds("/proc/self/stat");
    let loader = load.then(|| std::thread::spawn(move || publish(port, messages)));
    let committer = {
        let journal = Arc::clone(&journal);
        std::thread::spawn(move || journal.commit(Duration::from_micros(commit_us), messages))
    };
    runtime.block_on(journal.done.notified());
    let (commits, first) = committer.join().expect("commits");
    let took = first.elapsed().as_secs_f64();
    let loading = loader.map_or(0.0, |loader| loader.join().expect("published"));
    let cpu = cpu_seconds("/proc/self/stat") - before - loading;
    let count = messages as f64;
    println!(
        "{:.0} msg/s, {:.2} CPU-s per million, {:.0} messages a commit, {:.0} messages an offer",
        count / took,
        cpu / count * 1e6,
        count / commits as f64,
        count / journal.offers.load(Ordering::Relaxed) as f64,
    );
    let report = runtime.block_on(link.stop(StopMode::Keep));
    println!("{report:?}");
}

/// Publishes QoS 1 without waiting for each PUBACK; its CPU seconds.
fn publish(port: u16, messages: u64) -> f64 {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("broker");
    stream
        .write_all(&[
            0x10, 16, 0, 4, b'M', b'Q', b'T', b'T', 4, 2, 0, 0, 0, 4, b'l', b'o', b'a', b'd',
        ])
        .expect("CONNECT");
    let mut connack = [0; 4];
    stream.read_exact(&mut connack).expect("CONNACK");
    let mut answers = stream.try_clone().expect("socket");
    let window = Arc::new((Mutex::new(0u64), Condvar::new()));
    let acknowledged = Arc::clone(&window);
    let reader = std::thread::spawn(move || {
        let mut buffer = vec![0; 64 << 10];
        let mut bytes = 0u64;
        while bytes / 4 < messages {
            bytes += answers.read(&mut buffer).expect("PUBACK") as u64;
            *acknowledged.0.lock() = bytes / 4;
            acknowledged.1.notify_one();
        }
        cpu_seconds("/proc/thread-self/stat")
    });
    let mut out = Vec::new();
    for n in 0..messages {
        let topic = format!("bench/device-{:03}/telemetry", n % 1_000);
        let payload = format!(
            r#"{{"temperature":{}.5,"humidity":{},"n":{n:07}}}"#,
            n % 40,
            n % 100
        );
        let id = ((n % 65_535) + 1) as u16;
        out.push(0x32);
        let length = 4 + topic.len() + payload.len();
        assert!(length < 128);
        out.push(length as u8);
        out.extend((topic.len() as u16).to_be_bytes());
        out.extend(topic.as_bytes());
        out.extend(id.to_be_bytes());
        out.extend(payload.as_bytes());
        if n % 100 == 99 || n + 1 == messages {
            let mut done = window.0.lock();
            while n > *done + 5_000 {
                window.1.wait(&mut done);
            }
            drop(done);
            stream.write_all(&out).expect("PUBLISH");
            out.clear();
        }
    }
    cpu_seconds("/proc/thread-self/stat") + reader.join().expect("read")
}

/// User and system time, in seconds (100 ticks each, as Linux shows them).
fn cpu_seconds(stat: &str) -> f64 {
    let text = std::fs::read_to_string(stat).unwrap_or_default();
    let fields = text.rsplit(')').next().unwrap_or_default();
    let ticks: f64 = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|t| t.parse::<f64>().ok())
        .sum();
    ticks / 100.0
}
