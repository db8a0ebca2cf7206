//! What nodes look up beside the values in memory: entities, relations, groups, alarms, history.
//!
//! Every call may read from a disk, so nodes use it only in [`super::node::off_lane`].

use std::sync::Arc;

use millrace_outbound::Outbound;

use crate::{Records, alarms::Alarms, devices::Groups, relations::Relations, telemetry::Telemetry};

/// The services below nodes that may wait for a disk.
pub struct Directory {
    /// The entity store.
    pub records: Records,
    /// Relations between entities.
    pub relations: Relations,
    /// Entity groups.
    pub groups: Groups,
    /// Alarms.
    pub alarms: Alarms,
    /// History of points.
    pub telemetry: Arc<Telemetry>,
    /// Other systems.
    pub outbound: Outbound,
}

impl Directory {
    /// The same with other bounds for what is sent elsewhere.
    #[must_use]
    pub fn with_outbound(mut self, outbound: Outbound) -> Self {
        self.outbound = outbound;
        self
    }

    /// A directory over these stores.
    #[must_use]
    pub fn new(records: &Records, telemetry: &Arc<Telemetry>) -> Self {
        Self {
            relations: Relations::new(records.clone()),
            groups: Groups::new(records.clone()),
            alarms: Alarms::new(records.clone()),
            records: records.clone(),
            telemetry: Arc::clone(telemetry),
            outbound: Outbound::default(),
        }
    }
}
