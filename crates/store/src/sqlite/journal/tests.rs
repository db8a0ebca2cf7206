//! The journal through its trait: order, durability, restarts, trimming, faults.

use std::{
    path::Path,
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};

use bytes::Bytes;
use millrace_model::{EntityId, EntityType, TenantId, Value};
use rusqlite::Connection;
use uuid::Uuid;

use super::SqliteJournal;
use crate::{
    StoreError,
    journal::{Append, InRecord, Journal, JournalOptions, OutRecord, Record, Seq, Source},
};

fn open_with(dir: &Path, max_commit_bytes: usize) -> Arc<SqliteJournal> {
    SqliteJournal::open(JournalOptions {
        dir: dir.to_owned(),
        max_commit_bytes,
    })
    .unwrap()
}

fn open(dir: &Path) -> Arc<SqliteJournal> {
    open_with(dir, 1 << 20)
}

fn message(payload: &[u8]) -> InRecord {
    InRecord {
        source: Source {
            tenant: TenantId(Uuid::from_u128(1)),
            integration: Uuid::from_u128(2),
        },
        arrival_ms: 1_700_000_000_000,
        topic: "sensors/s1".into(),
        payload: Bytes::copy_from_slice(payload),
        qos: 1,
        retain: false,
        identity: None,
        properties: None,
    }
}

fn ins(payloads: &[&[u8]]) -> Append {
    Append {
        ins: payloads.iter().map(|payload| message(payload)).collect(),
        ..Append::default()
    }
}

fn outs(outs: Vec<OutRecord>) -> Append {
    Append {
        outs,
        ..Append::default()
    }
}

fn read_all(journal: &SqliteJournal, after: Seq) -> Vec<(Seq, Record)> {
    let mut records = Vec::new();
    journal
        .read(after, &mut |seq, record| {
            records.push((seq, record));
            true
        })
        .unwrap();
    records
}

fn numbers(journal: &SqliteJournal) -> Vec<Seq> {
    read_all(journal, 0)
        .into_iter()
        .map(|(seq, _)| seq)
        .collect()
}

/// One commit an append, so that rows are known.
fn commit_each(journal: &SqliteJournal, appends: impl IntoIterator<Item = Append>) {
    for append in appends {
        journal.append(append);
        journal.sync().unwrap();
    }
}

#[test]
fn numbers_follow_the_order_of_appends_and_ins_come_before_outs() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(dir.path());
    assert_eq!(journal.append(ins(&[b"a", b"b"])), 1);
    let mixed = Append {
        ins: vec![message(b"c")],
        outs: vec![OutRecord::Done(1)],
        committed: None,
    };
    assert_eq!(journal.append(mixed), 3);
    assert_eq!(journal.append(outs(vec![OutRecord::Done(2)])), 5);
    assert_eq!(journal.append(Append::default()), 6);
    journal.sync().unwrap();
    assert_eq!(
        read_all(&journal, 1),
        vec![
            (2, Record::In(message(b"b"))),
            (3, Record::In(message(b"c"))),
            (4, Record::Out(OutRecord::Done(1))),
            (5, Record::Out(OutRecord::Done(2))),
        ]
    );
    let stats = journal.stats();
    assert_eq!(
        (stats.last_seq, stats.durable_seq, stats.records),
        (5, 5, 5)
    );
    assert_eq!(stats.pending_bytes, 0);
    assert!(stats.file_bytes > 0);
}

#[test]
fn reading_stops_when_told() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(dir.path());
    commit_each(&journal, [ins(&[b"a", b"b", b"c"]), ins(&[b"d"])]);
    let mut seen = 0;
    journal
        .read(0, &mut |_, _| {
            seen += 1;
            seen < 2
        })
        .unwrap();
    assert_eq!(seen, 2);
}

