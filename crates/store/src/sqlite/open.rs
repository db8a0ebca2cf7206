//! Opening a file: settings, schema version, upgrades.
//!
//! A file carries its schema version (`user_version`). A newer one than this program knows is
//! refused. An older one is copied to `<file>.v<version>.bak` first, then upgraded step by step,
//! each step in one transaction with its version, so that a crash leaves a version that is whole.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::error;
use crate::{Result, StoreError};

/// A file and the steps that lead from an empty file to the schema known here.
pub(crate) struct Schema {
    /// Name in the data directory.
    pub(crate) file: &'static str,
    /// Step `n` turns version `n` into `n + 1`. Steps are never changed, only added.
    pub(crate) steps: &'static [&'static str],
}

impl Schema {
    /// The version known here.
    pub(crate) fn version(&self) -> u32 {
        u32::try_from(self.steps.len()).unwrap_or(u32::MAX)
    }
}

/// How safe a commit is before it returns.
#[derive(Clone, Copy)]
pub(crate) enum Sync {
    /// Survives a power cut.
    Full,
    /// Survives the end of the process, not a power cut.
    Off,
}

/// Settings of a writer that differ between files.
pub(crate) struct WriterOptions {
    /// How safe a commit is.
    pub(crate) sync: Sync,
    /// Pages in the WAL before it is copied back into the file.
    pub(crate) checkpoint_pages: u32,
    /// Page cache in KiB.
    pub(crate) cache_kib: u32,
}

/// Opens the writing connection of a file, making or upgrading the file when needed.
pub(crate) fn writer(dir: &Path, schema: &Schema, options: &WriterOptions) -> Result<Connection> {
    let file = schema.file;
    fs::create_dir_all(dir).map_err(|error| error::io(file, error))?;
    let path = dir.join(file);
    let new = !path.exists();
    let mut connection = Connection::open_with_flags(
        &path,
        OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .map_err(|error| error::engine(file, error))?;
    settings(&connection, options).map_err(|error| error::engine(file, error))?;
    upgrade(&mut connection, &path, schema)?;
    if new {
        // The file's own name must survive a power cut, too.
        sync_dir(dir).map_err(|error| error::io(file, error))?;
    }
    Ok(connection)
}

/// Opens a reading connection of a file that a writer has opened before.
pub(crate) fn reader(dir: &Path, file: &'static str) -> Result<Connection> {
    let open = || -> rusqlite::Result<Connection> {
        let connection = Connection::open_with_flags(
            dir.join(file),
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        connection.busy_timeout(BUSY)?;
        connection.pragma_update(None, "query_only", true)?;
        connection.pragma_update(None, "cache_size", -2048)?;
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        connection.set_prepared_statement_cache_capacity(32);
        Ok(connection)
    };
    open().map_err(|error| error::engine(file, error))
}

/// Opens a file of a directory that nobody writes to. Without anything in its WAL the file is all
/// there is: then nothing is made beside it, and a medium that cannot be written to will do.
pub(crate) fn at_rest(dir: &Path, file: &'static str) -> Result<Connection> {
    let wal = fs::metadata(dir.join(format!("{file}-wal"))).map_or(0, |wal| wal.len());
    if wal > 0 {
        return reader(dir, file);
    }
    let mut uri = "file:".to_owned();
    for byte in dir.join(file).as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' => uri.push(char::from(*byte)),
            byte if byte.is_ascii_alphanumeric() => uri.push(char::from(*byte)),
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri.push_str("?immutable=1");
    let connection = Connection::open_with_flags(
        uri,
        OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_URI,
    )
    .map_err(|error| error::engine(file, error))?;
    Ok(connection)
}

/// Copies the WAL into the file and empties it, so that a stopped file is one file. A failure only
/// means that the next start reads the WAL.
pub(crate) fn tidy(connection: &Connection, file: &'static str) {
    // A read that is still under way must not hold up a stop.
    let tidied = connection.busy_timeout(TIDY_WAIT).and_then(|()| {
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| {
            row.get::<_, bool>(0)
        })
    });
    match tidied {
        Ok(false) => {}
        Ok(true) => tracing::warn!(file, "stopped with a read under way: its -wal file stays"),
        Err(error) => tracing::warn!(file, %error, "stopped without tidying: its -wal file stays"),
    }
    if let Err(error) = connection.busy_timeout(BUSY) {
        tracing::warn!(file, %error, "the wait for locks is not restored");
    }
}

/// Bytes of a file and its WAL; 0 when it cannot be seen.
pub(crate) fn file_bytes(dir: &Path, file: &str) -> u64 {
    [file.to_owned(), format!("{file}-wal")]
        .iter()
        .filter_map(|name| fs::metadata(dir.join(name)).ok())
        .map(|meta| meta.len())
        .sum()
}

/// How long a stop waits for reads of one file.
const TIDY_WAIT: Duration = Duration::from_secs(1);

/// Only a checkpoint or another process can hold a lock for long.
const BUSY: Duration = Duration::from_secs(10);

fn settings(connection: &Connection, options: &WriterOptions) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "page_size", 4096)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(
        None,
        "synchronous",
        match options.sync {
            Sync::Full => "FULL",
            Sync::Off => "OFF",
        },
    )?;
    connection.pragma_update(None, "wal_autocheckpoint", options.checkpoint_pages)?;
    // After a burst the WAL shrinks again.
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    connection.pragma_update(None, "cache_size", -i64::from(options.cache_kib))?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

