//! Verifies a data directory: reads everything, changes nothing.

use std::path::Path;

use rusqlite::Connection;

use super::{FILES, NEEDED_FILES, entities, error, events, journal, known_schema, open, values};
use crate::{Result, journal::Seq};

/// What a verification found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckReport {
    /// Files that were looked at.
    pub files: Vec<&'static str>,
    /// Commits in the journal.
    pub commits: u64,
    /// Records in the journal.
    pub records: u64,
    /// Points in the value tables.
    pub points: u64,
    /// Entities.
    pub entities: u64,
    /// Debug and lifecycle events.
    pub events: u64,
    /// What is wrong, one text each; empty when the directory is sound.
    pub problems: Vec<String>,
}

/// Verifies the databases of `dir`, which no server may use: the files' own structure and schema
/// version, every commit's checksum and records, and what the files say about each other.
/// `progress` hears which file is read.
///
/// # Errors
/// When a file cannot be opened at all; damage inside is a problem in the report.
pub fn check(dir: &Path, progress: &mut dyn FnMut(&'static str)) -> Result<CheckReport> {
    let mut report = CheckReport::default();
    let mut last_seq = None;
    let mut begins_at = None;
    let mut folded_to = None;
    for file in FILES {
        if !dir.join(file).exists() {
            if NEEDED_FILES.contains(&file) {
                report
                    .problems
                    .push(format!("{file}: the file is not there"));
            }
            continue;
        }
        report.files.push(file);
        progress(file);
        let connection = open::at_rest(dir, file)?;
        let mut problems = structure(&connection);
        problems.extend(schema(&connection, file));
        let sound = problems.is_empty();
        report.problems.extend(
            problems
                .into_iter()
                .map(|problem| format!("{file}: {problem}")),
        );
        if !sound {
            continue;
        }
        match file {
            journal::FILE => {
                last_seq = check_journal(&connection, &mut report)?;
                begins_at = journal::begins_at(&connection)
                    .map(Some)
                    .map_err(|error| error::engine(file, error))?;
            }
            values::FILE => folded_to = check_values(&connection, &mut report)?,
            entities::FILE => check_entities(&connection, &mut report)?,
            _ => report.events = check_events(&connection)?,
        }
    }
    if let (Some(begins), Some(folded)) = (begins_at, folded_to)
        && begins > folded + 1
    {
        report.problems.push(format!(
            "values.db is folded to {folded}, journal.db begins at {begins}: what lies between is missing"
        ));
    }
    if let (Some(last), Some(folded)) = (last_seq, folded_to)
        && folded > last
    {
        report.problems.push(format!(
            "values.db is folded to {folded}, journal.db ends at {last}: the files are not of one time"
        ));
    }
    Ok(report)
}

/// SQLite's own verification; a file too damaged for it is a finding, too.
fn structure(connection: &Connection) -> Vec<String> {
    let look = || -> rusqlite::Result<Vec<String>> {
        connection
            .prepare("PRAGMA integrity_check(20)")?
            .query_map([], |row| row.get(0))?
            .collect()
    };
    match look() {
        Ok(lines) => lines.into_iter().filter(|line| line != "ok").collect(),
        Err(error) => vec![error.to_string()],
    }
}

/// A newer file than this program knows, or one that is no file of it.
fn schema(connection: &Connection, file: &str) -> Option<String> {
    let known = known_schema(file)?;
    match connection.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0)) {
        Ok(0) => Some("has no schema version: it is no file of millrace".to_owned()),
        Ok(found) if found > known => Some(format!(
            "has schema version {found}, this program knows {known}: use a newer millrace"
        )),
        Ok(_) => None,
        Err(error) => Some(error.to_string()),
    }
}

fn check_events(connection: &Connection) -> Result<u64> {
    count(connection, "SELECT count(*) FROM event")
        .map_err(|error| error::engine(events::FILE, error))
}

fn check_journal(connection: &Connection, report: &mut CheckReport) -> Result<Option<Seq>> {
    let found = journal::check(connection)?;
    report.commits = found.commits;
    report.records = found.records;
    report.problems.extend(found.problems);
    Ok(Some(found.last_seq))
}

fn check_values(connection: &Connection, report: &mut CheckReport) -> Result<Option<Seq>> {
    let fail = |error| error::engine(values::FILE, error);
    let mark = values::read_mark(connection).map_err(fail)?;
    report.points = count(connection, "SELECT count(*) FROM point").map_err(fail)?;
    if report.points != mark.points {
        report.problems.push(format!(
            "values.db holds {} points and counts {}",
            report.points, mark.points
        ));
    }
    let orphans = count(
        connection,
        "SELECT count(*) FROM (SELECT DISTINCT series FROM point)
         WHERE series NOT IN (SELECT id FROM series)",
    )
    .map_err(fail)?;
    if orphans > 0 {
        report.problems.push(format!(
            "values.db holds points of {orphans} unknown series"
        ));
    }
    Ok(Some(mark.folded_to))
}

