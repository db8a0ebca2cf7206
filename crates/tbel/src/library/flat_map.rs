//! `toFlatMap`: nested maps and lists as one level of keys.

use smol_str::SmolStr;

use super::Table;
use super::call::Call;
use crate::error::Fault;
use crate::value::text::too_deep;
use crate::value::{Heap, OrderedMap, Value, text};

pub(super) const BUILTINS: Table = &[("toFlatMap", to_flat_map)];

struct Flattener<'h> {
    heap: &'h Heap,
    /// A set of names.
    excluded: OrderedMap,
    with_path: bool,
    out: OrderedMap,
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
        names.insert(Value::Str(text::of(call.heap, name)?), Value::Null);
    }
    let out = call.heap.empty_map(32);
    let mut flattener = Flattener {
        heap: call.heap,
        excluded: names,
        with_path,
        out,
        size: 0,
    };
    flattener.map(flattener.heap.map(map), "", 0)?;
    let (out, size) = (flattener.out, flattener.size);
    call.heap.spend(size / 8);
    Ok(call.heap.new_map(out))
}

impl Flattener<'_> {
    fn map(&mut self, map: &OrderedMap, path: &str, depth: usize) -> Result<(), Fault> {
        for (key, value) in map.entries() {
            let other;
            let name = match key {
                Value::Str(name) => name,
                key => {
                    other = text::of(self.heap, key)?;
                    &other
                }
            };
            if self.excluded.position_str(name).is_some() {
                continue;
            }
            let full = if self.with_path && !path.is_empty() {
                smol_str::format_smolstr!("{path}.{name}")
            } else {
                name.clone()
            };
            self.value(value, full, depth + 1)?;
        }
        Ok(())
    }

    fn value(&mut self, value: &Value, key: SmolStr, depth: usize) -> Result<(), Fault> {
        if depth > self.heap.value_depth {
            return Err(too_deep());
        }
        let heap = self.heap;
        let items = match value {
            Value::Map(id) => return self.map(heap.map(*id), &key, depth),
            Value::List(id) => heap.list(*id),
            Value::Array(id) => &heap.array(*id).items,
            _ => {
                self.size += key.len();
                heap.check_single(self.size, 1, "the flat map")?;
                self.out.insert(Value::Str(key), value.clone());
                return Ok(());
            }
        };
        for (i, item) in items.iter().enumerate() {
            // Without paths only the position stays in front of deeper positions.
            let own = if self.with_path || depth <= 1 {
                key.as_str()
            } else {
                key.rsplit('.').next().unwrap_or(&key)
            };
            let name = match &item {
                Value::List(_) | Value::Array(_) if !self.with_path => {
                    smol_str::format_smolstr!("{i}")
                }
                _ => smol_str::format_smolstr!("{own}.{i}"),
            };
            self.value(&item, name, depth + 1)?;
        }
        Ok(())
    }
}
