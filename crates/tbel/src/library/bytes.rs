//! Bytes as numbers.

use super::Table;
use super::call::Call;
use crate::error::Fault;
use crate::value::{Heap, List, Value, convert, text};

pub(super) const BUILTINS: Table = &[
    ("parseBytesToInt", |c| {
        number(c, 4).map(|n| Value::Int(n as i32))
    }),
    ("parseBytesToLong", |c| {
        number(c, 8).map(|n| Value::Long(n as i64))
    }),
    ("parseBytesToFloat", to_float),
    ("parseBytesToDouble", to_double),
    ("parseBytesIntToFloat", |c| {
        number(c, 4).map(|n| Value::Float(n as u32 as f32))
    }),
    ("parseBytesLongToDouble", |c| {
        number(c, 8).map(|n| Value::Double(n as f64))
    }),
    ("bytesToExecutionArrayList", to_list),
    ("printUnsignedBytes", unsigned),
];

/// One element as a byte: a byte, an int -128..255, or a text that `parseInt` reads.
fn element(heap: &Heap, value: &Value, strict: bool) -> Option<u8> {
    let n = match value {
        Value::Byte(n) => return Some(n.to_ne_bytes()[0]),
        Value::Int(n) => i64::from(*n),
        Value::Str(s) => super::parse::int_text(heap.str(*s))?,
        Value::Char(_) | Value::Null => return None,
        other if !strict => {
            let number = || convert::number(heap, other).map(convert::f64_to_i64);
            convert::integer(other).or_else(number)?
        }
        _ => return None,
    };
    if !strict {
        return Some(n as u8);
    }
    i8::try_from(n)
        .map(|n| n.to_ne_bytes()[0])
        .or_else(|_| u8::try_from(n))
        .ok()
}

fn elements(heap: &Heap, i: usize, list: &List, strict: bool) -> Result<Vec<u8>, Fault> {
    if let Some(bytes) = list.as_bytes() {
        return Ok(bytes.to_vec());
    }
    list.iter()
        .map(|value| byte(heap, i, &value, strict))
        .collect()
}

/// An element of an argument as a byte.
fn byte(heap: &Heap, i: usize, value: &Value, strict: bool) -> Result<u8, Fault> {
    element(heap, value, strict).ok_or_else(|| {
        let shown = text::scalar(heap, value).unwrap_or_default();
        let message = format!(
            "argument {} holds {} {shown}, which is no byte",
            i + 1,
            value.kind()
        );
        Fault::runtime("not-a-byte", message)
    })
}

/// A list of bytes, strictly: for decoding text.
pub(super) fn decode_elements(call: &Call<'_>, i: usize) -> Result<Vec<u8>, Fault> {
    match call.arg(i) {
        Value::List(id) => {
            call.heap.spend(call.heap.list(*id).len() / 16);
            elements(call.heap, i, call.heap.list(*id), true)
        }
        _ => Err(call.bad(i, "a list of bytes")),
    }
}

/// Bytes of a list or an array.
pub(super) fn bytes_of(call: &Call<'_>, i: usize) -> Result<Vec<u8>, Fault> {
    match call.arg(i) {
        Value::List(id) => {
            call.heap.spend(call.heap.list(*id).len() / 16);
            elements(call.heap, i, call.heap.list(*id), false)
        }
        Value::Array(id) => elements(call.heap, i, &call.heap.array(*id).items, false),
        _ => Err(call.bad(i, "a list or array of bytes")),
    }
}

/// Offset and length among `size` bytes, at most `most` of them.
fn range(call: &Call<'_>, size: usize, most: usize) -> Result<(usize, usize), Fault> {
    call.expect(1, 4)?;
    let wrong = |message: String| Fault::runtime("out-of-range", message);
    let offset = if call.count() > 1 { call.int(1)? } else { 0 };
    let offset = usize::try_from(offset)
        .ok()
        .filter(|o| *o <= size)
        .ok_or_else(|| wrong(format!("offset {offset} is outside of {size} bytes")))?;
    if call.count() < 3 {
        return Ok((offset, (size - offset).min(most)));
    }
    let length = call.int(2)?;
    let fits = usize::try_from(length)
        .ok()
        .filter(|l| *l <= most && offset + l <= size);
    let length = fits.ok_or_else(|| {
        wrong(format!(
            "length {length} at offset {offset} is outside of {size} bytes, or more than {most}"
        ))
    })?;
    Ok((offset, length))
}

/// The bytes that the arguments select, most significant first.
fn selected(call: &Call<'_>, most: usize) -> Result<([u8; 8], usize), Fault> {
    let mut out = [0u8; 8];
    let big_endian = call.bool_or(3, true)?;
    let mut fill = |part: &[u8]| {
        for (slot, byte) in out.iter_mut().zip(part) {
            *slot = *byte;
        }
        if !big_endian && let Some(used) = out.get_mut(..part.len()) {
            used.reverse();
        }
    };
    let list = match call.arg(0) {
        Value::List(id) => call.heap.list(*id),
        Value::Array(id) => &call.heap.array(*id).items,
        _ => return Err(call.bad(0, "a list or array of bytes")),
    };
    let (offset, length) = range(call, list.len(), most)?;
    if let Some(bytes) = list.as_bytes() {
        fill(bytes.get(offset..offset + length).unwrap_or_default());
    } else {
        let mut part = [0u8; 8];
        for (at, place) in part.iter_mut().enumerate().take(length) {
            let value = list.get(offset + at).unwrap_or(Value::Null);
            *place = byte(call.heap, 0, &value, false)?;
        }
        fill(part.get(..length).unwrap_or_default());
    }
    Ok((out, length))
}

/// The unsigned number of up to `most` bytes.
fn number(call: &mut Call<'_>, most: usize) -> Result<u64, Fault> {
    let (bytes, length) = selected(call, most)?;
    Ok(bytes
        .iter()
        .take(length)
        .fold(0u64, |n, b| n << 8 | u64::from(*b)))
}

fn to_float(call: &mut Call<'_>) -> Result<Value, Fault> {
    let x = f32::from_bits(number(call, 4)? as u32);
    if x.is_nan() {
        Err(not_a_number())
    } else {
        Ok(Value::Float(x))
    }
}

fn to_double(call: &mut Call<'_>) -> Result<Value, Fault> {
    let x = f64::from_bits(number(call, 8)?);
    if x.is_nan() {
        Err(not_a_number())
    } else {
        Ok(Value::Double(x))
    }
}

fn not_a_number() -> Fault {
    Fault::runtime("not-a-number", "the bytes are not a number (NaN)")
}

fn to_list(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 1)?;
    let list = match call.arg(0) {
        Value::Array(id) => call.heap.array(*id).items.copy(false),
        _ => return Err(call.bad(0, "an array")),
    };
    Ok(call.heap.add_list(list))
}

fn unsigned(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 1)?;
    let Value::List(id) = call.arg(0) else {
        return Err(call.bad(0, "a list of bytes"));
    };
    let mut values = Vec::new();
    for item in call.heap.list(*id).iter() {
        match item {
            Value::Byte(n) => values.push(Value::Int(i32::from(n.to_ne_bytes()[0]))),
            _ => return Err(call.bad(0, "a list of bytes")),
        }
    }
    Ok(call.heap.new_list(values))
}
