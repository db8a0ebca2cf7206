//! All nodes, a folder for each part of the palette. One file each: descriptor, settings,
//! behaviour, examples.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use millrace_model::entity::RuleNode;

use super::{
    descriptor::NodeDescriptor,
    node::{BuildError, SharedNode},
};

mod action;
mod alarm;
mod enrichment;
mod external;
pub(in crate::rules) mod filter;
mod flow;
mod placeholder;
mod rpc;
pub(crate) mod script;
pub(in crate::rules) mod timed;
mod transformation;

static DESCRIPTORS: LazyLock<Vec<&'static NodeDescriptor>> = LazyLock::new(|| {
    [
        filter::NODES,
        enrichment::NODES,
        transformation::NODES,
        action::NODES,
        alarm::NODES,
        timed::NODES,
        rpc::NODES,
        external::NODES,
        flow::NODES,
    ]
    .concat()
});

static BY_TYPE: LazyLock<HashMap<&'static str, &'static NodeDescriptor>> = LazyLock::new(|| {
    descriptors()
        .iter()
        .map(|descriptor| (descriptor.type_name, *descriptor))
        .collect()
});

/// Every node that runs, in palette order.
#[must_use]
pub fn descriptors() -> &'static [&'static NodeDescriptor] {
    &DESCRIPTORS
}

/// The descriptor of a type name.
#[must_use]
pub fn descriptor(type_name: &str) -> Option<&'static NodeDescriptor> {
    BY_TYPE.get(type_name).copied()
}

/// Builds a node. One that is unknown or wrongly set becomes one that fails every message with
/// the reason.
#[must_use]
pub fn build(node: &RuleNode) -> SharedNode {
    try_build(node)
        .unwrap_or_else(|error| Arc::new(placeholder::Placeholder::new(&node.name, &error)))
}

/// Builds a node, or says why it cannot run.
///
/// # Errors
/// When its type is unknown or its settings are wrong.
pub fn try_build(node: &RuleNode) -> Result<SharedNode, BuildError> {
    let Some(descriptor) = descriptor(&node.node_type) else {
        return Err(BuildError(placeholder::unknown_type(&node.node_type)));
    };
    let settings =
        descriptor.complete(&node.configuration, node.configuration_version.unwrap_or(0));
    (descriptor.build)(&settings)
}

#[cfg(test)]
mod examples;
#[cfg(test)]
mod manual;
#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) mod world;
