//! A map that keeps the order of insertion; also the substance of sets.
//!
//! Most maps of converters have a handful of keys, so small ones are searched by the marks of their keys and
//! only larger ones get a hash table. Equality of keys is strict: `1`, `1L` and `'1'` are three keys.

use std::hash::{Hash, Hasher};

use hashbrown::HashTable;
use rustc_hash::FxHasher;

use super::marks::{self, Marks};
use super::{Text, Texts, Value};

#[derive(Clone, Debug, Default)]
pub(crate) struct OrderedMap {
    entries: Vec<(Value, Value)>,
    /// Of the keys, while there is no index.
    marks: Marks,
    index: Option<Box<HashTable<u32>>>,
    /// Changes of size, to notice modification during iteration.
    pub(crate) version: u32,
    pub(crate) frozen: bool,
}

fn hash(texts: &Texts, key: &Value) -> u64 {
    let mut h = FxHasher::default();
    match key {
        Value::Str(s) => return hash_str(texts.get(*s)),
        Value::Bool(b) => b.hash(&mut h),
        Value::Byte(n) => n.hash(&mut h),
        Value::Short(n) => n.hash(&mut h),
        Value::Char(n) => n.hash(&mut h),
        Value::Int(n) => n.hash(&mut h),
        Value::Long(n) => n.hash(&mut h),
        Value::Float(n) => n.to_bits().hash(&mut h),
        Value::Double(n) => n.to_bits().hash(&mut h),
        Value::Big(b) => texts.get(b.text).hash(&mut h),
        Value::List(id) => id.hash(&mut h),
        Value::Map(id) => id.hash(&mut h),
        Value::Set(id) => id.hash(&mut h),
        Value::Array(id) => id.hash(&mut h),
        Value::Date(id) => id.hash(&mut h),
        Value::Entry(id) => id.hash(&mut h),
        Value::Object(id) => id.hash(&mut h),
        Value::Undefined | Value::Null | Value::Class(_) => {}
    }
    h.finish()
}

fn hash_str(key: &str) -> u64 {
    let mut h = FxHasher::default();
    key.hash(&mut h);
    h.finish()
}

/// Same type and same value; collections by identity.
pub(crate) fn same_key(texts: &Texts, a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Str(a), Value::Str(b)) => texts.equal(*a, *b),
        (Value::Null, Value::Null) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Byte(a), Value::Byte(b)) => a == b,
        (Value::Short(a), Value::Short(b)) => a == b,
        (Value::Char(a), Value::Char(b)) => a == b,
        (Value::Int(a), Value::Int(b)) => a == b,
        (Value::Long(a), Value::Long(b)) => a == b,
        (Value::Float(a), Value::Float(b)) => a.to_bits() == b.to_bits(),
        (Value::Double(a), Value::Double(b)) => a.to_bits() == b.to_bits(),
        (Value::Big(a), Value::Big(b)) => a.decimal == b.decimal && texts.equal(a.text, b.text),
        (Value::List(a), Value::List(b)) => a == b,
        (Value::Map(a), Value::Map(b)) => a == b,
        (Value::Set(a), Value::Set(b)) => a == b,
        (Value::Array(a), Value::Array(b)) => a == b,
        (Value::Date(a), Value::Date(b)) => a == b,
        (Value::Entry(a), Value::Entry(b)) => a == b,
        (Value::Object(a), Value::Object(b)) => a == b,
        (Value::Class(a), Value::Class(b)) => a == b,
        _ => false,
    }
}

impl OrderedMap {
    pub(crate) fn with_capacity(n: usize) -> Self {
        Self::within(Vec::with_capacity(n))
    }

    /// An empty map that keeps its entries in a buffer, which is emptied.
    pub(crate) fn within(mut entries: Vec<(Value, Value)>) -> Self {
        entries.clear();
        Self {
            entries,
            ..Self::default()
        }
    }

    /// The buffer of the entries.
    pub(super) fn into_entries(self) -> Vec<(Value, Value)> {
        self.entries
    }

