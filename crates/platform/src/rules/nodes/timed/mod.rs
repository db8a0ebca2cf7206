//! Nodes that keep messages, or make them by the clock.

use crate::rules::descriptor::NodeDescriptor;

mod delay;
mod generator;

pub(super) static NODES: &[&NodeDescriptor] = &[&generator::DESCRIPTOR, &delay::DESCRIPTOR];
