//! The state of `foreach`: two hidden variables, the collection and the position.

use crate::error::Fault;
use crate::value::{Array, ElementKind, Heap, List, Value};

/// The collection to iterate and the start position (with the collection's version in the upper half).
pub(super) fn start(heap: &mut Heap, source: Value) -> Result<(Value, Value), Fault> {
    let version = match &source {
        Value::List(id) => heap.list(*id).version,
        Value::Map(id) => heap.map(*id).version,
        Value::Set(id) => heap.set(*id).version,
        Value::Array(_) | Value::Int(_) => 0,
        Value::Str(text) => {
            // Random access to UTF-16 units is only cheap in an array of them.
            let units: Vec<Value> = heap.str(*text).encode_utf16().map(Value::Char).collect();
            let array = heap.new_array(Array {
                kind: ElementKind::Char,
                items: List::of(units),
            });
            return Ok((array, Value::Long(0)));
        }
        Value::Null => return Err(Fault::runtime("not-iterable", "null cannot be iterated")),
        other => {
            return Err(Fault::runtime(
                "not-iterable",
                format!("a {} cannot be iterated", other.kind()),
            ));
        }
    };
    Ok((source, Value::Long(i64::from(version) << 32)))
}

/// The next element and position; `None` at the end.
pub(super) fn next(
    heap: &mut Heap,
    source: &Value,
    state: i64,
) -> Result<Option<(Value, i64)>, Fault> {
    let at = (state & 0xFFFF_FFFF) as usize;
    let version = (state >> 32) as u32;
    let (element, now) = match source {
        Value::List(id) => {
            let list = heap.list(*id);
            (list.get(at), list.version)
        }
        Value::Array(id) => (heap.array(*id).items.get(at), version),
        Value::Set(id) => {
            let set = heap.set(*id);
            (set.entries().get(at).map(|(key, _)| *key), set.version)
        }
        Value::Map(id) => {
            let map = heap.map(*id);
            let entry = map.entries().get(at).copied();
            let now = map.version;
            (entry.map(|(key, value)| heap.new_entry(key, value)), now)
        }
        Value::Int(n) => {
            let next = i32::try_from(at + 1).ok().filter(|next| next <= n);
            (next.map(Value::Int), version)
        }
        _ => (None, version),
    };
    // Removing the last element but one hides the change from the reference as well: it is at its end then.
    let Some(element) = element else {
        return Ok(None);
    };
    if now != version {
        return Err(Fault::runtime(
            "concurrent-modification",
            "the collection was modified while it was iterated",
        )
        .hint("iterate over a copy: foreach (x : list.slice())"));
    }
    Ok(Some((element, state + 1)))
}
