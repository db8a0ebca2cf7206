//! Lanes: threads with their own script engines.
//!
//! A lane takes its work one piece at a time, urgent pieces first, and hands what came of a piece
//! to the journal in one append. Nothing in a lane waits: not for a disk, not for another system.

use std::{
    collections::VecDeque,
    hash::{Hash, Hasher},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread::JoinHandle,
};

use millrace_model::{EntityId, Millis, TenantId};
use parking_lot::{Condvar, Mutex};
use rustc_hash::FxHasher;

use super::{
    delivery::{Accepted, Branch},
    owed::DueMessage,
    route::LaneContext,
    start::Path,
    ticker::Tick,
};
use crate::{
    provisioning::EntityRef,
    rules::{Outcome, RuleMessage, walk::Position},
};

/// A message on its way into the chain of its originator.
pub struct Routed {
    /// Tenant of the originator.
    pub tenant: TenantId,
    /// The message.
    pub message: RuleMessage,
    /// Its branch of the run.
    pub branch: Branch,
    /// The originator, when it is at hand.
    pub entity: Option<Arc<EntityRef>>,
    /// When its cause arrived.
    pub arrival_ms: Millis,
}

/// A walk that goes on.
pub struct Resumed {
    /// The node it goes on from, on the graph it started on.
    pub at: Position,
    /// What came of the wait.
    pub outcome: Outcome,
    /// Its branch of the run.
    pub branch: Branch,
    /// Its originator.
    pub originator: EntityId,
    /// When its cause arrived.
    pub arrival_ms: Millis,
    /// Whether it is about a command.
    pub urgent: bool,
}

/// A piece of work for a lane.
pub enum Work {
    /// Messages to convert, all of topics of this lane.
    Convert(Vec<Arc<Accepted>>),
    /// Messages that enter chains, all of originators of this lane.
    Route(Vec<Routed>),
    /// A walk that goes on.
    Resume(Box<Resumed>),
    /// A message that a node kept leaves it.
    Due(Box<DueMessage>),
    /// A node makes a message of its own.
    Tick(Box<Tick>),
}

#[derive(Default)]
struct Queue {
    urgent: VecDeque<Work>,
    normal: VecDeque<Work>,
    closed: bool,
}

#[derive(Default)]
struct Lane {
    queue: Mutex<Queue>,
    work: Condvar,
    /// Urgent pieces in the queue, to be looked at without the lock.
    urgent: AtomicUsize,
}

/// All lanes of the server.
pub struct Lanes {
    lanes: Vec<Arc<Lane>>,
}

impl Lanes {
    /// `count` lanes without threads yet.
    #[must_use]
    pub fn new(count: usize) -> Self {
        Self {
            lanes: (0..count.max(1)).map(|_| Arc::default()).collect(),
        }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.lanes.len()
    }

    /// The lane that converts a topic.
    #[must_use]
    pub fn of_topic(&self, topic: &str) -> usize {
        self.of(|hasher| topic.hash(hasher))
    }

    /// The lane that runs the chains of an originator.
    #[must_use]
    pub fn of_originator(&self, originator: EntityId) -> usize {
        self.of(|hasher| originator.id.hash(hasher))
    }

    fn of(&self, feed: impl FnOnce(&mut FxHasher)) -> usize {
        let mut hasher = FxHasher::default();
        feed(&mut hasher);
        // The low bits of this hash are weak; the high ones are not.
        let spread = hasher.finish() >> 32;
        usize::try_from(spread).unwrap_or(0) % self.lanes.len()
    }

    /// Gives a lane work.
    pub fn send(&self, lane: usize, work: Work) {
        self.push(lane, work, false);
    }

    /// Gives a lane work that goes before everything else.
    pub fn send_urgent(&self, lane: usize, work: Work) {
        self.push(lane, work, true);
    }

    fn push(&self, lane: usize, work: Work, urgent: bool) {
        let Some(lane) = self.lanes.get(lane % self.lanes.len()) else {
            return;
        };
        let mut queue = lane.queue.lock();
        if urgent {
            queue.urgent.push_back(work);
            lane.urgent.fetch_add(1, Ordering::Relaxed);
        } else {
            queue.normal.push_back(work);
        }
        drop(queue);
        lane.work.notify_one();
    }

    /// Whether something urgent waits for a lane.
    pub(super) fn has_urgent(&self, lane: usize) -> bool {
        self.lanes
            .get(lane)
            .is_some_and(|lane| lane.urgent.load(Ordering::Relaxed) > 0)
    }

    /// Puts the rest of a piece back to where it came from, for something urgent.
    pub(super) fn put_back(&self, lane: usize, rest: Work) {
        if let Some(lane) = self.lanes.get(lane) {
            lane.queue.lock().normal.push_front(rest);
        }
    }

    /// Takes the messages that wait for chains of this lane out of its queue, in order.
    ///
    /// A lane that converts and routes in one go would otherwise overtake a message of the same
    /// originator that came back from provisioning meanwhile.
    pub(super) fn take_routed(&self, lane: usize) -> Vec<Routed> {
        let Some(lane) = self.lanes.get(lane) else {
            return Vec::new();
        };
        let mut queue = lane.queue.lock();
        if !queue
            .normal
            .iter()
            .any(|work| matches!(work, Work::Route(_)))
        {
            return Vec::new();
        }
        let mut routed = Vec::new();
        for work in std::mem::take(&mut queue.normal) {
            match work {
                Work::Route(messages) => routed.extend(messages),
                other => queue.normal.push_back(other),
            }
        }
        routed
    }

    /// Starts the threads.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(super) fn run(&self, path: &Arc<Path>) -> std::io::Result<Vec<JoinHandle<()>>> {
        self.lanes
            .iter()
            .enumerate()
            .map(|(index, lane)| {
                let (lane, path) = (Arc::clone(lane), Arc::clone(path));
                std::thread::Builder::new()
                    .name(format!("lane-{index}"))
                    .spawn(move || run_lane(index, &lane, &path))
            })
            .collect()
    }

    /// Lets the threads end once their queues are empty.
    pub(super) fn close(&self) {
        for lane in &self.lanes {
            lane.queue.lock().closed = true;
            lane.work.notify_all();
        }
    }
}

fn run_lane(index: usize, lane: &Lane, path: &Arc<Path>) {
    let mut context = LaneContext::new(index, Arc::clone(path));
    while let Some(work) = next(lane) {
        let ran = catch_unwind(AssertUnwindSafe(|| context.run(work)));
        if ran.is_err() {
            // The message whose run broke comes back through its dropped branch. What the engine
            // was doing is unknown, so it goes too.
            tracing::error!(lane = index, "a defect ended a run; its messages run again");
            context.recover(path);
        }
    }
}

fn next(lane: &Lane) -> Option<Work> {
    let mut queue = lane.queue.lock();
    loop {
        if let Some(work) = queue.urgent.pop_front() {
            lane.urgent.fetch_sub(1, Ordering::Relaxed);
            return Some(work);
        }
        if let Some(work) = queue.normal.pop_front() {
            return Some(work);
        }
        if queue.closed {
            return None;
        }
        lane.work.wait(&mut queue);
    }
}
