//! Where collections live and what they cost; the sibling file takes back what is no longer reachable.

use std::cell::Cell;

use super::object::{Array, Date, ElementKind, Entry, Object, ObjectId};
use super::{List, OrderedMap, Text, Texts, Value, marks};
use crate::error::Fault;
use crate::limits::Limits;

macro_rules! handles {
    ($($name:ident),*) => { $(
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) struct $name(u32);
        impl From<u32> for $name {
            fn from(n: u32) -> Self { Self(n) }
        }
        impl From<$name> for usize {
            fn from(id: $name) -> Self { id.0 as usize }
        }
    )* };
}
handles!(ListId, MapId, SetId, ArrayId, DateId, EntryId);

/// Slots that a pool keeps between runs.
const WARM: usize = 1_024;

/// Buffers of maps that are kept between runs, and the most entries one has room for.
const SPARE: usize = 256;
const SPARE_ENTRIES: usize = 32;

/// Slots of one type, reused after collection.
#[derive(Debug)]
pub(super) struct Pool<T> {
    pub(super) items: Vec<T>,
    pub(super) free: Vec<u32>,
    pub(super) marked: Vec<bool>,
}

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            free: Vec::new(),
            marked: Vec::new(),
        }
    }
}

impl<T: Default> Pool<T> {
    fn add<I: From<u32>>(&mut self, item: T) -> I {
        if let Some(at) = self.free.pop()
            && let Some(slot) = self.items.get_mut(at as usize)
        {
            *slot = item;
            return I::from(at);
        }
        let at = u32::try_from(self.items.len()).unwrap_or(u32::MAX);
        self.items.push(item);
        I::from(at)
    }

    /// Keeps small buffers warm and gives large ones back.
    fn clear(&mut self) {
        if self.items.capacity() > WARM {
            *self = Self::default();
        }
        self.items.clear();
        self.free.clear();
    }
}

/// All collections of one run.
#[derive(Debug)]
pub(crate) struct Heap {
    pub(super) texts: Texts,
    pub(super) lists: Pool<List>,
    pub(super) maps: Pool<OrderedMap>,
    pub(super) sets: Pool<OrderedMap>,
    pub(super) arrays: Pool<Array>,
    pub(super) dates: Pool<Date>,
    pub(super) entries: Pool<Entry>,
    pub(super) objects: Pool<Object>,
    pub(super) pending: Vec<Value>,
    /// Buffers of maps of former runs: the next maps need not grow theirs step by step.
    spare: Vec<Vec<(Value, Value)>>,
    /// The same of lists.
    spare_lists: Vec<Vec<Value>>,
    /// Accounted bytes made since the last collection plus those alive after it.
    pub(super) used: usize,
    pub(super) collect_at: usize,
    pub(super) memory: usize,
    /// The budget that `work` counts against.
    instructions: u64,
    pub(crate) value_depth: usize,
    /// The zone of dates in text.
    pub(crate) zone: jiff::tz::TimeZone,
    /// Instructions that library functions used on top of the machine's own.
    work: Cell<u64>,
}

/// Bytes a collection costs by itself, so that a million empty ones count.
pub(super) const OBJECT: usize = 16;
pub(super) const ELEMENT: usize = 4;
pub(super) const ENTRY: usize = 24;

/// Accounted bytes of a value without what it refers to.
pub(super) fn scalar_size(value: &Value) -> usize {
    match value {
        Value::Undefined | Value::Null | Value::Class(_) => 0,
        Value::Bool(_) | Value::Byte(_) | Value::Char(_) => 1,
        Value::Short(_) => 2,
        Value::Int(_) | Value::Float(_) => 4,
        Value::Long(_) | Value::Double(_) | Value::Date(_) => 8,
        Value::Big(b) => b.text.len(),
        Value::Str(s) => s.len(),
        Value::List(_)
        | Value::Map(_)
        | Value::Set(_)
        | Value::Array(_)
        | Value::Entry(_)
        | Value::Object(_) => 0,
    }
}

