//! Telemetry and attributes: memory over tables.
//!
//! A saved value is visible the moment it is [applied](Telemetry::apply) to memory, and durable
//! with the journal commit its record joins. A background **fold** writes what is in memory to the
//! tables, in bulk, together with the journal position it has reached; after a restart the journal
//! from that position on is [replayed](Telemetry::replay) into memory. Reads see memory over tables.
//!
//! Guarantees:
//! - Latest values follow event time: a point replaces the latest value when its time is the same
//!   or later. A time more than a day ahead enters the history, but never becomes latest.
//! - A point with the series and time of another replaces it, so saving again changes nothing.
//! - A deletion hides everything accepted before it, at once; what is saved after it survives.
//! - A fold repeated after a crash changes nothing: everything up to its mark was in memory when it
//!   began, and replay brings the rest in the order it was accepted.
//! - Unfolded points are bounded: above the bound [`Telemetry::room`] is `false` and the intake
//!   stops accepting. The cache of clean values is bounded by evicting what nobody uses.
//! - No lock is held over a disk access.
//!
//! | module | holds |
//! |---|---|
//! | `memory` | one entity: values, unfolded points, deletions |
//! | `shard` | a lock's worth of entities: how records get in |
//! | `evict` | letting go of what the tables hold too |
//! | `load` | bringing table rows into memory |
//! | `delete` | deletions |
//! | `read` | latest values, attributes, keys |
//! | `history` | points of a time range, and their aggregation |
//! | `interval`, `aggregate` | buckets of fixed and calendar length, and their values |
//! | `live` | subscriptions |
//! | `fold` | memory to tables |
//! | `parse` | the JSON forms of telemetry and attributes |
//!
//! Locks, in the order they may be held together: gate or fold, shard, then keys, or feed and inbox.

mod aggregate;
mod delete;
mod evict;
mod fold;
mod history;
mod interval;
mod live;
mod load;
mod memory;
mod parse;
mod read;
mod shard;
#[cfg(test)]
mod tests;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
        mpsc,
    },
    time::Duration,
};

use millrace_model::{EntityId, Millis};
use millrace_store::{
    Journal, StoreError, ValueTables,
    journal::{Append, OutRecord, Seq},
};
use parking_lot::{Condvar, Mutex, RwLock, RwLockReadGuard};
use tokio::sync::Notify;

pub use fold::FoldThread;
pub use history::{HistoryQuery, Order};
pub use interval::{CalendarUnit, Interval};
pub use live::{Inbox, Interest, KeySet, MAX_WAITING_POINTS, Subscription, Update, Watch};
pub use millrace_store::journal::DeleteLatest;
pub use parse::{parse_attributes, parse_telemetry};

use crate::{PlatformError, Result, clock::now_ms};
use memory::Keys;
use shard::Shard;

/// Locks that entities are spread over.
const SHARDS: usize = 64;

/// Bounds and rhythm of the telemetry service.
#[derive(Debug, Clone)]
pub struct TelemetryOptions {
    /// Unfolded bytes that start a fold.
    pub fold_bytes: usize,
    /// Longest time between two folds while there is something to fold.
    pub fold_interval: Duration,
    /// Unfolded bytes above which [`Telemetry::room`] says no.
    pub memory_bytes: usize,
    /// Entities whose values stay in memory when the tables hold them too.
    pub cache_entities: usize,
    /// Bytes of such values.
    pub cache_bytes: usize,
    /// How far ahead of the clock a point may be to become a latest value, in milliseconds.
    pub future_latest_ms: Millis,
}

impl Default for TelemetryOptions {
    fn default() -> Self {
        Self {
            fold_bytes: 8 << 20,
            fold_interval: Duration::from_secs(2),
            memory_bytes: 48 << 20,
            cache_entities: 200_000,
            cache_bytes: 64 << 20,
            future_latest_ms: 24 * 60 * 60 * 1000,
        }
    }
}

