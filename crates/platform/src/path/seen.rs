//! What stations show of a message: debug events, built only where somebody asked for them.

use std::sync::Arc;

use millrace_model::{DebugSettings, TenantId, id::RuleChainId};
use serde_json::Value as Json;

use super::{
    delivery::Accepted,
    runtime::{ConverterRuntime, IntegrationRuntime},
};
use crate::{
    clock::now_ms,
    converter::Downlink,
    downlinks::DownlinkConverter,
    events::{ConverterDebug, Direction, EventRecorder, NodeDebug, NodeSide, Shown},
    rules::{ChainNode, RuleMessage},
};

/// Debug events of the path.
#[derive(Clone)]
pub(crate) struct Seen(Arc<EventRecorder>);

/// Whether anything can be recorded at all; saves the clock for the stations that are off.
fn is_on(settings: &DebugSettings) -> bool {
    settings.failures_enabled || settings.all_enabled_until > 0
}

fn texts(pairs: &[(&str, &str)]) -> Json {
    Json::Object(
        pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), Json::String((*value).to_owned())))
            .collect(),
    )
}

impl Seen {
    pub(super) fn new(recorder: Arc<EventRecorder>) -> Self {
        Self(recorder)
    }

    /// A message came through an integration.
    pub(crate) fn uplink(
        &self,
        integration: &IntegrationRuntime,
        accepted: &Accepted,
        error: Option<&str>,
    ) {
        if !is_on(&integration.debug) {
            return;
        }
        let now = now_ms();
        if self
            .0
            .wants(integration.station(), &integration.debug, error, now)
        {
            let record = &accepted.record;
            self.0.debug_uplink(
                integration.tenant,
                integration.id,
                now,
                &record.topic,
                &record.payload,
                error,
            );
        }
    }

    /// An entity of a message was refused.
    pub(crate) fn refused_entity(
        &self,
        integration: &IntegrationRuntime,
        accepted: &Accepted,
        error: &str,
    ) {
        integration
            .counters
            .failed
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        self.uplink(integration, accepted, Some(error));
    }

    /// Whether a run of a converter is to be recorded although it did not fail. Takes from the
    /// station's allowance, so that the text of a result is made only when it is kept.
    pub(super) fn allows_conversion(&self, converter: &ConverterRuntime) -> bool {
        is_on(&converter.debug)
            && self
                .0
                .wants(converter.station(), &converter.debug, None, now_ms())
    }

    /// A converter ran: recorded when it failed and failures are wanted, or when it was
    /// [allowed](Self::allows_conversion).
    pub(super) fn conversion(
        &self,
        converter: &ConverterRuntime,
        tenant: TenantId,
        payload: &[u8],
        metadata: &[(&str, &str)],
        output: Option<&str>,
        error: Option<&str>,
    ) {
        let now = now_ms();
        let station = converter.station();
        let wanted = match error {
            Some(_) => {
                is_on(&converter.debug) && self.0.wants(station, &converter.debug, error, now)
            }
            None => output.is_some(),
        };
        if !wanted {
            return;
        }
        let run = ConverterDebug {
            direction: Direction::Uplink,
            input: Shown::of(payload),
            message_type: None,
            output,
            metadata: &texts(metadata).to_string(),
            integration_metadata: None,
            error,
        };
        self.0.debug_converter(tenant, converter.id, now, &run);
    }

    /// A publish is with the broker, or never will be.
    pub(crate) fn downlink(
        &self,
        integration: &IntegrationRuntime,
        downlink: &Downlink,
        error: Option<&str>,
    ) {
        self.down(integration, &downlink.topic, &downlink.payload, error);
    }

    /// A message that was handed to an integration made no publish.
    pub(crate) fn unpublished(&self, integration: &IntegrationRuntime, message: &str, error: &str) {
        self.down(integration, "", message.as_bytes(), Some(error));
    }

    fn down(
        &self,
        integration: &IntegrationRuntime,
        topic: &str,
        payload: &[u8],
        error: Option<&str>,
    ) {
        if !is_on(&integration.debug) {
            return;
        }
        let now = now_ms();
        if self
            .0
            .wants(integration.station(), &integration.debug, error, now)
        {
            self.0.debug_downlink(
                integration.tenant,
                integration.id,
                now,
                topic,
                payload,
                error,
            );
        }
    }

    /// As [`Self::allows_conversion`], on the way down.
    pub(crate) fn allows_downlink(&self, converter: &DownlinkConverter) -> bool {
        is_on(&converter.debug)
            && self
                .0
                .wants(converter.station(), &converter.debug, None, now_ms())
    }

