//! What the journal says at a start.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, atomic::Ordering},
};

use millrace_store::{
    Journal,
    journal::{OutRecord, Record, Seq},
};
use uuid::Uuid;

use super::{
    delivery::Accepted,
    owed::{OwedItem, ReadDebts},
    session::SessionMirror,
};
use crate::{error::Result, telemetry::Telemetry};

/// What an earlier process left behind.
#[derive(Default)]
pub struct Recovered {
    /// Messages without an end, in order of arrival.
    pub undone: Vec<Arc<Accepted>>,
    /// Broker sessions by integration.
    pub sessions: HashMap<Uuid, SessionMirror>,
    /// What is still owed.
    pub owed: Vec<OwedItem>,
    /// Records taken into memory.
    pub replayed: u64,
}

/// A broker session as a link wants it.
pub type RecoveredSession = SessionMirror;

/// Reads the journal: records after the last fold go to memory, messages without "done" are
/// collected, broker sessions are put together again.
///
/// # Errors
/// When the journal cannot be read.
pub fn recover(journal: &dyn Journal, telemetry: &Telemetry, folded_to: Seq) -> Result<Recovered> {
    let mut recovered = Recovered::default();
    let mut undone: BTreeMap<Seq, Arc<Accepted>> = BTreeMap::new();
    let mut debts = ReadDebts::default();
    let mut failure = None;
    journal.read(0, &mut |seq, record| {
        match record {
            Record::In(record) => {
                let hash = millrace_link::message_hash(&record.topic, &record.payload);
                recovered
                    .sessions
                    .entry(record.source.integration)
                    .or_default()
                    .restore_in(seq, &record, hash);
                undone.insert(seq, Accepted::recovered(seq, record));
            }
            Record::Out(record @ (OutRecord::Owed { .. } | OutRecord::Settled(_))) => {
                debts.take(record);
            }
            Record::Out(record) => match &record {
                OutRecord::Done(message) | OutRecord::SetAside(message) => {
                    undone.remove(message);
                }
                OutRecord::Started(message) => {
                    if let Some(accepted) = undone.get(message) {
                        accepted.starts.fetch_add(1, Ordering::Relaxed);
                    }
                }
                OutRecord::Confirmed { integration, .. }
                | OutRecord::Session { integration, .. } => {
                    recovered
                        .sessions
                        .entry(*integration)
                        .or_default()
                        .restore_out(&record);
                }
                _ if seq > folded_to => {
                    if let Err(error) = telemetry.replay(&record) {
                        failure = Some(error);
                        return false;
                    }
                    recovered.replayed += 1;
                }
                _ => {}
            },
        }
        true
    })?;
    if let Some(error) = failure {
        return Err(error);
    }
    recovered.owed = debts.open();
    recovered.undone = undone.into_values().collect();
    Ok(recovered)
}
