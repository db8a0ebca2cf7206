//! From a message of a rule chain to the queue of an integration.

use millrace_model::{EntityType, Millis, TenantId, id::IntegrationId};
use millrace_script::Engine;
use millrace_store::journal::OutRecord;
use uuid::Uuid;

use super::{queue::QueuedDownlink, settings::DownlinkConverter, stored::debt};
use crate::{
    clock::now_ms,
    converter::{Downlink, DownlinkInput, DownlinkRules, read_downlinks},
    path::{IntegrationRuntime, Path},
    rules::RuleMessage,
};

/// Converts a message and queues what it makes. Returns the records that must join the commit of
/// its cause.
///
/// # Errors
/// When there is no such integration in the tenant, it is disabled, has no downlink converter, or
/// its queue is full. A converter that fails is no error here: it is seen at the converter and at
/// the integration.
pub(crate) fn hand_over(
    path: &Path,
    engine: &mut Engine,
    tenant: TenantId,
    id: IntegrationId,
    message: &RuleMessage,
    arrival_ms: Millis,
) -> Result<Vec<OutRecord>, String> {
    let integration = path
        .integration(id.0)
        .filter(|found| found.tenant == tenant)
        .ok_or_else(|| {
            format!("integration {id} does not exist: select an integration in the node's settings")
        })?;
    let name = &integration.name;
    if !integration.downlinks.enabled {
        return Err(format!("integration \"{name}\" is disabled: enable it"));
    }
    let converter = integration.downlinks.converter.as_ref().ok_or_else(|| {
        format!("integration \"{name}\" has no downlink converter: choose one in its settings")
    })?;
    if message
        .call
        .as_ref()
        .is_some_and(|call| call.is_withdrawn())
    {
        // Its caller was told that it failed.
        return Ok(Vec::new());
    }
    let conversion = Conversion {
        path,
        integration: &integration,
        converter,
        message,
    };
    match conversion.run(engine, arrival_ms) {
        Ok(downlinks) => queue(path, &integration, message, downlinks)
            .map_err(|full| format!("integration \"{name}\": {full}")),
        Err(error) => {
            if let Some(call) = &message.call {
                call.failed(&error);
            }
            metrics::counter!("millrace_downlinks_failed_total").increment(1);
            path.seen()
                .unpublished(&integration, &message.data.text(), &error);
            Ok(Vec::new())
        }
    }
}

fn queue(
    path: &Path,
    integration: &IntegrationRuntime,
    message: &RuleMessage,
    downlinks: Vec<Downlink>,
) -> Result<Vec<OutRecord>, String> {
    if downlinks.is_empty() {
        if let Some(call) = &message.call {
            call.failed("the downlink converter returned nothing to publish");
        }
        return Ok(Vec::new());
    }
    let queue = &integration.downlinks.queue;
    let bounds = queue.bounds();
    let expires = match &message.call {
        // A call that ends takes what waits for it out of the queue.
        Some(_) => Millis::MAX,
        None => now_ms()
            .saturating_add(Millis::try_from(bounds.expiry.as_millis()).unwrap_or(Millis::MAX)),
    };
    let kept = message.call.is_none();
    let items: Vec<QueuedDownlink> = downlinks
        .into_iter()
        .enumerate()
        .map(|(index, downlink)| QueuedDownlink {
            id: publish_id(integration.id, message.id, index),
            device: message.originator,
            downlink,
            call: message.call.clone(),
            kept,
            expires,
        })
        .collect();
    let debts: Vec<_> = if kept {
        items
            .iter()
            .map(|item| debt(integration.tenant, integration.id.0, item))
            .collect()
    } else {
        Vec::new()
    };
    // Owed before it can be settled.
    let records: Vec<(Uuid, OutRecord)> = debts
        .into_iter()
        .map(|debt| (debt.id, path.owed().owe(debt)))
        .collect();
    if let Some(call) = &message.call {
        call.carried(integration.id);
    }
    match queue.push(items) {
        Ok(_) => Ok(records.into_iter().map(|(_, record)| record).collect()),
        Err(full) => {
            metrics::counter!("millrace_downlinks_dropped_total").increment(1);
            for (id, _) in records {
                path.settle_now(id);
            }
            let text = full.to_string();
            path.seen()
                .unpublished(integration, &message.data.text(), &text);
            Err(text)
        }
    }
}

/// The same at every run of the same message.
fn publish_id(integration: IntegrationId, message: Uuid, index: usize) -> Uuid {
    let mut name = message.as_bytes().to_vec();
    name.extend_from_slice(&(index as u64).to_be_bytes());
    Uuid::new_v5(&integration.0, &name)
}

struct Conversion<'a> {
    path: &'a Path,
    integration: &'a IntegrationRuntime,
    converter: &'a DownlinkConverter,
    message: &'a RuleMessage,
}

impl Conversion<'_> {
    /// Runs the script; debug events of the converter come from here.
    fn run(&self, engine: &mut Engine, arrival_ms: Millis) -> Result<Vec<Downlink>, String> {
        let Self {
            path,
            integration,
            converter,
            message,
        } = self;
        let known = (message.originator.entity_type == EntityType::Device)
            .then(|| path.provisioning().known(message.originator))
            .flatten();
        let mut metadata = message.metadata.pairs();
        // Messages about a change of attributes do not say whose they are.
        if let Some(device) = &known {
            for (key, value) in [
                ("deviceName", &device.name),
                ("deviceType", &device.profile),
            ] {
                if message.metadata.get(key).is_none() {
                    metadata.push((key, value));
                }
            }
        }
        let mut integration_metadata: Vec<(&str, &str)> = integration
            .metadata
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .filter(|(key, _)| *key != "integrationName")
            .collect();
        integration_metadata.push(("integrationName", &integration.name));
        let ran = self.call_script(engine, &metadata, &integration_metadata, arrival_ms);
        let shown = match &ran {
            Ok(value) if path.seen().allows_downlink(converter) => Some(value.to_string()),
            _ => None,
        };
        let read = ran.and_then(|value| {
            let rules = DownlinkRules {
                topic_pattern: &integration.downlinks.settings.topic_pattern,
                qos: integration.downlinks.settings.qos,
                retain: integration.downlinks.settings.retain,
                call: message.call.as_ref().map(|call| call.id()),
            };
            read_downlinks(value, &rules).map_err(|error| error.to_string())
        });
        path.seen().downlink_conversion(
            converter,
            integration.tenant,
            message,
            &metadata,
            &integration_metadata,
            shown.as_deref(),
            read.as_ref().err().map(String::as_str),
        );
        read
    }

    fn call_script(
        &self,
        engine: &mut Engine,
        metadata: &[(&str, &str)],
        integration_metadata: &[(&str, &str)],
        arrival_ms: Millis,
    ) -> Result<millrace_script::Value, String> {
        let script = self.converter.script.as_ref().map_err(Clone::clone)?;
        let msg = self
            .message
            .data
            .json()
            .map_err(|error| format!("the message body is no JSON: {error}"))?;
        let input = DownlinkInput {
            msg: &msg,
            metadata,
            msg_type: &self.message.msg_type,
            integration_metadata,
        };
        script
            .run(engine, &input, arrival_ms, self.message.id)
            .map_err(|error| error.to_string())
    }
}