fn upgrade(connection: &mut Connection, path: &Path, schema: &Schema) -> Result<()> {
    let file = schema.file;
    let fail = |error| error::engine(file, error);
    let found: u32 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(fail)?;
    let known = schema.version();
    if found > known {
        return Err(StoreError::NewerSchema {
            file: file.to_owned(),
            found,
            known,
        });
    }
    if found == known {
        return Ok(());
    }
    if found > 0 {
        back_up(connection, path, file, found)?;
    }
    for (step, version) in schema.steps.iter().zip(1_u32..).skip(found as usize) {
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(fail)?;
        transaction.execute_batch(step).map_err(fail)?;
        transaction
            .pragma_update(None, "user_version", version)
            .map_err(fail)?;
        transaction.commit().map_err(fail)?;
    }
    if found > 0 {
        tracing::info!(file, from = found, to = known, "schema upgraded");
    }
    Ok(())
}

/// Copies the file beside itself. The copy gets its name only when it is whole and synced.
fn back_up(connection: &Connection, path: &Path, file: &str, version: u32) -> Result<()> {
    let beside = |suffix: &str| -> PathBuf {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".v{version}.{suffix}"));
        PathBuf::from(name)
    };
    let (partial, whole) = (beside("partial"), beside("bak"));
    let io = |error| error::io(file, error);
    if partial.exists() {
        fs::remove_file(&partial).map_err(io)?;
    }
    connection
        .execute("VACUUM INTO ?1", [partial.to_string_lossy()])
        .map_err(|error| error::engine(file, error))?;
    File::open(&partial)
        .and_then(|copy| copy.sync_all())
        .map_err(io)?;
    fs::rename(&partial, &whole).map_err(io)?;
    if let Some(dir) = path.parent() {
        sync_dir(dir).map_err(io)?;
    }
    Ok(())
}

fn sync_dir(dir: &Path) -> std::io::Result<()> {
    File::open(dir)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: WriterOptions = WriterOptions {
        sync: Sync::Full,
        checkpoint_pages: 1000,
        cache_kib: 1024,
    };
    const FIRST: Schema = Schema {
        file: "t.db",
        steps: &["CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (7);"],
    };
    const SECOND: Schema = Schema {
        file: "t.db",
        steps: &[
            "CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (7);",
            "UPDATE a SET x = x + 1;",
        ],
    };

    fn x_in(path: &Path) -> i64 {
        Connection::open(path)
            .unwrap()
            .query_row("SELECT x FROM a", [], |row| row.get(0))
            .unwrap()
    }

    #[test]
    fn an_upgrade_backs_up_first_and_runs_each_step_once() {
        let dir = tempfile::tempdir().unwrap();
        drop(writer(dir.path(), &FIRST, &OPTIONS).unwrap());
        drop(writer(dir.path(), &SECOND, &OPTIONS).unwrap());
        drop(writer(dir.path(), &SECOND, &OPTIONS).unwrap());
        assert_eq!(x_in(&dir.path().join("t.db")), 8);
        assert_eq!(x_in(&dir.path().join("t.db.v1.bak")), 7);
        assert!(!dir.path().join("t.db.v1.partial").exists());
    }

    #[test]
    fn a_newer_file_is_refused_by_name() {
        let dir = tempfile::tempdir().unwrap();
        drop(writer(dir.path(), &SECOND, &OPTIONS).unwrap());
        let error = writer(dir.path(), &FIRST, &OPTIONS).unwrap_err();
        assert_eq!(
            error.to_string(),
            "t.db has schema version 2, this program knows 1: use a newer millrace"
        );
    }

    #[test]
    fn a_failed_step_leaves_the_old_version_whole() {
        const BROKEN: Schema = Schema {
            file: "t.db",
            steps: &[
                "CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (7);",
                "UPDATE a SET x = 9; SELECT nothing FROM nowhere;",
            ],
        };
        let dir = tempfile::tempdir().unwrap();
        drop(writer(dir.path(), &FIRST, &OPTIONS).unwrap());
        writer(dir.path(), &BROKEN, &OPTIONS).unwrap_err();
        drop(writer(dir.path(), &SECOND, &OPTIONS).unwrap());
        assert_eq!(x_in(&dir.path().join("t.db")), 8);
    }

    #[test]
    fn a_file_that_is_no_database_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("t.db"), vec![b'x'; 5000]).unwrap();
        let error = writer(dir.path(), &FIRST, &OPTIONS).unwrap_err();
        assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    }
}
