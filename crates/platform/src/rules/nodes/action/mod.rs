//! Actions: something is stored, sent or done.

use crate::rules::descriptor::NodeDescriptor;

mod device_profile;
mod log;
mod message_count;
mod save_attributes;
mod save_time_series;

pub(super) static NODES: &[&NodeDescriptor] = &[
    &save_time_series::DESCRIPTOR,
    &save_attributes::DESCRIPTOR,
    &log::DESCRIPTOR,
    &message_count::DESCRIPTOR,
    &device_profile::DESCRIPTOR,
];
