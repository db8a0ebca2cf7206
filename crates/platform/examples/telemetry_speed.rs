//! What the telemetry service costs: taking points in, folding them, reading them.
//!
//! `cargo run --release -p millrace-platform --example telemetry_speed`

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use millrace_model::{EntityId, EntityType, TenantId, Value, telemetry::Aggregation};
use millrace_platform::{
    Scope,
    telemetry::{HistoryQuery, Interest, Interval, Order, Telemetry, TelemetryOptions},
};
use millrace_store::{
    journal::{JournalOptions, OutRecord},
    sqlite::{SqliteJournal, SqliteValues},
};
use uuid::Uuid;

const DEVICES: usize = 1_000;
const KEYS: usize = 5;
const ROUNDS: i64 = 40;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dir = tempfile::tempdir()?;
    let journal = SqliteJournal::open(JournalOptions {
        dir: dir.path().to_owned(),
        max_commit_bytes: 1 << 20,
    })?;
    let values = Arc::new(SqliteValues::open(dir.path())?);
    let telemetry = Telemetry::new(journal, values, TelemetryOptions::default());
    let tenant = TenantId::new();
    let devices: Vec<EntityId> = (0..DEVICES)
        .map(|_| EntityId::new(EntityType::Device, Uuid::now_v7()))
        .collect();
    let keys: Vec<Arc<str>> = (0..KEYS).map(|key| format!("key{key}").into()).collect();
    let record = |device: EntityId, ts: i64| OutRecord::Points {
        tenant,
        entity: device,
        ts,
        expires: None,
        latest: true,
        history: true,
        values: keys
            .iter()
            .map(|key| (Arc::clone(key), Value::Double(ts as f64)))
            .collect(),
    };
    let mut ts = 1_700_000_000_000;
    for pass in ["cold", "warm", "warm, watched"] {
        let watch = (pass == "warm, watched")
            .then(|| telemetry.subscribe(tenant, devices[0], Interest::Latest { keys: None }));
        let records: Vec<OutRecord> = (0..ROUNDS)
            .flat_map(|round| devices.iter().map(move |device| (*device, round)))
            .map(|(device, round)| record(device, ts + round))
            .collect();
        ts += ROUNDS;
        let points = records.len() * KEYS;
        let before = resident();
        let start = Instant::now();
        for record in &records {
            let gate = telemetry.gate();
            telemetry.apply(&gate, record);
        }
        let applied = start.elapsed();
        println!(
            "{pass}: apply {} a point ({} a record of {KEYS}), {} bytes a point resident, {} counted",
            each(applied, points),
            each(applied, records.len()),
            resident().saturating_sub(before) / points,
            telemetry.memory_bytes() / points,
        );
        let start = Instant::now();
        telemetry.fold_now()?;
        println!("{pass}: fold {} a point", each(start.elapsed(), points));
        drop(watch);
    }

    let scope = Scope::server(tenant);
    let start = Instant::now();
    for device in &devices {
        telemetry.latest(&scope, *device, None)?;
    }
    println!(
        "latest values of a device: {}",
        each(start.elapsed(), DEVICES)
    );
    let query = HistoryQuery {
        start: 0,
        end: i64::MAX,
        aggregation: Aggregation::Avg,
        interval: Interval::Millis(10),
        limit: 100,
        order: Order::Desc,
    };
    let start = Instant::now();
    for device in &devices {
        telemetry.history(&scope, *device, &keys[..1], &query)?;
    }
    println!(
        "mean over {} points of a series: {}",
        3 * ROUNDS,
        each(start.elapsed(), DEVICES)
    );
    Ok(())
}

fn each(time: Duration, count: usize) -> String {
    format!("{:.0} ns", time.as_nanos() as f64 / count as f64)
}

/// Resident bytes, where the system says so.
fn resident() -> usize {
    std::fs::read_to_string("/proc/self/statm")
        .ok()
        .and_then(|text| text.split_whitespace().nth(1)?.parse::<usize>().ok())
        .map_or(0, |pages| pages * 4096)
}