/// Figures of the telemetry service.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TelemetryStats {
    /// Points taken in since the start.
    pub points_saved: u64,
    /// Attributes taken in since the start.
    pub attributes_saved: u64,
    /// Points that were too far in the future to become latest values.
    pub future_points: u64,
    /// Folds written since the start.
    pub folds: u64,
    /// Journal position the tables have reached.
    pub folded_to: Seq,
    /// Bytes no fold has written yet.
    pub memory_bytes: usize,
    /// Entities in memory.
    pub cached_entities: usize,
    /// Bytes of what is known of them, as of their last folds.
    pub cached_bytes: usize,
    /// Whether the last fold failed and is being tried again.
    pub stalled: bool,
}

#[derive(Default)]
struct Counters {
    points: AtomicU64,
    attributes: AtomicU64,
    future: AtomicU64,
    folds: AtomicU64,
    folded_to: AtomicU64,
    stalled: AtomicBool,
}

/// The telemetry service of one node. Calls that read tables or wait for the disk block; they say
/// so.
pub struct Telemetry {
    journal: Arc<dyn Journal>,
    values: Arc<dyn ValueTables>,
    options: TelemetryOptions,
    gate: RwLock<()>,
    shards: Box<[Mutex<Shard>]>,
    keys: Keys,
    /// Taken in and not folded yet. A fold may take bytes off a moment before they are added.
    unfolded: AtomicI64,
    counters: Counters,
    folding: Mutex<fold::Folding>,
    fold_wanted: (Mutex<fold::Wanted>, Condvar),
    room_again: Notify,
}

/// Held from [`Telemetry::apply`] until the record is in the journal, so that a deletion has one
/// place in the order of both. A thread takes it once at a time and not while it saves or deletes
/// through [`Telemetry::save`] and the `delete_` calls.
pub struct Gate<'a> {
    _shared: RwLockReadGuard<'a, ()>,
}

impl Telemetry {
    /// The service over a journal and tables. Replay the journal from
    /// [`ValueTables::folded_to`] on before anything else, then [start the fold](Self::run_fold).
    #[must_use]
    pub fn new(
        journal: Arc<dyn Journal>,
        values: Arc<dyn ValueTables>,
        options: TelemetryOptions,
    ) -> Arc<Self> {
        Arc::new(Self {
            journal,
            values,
            options,
            gate: RwLock::new(()),
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            keys: Keys::default(),
            unfolded: AtomicI64::new(0),
            counters: Counters::default(),
            folding: Mutex::default(),
            fold_wanted: (Mutex::default(), Condvar::new()),
            room_again: Notify::new(),
        })
    }

    /// Takes a record of the journal into memory after a restart: nothing is appended, nobody is
    /// told. Records come in their order, before the first fold and the first save. May read
    /// tables.
    ///
    /// # Errors
    /// When the tables cannot be read; the service cannot start then.
    pub fn replay(&self, record: &OutRecord) -> Result<()> {
        if let Some(entity) = delete::subject(record) {
            while !self.take_deletion(record) {
                self.load(entity)?;
            }
            return Ok(());
        }
        self.take_values(record);
        Ok(())
    }

