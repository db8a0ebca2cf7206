//! From a payload to messages: script, result, entity.

use std::sync::{Arc, atomic::Ordering};

use millrace_model::{Value, message::message_type, telemetry::TsValues};
use millrace_store::journal::{OutRecord, message_id};

use super::{
    answers::{mark_response, take_answer, take_correlated},
    delivery::{Accepted, Branch},
    lane::Routed,
    route::LaneContext,
    runtime::IntegrationRuntime,
    script_metadata::{parse_properties, script_metadata},
};
use crate::{
    converter::{EntityKind, UplinkEntity, read_result},
    provisioning::{EntityRef, Request, Resolved},
    rules::{Data, Metadata, RuleMessage},
};

impl LaneContext {
    /// Converts one message and sends what it holds on its way.
    pub(super) fn convert(&mut self, accepted: &Arc<Accepted>) {
        let path = Arc::clone(&self.path);
        let branch = path.start_run(accepted);
        let Some(integration) = path.integration(accepted.record.source.integration) else {
            tracing::warn!(integration = %accepted.record.source.integration, topic = %accepted.record.topic,
                "a message of an integration that is gone was left out");
            self.finish(branch);
            return;
        };
        integration
            .counters
            .bytes
            .fetch_add(accepted.record.payload.len() as u64, Ordering::Relaxed);
        let properties = accepted
            .record
            .properties
            .as_deref()
            .map(parse_properties)
            .unwrap_or_default();
        let correlation = properties
            .iter()
            .find(|(key, _)| key == "correlationData")
            .map(|(_, value)| value.as_str());
        let answered = take_correlated(&path, &integration, accepted, correlation, &branch);
        match self.entities_of(accepted, &integration, &properties) {
            Ok(mut entities) => {
                if answered {
                    for entity in &mut entities {
                        entity.answer = None;
                    }
                } else {
                    mark_response(&path, &integration, accepted, &mut entities);
                }
                integration
                    .counters
                    .processed
                    .fetch_add(1, Ordering::Relaxed);
                path.seen().uplink(&integration, accepted, None);
                for (index, entity) in entities.into_iter().enumerate() {
                    let request = Request {
                        integration: Arc::clone(&integration),
                        accepted: Arc::clone(accepted),
                        entity,
                        // Parts of one message are numbered, so that ids repeat at every run.
                        part: u32::try_from(index)
                            .unwrap_or(u32::MAX)
                            .saturating_mul(PARTS_PER_ENTITY),
                        branch: branch.fork(),
                    };
                    self.deliver(request);
                }
            }
            Err(error) => {
                integration.counters.failed.fetch_add(1, Ordering::Relaxed);
                path.seen().uplink(&integration, accepted, Some(&error));
                self.outs.push(OutRecord::Failed(accepted.seq));
            }
        }
        self.finish(branch);
    }

    /// Runs the script; debug events of the converter come from here.
    fn entities_of(
        &mut self,
        accepted: &Accepted,
        integration: &IntegrationRuntime,
        properties: &[(String, String)],
    ) -> Result<Vec<UplinkEntity>, String> {
        let record = &accepted.record;
        let converter = &integration.converter;
        let id = message_id(accepted.seq, record.arrival_ms, 0);
        let metadata =
            script_metadata(&integration.name, &integration.metadata, record, properties);
        let seen = self.path.seen().clone();
        let script = match &converter.script {
            Ok(script) => script,
            Err(error) => {
                seen.conversion(
                    converter,
                    integration.tenant,
                    &record.payload,
                    &metadata,
                    None,
                    Some(error),
                );
                return Err(error.clone());
            }
        };
        let value = match script.run(
            &mut self.engine,
            &record.payload,
            &metadata,
            record.arrival_ms,
            id,
        ) {
            Ok(value) => value,
            Err(error) => {
                let error = error.to_string();
                seen.conversion(
                    converter,
                    integration.tenant,
                    &record.payload,
                    &metadata,
                    None,
                    Some(&error),
                );
                return Err(error);
            }
        };
        // The text of a result is made only for somebody who reads it.
        let shown = seen.allows_conversion(converter).then(|| value.to_string());
        let read = read_result(value, record.arrival_ms).map_err(|error| error.to_string());
        let error = read.as_ref().err().map(String::as_str);
        seen.conversion(
            converter,
            integration.tenant,
            &record.payload,
            &metadata,
            shown.as_deref(),
            error,
        );
        read
    }

    /// Sends an entity's data into its chain, once the entity is known.
    pub(super) fn deliver(&mut self, request: Request) {
        match self.path.provisioning().resolve(request) {
            Resolved::Ready(entity, request) => self.send_entity(&entity, request),
            // It goes on from the provisioning, in order, when the entity is there.
            Resolved::Waiting => {}
        }
    }

    pub(super) fn send_entity(&mut self, entity: &Arc<EntityRef>, mut request: Request) {
        take_answer(&self.path, entity, &mut request);
        let (messages, branch) = messages_of(entity, request);
        let lane = self.path.lanes().of_originator(entity.id);
        for message in messages {
            let routed = Routed {
                tenant: entity.tenant,
                arrival_ms: message.ts,
                branch: branch.fork(),
                entity: Some(Arc::clone(entity)),
                message,
            };
            self.hand_over(lane, routed);
        }
        self.finish(branch);
    }
}

/// Numbers kept free for the messages of one entity of a result.
const PARTS_PER_ENTITY: u32 = 64;

/// The messages that one entity of a result becomes.
pub(crate) fn messages_of(entity: &Arc<EntityRef>, request: Request) -> (Vec<RuleMessage>, Branch) {
    let Request {
        integration,
        accepted,
        entity: mut uplink,
        part,
        branch,
    } = request;
    integration.converter.keep_changed(entity.id, &mut uplink);
    entity.heard_of(accepted.record.arrival_ms);
    let mut messages = Vec::with_capacity(1 + uplink.telemetry.len());
    let mut next = part;
    let mut message =
        |msg_type: &'static str, metadata: Metadata, values: Vec<(Arc<str>, Value)>, ts| {
            next = next.wrapping_add(1);
            RuleMessage {
                id: message_id(accepted.seq, accepted.record.arrival_ms, next),
                ts,
                msg_type: msg_type.into(),
                originator: entity.id,
                customer: entity.customer,
                metadata,
                data: Data::Values(values.into()),
                call: None,
            }
        };
    let arrival_ms = accepted.record.arrival_ms;
    if !uplink.attributes.is_empty() {
        let mut metadata = entity_metadata(entity, &integration);
        metadata.set("notifyDevice", "false");
        messages.push(message(
            message_type::POST_ATTRIBUTES_REQUEST,
            metadata,
            uplink.attributes,
            arrival_ms,
        ));
    }
    for TsValues { ts, values } in uplink.telemetry {
        let mut metadata = entity_metadata(entity, &integration);
        metadata.set("ts", ts.to_string());
        messages.push(message(
            message_type::POST_TELEMETRY_REQUEST,
            metadata,
            values,
            arrival_ms,
        ));
    }
    (messages, branch)
}

fn entity_metadata(entity: &EntityRef, integration: &IntegrationRuntime) -> Metadata {
    let (name, profile) = match entity.kind {
        EntityKind::Device => ("deviceName", "deviceType"),
        EntityKind::Asset => ("assetName", "assetType"),
    };
    let mut metadata = Metadata::with_capacity(4);
    metadata.set(name, Arc::clone(&entity.name));
    metadata.set(profile, Arc::clone(&entity.profile));
    metadata.set("integrationName", Arc::clone(&integration.name));
    metadata
}
