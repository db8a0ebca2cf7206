//! Values into results.

use smol_str::SmolStr;

use crate::error::Fault;
use crate::input::Input;
use crate::library::date::millis;
use crate::limits::Limits;
use crate::output::Output;
use crate::value::text::{of, too_deep};
use crate::value::{Heap, List, OrderedMap, Text, Texts, Value, number, text, utf16};

/// The value as a plain tree, bounded by the limits of the result.
pub(super) fn output(
    heap: &Heap,
    names: &mut Names,
    value: &Value,
    limits: &Limits,
) -> Result<Output, Fault> {
    let mut builder = Builder {
        heap,
        names,
        chars: 0,
        most: limits.result_chars,
    };
    let mut out = Output::Null;
    builder.value(value, &mut out, 0)?;
    Ok(out)
}

/// Constants of the script as texts of results, which are the same ones in every run.
#[derive(Debug, Default)]
pub(super) struct Names(Vec<(Text, SmolStr)>);

impl Names {
    /// A constant has the place of its first byte.
    const PLACES: usize = 1_024;

    /// Forgets the constants of another script.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    fn text(&mut self, texts: &Texts, text: Text) -> SmolStr {
        if !texts.is_constant(text) {
            return SmolStr::new(texts.get(text));
        }
        if let Some((known, name)) = self.0.get(text.place() % Self::PLACES)
            && known.is_same(text)
        {
            return name.clone();
        }
        self.learn(texts, text)
    }

    #[cold]
    fn learn(&mut self, texts: &Texts, text: Text) -> SmolStr {
        self.0.resize_with(Self::PLACES, Default::default);
        let name = SmolStr::new(texts.get(text));
        if let Some(place) = self.0.get_mut(text.place() % Self::PLACES) {
            *place = (text, name.clone());
        }
        name
    }
}

struct Builder<'h> {
    heap: &'h Heap,
    names: &'h mut Names,
    /// Characters of the JSON text so far.
    chars: usize,
    most: usize,
}

