//! Filters: a message leaves by a label that says what it is.

use crate::rules::descriptor::NodeDescriptor;

mod message_type_switch;

pub(super) static NODES: &[&NodeDescriptor] = &[&message_type_switch::DESCRIPTOR];
