//! Measures the fold: 20 000 series, so many points of each in one fold, then a history read.
//!
//! `cargo run --release -p millrace-store --example fold_rate [points a series] [folds] [series]`

use std::{sync::Arc, time::Instant};

use millrace_model::{EntityId, EntityType, TenantId, Value, telemetry::TsValue};
use millrace_store::{
    sqlite::SqliteValues,
    values::{Fold, Point, PointQuery, SeriesPoints, ValueTables},
};
use uuid::Uuid;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default: u64| -> Result<u64, Failure> {
        Ok(arguments.next().map_or(Ok(default), |text| text.parse())?)
    };
    let (each, folds, series) = (number(20)?, number(10)?, number(20_000)?);

    let dir = std::env::current_dir()?.join("target/fold_rate");
    let _ = std::fs::remove_dir_all(&dir);
    let values = SqliteValues::open(&dir)?;
    let tenant = TenantId(Uuid::from_u128(1));
    let devices: Vec<EntityId> = (0..series)
        .map(|_| EntityId::new(EntityType::Device, Uuid::now_v7()))
        .collect();
    let key: Arc<str> = "temperature".into();
    let point = |ts: u64| Point {
        ts: 1_700_000_000_000 + ts as i64 * 1000,
        value: Value::Double(20.0 + ts as f64 * 0.1),
        expires: None,
    };

    let (cpu_before, mut took, mut slowest) = (cpu_seconds()?, 0.0, 0.0_f64);
    for round in 0..folds {
        let times = round * each..(round + 1) * each;
        let newest = point(times.end - 1);
        let fold = Fold {
            upto: round + 1,
            points: devices
                .iter()
                .map(|device| SeriesPoints {
                    tenant,
                    entity: *device,
                    key: Arc::clone(&key),
                    points: times.clone().map(point).collect(),
                })
                .collect(),
            latest: devices
                .iter()
                .map(|device| {
                    let value = TsValue {
                        ts: newest.ts,
                        value: newest.value.clone(),
                    };
                    (tenant, *device, Arc::clone(&key), Some(value))
                })
                .collect(),
            ..Fold::default()
        };
        let began = Instant::now();
        values.fold(&fold)?;
        let seconds = began.elapsed().as_secs_f64();
        took += seconds;
        slowest = slowest.max(seconds);
    }
    let cpu = cpu_seconds()? - cpu_before;
    let (bytes, points) = values.size()?;
    let began = Instant::now();
    let device = devices.first().ok_or("no series")?;
    let query = PointQuery {
        start: i64::MIN,
        end: i64::MAX,
        newest_first: false,
        limit: None,
    };
    let read = values.points(*device, &key, query, 0)?.len();
    println!(
        "{points} points: {:.0} points/s, {:.2} CPU-s/M, slowest fold {:.2} s, {} MB with WAL, read of {read}: {:.2} ms",
        points as f64 / took,
        cpu / points as f64 * 1e6,
        slowest,
        bytes >> 20,
        began.elapsed().as_secs_f64() * 1e3,
    );
    drop(values);
    let file = std::fs::metadata(dir.join("values.db"))?.len();
    println!(
        "{:.1} bytes/point in the closed file",
        file as f64 / points as f64
    );
    std::fs::remove_dir_all(dir)?;
    Ok(())
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
