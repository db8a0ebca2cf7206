//! Enrichment: what is known about a message is added to it.

use crate::rules::descriptor::NodeDescriptor;

pub(super) static NODES: &[&NodeDescriptor] = &[];