fn check_entities(connection: &Connection, report: &mut CheckReport) -> Result<()> {
    let fail = |error| error::engine(entities::FILE, error);
    report.entities = count(connection, "SELECT count(*) FROM entity").map_err(fail)?;
    let unreadable = count(
        connection,
        "SELECT (SELECT count(*) FROM entity WHERE NOT json_valid(body))
              + (SELECT count(*) FROM document WHERE NOT json_valid(body))
              + (SELECT count(*) FROM notification WHERE NOT json_valid(body))",
    )
    .map_err(fail)?;
    if unreadable > 0 {
        report.problems.push(format!(
            "millrace.db holds {unreadable} rows that are no JSON"
        ));
    }
    Ok(())
}

fn count(connection: &Connection, sql: &str) -> rusqlite::Result<u64> {
    connection.query_row(sql, [], |row| row.get(0).map(super::column::unsigned))
}

#[cfg(test)]
mod tests {
    use millrace_model::{EntityId, EntityType, TenantId, Value};
    use uuid::Uuid;

    use super::*;
    use crate::{
        journal::{Append, Journal, JournalOptions, OutRecord},
        sqlite::{EventOptions, SqliteEntities, SqliteEvents, SqliteJournal, SqliteValues},
        values::{Fold, Point, SeriesPoints, ValueTables},
    };

    /// A directory with three commits of two records, and 50 points folded to 6.
    fn directory() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let journal = SqliteJournal::open(JournalOptions {
            dir: dir.path().to_owned(),
            max_commit_bytes: 1 << 20,
        })
        .unwrap();
        for n in 0..3 {
            journal.append(Append {
                outs: vec![OutRecord::Done(n), OutRecord::Done(n)],
                ..Append::default()
            });
            journal.sync().unwrap();
        }
        let points = (0..50).map(|ts| Point {
            ts,
            value: Value::Long(ts),
            expires: None,
        });
        SqliteValues::open(dir.path())
            .unwrap()
            .fold(&Fold {
                upto: 6,
                points: vec![SeriesPoints {
                    tenant: TenantId(Uuid::from_u128(1)),
                    entity: EntityId::new(EntityType::Device, Uuid::from_u128(2)),
                    key: "t".into(),
                    points: points.collect(),
                }],
                ..Fold::default()
            })
            .unwrap();
        SqliteEntities::open(dir.path()).unwrap();
        SqliteEvents::open(dir.path(), EventOptions::default()).unwrap();
        dir
    }

    fn change(dir: &Path, file: &str, sql: &str) {
        let changed = Connection::open(dir.join(file))
            .unwrap()
            .execute(sql, [])
            .unwrap();
        assert_eq!(changed, 1);
    }

    #[test]
    fn a_sound_directory_has_no_problems() {
        let dir = directory();
        let report = check(dir.path(), &mut |_| {}).unwrap();
        assert_eq!(report.problems, [""; 0]);
        assert_eq!((report.commits, report.records, report.points), (3, 6, 50));
        assert_eq!(report.files.len(), 4);
        let empty = tempfile::tempdir().unwrap();
        assert_eq!(check(empty.path(), &mut |_| {}).unwrap().problems.len(), 3);
    }

    #[test]
    fn each_kind_of_damage_is_named() {
        let dir = directory();
        change(
            dir.path(),
            "journal.db",
            "UPDATE commits SET body = x'010700' WHERE first_seq = 3",
        );
        change(
            dir.path(),
            "values.db",
            "UPDATE mark SET points = 7, folded_to = 99",
        );
        let report = check(dir.path(), &mut |_| {}).unwrap();
        assert_eq!(
            report.problems,
            [
                "journal.db holds damaged data: commit 3 to 4: checksum differs",
                "values.db holds 50 points and counts 7",
                "values.db is folded to 99, journal.db ends at 6: the files are not of one time",
            ]
        );
        assert_eq!(
            (report.commits, report.records),
            (3, 4),
            "the others are counted"
        );
    }

    #[test]
    fn a_file_with_broken_structure_is_a_problem_not_a_panic() {
        let dir = directory();
        let path = dir.path().join("values.db");
        let mut bytes = std::fs::read(&path).unwrap();
        let page = 4096;
        assert!(bytes.len() > 2 * page);
        for byte in &mut bytes[page..2 * page] {
            *byte ^= 0x5a;
        }
        std::fs::write(&path, bytes).unwrap();
        let report = check(dir.path(), &mut |_| {}).unwrap();
        assert!(
            report
                .problems
                .iter()
                .any(|problem| problem.starts_with("values.db"))
        );
        assert_eq!(report.records, 6);
    }
}
