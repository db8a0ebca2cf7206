//! The table of commits: one row is one group commit.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, params};

use super::{decode::Decoder, wire::checksum};
use crate::{
    Result,
    journal::{Record, Seq},
    sqlite::{
        column::{signed, unsigned},
        error,
        open::{self, Schema, Sync, WriterOptions},
    },
};

/// Name of the file in the data directory.
pub(crate) const FILE: &str = "journal.db";

/// `end_at` counts the bytes of bodies ever written, up to and with this one: how much lies behind
/// a row is one subtraction. The body stands last, so that reading the rest does not load it.
/// `damaged` keeps what could not be read, for people.
pub(crate) const SCHEMA: Schema = Schema {
    file: FILE,
    steps: &["
        CREATE TABLE commits (
            first_seq INTEGER PRIMARY KEY,
            last_seq  INTEGER NOT NULL,
            end_at    INTEGER NOT NULL,
            crc       INTEGER NOT NULL,
            body      BLOB NOT NULL
        );
        CREATE TABLE damaged (
            first_seq INTEGER, last_seq INTEGER, end_at INTEGER, crc INTEGER, body BLOB
        );
        CREATE TABLE position (
            one      INTEGER PRIMARY KEY CHECK (one = 1),
            last_seq INTEGER NOT NULL,
            end_at   INTEGER NOT NULL
        );
        INSERT INTO position VALUES (1, 0, 0);
    "],
};

/// Pages in the WAL before they are copied back: 16 MiB, so that a page written by many commits
/// is copied once.
const CHECKPOINT_PAGES: u32 = 4096;

/// Largest part of the file that may lie free before opening gives it back, in pages.
const FREE_PAGES: i64 = 64 << 10;

/// Bytes of bodies deleted in one transaction: a bite is short, commits go between bites.
const BITE_BYTES: i64 = 4 << 20;

/// Rows deleted in one transaction.
const BITE_ROWS: i64 = 2000;

/// Where the journal stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Position {
    /// Highest sequence number ever used.
    pub(super) last_seq: Seq,
    /// Bytes of bodies ever written.
    pub(super) end_at: i64,
}

/// The writing side.
pub(super) struct Table {
    connection: Connection,
    position: Position,
}

impl Table {
    pub(super) fn open(dir: &Path) -> Result<Self> {
        let connection = open::writer(
            dir,
            &SCHEMA,
            &WriterOptions {
                sync: Sync::Full,
                checkpoint_pages: CHECKPOINT_PAGES,
                cache_kib: 2048,
            },
        )?;
        let mut table = Self {
            connection,
            position: Position {
                last_seq: 0,
                end_at: 0,
            },
        };
        table.position = read_position(&table.connection).map_err(fail)?;
        table.set_damaged_tail_aside()?;
        table.give_back_free_pages();
        Ok(table)
    }

    pub(super) fn position(&self) -> Position {
        self.position
    }

