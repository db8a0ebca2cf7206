//! Enrichment: what is known about a message is added to it.

use crate::rules::descriptor::NodeDescriptor;

mod calculate_delta;
mod customer_attributes;
mod entity_data;
mod fetch;
mod originator_attributes;
mod originator_fields;
mod originator_telemetry;
mod related_attributes;
mod tenant_attributes;

pub(super) static NODES: &[&NodeDescriptor] = &[
    &originator_attributes::DESCRIPTOR,
    &originator_fields::DESCRIPTOR,
    &originator_telemetry::DESCRIPTOR,
    &customer_attributes::DESCRIPTOR,
    &tenant_attributes::DESCRIPTOR,
    &related_attributes::DESCRIPTOR,
    &calculate_delta::DESCRIPTOR,
];
