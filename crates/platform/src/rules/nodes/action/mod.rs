//! Actions: something is stored, sent or done.

use crate::rules::descriptor::NodeDescriptor;

mod log;
mod save_attributes;
mod save_time_series;

pub(super) static NODES: &[&NodeDescriptor] = &[
    &save_time_series::DESCRIPTOR,
    &save_attributes::DESCRIPTOR,
    &log::DESCRIPTOR,
];
