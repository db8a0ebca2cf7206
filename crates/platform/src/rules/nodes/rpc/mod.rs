//! Commands to devices: on their way to an integration, waited for, answered.

use crate::rules::{descriptor::NodeDescriptor, message::RuleMessage};

mod integration_downlink;
mod rpc_call_reply;
mod rpc_call_request;
mod rpc_complete;

pub(super) static NODES: &[&NodeDescriptor] = &[
    &integration_downlink::DESCRIPTOR,
    &rpc_call_request::DESCRIPTOR,
    &rpc_call_reply::DESCRIPTOR,
    &rpc_complete::DESCRIPTOR,
];

/// Tells the caller of a command what this branch of it failed of.
fn tell_caller(message: &RuleMessage, reason: &str) {
    if let Some(call) = &message.call {
        call.failed(reason);
    }
}