#[test]
fn who_is_told_finds_the_record_on_disk_and_is_told_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open_with(dir.path(), 64);
    let (tell, told) = mpsc::channel();
    for n in 0..200_i64 {
        let (tell, path) = (tell.clone(), dir.path().join("journal.db"));
        journal.append(Append {
            ins: vec![message(b"0123456789012345678901234567890123456789")],
            outs: vec![],
            committed: Some(Box::new(move |outcome| {
                outcome.unwrap();
                let on_disk: i64 = Connection::open(path)
                    .unwrap()
                    .query_row("SELECT max(last_seq) FROM commits", [], |row| row.get(0))
                    .unwrap();
                tell.send((n, on_disk)).unwrap();
            })),
        });
    }
    journal.sync().unwrap();
    let told: Vec<(i64, i64)> = told.try_iter().collect();
    assert_eq!(
        told.iter().map(|(n, _)| *n).collect::<Vec<_>>(),
        (0..200).collect::<Vec<_>>(),
        "all were told, in order, before sync returned"
    );
    assert!(told.iter().all(|(n, on_disk)| *on_disk > *n));
    assert!(journal.stats().commits > 1);
}

#[test]
fn a_listener_that_panics_does_not_end_the_journal() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(dir.path());
    journal.append(Append {
        committed: Some(Box::new(|_| panic!("on purpose"))),
        ..ins(&[b"a"])
    });
    journal.sync().unwrap();
    commit_each(&journal, [ins(&[b"b"])]);
    assert_eq!(numbers(&journal), [1, 2]);
}

#[test]
fn an_append_larger_than_a_commit_is_still_whole_and_others_are_split() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open_with(dir.path(), 100);
    journal.fail_next_commits(1);
    journal.append(ins(&[b"first"]));
    let large = vec![7; 10_000];
    journal.append(ins(&[&large, &large]));
    journal.append(ins(&[b"last"]));
    journal.sync().unwrap();
    assert_eq!(numbers(&journal), [1, 2, 3, 4]);
    let rows: Vec<(i64, i64)> = Connection::open(dir.path().join("journal.db"))
        .unwrap()
        .prepare("SELECT first_seq, last_seq FROM commits ORDER BY 1")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(rows, [(1, 1), (2, 3), (4, 4)]);
}

#[test]
fn everything_is_there_after_reopening_and_numbers_continue() {
    let dir = tempfile::tempdir().unwrap();
    let points = OutRecord::Points {
        tenant: TenantId(Uuid::from_u128(1)),
        entity: EntityId::new(EntityType::Device, Uuid::from_u128(9)),
        ts: 5,
        expires: Some(10),
        latest: true,
        history: true,
        values: vec![("t".into(), Value::Double(25.0))],
    };
    let journal = open(dir.path());
    commit_each(&journal, [ins(&[b"a"]), outs(vec![points.clone()])]);
    drop(journal);
    assert!(
        !dir.path().join("journal.db-wal").exists(),
        "a stopped journal is one file"
    );
    let journal = open(dir.path());
    assert_eq!(journal.stats().durable_seq, 2);
    assert_eq!(journal.append(ins(&[b"b"])), 3);
    journal.sync().unwrap();
    assert_eq!(
        read_all(&journal, 0),
        vec![
            (1, Record::In(message(b"a"))),
            (2, Record::Out(points)),
            (3, Record::In(message(b"b"))),
        ]
    );
}

#[test]
fn numbers_continue_even_when_everything_was_trimmed() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(dir.path());
    commit_each(&journal, [ins(&[b"a"]), ins(&[b"b", b"c"])]);
    journal.trim(3, 0).unwrap();
    assert!(numbers(&journal).is_empty());
    drop(journal);
    let journal = open(dir.path());
    assert_eq!(journal.append(ins(&[b"d"])), 4);
}

#[test]
fn trimming_spares_commits_with_newer_records_and_the_newest_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(dir.path());
    let kilobyte = [1; 1000];
    commit_each(&journal, (0..10).map(|_| ins(&[&kilobyte, &kilobyte])));
    journal.trim(5, 0).unwrap();
    assert_eq!(
        numbers(&journal).first(),
        Some(&5),
        "commit 5 to 6 holds a newer record"
    );
    journal.trim(20, 5000).unwrap();
    assert_eq!(
        numbers(&journal),
        [15, 16, 17, 18, 19, 20],
        "three commits are 5000 bytes or more"
    );
    journal.trim(20, u64::MAX).unwrap();
    assert_eq!(numbers(&journal).len(), 6);
    journal.trim(20, 0).unwrap();
    assert!(numbers(&journal).is_empty());
}

