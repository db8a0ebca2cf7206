//! `toFlatMap`: nested maps and lists as one level of keys.

use std::fmt::Write;
use std::ops::Range;

use super::Table;
use super::call::Call;
use crate::error::Fault;
use crate::value::text::too_deep;
use crate::value::{Heap, OrderedMap, Text, Value, text};

pub(super) const BUILTINS: Table = &[("toFlatMap", to_flat_map)];

/// A key of the result.
#[derive(Clone)]
enum Name {
    /// A text of the run.
    Known(Text),
    /// A place in the names that were made.
    Made(Range<usize>),
}

struct Flattener<'h> {
    heap: &'h Heap,
    /// A set of names.
    excluded: OrderedMap,
    with_path: bool,
    /// The characters of names that are no keys already.
    made: String,
    out: Vec<(Name, Value)>,
    /// Characters of all keys, which grow with the depth.
    size: usize,
}

/// `(map)`, `(map, excluded keys)`, `(map, path in key)`, `(map, excluded keys, path in key)`.
fn to_flat_map(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 3)?;
    let map = call.map(0)?;
    let (excluded, flag) = match call.arg(1) {
        Value::Bool(_) => (Vec::new(), 1),
        Value::Null => (Vec::new(), 2),
        _ => (call.elements(1)?, 2),
    };
    let with_path = call.bool_or(flag, true)?;
    let mut names = OrderedMap::with_capacity(excluded.len());
    for name in &excluded {
        let name = match name {
            Value::Str(name) => *name,
            other => {
                let name = text::of(call.heap, other)?;
                call.heap.texts_mut().add(&name)
            }
        };
        names.insert(call.heap.texts(), Value::Str(name), Value::Null);
    }
    let mut flattener = Flattener {
        heap: call.heap,
        excluded: names,
        with_path,
        made: String::new(),
        out: Vec::with_capacity(32),
        size: 0,
    };
    flattener.map(flattener.heap.map(map), None, 0)?;
    let (out, size, made) = (flattener.out, flattener.size, flattener.made);
    call.heap.spend(size / 8);
    call.heap.charge(made.len());
    let made = call.heap.texts_mut().add(&made);
    let mut map = call.heap.empty_map(out.len());
    for (name, value) in out {
        let key = match name {
            Name::Known(text) => text,
            Name::Made(range) => made.within(range.start, range.end),
        };
        map.insert(call.heap.texts(), Value::Str(key), value);
    }
    Ok(call.heap.new_map(map))
}

impl Flattener<'_> {
    fn shown<'n>(&'n self, name: &Name) -> &'n str {
        match name {
            Name::Known(text) => self.heap.str(*text),
            Name::Made(range) => self.made.get(range.clone()).unwrap_or_default(),
        }
    }

    /// A name out of what is in front of a point, if there is something, and what is behind it.
    fn make(&mut self, front: Option<&Name>, write: impl FnOnce(&mut String)) -> Name {
        let start = self.made.len();
        match front {
            Some(Name::Made(range)) => self.made.extend_from_within(range.clone()),
            Some(Name::Known(text)) => self.made.push_str(self.heap.str(*text)),
            None => {}
        }
        write(&mut self.made);
        Name::Made(start..self.made.len())
    }

    fn map(&mut self, map: &OrderedMap, path: Option<&Name>, depth: usize) -> Result<(), Fault> {
        let heap = self.heap;
        for (key, value) in map.entries() {
            let own = match key {
                Value::Str(name) => Name::Known(*name),
                key => {
                    let name = text::of(heap, key)?;
                    self.make(None, |made| made.push_str(&name))
                }
            };
            if !self.excluded.is_empty() {
                let name = self.shown(&own);
                if self.excluded.get_str(heap.texts(), name).is_some() {
                    continue;
                }
            }
            let full = match path {
                Some(path) if self.with_path && !self.shown(path).is_empty() => {
                    let own = self.shown(&own).to_owned();
                    self.make(Some(path), |made| {
                        made.push('.');
                        made.push_str(&own);
                    })
                }
                _ => own,
            };
            self.value(value, full, depth + 1)?;
        }
        Ok(())
    }

    fn value(&mut self, value: &Value, name: Name, depth: usize) -> Result<(), Fault> {
        if depth > self.heap.value_depth {
            return Err(too_deep());
        }
        let heap = self.heap;
        let items = match value {
            Value::Map(id) => return self.map(heap.map(*id), Some(&name), depth),
            Value::List(id) => heap.list(*id),
            Value::Array(id) => &heap.array(*id).items,
            _ => {
                self.size += self.shown(&name).len();
                heap.check_single(self.size, 1, "the flat map")?;
                self.out.push((name, *value));
                return Ok(());
            }
        };
        for (i, item) in items.iter().enumerate() {
            // Without paths only the position stays in front of deeper positions.
            let own = if self.with_path || depth <= 1 {
                name.clone()
            } else {
                let shown = self.shown(&name);
                let last = shown.rsplit('.').next().unwrap_or(shown).len();
                let from = shown.len() - last;
                match &name {
                    Name::Known(text) => Name::Known(text.within(from, text.len())),
                    Name::Made(range) => Name::Made(range.start + from..range.end),
                }
            };
            let made = match &item {
                Value::List(_) | Value::Array(_) if !self.with_path => {
                    self.make(None, |made| write_number(made, i))
                }
                _ => self.make(Some(&own), |made| {
                    made.push('.');
                    write_number(made, i);
                }),
            };
            self.value(&item, made, depth + 1)?;
        }
        Ok(())
    }
}

fn write_number(out: &mut String, n: usize) {
    // Writing to a string cannot fail.
    let _ = write!(out, "{n}");
}
