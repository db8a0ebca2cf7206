//! Methods of lists.

use super::Table;
use super::call::{Call, checked_index, checked_position, out_of_range, relative};
use super::sort::sorted;
use crate::error::Fault;
use crate::value::{Heap, ListId, Value, compare, text};

pub(super) const PROPERTIES: Table = &[("size", size), ("length", size), ("empty", is_empty)];

pub(super) const METHODS: Table = &[
    ("add", add),
    ("push", push),
    ("pop", pop),
    ("shift", shift),
    ("unshift", unshift),
    ("addAll", add_all),
    ("get", get),
    ("set", set),
    ("remove", remove),
    ("removeAll", remove_all),
    ("retainAll", retain_all),
    ("containsAll", contains_all),
    ("clear", clear),
    ("size", size),
    ("length", size),
    ("isEmpty", is_empty),
    ("contains", contains),
    ("indexOf", index_of),
    ("lastIndexOf", last_index_of),
    ("slice", slice),
    ("subList", sub_list),
    ("splice", splice),
    ("toSpliced", to_spliced),
    ("with", with),
    ("fill", fill),
    ("concat", concat),
    ("join", join),
    ("sort", sort),
    ("toSorted", to_sorted),
    ("reverse", reverse),
    ("toReversed", to_reversed),
    ("toUnmodifiable", to_unmodifiable),
    ("stream", this),
    ("count", count),
    ("sum", sum),
    ("iterator", iterator),
    ("next", pop_first),
    ("toList", this),
    ("clone", clone),
];

/// `new java.util.ArrayList()` and a copy of a collection.
pub(super) fn construct(call: &mut Call<'_>) -> Result<Value, Fault> {
    let values = if matches!(call.arg(0), Value::Int(_) | Value::Null) {
        Vec::new()
    } else {
        call.elements(0)?
    };
    Ok(call.heap.new_list(values))
}

fn me(call: &Call<'_>) -> Result<ListId, Fault> {
    call.list(0)
}

fn this(call: &mut Call<'_>) -> Result<Value, Fault> {
    Ok(*call.arg(0))
}

fn clone(call: &mut Call<'_>) -> Result<Value, Fault> {
    let list = call.heap.list(me(call)?).copy(false);
    Ok(call.heap.add_list(list))
}

fn add(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 2)?;
    let id = me(call)?;
    if call.count() == 2 {
        call.heap.list_push(id, *call.arg(1))?;
        return Ok(Value::Bool(true));
    }
    let at = checked_position(call.int(1)?, call.heap.list(id).len())?;
    insert(call.heap, id, at, vec![*call.arg(2)])?;
    Ok(Value::Null)
}

fn insert(heap: &mut Heap, id: ListId, at: usize, values: Vec<Value>) -> Result<(), Fault> {
    let moved = heap.list(id).len().saturating_sub(at);
    heap.spend(values.len() + moved / 8);
    heap.charge(values.len() * 12);
    let items = heap.list_mut(id)?.resize_mut();
    let at = at.min(items.len());
    items.splice(at..at, values);
    Ok(())
}

fn push(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 1)?;
    let id = me(call)?;
    call.heap.list_push(id, *call.arg(1))?;
    Ok(Value::Bool(true))
}

fn pop(call: &mut Call<'_>) -> Result<Value, Fault> {
    let id = me(call)?;
    Ok(call
        .heap
        .list_mut(id)?
        .resize_mut()
        .pop()
        .unwrap_or(Value::Null))
}

fn shift(call: &mut Call<'_>) -> Result<Value, Fault> {
    let id = me(call)?;
    take_at(call.heap, id, 0)
}

fn take_at(heap: &mut Heap, id: ListId, at: usize) -> Result<Value, Fault> {
    let len = heap.list(id).len();
    if at >= len {
        return Err(out_of_range(at as i64, len));
    }
    heap.spend((len - at) / 8);
    Ok(heap.list_mut(id)?.resize_mut().remove(at))
}

fn pop_first(call: &mut Call<'_>) -> Result<Value, Fault> {
    shift(call)
}

/// A copy that `next()` eats up.
fn iterator(call: &mut Call<'_>) -> Result<Value, Fault> {
    clone(call)
}

fn unshift(call: &mut Call<'_>) -> Result<Value, Fault> {
    let id = me(call)?;
    let values = call.args.get(1..).unwrap_or_default().to_vec();
    insert(call.heap, id, 0, values)?;
    Ok(Value::Null)
}

fn add_all(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 2)?;
    let id = me(call)?;
    let len = call.heap.list(id).len();
    let (at, from) = if call.count() == 2 {
        (len, 1)
    } else {
        (checked_position(call.int(1)?, len)?, 2)
    };
    let values = call.elements(from)?;
    let changed = !values.is_empty();
    insert(call.heap, id, at, values)?;
    Ok(Value::Bool(changed))
}

fn get(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 1)?;
    let list = call.heap.list(me(call)?);
    let at = checked_index(call.int(1)?, list.len())?;
    Ok(list.get(at).unwrap_or(Value::Null))
}