    /// Writes one commit; it is on disk when this returns.
    pub(super) fn insert(&mut self, first: Seq, last: Seq, body: &[u8]) -> rusqlite::Result<()> {
        let end_at = self.position.end_at + signed(body.len() as u64);
        self.connection
            .prepare_cached("INSERT INTO commits VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![
                signed(first),
                signed(last),
                end_at,
                checksum(first, last, body),
                body
            ])?;
        self.position = Position {
            last_seq: last,
            end_at,
        };
        Ok(())
    }

    /// Deletes the oldest commits up to `upto` as far as `keep_bytes` stay; one short transaction.
    /// Returns whether there may be more.
    pub(super) fn trim_bite(&mut self, upto: Seq, keep_bytes: u64) -> rusqlite::Result<bool> {
        let newest_end = self.position.end_at.saturating_sub(signed(keep_bytes));
        let mut oldest = None;
        let mut last = None;
        let mut rows = 0;
        {
            let mut statement = self.connection.prepare_cached(
                "SELECT first_seq, last_seq, end_at FROM commits ORDER BY first_seq LIMIT ?1",
            )?;
            let mut found = statement.query([BITE_ROWS])?;
            while let Some(row) = found.next()? {
                let (first, last_seq, end_at): (i64, i64, i64) =
                    (row.get(0)?, row.get(1)?, row.get(2)?);
                let start = *oldest.get_or_insert(end_at);
                if last_seq > signed(upto) || end_at > newest_end || end_at - start > BITE_BYTES {
                    break;
                }
                rows += 1;
                last = Some((first, end_at - start > BITE_BYTES / 2));
            }
        }
        let Some((first, large)) = last else {
            return Ok(false);
        };
        let transaction = self.connection.transaction()?;
        transaction
            .prepare_cached("UPDATE position SET last_seq = ?1, end_at = ?2")?
            .execute([signed(self.position.last_seq), self.position.end_at])?;
        transaction
            .prepare_cached("DELETE FROM commits WHERE first_seq <= ?1")?
            .execute([first])?;
        transaction.commit()?;
        Ok(large || rows == BITE_ROWS)
    }

    /// Copies the WAL into the file, so that the next commit can use its room again: on a full
    /// disk that may be all the room there is.
    pub(super) fn reuse_wal(&self) {
        let copied = self
            .connection
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        if let Err(error) = copied {
            tracing::debug!(file = FILE, %error, "the WAL cannot be used again yet");
        }
    }

    pub(super) fn tidy(&self) {
        open::tidy(&self.connection, FILE);
    }

    /// The newest commit is what a lying disk or a bad copy hurts first. It cannot be run, and it
    /// must not keep the server from starting: it is kept apart and reported, its numbers stay
    /// used.
    fn set_damaged_tail_aside(&mut self) -> Result<()> {
        let Some(commit) = Commit::newest(&self.connection)? else {
            return Ok(());
        };
        if commit.verify() {
            return Ok(());
        }
        tracing::error!(
            file = FILE,
            first_seq = commit.first,
            last_seq = commit.last,
            "the newest commit is damaged: its messages are set aside in the table damaged"
        );
        let write = || -> rusqlite::Result<()> {
            let transaction = self.connection.unchecked_transaction()?;
            let first = [signed(commit.first)];
            transaction.execute(
                "INSERT INTO damaged SELECT * FROM commits WHERE first_seq = ?1",
                first,
            )?;
            transaction.execute("DELETE FROM commits WHERE first_seq = ?1", first)?;
            transaction.execute(
                "UPDATE position SET last_seq = ?1, end_at = ?2",
                [signed(self.position.last_seq), self.position.end_at],
            )?;
            transaction.commit()
        };
        write().map_err(fail)
    }

    /// A file that grew during a long outage of the fold is made small again. A failure only
    /// means that it stays large.
    fn give_back_free_pages(&self) {
        let pages = |name: &str| {
            self.connection
                .pragma_query_value(None, name, |row| row.get::<_, i64>(0))
        };
        if let (Ok(free), Ok(all)) = (pages("freelist_count"), pages("page_count"))
            && free > FREE_PAGES
            && free > all / 2
            && let Err(error) = self.connection.execute_batch("VACUUM")
        {
            tracing::warn!(file = FILE, %error, "free space is not given back");
        }
    }
}

fn read_position(connection: &Connection) -> rusqlite::Result<Position> {
    connection.query_row(
        "SELECT max(last_seq), max(end_at) FROM (
            SELECT last_seq, end_at FROM position
            UNION ALL
            SELECT * FROM (SELECT last_seq, end_at FROM commits ORDER BY first_seq DESC LIMIT 1)
         )",
        [],
        |row| {
            Ok(Position {
                last_seq: unsigned(row.get(0)?),
                end_at: row.get(1)?,
            })
        },
    )
}

/// A row as it was read.
pub(super) struct Commit {
    pub(super) first: Seq,
    pub(super) last: Seq,
    crc: u32,
    body: Vec<u8>,
}

impl Commit {
    /// The commit that holds `seq`, or the next one after it.
    pub(super) fn at_or_after(connection: &Connection, seq: Seq) -> Result<Option<Self>> {
        // Commits do not overlap: either the newest that begins at `seq` or before holds it, or
        // the next one is meant. The body of the one that is not is never loaded.
        Self::query(
            connection,
            "SELECT first_seq, last_seq, crc, body FROM commits
             WHERE first_seq >= coalesce((SELECT max(first_seq) FROM commits
                                          WHERE first_seq <= ?1), 0)
               AND last_seq >= ?1
             ORDER BY first_seq LIMIT 1",
            Some(seq),
        )
    }

