//! Flow: messages between chains and queues.

use crate::rules::descriptor::NodeDescriptor;

mod acknowledge;
mod checkpoint;
mod output;
mod rule_chain;

pub(super) static NODES: &[&NodeDescriptor] = &[
    &rule_chain::DESCRIPTOR,
    &output::DESCRIPTOR,
    &acknowledge::DESCRIPTOR,
    &checkpoint::DESCRIPTOR,
];
