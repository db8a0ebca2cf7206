//! Map entries.

use super::Table;
use super::call::Call;
use crate::error::Fault;
use crate::value::Value;

pub(super) const PROPERTIES: Table = &[("key", key), ("value", value)];

pub(super) const METHODS: Table = &[
    ("getKey", key),
    ("getValue", value),
    ("setValue", set_value),
];

fn key(call: &mut Call<'_>) -> Result<Value, Fault> {
    match call.arg(0) {
        Value::Entry(id) => Ok(call.heap.entry(*id).key),
        _ => Err(call.bad(0, "a map entry")),
    }
}

fn value(call: &mut Call<'_>) -> Result<Value, Fault> {
    match call.arg(0) {
        Value::Entry(id) => Ok(call.heap.entry(*id).value),
        _ => Err(call.bad(0, "a map entry")),
    }
}

/// Changes the entry only; the map it was taken from stays as it is.
fn set_value(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 1)?;
    let new = *call.arg(1);
    match call.arg(0) {
        Value::Entry(id) => Ok(std::mem::replace(&mut call.heap.entry_mut(*id).value, new)),
        _ => Err(call.bad(0, "a map entry")),
    }
}