#[test]
fn a_trimmed_file_is_used_again_instead_of_growing() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(dir.path());
    let payload = vec![1; 100_000];
    let size = || {
        std::fs::metadata(dir.path().join("journal.db"))
            .unwrap()
            .len()
    };
    let mut largest_early = 0;
    for round in 0..40 {
        for _ in 0..20 {
            journal.append(ins(&[&payload]));
        }
        journal.sync().unwrap();
        journal
            .trim(journal.stats().durable_seq, 4_000_000)
            .unwrap();
        if round == 19 {
            largest_early = size();
        }
    }
    // 80 MB went through; 4 MB are kept.
    assert!(
        largest_early > 0 && size() <= largest_early + 2_000_000,
        "{largest_early} {}",
        size()
    );
    assert!(size() < 40_000_000, "{}", size());
    let wal = std::fs::metadata(dir.path().join("journal.db-wal"))
        .unwrap()
        .len();
    assert!(wal < 40_000_000, "{wal}");
}

#[test]
fn many_small_commits_are_trimmed_in_one_call() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open_with(dir.path(), 1);
    for _ in 0..2500 {
        journal.append(ins(&[b"x"]));
    }
    journal.sync().unwrap();
    assert_eq!(journal.stats().commits, 2500);
    journal.trim(2490, 0).unwrap();
    assert_eq!(numbers(&journal), (2491..=2500).collect::<Vec<_>>());
}

#[test]
fn a_full_disk_keeps_everything_and_tells_nobody_until_there_is_room() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(dir.path());
    journal.fail_next_commits(3);
    let (tell, told) = mpsc::channel();
    let began = Instant::now();
    for n in 0..3_u64 {
        let tell = tell.clone();
        journal.append(Append {
            committed: Some(Box::new(move |outcome| {
                tell.send((n, outcome.is_ok())).unwrap();
            })),
            ..ins(&[b"a"])
        });
    }
    while !journal.stats().stalled {
        assert!(began.elapsed() < Duration::from_secs(10), "never stalled");
        std::thread::yield_now();
    }
    assert!(told.try_recv().is_err(), "told before it was on disk");
    let stats = journal.stats();
    assert_eq!((stats.last_seq, stats.durable_seq), (3, 0));
    assert!(stats.pending_bytes > 0);
    journal.sync().unwrap();
    assert_eq!(
        told.try_iter().collect::<Vec<_>>(),
        [(0, true), (1, true), (2, true)]
    );
    // Three failures: 50 + 100 + 200 ms, however many appends woke the thread.
    assert!(began.elapsed() >= Duration::from_millis(350));
    assert!(!journal.stats().stalled);
    assert_eq!(numbers(&journal), [1, 2, 3]);
}

#[test]
fn a_stalled_journal_can_still_be_trimmed() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(dir.path());
    commit_each(&journal, [ins(&[b"a"]), ins(&[b"b"])]);
    journal.fail_next_commits(u32::MAX);
    journal.append(ins(&[b"c"]));
    journal.trim(1, 0).unwrap();
    assert_eq!(numbers(&journal), [2]);
    journal.fail_next_commits(0);
    journal.sync().unwrap();
    assert_eq!(numbers(&journal), [2, 3]);
}

#[test]
fn closing_with_a_full_disk_ends_and_says_that_nothing_was_written() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(dir.path());
    journal.fail_next_commits(u32::MAX);
    let (tell, told) = mpsc::channel();
    journal.append(Append {
        committed: Some(Box::new(move |outcome| tell.send(outcome).unwrap())),
        ..ins(&[b"a"])
    });
    journal.close();
    assert!(matches!(
        told.recv().unwrap(),
        Err(StoreError::DiskFull { .. })
    ));
    drop(journal);
    assert!(numbers(&open(dir.path())).is_empty());
}

#[test]
fn closing_writes_what_waits_and_later_appends_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(dir.path());
    journal.append(ins(&[b"a"]));
    journal.close();
    assert_eq!(numbers(&journal), [1]);
    let (tell, told) = mpsc::channel();
    journal.append(Append {
        committed: Some(Box::new(move |outcome| tell.send(outcome).unwrap())),
        ..ins(&[b"b"])
    });
    assert!(matches!(told.recv().unwrap(), Err(StoreError::Closed)));
    assert!(matches!(journal.trim(1, 0), Err(StoreError::Closed)));
    journal.close();
}

