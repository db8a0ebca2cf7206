//! Methods of maps.

use super::Table;
use super::call::{Call, relative};
use super::sort::sorted_by_key;
use crate::error::Fault;
use crate::value::{MapId, OrderedMap, Value, compare};

/// Names that mean the map itself even when there is a key of that name.
pub(super) const PROPERTIES: Table = &[
    ("size", size),
    ("keys", keys),
    ("values", values),
    ("isEmpty", is_empty),
    ("empty", empty),
    ("entrySet", entry_set),
    ("keySet", key_set),
];

pub(super) const METHODS: Table = &[
    ("get", get),
    ("getOrDefault", get_or_default),
    ("put", put),
    ("putIfAbsent", put_if_absent),
    ("putAll", put_all),
    ("remove", remove),
    ("replace", replace),
    ("containsKey", contains_key),
    ("containsValue", contains_value),
    ("clear", clear),
    ("size", size),
    ("isEmpty", is_empty),
    ("keySet", key_set),
    ("keys", keys),
    ("values", values),
    ("entrySet", entry_set),
    ("sortByKey", sort_by_key),
    ("sortByValue", sort_by_value),
    ("toSorted", to_sorted_by_key),
    ("toSortedByKey", to_sorted_by_key),
    ("toSortedByValue", to_sorted_by_value),
    ("reverse", reverse),
    ("toReversed", to_reversed),
    ("invert", invert),
    ("toInverted", to_inverted),
    ("slice", slice),
    ("clone", clone),
    ("toUnmodifiable", to_unmodifiable),
];

type Entries = Vec<(Value, Value)>;

pub(super) fn construct(call: &mut Call<'_>) -> Result<Value, Fault> {
    if matches!(call.arg(0), Value::Map(_)) {
        return clone(call);
    }
    Ok(call.heap.new_map(OrderedMap::default()))
}

fn me(call: &Call<'_>) -> Result<MapId, Fault> {
    call.map(0)
}

fn get(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 1)?;
    Ok(call
        .heap
        .map(me(call)?)
        .get(call.heap.texts(), call.arg(1))
        .copied()
        .unwrap_or(Value::Null))
}

fn get_or_default(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(2, 2)?;
    Ok(*call
        .heap
        .map(me(call)?)
        .get(call.heap.texts(), call.arg(1))
        .unwrap_or(call.arg(2)))
}

fn put(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(2, 2)?;
    let id = me(call)?;
    Ok(call
        .heap
        .map_put(id, *call.arg(1), *call.arg(2))?
        .unwrap_or(Value::Null))
}

fn put_if_absent(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(2, 2)?;
    let id = me(call)?;
    if let Some(old) = call.heap.map(id).get(call.heap.texts(), call.arg(1)) {
        return Ok(*old);
    }
    call.heap.map_put(id, *call.arg(1), *call.arg(2))?;
    Ok(Value::Null)
}

fn put_all(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 1)?;
    let id = me(call)?;
    let from = call.map(1)?;
    call.heap.map_put_all(id, from)?;
    Ok(Value::Null)
}

fn remove(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 1)?;
    let id = me(call)?;
    Ok(call
        .heap
        .map_put(id, *call.arg(1), Value::Null)?
        .unwrap_or(Value::Null))
}

fn replace(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(2, 2)?;
    let id = me(call)?;
    if !call.heap.map(id).contains(call.heap.texts(), call.arg(1)) {
        return Ok(Value::Null);
    }
    put(call)
}

fn contains_key(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 1)?;
    Ok(Value::Bool(
        call.heap
            .map(me(call)?)
            .contains(call.heap.texts(), call.arg(1)),
    ))
}

fn contains_value(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 1)?;
    let map = call.heap.map(me(call)?);
    for value in map.values() {
        if compare::strictly_equal(call.heap, value, call.arg(1))? {
            return Ok(Value::Bool(true));
        }
    }
    let looked_at = map.len();
    call.heap.spend(looked_at / 4);
    Ok(Value::Bool(false))
}

fn clear(call: &mut Call<'_>) -> Result<Value, Fault> {
    let id = me(call)?;
    call.heap.map_mut(id)?.clear();
    Ok(Value::Null)
}

fn size(call: &mut Call<'_>) -> Result<Value, Fault> {
    Ok(Value::size(call.heap.map(me(call)?).len()))
}

fn is_empty(call: &mut Call<'_>) -> Result<Value, Fault> {
    Ok(Value::Bool(call.heap.map(me(call)?).is_empty()))
}

/// `m.empty`, which could mean a key of that name as well.
fn empty(call: &mut Call<'_>) -> Result<Value, Fault> {
    if call
        .heap
        .map(me(call)?)
        .get_str(call.heap.texts(), "empty")
        .is_some()
    {
        let message = "the map has a key 'empty', so 'm.empty' is ambiguous";
        let hint = "write m['empty'] for the key, m.isEmpty() for the test";
        return Err(Fault::runtime("ambiguous-member", message).hint(hint));
    }
    is_empty(call)
}

