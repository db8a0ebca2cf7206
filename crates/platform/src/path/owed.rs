//! What is still to be done when its cause is done: kept in memory and in the journal.
//!
//! A record of a debt joins the commit in which its cause becomes done, and the record of its
//! settlement the commit of what it caused. Debts are few and small beside messages, so all of
//! them are written again before the journal is trimmed.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::{Arc, Weak},
    time::Duration,
};

use bytes::Bytes;
use millrace_model::{
    Millis, TenantId,
    id::{RuleChainId, RuleNodeId},
};
use millrace_store::{
    Journal,
    journal::{Append, OutRecord},
};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use uuid::Uuid;

use super::{delivery::Branch, lane::Work, start::Path};
use crate::{
    clock::now_ms,
    rules::{RuleMessage, stored::StoredMessage},
};

/// Runs of one debt that may break off before it is given up.
const MOST_BROKEN_RUNS: u32 = 3;

/// What a debt is. The numbers are stored data.
pub mod owed_kind {
    /// A message that leaves a node later.
    pub const MESSAGE: u8 = 1;
    /// A downlink that waits for its connection.
    pub const DOWNLINK: u8 = 2;
}

/// A debt.
#[derive(Debug, Clone, PartialEq)]
pub struct OwedItem {
    /// Its id; the same cause owes under the same id at every run.
    pub id: Uuid,
    /// Whose it is.
    pub tenant: TenantId,
    /// One of [`owed_kind`].
    pub kind: u8,
    /// When it is due; for a downlink: when it is no use any more.
    pub due: Millis,
    /// What has to be done.
    pub body: Bytes,
}

impl OwedItem {
    /// The record of a debt, `None` for other records.
    #[must_use]
    pub fn of(record: OutRecord) -> Option<Self> {
        match record {
            OutRecord::Owed {
                id,
                tenant,
                kind,
                due,
                body,
            } => Some(Self {
                id,
                tenant,
                kind,
                due,
                body,
            }),
            _ => None,
        }
    }

    fn record(&self) -> OutRecord {
        OutRecord::Owed {
            id: self.id,
            tenant: self.tenant,
            kind: self.kind,
            due: self.due,
            body: self.body.clone(),
        }
    }
}

/// Debts as the records of a journal tell them, in their order.
#[derive(Default)]
pub(super) struct ReadDebts {
    open: BTreeMap<Uuid, OwedItem>,
    /// A message may leave its node in one lane before the lane that kept it has written so: what
    /// was settled once stays settled.
    settled: HashSet<Uuid>,
}

impl ReadDebts {
    pub(super) fn take(&mut self, record: OutRecord) {
        match record {
            OutRecord::Settled(id) => {
                self.open.remove(&id);
                self.settled.insert(id);
            }
            record => {
                if let Some(item) = OwedItem::of(record)
                    && !self.settled.contains(&item.id)
                {
                    self.open.insert(item.id, item);
                }
            }
        }
    }

    pub(super) fn open(self) -> Vec<OwedItem> {
        self.open.into_values().collect()
    }
}

/// All debts of this node.
#[derive(Default)]
pub struct Owed {
    table: Mutex<Table>,
    earlier: Notify,
}

#[derive(Default)]
struct Table {
    items: HashMap<Uuid, OwedItem>,
    /// Messages by the time they are due.
    due: BTreeSet<(Millis, Uuid)>,
    /// Messages that wait, by node.
    by_node: HashMap<RuleNodeId, usize>,
    nodes: HashMap<Uuid, RuleNodeId>,
    /// Runs that broke off, by debt.
    broken: HashMap<Uuid, u32>,
}

impl Owed {
    /// Takes over what the journal said.
    pub(super) fn restore(&self, items: Vec<OwedItem>) {
        let mut table = self.table.lock();
        for item in items {
            table.insert(item);
        }
    }

    /// Notes a debt. The record must join the commit that makes its cause done.
    #[must_use]
    pub fn owe(&self, item: OwedItem) -> OutRecord {
        let record = item.record();
        self.table.lock().insert(item);
        self.earlier.notify_one();
        record
    }

    /// Debts are settled: `append` hands the records of it to the journal, together with those of
    /// what settled them. A debt leaves the table only as they are handed over, so that a trim
    /// either writes the debt again before its settlement, or finds the settlement behind it.
    pub fn settle(&self, ids: &[Uuid], append: impl FnOnce(Vec<OutRecord>)) {
        let mut table = self.table.lock();
        let settled = ids
            .iter()
            .filter(|id| table.remove(**id))
            .map(|id| OutRecord::Settled(*id))
            .collect();
        append(settled);
    }

    /// Every debt of a kind, oldest due first.
    #[must_use]
    pub fn of_kind(&self, kind: u8) -> Vec<OwedItem> {
        let mut items: Vec<OwedItem> = self
            .table
            .lock()
            .items
            .values()
            .filter(|item| item.kind == kind)
            .cloned()
            .collect();
        items.sort_by_key(|item| (item.due, item.id));
        items
    }

    /// How many messages wait for a node.
    #[must_use]
    pub fn waiting_for(&self, node: RuleNodeId) -> usize {
        self.table.lock().by_node.get(&node).copied().unwrap_or(0)
    }

