//! What a link keeps over its connections.

use std::sync::Arc;

use tokio::sync::{mpsc, watch};

use crate::arrival::now_ms;
use crate::codec::{Connack, encode_subscribe, encode_unsubscribe};
use crate::config::{LinkConfig, TopicFilter};
use crate::event::{LinkEvent, Observer};
use crate::inflow::Inflow;
use crate::intake::{AckSender, Intake, LinkStart};
use crate::link::StopMode;
use crate::outgoing::{Outgoing, PublishRequest};
use crate::packet_ids::PacketIds;
use crate::status::{LinkState, Shared};
use crate::subscriptions::{Request, Subscriptions};

/// The handle's ends of the channels.
pub(crate) struct Orders {
    pub(crate) publishes: mpsc::Receiver<PublishRequest>,
    pub(crate) filters: watch::Receiver<Vec<TopicFilter>>,
    pub(crate) stopping: watch::Receiver<Option<StopMode>>,
}

/// Everything the link's task owns.
pub(crate) struct State {
    pub(crate) cfg: Arc<LinkConfig>,
    pub(crate) intake: Arc<dyn Intake>,
    observer: Arc<dyn Observer>,
    shared: Arc<Shared>,
    pub(crate) acks: AckSender,
    pub(crate) publishes: mpsc::Receiver<PublishRequest>,
    pub(crate) filters: watch::Receiver<Vec<TopicFilter>>,
    pub(crate) stopping: watch::Receiver<Option<StopMode>>,
    pub(crate) inflow: Inflow,
    pub(crate) subscriptions: Subscriptions,
    pub(crate) outgoing: Outgoing,
    pub(crate) ids: PacketIds,
    pub(crate) pauses: u64,
    oversized: u64,
    /// QoS 0 messages whose loss was reported.
    pub(crate) qos0_reported: u64,
    /// The list of filters in the snapshot is out of date.
    pub(crate) filters_dirty: bool,
}

impl State {
    pub(crate) fn new(
        cfg: LinkConfig,
        start: &LinkStart,
        intake: Arc<dyn Intake>,
        observer: Arc<dyn Observer>,
        shared: Arc<Shared>,
        orders: Orders,
    ) -> Self {
        let stored: &[TopicFilter] = if cfg.clean_session {
            &[]
        } else {
            &start.subscribed
        };
        let inflow = Inflow::new(start, cfg.buffer_bytes);
        Self {
            acks: AckSender::new(inflow.last_taken()),
            inflow,
            subscriptions: Subscriptions::new(&cfg.filters, stored),
            outgoing: Outgoing::new(cfg.version),
            ids: PacketIds::default(),
            pauses: 0,
            oversized: 0,
            qos0_reported: 0,
            filters_dirty: false,
            cfg: Arc::new(cfg),
            intake,
            observer,
            shared,
            publishes: orders.publishes,
            filters: orders.filters,
            stopping: orders.stopping,
        }
    }

    pub(crate) fn emit(&self, event: LinkEvent) {
        self.observer.event(event);
    }

    /// CONNACK was accepted: what has to be sent first is appended to `out`.
    pub(crate) fn begin_connection(
        &mut self,
        connack: &Connack,
        out: &mut Vec<u8>,
    ) -> Result<(), String> {
        // A broker that claims a session after a clean start has nothing of ours.
        let present = connack.session_present && !self.cfg.clean_session;
        self.inflow.begin_connection(present);
        let generation = self.inflow.generation;
        // The status first: whoever hears an event may look, or publish, at once.
        self.shared.update(|status| {
            status.state = LinkState::Connected;
            status.since_ms = now_ms();
            status.reason = None;
            status.session_present = Some(present);
            status.generation = generation;
        });
        self.emit(LinkEvent::Connected {
            session_present: present,
            generation,
        });
        let was_lost = !present && !self.cfg.clean_session && self.subscriptions.holds_any();
        if was_lost {
            self.emit(LinkEvent::SessionLost);
        }
        if !present {
            self.emit(LinkEvent::SessionEpoch(self.inflow.epoch));
            if self.subscriptions.holds_any() {
                self.emit(LinkEvent::SubscribedSet(Vec::new()));
            }
        }
        self.subscriptions.begin_connection(present, was_lost);
        self.filters_dirty = true;
        self.outgoing.begin_connection(connack, &mut self.ids, out);
        self.request_subscriptions(out)
    }

    /// The connection ended, for this reason.
    pub(crate) fn end_connection(&mut self) {
        self.inflow.end_connection();
        self.subscriptions.end_connection(&mut self.ids);
        self.outgoing.end_connection();
        self.filters_dirty = true;
        self.publish_status();
    }

    /// Appends what has to be subscribed and unsubscribed now.
    pub(crate) fn request_subscriptions(&mut self, out: &mut Vec<u8>) -> Result<(), String> {
        for request in self.subscriptions.requests(&mut self.ids) {
            let encoded = match &request {
                Request::Subscribe(id, filters) => encode_subscribe(self.cfg.version, *id, filters),
                Request::Unsubscribe(id, filters) => {
                    encode_unsubscribe(self.cfg.version, *id, filters)
                }
            };
            out.extend(encoded.map_err(|e| format!("a filter cannot be expressed in MQTT ({e})"))?);
        }
        Ok(())
    }

    /// The wanted filters changed.
    pub(crate) fn take_filters(&mut self) {
        let filters = self.filters.borrow_and_update().clone();
        self.subscriptions.want(&filters);
        self.filters_dirty = true;
    }

    pub(crate) fn oversized(&mut self, topic: String, len: usize) {
        self.oversized += 1;
        self.emit(LinkEvent::Oversized {
            topic,
            len,
            limit: self.cfg.max_message_bytes,
        });
    }

    pub(crate) fn enter(&self, state: LinkState, reason: Option<String>) {
        self.shared.update(|status| {
            status.state = state;
            status.since_ms = now_ms();
            if reason.is_some() || state == LinkState::Stopped {
                status.reason = reason;
            }
        });
    }

    /// Brings the snapshot up to date.
    pub(crate) fn publish_status(&mut self) {
        let dirty = std::mem::take(&mut self.filters_dirty);
        let Self {
            shared,
            inflow,
            subscriptions,
            outgoing,
            pauses,
            oversized,
            ..
        } = self;
        shared.update(|status| {
            status.in_flight = inflow.in_flight();
            status.buffered_bytes = inflow.buffered_bytes();
            status.unconfirmed = inflow.unconfirmed();
            status.publishing = outgoing.under_way();
            status.received = inflow.received;
            status.redelivered = inflow.redelivered;
            status.duplicates = inflow.duplicates;
            status.qos0_dropped = inflow.qos0_dropped;
            status.oversized = *oversized;
            status.arrival_collisions = inflow.collisions();
            status.unmatched = subscriptions.unmatched;
            status.pauses = *pauses;
            if dirty || status.filters.len() != subscriptions.statuses().len() {
                status.filters = subscriptions.statuses().to_vec();
            } else {
                for (shown, known) in status.filters.iter_mut().zip(subscriptions.statuses()) {
                    shown.count = known.count;
                    shown.last_message_ms = known.last_message_ms;
                }
            }
        });
    }
}

impl Drop for State {
    /// Whatever ends the task, a panic of the owner's code too: the status never lies about it.
    fn drop(&mut self) {
        self.shared.update(|status| {
            if status.state != LinkState::Stopped {
                status.state = LinkState::Stopped;
                status.since_ms = now_ms();
                status.reason = Some("the link ended unexpectedly".to_owned());
            }
        });
    }
}
