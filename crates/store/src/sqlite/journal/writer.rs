//! The journal's thread: takes what waits, writes it as one row, tells everyone, and begins again.

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use super::{
    encode::Encoder,
    queue::{Queue, Trim, Waiting},
    table::{FILE, Table},
};
use crate::{Result, StoreError, fault_points, sqlite::error};

/// First pause before a failed commit is tried again; doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// How often a closing journal tries a commit that fails before it gives up and says so.
const LAST_TRIES: u32 = 3;

pub(super) struct Writer {
    queue: Arc<Queue>,
    table: Table,
    max_commit_bytes: usize,
    body: Vec<u8>,
}

/// What the thread does next.
struct Turn {
    batch: VecDeque<Waiting>,
    bytes: usize,
}

impl Writer {
    pub(super) fn new(queue: Arc<Queue>, table: Table, max_commit_bytes: usize) -> Self {
        Self {
            queue,
            table,
            max_commit_bytes,
            body: Vec::new(),
        }
    }

    /// Runs until the journal is closed.
    pub(super) fn run(mut self) {
        let end = End(Arc::clone(&self.queue));
        while let Some(turn) = self.next_turn() {
            if !turn.batch.is_empty() {
                self.commit(turn.batch, turn.bytes);
            }
            // Taken only now: a commit that fails serves the trims itself.
            let trim = self.queue.state.lock().trims.pop_front();
            if let Some(trim) = trim {
                self.trim(trim);
            }
        }
        self.table.tidy();
        drop(self.table);
        drop(end);
    }

    /// Waits for work; `None` when the journal is closing and everything is written.
    fn next_turn(&self) -> Option<Turn> {
        let mut state = self.queue.state.lock();
        loop {
            if !state.work.is_empty() || !state.trims.is_empty() {
                break;
            }
            if state.closing {
                return None;
            }
            self.queue.wake.wait(&mut state);
        }
        let (batch, bytes) = if state.queued_bytes <= self.max_commit_bytes {
            let bytes = std::mem::take(&mut state.queued_bytes);
            (std::mem::take(&mut state.work), bytes)
        } else {
            let mut batch = VecDeque::new();
            let mut bytes = 0;
            while let Some(next) = state.work.front()
                && (batch.is_empty() || bytes + next.bytes <= self.max_commit_bytes)
            {
                bytes += next.bytes;
                batch.extend(state.work.pop_front());
            }
            state.queued_bytes -= bytes;
            (batch, bytes)
        };
        Some(Turn { batch, bytes })
    }

    fn commit(&mut self, batch: VecDeque<Waiting>, bytes: usize) {
        let first = batch.front().map_or(0, |waiting| waiting.first);
        let records: u64 = batch.iter().map(Waiting::records).sum();
        let mut body = std::mem::take(&mut self.body);
        if body.capacity() > 2 * self.max_commit_bytes {
            // After one append that was larger than any commit should be.
            body = Vec::new();
        }
        body.clear();
        // All at once: growing by doubling would leave up to twice of it, for ever.
        body.reserve_exact(bytes + bytes / 8);
        let mut encoder = Encoder::new(body);
        for Waiting { append, .. } in &batch {
            append.ins.iter().for_each(|record| encoder.put_in(record));
            append
                .outs
                .iter()
                .for_each(|record| encoder.put_out(record));
        }
        let body = encoder.finish();
        let written = if records == 0 {
            Ok(())
        } else {
            self.write_until_it_works(first, first + records - 1, &body)
        };
        self.body = body;
        if written.is_ok() {
            fault_points::hit("journal.synced");
        }
        self.tell(batch, bytes, records, written);
    }

