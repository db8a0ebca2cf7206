//! Messages that services send into chains, beside those of links.

use std::sync::{Arc, Weak};

use millrace_model::TenantId;

use super::{
    delivery::Branch,
    lane::{Routed, Work},
    start::Path,
};
use crate::{alarms::AlarmMessages, rules::RuleMessage};

impl Path {
    /// Sends a message into the chain of its originator. It is in no journal: what it tells of is
    /// stored already, and a kill loses no more than the word about it.
    pub fn enter_chain(&self, tenant: TenantId, message: RuleMessage) {
        let lane = self.lanes().of_originator(message.originator);
        let routed = Routed {
            tenant,
            arrival_ms: message.ts,
            message,
            branch: Branch::untracked(),
            entity: None,
        };
        self.lanes().send(lane, Work::Route(vec![routed]));
    }
}

/// Lets alarms tell the chains; the path owns the alarms, so it is held weakly.
pub struct AlarmDoor(Weak<Path>);

impl AlarmDoor {
    /// The door of a path.
    #[must_use]
    pub fn of(path: &Arc<Path>) -> Self {
        Self(Arc::downgrade(path))
    }
}

impl AlarmMessages for AlarmDoor {
    fn send(&self, tenant: TenantId, message: RuleMessage) {
        if let Some(path) = self.0.upgrade() {
            path.enter_chain(tenant, message);
        }
    }
}
