//! Arguments into values.

use crate::error::Fault;
use crate::input::Input;
use crate::library::json::parse_text;
use crate::value::text::too_deep;
use crate::value::{Big, Heap, OrderedMap, Value};

/// The size of the arguments so far.
pub(super) struct Chars {
    used: usize,
    most: usize,
}

impl Chars {
    pub(super) fn new(most: usize) -> Self {
        Self { used: 0, most }
    }

    fn add(&mut self, n: usize) -> Result<(), Fault> {
        self.used = self.used.saturating_add(n);
        if self.used > self.most {
            let message = format!("the arguments are larger than {} characters", self.most);
            return Err(Fault::limit("arguments-size", message));
        }
        Ok(())
    }
}

/// An argument that the script never reads: only its size matters.
pub(super) fn unread(input: &Input<'_>, chars: &mut Chars) -> Result<Value, Fault> {
    match input {
        Input::Str(text) | Input::Json(text) | Input::BigInt(text) => chars.add(text.len())?,
        Input::Bytes(bytes) => chars.add(bytes.len())?,
        Input::List(items) => {
            for item in items {
                unread(item, chars)?;
            }
        }
        Input::Map(entries) => {
            for (key, item) in entries {
                chars.add(key.len() + 4)?;
                unread(item, chars)?;
            }
        }
        Input::Null | Input::Bool(_) | Input::Int(_) | Input::Double(_) => {}
    }
    Ok(Value::Null)
}

pub(super) fn value(
    heap: &mut Heap,
    input: &Input<'_>,
    chars: &mut Chars,
    depth: usize,
) -> Result<Value, Fault> {
    if depth > heap.value_depth {
        return Err(too_deep());
    }
    Ok(match input {
        Input::Null => Value::Null,
        Input::Bool(b) => Value::Bool(*b),
        Input::Int(n) => Value::integer(*n),
        Input::Double(x) => Value::Double(*x),
        Input::BigInt(text) => {
            chars.add(text.len())?;
            match text.parse::<i64>() {
                Ok(n) => Value::integer(n),
                Err(_) => Value::Big(Big {
                    text: heap.texts_mut().add(text),
                    decimal: false,
                }),
            }
        }
        Input::Str(text) => {
            chars.add(if text.is_ascii() {
                text.len()
            } else {
                text.chars().count()
            })?;
            heap.charge(text.len());
            Value::Str(heap.texts_mut().add(text))
        }
        Input::Bytes(bytes) => {
            chars.add(bytes.len())?;
            heap.new_byte_list(bytes.to_vec())
        }
        Input::Json(text) => {
            chars.add(text.len())?;
            parse_text(heap, text)?
        }
        Input::List(items) => {
            chars.add(items.len() + 2)?;
            let mut values = Vec::with_capacity(items.len());
            for item in items {
                values.push(value(heap, item, chars, depth + 1)?);
            }
            heap.new_list(values)
        }
        Input::Map(entries) => {
            let mut map = OrderedMap::with_capacity(entries.len());
            for (key, item) in entries {
                chars.add(key.len() + 4)?;
                let item = value(heap, item, chars, depth + 1)?;
                if !item.is_null() {
                    let key = Value::Str(heap.texts_mut().add(key));
                    map.insert(heap.texts(), key, item);
                }
            }
            heap.new_map(map)
        }
    })
}
