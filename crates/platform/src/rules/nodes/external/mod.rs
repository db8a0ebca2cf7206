//! Nodes that talk to other systems.

use crate::rules::descriptor::NodeDescriptor;

pub(super) static NODES: &[&NodeDescriptor] = &[];
