//! Values into results.

use smol_str::SmolStr;

use crate::error::Fault;
use crate::input::Input;
use crate::library::date::millis;
use crate::limits::Limits;
use crate::output::Output;
use crate::value::text::{of, too_deep};
use crate::value::{Heap, List, Value, number, text, utf16};

/// The value as a plain tree, bounded by the limits of the result.
pub(super) fn output(heap: &Heap, value: &Value, limits: &Limits) -> Result<Output, Fault> {
    let mut builder = Builder {
        heap,
        chars: 0,
        most: limits.result_chars,
    };
    builder.value(value, 0)
}

struct Builder<'h> {
    heap: &'h Heap,
    /// Characters of the JSON text so far.
    chars: usize,
    most: usize,
}

impl Builder<'_> {
    #[inline(always)]
    fn add(&mut self, n: usize) -> Result<(), Fault> {
        self.chars = self.chars.saturating_add(n);
        if self.chars > self.most {
            return Err(Fault::limit(
                "result-size",
                format!("the result is larger than {} characters", self.most),
            ));
        }
        Ok(())
    }

    #[inline(always)]
    fn text(&mut self, text: SmolStr) -> Result<Output, Fault> {
        self.add(text.len() + 2)?;
        Ok(Output::Str(text))
    }

    /// What most members are is made in place; the rest comes back through a call.
    #[inline(always)]
    fn value(&mut self, value: &Value, depth: usize) -> Result<Output, Fault> {
        if depth > self.heap.value_depth {
            return Err(too_deep());
        }
        match value {
            Value::Int(n) => self.int(*n),
            Value::Str(s) => self.text(SmolStr::new(self.heap.str(*s))),
            other => self.other(other, depth),
        }
    }

    #[inline(never)]
    fn other(&mut self, value: &Value, depth: usize) -> Result<Output, Fault> {
        Ok(match value {
            Value::Undefined | Value::Null => {
                self.add(4)?;
                Output::Null
            }
            Value::Bool(b) => {
                self.add(5)?;
                Output::Bool(*b)
            }
            Value::Byte(n) => self.int(i32::from(*n))?,
            Value::Short(n) => self.int(i32::from(*n))?,
            Value::Int(n) => self.int(*n)?,
            Value::Long(n) => {
                self.add(8)?;
                Output::Long(*n)
            }
            Value::Float(x) => match number::not_finite(f64::from(*x)) {
                Some(word) => self.text(SmolStr::new_static(word))?,
                None => {
                    self.add(8)?;
                    Output::Float(*x)
                }
            },
            Value::Double(x) => match number::not_finite(*x) {
                Some(word) => self.text(SmolStr::new_static(word))?,
                None => {
                    self.add(8)?;
                    Output::Double(*x)
                }
            },
            Value::Big(big) => {
                self.add(big.text.len())?;
                Output::Big(SmolStr::new(self.heap.str(big.text)))
            }
            Value::Str(s) => self.text(SmolStr::new(self.heap.str(*s)))?,
            Value::Char(c) => self.text(utf16::unit_text(*c))?,
            Value::List(id) => self.list(self.heap.list(*id), depth)?,
            Value::Array(id) => self.list(&self.heap.array(*id).items, depth)?,
            Value::Set(id) => {
                let set = self.heap.set(*id);
                self.add(2 + set.len())?;
                let items = set
                    .keys()
                    .map(|item| self.value(item, depth + 1))
                    .collect::<Result<_, _>>()?;
                Output::List(items)
            }
            Value::Map(id) => {
                let map = self.heap.map(*id);
                self.add(2)?;
                let mut entries = Vec::with_capacity(map.len());
                for (key, item) in map.entries() {
                    entries.push(self.entry(key, item, depth)?);
                }
                Output::Map(entries)
            }
            Value::Entry(id) => {
                let entry = self.heap.entry(*id);
                Output::Map(vec![self.entry(&entry.key, &entry.value, depth)?])
            }
            Value::Date(id) => {
                let date = self.heap.date(*id);
                if date.plain {
                    Output::Long(millis(date.at))
                } else {
                    self.text(of(self.heap, value)?)?
                }
            }
            Value::Object(_) => {
                let message = format!("a {} cannot be a result", value.kind());
                return Err(Fault::runtime("class-result", message));
            }
            Value::Class(class) => {
                let message = format!("{} is a class and cannot be a result", class.name());
                return Err(Fault::runtime("class-result", message));
            }
        })
    }

    fn int(&mut self, n: i32) -> Result<Output, Fault> {
        self.add(4)?;
        Ok(Output::Int(n))
    }

    fn list(&mut self, list: &List, depth: usize) -> Result<Output, Fault> {
        self.add(2 + list.len())?;
        let mut items = Vec::with_capacity(list.len());
        match list.as_values() {
            Some(values) => {
                for item in values {
                    items.push(self.value(item, depth + 1)?);
                }
            }
            None => {
                for item in list.iter() {
                    items.push(self.value(&item, depth + 1)?);
                }
            }
        }
        Ok(Output::List(items))
    }

    #[inline(always)]
    fn entry(
        &mut self,
        key: &Value,
        value: &Value,
        depth: usize,
    ) -> Result<(SmolStr, Output), Fault> {
        let key = match key {
            Value::Str(s) => SmolStr::new(self.heap.str(*s)),
            other => self.key(other)?,
        };
        self.add(key.len() + 4)?;
        Ok((key, self.value(value, depth + 1)?))
    }
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
