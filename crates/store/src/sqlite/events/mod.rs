//! Events in `events.db`: bounded rings, written beside everything else.
//!
//! Recording only takes a short mutex. A thread of its own writes what waits, many events a
//! transaction, without syncing: the end of the process loses at most what waited, a power cut may
//! lose the file, which then begins anew. What does not fit into the queue, or cannot be written,
//! is dropped and counted.

use std::{path::Path, sync::Arc, thread::JoinHandle, time::Duration};

use millrace_model::{EntityId, PageData, PageLink, TenantId, event::Event};
use parking_lot::{Condvar, Mutex};
use rustc_hash::FxHashMap;

pub(super) use self::schema::{FILE, SCHEMA};
use self::writer::{Writer, cost};
use super::{error, open, readers::Readers};
use crate::{
    Result,
    events::{EventCounters, EventFilter, Events, NewEvent},
};

mod page;
mod schema;
mod writer;

#[cfg(test)]
mod tests;

/// How long events wait for company before they are written. Whoever reads does not wait: reading
/// writes what waits first.
const GATHER: Duration = Duration::from_millis(50);

/// Most events in one transaction.
const BATCH: usize = 2000;

/// Bodies in the queue, in bytes, whatever their number.
const QUEUE_BYTES: u64 = 16 << 20;

/// Bounds of the events.
#[derive(Debug, Clone, Copy)]
pub struct EventOptions {
    /// Bytes a ring holds.
    pub ring_bytes: u64,
    /// Events that may wait for the writer.
    pub queue: usize,
}

impl Default for EventOptions {
    fn default() -> Self {
        Self {
            ring_bytes: 1 << 20,
            queue: 10_000,
        }
    }
}

/// The events of one node, in `events.db`.
pub struct SqliteEvents {
    shared: Arc<Shared>,
    readers: Readers,
    options: EventOptions,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    state: Mutex<State>,
    /// Wakes the writer.
    wake: Condvar,
    /// Wakes those who wait in `flush`.
    written: Condvar,
    writer: Mutex<Writer>,
}

#[derive(Default)]
struct State {
    waiting: Vec<NewEvent>,
    waiting_bytes: u64,
    /// Events ever queued, and how many of them have been written or given up.
    queued: u64,
    done: u64,
    /// Someone waits for them, or half the queue is full.
    hurry: bool,
    closing: bool,
    closed: bool,
    counters: FxHashMap<EntityId, EventCounters>,
}

impl SqliteEvents {
    /// Opens the events of a data directory and starts their writer.
    ///
    /// # Errors
    /// [`crate::StoreError::NewerSchema`], or the engine's.
    pub fn open(dir: &Path, options: EventOptions) -> Result<Self> {
        let writer = Writer::open(dir, options.ring_bytes)?;
        page::prepare(&writer.connection).map_err(|error| error::engine(FILE, error))?;
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            wake: Condvar::new(),
            written: Condvar::new(),
            writer: Mutex::new(writer),
        });
        let thread = std::thread::Builder::new()
            .name("events".to_owned())
            .spawn({
                let shared = Arc::clone(&shared);
                move || {
                    let end = End(&shared);
                    shared.run();
                    drop(end);
                }
            })
            .map_err(|error| error::io(FILE, error))?;
        Ok(Self {
            shared,
            readers: Readers::new(dir, FILE, page::prepare),
            options,
            thread: Some(thread),
        })
    }
}

impl Events for SqliteEvents {
    fn record(&self, event: NewEvent) {
        let bytes = cost(&event);
        let mut state = self.shared.state.lock();
        let counters = state.counters.entry(event.entity).or_default();
        counters.recorded += 1;
        let fits = bytes <= self.options.ring_bytes
            && state.waiting.len() < self.options.queue
            && state.waiting_bytes + bytes <= QUEUE_BYTES
            && !state.closed;
        if !fits {
            state.drop_one(event.entity);
            return;
        }
        state.waiting.push(event);
        state.waiting_bytes += bytes;
        state.queued += 1;
        let first = state.waiting.len() == 1;
        let full = state.waiting.len() * 2 >= self.options.queue.min(BATCH);
        let hurry = full && !state.hurry;
        state.hurry |= full;
        drop(state);
        if first || hurry {
            self.shared.wake.notify_one();
        }
    }

    fn flush(&self) {
        let mut state = self.shared.state.lock();
        let target = state.queued;
        while state.done < target && !state.closed {
            state.hurry = true;
            self.shared.wake.notify_one();
            self.shared.written.wait(&mut state);
        }
    }

    fn tidy(&self) {
        open::tidy(&self.shared.writer.lock().connection, FILE);
    }

    fn page(
        &self,
        tenant: TenantId,
        entity: EntityId,
        filter: &EventFilter,
        link: &PageLink,
    ) -> Result<PageData<Event>> {
        self.flush();
        self.readers
            .read(|connection| page::read(connection, tenant, entity, filter, link))
    }

    fn clear(&self, tenant: TenantId, entity: EntityId, filter: &EventFilter) -> Result<u64> {
        self.flush();
        let mut writer = self.shared.writer.lock();
        let gone = page::clear(&writer.connection, tenant, entity, filter);
        writer.forget();
        gone.map_err(|error| error::engine(FILE, error))
    }

    fn counters(&self, entity: EntityId) -> EventCounters {
        let state = self.shared.state.lock();
        state.counters.get(&entity).copied().unwrap_or_default()
    }

    fn count_limited(&self, entity: EntityId) {
        let mut state = self.shared.state.lock();
        state.counters.entry(entity).or_default().limited += 1;
    }
}

impl State {
    fn drop_one(&mut self, entity: EntityId) {
        let counters = self.counters.entry(entity).or_default();
        counters.recorded = counters.recorded.saturating_sub(1);
        counters.dropped += 1;
    }
}

impl Shared {
    /// The writer's thread.
    fn run(&self) {
        let mut failing = false;
        while let Some(batch) = self.gather() {
            let mut lost = Vec::new();
            for part in batch.chunks(BATCH) {
                match self.writer.lock().write(part) {
                    Ok(()) => failing = false,
                    Err(error) => {
                        if !std::mem::replace(&mut failing, true) {
                            tracing::warn!(file = FILE, %error, "events are lost");
                        }
                        lost.extend(part.iter().map(|event| event.entity));
                    }
                }
            }
            let mut state = self.state.lock();
            for entity in lost {
                state.drop_one(entity);
            }
            state.done += batch.len() as u64;
            self.written.notify_all();
        }
    }

    /// Waits for events, then a little for more; `None` at the end.
    fn gather(&self) -> Option<Vec<NewEvent>> {
        let mut state = self.state.lock();
        while state.waiting.is_empty() {
            if state.closing {
                return None;
            }
            self.wake.wait(&mut state);
        }
        let until = std::time::Instant::now() + GATHER;
        while !state.hurry && !state.closing {
            if self.wake.wait_until(&mut state, until).timed_out() {
                break;
            }
        }
        state.hurry = false;
        state.waiting_bytes = 0;
        Some(std::mem::take(&mut state.waiting))
    }
}

/// However the thread ends, nobody waits for it any longer.
struct End<'a>(&'a Shared);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.state.lock().closed = true;
        self.0.written.notify_all();
    }
}

impl Drop for SqliteEvents {
    fn drop(&mut self) {
        self.shared.state.lock().closing = true;
        self.shared.wake.notify_one();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!(file = FILE, "the events' thread panicked");
        }
    }
}