impl Builder<'_> {
    #[inline(always)]
    fn add(&mut self, n: usize) -> Result<(), Fault> {
        self.chars = self.chars.saturating_add(n);
        if self.chars > self.most {
            return Err(self.too_large());
        }
        Ok(())
    }

    #[cold]
    fn too_large(&self) -> Fault {
        Fault::limit(
            "result-size",
            format!("the result is larger than {} characters", self.most),
        )
    }

    fn text(&mut self, text: SmolStr, out: &mut Output) -> Result<(), Fault> {
        self.add(text.len() + 2)?;
        *out = Output::Str(text);
        Ok(())
    }

    /// Results are written where they stay: moving them costs more than making them.
    #[inline(always)]
    fn value(&mut self, value: &Value, out: &mut Output, depth: usize) -> Result<(), Fault> {
        if depth > self.heap.value_depth {
            return Err(too_deep());
        }
        match value {
            Value::Int(n) => {
                self.add(4)?;
                *out = Output::Int(*n);
                Ok(())
            }
            Value::Str(s) => {
                self.add(s.len() + 2)?;
                *out = Output::Str(self.names.text(self.heap.texts(), *s));
                Ok(())
            }
            other => self.other(other, out, depth),
        }
    }

    #[inline(never)]
    fn other(&mut self, value: &Value, out: &mut Output, depth: usize) -> Result<(), Fault> {
        let (size, scalar) = match value {
            Value::Undefined | Value::Null => (4, Output::Null),
            Value::Bool(b) => (5, Output::Bool(*b)),
            Value::Byte(n) => (4, Output::Int(i32::from(*n))),
            Value::Short(n) => (4, Output::Int(i32::from(*n))),
            Value::Int(n) => (4, Output::Int(*n)),
            Value::Long(n) => (8, Output::Long(*n)),
            Value::Float(x) => match number::not_finite(f64::from(*x)) {
                Some(word) => return self.text(SmolStr::new_static(word), out),
                None => (8, Output::Float(*x)),
            },
            Value::Double(x) => match number::not_finite(*x) {
                Some(word) => return self.text(SmolStr::new_static(word), out),
                None => (8, Output::Double(*x)),
            },
            Value::Big(big) => {
                let text = self.heap.str(big.text);
                (text.len(), Output::Big(SmolStr::new(text)))
            }
            Value::Str(s) => {
                let text = self.heap.str(*s);
                (text.len() + 2, Output::Str(SmolStr::new(text)))
            }
            Value::Char(c) => return self.text(utf16::unit_text(*c), out),
            Value::Map(id) => return self.map(self.heap.map(*id), out, depth),
            Value::List(id) => return self.list(self.heap.list(*id), out, depth),
            Value::Array(id) => return self.list(&self.heap.array(*id).items, out, depth),
            Value::Set(id) => {
                let set = self.heap.set(*id);
                self.add(2 + set.len())?;
                let mut items = nulls(set.len());
                for (item, place) in set.keys().zip(&mut items) {
                    self.value(item, place, depth + 1)?;
                }
                (0, Output::List(items))
            }
            Value::Entry(id) => {
                let entry = self.heap.entry(*id);
                let mut entries = Vec::with_capacity(1);
                self.entry(&entry.key, &entry.value, &mut entries, depth)?;
                (0, Output::Map(entries))
            }
            Value::Date(id) => {
                let date = self.heap.date(*id);
                if !date.plain {
                    return self.text(of(self.heap, value)?, out);
                }
                (0, Output::Long(millis(date.at)))
            }
            Value::Object(_) => {
                let message = format!("a {} cannot be a result", value.kind());
                return Err(Fault::runtime("class-result", message));
            }
            Value::Class(class) => {
                let message = format!("{} is a class and cannot be a result", class.name());
                return Err(Fault::runtime("class-result", message));
            }
        };
        self.add(size)?;
        *out = scalar;
        Ok(())
    }

    fn map(&mut self, map: &OrderedMap, out: &mut Output, depth: usize) -> Result<(), Fault> {
        self.add(2)?;
        let mut entries = Vec::with_capacity(map.len());
        for (key, item) in map.entries() {
            self.entry(key, item, &mut entries, depth)?;
        }
        *out = Output::Map(entries);
        Ok(())
    }

    fn list(&mut self, list: &List, out: &mut Output, depth: usize) -> Result<(), Fault> {
        self.add(2 + list.len())?;
        let mut items = nulls(list.len());
        match list.as_values() {
            Some(values) => {
                for (item, place) in values.iter().zip(&mut items) {
                    self.value(item, place, depth + 1)?;
                }
            }
            None => {
                for (item, place) in list.iter().zip(&mut items) {
                    self.value(&item, place, depth + 1)?;
                }
            }
        }
        *out = Output::List(items);
        Ok(())
    }

    #[inline(always)]
    fn entry(
        &mut self,
        key: &Value,
        value: &Value,
        entries: &mut Vec<(SmolStr, Output)>,
        depth: usize,
    ) -> Result<(), Fault> {
        let key = match key {
            Value::Str(s) => self.names.text(self.heap.texts(), *s),
            other => self.key(other)?,
        };
        self.add(key.len() + 4)?;
        entries.push((key, Output::Null));
        match entries.last_mut() {
            Some((_, place)) => self.value(value, place, depth + 1),
            None => Ok(()),
        }
    }
}

/// So many results that are to be written.
fn nulls(n: usize) -> Vec<Output> {
    let mut all = Vec::with_capacity(n);
    all.resize_with(n, || Output::Null);
    all
}

impl Builder<'_> {
    /// The text of a key that is none.
    #[cold]
    fn key(&self, key: &Value) -> Result<SmolStr, Fault> {
        if key.is_null() {
            return Err(
                Fault::runtime("null-key", "a map in the result has the key null")
                    .hint("put a choice in a map literal in parentheses: { key: (c ? x : y) }"),
            );
        }
        text::of(self.heap, key)
    }
}

/// What a host function returned, as an argument is read.
pub(super) fn input_of(output: &Output) -> Input<'_> {
    match output {
        Output::Null => Input::Null,
        Output::Bool(b) => Input::Bool(*b),
        Output::Int(n) => Input::Int(i64::from(*n)),
        Output::Long(n) => Input::Int(*n),
        Output::Float(x) => Input::Double(f64::from(*x)),
        Output::Double(x) => Input::Double(*x),
        Output::Big(text) => Input::BigInt(text),
        Output::Str(text) => Input::Str(text),
        Output::List(items) => Input::List(items.iter().map(input_of).collect()),
        Output::Map(entries) => Input::Map(
            entries
                .iter()
                .map(|(k, v)| (k.as_str(), input_of(v)))
                .collect(),
        ),
    }
}
