//! What is true about an integration now. Derived from the live link, never remembered.

use millrace_link::{LinkState, LinkStatus};
use millrace_model::Millis;
use serde::Serialize;
use utoipa::ToSchema;

/// The answer of the status endpoint.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatusReport {
    /// `DISABLED`, `PENDING`, `ACTIVE` or `FAILED`.
    pub state: &'static str,
    /// Since when (ms); absent while disabled.
    pub since: Option<Millis>,
    /// Why it is not active.
    pub reason: Option<String>,
    /// Whether the broker had kept the session at the last connect.
    pub session_present: Option<bool>,
    /// Connections so far.
    pub connections: u64,
    /// Per topic filter.
    pub filters: Vec<FilterReport>,
    /// Messages delivered by the broker whose acknowledgement was not sent yet.
    pub in_flight: usize,
    /// Bytes read from the broker that wait for room.
    pub buffered_bytes: usize,
    /// Messages to devices that are not with the broker yet.
    pub downlink_queue: usize,
    /// Messages taken since the link started.
    pub received: u64,
    /// Messages that came with the "may be a duplicate" mark.
    pub redelivered: u64,
    /// Of these, recognised and not run again.
    pub duplicates: u64,
    /// Messages of QoS 0 dropped for want of room.
    pub qos0_dropped: u64,
    /// Messages discarded because they were too large.
    pub oversized: u64,
}

/// One topic filter.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FilterReport {
    /// The filter.
    pub filter: String,
    /// QoS asked for.
    pub requested_qos: u8,
    /// Answer of the broker: 0 to 2, or 128 and above for a refusal; absent without an answer.
    pub granted: Option<u8>,
    /// Arrival of the last message (ms).
    pub last_message: Option<Millis>,
    /// Messages so far.
    pub count: u64,
}

impl StatusReport {
    /// An integration that is switched off.
    #[must_use]
    pub fn disabled() -> Self {
        Self::without_link("DISABLED", None)
    }

    /// An integration that cannot start.
    #[must_use]
    pub fn failed(reason: String) -> Self {
        Self::without_link("FAILED", Some(reason))
    }

    /// An integration whose link has not been made yet.
    #[must_use]
    pub fn pending() -> Self {
        Self::without_link("PENDING", None)
    }

    fn without_link(state: &'static str, reason: Option<String>) -> Self {
        Self {
            state,
            since: None,
            reason,
            session_present: None,
            connections: 0,
            filters: Vec::new(),
            in_flight: 0,
            buffered_bytes: 0,
            downlink_queue: 0,
            received: 0,
            redelivered: 0,
            duplicates: 0,
            qos0_dropped: 0,
            oversized: 0,
        }
    }

    /// What a link says of itself.
    #[must_use]
    pub fn of_link(status: LinkStatus) -> Self {
        let refused: Vec<&str> = status
            .filters
            .iter()
            .filter(|filter| filter.granted.is_some_and(|code| code >= 0x80))
            .map(|filter| filter.filter.as_str())
            .collect();
        let answered = status.filters.iter().all(|filter| filter.granted.is_some());
        let refusal = (!refused.is_empty()).then(|| {
            format!(
                "the broker refused topic filter {}: allow it there or change it here",
                refused.join(", ")
            )
        });
        let state = match status.state {
            LinkState::Connected if refusal.is_some() => "FAILED",
            LinkState::Connected if answered => "ACTIVE",
            LinkState::Connected => "PENDING",
            LinkState::Stopped => "DISABLED",
            _ if status.reason.is_some() => "FAILED",
            _ => "PENDING",
        };
        Self {
            state,
            since: Some(status.since_ms),
            reason: refusal.or(status.reason),
            session_present: status.session_present,
            connections: status.generation,
            filters: status
                .filters
                .into_iter()
                .map(|filter| FilterReport {
                    requested_qos: filter.requested as u8,
                    granted: filter.granted,
                    last_message: filter.last_message_ms,
                    count: filter.count,
                    filter: filter.filter,
                })
                .collect(),
            in_flight: status.in_flight,
            buffered_bytes: status.buffered_bytes,
            downlink_queue: status.publishing,
            received: status.received,
            redelivered: status.redelivered,
            duplicates: status.duplicates,
            qos0_dropped: status.qos0_dropped,
            oversized: status.oversized,
        }
    }
}
