//! JSON text to values and back.
//!
//! Reading is strict, except that whatever follows the first value is ignored; members that are null are
//! dropped. Both directions are bounded in depth.

use super::Table;
use super::bytes::decode_elements;
use super::call::Call;
use crate::error::Fault;
use crate::value::text::too_deep;
use crate::value::{Big, ElementKind, Heap, List, OrderedMap, Text, Value, number, text, utf16};

pub(super) const STATICS: Table = &[("parse", parse), ("stringify", stringify)];

pub(super) const BUILTINS: Table = &[("decodeToJson", decode_to_json)];

fn parse(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 1)?;
    if call.arg(0).is_null() {
        return Ok(Value::Null);
    }
    let text = call.str_text(0)?;
    parse_own(call.heap, text)
}

/// Of a payload or a text.
fn decode_to_json(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 1)?;
    match call.arg(0) {
        Value::Str(text) => parse_own(call.heap, *text),
        Value::Null => Ok(Value::Null),
        _ => {
            let text = match String::from_utf8(decode_elements(call, 0)?) {
                Ok(text) => text,
                Err(e) => String::from_utf8_lossy(e.as_bytes()).into_owned(),
            };
            parse_text(call.heap, &text)
        }
    }
}

fn stringify(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 1)?;
    let mut out = String::new();
    Writer { heap: call.heap }.value(call.arg(0), &mut out, 0)?;
    call.new_str(out)
}

/// Reads the first JSON value of a text.
pub(crate) fn parse_text(heap: &mut Heap, text: &str) -> Result<Value, Fault> {
    let whole = heap.texts_mut().add(text);
    heap.charge(text.len());
    parse_whole(heap, text, whole)
}

/// The same of a text of the run.
fn parse_own(heap: &mut Heap, whole: Text) -> Result<Value, Fault> {
    // Read from a copy: texts with escapes are made meanwhile.
    let text = heap.str(whole).to_owned();
    parse_whole(heap, &text, whole)
}

/// Texts without escapes become parts of the whole.
fn parse_whole(heap: &mut Heap, text: &str, whole: Text) -> Result<Value, Fault> {
    heap.spend(text.len() / 8);
    let mut reader = Reader {
        heap,
        text,
        whole,
        at: 0,
    };
    let value = reader.value(0)?;
    Ok(match value {
        // At the top the reference gives numbers that fit no type as text.
        Value::Big(big) => Value::Str(big.text),
        other => other,
    })
}

struct Reader<'h, 't> {
    heap: &'h mut Heap,
    text: &'t str,
    /// The same text among those of the run.
    whole: Text,
    at: usize,
}

