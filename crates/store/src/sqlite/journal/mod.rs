//! The journal in `journal.db`.
//!
//! One row is one group commit. Appends queue up in memory while the previous commit is synced;
//! the moment it ends, everything that waits becomes the next row. A row holds all or nothing of
//! an append. A checksum over each row tells damage from data.
//!
//! A commit that fails (a full disk) is kept and tried again until it works; nobody is told
//! meanwhile. Only closing gives up, after a few tries, and then tells the error.

use std::{
    path::PathBuf,
    sync::{Arc, mpsc},
    thread::JoinHandle,
};

use parking_lot::Mutex;

pub(super) use self::table::{FILE, SCHEMA, begins_at, check};
use self::{
    queue::{Queue, Trim, Waiting, weight},
    table::{Commit, Table},
    writer::Writer,
};
use super::{error, open};
use crate::{
    Result, StoreError, fault_points,
    journal::{Append, Journal, JournalOptions, JournalStats, Record, Seq},
};

mod decode;
mod encode;
mod queue;
mod table;
mod wire;
mod writer;

#[cfg(test)]
mod codec_tests;
#[cfg(test)]
mod tests;

/// Appends may ask for commits that never end; a row has room for a gigabyte.
const LARGEST_COMMIT: usize = 256 << 20;

/// The journal of one node, in `journal.db`.
pub struct SqliteJournal {
    queue: Arc<Queue>,
    dir: PathBuf,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl SqliteJournal {
    /// Opens the journal of a data directory and starts its thread. Numbers continue after the
    /// highest one ever used. A newest commit that is damaged is set aside and reported.
    ///
    /// # Errors
    /// [`StoreError::NewerSchema`], [`StoreError::Damaged`], or the engine's.
    pub fn open(options: JournalOptions) -> Result<Arc<Self>> {
        let table = Table::open(&options.dir)?;
        let queue = Arc::new(Queue::default());
        {
            let mut state = queue.state.lock();
            state.stats.last_seq = table.position().last_seq;
            state.stats.durable_seq = table.position().last_seq;
        }
        let writer = Writer::new(
            Arc::clone(&queue),
            table,
            options.max_commit_bytes.clamp(1, LARGEST_COMMIT),
        );
        let thread = std::thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || writer.run())
            .map_err(|error| error::io(FILE, error))?;
        Ok(Arc::new(Self {
            queue,
            dir: options.dir,
            thread: Mutex::new(Some(thread)),
        }))
    }

    /// Makes the next `count` tries to commit fail as a full disk does.
    #[cfg(any(test, feature = "fault-points"))]
    pub fn fail_next_commits(&self, count: u32) {
        self.queue
            .failing
            .store(count, std::sync::atomic::Ordering::SeqCst);
    }
}

impl Journal for SqliteJournal {
    fn append(&self, append: Append) -> Seq {
        let bytes = weight(&append);
        let mut state = self.queue.state.lock();
        let first = state.stats.last_seq + 1;
        if state.closing {
            drop(state);
            if let Some(committed) = append.committed {
                committed(Err(StoreError::Closed));
            }
            return first;
        }
        let waiting = Waiting {
            first,
            append,
            bytes,
        };
        state.stats.last_seq += waiting.records();
        state.stats.pending_bytes += bytes;
        state.queued_bytes += bytes;
        state.queued += 1;
        let asleep = state.work.is_empty();
        state.work.push_back(waiting);
        drop(state);
        if asleep {
            self.queue.wake.notify_one();
        }
        first
    }

    fn sync(&self) -> Result<()> {
        let mut state = self.queue.state.lock();
        let target = state.queued;
        while state.told < target {
            if state.closed {
                return Err(StoreError::Closed);
            }
            self.queue.told.wait(&mut state);
        }
        Ok(())
    }

    fn read(&self, after: Seq, each: &mut dyn FnMut(Seq, Record) -> bool) -> Result<()> {
        let connection = open::reader(&self.dir, FILE)?;
        let mut next = after.saturating_add(1);
        // One commit a query: a slow listener must not pin the WAL.
        while let Some(commit) = Commit::at_or_after(&connection, next)? {
            let going = commit.records(|seq, record| seq < next || each(seq, record))?;
            if !going {
                break;
            }
            next = commit.last + 1;
        }
        Ok(())
    }

    fn read_back(&self, before: Seq, each: &mut dyn FnMut(Seq, Record) -> bool) -> Result<()> {
        let connection = open::reader(&self.dir, FILE)?;
        let mut before = before;
        let mut records = Vec::new();
        // One commit a query: a slow listener must not pin the WAL.
        while let Some(commit) = Commit::below(&connection, before)? {
            commit.records(|seq, record| {
                records.push((seq, record));
                true
            })?;
            for (seq, record) in records.drain(..).rev() {
                if seq < before && !each(seq, record) {
                    return Ok(());
                }
            }
            before = commit.first;
        }
        Ok(())
    }

    fn trim(&self, upto: Seq, keep_bytes: u64) -> Result<()> {
        fault_points::hit("fold.before_trim");
        let (done, answer) = mpsc::sync_channel(1);
        {
            let mut state = self.queue.state.lock();
            if state.closing {
                return Err(StoreError::Closed);
            }
            state.trims.push_back(Trim {
                upto,
                keep_bytes,
                done,
            });
        }
        self.queue.wake.notify_one();
        answer.recv().unwrap_or(Err(StoreError::Closed))
    }

    fn pending_bytes(&self) -> usize {
        self.queue.state.lock().stats.pending_bytes
    }

    fn stats(&self) -> JournalStats {
        let stats = self.queue.state.lock().stats;
        JournalStats {
            file_bytes: open::file_bytes(&self.dir, FILE),
            ..stats
        }
    }

    fn close(&self) {
        self.queue.state.lock().closing = true;
        self.queue.wake.notify_one();
        let thread = self.thread.lock().take();
        // A listener that holds the last handle closes from the journal's own thread.
        if let Some(thread) = thread
            && thread.thread().id() != std::thread::current().id()
            && thread.join().is_err()
        {
            tracing::error!(file = FILE, "the journal's thread panicked");
        }
    }
}

impl Drop for SqliteJournal {
    fn drop(&mut self) {
        self.close();
    }
}
