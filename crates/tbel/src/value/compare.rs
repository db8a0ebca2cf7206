//! Equality and order.

use std::cmp::Ordering;

use super::ordered::same_key;
use super::{Heap, List, OrderedMap, Value, convert, text::too_deep, utf16};
use crate::error::Fault;

/// What `==` says: numbers by value, numeric strings as numbers, booleans by truth, collections strictly.
pub(crate) fn loosely_equal(heap: &Heap, a: &Value, b: &Value) -> Result<bool, Fault> {
    Ok(match (a, b) {
        (Value::Int(a), Value::Int(b)) => a == b,
        (Value::Str(a), Value::Str(b)) => heap.texts().equal(*a, *b),
        (Value::Null, other) | (other, Value::Null) => other.is_null(),
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Long(a), Value::Long(b)) => a == b,
        (Value::Big(a), Value::Big(b)) if heap.texts().equal(a.text, b.text) => true,
        (Value::Bool(b), other) | (other, Value::Bool(b)) => truth(heap, other) == Some(*b),
        (Value::Char(a), Value::Char(b)) => a == b,
        (Value::Char(c), Value::Str(s)) | (Value::Str(s), Value::Char(c)) => {
            let s = heap.str(*s);
            utf16::len(s) == 1 && utf16::unit_at(s, 0) == Some(*c)
        }
        (Value::Str(s), n) | (n, Value::Str(s)) => {
            match (
                convert::numeric_text(heap.str(*s)),
                convert::number(heap, n),
            ) {
                (Some(a), Some(b)) => a == b,
                _ => false,
            }
        }
        _ => match (convert::number(heap, a), convert::number(heap, b)) {
            (Some(a), Some(b)) => a == b,
            _ => strictly_equal(heap, a, b)?,
        },
    })
}

/// How `== true` reads other values: numbers above zero and most texts are true.
fn truth(heap: &Heap, value: &Value) -> Option<bool> {
    if let Some(n) = convert::number(heap, value) {
        return Some(n > 0.0);
    }
    match value {
        Value::Bool(b) => Some(*b),
        Value::Str(s) => Some(!matches!(
            heap.str(*s).to_ascii_lowercase().as_str(),
            "" | "false" | "no" | "off" | "0"
        )),
        _ => None,
    }
}

/// What `== empty` says. An empty map is not empty in this sense.
pub(crate) fn is_empty(heap: &Heap, value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Str(s) => heap.str(*s).trim().is_empty(),
        Value::List(id) => heap.list(*id).is_empty(),
        Value::Set(id) => heap.set(*id).is_empty(),
        other => convert::number(heap, other) == Some(0.0),
    }
}

/// What `a or b` takes as missing.
pub(crate) fn is_missing(heap: &Heap, value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Str(s) => s.is_empty(),
        Value::List(id) => heap.list(*id).is_empty(),
        Value::Set(id) => heap.set(*id).is_empty(),
        _ => false,
    }
}

/// Equality of collection elements: same type and same value, collections by content.
pub(crate) fn strictly_equal(heap: &Heap, a: &Value, b: &Value) -> Result<bool, Fault> {
    strict(heap, a, b, 0)
}

fn strict(heap: &Heap, a: &Value, b: &Value, depth: usize) -> Result<bool, Fault> {
    if depth > heap.value_depth {
        return Err(too_deep());
    }
    Ok(match (a, b) {
        (Value::List(a), Value::List(b)) => {
            a == b || lists(heap, heap.list(*a), heap.list(*b), depth)?
        }
        (Value::Map(a), Value::Map(b)) => a == b || maps(heap, heap.map(*a), heap.map(*b), depth)?,
        (Value::Set(a), Value::Set(b)) => {
            let (a, b) = (heap.set(*a), heap.set(*b));
            a.len() == b.len() && a.keys().all(|k| b.contains(heap.texts(), k))
        }
        (Value::Entry(a), Value::Entry(b)) => {
            let (a, b) = (heap.entry(*a), heap.entry(*b));
            strict(heap, &a.key, &b.key, depth + 1)? && strict(heap, &a.value, &b.value, depth + 1)?
        }
        _ => same_key(heap.texts(), a, b),
    })
}

fn lists(heap: &Heap, a: &List, b: &List, depth: usize) -> Result<bool, Fault> {
    if a.len() != b.len() {
        return Ok(false);
    }
    if let (Some(a), Some(b)) = (a.as_bytes(), b.as_bytes()) {
        heap.spend(a.len() / 32);
        return Ok(a == b);
    }
    for (a, b) in a.iter().zip(b.iter()) {
        heap.spend(1);
        if !strict(heap, &a, &b, depth + 1)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn maps(heap: &Heap, a: &OrderedMap, b: &OrderedMap, depth: usize) -> Result<bool, Fault> {
    if a.len() != b.len() {
        return Ok(false);
    }
    for (key, value) in a.entries() {
        heap.spend(2);
        match b.get(heap.texts(), key) {
            Some(other) if strict(heap, value, other, depth + 1)? => {}
            _ => return Ok(false),
        }
    }
    Ok(true)
}

/// The order of two values for `< > <= >=`; `None` when the comparison is simply false.
pub(crate) fn order(heap: &Heap, a: &Value, b: &Value) -> Result<Option<Ordering>, Fault> {
    if let (Value::Int(a), Value::Int(b)) = (a, b) {
        return Ok(Some(a.cmp(b)));
    }
    if let (Value::Long(a), Value::Long(b)) = (a, b) {
        return Ok(Some(a.cmp(b)));
    }
    if let (Some(a), Some(b)) = (convert::number(heap, a), convert::number(heap, b)) {
        return Ok(a.partial_cmp(&b));
    }
    Ok(match (a, b) {
        (Value::Bool(_), _) | (_, Value::Bool(_)) => match (truth(heap, a), truth(heap, b)) {
            (Some(a), Some(b)) => Some(a.cmp(&b)),
            _ => None,
        },
        (Value::Str(a), Value::Str(b)) => Some(utf16::compare(heap.str(*a), heap.str(*b))),
        (Value::Char(a), Value::Char(b)) => Some(a.cmp(b)),
        (Value::Char(a), Value::Str(b)) => {
            Some(utf16::compare(&utf16::unit_text(*a), heap.str(*b)))
        }
        (Value::Str(a), Value::Char(b)) => {
            Some(utf16::compare(heap.str(*a), &utf16::unit_text(*b)))
        }
        (Value::Str(s), n) => match convert::number(heap, n) {
            Some(n) => numeric(heap.str(*s), n)?,
            None => None,
        },
        (n, Value::Str(s)) => match convert::number(heap, n) {
            Some(n) => numeric(heap.str(*s), n)?.map(Ordering::reverse),
            None => None,
        },
        _ => None,
    })
}

fn numeric(s: &str, n: f64) -> Result<Option<Ordering>, Fault> {
    match convert::numeric_text(s) {
        Some(x) => Ok(x.partial_cmp(&n)),
        None => Err(Fault::runtime(
            "compare",
            format!("cannot compare the text '{s}' with a number"),
        )
        .hint("convert it with parseInt or parseDouble first")),
    }
}
