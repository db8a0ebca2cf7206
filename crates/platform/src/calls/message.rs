//! The message a call becomes.

use std::sync::Arc;

use millrace_model::{Millis, message::message_type};
use serde_json::json;
use uuid::Uuid;

use super::book::Call;
use crate::{
    provisioning::EntityRef,
    rules::{CallRef, Data, Metadata, RuleMessage},
};

/// Name of this server in `originServiceId`.
const SERVICE: &str = "millrace";

/// The message of one attempt at a call. `params` is always the text of a JSON value, or null.
pub(super) fn of(
    id: Uuid,
    call: &Call,
    device: &EntityRef,
    now: Millis,
    branch: CallRef,
) -> RuleMessage {
    let mut metadata = Metadata::with_capacity(10);
    let flag = |set: bool| if set { "true" } else { "false" };
    metadata.set("requestUUID", id.to_string());
    metadata.set("requestId", call.request_id.to_string());
    metadata.set("originServiceId", SERVICE);
    metadata.set("expirationTime", call.expires.to_string());
    metadata.set("oneway", flag(call.oneway));
    metadata.set("persistent", flag(call.stored.is_some()));
    if let Some(retries) = call.retries {
        metadata.set("retries", retries.to_string());
    }
    metadata.set("deviceName", Arc::clone(&device.name));
    metadata.set("deviceType", Arc::clone(&device.profile));
    let data = json!({
        "method": &*call.method,
        "params": call.params.as_deref(),
        "additionalInfo": call.additional_info.as_deref(),
    });
    let attempt = call.stored.as_ref().map_or(0, |stored| stored.rpc.attempts);
    RuleMessage {
        // Its own for each attempt, so that what an attempt publishes is no repetition.
        id: if attempt == 0 {
            id
        } else {
            Uuid::new_v5(&id, &attempt.to_be_bytes())
        },
        ts: now,
        msg_type: message_type::RPC_CALL_FROM_SERVER_TO_DEVICE.into(),
        originator: device.id,
        customer: call.customer,
        metadata,
        data: Data::Text(data.to_string().into()),
        call: Some(branch),
    }
}