fn set(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(2, 2)?;
    let id = me(call)?;
    let at = checked_index(call.int(1)?, call.heap.list(id).len())?;
    let value = *call.arg(2);
    Ok(call
        .heap
        .list_mut(id)?
        .set(at, value)
        .unwrap_or(Value::Null))
}

/// By index for an int, by value for anything else.
fn remove(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 1)?;
    let id = me(call)?;
    if let Value::Int(at) = call.arg(1) {
        let at = checked_index(*at, call.heap.list(id).len())?;
        return take_at(call.heap, id, at);
    }
    match position(call, id, 0)? {
        Some(at) => {
            take_at(call.heap, id, at)?;
            Ok(Value::Bool(true))
        }
        None => Ok(Value::Bool(false)),
    }
}

/// Where the first argument occurs.
fn position(call: &mut Call<'_>, id: ListId, from: usize) -> Result<Option<usize>, Fault> {
    let heap = &*call.heap;
    let list = heap.list(id);
    let mut found = None;
    for i in from..list.len() {
        let Some(item) = list.get(i) else { break };
        if compare::strictly_equal(heap, &item, call.arg(1))? {
            found = Some(i);
            break;
        }
    }
    let looked_at = found.unwrap_or(list.len());
    call.heap.spend(looked_at / 4);
    Ok(found)
}

fn filter(call: &mut Call<'_>, keep: bool) -> Result<Value, Fault> {
    call.expect_method(1, 1)?;
    let id = me(call)?;
    let others = call.elements(1)?;
    let items = call.heap.list(id).to_values();
    call.heap.spend(items.len() * others.len());
    let mut kept = Vec::with_capacity(items.len());
    for item in items {
        if contained(call.heap, &others, &item)? == keep {
            kept.push(item);
        }
    }
    let changed = kept.len() != call.heap.list(id).len();
    *call.heap.list_mut(id)?.resize_mut() = kept;
    Ok(Value::Bool(changed))
}

fn contained(heap: &Heap, items: &[Value], wanted: &Value) -> Result<bool, Fault> {
    for item in items {
        if compare::strictly_equal(heap, item, wanted)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn remove_all(call: &mut Call<'_>) -> Result<Value, Fault> {
    filter(call, false)
}

fn retain_all(call: &mut Call<'_>) -> Result<Value, Fault> {
    filter(call, true)
}

fn contains_all(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 1)?;
    let items = call.heap.list(me(call)?).to_values();
    let wanted = call.elements(1)?;
    call.heap.spend(items.len() * wanted.len());
    for value in &wanted {
        if !contained(call.heap, &items, value)? {
            return Ok(Value::Bool(false));
        }
    }
    Ok(Value::Bool(true))
}

fn clear(call: &mut Call<'_>) -> Result<Value, Fault> {
    let id = me(call)?;
    call.heap.list_mut(id)?.clear();
    Ok(Value::Null)
}

fn size(call: &mut Call<'_>) -> Result<Value, Fault> {
    Ok(Value::size(call.heap.list(me(call)?).len()))
}

fn count(call: &mut Call<'_>) -> Result<Value, Fault> {
    Ok(Value::Long(
        i64::try_from(call.heap.list(me(call)?).len()).unwrap_or(i64::MAX),
    ))
}

/// Of `'text'.chars()`.
fn sum(call: &mut Call<'_>) -> Result<Value, Fault> {
    let list = call.heap.list(me(call)?);
    let total = list
        .iter()
        .filter_map(|v| crate::value::convert::integer(&v))
        .fold(0i64, i64::wrapping_add);
    Ok(Value::integer(total))
}

fn is_empty(call: &mut Call<'_>) -> Result<Value, Fault> {
    Ok(Value::Bool(call.heap.list(me(call)?).is_empty()))
}

fn contains(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 1)?;
    let id = me(call)?;
    Ok(Value::Bool(position(call, id, 0)?.is_some()))
}

fn found(position: Option<usize>) -> Value {
    position.map_or(Value::Int(-1), Value::size)
}

fn index_of(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 2)?;
    let id = me(call)?;
    let from = if call.count() > 2 {
        relative(call.int(2)?, call.heap.list(id).len())
    } else {
        0
    };
    Ok(found(position(call, id, from)?))
}

fn last_index_of(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 2)?;
    let list = call.heap.list(me(call)?);
    let len = list.len();
    let from = if call.count() > 2 {
        relative(call.int(2)?, len).saturating_add(1).min(len)
    } else {
        len
    };
    for i in (0..from).rev() {
        if let Some(item) = list.get(i)
            && compare::strictly_equal(call.heap, &item, call.arg(1))?
        {
            return Ok(Value::size(i));
        }
    }
    call.heap.spend(len / 4);
    Ok(Value::Int(-1))
}

fn slice(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(0, 2)?;
    let list = call.heap.list(me(call)?);
    let len = list.len();
    let from = if call.count() > 1 { call.int(1)? } else { 0 };
    let to = if call.count() > 2 {
        relative(call.int(2)?, len)
    } else {
        len
    };
    let start = relative(from, len);
    if start > to || i64::from(from) > i64::try_from(len).unwrap_or(i64::MAX) {
        return Err(out_of_range(i64::from(from), len));
    }
    let part = list.part(start, to);
    Ok(call.heap.add_list(part))
}

