//! One moment of a data directory, copied while a server in another process writes to it.
//!
//! Each file by itself is easy: SQLite's WAL gives a reader one state for as long as its
//! transaction is open, whoever writes meanwhile, and the online backup copies that state. No
//! transaction spans two files, so **the order in which the states are taken** carries the
//! consistency between them: values, then the journal, then entities, one right after the other.
//!
//! - *Values before the journal*: whatever the fold had moved when the values were taken, the journal
//!   is newer. So every record above the values' mark is in the journal's copy, unless it was folded
//!   and trimmed between the two looks; then the journal begins behind the mark, which is seen
//!   ([`Snapshot::take`]), and both are taken again. The other way round, values could be folded
//!   further than the journal's copy reaches; its numbers would be given out again and the fold
//!   would pass over them: acknowledged messages would be lost.
//! - *Entities after the journal*: an entity is synced before a record may name it, so every
//!   device that the journal's copy speaks of is in the later copy of the entities. A device that
//!   is only in the entities (made between the two looks) has no values yet; nothing about it was
//!   acknowledged before the backup began.
//! - *Events last, on their own*: nothing refers to them.
//!
//! Starting from such a copy is what a start after a crash at the moment of the journal's state
//! is: records above the mark are applied again, to the same rows with the same values, and
//! messages without *done* run again with their arrival time and ids, so what they save overwrites
//! itself. What was acknowledged before the moment was synced before it, so it is in the copy.
//!
//! A state that is held keeps the WAL of its file from starting over. The log grows by what is
//! written until the file has been copied, so the journal, which grows fastest, goes first.

use std::{
    fs::{self, OpenOptions},
    io::ErrorKind,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use rusqlite::{
    Connection,
    backup::{Backup, StepResult},
};

use super::{FILES, NEEDED_FILES, entities, error, journal, open, values};
use crate::{Result, StoreError};

/// How often values and journal are taken again when a trim came between them. Trims are seconds
/// apart, the two looks a millisecond.
const TRIES: usize = 20;

/// Pages copied between two reports of progress: 8 MiB.
const STEP_PAGES: i32 = 2048;

/// The databases of a directory as they were at one moment.
pub struct Snapshot {
    dir: PathBuf,
    /// Each with its transaction open.
    held: Vec<(&'static str, Connection)>,
}

impl Snapshot {
    /// Takes hold of one moment of `dir`. A server may use the directory.
    ///
    /// # Errors
    /// When a database is not there or cannot be read.
    pub fn take(dir: &Path) -> Result<Self> {
        for file in NEEDED_FILES {
            if !dir.join(file).is_file() {
                return Err(error::damaged(file, "the file is not there"));
            }
        }
        let (values, journal) = Self::values_and_journal(dir)?;
        let entities = hold(dir, entities::FILE)?;
        Ok(Self {
            dir: dir.to_owned(),
            held: vec![
                (values::FILE, values),
                (journal::FILE, journal),
                (entities::FILE, entities),
            ],
        })
    }

    fn values_and_journal(dir: &Path) -> Result<(Connection, Connection)> {
        for _ in 0..TRIES {
            let values = hold(dir, values::FILE)?;
            let journal = hold(dir, journal::FILE)?;
            if fit(&values, &journal)? {
                return Ok((values, journal));
            }
        }
        Err(error::damaged(
            journal::FILE,
            "records that values.db does not hold are missing: millrace data check says more",
        ))
    }

    /// The databases that there are, in the order in which to copy them.
    pub fn files(&self) -> impl Iterator<Item = &'static str> + use<> {
        let dir = self.dir.clone();
        FILES
            .into_iter()
            .filter(move |file| dir.join(file).is_file())
    }

    /// Copies `file` to `target`, which is made or replaced and readable by its owner alone, and
    /// lets go of it. `progress` hears how many bytes of how many are there. The copy is not
    /// synced. Returns its schema version.
    ///
    /// # Errors
    /// When the file cannot be read or the copy cannot be written.
    pub fn copy(
        &mut self,
        file: &'static str,
        target: &Path,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<u32> {
        let held = self.held.iter().position(|(name, _)| *name == file);
        let source = match held {
            Some(at) => self.held.swap_remove(at).1,
            None => hold(&self.dir, file)?,
        };
        match fs::remove_file(target) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(error::io(file, error));
            }
            _ => {}
        }
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(target)
            .map_err(|error| error::io(file, error))?;
        copy(&source, target, progress).map_err(|error| error::engine(file, error))
    }
}

/// Opens a file and holds its newest state.
fn hold(dir: &Path, file: &'static str) -> Result<Connection> {
    let connection = open::reader(dir, file)?;
    let begin = || {
        connection.execute_batch("BEGIN")?;
        // The first read takes the state.
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
    };
    begin().map_err(|error| error::engine(file, error))?;
    Ok(connection)
}

/// Whether the journal has everything that the values do not have yet.
fn fit(values: &Connection, journal: &Connection) -> Result<bool> {
    let fail = |file| move |error| -> StoreError { error::engine(file, error) };
    let mark = values::read_mark(values).map_err(fail(values::FILE))?;
    let begins = journal::begins_at(journal).map_err(fail(journal::FILE))?;
    Ok(begins <= mark.folded_to + 1)
}

fn copy(
    source: &Connection,
    target: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> rusqlite::Result<u32> {
    let mut copy = Connection::open(target)?;
    // Half a copy is never used: what it is for gets its name when it is whole.
    copy.pragma_update(None, "journal_mode", "OFF")?;
    copy.pragma_update(None, "synchronous", "OFF")?;
    let page: u64 = source.pragma_query_value(None, "page_size", |row| {
        row.get(0).map(super::column::unsigned)
    })?;
    {
        let backup = Backup::new(source, &mut copy)?;
        loop {
            let step = backup.step(STEP_PAGES)?;
            let pages = |count: i32| u64::try_from(count).unwrap_or(0) * page;
            let now = backup.progress();
            progress(
                pages(now.pagecount.saturating_sub(now.remaining)),
                pages(now.pagecount),
            );
            match step {
                StepResult::Done => break,
                StepResult::More => {}
                // Nobody else has the copy, and the source is a reader.
                _ => std::thread::sleep(std::time::Duration::from_millis(5)),
            }
        }
    }
    source.pragma_query_value(None, "user_version", |row| row.get(0))
}

#[cfg(test)]
mod tests;