    /// A commit is given up only when the journal is being closed, or when no later try could
    /// succeed.
    fn write_until_it_works(&mut self, first: u64, last: u64, body: &[u8]) -> Result<()> {
        let mut pause = FIRST_PAUSE;
        let mut last_tries = LAST_TRIES;
        loop {
            let failure = match self.try_write(first, last, body) {
                Ok(()) => break,
                Err(failure) => failure,
            };
            self.make_room();
            let hopeless = failure.sqlite_error_code() == Some(rusqlite::ErrorCode::TooBig);
            let mut state = self.queue.state.lock();
            if state.closing {
                last_tries -= 1;
            }
            if hopeless || last_tries == 0 {
                state.stats.stalled = false;
                tracing::error!(file = FILE, first, last, error = %failure, "commit given up");
                return Err(error::engine(FILE, failure));
            }
            if !state.stats.stalled {
                state.stats.stalled = true;
                tracing::error!(file = FILE, error = %failure, "commit failed, trying until it works");
            }
            if state.closing {
                drop(state);
                std::thread::sleep(pause);
            } else {
                // Woken by appends, too, but tries again only when the pause is over.
                let until = std::time::Instant::now() + pause;
                while !state.closing && !self.queue.wake.wait_until(&mut state, until).timed_out() {
                }
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        let mut state = self.queue.state.lock();
        if std::mem::take(&mut state.stats.stalled) {
            tracing::info!(file = FILE, "commits work again");
        }
        Ok(())
    }

    /// Between two tries of a commit: what may be let go of is let go of now, for it may be the
    /// only room there will be.
    fn make_room(&mut self) {
        self.table.reuse_wal();
        loop {
            let Some(trim) = self.queue.state.lock().trims.pop_front() else {
                break;
            };
            self.trim(trim);
        }
    }

    fn try_write(&mut self, first: u64, last: u64, body: &[u8]) -> rusqlite::Result<()> {
        #[cfg(any(test, feature = "fault-points"))]
        {
            use std::sync::atomic::Ordering::SeqCst;
            let take = |left: u32| left.checked_sub(1);
            if self
                .queue
                .failing
                .fetch_update(SeqCst, SeqCst, take)
                .is_ok()
            {
                return Err(rusqlite::Error::SqliteFailure(
                    rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_FULL),
                    None,
                ));
            }
        }
        self.table.insert(first, last, body)
    }

    /// Tells everyone in order. Those who wait in `sync` come last: when it returns, everything
    /// before it has been told.
    fn tell(&self, batch: VecDeque<Waiting>, bytes: usize, records: u64, written: Result<()>) {
        {
            let mut state = self.queue.state.lock();
            state.stats.pending_bytes -= bytes;
            if written.is_ok() && records > 0 {
                state.stats.durable_seq = self.table.position().last_seq;
                state.stats.commits += 1;
                state.stats.records += records;
            }
        }
        let told = batch.len() as u64;
        for waiting in batch {
            let Some(committed) = waiting.append.committed else {
                continue;
            };
            let outcome = match &written {
                Ok(()) => Ok(()),
                Err(StoreError::DiskFull { file }) => {
                    Err(StoreError::DiskFull { file: file.clone() })
                }
                Err(error) => Err(StoreError::Engine {
                    file: FILE.to_owned(),
                    source: error.to_string().into(),
                }),
            };
            // One bad listener must not end the journal for everyone.
            if catch_unwind(AssertUnwindSafe(|| committed(outcome))).is_err() {
                tracing::error!(file = FILE, "a listener of a commit panicked");
            }
        }
        self.queue.state.lock().told += told;
        self.queue.told.notify_all();
    }

    /// One bite; the rest of the request queues up again, so that commits go in between.
    fn trim(&mut self, trim: Trim) {
        match self.table.trim_bite(trim.upto, trim.keep_bytes) {
            Ok(true) => self.queue.state.lock().trims.push_back(trim),
            // Nobody listens any more when the caller is gone.
            Ok(false) => drop(trim.done.send(Ok(()))),
            Err(failure) => drop(trim.done.send(Err(error::engine(FILE, failure)))),
        }
    }
}

/// However the thread ends, nobody waits for it any longer.
struct End(Arc<Queue>);

impl Drop for End {
    fn drop(&mut self) {
        let (work, trims) = {
            let mut state = self.0.state.lock();
            state.closed = true;
            state.queued_bytes = 0;
            (
                std::mem::take(&mut state.work),
                std::mem::take(&mut state.trims),
            )
        };
        self.0.told.notify_all();
        for waiting in work {
            if let Some(committed) = waiting.append.committed {
                drop(catch_unwind(AssertUnwindSafe(|| {
                    committed(Err(StoreError::Closed));
                })));
            }
        }
        for trim in trims {
            drop(trim.done.send(Err(StoreError::Closed)));
        }
    }
}