fn sub_list(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(2, 2)?;
    let list = call.heap.list(me(call)?);
    let (from, to) = (
        checked_position(call.int(1)?, list.len())?,
        checked_position(call.int(2)?, list.len())?,
    );
    if from > to {
        return Err(out_of_range(from as i64, to));
    }
    let part = list.part(from, to);
    Ok(call.heap.add_list(part))
}

/// Removes and inserts; what was removed.
fn splice_in(call: &mut Call<'_>, id: ListId) -> Result<Value, Fault> {
    let len = call.heap.list(id).len();
    let start = relative(call.int(1)?, len);
    let most = len - start;
    let n = if call.count() > 2 {
        usize::try_from(call.int(2)?).unwrap_or(0).min(most)
    } else {
        most
    };
    let new = call.args.get(3..).unwrap_or_default().to_vec();
    call.heap.spend(len / 8 + new.len());
    call.heap.charge(new.len() * 12);
    let removed: Vec<Value> = call
        .heap
        .list_mut(id)?
        .resize_mut()
        .splice(start..start + n, new)
        .collect();
    Ok(call.heap.new_list(removed))
}

fn splice(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, usize::MAX)?;
    let id = me(call)?;
    splice_in(call, id)
}

fn to_spliced(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, usize::MAX)?;
    let copy = clone(call)?;
    if let Value::List(id) = copy {
        splice_in(call, id)?;
    }
    Ok(copy)
}

/// A copy with the value inserted (not replaced) at a position.
fn with(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(2, 2)?;
    let len = call.heap.list(me(call)?).len();
    let at = call.int(1)?;
    if i64::from(at) > len as i64 || i64::from(at) < -(len as i64) {
        return Err(out_of_range(i64::from(at), len));
    }
    let copy = clone(call)?;
    if let Value::List(id) = copy {
        insert(call.heap, id, relative(at, len), vec![*call.arg(2)])?;
    }
    Ok(copy)
}

fn fill(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 3)?;
    let id = me(call)?;
    let len = call.heap.list(id).len();
    let from = if call.count() > 2 {
        relative(call.int(2)?, len)
    } else {
        0
    };
    let to = if call.count() > 3 {
        relative(call.int(3)?, len)
    } else {
        len
    };
    call.heap.spend(len / 8);
    let value = *call.arg(1);
    if let Some(part) = call
        .heap
        .list_mut(id)?
        .values_mut()
        .get_mut(from..to.max(from))
    {
        part.fill(value);
    }
    Ok(*call.arg(0))
}

fn concat(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 1)?;
    let mut items = call.heap.list(me(call)?).to_values();
    items.extend(call.elements(1)?);
    Ok(call.heap.new_list(items))
}

/// Text forms with a separator; inner brackets vanish and `, ` becomes `,`.
fn join(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(0, 1)?;
    let separator = if call.count() > 1 {
        call.text(1)?
    } else {
        ",".into()
    };
    let id = me(call)?;
    let mut out = String::new();
    for (i, item) in call.heap.list(id).iter().enumerate() {
        if item.is_null() {
            return Err(Fault::runtime("null-element", "null cannot be joined"));
        }
        if i > 0 {
            out.push_str(&separator);
        }
        let piece = text::of(call.heap, &item)?;
        if piece.contains(['[', ']']) || piece.contains(", ") {
            out.push_str(&piece.replace(['[', ']'], "").replace(", ", ","));
        } else {
            out.push_str(&piece);
        }
    }
    call.new_str(out)
}

fn sort(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(0, 1)?;
    let id = me(call)?;
    let ascending = call.bool_or(1, true)?;
    let items = sorted(call.heap, call.heap.list(id).to_values(), ascending)?;
    call.heap.spend(items.len());
    *call.heap.list_mut(id)?.resize_mut() = items;
    Ok(Value::Null)
}

fn to_sorted(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(0, 1)?;
    let ascending = call.bool_or(1, true)?;
    let items = sorted(call.heap, call.heap.list(me(call)?).to_values(), ascending)?;
    call.heap.spend(items.len());
    Ok(call.heap.new_list(items))
}

fn reverse(call: &mut Call<'_>) -> Result<Value, Fault> {
    let id = me(call)?;
    let list = call.heap.list_mut(id)?;
    list.values_mut().reverse();
    let len = list.len();
    call.heap.spend(len / 8);
    Ok(Value::Null)
}

fn to_reversed(call: &mut Call<'_>) -> Result<Value, Fault> {
    let mut items = call.heap.list(me(call)?).to_values();
    items.reverse();
    Ok(call.heap.new_list(items))
}

fn to_unmodifiable(call: &mut Call<'_>) -> Result<Value, Fault> {
    let list = call.heap.list(me(call)?).copy(true);
    Ok(call.heap.add_list(list))
}
