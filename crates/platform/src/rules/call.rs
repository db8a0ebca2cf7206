//! The command a message was sent for, as it travels through chains.
//!
//! A call ends untaken when every branch that was opened for it has ended and no publish was taken
//! by a broker. Branches are counted by the references themselves: each message and each queued
//! downlink of a call holds one, and the last one dropped tells the [`CallLedger`]. So neither a
//! script, nor a copy, nor a panic can leave a caller waiting for nothing.

use std::{fmt, sync::Arc};

use millrace_model::id::IntegrationId;
use uuid::Uuid;

/// Where open calls are kept.
pub trait CallLedger: Send + Sync {
    /// A publish made for the call is with the broker.
    fn taken(&self, call: Uuid);
    /// A branch of the call failed; the last reason is what the caller reads if nothing is taken.
    fn failed(&self, call: Uuid, reason: &str);
    /// A publish made for the call is on its way to the broker, or came back from it (`false`).
    fn sent(&self, call: Uuid, sent: bool);
    /// A publish made for the call was queued at an integration.
    fn carried(&self, call: Uuid, integration: IntegrationId);
    /// Whether nothing that came before it for the same device can still produce a publish.
    fn may_leave(&self, call: Uuid) -> bool;
    /// Whether something of the device is still waited for: the broker, or the answer.
    fn is_open(&self, call: Uuid) -> bool;
    /// Whether it ended in a failure: what is queued for it must not reach the device any more.
    fn is_withdrawn(&self, call: Uuid) -> bool;
    /// No branch of the call is left.
    fn branches_ended(&self, call: Uuid);
}

/// One branch of a call.
#[derive(Clone)]
pub struct CallRef(Arc<Branches>);

struct Branches {
    call: Uuid,
    ledger: Arc<dyn CallLedger>,
}

impl CallRef {
    /// The first branch of a call.
    #[must_use]
    pub fn open(call: Uuid, ledger: Arc<dyn CallLedger>) -> Self {
        Self(Arc::new(Branches { call, ledger }))
    }

    /// Id of the call (`requestUUID`).
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.0.call
    }

    /// A publish made for the call is with the broker.
    pub fn taken(&self) {
        self.0.ledger.taken(self.0.call);
    }

    /// This branch failed.
    pub fn failed(&self, reason: &str) {
        self.0.ledger.failed(self.0.call, reason);
    }

    /// A publish made for the call is on its way to the broker, or came back from it (`false`).
    pub fn sent(&self, sent: bool) {
        self.0.ledger.sent(self.0.call, sent);
    }

    /// A publish made for the call was queued at an integration.
    pub fn carried(&self, integration: IntegrationId) {
        self.0.ledger.carried(self.0.call, integration);
    }

    /// Whether nothing that came before the call for the same device can still produce a publish.
    #[must_use]
    pub fn may_leave(&self) -> bool {
        self.0.ledger.may_leave(self.0.call)
    }

    /// Whether another call still waits for the broker or for its answer.
    #[must_use]
    pub fn is_other_open(&self, other: Uuid) -> bool {
        self.0.ledger.is_open(other)
    }

    /// Whether the call ended in a failure: what is queued for it must not reach the device any
    /// more.
    #[must_use]
    pub fn is_withdrawn(&self) -> bool {
        self.0.ledger.is_withdrawn(self.0.call)
    }
}

impl Drop for Branches {
    fn drop(&mut self) {
        self.ledger.branches_ended(self.call);
    }
}

impl fmt::Debug for CallRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CallRef({})", self.0.call)
    }
}

impl PartialEq for CallRef {
    fn eq(&self, other: &Self) -> bool {
        self.0.call == other.0.call
    }
}
