//! What is true about a link now, read from the live session.

use crate::config::{QoS, TopicFilter};

/// Where the link is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkState {
    /// Looking up, connecting, waiting for CONNACK.
    Connecting,
    /// CONNACK accepted, the connection lives.
    Connected,
    /// Pausing before the next attempt.
    Waiting {
        /// When it is made, milliseconds since 1970.
        retry_at_ms: i64,
    },
    /// [`crate::Link::stop`] was called.
    Stopping,
    /// Ended.
    Stopped,
}

/// A snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkStatus {
    /// Where the link is.
    pub state: LinkState,
    /// Since when, milliseconds since 1970.
    pub since_ms: i64,
    /// Why there is no connection; `None` while connected.
    pub reason: Option<String>,
    /// CONNACK's session present flag of the last connection.
    pub session_present: Option<bool>,
    /// Number of the current or last connection, from 1; 0 = never connected.
    pub generation: u64,
    /// Per configured filter, in the order configured.
    pub filters: Vec<FilterStatus>,
    /// Delivered messages whose acknowledgement has not been sent.
    pub in_flight: usize,
    /// Bytes of messages that the intake has not taken yet.
    pub buffered_bytes: usize,
    /// Messages of QoS ≥ 1 the broker may still deliver again (unconfirmed).
    pub unconfirmed: usize,
    /// Own publishes that wait for their PUBACK.
    pub publishing: usize,
    /// Messages offered for the first time.
    pub received: u64,
    /// Messages that came with DUP set.
    pub redelivered: u64,
    /// Of these, recognised and not offered again.
    pub duplicates: u64,
    /// QoS 0 messages dropped for want of room.
    pub qos0_dropped: u64,
    /// Messages dropped because their payload was too large.
    pub oversized: u64,
    /// Messages whose arrival could not be made unique (more than 1 000 ahead on one topic).
    pub arrival_collisions: u64,
    /// Messages that fit no configured filter (of an earlier subscription); offered all the same.
    pub unmatched: u64,
    /// Times reading paused because the buffer was full.
    pub pauses: u64,
}

impl LinkStatus {
    /// Connected, and the broker granted every filter.
    pub fn is_active(&self) -> bool {
        let granted = |filter: &FilterStatus| filter.granted.is_some_and(|code| code < 0x80);
        self.state == LinkState::Connected && self.filters.iter().all(granted)
    }
}

/// One filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterStatus {
    /// The filter.
    pub filter: String,
    /// QoS asked for.
    pub requested: QoS,
    /// SUBACK code: 0..=2 the QoS granted, 0x80 and above refused; `None` = no answer (yet).
    /// Filters kept by the session from an earlier connection carry the stored QoS.
    pub granted: Option<u8>,
    /// Arrival of the last message that fits, milliseconds since 1970.
    pub last_message_ms: Option<i64>,
    /// Messages that fit.
    pub count: u64,
}

/// The snapshot that the link's task keeps up to date and the handle reads.
#[derive(Debug)]
pub(crate) struct Shared {
    status: parking_lot::Mutex<LinkStatus>,
}

impl Shared {
    pub(crate) fn new(filters: &[TopicFilter]) -> Self {
        let status = LinkStatus {
            state: LinkState::Connecting,
            since_ms: crate::arrival::now_ms(),
            reason: None,
            session_present: None,
            generation: 0,
            filters: filters.iter().map(FilterStatus::new).collect(),
            in_flight: 0,
            buffered_bytes: 0,
            unconfirmed: 0,
            publishing: 0,
            received: 0,
            redelivered: 0,
            duplicates: 0,
            qos0_dropped: 0,
            oversized: 0,
            arrival_collisions: 0,
            unmatched: 0,
            pauses: 0,
        };
        Self {
            status: parking_lot::Mutex::new(status),
        }
    }

    pub(crate) fn snapshot(&self) -> LinkStatus {
        self.status.lock().clone()
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.status.lock().state == LinkState::Connected
    }

    pub(crate) fn buffered_bytes(&self) -> usize {
        self.status.lock().buffered_bytes
    }

    /// Changes the snapshot. Short and without waiting: the handle reads it under the same lock.
    pub(crate) fn update(&self, change: impl FnOnce(&mut LinkStatus)) {
        change(&mut self.status.lock());
    }
}

impl FilterStatus {
    pub(crate) fn new(filter: &TopicFilter) -> Self {
        Self {
            filter: filter.filter.clone(),
            requested: filter.qos,
            granted: None,
            last_message_ms: None,
            count: 0,
        }
    }

    /// Counts a message that fits.
    pub(crate) fn note(&mut self, arrival_ms: i64) {
        self.count += 1;
        self.last_message_ms = Some(arrival_ms);
    }

    /// The filter as it was asked for.
    pub(crate) fn wanted(&self) -> TopicFilter {
        TopicFilter::new(self.filter.clone(), self.requested)
    }
}
