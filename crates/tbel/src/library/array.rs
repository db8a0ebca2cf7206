//! Fixed-size arrays, and `java.util.Arrays`.

use super::Table;
use super::call::{Call, out_of_range};
use super::sort::sorted;
use crate::error::Fault;
use crate::value::{
    Array, ArrayId, ElementKind, Heap, List, ListId, Value, compare, convert, text, utf16,
};

pub(super) const PROPERTIES: Table = &[("length", length)];

pub(super) const METHODS: Table = &[("size", length), ("clone", clone)];

pub(super) const STATICS: Table = &[
    ("copyOfRange", copy_of_range),
    ("copyOf", copy_of),
    ("asList", as_list),
    ("toString", to_string),
    ("equals", equals),
    ("sort", sort),
    ("fill", fill),
    ("stream", as_list),
];

fn me(call: &Call<'_>) -> Result<ArrayId, Fault> {
    match call.arg(0) {
        Value::Array(id) => Ok(*id),
        _ => Err(call.bad(0, "an array")),
    }
}

fn length(call: &mut Call<'_>) -> Result<Value, Fault> {
    Ok(Value::size(call.heap.array(me(call)?).items.len()))
}

fn clone(call: &mut Call<'_>) -> Result<Value, Fault> {
    let copy = call.heap.array(me(call)?).clone();
    Ok(call.heap.new_array(copy))
}

/// What new elements of an array are.
pub(crate) fn zero(kind: ElementKind) -> Value {
    match kind {
        ElementKind::Byte => Value::Byte(0),
        ElementKind::Bool => Value::Bool(false),
        ElementKind::Char => Value::Char(0),
        ElementKind::Short => Value::Short(0),
        ElementKind::Int => Value::Int(0),
        ElementKind::Long => Value::Long(0),
        ElementKind::Float => Value::Float(0.0),
        ElementKind::Double => Value::Double(0.0),
        ElementKind::Object => Value::Null,
    }
}

pub(crate) fn zeros(kind: ElementKind, len: usize) -> Array {
    let items = if kind == ElementKind::Byte {
        List::of_bytes(vec![0; len])
    } else {
        List::of(vec![zero(kind); len])
    };
    Array { kind, items }
}

/// Elements `from..to`, filled up with zeros behind the end.
fn range(call: &mut Call<'_>, from: i32, to: i32) -> Result<Value, Fault> {
    let source = match call.arg(0) {
        Value::Array(id) => call.heap.array(*id),
        _ => return Err(call.bad(0, "an array")),
    };
    let len = source.items.len();
    let kind = source.kind;
    let (start, end) = bounds(from, to, len)?;
    call.heap
        .check_single((end - start).saturating_mul(kind.size()), 2, "the array")?;
    let mut items = call.heap.array(me(call)?).items.part(start, end.min(len));
    while items.len() < end - start {
        items.push(zero(kind));
    }
    Ok(call.heap.new_array(Array { kind, items }))
}

fn copy_of_range(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(3, 3)?;
    let (from, to) = (call.int(1)?, call.int(2)?);
    if let Value::List(id) = call.arg(0) {
        return doubles(call, *id, from, to);
    }
    range(call, from, to)
}

/// The numbers `from..to` of a list: an array of doubles, filled up with zeros behind the end.
fn doubles(call: &mut Call<'_>, list: ListId, from: i32, to: i32) -> Result<Value, Fault> {
    let kind = ElementKind::Double;
    let list = call.heap.list(list);
    let (start, end) = bounds(from, to, list.len())?;
    call.heap
        .check_single((end - start).saturating_mul(kind.size()), 2, "the array")?;
    call.heap.spend(end - start);
    let mut items = List::of(Vec::new());
    for value in list.part(start, end.min(list.len())).to_values() {
        let number =
            narrow(call.heap, kind, &value).ok_or_else(|| call.bad(0, "a list of numbers"))?;
        items.push(number);
    }
    while items.len() < end - start {
        items.push(zero(kind));
    }
    Ok(call.heap.new_array(Array { kind, items }))
}

fn bounds(from: i32, to: i32, len: usize) -> Result<(usize, usize), Fault> {
    let (Ok(start), Ok(end)) = (usize::try_from(from), usize::try_from(to)) else {
        return Err(out_of_range(i64::from(from.min(to)), len));
    };
    if start > len || start > end {
        return Err(out_of_range(i64::from(from), len));
    }
    Ok((start, end))
}

fn copy_of(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(2, 2)?;
    let to = call.int(1)?;
    range(call, 0, to)
}

fn as_list(call: &mut Call<'_>) -> Result<Value, Fault> {
    let values = match call.args {
        [Value::Array(id)] => call.heap.array(*id).items.to_values(),
        [Value::List(id)] => call.heap.list(*id).to_values(),
        args => args.to_vec(),
    };
    Ok(call.heap.new_list(values))
}

fn to_string(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 1)?;
    let text = text::of(call.heap, call.arg(0))?;
    call.new_str(text)
}

fn equals(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(2, 2)?;
    let (a, b) = (call.elements(0)?, call.elements(1)?);
    if a.len() != b.len() {
        return Ok(Value::Bool(false));
    }
    call.heap.spend(a.len());
    for (a, b) in a.iter().zip(&b) {
        if !compare::strictly_equal(call.heap, a, b)? {
            return Ok(Value::Bool(false));
        }
    }
    Ok(Value::Bool(true))
}

fn sort(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 1)?;
    let values = sorted(call.heap, call.elements(0)?, true)?;
    call.heap.spend(values.len());
    match call.arg(0) {
        Value::Array(id) => *call.heap.array_mut(*id).items.values_mut() = values,
        Value::List(id) => *call.heap.list_mut(*id)?.values_mut() = values,
        _ => {}
    }
    Ok(Value::Null)
}

fn fill(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(2, 2)?;
    let id = me(call)?;
    let kind = call.heap.array(id).kind;
    let value = narrow(call.heap, kind, call.arg(1))
        .ok_or_else(|| call.bad(1, "an element of the array"))?;
    let array = call.heap.array_mut(id);
    array.items.values_mut().fill(value);
    Ok(Value::Null)
}

/// A value as an element of an array, narrowed like a cast.
pub(crate) fn narrow(heap: &Heap, kind: ElementKind, value: &Value) -> Option<Value> {
    let number = || convert::number(heap, value);
    let int = || number().map(convert::f64_to_i64);
    Some(match kind {
        ElementKind::Object => *value,
        ElementKind::Byte => Value::Byte(int()? as i8),
        ElementKind::Short => Value::Short(int()? as i16),
        ElementKind::Int => Value::Int(int()? as i32),
        ElementKind::Long => Value::Long(convert::integer(value).or_else(int)?),
        ElementKind::Float => Value::Float(number()? as f32),
        ElementKind::Double => Value::Double(number()?),
        ElementKind::Bool => match value {
            Value::Bool(b) => Value::Bool(*b),
            _ => return None,
        },
        ElementKind::Char => match value {
            Value::Char(c) => Value::Char(*c),
            Value::Str(s) => Value::Char(utf16::unit_at(heap.str(*s), 0)?),
            Value::Int(n) => Value::Char(u16::try_from(*n).ok()?),
            _ => return None,
        },
    })
}
