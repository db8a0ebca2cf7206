//! Flow: messages between chains and queues.

use crate::rules::descriptor::NodeDescriptor;

pub(super) static NODES: &[&NodeDescriptor] = &[];
