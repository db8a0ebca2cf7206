//! Answers to calls, found in uplinks.
//!
//! In this order: the message's MQTT 5 correlation data; `rpcResponse` of the converter's result;
//! the payload of a message on the integration's response filter. The first that is there counts.
//! A retained message answers nothing: it is older than the subscription.

use std::sync::Arc;

use millrace_link::filter_matches;

use super::{
    delivery::{Accepted, Branch},
    runtime::IntegrationRuntime,
    start::Path,
};
use crate::{
    calls::DeviceAnswer,
    converter::{EntityKind, RpcAnswer, UplinkEntity},
    provisioning::{EntityRef, Request},
};

/// Gives a message to the call that its correlation data names. Whether it was such a message.
pub(super) fn take_correlated(
    path: &Path,
    integration: &IntegrationRuntime,
    accepted: &Accepted,
    correlation: Option<&str>,
    branch: &Branch,
) -> bool {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let (Some(calls), Some(encoded)) = (path.calls(), correlation) else {
        return false;
    };
    // Correlation data that is no call's id belongs to somebody else's conversation.
    let Some(id) = STANDARD
        .decode(encoded)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .filter(|text| uuid::Uuid::parse_str(text).is_ok())
    else {
        return false;
    };
    if accepted.record.retain {
        return false;
    }
    let answer = DeviceAnswer {
        tenant: integration.tenant,
        device: None,
        call: Some(&id),
        data: &String::from_utf8_lossy(&accepted.record.payload),
        arrived: accepted.record.arrival_ms,
        live: !accepted.recovered,
    };
    if let Err(why) = calls.answer(&answer, Some(branch.fork())) {
        unmatched(path, integration, &why);
    }
    true
}

/// Makes a message on the response filter the answer of the device it names.
pub(super) fn mark_response(
    path: &Path,
    integration: &IntegrationRuntime,
    accepted: &Accepted,
    entities: &mut [UplinkEntity],
) {
    let Some(filter) = &integration.downlinks.settings.response_filter else {
        return;
    };
    if accepted.record.retain || !filter_matches(filter, &accepted.record.topic) {
        return;
    }
    let devices = entities
        .iter()
        .filter(|entity| entity.kind == EntityKind::Device)
        .count();
    if devices != 1 {
        let why = format!(
            "an answer reached nobody: the converter named {devices} devices for topic {}",
            accepted.record.topic
        );
        metrics::counter!("millrace_rpc_answers_unmatched_total").increment(1);
        unmatched(path, integration, &why);
        return;
    }
    for entity in entities {
        if entity.kind == EntityKind::Device && entity.answer.is_none() {
            entity.answer = Some(Box::new(RpcAnswer {
                call: None,
                data: String::from_utf8_lossy(&accepted.record.payload).into_owned(),
            }));
        }
    }
}

/// Gives the answer of a result, when there is one, to its call. The entity is known by now.
pub(crate) fn take_answer(path: &Path, entity: &Arc<EntityRef>, request: &mut Request) {
    let Some(answer) = request.entity.answer.take() else {
        return;
    };
    let accepted = &request.accepted;
    if accepted.record.retain {
        return;
    }
    let Some(calls) = path.calls() else {
        return;
    };
    let answer = DeviceAnswer {
        tenant: entity.tenant,
        device: Some(entity.id),
        call: answer.call.as_deref(),
        data: &answer.data,
        arrived: accepted.record.arrival_ms,
        live: !accepted.recovered,
    };
    // An answer that reached nobody is shown at the device and counted.
    let _ = calls.answer(&answer, Some(request.branch.fork()));
}

fn unmatched(path: &Path, integration: &IntegrationRuntime, why: &str) {
    path.recorder()
        .error(integration.tenant, integration.station(), "rpc answer", why);
}
