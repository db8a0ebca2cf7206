//! The text form of values, as concatenation and `toString()` use it.

use std::fmt::Write;

use smol_str::SmolStr;

use super::{Heap, List, Object, Value, number, utf16};
use crate::error::Fault;
use crate::library::date::long_text;

/// The text of a scalar without a detour; `None` for collections.
pub(crate) fn scalar(heap: &Heap, value: &Value) -> Option<SmolStr> {
    Some(match value {
        Value::Undefined | Value::Null => SmolStr::new_static("null"),
        Value::Bool(true) => SmolStr::new_static("true"),
        Value::Bool(false) => SmolStr::new_static("false"),
        Value::Byte(n) => SmolStr::new(n.to_string()),
        Value::Short(n) => SmolStr::new(n.to_string()),
        Value::Char(c) => utf16::unit_text(*c),
        Value::Int(n) => SmolStr::new(n.to_string()),
        Value::Long(n) => SmolStr::new(n.to_string()),
        Value::Float(x) => number::float_text(*x),
        Value::Double(x) => number::double_text(*x),
        Value::Big(b) => SmolStr::new(heap.str(b.text)),
        Value::Str(s) => SmolStr::new(heap.str(*s)),
        Value::Class(class) => SmolStr::new(format!("class {}", class.name())),
        _ => return None,
    })
}

pub(crate) fn of(heap: &Heap, value: &Value) -> Result<SmolStr, Fault> {
    if let Some(text) = scalar(heap, value) {
        return Ok(text);
    }
    let mut out = String::new();
    write(heap, value, &mut out)?;
    Ok(SmolStr::new(out))
}

/// Appends the text form. Cyclic structures end in an error by their depth, long ones by their size.
pub(crate) fn write(heap: &Heap, value: &Value, out: &mut String) -> Result<(), Fault> {
    Writer {
        heap,
        most: heap.memory_limit(),
    }
    .value(value, out, 0)
}

struct Writer<'h> {
    heap: &'h Heap,
    most: usize,
}

impl Writer<'_> {
    fn value(&self, value: &Value, out: &mut String, depth: usize) -> Result<(), Fault> {
        if depth > self.heap.value_depth {
            return Err(too_deep());
        }
        if out.len() > self.most {
            return Err(Fault::limit(
                "memory",
                format!("the text is longer than {} bytes", self.most),
            ));
        }
        self.heap.spend(1);
        match value {
            Value::Int(n) => write_number(out, *n),
            Value::Long(n) => write_number(out, *n),
            Value::Str(s) => out.push_str(self.heap.str(*s)),
            Value::Char(c) => utf16::push_unit(out, *c),
            Value::List(id) => self.list(self.heap.list(*id), out, depth)?,
            Value::Array(id) => self.list(&self.heap.array(*id).items, out, depth)?,
            Value::Set(id) => {
                out.push('[');
                for (i, item) in self.heap.set(*id).keys().enumerate() {
                    separate(out, i);
                    self.value(item, out, depth + 1)?;
                }
                out.push(']');
            }
            Value::Map(id) => {
                out.push('{');
                for (i, (key, item)) in self.heap.map(*id).entries().iter().enumerate() {
                    separate(out, i);
                    self.value(key, out, depth + 1)?;
                    out.push('=');
                    self.value(item, out, depth + 1)?;
                }
                out.push('}');
            }
            Value::Entry(id) => {
                let entry = self.heap.entry(*id);
                self.value(&entry.key, out, depth + 1)?;
                out.push('=');
                self.value(&entry.value, out, depth + 1)?;
            }
            Value::Object(id) => match self.heap.object(*id) {
                Object::Pattern(pattern) => out.push_str(&pattern.text),
                Object::Matcher(matcher) => {
                    let _ = write!(out, "matcher of {}", matcher.pattern.text);
                }
                Object::Exception(message) => {
                    out.push_str("java.lang.Exception");
                    if let Some(message) = message {
                        out.push_str(": ");
                        out.push_str(message);
                    }
                }
            },
            Value::Date(id) => out.push_str(&long_text(self.heap.date(*id).at, &self.heap.zone)),
            other => out.push_str(&scalar(self.heap, other).unwrap_or_default()),
        }
        Ok(())
    }

    fn list(&self, list: &List, out: &mut String, depth: usize) -> Result<(), Fault> {
        out.push('[');
        for (i, item) in list.iter().enumerate() {
            separate(out, i);
            self.value(&item, out, depth + 1)?;
        }
        out.push(']');
        Ok(())
    }
}

pub(crate) fn too_deep() -> Fault {
    Fault::limit(
        "value-depth",
        "the value is nested too deeply, or contains itself",
    )
}

fn separate(out: &mut String, i: usize) {
    if i > 0 {
        out.push_str(", ");
    }
}

fn write_number(out: &mut String, n: impl std::fmt::Display) {
    // Writing to a string cannot fail.
    let _ = write!(out, "{n}");
}
