//! All nodes. One file each: descriptor, settings, behaviour, examples.

use std::sync::Arc;

use millrace_model::entity::RuleNode;

use super::{
    descriptor::NodeDescriptor,
    node::{BuildError, SharedNode},
};

mod log;
mod message_type_switch;
mod placeholder;
mod save_attributes;
mod save_time_series;

static DESCRIPTORS: &[&NodeDescriptor] = &[
    &message_type_switch::DESCRIPTOR,
    &save_time_series::DESCRIPTOR,
    &save_attributes::DESCRIPTOR,
    &log::DESCRIPTOR,
];

/// Every node that runs, in palette order.
#[must_use]
pub fn descriptors() -> &'static [&'static NodeDescriptor] {
    DESCRIPTORS
}

/// The descriptor of a type name.
#[must_use]
pub fn descriptor(type_name: &str) -> Option<&'static NodeDescriptor> {
    descriptors()
        .iter()
        .copied()
        .find(|descriptor| descriptor.type_name == type_name)
}

/// Builds a node. One that is unknown or wrongly set becomes one that fails every message with
/// the reason.
#[must_use]
pub fn build(node: &RuleNode) -> SharedNode {
    let built = match descriptor(&node.node_type) {
        Some(descriptor) => {
            let settings =
                descriptor.complete(&node.configuration, node.configuration_version.unwrap_or(0));
            (descriptor.build)(&settings)
        }
        None => Err(BuildError(placeholder::unknown_type(&node.node_type))),
    };
    built.unwrap_or_else(|error| Arc::new(placeholder::Placeholder::new(&node.name, &error)))
}

#[cfg(test)]
mod tests;
