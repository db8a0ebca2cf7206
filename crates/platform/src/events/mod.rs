//! What stations saw: debug, lifecycle, error and statistics events.
//!
//! Recording never waits and never fails its caller. While a station records all messages, at
//! most [`PER_SECOND`] of them a second are kept and the rest is counted; failures have an
//! allowance and a ring of their own, the first of each distinct error always passes. The check
//! comes before the body is built: ask [`EventRecorder::wants`], then record.

mod body;
mod debug_in;
mod payload;
mod rate;

use std::sync::Arc;

use millrace_model::{
    DebugSettings, EntityId, Millis, PageData, PageLink, TenantId,
    entity::ConverterType,
    event::{Event, EventType},
    id::{ConverterId, IntegrationId, RuleNodeId},
};
use millrace_store::{
    Entities, Events,
    events::{EventCounters, EventFilter, NewEvent},
};
use serde_json::Value as Json;

use crate::{Result, Scope, access, clock::now_ms};

pub use body::{ConverterDebug, Direction, NodeDebug, NodeSide};
pub use debug_in::ConverterInput;
pub use payload::{ContentType, Shown};

use rate::Rates;

/// Events of all messages that are kept a second for one station; as many failures beside them.
pub const PER_SECOND: u32 = 20;

/// What the recorder is told at the start.
#[derive(Debug, Clone)]
pub struct EventOptions {
    /// Name of this server, in the body of every event.
    pub server: String,
}

impl Default for EventOptions {
    fn default() -> Self {
        Self {
            server: "millrace".to_owned(),
        }
    }
}

/// Records events of stations, and reads them back.
#[derive(Clone)]
pub struct EventRecorder {
    events: Arc<dyn Events>,
    entities: Arc<dyn Entities>,
    options: Arc<EventOptions>,
    rates: Arc<Rates>,
}

impl EventRecorder {
    /// A recorder that writes to `events`; `entities` tells whose a station is.
    #[must_use]
    pub fn new(
        events: Arc<dyn Events>,
        entities: Arc<dyn Entities>,
        options: EventOptions,
    ) -> Self {
        Self {
            events,
            entities,
            options: Arc::new(options),
            rates: Arc::new(Rates::default()),
        }
    }

    /// Whether an event of this station at `now` is to be recorded; `failure` is the error text
    /// when it is one. Takes from the station's allowance and counts what it refuses, so ask
    /// once for each event, before building it.
    #[must_use]
    pub fn wants(
        &self,
        station: EntityId,
        settings: &DebugSettings,
        failure: Option<&str>,
        now: Millis,
    ) -> bool {
        let (recorded, allowed) = match failure {
            Some(error) if settings.records_failures(now) => {
                (true, self.rates.allow_failure(station, error, now))
            }
            None if settings.records_all(now) => (true, self.rates.allow(station, now)),
            _ => (false, false),
        };
        if recorded && !allowed {
            self.events.count_limited(station);
        }
        allowed
    }

    /// What an integration received: topic and payload.
    pub fn debug_uplink(
        &self,
        tenant: TenantId,
        integration: IntegrationId,
        at: Millis,
        topic: &str,
        payload: &[u8],
        error: Option<&str>,
    ) {
        let body = body::integration(
            &self.options.server,
            Direction::Uplink,
            topic,
            payload,
            error,
        );
        self.record(
            tenant,
            integration.into(),
            EventType::DebugIntegration,
            at,
            error,
            &body,
        );
    }

    /// What an integration published, or could not.
    pub fn debug_downlink(
        &self,
        tenant: TenantId,
        integration: IntegrationId,
        at: Millis,
        topic: &str,
        payload: &[u8],
        error: Option<&str>,
    ) {
        let body = body::integration(
            &self.options.server,
            Direction::Downlink,
            topic,
            payload,
            error,
        );
        self.record(
            tenant,
            integration.into(),
            EventType::DebugIntegration,
            at,
            error,
            &body,
        );
    }

    /// One run of a converter.
    pub fn debug_converter(
        &self,
        tenant: TenantId,
        converter: ConverterId,
        at: Millis,
        run: &ConverterDebug<'_>,
    ) {
        let body = body::converter(&self.options.server, run);
        self.record(
            tenant,
            converter.into(),
            EventType::DebugConverter,
            at,
            run.error,
            &body,
        );
    }

