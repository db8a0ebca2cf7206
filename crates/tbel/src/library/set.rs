//! Methods of sets.

use super::Table;
use super::call::Call;
use super::sort::sorted;
use crate::error::Fault;
use crate::value::{Heap, OrderedMap, SetId, Value};

pub(super) const PROPERTIES: Table = &[("size", size), ("empty", is_empty)];

pub(super) const METHODS: Table = &[
    ("add", add),
    ("addAll", add_all),
    ("remove", remove),
    ("contains", contains),
    ("containsAll", contains_all),
    ("size", size),
    ("isEmpty", is_empty),
    ("clear", clear),
    ("sort", sort),
    ("toSorted", to_sorted),
    ("toList", to_list),
    ("toUnmodifiable", to_unmodifiable),
    ("iterator", to_list),
    ("stream", to_list),
];

/// A set of the values in order, each once.
pub(super) fn from_values(heap: &mut Heap, values: Vec<Value>) -> Value {
    let mut set = OrderedMap::with_capacity(values.len());
    for value in values {
        set.insert(heap.texts(), value, Value::Null);
    }
    heap.new_set(set)
}

pub(super) fn construct(call: &mut Call<'_>) -> Result<Value, Fault> {
    let values = if call.count() == 0 {
        Vec::new()
    } else {
        call.elements(0)?
    };
    Ok(from_values(call.heap, values))
}

fn me(call: &Call<'_>) -> Result<SetId, Fault> {
    match call.arg(0) {
        Value::Set(id) => Ok(*id),
        _ => Err(call.bad(0, "a set")),
    }
}

fn values(call: &Call<'_>) -> Result<Vec<Value>, Fault> {
    Ok(call.heap.set(me(call)?).keys().copied().collect())
}

fn add(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 1)?;
    let id = me(call)?;
    call.heap.set_add(id, *call.arg(1)).map(Value::Bool)
}

fn add_all(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 1)?;
    let id = me(call)?;
    let new = call.elements(1)?;
    call.heap.spend(new.len());
    let mut changed = false;
    for value in new {
        changed |= call.heap.set_add(id, value)?;
    }
    Ok(Value::Bool(changed))
}

fn remove(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 1)?;
    let id = me(call)?;
    let len = call.heap.set(id).len();
    call.heap.spend(len / 8);
    call.heap.set_remove(id, call.arg(1)).map(Value::Bool)
}

fn contains(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 1)?;
    Ok(Value::Bool(
        call.heap
            .set(me(call)?)
            .contains(call.heap.texts(), call.arg(1)),
    ))
}

fn contains_all(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 1)?;
    let wanted = call.elements(1)?;
    let set = call.heap.set(me(call)?);
    let texts = call.heap.texts();
    Ok(Value::Bool(wanted.iter().all(|v| set.contains(texts, v))))
}

fn size(call: &mut Call<'_>) -> Result<Value, Fault> {
    Ok(Value::size(call.heap.set(me(call)?).len()))
}

fn is_empty(call: &mut Call<'_>) -> Result<Value, Fault> {
    Ok(Value::Bool(call.heap.set(me(call)?).is_empty()))
}

fn clear(call: &mut Call<'_>) -> Result<Value, Fault> {
    let id = me(call)?;
    call.heap.set_mut(id)?.clear();
    Ok(Value::Null)
}

fn in_order(call: &mut Call<'_>) -> Result<Vec<Value>, Fault> {
    let ascending = call.bool_or(1, true)?;
    let values = values(call)?;
    call.heap.spend(values.len());
    sorted(call.heap, values, ascending)
}

fn sort(call: &mut Call<'_>) -> Result<Value, Fault> {
    let id = me(call)?;
    let entries = in_order(call)?
        .into_iter()
        .map(|v| (v, Value::Null))
        .collect();
    call.heap.set_replace(id, entries)?;
    Ok(Value::Null)
}

fn to_sorted(call: &mut Call<'_>) -> Result<Value, Fault> {
    let values = in_order(call)?;
    Ok(from_values(call.heap, values))
}

fn to_list(call: &mut Call<'_>) -> Result<Value, Fault> {
    let values = values(call)?;
    Ok(call.heap.new_list(values))
}

fn to_unmodifiable(call: &mut Call<'_>) -> Result<Value, Fault> {
    let set = call.heap.set(me(call)?).frozen_copy();
    Ok(call.heap.new_set(set))
}