#[test]
fn a_listener_may_drop_the_last_handle() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(dir.path());
    let (tell, told) = mpsc::channel();
    let (go, wait) = mpsc::channel::<()>();
    let held = Arc::clone(&journal);
    journal.append(Append {
        committed: Some(Box::new(move |_| {
            wait.recv().unwrap();
            drop(held);
            tell.send(()).unwrap();
        })),
        ..ins(&[b"a"])
    });
    drop(journal);
    go.send(()).unwrap();
    told.recv_timeout(Duration::from_secs(10)).unwrap();
}

/// Changes one byte of a commit's body behind the journal's back.
fn damage(dir: &Path, first_seq: i64) {
    let file = Connection::open(dir.join("journal.db")).unwrap();
    let mut body: Vec<u8> = file
        .query_row(
            "SELECT body FROM commits WHERE first_seq = ?1",
            [first_seq],
            |row| row.get(0),
        )
        .unwrap();
    let middle = body.len() / 2;
    body[middle] ^= 0x40;
    let changed = file
        .execute(
            "UPDATE commits SET body = ?2 WHERE first_seq = ?1",
            (first_seq, body),
        )
        .unwrap();
    assert_eq!(changed, 1);
}

#[test]
fn a_damaged_newest_commit_is_set_aside_and_its_numbers_stay_used() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(dir.path());
    commit_each(&journal, [ins(&[b"a"]), ins(&[b"b", b"c"])]);
    drop(journal);
    damage(dir.path(), 2);
    let journal = open(dir.path());
    assert_eq!(numbers(&journal), [1]);
    assert_eq!(journal.append(ins(&[b"d"])), 4);
    journal.sync().unwrap();
    drop(journal);
    let kept: i64 = Connection::open(dir.path().join("journal.db"))
        .unwrap()
        .query_row("SELECT last_seq FROM damaged", [], |row| row.get(0))
        .unwrap();
    assert_eq!(kept, 3);
    assert_eq!(numbers(&open(dir.path())), [1, 4]);
}

#[test]
fn a_damaged_older_commit_is_an_error_that_names_it() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(dir.path());
    commit_each(&journal, [ins(&[b"a", b"b"]), ins(&[b"c"])]);
    damage(dir.path(), 1);
    let error = journal.read(0, &mut |_, _| true).unwrap_err();
    assert_eq!(
        error.to_string(),
        "journal.db holds damaged data: commit 1 to 2: checksum differs"
    );
    let mut rest = Vec::new();
    journal
        .read(2, &mut |seq, _| {
            rest.push(seq);
            true
        })
        .unwrap();
    assert_eq!(rest, [3], "what lies behind it can still be read");
}

#[test]
fn reading_goes_on_beside_commits_and_trims() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(dir.path());
    commit_each(&journal, (0..50).map(|_| ins(&[b"x"])));
    let mut seen = Vec::new();
    journal
        .read(0, &mut |seq, _| {
            if seq == 10 {
                journal.append(ins(&[b"y"]));
                journal.sync().unwrap();
                journal.trim(30, 0).unwrap();
            }
            seen.push(seq);
            true
        })
        .unwrap();
    let expected: Vec<Seq> = (1..=10).chain(31..=51).collect();
    assert_eq!(seen, expected);
}

#[test]
fn records_are_read_back_from_the_newest() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(dir.path());
    for round in 0..3_u8 {
        journal.append(ins(&[&[round], &[round, round]]));
        journal.sync().unwrap();
    }
    let back = |before: Seq, most: usize| {
        let mut seen = Vec::new();
        journal
            .read_back(before, &mut |seq, _| {
                seen.push(seq);
                seen.len() < most
            })
            .unwrap();
        seen
    };
    assert_eq!(back(Seq::MAX, 100), [6, 5, 4, 3, 2, 1]);
    assert_eq!(back(4, 100), [3, 2, 1]);
    assert_eq!(back(Seq::MAX, 3), [6, 5, 4]);
    assert_eq!(back(1, 100), [0; 0]);
    assert_eq!(read_all(&journal, 5).len(), 1);
}
