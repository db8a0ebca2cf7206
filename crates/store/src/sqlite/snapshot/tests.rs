//! Copies of directories that are written to meanwhile.

use std::fs;

use millrace_model::{EntityId, EntityType, TenantId, Value};
use uuid::Uuid;

use super::*;
use crate::{
    entities::{Change, Entities, EntityRow},
    journal::{Append, Journal, JournalOptions, OutRecord},
    sqlite::{SqliteEntities, SqliteJournal, SqliteValues, check, known_schema},
    values::{Fold, Point, PointQuery, SeriesPoints, ValueTables},
};

/// Copies everything into `target`.
fn copy_all(dir: &Path, target: &Path) {
    fs::create_dir_all(target).unwrap();
    let mut snapshot = Snapshot::take(dir).unwrap();
    copy_into(&mut snapshot, target);
}

fn copy_into(snapshot: &mut Snapshot, target: &Path) {
    for file in snapshot.files() {
        let mut seen = (0, 1);
        let schema = snapshot
            .copy(file, &target.join(file), &mut |done, all| {
                seen = (done, all);
            })
            .unwrap();
        assert_eq!(Some(schema), known_schema(file));
        assert_eq!(seen.0, seen.1, "{file}");
    }
}

fn journal(dir: &Path) -> std::sync::Arc<SqliteJournal> {
    SqliteJournal::open(JournalOptions {
        dir: dir.to_owned(),
        max_commit_bytes: 1 << 20,
    })
    .unwrap()
}

#[test]
fn a_copy_of_a_running_directory_opens_with_everything_but_the_key() {
    let dir = tempfile::tempdir().unwrap();
    let target = tempfile::tempdir().unwrap();
    let copy = target.path().join("copy");
    let tenant = TenantId(Uuid::from_u128(1));
    let device = EntityId::new(EntityType::Device, Uuid::from_u128(9));
    fs::write(dir.path().join("secret.key"), "key").unwrap();
    let journal_before = journal(dir.path());
    journal_before.append(Append {
        outs: vec![OutRecord::Done(1), OutRecord::Done(2)],
        ..Append::default()
    });
    journal_before.sync().unwrap();
    let values = SqliteValues::open(dir.path()).unwrap();
    values
        .fold(&Fold {
            upto: 1,
            points: vec![SeriesPoints {
                tenant,
                entity: device,
                key: "t".into(),
                points: vec![Point {
                    ts: 5,
                    value: Value::Double(25.0),
                    expires: None,
                }],
            }],
            ..Fold::default()
        })
        .unwrap();
    let entities = SqliteEntities::open(dir.path()).unwrap();
    let row = EntityRow {
        id: device,
        tenant,
        name: "d".into(),
        label: None,
        subtype: None,
        customer: None,
        created_time: 1,
        version: 1,
        body: serde_json::json!({}),
    };
    entities
        .apply(&[Change::Put {
            row: row.clone(),
            expected: None,
        }])
        .unwrap();

    copy_all(dir.path(), &copy);
    assert!(!copy.join("secret.key").exists());
    let query = PointQuery {
        start: 0,
        end: 10,
        newest_first: false,
        limit: None,
    };
    let copied = SqliteValues::open(&copy).unwrap();
    assert_eq!(copied.folded_to().unwrap(), 1);
    assert_eq!(
        copied.points(device, "t", query, 0).unwrap(),
        values.points(device, "t", query, 0).unwrap()
    );
    let copied = SqliteEntities::open(&copy).unwrap();
    assert_eq!(copied.get(tenant, device).unwrap(), Some(row));
    let copied = journal(&copy);
    assert_eq!(copied.stats().last_seq, 2);
    let mut seen = 0;
    copied
        .read(1, &mut |_, _| {
            seen += 1;
            true
        })
        .unwrap();
    assert_eq!(seen, 1);
}

fn append(journal: &SqliteJournal, count: u64) {
    for n in 0..count {
        journal.append(Append {
            outs: vec![OutRecord::Done(n)],
            ..Append::default()
        });
        journal.sync().unwrap();
    }
}

/// The state is that of the moment it was taken, whatever is written, folded and trimmed before it
/// is copied.
#[test]
fn what_happens_while_a_copy_is_made_is_not_in_it() {
    let dir = tempfile::tempdir().unwrap();
    let target = tempfile::tempdir().unwrap();
    let journal_now = journal(dir.path());
    let values = SqliteValues::open(dir.path()).unwrap();
    SqliteEntities::open(dir.path()).unwrap();
    append(&journal_now, 3);
    let mut snapshot = Snapshot::take(dir.path()).unwrap();
    append(&journal_now, 4);
    let fold = Fold {
        upto: 7,
        ..Fold::default()
    };
    values.fold(&fold).unwrap();
    journal_now.trim(7, 0).unwrap();
    copy_into(&mut snapshot, target.path());
    let report = check(target.path(), &mut |_| {}).unwrap();
    assert_eq!(report.problems, [""; 0]);
    assert_eq!(report.records, 3);
    assert_eq!(
        SqliteValues::open(target.path())
            .unwrap()
            .folded_to()
            .unwrap(),
        0
    );
}

/// A journal that was trimmed further than the values reach is no copy of one moment.
#[test]
fn a_journal_that_begins_behind_the_values_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let journal = journal(dir.path());
    SqliteValues::open(dir.path()).unwrap();
    SqliteEntities::open(dir.path()).unwrap();
    append(&journal, 3);
    assert!(Snapshot::take(dir.path()).is_ok());
    journal.trim(2, 0).unwrap();
    let error = Snapshot::take(dir.path()).err().unwrap().to_string();
    assert!(error.contains("missing"), "{error}");
    let report = check(dir.path(), &mut |_| {}).unwrap();
    assert!(
        report
            .problems
            .iter()
            .any(|problem| problem.contains("begins at 3")),
        "{:?}",
        report.problems
    );
}