    /// A copy that cannot be modified.
    pub(crate) fn frozen_copy(&self) -> Self {
        Self {
            frozen: true,
            ..self.clone()
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(crate) fn entries(&self) -> &[(Value, Value)] {
        &self.entries
    }

    /// The entries with the marks of their keys, as far as the map has them.
    pub(crate) fn marked_entries<'m>(
        &'m self,
        texts: &'m Texts,
    ) -> impl Iterator<Item = (&'m Value, u8, &'m Value)> {
        let marked = self.index.is_none();
        self.entries.iter().enumerate().map(move |(i, (k, v))| {
            let mark = if marked {
                self.marks.at(i)
            } else {
                marks::of(texts, k)
            };
            (k, mark, v)
        })
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &Value> {
        self.entries.iter().map(|(k, _)| k)
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &Value> {
        self.entries.iter().map(|(_, v)| v)
    }

    /// The place of characters that may be no text of the run.
    fn position_str(&self, texts: &Texts, key: &str) -> Option<usize> {
        let is_key =
            |i: usize| matches!(self.entries.get(i), Some((Value::Str(k), _)) if texts.is(*k, key));
        match &self.index {
            None => self
                .marks
                .find(self.entries.len(), marks::of_text(key), is_key),
            Some(index) => index
                .find(hash_str(key), |i| is_key(*i as usize))
                .map(|i| *i as usize),
        }
    }

    /// The place of a text whose mark is known.
    #[inline]
    fn position_marked(&self, texts: &Texts, key: Text, mark: u8) -> Option<usize> {
        let is_key = |i: usize| matches!(self.entries.get(i), Some((Value::Str(k), _)) if texts.equal(*k, key));
        match &self.index {
            None => self.marks.find(self.entries.len(), mark, is_key),
            Some(index) => index
                .find(hash_str(texts.get(key)), |i| is_key(*i as usize))
                .map(|i| *i as usize),
        }
    }

    pub(crate) fn position(&self, texts: &Texts, key: &Value) -> Option<usize> {
        if let Value::Str(s) = key {
            return self.position_marked(texts, *s, marks::of_text(texts.get(*s)));
        }
        let is_key = |i: usize| {
            self.entries
                .get(i)
                .is_some_and(|(k, _)| same_key(texts, k, key))
        };
        match &self.index {
            None => self
                .marks
                .find(self.entries.len(), marks::of(texts, key), is_key),
            Some(index) => index
                .find(hash(texts, key), |i| is_key(*i as usize))
                .map(|i| *i as usize),
        }
    }

    pub(crate) fn get(&self, texts: &Texts, key: &Value) -> Option<&Value> {
        self.position(texts, key)
            .and_then(|i| self.entries.get(i))
            .map(|(_, v)| v)
    }

    pub(crate) fn get_str(&self, texts: &Texts, key: &str) -> Option<&Value> {
        self.position_str(texts, key)
            .and_then(|i| self.entries.get(i))
            .map(|(_, v)| v)
    }

    /// The value of a text whose mark is known.
    #[inline]
    pub(crate) fn get_marked(&self, texts: &Texts, key: Text, mark: u8) -> Option<&Value> {
        self.position_marked(texts, key, mark)
            .and_then(|i| self.entries.get(i))
            .map(|(_, v)| v)
    }

    pub(crate) fn contains(&self, texts: &Texts, key: &Value) -> bool {
        self.position(texts, key).is_some()
    }

    /// Makes room for so many more entries.
    pub(crate) fn reserve(&mut self, more: usize) {
        self.entries.reserve(more);
    }

    /// Sets a value; an existing key keeps its place.
    pub(crate) fn insert(&mut self, texts: &Texts, key: Value, value: Value) -> Option<Value> {
        if self.index.is_none() {
            let mark = marks::of(texts, &key);
            return self.insert_marked(texts, key, mark, value);
        }
        self.insert_indexed(texts, key, value)
    }

    /// The same for a key whose mark is known.
    #[inline]
    pub(crate) fn insert_marked(
        &mut self,
        texts: &Texts,
        key: Value,
        mark: u8,
        value: Value,
    ) -> Option<Value> {
        if self.index.is_some() {
            return self.insert_indexed(texts, key, value);
        }
        let len = self.entries.len();
        let found = match &key {
            Value::Str(text) => self.position_marked(texts, *text, mark),
            _ => {
                let is_key = |i: usize| {
                    self.entries
                        .get(i)
                        .is_some_and(|(k, _)| same_key(texts, k, &key))
                };
                self.marks.find(len, mark, is_key)
            }
        };
        if let Some((_, old)) = found.and_then(|i| self.entries.get_mut(i)) {
            return Some(std::mem::replace(old, value));
        }
        self.push_unique(texts, key, mark, value);
        None
    }

    /// Adds a key that is known to be new, with its mark.
    #[inline]
    pub(crate) fn push_unique(&mut self, texts: &Texts, key: Value, mark: u8, value: Value) {
        if self.index.is_some() {
            self.insert_indexed(texts, key, value);
            return;
        }
        let len = self.entries.len();
        self.version = self.version.wrapping_add(1);
        self.entries.push((key, value));
        self.marks.set(len, mark);
        if len >= marks::MOST {
            self.reindex(texts);
        }
    }

    fn insert_indexed(&mut self, texts: &Texts, key: Value, value: Value) -> Option<Value> {
        let index = self.index.get_or_insert_default();
        let code = hash(texts, &key);
        let entries = &mut self.entries;
        let is_key = |i: &u32| {
            entries
                .get(*i as usize)
                .is_some_and(|(k, _)| same_key(texts, k, &key))
        };
        let found = index.find(code, is_key).map(|i| *i as usize);
        if let Some((_, old)) = found.and_then(|i| entries.get_mut(i)) {
            return Some(std::mem::replace(old, value));
        }
        self.version = self.version.wrapping_add(1);
        let at = u32::try_from(entries.len()).unwrap_or(u32::MAX);
        index.insert_unique(code, at, |i| {
            entries.get(*i as usize).map_or(0, |(k, _)| hash(texts, k))
        });
        entries.push((key, value));
        None
    }

    pub(crate) fn remove(&mut self, texts: &Texts, key: &Value) -> Option<Value> {
        let at = self.position(texts, key)?;
        self.version = self.version.wrapping_add(1);
        let (_, value) = self.entries.remove(at);
        self.marks.remove(at);
        if self.index.is_some() {
            self.reindex(texts);
        }
        Some(value)
    }

    pub(crate) fn clear(&mut self) {
        self.version = self.version.wrapping_add(1);
        self.entries.clear();
        self.index = None;
    }

    /// Replaces all entries; the keys are known to be different.
    pub(crate) fn replace_entries(&mut self, texts: &Texts, entries: Vec<(Value, Value)>) {
        self.version = self.version.wrapping_add(1);
        self.entries = entries;
        self.reindex(texts);
    }

    /// The entries for what moves texts: no key becomes another.
    pub(super) fn entries_mut(&mut self) -> &mut [(Value, Value)] {
        &mut self.entries
    }

    /// Takes over the entries of another map, when there are none.
    pub(super) fn copy_entries(&mut self, from: &Self) {
        self.version = self.version.wrapping_add(1);
        self.entries.extend_from_slice(&from.entries);
        self.marks = from.marks;
        self.index.clone_from(&from.index);
    }

    fn reindex(&mut self, texts: &Texts) {
        self.index = None;
        if self.entries.len() <= marks::MOST {
            for (i, (key, _)) in self.entries.iter().enumerate() {
                self.marks.set(i, marks::of(texts, key));
            }
            return;
        }
        // Room to grow: hashing all keys again is what costs.
        let mut index = HashTable::with_capacity(self.entries.len() * 2);
        for (i, (key, _)) in self.entries.iter().enumerate() {
            let at = u32::try_from(i).unwrap_or(u32::MAX);
            let entries = &self.entries;
            index.insert_unique(hash(texts, key), at, |i| {
                entries.get(*i as usize).map_or(0, |(k, _)| hash(texts, k))
            });
        }
        self.index = Some(Box::new(index));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_order_and_finds_keys_small_and_large() {
        let mut texts = Texts::default();
        let mut map = OrderedMap::default();
        for i in 0..100 {
            let key = Value::Str(texts.add(&format!("k{i}")));
            map.insert(&texts, key, Value::Int(i));
        }
        let again = Value::Str(texts.add("k3"));
        map.insert(&texts, again, Value::Int(-3));
        assert_eq!(map.len(), 100);
        assert!(matches!(map.get_str(&texts, "k3"), Some(Value::Int(-3))));
        let first = Value::Str(texts.add("k0"));
        assert!(map.remove(&texts, &first).is_some());
        assert_eq!(map.position_str(&texts, "k99"), Some(98));
        assert!(map.get(&texts, &Value::Int(3)).is_none());
    }
}
