//! How what is no longer reachable is taken back.

use super::heap::{ELEMENT, ENTRY, Heap, OBJECT, Pool, scalar_size};
use super::{List, OrderedMap, Value};
use crate::error::Fault;

impl<T: Default> Pool<T> {
    /// True when it was not marked before.
    fn mark(&mut self, id: usize) -> bool {
        self.marked
            .get_mut(id)
            .is_some_and(|m| !std::mem::replace(m, true))
    }

    fn start_marking(&mut self) {
        self.marked.clear();
        self.marked.resize(self.items.len(), false);
    }

    fn sweep(&mut self) {
        self.free.clear();
        for (i, marked) in self.marked.iter().enumerate() {
            if !marked && let Some(slot) = self.items.get_mut(i) {
                *slot = T::default();
                self.free.push(u32::try_from(i).unwrap_or(u32::MAX));
            }
        }
    }
}

impl Heap {
    /// Takes back what no root reaches, and fails when what stays is too much.
    pub(crate) fn collect(&mut self, roots: &mut [Value]) -> Result<(), Fault> {
        if self.texts.is_full() {
            return Err(self.too_much());
        }
        self.start_marking();
        let mut live = 0usize;
        let mut pending = std::mem::take(&mut self.pending);
        for root in roots.iter() {
            live += scalar_size(root);
            self.mark(root, &mut pending);
        }
        while let Some(value) = pending.pop() {
            live = live.saturating_add(self.scan(&value, &mut pending));
        }
        self.pending = pending;
        self.sweep();
        self.spend(live / 16);
        if live > self.memory {
            return Err(self.too_much());
        }
        if self.texts.used() > live {
            self.move_texts(roots);
        }
        self.used = live;
        // Not long after the limit, so that a script cannot hold much more than it allows.
        self.collect_at = self.memory.max(live + self.memory / 64);
        Ok(())
    }

    fn too_much(&self) -> Fault {
        Fault::limit(
            "memory",
            format!("the script holds more than {} bytes of data", self.memory),
        )
    }

    /// Keeps only the texts that something still names; what is left of the pools is alive.
    fn move_texts(&mut self, roots: &mut [Value]) {
        let mut moving = self.texts.start_moving();
        let texts = &mut self.texts;
        let mut keep = |value: &mut Value| match value {
            Value::Str(text) => texts.keep(&mut moving, text),
            Value::Big(big) => texts.keep(&mut moving, &mut big.text),
            _ => {}
        };
        roots.iter_mut().for_each(&mut keep);
        for list in &mut self.lists.items {
            list.each_mut(&mut keep);
        }
        for array in &mut self.arrays.items {
            array.items.each_mut(&mut keep);
        }
        for map in self.maps.items.iter_mut().chain(&mut self.sets.items) {
            for (key, value) in map.entries_mut() {
                keep(key);
                keep(value);
            }
        }
        for entry in &mut self.entries.items {
            keep(&mut entry.key);
            keep(&mut entry.value);
        }
    }

    fn start_marking(&mut self) {
        self.lists.start_marking();
        self.maps.start_marking();
        self.sets.start_marking();
        self.arrays.start_marking();
        self.dates.start_marking();
        self.entries.start_marking();
        self.objects.start_marking();
    }

    fn sweep(&mut self) {
        self.lists.sweep();
        self.maps.sweep();
        self.sets.sweep();
        self.arrays.sweep();
        self.dates.sweep();
        self.entries.sweep();
        self.objects.sweep();
    }

    fn mark(&mut self, value: &Value, pending: &mut Vec<Value>) {
        let new = match value {
            Value::List(id) => self.lists.mark(usize::from(*id)),
            Value::Map(id) => self.maps.mark(usize::from(*id)),
            Value::Set(id) => self.sets.mark(usize::from(*id)),
            Value::Array(id) => self.arrays.mark(usize::from(*id)),
            Value::Date(id) => self.dates.mark(usize::from(*id)),
            Value::Entry(id) => self.entries.mark(usize::from(*id)),
            Value::Object(id) => self.objects.mark(id.at as usize),
            _ => false,
        };
        if new {
            pending.push(*value);
        }
    }

    /// Marks what a collection holds; its accounted size.
    fn scan(&mut self, value: &Value, pending: &mut Vec<Value>) -> usize {
        let mut children = Vec::new();
        let size = match value {
            Value::List(id) => scan_list(self.list(*id), &mut children),
            Value::Array(id) => {
                let array = self.array(*id);
                let size = array.items.len() * array.kind.size();
                scan_list(&array.items, &mut children);
                size
            }
            Value::Map(id) => scan_entries(self.map(*id), &mut children),
            Value::Set(id) => scan_entries(self.set(*id), &mut children),
            Value::Entry(id) => {
                let entry = self.entry(*id);
                children.extend([entry.key, entry.value]);
                ENTRY
            }
            Value::Object(id) => self.object(*id).size(),
            _ => 0,
        };
        for child in &children {
            self.mark(child, pending);
        }
        OBJECT + size
    }
}

fn is_reference(value: &Value) -> bool {
    matches!(
        value,
        Value::List(_)
            | Value::Map(_)
            | Value::Set(_)
            | Value::Array(_)
            | Value::Date(_)
            | Value::Entry(_)
            | Value::Object(_)
    )
}

fn scan_list(list: &List, children: &mut Vec<Value>) -> usize {
    let Some(values) = list.as_values() else {
        return list.len() * (ELEMENT + 1);
    };
    children.extend(values.iter().filter(|v| is_reference(v)));
    values.iter().map(|v| ELEMENT + scalar_size(v)).sum()
}

fn scan_entries(map: &OrderedMap, children: &mut Vec<Value>) -> usize {
    let mut size = 0;
    for (key, value) in map.entries() {
        size += ENTRY + scalar_size(key) + scalar_size(value);
        children.extend([*key, *value].into_iter().filter(is_reference));
    }
    size
}
