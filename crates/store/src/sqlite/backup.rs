//! A consistent copy of a running data directory, without its key.
//!
//! No transaction spans two files, so the order of the copies carries the consistency: values
//! first, then the journal, then entities. The journal's copy holds every record above the mark
//! of the values' copy, because trimming waits meanwhile; and every entity a record names was
//! synced before the record, so it is in the later copy. Starting from the copy is like starting
//! after a crash at the moment the journal was copied.

use std::{
    fs::{self, File},
    path::Path,
};

use super::{SqliteJournal, entities, error, events, journal, open, values};
use crate::Result;

/// Copies the databases of `dir` into `target`, a directory that is made and must be empty. With
/// `journal` = the open one when the server runs. Each copy is whole and synced when this returns.
///
/// # Errors
/// When `target` holds anything already, a file cannot be read, or there is no room.
pub fn backup(dir: &Path, journal: Option<&SqliteJournal>, target: &Path) -> Result<()> {
    let io = |error| error::io("backup", error);
    fs::create_dir_all(target).map_err(io)?;
    if fs::read_dir(target).map_err(io)?.next().is_some() {
        return Err(io(std::io::Error::new(
            std::io::ErrorKind::AlreadyExists,
            "the target directory is not empty",
        )));
    }
    let _hold = journal.map(SqliteJournal::hold_trims);
    for file in [values::FILE, journal::FILE, entities::FILE, events::FILE] {
        if dir.join(file).exists() {
            copy(dir, file, target)?;
        }
    }
    File::open(target)
        .and_then(|target| target.sync_all())
        .map_err(io)
}

fn copy(dir: &Path, file: &'static str, target: &Path) -> Result<()> {
    let connection = open::reader(dir, file)?;
    let path = target.join(file);
    connection
        .pragma_update(None, "query_only", false)
        .and_then(|()| connection.execute("VACUUM INTO ?1", [path.to_string_lossy()]))
        .map_err(|error| error::engine(file, error))?;
    File::open(path)
        .and_then(|copy| copy.sync_all())
        .map_err(|error| error::io(file, error))
}

#[cfg(test)]
mod tests {
    use millrace_model::{EntityId, EntityType, TenantId, Value};
    use uuid::Uuid;

    use super::*;
    use crate::{
        entities::{Change, Entities, EntityRow},
        journal::{Append, Journal, JournalOptions, OutRecord},
        sqlite::{SqliteEntities, SqliteValues},
        values::{Fold, Point, PointQuery, SeriesPoints, ValueTables},
    };

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
        let copy = target.path().join("new/copy");
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

        backup(dir.path(), Some(&journal_before), &copy).unwrap();
        let error = backup(dir.path(), Some(&journal_before), &copy).unwrap_err();
        assert!(error.to_string().contains("not empty"), "{error}");
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

    #[test]
    fn trims_wait_while_a_copy_is_made() {
        let dir = tempfile::tempdir().unwrap();
        let journal = journal(dir.path());
        journal.append(Append {
            outs: vec![OutRecord::Done(1)],
            ..Append::default()
        });
        journal.sync().unwrap();
        let count = || {
            let mut count = 0;
            journal
                .read(0, &mut |_, _| {
                    count += 1;
                    true
                })
                .unwrap();
            count
        };
        let (one, other) = (journal.hold_trims(), journal.hold_trims());
        drop(one);
        journal.trim(1, 0).unwrap();
        assert_eq!(count(), 1);
        drop(other);
        journal.trim(1, 0).unwrap();
        assert_eq!(count(), 0);
    }
}
