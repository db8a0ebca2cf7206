//! What a library function sees of the run, and how it reads its arguments.

use std::borrow::Cow;

use smol_str::SmolStr;

use super::Regexes;
use crate::error::Fault;
use crate::host::Host;
use crate::value::convert::{f64_to_i32, f64_to_i64};
use crate::value::{Heap, ListId, MapId, Text, Value, convert, text};

static NULL: Value = Value::Null;

/// A small deterministic generator: the host gives the seed.
#[derive(Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// In 0..1.
    pub(crate) fn next_double(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// One call of a library function.
pub(crate) struct Call<'a> {
    pub(crate) heap: &'a mut Heap,
    pub(crate) host: &'a Host,
    pub(crate) random: &'a mut Random,
    pub(crate) regexes: &'a mut Regexes,
    pub(crate) args: &'a [Value],
}

impl<'a> Call<'a> {
    pub(crate) fn count(&self) -> usize {
        self.args.len()
    }

    /// An argument, null when it is missing.
    pub(crate) fn arg(&self, i: usize) -> &'a Value {
        self.args.get(i).unwrap_or(&NULL)
    }

    /// Fails unless the number of arguments is in the range.
    pub(crate) fn expect(&self, least: usize, most: usize) -> Result<(), Fault> {
        let n = self.args.len();
        if (least..=most).contains(&n) {
            return Ok(());
        }
        Err(Fault::runtime(
            "argument-count",
            format!("expected {least} to {most} arguments, got {n}"),
        ))
    }

    /// The same for methods, whose first argument is the receiver.
    pub(crate) fn expect_method(&self, least: usize, most: usize) -> Result<(), Fault> {
        let n = self.args.len().saturating_sub(1);
        if (least..=most).contains(&n) {
            return Ok(());
        }
        Err(Fault::runtime(
            "argument-count",
            format!("expected {least} to {most} arguments, got {n}"),
        ))
    }

    pub(crate) fn bad(&self, i: usize, wanted: &str) -> Fault {
        Fault::runtime(
            "argument-type",
            format!(
                "argument {} is a {}, expected {wanted}",
                i + 1,
                self.arg(i).kind()
            ),
        )
    }

    /// A string argument; numbers and chars become text.
    pub(crate) fn str(&self, i: usize) -> Result<Cow<'_, str>, Fault> {
        match self.arg(i) {
            Value::Str(s) => Ok(Cow::Borrowed(self.heap.str(*s))),
            value @ (Value::Char(_)
            | Value::Bool(_)
            | Value::Byte(_)
            | Value::Short(_)
            | Value::Int(_)
            | Value::Long(_)
            | Value::Float(_)
            | Value::Double(_)
            | Value::Big(_)) => Ok(Cow::Owned(
                text::scalar(self.heap, value)
                    .unwrap_or_default()
                    .to_string(),
            )),
            _ => Err(self.bad(i, "a string")),
        }
    }

    /// A string argument that must be one.
    pub(crate) fn only_str(&self, i: usize) -> Result<&str, Fault> {
        match self.arg(i) {
            Value::Str(s) => Ok(self.heap.str(*s)),
            _ => Err(self.bad(i, "a string")),
        }
    }

    /// The same as its own copy.
    pub(crate) fn own_str(&self, i: usize) -> Result<SmolStr, Fault> {
        self.str(i).map(|text| SmolStr::new(&text))
    }

    /// The same as a text of the run.
    pub(crate) fn str_text(&mut self, i: usize) -> Result<Text, Fault> {
        if let Value::Str(text) = self.arg(i) {
            return Ok(*text);
        }
        let text = self.own_str(i)?;
        Ok(self.heap.new_text(&text))
    }

    /// A string argument that must be one, as a text of the run.
    pub(crate) fn only_text(&self, i: usize) -> Result<Text, Fault> {
        match self.arg(i) {
            Value::Str(text) => Ok(*text),
            _ => Err(self.bad(i, "a string")),
        }
    }

    /// The text form of any argument.
    pub(crate) fn text(&self, i: usize) -> Result<SmolStr, Fault> {
        text::of(self.heap, self.arg(i))
    }

    /// An int argument; other numbers are truncated and numeric strings converted.
    pub(crate) fn int(&self, i: usize) -> Result<i32, Fault> {
        match self.arg(i) {
            Value::Int(n) => Ok(*n),
            Value::Byte(n) => Ok(i32::from(*n)),
            Value::Short(n) => Ok(i32::from(*n)),
            Value::Long(n) => Ok(*n as i32),
            Value::Float(x) => Ok(f64_to_i32(f64::from(*x))),
            Value::Double(x) => Ok(f64_to_i32(*x)),
            Value::Char(c) => Ok(i32::from(*c)),
            Value::Str(s) => {
                let s = self.heap.str(*s).trim();
                s.parse().map_err(|_| self.bad(i, "an int"))
            }
            _ => Err(self.bad(i, "an int")),
        }
    }

    pub(crate) fn long(&self, i: usize) -> Result<i64, Fault> {
        match self.arg(i) {
            Value::Float(x) => Ok(f64_to_i64(f64::from(*x))),
            Value::Double(x) => Ok(f64_to_i64(*x)),
            Value::Str(s) => {
                let s = self.heap.str(*s).trim();
                s.parse().map_err(|_| self.bad(i, "a long"))
            }
            value => convert::integer(value).ok_or_else(|| self.bad(i, "a long")),
        }
    }

    pub(crate) fn double(&self, i: usize) -> Result<f64, Fault> {
        match self.arg(i) {
            Value::Str(s) => {
                let s = self.heap.str(*s).trim();
                s.parse().map_err(|_| self.bad(i, "a number"))
            }
            value => convert::number(self.heap, value).ok_or_else(|| self.bad(i, "a number")),
        }
    }

    pub(crate) fn bool(&self, i: usize) -> Result<bool, Fault> {
        match self.arg(i) {
            Value::Bool(b) => Ok(*b),
            Value::Str(s) => Ok(self.heap.str(*s).eq_ignore_ascii_case("true")),
            _ => Err(self.bad(i, "a boolean")),
        }
    }

    /// A boolean that may be left out.
    pub(crate) fn bool_or(&self, i: usize, default: bool) -> Result<bool, Fault> {
        if self.args.len() > i {
            self.bool(i)
        } else {
            Ok(default)
        }
    }

    pub(crate) fn list(&self, i: usize) -> Result<ListId, Fault> {
        match self.arg(i) {
            Value::List(id) => Ok(*id),
            _ => Err(self.bad(i, "a list")),
        }
    }

    pub(crate) fn map(&self, i: usize) -> Result<MapId, Fault> {
        match self.arg(i) {
            Value::Map(id) => Ok(*id),
            _ => Err(self.bad(i, "a map")),
        }
    }

    /// The elements of any collection.
    pub(crate) fn elements(&self, i: usize) -> Result<Vec<Value>, Fault> {
        let values = match self.arg(i) {
            Value::List(id) => self.heap.list(*id).to_values(),
            Value::Set(id) => self.heap.set(*id).keys().copied().collect(),
            Value::Array(id) => self.heap.array(*id).items.to_values(),
            _ => return Err(self.bad(i, "a collection")),
        };
        self.heap.spend(values.len() / 4);
        Ok(values)
    }

    pub(crate) fn new_str(&mut self, text: impl AsRef<str>) -> Result<Value, Fault> {
        Ok(self.heap.new_str(text))
    }
}

/// An index into something of this length.
pub(crate) fn checked_index(at: i32, len: usize) -> Result<usize, Fault> {
    usize::try_from(at)
        .ok()
        .filter(|i| *i < len)
        .ok_or_else(|| out_of_range(i64::from(at), len))
}

/// A position in something of this length, its end included.
pub(crate) fn checked_position(at: i32, len: usize) -> Result<usize, Fault> {
    usize::try_from(at)
        .ok()
        .filter(|i| *i <= len)
        .ok_or_else(|| out_of_range(i64::from(at), len))
}

pub(crate) fn out_of_range(at: i64, len: usize) -> Fault {
    Fault::runtime(
        "out-of-range",
        format!("index {at} is out of range for length {len}"),
    )
}

/// A position that counts from the end when it is negative, kept inside.
pub(crate) fn relative(at: i32, len: usize) -> usize {
    let len_i = i64::try_from(len).unwrap_or(i64::MAX);
    let at = i64::from(at);
    let at = if at < 0 { at + len_i } else { at };
    usize::try_from(at.clamp(0, len_i)).unwrap_or(0)
}
