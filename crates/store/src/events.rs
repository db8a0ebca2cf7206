//! Events in bounded rings.
//!
//! Writing never waits and never fails the caller: a full queue drops and counts. Each ring
//! (tenant, station, kind, failures apart from the rest) is bounded in bytes; the oldest go first,
//! and good traffic never pushes failures out.

use std::sync::Arc;

use millrace_model::{
    EntityId, Millis, PageData, PageLink, TenantId,
    event::{Event, EventType},
};

use crate::Result;

/// An event on its way to its ring.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// Whose it is.
    pub tenant: TenantId,
    /// The station: integration, converter, rule node, device.
    pub entity: EntityId,
    /// Its kind.
    pub event_type: EventType,
    /// When it happened.
    pub at: Millis,
    /// Whether it goes to the ring of failures.
    pub failure: bool,
    /// Whether it is the station's first failure with its error: such have a ring of their own,
    /// so that a flood of one failure never pushes another's first out.
    pub first: bool,
    /// Body as JSON text; an object with `server`.
    pub body: Arc<str>,
}

/// Which events are asked for. Texts are case-insensitive parts of the body's members.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    /// Its kind; `None` = every kind.
    pub event_type: Option<EventType>,
    /// From here on (inclusive).
    pub start: Option<Millis>,
    /// Up to here (inclusive).
    pub end: Option<Millis>,
    /// Only with (true) or without (false) an error.
    pub is_error: Option<bool>,
    /// Body member → part of its text, e.g. `("error", "line 3")`, `("type", "Uplink")`.
    pub contains: Vec<(String, String)>,
}

/// Figures of one station's rings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EventCounters {
    /// Recorded since the start of the server.
    pub recorded: u64,
    /// Not recorded because the station was over its rate.
    pub limited: u64,
    /// Dropped because the writer could not follow.
    pub dropped: u64,
}

/// The rings.
pub trait Events: Send + Sync + 'static {
    /// Queues an event. Never waits.
    fn record(&self, event: NewEvent);

    /// Waits until what was recorded so far can be read (for tests and for a clean stop).
    fn flush(&self);

    /// For a clean stop: as [`crate::ValueTables::tidy`].
    fn tidy(&self) {}

    /// A page of events; newest first unless the link sorts otherwise (`createdTime`/`ts`).
    ///
    /// # Errors
    /// When the file cannot be read.
    fn page(
        &self,
        tenant: TenantId,
        entity: EntityId,
        filter: &EventFilter,
        link: &PageLink,
    ) -> Result<PageData<Event>>;

    /// Clears a station's events that match.
    ///
    /// # Errors
    /// When the file cannot be written.
    fn clear(&self, tenant: TenantId, entity: EntityId, filter: &EventFilter) -> Result<u64>;

    /// Counters of a station.
    fn counters(&self, entity: EntityId) -> EventCounters;

    /// Counts an event of a station that its rate limit kept from being recorded.
    fn count_limited(&self, entity: EntityId) {
        let _ = entity;
    }
}