    /// A message that entered or left a rule node.
    pub fn rule_node(&self, tenant: TenantId, node: RuleNodeId, at: Millis, seen: &NodeDebug<'_>) {
        let body = body::rule_node(&self.options.server, seen);
        let failure = seen
            .error
            .or((seen.relation == Some("Failure")).then_some("Failure"));
        self.record(
            tenant,
            node.into(),
            EventType::DebugRuleNode,
            at,
            failure,
            &body,
        );
    }

    /// A change in the life of a station: `STARTED`, `UPDATED`, `STOPPED`, `FAILED`, …. `text` is
    /// the event's `error` when it failed, and its `detail` otherwise.
    pub fn lifecycle(
        &self,
        tenant: TenantId,
        entity: EntityId,
        event: &str,
        success: bool,
        text: Option<&str>,
    ) {
        let body = body::lifecycle(&self.options.server, event, success, text);
        let failure = (!success).then(|| text.unwrap_or("failed"));
        self.record(tenant, entity, EventType::LcEvent, now_ms(), failure, &body);
    }

    /// A failure outside any debug setting: `method` says where. Always recorded, but limited
    /// like other failures.
    pub fn error(&self, tenant: TenantId, entity: EntityId, method: &str, error: &str) {
        let now = now_ms();
        if !self.rates.allow_failure(entity, error, now) {
            self.events.count_limited(entity);
            return;
        }
        let body = body::error(&self.options.server, method, error);
        self.record(tenant, entity, EventType::Error, now, Some(error), &body);
    }

    /// Counts of an integration since the last such event.
    pub fn stats(&self, tenant: TenantId, entity: EntityId, processed: u64, errors: u64) {
        let body = body::stats(&self.options.server, processed, errors);
        self.record(tenant, entity, EventType::Stats, now_ms(), None, &body);
    }

    /// A page of a station's events.
    ///
    /// # Errors
    /// When the station is not the caller's to see, or the file cannot be read.
    pub fn page(
        &self,
        scope: &Scope,
        entity: EntityId,
        filter: &EventFilter,
        link: &PageLink,
    ) -> Result<PageData<Event>> {
        access::require_readable(&*self.entities, scope, entity)?;
        Ok(self.events.page(scope.tenant, entity, filter, link)?)
    }

    /// Clears a station's events that match; returns how many.
    ///
    /// # Errors
    /// When the caller is no administrator, or the file cannot be written.
    pub fn clear(&self, scope: &Scope, entity: EntityId, filter: &EventFilter) -> Result<u64> {
        access::require_admin(scope)?;
        let gone = self.events.clear(scope.tenant, entity, filter)?;
        self.rates.forget(entity);
        Ok(gone)
    }

    /// Counters of a station: recorded, limited by its rate, dropped by the writer.
    #[must_use]
    pub fn counters(&self, station: EntityId) -> EventCounters {
        self.events.counters(station)
    }

    /// The newest input a converter was seen with, to fill a test dialog.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn latest_converter_input(
        &self,
        scope: &Scope,
        converter: ConverterId,
        direction: Option<ConverterType>,
    ) -> Result<Option<ConverterInput>> {
        access::require_admin(scope)?;
        debug_in::of_converter(&*self.events, scope.tenant, converter, direction)
    }

    /// The newest message that entered a rule node, as `{"msg","metadata","msgType"}`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn latest_node_input(&self, scope: &Scope, node: RuleNodeId) -> Result<Option<Json>> {
        access::require_admin(scope)?;
        debug_in::of_node(&*self.events, scope.tenant, node)
    }

    /// The rings themselves, for a clean stop.
    #[must_use]
    pub fn events(&self) -> &dyn Events {
        &*self.events
    }

    fn record(
        &self,
        tenant: TenantId,
        entity: EntityId,
        event_type: EventType,
        at: Millis,
        failure: Option<&str>,
        body: &Json,
    ) {
        let first = failure.is_some_and(|error| self.rates.record_failure(entity, error, at));
        self.events.record(NewEvent {
            tenant,
            entity,
            event_type,
            at,
            failure: failure.is_some(),
            first,
            body: body.to_string().into(),
        });
    }
}

#[cfg(test)]
mod tests;
