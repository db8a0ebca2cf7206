//! Actions: something is stored, sent or done.

use crate::rules::descriptor::NodeDescriptor;

mod create_relation;
mod delete_relation;
mod device_profile;
mod log;
mod message_count;
mod relation;
mod save_attributes;
mod save_time_series;

pub(super) static NODES: &[&NodeDescriptor] = &[
    &save_time_series::DESCRIPTOR,
    &save_attributes::DESCRIPTOR,
    &log::DESCRIPTOR,
    &message_count::DESCRIPTOR,
    &create_relation::DESCRIPTOR,
    &delete_relation::DESCRIPTOR,
    &device_profile::DESCRIPTOR,
];
