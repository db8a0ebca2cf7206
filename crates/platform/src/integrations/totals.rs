//! Counts over all links, those that ended included.

use millrace_link::LinkStatus;

/// Counts over several links.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LinkTotals {
    /// Messages that came with the mark of a possible duplicate.
    pub redelivered: u64,
    /// Of these, recognised and not run again.
    pub duplicates: u64,
    /// Messages of QoS 0 dropped for want of room.
    pub qos0_dropped: u64,
}

impl LinkTotals {
    pub(super) fn add(&mut self, status: &LinkStatus) {
        self.redelivered += status.redelivered;
        self.duplicates += status.duplicates;
        self.qos0_dropped += status.qos0_dropped;
    }
}