impl Reader<'_, '_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn bad(&self, what: &str) -> Fault {
        let near: String = self
            .text
            .get(self.at..)
            .unwrap_or("")
            .chars()
            .take(20)
            .collect();
        let near = super::string::printable(&near);
        Fault::runtime(
            "bad-json",
            format!(
                "not JSON: {what} at character {} near '{near}'",
                self.at + 1
            ),
        )
    }

    fn value(&mut self, depth: usize) -> Result<Value, Fault> {
        if depth > self.heap.value_depth {
            return Err(too_deep());
        }
        self.space();
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => {
                let text = self.string()?;
                self.heap.charge(text.len());
                Ok(Value::Str(text))
            }
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            Some(_) => Err(self.bad("a value cannot begin like this")),
            None => Err(self.bad("the text ends where a value is expected")),
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, Fault> {
        let rest = self.text.get(self.at..).unwrap_or("");
        if !rest.starts_with(word)
            || rest
                .as_bytes()
                .get(word.len())
                .is_some_and(u8::is_ascii_alphanumeric)
        {
            return Err(self.bad("unknown word"));
        }
        self.at += word.len();
        Ok(value)
    }

    fn object(&mut self, depth: usize) -> Result<Value, Fault> {
        self.at += 1;
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(self.heap.new_map(OrderedMap::default()));
        }
        let mut map = self.heap.empty_map(8);
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return Err(self.bad("expected a member name in double quotes"));
            }
            let key = self.string()?;
            self.space();
            if self.peek() != Some(b':') {
                return Err(self.bad("expected ':'"));
            }
            self.at += 1;
            let value = self.value(depth + 1)?;
            if value.is_null() {
                map.remove(self.heap.texts(), &Value::Str(key));
            } else {
                map.insert(self.heap.texts(), Value::Str(key), value);
            }
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(self.heap.new_map(map));
                }
                _ => return Err(self.bad("expected ',' or '}'")),
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value, Fault> {
        self.at += 1;
        let mut items = self.heap.empty_list();
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(self.heap.new_list(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(self.heap.new_list(items));
                }
                _ => return Err(self.bad("expected ',' or ']'")),
            }
        }
    }

    fn string(&mut self) -> Result<Text, Fault> {
        let start = self.at + 1;
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        let end = start + plain(rest);
        match self.text.as_bytes().get(end) {
            Some(b'"') => {
                self.at = end + 1;
                Ok(self.whole.within(start, end))
            }
            Some(0..=31) => {
                self.at = end;
                Err(self.bad("control character in a string"))
            }
            _ => self.escaped_string(start, end),
        }
    }

    /// The slow way, for strings with escapes.
    fn escaped_string(&mut self, start: usize, mut at: usize) -> Result<Text, Fault> {
        let mut out = String::from(self.text.get(start..at).unwrap_or(""));
        let mut units: Vec<u16> = Vec::new();
        loop {
            let rest = self.text.get(at..).unwrap_or("");
            let Some(c) = rest.chars().next() else {
                self.at = at;
                return Err(self.bad("the string is never closed"));
            };
            if c != '\\' {
                out.push_str(&String::from_utf16_lossy(&units));
                units.clear();
            }
            at += c.len_utf8();
            match c {
                '"' => {
                    self.at = at;
                    return Ok(self.heap.texts_mut().add(&out));
                }
                '\\' => {
                    let escape = self.text.as_bytes().get(at).copied().unwrap_or(0);
                    at += 1;
                    let unit = match escape {
                        b'"' | b'\\' | b'/' => u16::from(escape),
                        b'b' => 8,
                        b'f' => 12,
                        b'n' => 10,
                        b'r' => 13,
                        b't' => 9,
                        b'u' => {
                            let digits = self
                                .text
                                .get(at..at + 4)
                                .filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
                            at += 4;
                            match digits.and_then(|d| u16::from_str_radix(d, 16).ok()) {
                                Some(unit) => unit,
                                None => return Err(self.bad("\\u needs four hexadecimal digits")),
                            }
                        }
                        _ => return Err(self.bad("unknown escape in a string")),
                    };
                    units.push(unit);
                }
                c if u32::from(c) < 32 => return Err(self.bad("control character in a string")),
                c => out.push(c),
            }
        }
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while self.peek().is_some_and(|b| b.is_ascii_digit()) {
            self.at += 1;
        }
        self.at - start
    }

    fn number(&mut self) -> Result<Value, Fault> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let leading_zero = self.peek() == Some(b'0');
        let whole = self.digits();
        if whole == 0 || (leading_zero && whole > 1) {
            return Err(self.bad("malformed number"));
        }
        let mut floating = false;
        if self.peek() == Some(b'.') {
            self.at += 1;
            floating = true;
            if self.digits() == 0 {
                return Err(self.bad("malformed number"));
            }
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            floating = true;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            if self.digits() == 0 {
                return Err(self.bad("malformed number"));
            }
        }
        if self
            .peek()
            .is_some_and(|b| b.is_ascii_alphanumeric() || b == b'.')
        {
            return Err(self.bad("malformed number"));
        }
        let text = self.text.get(start..self.at).unwrap_or("0");
        if floating {
            return text
                .parse()
                .map(Value::Double)
                .map_err(|_| self.bad("malformed number"));
        }
        Ok(match text.parse::<i64>() {
            Ok(n) => Value::integer(n),
            Err(_) => {
                self.heap.charge(text.len());
                Value::Big(Big {
                    text: self.whole.within(start, self.at),
                    decimal: false,
                })
            }
        })
    }
}

