//! Transformation: a message becomes another one, or several.

use crate::rules::descriptor::NodeDescriptor;

pub(super) static NODES: &[&NodeDescriptor] = &[];