impl Heap {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            texts: Texts::default(),
            lists: Pool::default(),
            maps: Pool::default(),
            sets: Pool::default(),
            arrays: Pool::default(),
            dates: Pool::default(),
            entries: Pool::default(),
            objects: Pool::default(),
            pending: Vec::new(),
            spare: Vec::new(),
            spare_lists: Vec::new(),
            used: 0,
            collect_at: limits.memory,
            memory: limits.memory,
            instructions: limits.instructions,
            value_depth: limits.value_depth,
            zone: jiff::tz::TimeZone::UTC,
            work: Cell::new(0),
        }
    }

    /// Forgets everything of a run.
    pub(crate) fn clear(&mut self) {
        self.texts.clear();
        self.keep_buffers();
        self.lists.clear();
        self.maps.clear();
        self.sets.clear();
        self.arrays.clear();
        self.dates.clear();
        self.entries.clear();
        self.objects.clear();
        self.used = 0;
        self.collect_at = self.memory;
        self.work.set(0);
    }

    /// Takes small buffers out of the maps and lists of a run.
    fn keep_buffers(&mut self) {
        // The last first, so that a script that runs again finds its buffers in the order of its maps.
        for list in self.lists.items.iter_mut().rev() {
            if self.spare_lists.len() >= SPARE {
                break;
            }
            let mut values = list.take_values();
            if (1..=SPARE_ENTRIES).contains(&values.capacity()) {
                values.clear();
                self.spare_lists.push(values);
            }
        }
        for map in self.maps.items.iter_mut().rev() {
            if self.spare.len() >= SPARE {
                return;
            }
            let mut entries = std::mem::take(map).into_entries();
            if (1..=SPARE_ENTRIES).contains(&entries.capacity()) {
                entries.clear();
                self.spare.push(entries);
            }
        }
    }

    /// An empty map with room for so many entries, which is not on the heap yet.
    pub(crate) fn empty_map(&mut self, entries: usize) -> OrderedMap {
        let mut buffer = self.spare.pop().unwrap_or_default();
        buffer.reserve_exact(entries);
        OrderedMap::within(buffer)
    }

    /// A buffer for a new list.
    pub(crate) fn empty_list(&mut self) -> Vec<Value> {
        self.spare_lists.pop().unwrap_or_default()
    }

    pub(crate) fn memory_limit(&self) -> usize {
        self.memory
    }

    /// Counts `units` of work that grows with the data.
    pub(crate) fn spend(&self, units: usize) {
        self.work.set(self.work.get().saturating_add(units as u64));
    }

    pub(crate) fn work(&self) -> u64 {
        self.work.get()
    }

    /// For functions whose own loops can take long: fails when the work so far is too much.
    pub(crate) fn afford(&self) -> Result<(), Fault> {
        if self.work.get() <= self.instructions {
            return Ok(());
        }
        Err(Fault::limit(
            "instructions",
            format!(
                "the script ran more than {} instructions",
                self.instructions
            ),
        ))
    }

    pub(crate) fn charge(&mut self, bytes: usize) {
        self.used = self.used.saturating_add(bytes);
    }

    pub(crate) fn needs_collection(&self) -> bool {
        self.used > self.collect_at || self.texts.is_full()
    }

    /// Fails when one thing alone would take more than `share` of the memory.
    pub(crate) fn check_single(&self, bytes: usize, share: usize, what: &str) -> Result<(), Fault> {
        let most = self.memory / share.max(1);
        if bytes > most {
            return Err(Fault::limit(
                "memory",
                format!("{what} would take {bytes} bytes, more than the {most} allowed"),
            ));
        }
        Ok(())
    }

    pub(crate) fn new_list(&mut self, values: Vec<Value>) -> Value {
        self.charge(
            OBJECT
                + values
                    .iter()
                    .map(|v| ELEMENT + scalar_size(v))
                    .sum::<usize>(),
        );
        self.spend(values.len() / 8);
        Value::List(self.lists.add(List::of(values)))
    }

    pub(crate) fn new_byte_list(&mut self, bytes: Vec<u8>) -> Value {
        self.charge(OBJECT + bytes.len() * (ELEMENT + 1));
        self.spend(bytes.len() / 64);
        Value::List(self.lists.add(List::of_bytes(bytes)))
    }

    pub(crate) fn add_list(&mut self, list: List) -> Value {
        self.charge(OBJECT + list.len() * (ELEMENT + 4));
        self.spend(list.len() / 8);
        Value::List(self.lists.add(list))
    }

    pub(crate) fn new_map(&mut self, map: OrderedMap) -> Value {
        self.charge(OBJECT + entries_size(&map));
        self.spend(map.len());
        Value::Map(self.maps.add(map))
    }

    /// A map with the entries of another one that is not on the heap.
    pub(crate) fn copy_map(&mut self, from: &OrderedMap) -> Value {
        let mut map = self.empty_map(from.len());
        map.copy_entries(from);
        self.new_map(map)
    }

    pub(crate) fn new_set(&mut self, set: OrderedMap) -> Value {
        self.charge(OBJECT + set.keys().map(|k| ENTRY + scalar_size(k)).sum::<usize>());
        self.spend(set.len());
        Value::Set(self.sets.add(set))
    }

    pub(crate) fn new_array(&mut self, array: Array) -> Value {
        self.charge(OBJECT + array.items.len() * array.kind.size());
        self.spend(array.items.len() / 64);
        Value::Array(self.arrays.add(array))
    }

    pub(crate) fn new_byte_array(&mut self, bytes: Vec<u8>) -> Value {
        self.new_array(Array {
            kind: ElementKind::Byte,
            items: List::of_bytes(bytes),
        })
    }

    pub(crate) fn new_date(&mut self, date: Date) -> Value {
        self.charge(OBJECT);
        Value::Date(self.dates.add(date))
    }

    pub(crate) fn new_entry(&mut self, key: Value, value: Value) -> Value {
        self.charge(OBJECT);
        Value::Entry(self.entries.add(Entry { key, value }))
    }

    pub(crate) fn new_object(&mut self, object: Object) -> Value {
        self.charge(OBJECT + object.size());
        let kind = object.kind();
        let at: u32 = self.objects.add(object);
        Value::Object(ObjectId { kind, at })
    }

    /// A text made by the script, counted.
    pub(crate) fn new_str(&mut self, text: impl AsRef<str>) -> Value {
        Value::Str(self.new_text(text.as_ref()))
    }

    /// The same.
    pub(crate) fn new_text(&mut self, text: &str) -> Text {
        let new = self.texts.add(text);
        self.count_text(new);
        new
    }

    /// Counts a text as if it had been copied, which is what scripts can rely on.
    pub(crate) fn count_text(&mut self, text: Text) {
        self.charge(text.len());
        self.spend(text.len() / 16);
    }

    /// The characters of a text.
    #[inline(always)]
    pub(crate) fn str(&self, text: Text) -> &str {
        self.texts.get(text)
    }

    /// The characters of all texts.
    #[inline(always)]
    pub(crate) fn texts(&self) -> &Texts {
        &self.texts
    }

    /// For texts that are made out of others; what is made is to be counted.
    pub(crate) fn texts_mut(&mut self) -> &mut Texts {
        &mut self.texts
    }

    // Handles only come from this heap and live no longer than a run, so these indexes always exist.
    pub(crate) fn list(&self, id: ListId) -> &List {
        &self.lists.items[usize::from(id)]
    }

    pub(crate) fn list_mut(&mut self, id: ListId) -> Result<&mut List, Fault> {
        let list = &mut self.lists.items[usize::from(id)];
        if list.frozen {
            Err(unmodifiable("list"))
        } else {
            Ok(list)
        }
    }

    pub(crate) fn map(&self, id: MapId) -> &OrderedMap {
        &self.maps.items[usize::from(id)]
    }

    pub(crate) fn map_mut(&mut self, id: MapId) -> Result<&mut OrderedMap, Fault> {
        writable(&mut self.maps.items[usize::from(id)], "map")
    }

    pub(crate) fn set(&self, id: SetId) -> &OrderedMap {
        &self.sets.items[usize::from(id)]
    }

    pub(crate) fn set_mut(&mut self, id: SetId) -> Result<&mut OrderedMap, Fault> {
        writable(&mut self.sets.items[usize::from(id)], "set")
    }

    pub(crate) fn array(&self, id: ArrayId) -> &Array {
        &self.arrays.items[usize::from(id)]
    }

    pub(crate) fn array_mut(&mut self, id: ArrayId) -> &mut Array {
        &mut self.arrays.items[usize::from(id)]
    }

    pub(crate) fn date(&self, id: DateId) -> &Date {
        &self.dates.items[usize::from(id)]
    }

    pub(crate) fn date_mut(&mut self, id: DateId) -> &mut Date {
        &mut self.dates.items[usize::from(id)]
    }

    pub(crate) fn entry(&self, id: EntryId) -> &Entry {
        &self.entries.items[usize::from(id)]
    }

    pub(crate) fn entry_mut(&mut self, id: EntryId) -> &mut Entry {
        &mut self.entries.items[usize::from(id)]
    }

    pub(crate) fn object(&self, id: ObjectId) -> &Object {
        &self.objects.items[id.at as usize]
    }

    pub(crate) fn object_mut(&mut self, id: ObjectId) -> &mut Object {
        &mut self.objects.items[id.at as usize]
    }

    /// Appends to a list, counted.
    pub(crate) fn list_push(&mut self, id: ListId, value: Value) -> Result<(), Fault> {
        let size = ELEMENT + scalar_size(&value);
        self.list_mut(id)?.push(value);
        self.charge(size);
        Ok(())
    }

    /// Writes a map entry, counted. Null removes the key.
    pub(crate) fn map_put(
        &mut self,
        id: MapId,
        key: Value,
        value: Value,
    ) -> Result<Option<Value>, Fault> {
        let mark = marks::of(&self.texts, &key);
        self.map_put_marked(id, key, mark, value)
    }

    /// The same for a key whose mark is known.
    pub(crate) fn map_put_marked(
        &mut self,
        id: MapId,
        key: Value,
        mark: u8,
        value: Value,
    ) -> Result<Option<Value>, Fault> {
        let map = writable(&mut self.maps.items[usize::from(id)], "map")?;
        if value.is_null() {
            let steps = map.len() / 8;
            let old = map.remove(&self.texts, &key);
            self.spend(steps);
            return Ok(old);
        }
        let old = map.insert_marked(&self.texts, key, mark, value);
        self.charge(ENTRY + scalar_size(&key) + scalar_size(&value));
        Ok(old)
    }

    /// Replaces all entries of a map; the keys are known to be different.
    pub(crate) fn map_replace(
        &mut self,
        id: MapId,
        entries: Vec<(Value, Value)>,
    ) -> Result<(), Fault> {
        let map = writable(&mut self.maps.items[usize::from(id)], "map")?;
        map.replace_entries(&self.texts, entries);
        Ok(())
    }

    /// Writes all entries of another map, counted.
    pub(crate) fn map_put_all(&mut self, id: MapId, from: MapId) -> Result<(), Fault> {
        let count = self.map(from).len();
        self.spend(count);
        if count == 0 {
            return Ok(());
        }
        // Out of its slot, so that the other one can be read meanwhile.
        let mut map = std::mem::take(self.map_mut(id)?);
        map.reserve(count);
        let own;
        let source = if id == from {
            own = map.clone();
            &own
        } else {
            &self.maps.items[usize::from(from)]
        };
        if map.is_empty() && source.values().all(|value| !value.is_null()) {
            map.copy_entries(source);
            let size = entries_size(source);
            self.maps.items[usize::from(id)] = map;
            self.charge(size);
            return Ok(());
        }
        let mut size = 0;
        let mut steps = 0;
        for (key, mark, value) in source.marked_entries(&self.texts) {
            if value.is_null() {
                steps += map.len() / 8;
                map.remove(&self.texts, key);
            } else {
                size += ENTRY + scalar_size(key) + scalar_size(value);
                map.insert_marked(&self.texts, *key, mark, *value);
            }
        }
        self.maps.items[usize::from(id)] = map;
        self.spend(steps);
        self.charge(size);
        Ok(())
    }

    /// Adds to a set, counted. True when it is new.
    pub(crate) fn set_add(&mut self, id: SetId, value: Value) -> Result<bool, Fault> {
        let set = writable(&mut self.sets.items[usize::from(id)], "set")?;
        let new = !set.contains(&self.texts, &value);
        if new {
            set.insert(&self.texts, value, Value::Null);
            self.charge(ENTRY + scalar_size(&value));
        }
        Ok(new)
    }

    /// Replaces all entries of a set; they are known to be different.
    pub(crate) fn set_replace(
        &mut self,
        id: SetId,
        entries: Vec<(Value, Value)>,
    ) -> Result<(), Fault> {
        let set = writable(&mut self.sets.items[usize::from(id)], "set")?;
        set.replace_entries(&self.texts, entries);
        Ok(())
    }

    /// Removes from a set. True when it was in it.
    pub(crate) fn set_remove(&mut self, id: SetId, value: &Value) -> Result<bool, Fault> {
        let set = writable(&mut self.sets.items[usize::from(id)], "set")?;
        Ok(set.remove(&self.texts, value).is_some())
    }
}

/// What may be changed.
fn writable<'m>(map: &'m mut OrderedMap, what: &str) -> Result<&'m mut OrderedMap, Fault> {
    if map.frozen {
        return Err(unmodifiable(what));
    }
    Ok(map)
}

/// Accounted bytes of all entries.
fn entries_size(map: &OrderedMap) -> usize {
    let size = |(k, v): &(Value, Value)| ENTRY + scalar_size(k) + scalar_size(v);
    map.entries().iter().map(size).sum()
}

fn unmodifiable(what: &str) -> Fault {
    Fault::runtime("unmodifiable", format!("the {what} cannot be modified"))
}
