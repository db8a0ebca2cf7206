//! Measures the journal: batches of 1 000 points, each waited for by one of a few callers.
//!
//! `cargo run --release -p millrace-store --example journal_rate [seconds] [callers] [batch]`

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use millrace_model::{EntityId, EntityType, TenantId, Value};
use millrace_store::{
    journal::{Append, Journal, JournalOptions, OutRecord},
    sqlite::SqliteJournal,
};
use uuid::Uuid;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default: u64| -> Result<u64, Failure> {
        Ok(arguments.next().map_or(Ok(default), |text| text.parse())?)
    };
    let (seconds, callers, batch) = (number(10)?, number(4)?, number(1000)?);

    let dir = std::env::current_dir()?.join("target/journal_rate");
    let _ = std::fs::remove_dir_all(&dir);
    let journal = SqliteJournal::open(JournalOptions {
        dir: dir.clone(),
        max_commit_bytes: 4 << 20,
    })?;
    let written = AtomicU64::new(0);
    let latencies = Mutex::new(Vec::new());
    let cpu_before = cpu_seconds()?;
    let began = Instant::now();
    let end = began + Duration::from_secs(seconds);
    std::thread::scope(|scope| {
        for caller in 0..callers {
            let (journal, written, latencies) = (&journal, &written, &latencies);
            scope.spawn(move || write(journal, caller, batch, end, written, latencies));
        }
        scope.spawn(|| {
            while Instant::now() < end {
                std::thread::sleep(Duration::from_millis(500));
                let upto = journal.stats().durable_seq;
                if let Err(error) = journal.trim(upto, 64 << 20) {
                    println!("trim: {error}");
                }
            }
        });
    });
    let took = began.elapsed().as_secs_f64();
    let cpu = cpu_seconds()? - cpu_before;
    let points = written.load(Ordering::Relaxed) as f64;
    let stats = journal.stats();
    let mut latencies = latencies.into_inner()?;
    latencies.sort_unstable();
    let percentile = |part: usize| {
        latencies
            .get(latencies.len() * part / 1000)
            .map_or(0.0, |time: &Duration| time.as_secs_f64() * 1e3)
    };
    println!(
        "{:.0} points/s, {:.2} CPU-s/M, {} commits ({:.0}/s), append to told ms p50 {:.2} p99 {:.2} p99.9 {:.2}, file {} MB",
        points / took,
        cpu / points * 1e6,
        stats.commits,
        stats.commits as f64 / took,
        percentile(500),
        percentile(990),
        percentile(999),
        stats.file_bytes >> 20,
    );
    journal.close();
    std::fs::remove_dir_all(dir)?;
    Ok(())
}

fn write(
    journal: &Arc<SqliteJournal>,
    caller: u64,
    batch: u64,
    end: Instant,
    written: &AtomicU64,
    latencies: &Mutex<Vec<Duration>>,
) {
    let key: Arc<str> = "temperature".into();
    let mut ts = 1_700_000_000_000;
    let (tell, told) = std::sync::mpsc::channel();
    while Instant::now() < end {
        ts += 1;
        let outs = (0..batch)
            .map(|n| OutRecord::Points {
                tenant: TenantId(Uuid::from_u128(1)),
                entity: EntityId::new(
                    EntityType::Device,
                    Uuid::from_u128(u128::from((ts as u64 * batch + n) % 20_000) | 1 << 90),
                ),
                ts,
                expires: None,
                latest: true,
                history: true,
                values: vec![(
                    Arc::clone(&key),
                    Value::Double(n as f64 * 0.1 + caller as f64),
                )],
            })
            .collect();
        let began = Instant::now();
        let tell = tell.clone();
        journal.append(Append {
            outs,
            committed: Some(Box::new(move |outcome| {
                let _ = tell.send(outcome.is_ok());
            })),
            ..Append::default()
        });
        if told.recv() != Ok(true) {
            return;
        }
        written.fetch_add(batch, Ordering::Relaxed);
        if let Ok(mut latencies) = latencies.lock() {
            latencies.push(began.elapsed());
        }
    }
}

/// Processor time of this process, from the kernel (100 ticks a second).
fn cpu_seconds() -> Result<f64, Failure> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let ticks: u64 = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<u64>().ok())
        .sum();
    Ok(ticks as f64 / 100.0)
}