    /// As [`Self::conversion`], on the way down.
    #[expect(clippy::too_many_arguments, reason = "one event has that many parts")]
    pub(crate) fn downlink_conversion(
        &self,
        converter: &DownlinkConverter,
        tenant: TenantId,
        message: &RuleMessage,
        metadata: &[(&str, &str)],
        integration_metadata: &[(&str, &str)],
        output: Option<&str>,
        error: Option<&str>,
    ) {
        let now = now_ms();
        let wanted = match error {
            Some(_) => {
                is_on(&converter.debug)
                    && self
                        .0
                        .wants(converter.station(), &converter.debug, error, now)
            }
            None => output.is_some(),
        };
        if !wanted {
            return;
        }
        let data = message.data.text();
        let run = ConverterDebug {
            direction: Direction::Downlink,
            input: Shown::of(data.as_bytes()),
            message_type: Some(&message.msg_type),
            output,
            metadata: &texts(metadata).to_string(),
            integration_metadata: Some(&texts(integration_metadata).to_string()),
            error,
        };
        self.0.debug_converter(tenant, converter.id, now, &run);
    }

    /// A message entered a node.
    pub(super) fn node_in(
        &self,
        tenant: TenantId,
        node: &ChainNode,
        message: &RuleMessage,
        via: Option<&str>,
    ) {
        self.node(tenant, node, message, NodeSide::In, via, None);
    }

    /// A message left a node.
    pub(super) fn node_out(
        &self,
        tenant: TenantId,
        node: &ChainNode,
        message: &RuleMessage,
        label: &str,
        error: Option<&str>,
    ) {
        self.node(tenant, node, message, NodeSide::Out, Some(label), error);
    }

    fn node(
        &self,
        tenant: TenantId,
        node: &ChainNode,
        message: &RuleMessage,
        side: NodeSide,
        relation: Option<&str>,
        error: Option<&str>,
    ) {
        if !is_on(&node.debug) {
            return;
        }
        let now = now_ms();
        if !self.0.wants(node.id.into(), &node.debug, error, now) {
            return;
        }
        let seen = NodeDebug {
            side,
            originator: message.originator,
            message_id: message.id,
            message_type: &message.msg_type,
            data_type: "JSON",
            relation,
            data: &message.data.text(),
            metadata: &message.metadata.to_json().to_string(),
            error,
        };
        self.0.rule_node(tenant, node.id, now, &seen);
    }

    /// A failure that no connection handles: shown at the node, and at the chain's log.
    pub(super) fn unhandled_failure(
        &self,
        tenant: TenantId,
        node: &ChainNode,
        message: &RuleMessage,
        error: &str,
    ) {
        tracing::debug!(%tenant, node = %node.name, originator = %message.originator, %error, "a message failed in a chain");
        self.0.error(tenant, node.id.into(), &node.name, error);
    }

    /// A node takes long: counted, logged now and then, shown at the node.
    pub(super) fn node_late(&self, tenant: TenantId, node: &ChainNode, what: &str) {
        let times = node
            .counters
            .late
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed)
            + 1;
        metrics::counter!("millrace_rule_node_late_total").increment(1);
        if times.is_power_of_two() {
            tracing::warn!(%tenant, node = %node.name, id = %node.id, times, "a rule node takes long: {what}");
        }
        self.0.error(tenant, node.id.into(), &node.name, what);
    }

    /// A message that waited for a node that is gone.
    pub(super) fn node_gone(&self, tenant: TenantId, chain: RuleChainId, message: &RuleMessage) {
        self.0.error(
            tenant,
            chain.into(),
            "scheduled message",
            &format!(
                "message {} of {} was left out: the node it waited in was deleted meanwhile",
                message.id, message.originator
            ),
        );
    }

    /// A tenant has no chain to run a message in.
    pub(super) fn no_chain(&self, tenant: TenantId, message: &RuleMessage) {
        self.0.error(
            tenant,
            message.originator,
            "rule chain",
            "there is no root rule chain with a first node: make a chain the root chain",
        );
    }

    /// A message was started too often without an end.
    pub(super) fn set_aside(
        &self,
        tenant: TenantId,
        integration: millrace_model::EntityId,
        accepted: &Accepted,
    ) {
        let record = &accepted.record;
        let text = format!(
            "message {} on topic {} was set aside: its run broke off {} times; it is kept in the journal",
            accepted.seq,
            record.topic,
            accepted.starts.load(std::sync::atomic::Ordering::Relaxed)
        );
        self.0.error(tenant, integration, "uplink", &text);
    }
}