    /// The guard that [`Self::apply`] asks for.
    #[must_use]
    pub fn gate(&self) -> Gate<'_> {
        Gate {
            _shared: self.gate.read(),
        }
    }

    /// Takes a record in: reads and subscribers see it at once. The caller appends the record to
    /// the journal before it drops the gate. Records that are no telemetry are left alone. Reads
    /// no table, waits for no disk.
    ///
    /// Deletions are left alone too: they belong to the `delete_` calls, which give them an order
    /// against everything else.
    pub fn apply(&self, gate: &Gate<'_>, record: &OutRecord) {
        let _ = gate;
        debug_assert!(delete::subject(record).is_none(), "apply got a deletion");
        self.take_values(record);
    }

    /// Saves records and waits until they are on disk (blocking).
    ///
    /// # Errors
    /// [`PlatformError::Throttled`] when memory is full because the tables cannot be written;
    /// a store error when the journal is closed.
    pub fn save(&self, records: Vec<OutRecord>) -> Result<()> {
        if !self.room() {
            return Err(PlatformError::Throttled(
                "telemetry cannot be stored as fast as it comes: try again later".into(),
            ));
        }
        let (work, durable) = append(records);
        let gate = self.gate();
        for record in &work.outs {
            self.apply(&gate, record);
        }
        self.journal.append(work);
        drop(gate);
        durable.wait()
    }

    /// Whether more may be taken in.
    #[must_use]
    pub fn room(&self) -> bool {
        self.memory_bytes() < self.options.memory_bytes
    }

    /// Waits until there is room. Dropping the future loses nothing.
    pub async fn wait_room(&self) {
        loop {
            let mut again = std::pin::pin!(self.room_again.notified());
            again.as_mut().enable();
            if self.room() {
                return;
            }
            again.await;
        }
    }

    /// Bytes no fold has written yet.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        usize::try_from(self.unfolded.load(Ordering::Relaxed)).unwrap_or(0)
    }

    /// Figures.
    #[must_use]
    pub fn stats(&self) -> TelemetryStats {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let cached = self.shards.iter().map(|shard| {
            let shard = shard.lock();
            (shard.entities.len(), shard.weight)
        });
        let (cached_entities, cached_bytes) =
            cached.fold((0, 0), |sum, shard| (sum.0 + shard.0, sum.1 + shard.1));
        TelemetryStats {
            points_saved: count(&self.counters.points),
            attributes_saved: count(&self.counters.attributes),
            future_points: count(&self.counters.future),
            folds: count(&self.counters.folds),
            folded_to: count(&self.counters.folded_to),
            memory_bytes: self.memory_bytes(),
            cached_entities,
            cached_bytes,
            stalled: self.counters.stalled.load(Ordering::Relaxed),
        }
    }

    fn shard(&self, entity: EntityId) -> &Mutex<Shard> {
        // The low half of every UUID version is random or hashed.
        let (_, low) = entity.id.as_u64_pair();
        let index = (low ^ (low >> 32)) as usize % SHARDS;
        // `SHARDS` locks are made, always.
        &self.shards[index]
    }

    /// Adds to the unfolded bytes and wakes the fold when they are enough for one.
    fn grown(&self, bytes: usize) {
        if bytes == 0 {
            return;
        }
        let bytes = signed(bytes);
        let before = self.unfolded.fetch_add(bytes, Ordering::Relaxed);
        let enough = signed(self.options.fold_bytes);
        if before < enough && before + bytes >= enough {
            // With the lock, or the call could fall between the thread's look and its wait.
            let _wanted = self.fold_wanted.0.lock();
            self.fold_wanted.1.notify_all();
        }
    }

    /// A point ahead of the clock by more than the bound never becomes latest.
    fn too_early(&self, ts: Millis, points: usize) -> bool {
        if ts <= now_ms().saturating_add(self.options.future_latest_ms) {
            return false;
        }
        let before = self
            .counters
            .future
            .fetch_add(points as u64, Ordering::Relaxed);
        if before == 0 {
            tracing::warn!(
                ts,
                "a point lies more than {} ms in the future: it is stored, but does not become a \
                 latest value; check the clock of the device (said once, counted from now on)",
                self.options.future_latest_ms
            );
        }
        true
    }
}

fn signed(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// Tells when an append is on disk.
struct Durable(mpsc::Receiver<millrace_store::Result<()>>);

impl Durable {
    fn wait(self) -> Result<()> {
        Ok(self.0.recv().unwrap_or(Err(StoreError::Closed))?)
    }
}

/// A journal append of `records`, and the wait for it.
fn append(records: Vec<OutRecord>) -> (Append, Durable) {
    let (told, durable) = mpsc::sync_channel(1);
    let work = Append {
        outs: records,
        committed: Some(Box::new(move |result| {
            // Nobody waits any more: nobody to tell.
            let _ = told.send(result);
        })),
        ..Append::default()
    };
    (work, Durable(durable))
}
