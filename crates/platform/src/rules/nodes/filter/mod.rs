//! Filters: a message leaves by a label that says what it is.

use millrace_model::message::relation;

use crate::rules::descriptor::NodeDescriptor;

mod check_relation;
mod entity_type_filter;
mod entity_type_switch;
mod fields_presence;
mod message_type_filter;
mod message_type_switch;
mod profile_switch;
mod script_filter;
pub(in crate::rules) mod script_switch;

pub(super) static NODES: &[&NodeDescriptor] = &[
    &message_type_switch::DESCRIPTOR,
    &message_type_filter::DESCRIPTOR,
    &script_filter::DESCRIPTOR,
    &script_switch::DESCRIPTOR,
    &fields_presence::DESCRIPTOR,
    &entity_type_filter::DESCRIPTOR,
    &entity_type_switch::DESCRIPTOR,
    &profile_switch::OF_DEVICE,
    &profile_switch::OF_ASSET,
    &check_relation::DESCRIPTOR,
];

/// Kinds of entities that settings offer.
pub(super) const KINDS: &[(&str, &str)] = &[
    ("DEVICE", "Device"),
    ("ASSET", "Asset"),
    ("ENTITY_VIEW", "Entity view"),
    ("CUSTOMER", "Customer"),
    ("USER", "User"),
    ("DASHBOARD", "Dashboard"),
    ("TENANT", "Tenant"),
    ("EDGE", "Edge"),
];

fn verdict(pass: bool) -> &'static str {
    if pass {
        relation::TRUE
    } else {
        relation::FALSE
    }
}
