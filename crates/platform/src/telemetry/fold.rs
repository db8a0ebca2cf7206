//! The fold: what is in memory goes to the tables, in bulk.
//!
//! The mark is the journal's last number *before* anything is frozen. Records are applied before
//! they are appended, so everything up to the mark is in memory then; what came later may be in
//! the fold too and is replayed harmlessly. The journal is synced before the first write, so that
//! the mark never runs ahead of the disk. Big folds go in several transactions, of which only the
//! last one moves the mark.
//!
//! A fold that fails keeps everything frozen, and the very same data is tried again.

use std::{
    sync::{Arc, atomic::Ordering},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use millrace_model::EntityId;
use millrace_store::{journal::Seq, values::Fold};

use super::{SHARDS, Telemetry, evict::CacheBound, signed};
use crate::{PlatformError, Result, clock::now_ms};

/// Bytes after which a transaction is written; what a fold needs beside the values in memory.
const CHUNK_BYTES: usize = 4 << 20;
/// How often expired points are looked for, and how many go at once.
const EXPIRE_EVERY: Duration = Duration::from_secs(60);
const EXPIRE_LIMIT: usize = 10_000;

/// What the fold remembers between two calls.
#[derive(Default)]
pub(super) struct Folding {
    /// The mark in the tables, once it is known.
    mark: Option<Seq>,
    /// Frozen data whose write failed.
    unwritten: Option<Chunk>,
}

/// Frozen data of some shards.
#[derive(Default)]
struct Chunk {
    fold: Fold,
    shards: Vec<usize>,
    bytes: usize,
}

/// Asks of the fold's thread.
#[derive(Default)]
pub(super) struct Wanted {
    stop: bool,
}

impl Telemetry {
    /// Writes everything in memory to the tables and returns the mark they have reached: every
    /// record up to it is in the tables. Blocking; one fold at a time.
    ///
    /// # Errors
    /// When journal or tables cannot be written. Everything stays in memory then, and the next
    /// call tries again.
    pub fn fold_now(&self) -> Result<Seq> {
        let mut folding = self.folding.lock();
        let result = self.fold_all(&mut folding);
        let stalled = result.is_err();
        let before = self.counters.stalled.swap(stalled, Ordering::Relaxed);
        match &result {
            Err(error) if !before => tracing::error!(
                %error,
                "values cannot be written: they stay in memory and in the journal, and writing is \
                 tried again until it works"
            ),
            Ok(_) if before => tracing::info!("values are written again"),
            _ => {}
        }
        result
    }

    fn fold_all(&self, folding: &mut Folding) -> Result<Seq> {
        let mut mark = match folding.mark {
            Some(mark) => mark,
            None => self.values.folded_to()?,
        };
        folding.mark = Some(mark);
        if let Some(chunk) = folding.unwritten.take() {
            mark = self.write(folding, chunk)?;
        }
        let journal = self.journal.stats();
        let upto = journal.last_seq;
        if upto <= mark && self.memory_bytes() == 0 {
            return Ok(mark);
        }
        if journal.stalled {
            // Its sync would wait for the disk, and a stop would wait for the sync.
            return Err(PlatformError::Internal(
                "the journal waits for disk space".into(),
            ));
        }
        self.journal.sync()?;
        let mut chunk = Chunk::default();
        for index in 0..SHARDS {
            let frozen = self.freeze(index, &mut chunk);
            chunk.fold.upto = mark;
            if let Err(error) = frozen {
                folding.unwritten = Some(chunk);
                return Err(error);
            }
            if chunk.bytes >= CHUNK_BYTES && index + 1 < SHARDS {
                self.write(folding, std::mem::take(&mut chunk))?;
            }
        }
        if chunk.shards.is_empty() && upto <= mark {
            return Ok(mark);
        }
        chunk.fold.upto = upto.max(mark);
        self.write(folding, chunk)
    }

    /// Writes a chunk, lets its values go, and returns the mark reached.
    fn write(&self, folding: &mut Folding, chunk: Chunk) -> Result<Seq> {
        if let Err(error) = self.values.fold(&chunk.fold) {
            folding.unwritten = Some(chunk);
            return Err(error.into());
        }
        let mark = chunk.fold.upto;
        folding.mark = Some(mark);
        for index in &chunk.shards {
            self.thaw(*index);
        }
        self.counters.folds.fetch_add(1, Ordering::Relaxed);
        self.counters.folded_to.store(mark, Ordering::Relaxed);
        self.unfolded
            .fetch_sub(signed(chunk.bytes), Ordering::Relaxed);
        if self.room() {
            self.room_again.notify_waiters();
        }
        Ok(mark)
    }

    /// Moves what is active in a shard to the fold.
    fn freeze(&self, index: usize, chunk: &mut Chunk) -> Result<()> {
        let mut ids = match self.shards.get(index) {
            Some(shard) => std::mem::take(&mut shard.lock().dirty),
            None => return Ok(()),
        };
        if !ids.is_empty() {
            chunk.shards.push(index);
        }
        // Latest values can be written once it is known what the tables hold: entities that came
        // back after an eviction are read first, without the lock. Those that turn up meanwhile
        // are on the next list already.
        while !ids.is_empty() {
            ids = self.freeze_loaded(index, ids, chunk);
            for id in &ids {
                if let Err(error) = self.load(*id) {
                    self.requeue(index, ids);
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// Freezes the entities that can be, and returns the others.
    fn freeze_loaded(&self, index: usize, ids: Vec<EntityId>, chunk: &mut Chunk) -> Vec<EntityId> {
        let mut unloaded = Vec::new();
        let Some(shard) = self.shards.get(index) else {
            return unloaded;
        };
        let mut shard = shard.lock();
        let shard = &mut *shard;
        for id in ids {
            let Some(entity) = shard.entities.get_mut(&id) else {
                continue;
            };
            if !entity.loaded {
                unloaded.push(id);
            } else {
                chunk.bytes += entity.freeze(id, &mut chunk.fold);
                shard.frozen.push(id);
            }
        }
        unloaded
    }

    fn requeue(&self, index: usize, ids: Vec<EntityId>) {
        if let Some(shard) = self.shards.get(index) {
            shard.lock().dirty.extend(ids);
        }
    }

    fn thaw(&self, index: usize) {
        let Some(shard) = self.shards.get(index) else {
            return;
        };
        let mut shard = shard.lock();
        let shard = &mut *shard;
        shard.epoch += 1;
        for id in std::mem::take(&mut shard.frozen) {
            if let Some(entity) = shard.entities.get_mut(&id) {
                entity.thaw();
                let (before, now) = entity.weigh();
                shard.weight = shard.weight.saturating_sub(before) + now;
            }
        }
        shard.evict(CacheBound::of(&self.options), None);
    }

    /// Starts the thread that folds when there is enough, or old enough. Its time to start is
    /// after the replay.
    #[must_use = "dropping it does not stop the thread: call stop"]
    pub fn run_fold(self: &Arc<Self>) -> FoldThread {
        self.fold_wanted.0.lock().stop = false;
        let telemetry = Arc::clone(self);
        let thread = std::thread::Builder::new()
            .name("fold".into())
            .spawn(move || telemetry.fold_until_stopped());
        if let Err(error) = &thread {
            tracing::error!(%error, "the fold's thread could not be started");
        }
        FoldThread {
            telemetry: Arc::clone(self),
            thread: thread.ok(),
        }
    }

    fn fold_until_stopped(&self) {
        let mut expired = Instant::now();
        while self.wait_for_work() {
            // The error has been reported; what failed is tried again after the pause.
            let failed = self.fold_now().is_err();
            self.publish();
            if expired.elapsed() >= EXPIRE_EVERY && self.expire() {
                expired = Instant::now();
            }
            if failed {
                self.pause(self.options.fold_interval.min(Duration::from_secs(1)));
            }
        }
    }

    /// Forgets expired points until none are left or a fold is due; `false` when some may be left.
    fn expire(&self) -> bool {
        loop {
            match self.values.expire(now_ms(), EXPIRE_LIMIT) {
                Ok(gone) if gone < EXPIRE_LIMIT as u64 => return true,
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, "expired points could not be removed");
                    return true;
                }
            }
            let stop = self.fold_wanted.0.lock().stop;
            if stop || self.memory_bytes() >= self.options.fold_bytes {
                return false;
            }
        }
    }

    /// Waits until there is something to fold; `false` when it is time to stop.
    fn wait_for_work(&self) -> bool {
        let (wanted, wake) = &self.fold_wanted;
        let deadline = Instant::now() + self.options.fold_interval;
        let mut wanted = wanted.lock();
        while !wanted.stop && self.memory_bytes() < self.options.fold_bytes {
            if wake.wait_until(&mut wanted, deadline).timed_out() {
                break;
            }
        }
        !wanted.stop
    }

    fn pause(&self, time: Duration) {
        let (wanted, wake) = &self.fold_wanted;
        let deadline = Instant::now() + time;
        let mut wanted = wanted.lock();
        while !wanted.stop && !wake.wait_until(&mut wanted, deadline).timed_out() {}
    }

    fn publish(&self) {
        let stats = self.stats();
        metrics::counter!("millrace_points_saved_total").absolute(stats.points_saved);
        metrics::counter!("millrace_attributes_saved_total").absolute(stats.attributes_saved);
        metrics::counter!("millrace_folds_total").absolute(stats.folds);
        metrics::gauge!("millrace_unfolded_bytes").set(stats.memory_bytes as f64);
        metrics::gauge!("millrace_fold_stalled").set(f64::from(u8::from(stats.stalled)));
    }
}

/// The thread that folds.
pub struct FoldThread {
    telemetry: Arc<Telemetry>,
    thread: Option<JoinHandle<()>>,
}

impl FoldThread {
    /// Ends the thread after a last fold and returns the mark reached. Blocking.
    ///
    /// # Errors
    /// When the last fold fails; the journal still has everything.
    pub fn stop(mut self) -> Result<Seq> {
        self.telemetry.fold_wanted.0.lock().stop = true;
        self.telemetry.fold_wanted.1.notify_all();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            return Err(PlatformError::Internal("the fold's thread panicked".into()));
        }
        self.telemetry.fold_now()
    }
}