fn keys(call: &mut Call<'_>) -> Result<Value, Fault> {
    let keys = call.heap.map(me(call)?).keys().copied().collect();
    Ok(call.heap.new_list(keys))
}

fn values(call: &mut Call<'_>) -> Result<Value, Fault> {
    let values = call.heap.map(me(call)?).values().copied().collect();
    Ok(call.heap.new_list(values))
}

fn key_set(call: &mut Call<'_>) -> Result<Value, Fault> {
    let keys: Vec<Value> = call.heap.map(me(call)?).keys().copied().collect();
    Ok(super::set::from_values(call.heap, keys))
}

/// A snapshot: changing an entry does not change the map.
fn entry_set(call: &mut Call<'_>) -> Result<Value, Fault> {
    let entries = call.heap.map(me(call)?).entries().to_vec();
    let entries = entries
        .into_iter()
        .map(|(k, v)| call.heap.new_entry(k, v))
        .collect();
    Ok(super::set::from_values(call.heap, entries))
}

fn entries(call: &Call<'_>) -> Result<Entries, Fault> {
    let entries = call.heap.map(me(call)?).entries().to_vec();
    call.heap.spend(entries.len() / 2);
    Ok(entries)
}

fn by_key(call: &mut Call<'_>) -> Result<Entries, Fault> {
    let ascending = call.bool_or(1, true)?;
    let entries = entries(call)?;
    call.heap.spend(entries.len());
    sorted_by_key(call.heap, entries, ascending)
}

fn by_value(call: &mut Call<'_>) -> Result<Entries, Fault> {
    let ascending = call.bool_or(1, true)?;
    let swapped: Vec<(Value, Value)> = entries(call)?.into_iter().map(|(k, v)| (v, k)).collect();
    call.heap.spend(swapped.len());
    Ok(sorted_by_key(call.heap, swapped, ascending)?
        .into_iter()
        .map(|(v, k)| (k, v))
        .collect())
}

fn reversed(call: &Call<'_>) -> Result<Entries, Fault> {
    let mut entries = entries(call)?;
    entries.reverse();
    Ok(entries)
}

/// Values become keys; of a repeated value the last key stays.
fn inverted(call: &mut Call<'_>) -> Result<OrderedMap, Fault> {
    let mut out = OrderedMap::default();
    for (key, value) in entries(call)? {
        out.insert(call.heap.texts(), value, key);
    }
    Ok(out)
}

fn new_map(call: &mut Call<'_>, entries: Entries) -> Value {
    let mut map = OrderedMap::default();
    map.replace_entries(call.heap.texts(), entries);
    call.heap.new_map(map)
}

fn replace_all(call: &mut Call<'_>, entries: Entries) -> Result<Value, Fault> {
    let id = me(call)?;
    call.heap.map_replace(id, entries)?;
    Ok(Value::Null)
}

fn sort_by_key(call: &mut Call<'_>) -> Result<Value, Fault> {
    let entries = by_key(call)?;
    replace_all(call, entries)
}

fn sort_by_value(call: &mut Call<'_>) -> Result<Value, Fault> {
    let entries = by_value(call)?;
    replace_all(call, entries)
}

fn to_sorted_by_key(call: &mut Call<'_>) -> Result<Value, Fault> {
    let entries = by_key(call)?;
    Ok(new_map(call, entries))
}

fn to_sorted_by_value(call: &mut Call<'_>) -> Result<Value, Fault> {
    let entries = by_value(call)?;
    Ok(new_map(call, entries))
}

fn reverse(call: &mut Call<'_>) -> Result<Value, Fault> {
    let entries = reversed(call)?;
    replace_all(call, entries)
}

fn to_reversed(call: &mut Call<'_>) -> Result<Value, Fault> {
    let entries = reversed(call)?;
    Ok(new_map(call, entries))
}

fn invert(call: &mut Call<'_>) -> Result<Value, Fault> {
    let entries = inverted(call)?.entries().to_vec();
    replace_all(call, entries)
}

fn to_inverted(call: &mut Call<'_>) -> Result<Value, Fault> {
    let map = inverted(call)?;
    Ok(call.heap.new_map(map))
}

fn slice(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(0, 2)?;
    let entries = entries(call)?;
    let from = if call.count() > 1 {
        relative(call.int(1)?, entries.len())
    } else {
        0
    };
    let to = if call.count() > 2 {
        relative(call.int(2)?, entries.len())
    } else {
        entries.len()
    };
    if from > to {
        return Err(super::call::out_of_range(from as i64, to));
    }
    let part = entries.get(from..to).unwrap_or_default().to_vec();
    Ok(new_map(call, part))
}

fn clone(call: &mut Call<'_>) -> Result<Value, Fault> {
    let entries = entries(call)?;
    Ok(new_map(call, entries))
}

fn to_unmodifiable(call: &mut Call<'_>) -> Result<Value, Fault> {
    let map = call.heap.map(me(call)?).frozen_copy();
    Ok(call.heap.new_map(map))
}
