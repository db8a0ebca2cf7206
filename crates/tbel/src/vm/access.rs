//! Reading and writing members and elements.

use crate::error::Fault;
use crate::library::array::narrow;
use crate::library::{Call, Property};
use crate::value::{Heap, Value, marks, utf16};

/// Reading or writing a member of null.
pub(super) fn null_access(what: &str) -> Fault {
    Fault::runtime("null-pointer", format!("{what} of null"))
        .hint("test for null first, or use '.?'")
}

/// `a.b` of an entry, and the size of a list or a text; `None` leaves it to [`get_property`].
pub(super) fn field(heap: &Heap, receiver: &Value, property: &Property) -> Option<Value> {
    Some(match receiver {
        Value::Entry(id) if property.is_of_entry => {
            let entry = heap.entry(*id);
            let key = property.name == "key";
            if key { entry.key } else { entry.value }
        }
        Value::List(id) if property.is_size => Value::size(heap.list(*id).len()),
        Value::Str(text) if property.is_length => {
            heap.spend(text.len() / 32);
            Value::size(utf16::len(heap.str(*text)))
        }
        _ => return None,
    })
}

/// `a.b`
pub(super) fn get_property(call: &mut Call<'_>, property: &Property) -> Result<Value, Fault> {
    let receiver = call.arg(0);
    match receiver {
        Value::Map(id) => {
            if let Some(method) = property.map {
                return method(call);
            }
            Ok(call
                .heap
                .map(*id)
                .get_marked(call.heap.texts(), property.key, property.mark)
                .copied()
                .unwrap_or(Value::Null))
        }
        Value::Null => Err(null_access(&format!("cannot read '{}'", property.name))),
        other => match property.of(other) {
            Some(function) => function(call),
            None => Err(no_property(other, property)),
        },
    }
}

fn no_property(receiver: &Value, property: &Property) -> Fault {
    let fault = Fault::runtime(
        "unknown-property",
        format!("a {} has no property '{}'", receiver.kind(), property.name),
    );
    match receiver {
        Value::List(_) => {
            fault.hint("an element is read with l[0]; the number of elements is l.size()")
        }
        _ => fault,
    }
}

/// `a.b = v`
pub(super) fn set_property(
    heap: &mut Heap,
    target: &Value,
    property: &Property,
    value: Value,
) -> Result<(), Fault> {
    match target {
        Value::Map(id) => {
            let key = Value::Str(property.key);
            heap.map_put_marked(*id, key, property.mark, value)?;
            Ok(())
        }
        Value::Entry(id) if property.name == "value" => {
            heap.entry_mut(*id).value = value;
            Ok(())
        }
        Value::Null => Err(null_access(&format!("cannot write '{}'", property.name))),
        other => Err(no_property(other, property)),
    }
}

/// An index must be an int inside of the length.
fn index(at: &Value, len: usize, what: &str) -> Result<usize, Fault> {
    let Value::Int(n) = at else {
        let message = format!("a {what} is indexed with an int, not a {}", at.kind());
        return Err(Fault::runtime("index-type", message));
    };
    usize::try_from(*n)
        .ok()
        .filter(|i| *i < len)
        .ok_or_else(|| {
            Fault::runtime(
                "out-of-range",
                format!("index {n} is out of range for a {what} of length {len}"),
            )
        })
}

/// `a[i]` where that is simple; `None` leaves it to [`get_index`].
pub(super) fn element(heap: &Heap, target: &Value, at: &Value) -> Option<Value> {
    match (target, at) {
        (Value::Map(id), Value::Str(key)) => {
            let mark = marks::of(heap.texts(), at);
            let value = heap.map(*id).get_marked(heap.texts(), *key, mark);
            Some(value.copied().unwrap_or(Value::Null))
        }
        (Value::List(id), Value::Int(i)) => heap.list(*id).get(usize::try_from(*i).ok()?),
        (Value::Array(id), Value::Int(i)) => heap.array(*id).items.get(usize::try_from(*i).ok()?),
        (Value::Str(text), Value::Int(i)) => {
            let unit = utf16::unit_at(heap.str(*text), usize::try_from(*i).ok()?)?;
            heap.spend(usize::try_from(*i).unwrap_or(0) / 32);
            Some(Value::Char(unit))
        }
        _ => None,
    }
}

/// `a[i]`
pub(super) fn get_index(heap: &mut Heap, target: &Value, at: &Value) -> Result<Value, Fault> {
    match target {
        Value::List(id) => {
            let list = heap.list(*id);
            let i = index(at, list.len(), "list")?;
            Ok(list.get(i).unwrap_or(Value::Null))
        }
        Value::Map(id) => {
            let value = heap.map(*id).get(heap.texts(), at);
            Ok(value.copied().unwrap_or(Value::Null))
        }
        Value::Array(id) => {
            let items = &heap.array(*id).items;
            let i = index(at, items.len(), "array")?;
            Ok(items.get(i).unwrap_or(Value::Null))
        }
        Value::Str(s) => {
            let Value::Int(n) = at else {
                return index(at, 0, "string").map(|_| Value::Null);
            };
            let s = heap.str(*s);
            let unit = usize::try_from(*n).ok().and_then(|i| utf16::unit_at(s, i));
            heap.spend(usize::try_from(*n).unwrap_or(0) / 32);
            unit.map(Value::Char).map_or_else(
                || index(at, utf16::len(s), "string").map(|_| Value::Null),
                Ok,
            )
        }
        Value::Null => Err(null_access("cannot read an element")),
        other => Err(Fault::runtime(
            "not-indexable",
            format!("a {} has no elements", other.kind()),
        )),
    }
}

/// `a[i] = v`
pub(super) fn set_index(
    heap: &mut Heap,
    target: &Value,
    at: &Value,
    value: Value,
) -> Result<(), Fault> {
    match target {
        Value::List(id) => {
            let i = index(at, heap.list(*id).len(), "list")?;
            heap.charge(8);
            heap.list_mut(*id)?.set(i, value);
            Ok(())
        }
        Value::Map(id) => {
            heap.map_put(*id, *at, value)?;
            Ok(())
        }
        Value::Array(id) => {
            let array = heap.array(*id);
            let i = index(at, array.items.len(), "array")?;
            let narrowed = narrow(heap, array.kind, &value).ok_or_else(|| {
                Fault::runtime(
                    "element-type",
                    format!("a {} does not fit into the array", value.kind()),
                )
            })?;
            heap.array_mut(*id).items.set(i, narrowed);
            Ok(())
        }
        Value::Null => Err(null_access("cannot write an element")),
        Value::Str(_) => Err(Fault::runtime("immutable", "strings cannot be changed")),
        other => Err(Fault::runtime(
            "not-indexable",
            format!("a {} has no elements", other.kind()),
        )),
    }
}
