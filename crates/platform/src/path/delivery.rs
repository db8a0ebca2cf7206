//! Who is still working on a message.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU32, Ordering},
};

use millrace_store::journal::{InRecord, Seq};
use parking_lot::Mutex;
use uuid::Uuid;

/// A message that is ours: it is in the journal, or on its way there.
#[derive(Debug)]
pub struct Accepted {
    /// Its number in the journal.
    pub seq: Seq,
    /// The message.
    pub record: InRecord,
    /// How often it was started.
    pub starts: AtomicU32,
    /// Whether an earlier process accepted it.
    pub recovered: bool,
}

impl Accepted {
    /// A message that was not started yet.
    #[must_use]
    pub fn new(seq: Seq, record: InRecord) -> Arc<Self> {
        Arc::new(Self {
            seq,
            record,
            starts: AtomicU32::new(0),
            recovered: false,
        })
    }

    /// A message that an earlier process accepted and did not finish.
    #[must_use]
    pub fn recovered(seq: Seq, record: InRecord) -> Arc<Self> {
        Arc::new(Self {
            seq,
            record,
            starts: AtomicU32::new(0),
            recovered: true,
        })
    }

    /// Bytes it counts for while it is under way.
    #[must_use]
    pub fn bytes(&self) -> usize {
        bytes_of(self.record.topic.len(), self.record.payload.len())
    }
}

/// What surrounds a message in memory while it runs: its record, its place in queues, and the
/// messages it becomes (measured with the tutorial's converter).
const OVERHEAD: usize = 768;

/// Bytes a message counts for.
#[must_use]
pub(super) fn bytes_of(topic: usize, payload: usize) -> usize {
    topic + payload + OVERHEAD
}

/// What a run was started for, and is done with its end.
#[derive(Debug, Clone)]
pub enum Cause {
    /// A message of a link.
    Uplink(Arc<Accepted>),
    /// Something owed since an earlier run.
    Owed(Uuid),
}

/// Runs that ended without an end.
#[derive(Default)]
pub(super) struct Returns(Mutex<Vec<Cause>>);

impl Returns {
    pub(super) fn take(&self) -> Vec<Cause> {
        std::mem::take(&mut self.0.lock())
    }
}

/// One branch of a message's run. Not finishing it means that the message runs again.
#[derive(Default)]
pub struct Branch(Option<Arc<Run>>);

struct Run {
    cause: Cause,
    broken: AtomicBool,
    ended: bool,
    returns: Arc<Returns>,
}

impl Branch {
    /// The first branch of a run.
    pub(super) fn start(accepted: Arc<Accepted>, returns: Arc<Returns>) -> Self {
        accepted.starts.fetch_add(1, Ordering::Relaxed);
        Self::of(Cause::Uplink(accepted), returns)
    }

    /// The first branch of a run for something owed.
    pub(super) fn start_owed(id: Uuid, returns: Arc<Returns>) -> Self {
        Self::of(Cause::Owed(id), returns)
    }

    fn of(cause: Cause, returns: Arc<Returns>) -> Self {
        Self(Some(Arc::new(Run {
            cause,
            broken: AtomicBool::new(false),
            ended: false,
            returns,
        })))
    }

    /// A branch of something that is not in the journal: dropping it loses nothing that was
    /// promised.
    #[must_use]
    pub fn untracked() -> Self {
        Self(None)
    }

    /// Another branch of the same run.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self(self.0.clone())
    }

    /// Number of the message, when an earlier process accepted it.
    pub(super) fn recovered(&self) -> Option<Seq> {
        match &self.0.as_ref()?.cause {
            Cause::Uplink(accepted) => accepted.recovered.then_some(accepted.seq),
            Cause::Owed(_) => None,
        }
    }

    /// Whether it is a branch of a message of a link.
    pub(super) fn is_of_uplink(&self) -> bool {
        self.0
            .as_ref()
            .is_some_and(|run| matches!(run.cause, Cause::Uplink(_)))
    }

    /// Ends this branch. Returns the cause when this was the last branch and none was dropped:
    /// it is done then.
    #[must_use]
    pub fn finish(mut self) -> Option<Cause> {
        let mut run = Arc::into_inner(self.0.take()?)?;
        if *run.broken.get_mut() {
            return None;
        }
        run.ended = true;
        Some(run.cause.clone())
    }
}

impl Drop for Branch {
    fn drop(&mut self) {
        if let Some(run) = &self.0 {
            run.broken.store(true, Ordering::Release);
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        if !self.ended {
            self.returns.0.lock().push(self.cause.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use millrace_model::TenantId;
    use millrace_store::journal::Source;

    fn message() -> (Arc<Accepted>, Arc<Returns>) {
        let record = InRecord {
            source: Source {
                tenant: TenantId::new(),
                integration: uuid::Uuid::now_v7(),
            },
            arrival_ms: 1,
            topic: "t".into(),
            payload: bytes::Bytes::from_static(b"p"),
            qos: 1,
            retain: false,
            identity: None,
            properties: None,
        };
        (Accepted::new(7, record), Arc::default())
    }

    #[test]
    fn a_message_is_done_when_its_last_branch_is_finished() {
        let (accepted, returns) = message();
        let first = Branch::start(accepted, Arc::clone(&returns));
        let second = first.fork();
        assert!(first.finish().is_none());
        assert!(matches!(second.finish(), Some(Cause::Uplink(done)) if done.seq == 7));
        assert!(returns.take().is_empty());
    }

    #[test]
    fn a_dropped_branch_returns_the_message_once() {
        let (accepted, returns) = message();
        let first = Branch::start(Arc::clone(&accepted), Arc::clone(&returns));
        drop(first.fork());
        assert!(first.finish().is_none());
        assert_eq!(returns.take().len(), 1);
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _branch = Branch::start(Arc::clone(&accepted), Arc::clone(&returns));
            panic!("a defect in a node");
        }));
        assert!(panicked.is_err());
        assert_eq!(returns.take().len(), 1);
        assert_eq!(accepted.starts.load(Ordering::Relaxed), 2);
    }
}
