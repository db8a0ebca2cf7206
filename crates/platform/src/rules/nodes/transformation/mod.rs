//! Transformation: a message becomes another one, or several.

use crate::rules::descriptor::NodeDescriptor;

mod change_originator;
mod copy_keys;
mod delete_keys;
mod duplicate_to_group;
mod duplicate_to_group_by_name;
mod keys;
mod rename_keys;
pub(in crate::rules) mod script;
mod split_array;

pub(super) static NODES: &[&NodeDescriptor] = &[
    &script::DESCRIPTOR,
    &change_originator::DESCRIPTOR,
    &copy_keys::DESCRIPTOR,
    &rename_keys::DESCRIPTOR,
    &delete_keys::DESCRIPTOR,
    &split_array::DESCRIPTOR,
    &duplicate_to_group::DESCRIPTOR,
    &duplicate_to_group_by_name::DESCRIPTOR,
];
