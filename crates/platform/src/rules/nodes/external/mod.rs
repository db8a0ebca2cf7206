//! Nodes that talk to other systems.

use crate::rules::descriptor::NodeDescriptor;

mod mqtt;
mod rest_api_call;

pub(super) static NODES: &[&NodeDescriptor] = &[&rest_api_call::DESCRIPTOR, &mqtt::DESCRIPTOR];
