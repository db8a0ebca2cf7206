//! What the model does not cover: large folds, failures, readers beside a fold.

use std::{path::Path, sync::Arc};

use millrace_model::{EntityId, EntityType, TenantId, Value, telemetry::TsValue};
use rusqlite::Connection;
use uuid::Uuid;

use super::SqliteValues;
use crate::{
    StoreError,
    values::{Fold, Point, PointQuery, PointRange, SeriesPoints, ValueTables},
};

const TENANT: TenantId = TenantId(Uuid::from_u128(1));
const ALL: PointQuery = PointQuery {
    start: i64::MIN,
    end: i64::MAX,
    newest_first: false,
    limit: None,
};

fn device(number: u128) -> EntityId {
    EntityId::new(EntityType::Device, Uuid::from_u128(number))
}

fn series(number: u128, points: impl IntoIterator<Item = i64>) -> SeriesPoints {
    SeriesPoints {
        tenant: TENANT,
        entity: device(number),
        key: "t".into(),
        points: points
            .into_iter()
            .map(|ts| Point {
                ts,
                value: Value::Double(ts as f64),
                expires: None,
            })
            .collect(),
    }
}

fn points_of(values: &SqliteValues, number: u128) -> Vec<i64> {
    values
        .points(device(number), "t", ALL, 0)
        .unwrap()
        .into_iter()
        .map(|point| point.ts)
        .collect()
}

fn limit_pages(values: &SqliteValues, pages: i64) {
    let writer = values.writer.lock();
    writer
        .connection
        .pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
        .unwrap();
}

#[test]
fn a_fold_larger_than_a_transaction_is_whole_and_deletes_in_bites() {
    let dir = tempfile::tempdir().unwrap();
    let values = SqliteValues::open(dir.path()).unwrap();
    values
        .fold(&Fold {
            upto: 9,
            points: vec![series(1, 0..50_000), series(2, 0..10)],
            ..Fold::default()
        })
        .unwrap();
    assert_eq!(values.size().unwrap().1, 50_010);
    assert_eq!(points_of(&values, 1).len(), 50_000);
    values
        .fold(&Fold {
            upto: 10,
            delete_points: vec![PointRange {
                entity: device(1),
                key: "t".into(),
                start: 5,
                end: 49_990,
            }],
            delete_entities: vec![device(2)],
            ..Fold::default()
        })
        .unwrap();
    let expected: Vec<i64> = (0..5).chain(49_990..50_000).collect();
    assert_eq!(points_of(&values, 1), expected);
    assert_eq!(values.size().unwrap().1, 15);
    assert!(points_of(&values, 2).is_empty());
}

#[test]
fn a_failed_fold_leaves_the_old_mark_and_can_be_tried_again() {
    let dir = tempfile::tempdir().unwrap();
    let values = SqliteValues::open(dir.path()).unwrap();
    values
        .fold(&Fold {
            upto: 1,
            points: vec![series(1, 0..10)],
            ..Fold::default()
        })
        .unwrap();
    let large = Fold {
        upto: 2,
        points: (1..=3).map(|number| series(number, 0..20_000)).collect(),
        latest: vec![(
            TENANT,
            device(3),
            "t".into(),
            Some(TsValue {
                ts: 19_999,
                value: Value::Bool(true),
            }),
        )],
        ..Fold::default()
    };
    limit_pages(&values, 300);
    let error = values.fold(&large).unwrap_err();
    assert_eq!(
        error.to_string(),
        "no space left for values.db: free disk space, writing resumes by itself"
    );
    assert_eq!(values.folded_to().unwrap(), 1);
    limit_pages(&values, 1 << 20);
    values.fold(&large).unwrap();
    values.fold(&large).unwrap();
    assert_eq!(values.folded_to().unwrap(), 2);
    assert_eq!(values.size().unwrap().1, 60_000);
    assert_eq!(points_of(&values, 3), (0..20_000).collect::<Vec<_>>());
    assert_eq!(values.latest(device(3)).unwrap().len(), 1);
}

#[test]
fn readers_go_on_beside_a_fold() {
    let dir = tempfile::tempdir().unwrap();
    let values = Arc::new(SqliteValues::open(dir.path()).unwrap());
    values
        .fold(&Fold {
            upto: 1,
            points: vec![series(1, 0..100)],
            ..Fold::default()
        })
        .unwrap();
    // The writer is busy for as long as this is held.
    let busy = values.writer.lock();
    busy.connection.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let reads: Vec<_> = (0..8)
        .map(|_| {
            let values = Arc::clone(&values);
            std::thread::spawn(move || points_of(&values, 1).len())
        })
        .collect();
    for read in reads {
        assert_eq!(read.join().unwrap(), 100);
    }
    busy.connection.execute_batch("ROLLBACK").unwrap();
}

/// What a power cut would leave: the files as they are right after the call, WAL and all.
fn copy_of(dir: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for name in ["values.db", "values.db-wal"] {
        std::fs::copy(dir.join(name), copy.path().join(name)).unwrap();
    }
    copy
}

#[test]
fn a_fold_that_returned_is_in_the_files_without_closing_them() {
    let dir = tempfile::tempdir().unwrap();
    let values = SqliteValues::open(dir.path()).unwrap();
    values
        .fold(&Fold {
            upto: 7,
            points: vec![series(1, 0..20_000)],
            ..Fold::default()
        })
        .unwrap();
    let synchronous: i64 = values
        .writer
        .lock()
        .connection
        .pragma_query_value(None, "synchronous", |row| row.get(0))
        .unwrap();
    assert_eq!(synchronous, 2, "FULL: every transaction is synced");
    let copy = copy_of(dir.path());
    let copied = SqliteValues::open(copy.path()).unwrap();
    assert_eq!(copied.folded_to().unwrap(), 7);
    assert_eq!(points_of(&copied, 1).len(), 20_000);
}

#[test]
fn expiry_is_bounded_and_expired_points_are_not_read() {
    let dir = tempfile::tempdir().unwrap();
    let values = SqliteValues::open(dir.path()).unwrap();
    let mut expiring = series(1, 0..12_000);
    for point in &mut expiring.points {
        point.expires = Some(100 + point.ts);
    }
    values
        .fold(&Fold {
            upto: 1,
            points: vec![expiring],
            ..Fold::default()
        })
        .unwrap();
    assert_eq!(
        values.points(device(1), "t", ALL, 11_099).unwrap().len(),
        1000
    );
    assert_eq!(values.expire(11_099, 6000).unwrap(), 6000);
    assert_eq!(values.expire(11_099, 1_000_000).unwrap(), 5000);
    assert_eq!(values.expire(11_099, 1_000_000).unwrap(), 0);
    assert_eq!(points_of(&values, 1).first(), Some(&11_000));
}

#[test]
fn a_value_of_an_unknown_form_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let values = SqliteValues::open(dir.path()).unwrap();
    values
        .fold(&Fold {
            upto: 1,
            points: vec![series(1, [5])],
            ..Fold::default()
        })
        .unwrap();
    Connection::open(dir.path().join("values.db"))
        .unwrap()
        .execute("UPDATE point SET value = x'2a2b'", [])
        .unwrap();
    let error = values.points(device(1), "t", ALL, 0).unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
}
