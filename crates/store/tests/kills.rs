//! The process ends by force at the worst moments; what is on disk afterwards is what was promised.
//!
//! Needs the feature `fault-points`. Each test starts this program again as the child that dies.

#![cfg(feature = "fault-points")]
#![allow(clippy::unwrap_used)]

use std::{
    path::Path,
    process::{Command, ExitStatus},
    sync::Arc,
};

use millrace_model::{EntityId, EntityType, TenantId, Value};
use millrace_store::{
    journal::{Append, Journal, JournalOptions, OutRecord, Record},
    sqlite::{SqliteJournal, SqliteValues},
    values::{Fold, Point, PointQuery, PointRange, SeriesPoints, ValueTables},
};
use uuid::Uuid;

const CHILD_DIR: &str = "MILLRACE_TEST_CHILD_DIR";

/// Runs the test `name` of this file as a child that works in `dir` and dies at `point`.
fn die(name: &str, point: &str, dir: &Path) -> ExitStatus {
    Command::new(std::env::current_exe().unwrap())
        .args([name, "--exact", "--nocapture", "--test-threads=1"])
        .env(CHILD_DIR, dir)
        .env("MILLRACE_FAULT_POINT", point)
        .status()
        .unwrap()
}

fn child_dir() -> Option<std::path::PathBuf> {
    std::env::var_os(CHILD_DIR).map(Into::into)
}

fn journal(dir: &Path) -> Arc<SqliteJournal> {
    SqliteJournal::open(JournalOptions {
        dir: dir.to_owned(),
        max_commit_bytes: 1 << 20,
    })
    .unwrap()
}

fn outs(done: &[u64]) -> Append {
    Append {
        outs: done.iter().copied().map(OutRecord::Done).collect(),
        ..Append::default()
    }
}

fn read(journal: &SqliteJournal) -> Vec<(u64, Record)> {
    let mut records = Vec::new();
    journal
        .read(0, &mut |seq, record| {
            records.push((seq, record));
            true
        })
        .unwrap();
    records
}

#[test]
fn a_commit_that_was_synced_is_there_though_nobody_was_told() {
    if let Some(dir) = child_dir() {
        let journal = journal(&dir);
        for n in 0..5 {
            let told = dir.join(format!("told-{n}"));
            journal.append(Append {
                committed: Some(Box::new(move |outcome| {
                    outcome.unwrap();
                    std::fs::write(told, "").unwrap();
                })),
                ..outs(&[n, 100 + n])
            });
            journal.sync().unwrap();
        }
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let status = die(
        "a_commit_that_was_synced_is_there_though_nobody_was_told",
        "journal.synced:3",
        dir.path(),
    );
    assert!(!status.success(), "the child was to die");
    let journal = journal(dir.path());
    let done: Vec<_> = read(&journal)
        .into_iter()
        .map(|(_, record)| record)
        .collect();
    let expected: Vec<_> = [0, 100, 1, 101, 2, 102]
        .map(|seq| Record::Out(OutRecord::Done(seq)))
        .into();
    assert_eq!(done, expected);
    assert!(dir.path().join("told-1").exists());
    assert!(!dir.path().join("told-2").exists());
    assert_eq!(journal.append(outs(&[9])), 7, "numbers continue");
}

#[test]
fn a_kill_at_the_start_of_a_trim_loses_nothing() {
    if let Some(dir) = child_dir() {
        let journal = journal(&dir);
        journal.append(outs(&[1, 2, 3]));
        journal.sync().unwrap();
        journal.trim(3, 0).unwrap();
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let status = die(
        "a_kill_at_the_start_of_a_trim_loses_nothing",
        "fold.before_trim",
        dir.path(),
    );
    assert!(!status.success(), "the child was to die");
    assert_eq!(read(&journal(dir.path())).len(), 3);
}

const TENANT: TenantId = TenantId(Uuid::from_u128(1));

fn device(number: u128) -> EntityId {
    EntityId::new(EntityType::Device, Uuid::from_u128(number))
}

fn points(number: u128, times: impl Iterator<Item = i64>, value: i64) -> SeriesPoints {
    SeriesPoints {
        tenant: TENANT,
        entity: device(number),
        key: "t".into(),
        points: times
            .map(|ts| Point {
                ts,
                value: Value::Long(value),
                expires: None,
            })
            .collect(),
    }
}

/// Several transactions long: deletions first, then points in the place of the old ones.
fn second_fold() -> Fold {
    Fold {
        upto: 20,
        delete_points: vec![PointRange {
            entity: device(1),
            key: "t".into(),
            start: 0,
            end: 50_000,
        }],
        points: (1..=3)
            .map(|number| points(number, 10..60_000, 2))
            .collect(),
        ..Fold::default()
    }
}

/// Everything of a data directory's values that can be seen.
fn image(values: &SqliteValues) -> Vec<Vec<Point>> {
    let all = PointQuery {
        start: i64::MIN,
        end: i64::MAX,
        newest_first: false,
        limit: None,
    };
    let image: Vec<_> = (1..=3)
        .map(|number| values.points(device(number), "t", all, 0).unwrap())
        .collect();
    let stored = values.size().unwrap().1;
    assert_eq!(
        stored,
        image.iter().map(|points| points.len() as u64).sum::<u64>()
    );
    image
}

#[test]
fn a_fold_killed_anywhere_is_made_whole_by_its_repetition() {
    if let Some(dir) = child_dir() {
        SqliteValues::open(&dir)
            .unwrap()
            .fold(&second_fold())
            .unwrap();
        return;
    }
    let first = Fold {
        upto: 10,
        points: (1..=3).map(|number| points(number, 0..1000, 1)).collect(),
        ..Fold::default()
    };
    let expected = {
        let dir = tempfile::tempdir().unwrap();
        let values = SqliteValues::open(dir.path()).unwrap();
        values.fold(&first).unwrap();
        values.fold(&second_fold()).unwrap();
        image(&values)
    };
    let mut died = 0;
    for count in 1..100 {
        let dir = tempfile::tempdir().unwrap();
        SqliteValues::open(dir.path())
            .unwrap()
            .fold(&first)
            .unwrap();
        let status = die(
            "a_fold_killed_anywhere_is_made_whole_by_its_repetition",
            &format!("fold.inside:{count}"),
            dir.path(),
        );
        let values = SqliteValues::open(dir.path()).unwrap();
        if status.success() {
            assert_eq!(values.folded_to().unwrap(), 20);
            assert_eq!(image(&values), expected);
            break;
        }
        died += 1;
        assert_eq!(
            values.folded_to().unwrap(),
            10,
            "the mark is in the last transaction"
        );
        values.fold(&second_fold()).unwrap();
        assert_eq!(values.folded_to().unwrap(), 20);
        assert_eq!(image(&values), expected);
    }
    assert!(
        died >= 3,
        "the fold has several transactions, died in {died}"
    );
}
