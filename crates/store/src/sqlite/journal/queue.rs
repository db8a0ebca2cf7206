//! What waits for the journal's thread, and what it tells back.

use std::{collections::VecDeque, sync::mpsc};

use parking_lot::{Condvar, Mutex};

use crate::{
    Result,
    journal::{Append, InRecord, JournalStats, OutRecord, Seq},
};
use millrace_model::Value;

/// An append with its place in the journal.
pub(super) struct Waiting {
    /// Number of its first record (of the next record, when it has none).
    pub(super) first: Seq,
    pub(super) append: Append,
    /// Rough size, for bounds and figures.
    pub(super) bytes: usize,
}

impl Waiting {
    pub(super) fn records(&self) -> u64 {
        (self.append.ins.len() + self.append.outs.len()) as u64
    }
}

/// A request to let go of old commits.
pub(super) struct Trim {
    pub(super) upto: Seq,
    pub(super) keep_bytes: u64,
    pub(super) done: mpsc::SyncSender<Result<()>>,
}

/// Everything behind the mutex.
#[derive(Default)]
pub(super) struct State {
    pub(super) work: VecDeque<Waiting>,
    /// Bytes in `work`.
    pub(super) queued_bytes: usize,
    /// Appends ever queued, and how many of them have been committed and told.
    pub(super) queued: u64,
    pub(super) told: u64,
    pub(super) trims: VecDeque<Trim>,
    pub(super) stats: JournalStats,
    pub(super) closing: bool,
    pub(super) closed: bool,
}

/// Shared by the callers and the journal's thread.
#[derive(Default)]
pub(super) struct Queue {
    pub(super) state: Mutex<State>,
    /// Wakes the journal's thread.
    pub(super) wake: Condvar,
    /// Wakes those who wait in `sync`.
    pub(super) told: Condvar,
    /// Commits that fail before they reach the disk, for tests.
    #[cfg(any(test, feature = "fault-points"))]
    pub(super) failing: std::sync::atomic::AtomicU32,
}

/// Rough size of an append in a commit.
pub(super) fn weight(append: &Append) -> usize {
    append.ins.iter().map(weight_in).sum::<usize>()
        + append.outs.iter().map(weight_out).sum::<usize>()
}

fn weight_in(record: &InRecord) -> usize {
    24 + record.topic.len()
        + record.payload.len()
        + record.properties.as_ref().map_or(0, |p| p.len())
}

fn weight_out(record: &OutRecord) -> usize {
    match record {
        OutRecord::Points { values, .. } | OutRecord::Attributes { values, .. } => {
            16 + values
                .iter()
                .map(|(key, value)| key.len() + weight_value(value))
                .sum::<usize>()
        }
        OutRecord::DeletePoints { keys, .. } | OutRecord::DeleteAttributes { keys, .. } => {
            32 + keys.iter().map(|key| key.len() + 2).sum::<usize>()
        }
        OutRecord::DeleteEntity { .. } => 40,
        OutRecord::Done(_)
        | OutRecord::Started(_)
        | OutRecord::SetAside(_)
        | OutRecord::Failed(_) => 3,
        OutRecord::Confirmed { .. } => 30,
        OutRecord::Session {
            unconfirmed,
            last_of_topic,
            ..
        } => 30 + unconfirmed.len() * 10 + last_of_topic.len() * 16,
        OutRecord::Owed { body, .. } => 48 + body.len(),
        OutRecord::Settled(_) => 17,
    }
}

fn weight_value(value: &Value) -> usize {
    match value {
        Value::Bool(_) => 1,
        Value::Long(_) | Value::Double(_) => 9,
        Value::Text(text) | Value::Json(text) => 4 + text.len(),
    }
}