/// How many bytes of a string stand for themselves: up to a quote, a backslash or a control character.
fn plain(bytes: &[u8]) -> usize {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    // Marks the first byte below `n`, eight bytes at a time.
    let below = |word: u64, n: u64| word.wrapping_sub(LOW * n) & !word;
    let (words, _) = bytes.as_chunks::<8>();
    let mut at = 0;
    for word in words {
        let word = u64::from_le_bytes(*word);
        let quote = below(word ^ (LOW * u64::from(b'"')), 1);
        let backslash = below(word ^ (LOW * u64::from(b'\\')), 1);
        let special = (quote | backslash | below(word, 32)) & HIGH;
        if special != 0 {
            return at + (special.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    let special = |b: &u8| matches!(b, b'"' | b'\\' | 0..=31);
    at + rest.iter().position(special).unwrap_or(rest.len())
}

/// Writes compact JSON.
pub(crate) struct Writer<'h> {
    pub(crate) heap: &'h Heap,
}

impl Writer<'_> {
    pub(crate) fn value(&self, value: &Value, out: &mut String, depth: usize) -> Result<(), Fault> {
        if depth > self.heap.value_depth {
            return Err(too_deep());
        }
        self.heap.spend(1);
        self.heap.check_single(out.len(), 1, "the JSON text")?;
        match value {
            Value::Str(s) => quote(self.heap.str(*s), out),
            Value::Char(c) => quote(&utf16::unit_text(*c), out),
            Value::Double(x) => match number::not_finite(*x) {
                Some(word) => quote(word, out),
                None => out.push_str(&number::double_text(*x)),
            },
            Value::Float(x) => match number::not_finite(f64::from(*x)) {
                Some(word) => quote(word, out),
                None => out.push_str(&number::float_text(*x)),
            },
            Value::List(id) => self.list(self.heap.list(*id), out, depth)?,
            Value::Set(id) => {
                out.push('[');
                for (i, item) in self.heap.set(*id).keys().enumerate() {
                    comma(out, i);
                    self.value(item, out, depth + 1)?;
                }
                out.push(']');
            }
            Value::Array(id) => {
                let array = self.heap.array(*id);
                match array.items.as_bytes() {
                    Some(bytes) if array.kind == ElementKind::Byte => {
                        quote(&super::base64::encode(bytes), out);
                    }
                    _ => self.list(&array.items, out, depth)?,
                }
            }
            Value::Map(id) => {
                out.push('{');
                for (i, (key, item)) in self.heap.map(*id).entries().iter().enumerate() {
                    comma(out, i);
                    self.member(key, item, out, depth)?;
                }
                out.push('}');
            }
            Value::Entry(id) => {
                let entry = self.heap.entry(*id);
                out.push('{');
                self.member(&entry.key, &entry.value, out, depth)?;
                out.push('}');
            }
            Value::Date(_) | Value::Class(_) | Value::Object(_) => {
                quote(&text::of(self.heap, value)?, out);
            }
            other => out.push_str(&text::scalar(self.heap, other).unwrap_or_default()),
        }
        Ok(())
    }

    fn list(&self, list: &List, out: &mut String, depth: usize) -> Result<(), Fault> {
        out.push('[');
        for (i, item) in list.iter().enumerate() {
            comma(out, i);
            self.value(&item, out, depth + 1)?;
        }
        out.push(']');
        Ok(())
    }

    fn member(
        &self,
        key: &Value,
        value: &Value,
        out: &mut String,
        depth: usize,
    ) -> Result<(), Fault> {
        match key {
            Value::Str(s) => quote(self.heap.str(*s), out),
            other => quote(&text::of(self.heap, other)?, out),
        }
        out.push(':');
        self.value(value, out, depth + 1)
    }
}

fn comma(out: &mut String, i: usize) {
    if i > 0 {
        out.push(',');
    }
}

/// A JSON string; only what must be escaped is.
fn quote(s: &str, out: &mut String) {
    use std::fmt::Write;
    out.push('"');
    let mut from = 0;
    for (i, b) in s.bytes().enumerate() {
        if b >= 32 && b != b'"' && b != b'\\' {
            continue;
        }
        out.push_str(s.get(from..i).unwrap_or(""));
        from = i + 1;
        match b {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            8 => out.push_str("\\b"),
            12 => out.push_str("\\f"),
            _ => {
                let _ = write!(out, "\\u{b:04X}");
            }
        }
    }
    out.push_str(s.get(from..).unwrap_or(""));
    out.push('"');
}