    /// The newest commit that begins below `seq`.
    pub(super) fn below(connection: &Connection, seq: Seq) -> Result<Option<Self>> {
        Self::query(
            connection,
            "SELECT first_seq, last_seq, crc, body FROM commits
             WHERE first_seq < ?1 ORDER BY first_seq DESC LIMIT 1",
            Some(seq),
        )
    }

    fn newest(connection: &Connection) -> Result<Option<Self>> {
        Self::query(
            connection,
            "SELECT first_seq, last_seq, crc, body FROM commits ORDER BY first_seq DESC LIMIT 1",
            None,
        )
    }

    fn query(connection: &Connection, sql: &str, seq: Option<Seq>) -> Result<Option<Self>> {
        connection
            .prepare_cached(sql)
            .and_then(|mut statement| {
                statement
                    .query_row(rusqlite::params_from_iter(seq.map(signed)), |row| {
                        Ok(Self {
                            first: unsigned(row.get(0)?),
                            last: unsigned(row.get(1)?),
                            crc: row.get(2)?,
                            body: row.get(3)?,
                        })
                    })
                    .optional()
            })
            .map_err(fail)
    }

    /// Whether the row is as it was written.
    fn verify(&self) -> bool {
        checksum(self.first, self.last, &self.body) == self.crc
    }

    /// Gives every record with its number, until `each` says stop; returns whether it did not.
    pub(super) fn records(&self, mut each: impl FnMut(Seq, Record) -> bool) -> Result<bool> {
        let damaged = |detail: String| {
            error::damaged(
                FILE,
                format!("commit {} to {}: {detail}", self.first, self.last),
            )
        };
        if !self.verify() {
            return Err(damaged("checksum differs".to_owned()));
        }
        let mut decoder = Decoder::new(&self.body).map_err(|error| damaged(error.to_string()))?;
        let mut seq = self.first;
        while let Some(record) = decoder
            .next_record()
            .map_err(|error| damaged(error.to_string()))?
        {
            if !each(seq, record) {
                return Ok(false);
            }
            seq += 1;
        }
        if seq != self.last + 1 {
            return Err(damaged(format!("holds {} records", seq - self.first)));
        }
        Ok(true)
    }
}

/// Where what the journal still has begins: the number of its oldest record, damaged ones among
/// them, or of the next one when it is empty.
pub(crate) fn begins_at(connection: &Connection) -> rusqlite::Result<Seq> {
    let oldest: Option<i64> = connection.query_row(
        "SELECT min(first_seq) FROM (
            SELECT min(first_seq) AS first_seq FROM commits
            UNION ALL
            SELECT min(first_seq) FROM damaged
         )",
        [],
        |row| row.get(0),
    )?;
    match oldest {
        Some(oldest) => Ok(unsigned(oldest)),
        None => Ok(read_position(connection)?.last_seq + 1),
    }
}

/// What a verification of the journal found.
pub(crate) struct Found {
    pub(crate) commits: u64,
    pub(crate) records: u64,
    pub(crate) last_seq: Seq,
    pub(crate) problems: Vec<String>,
}

/// Reads every commit; damaged ones are problems, the others are counted.
pub(crate) fn check(connection: &Connection) -> Result<Found> {
    let mut found = Found {
        commits: 0,
        records: 0,
        last_seq: read_position(connection).map_err(fail)?.last_seq,
        problems: Vec::new(),
    };
    let mut next = 0;
    while let Some(commit) = Commit::at_or_after(connection, next)? {
        found.commits += 1;
        let mut records = 0;
        let outcome = commit.records(|_, _| {
            records += 1;
            true
        });
        match outcome {
            Ok(_) => found.records += records,
            Err(error) => found.problems.push(error.to_string()),
        }
        next = commit.first.max(commit.last) + 1;
    }
    let aside: i64 = connection
        .query_row("SELECT count(*) FROM damaged", [], |row| row.get(0))
        .map_err(fail)?;
    if aside > 0 {
        found
            .problems
            .push(format!("{FILE}: {aside} damaged commits were set aside"));
    }
    Ok(found)
}

fn fail(error: rusqlite::Error) -> crate::StoreError {
    error::engine(FILE, error)
}