    /// Writes every debt again. Under the lock, so that no settlement comes before its debt.
    pub(super) fn write_again(&self, journal: &dyn Journal) {
        let table = self.table.lock();
        if !table.items.is_empty() {
            journal.append(Append {
                outs: table.items.values().map(OwedItem::record).collect(),
                ..Append::default()
            });
        }
    }

    fn take_due(&self, now: Millis) -> Vec<OwedItem> {
        let mut table = self.table.lock();
        let mut taken = Vec::new();
        while let Some((due, id)) = table.due.first().copied() {
            if due > now {
                break;
            }
            table.due.pop_first();
            taken.extend(table.items.get(&id).cloned());
        }
        taken
    }

    /// Counts a run that broke off, and puts the debt back. `false` when it broke off too often.
    fn again(&self, id: Uuid, due: Millis) -> bool {
        let mut table = self.table.lock();
        let Some(item) = table.items.get_mut(&id) else {
            return true;
        };
        item.due = due;
        let broken = table.broken.entry(id).or_default();
        *broken += 1;
        if *broken >= MOST_BROKEN_RUNS {
            return false;
        }
        table.due.insert((due, id));
        true
    }

    fn next_due(&self) -> Option<Millis> {
        self.table.lock().due.first().map(|(due, _)| *due)
    }
}

impl Table {
    fn insert(&mut self, item: OwedItem) {
        self.remove(item.id);
        if item.kind == owed_kind::MESSAGE {
            self.due.insert((item.due, item.id));
            if let Ok(body) = serde_json::from_slice::<Whereabouts>(&item.body) {
                *self.by_node.entry(body.node).or_default() += 1;
                self.nodes.insert(item.id, body.node);
            }
        }
        self.items.insert(item.id, item);
    }

    fn remove(&mut self, id: Uuid) -> bool {
        let Some(item) = self.items.remove(&id) else {
            return false;
        };
        self.due.remove(&(item.due, id));
        self.broken.remove(&id);
        if let Some(node) = self.nodes.remove(&id)
            && let Some(count) = self.by_node.get_mut(&node)
        {
            *count -= 1;
            if *count == 0 {
                self.by_node.remove(&node);
            }
        }
        true
    }
}

#[derive(Serialize, Deserialize)]
struct Whereabouts {
    node: RuleNodeId,
}

/// A message that waits for the time it leaves its node.
#[derive(Serialize, Deserialize)]
struct Waiting {
    chain: RuleChainId,
    node: RuleNodeId,
    message: StoredMessage,
}

/// A message that `node` keeps until `due`. It leaves with an id of its own, the same at every
/// run.
pub(super) fn waiting_message(
    tenant: TenantId,
    chain: RuleChainId,
    node: RuleNodeId,
    message: &RuleMessage,
    due: Millis,
) -> OwedItem {
    let id = Uuid::new_v5(&node.0, message.id.as_bytes());
    let mut stored = StoredMessage::from(message);
    stored.set_id(id);
    let waiting = Waiting {
        chain,
        node,
        message: stored,
    };
    OwedItem {
        id,
        tenant,
        kind: owed_kind::MESSAGE,
        due,
        body: serde_json::to_vec(&waiting).unwrap_or_default().into(),
    }
}

/// A message whose time has come.
pub struct DueMessage {
    pub(super) tenant: TenantId,
    pub(super) chain: RuleChainId,
    pub(super) node: RuleNodeId,
    pub(super) message: RuleMessage,
    pub(super) branch: Branch,
}

/// Lets messages leave their nodes when they are due, until the path is gone.
pub(super) async fn run(path: Weak<Path>, owed: Arc<Owed>) {
    loop {
        let wait = owed.next_due().map(|due| {
            Duration::from_millis(u64::try_from(due.saturating_sub(now_ms())).unwrap_or(0))
        });
        match wait {
            Some(wait) => {
                tokio::select! {
                    () = tokio::time::sleep(wait) => {}
                    () = owed.earlier.notified() => continue,
                }
            }
            None => owed.earlier.notified().await,
        }
        let Some(path) = path.upgrade() else {
            return;
        };
        for item in owed.take_due(now_ms()) {
            send(&path, item);
        }
    }
}

fn send(path: &Arc<Path>, item: OwedItem) {
    match serde_json::from_slice::<Waiting>(&item.body) {
        Ok(waiting) => {
            let message = RuleMessage::from(waiting.message);
            let lane = path.lanes().of_originator(message.originator);
            let due = DueMessage {
                tenant: item.tenant,
                chain: waiting.chain,
                node: waiting.node,
                message,
                branch: path.start_owed(item.id),
            };
            path.lanes().send(lane, Work::Due(Box::new(due)));
        }
        Err(error) => {
            tracing::error!(id = %item.id, %error, "a waiting message cannot be read and is given up");
            path.settle_now(item.id);
        }
    }
}

/// A run for a debt broke off: it is tried again in a moment, and given up after three times.
pub(super) fn returned(path: &Path, id: Uuid) {
    if path.owed().again(id, now_ms() + 1_000) {
        path.owed().earlier.notify_one();
    } else {
        tracing::error!(%id, "a waiting message was given up: its run broke off {MOST_BROKEN_RUNS} times");
        path.settle_now(id);
    }
}

#[cfg(test)]
mod tests;
