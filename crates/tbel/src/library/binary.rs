//! Numbers as arrays of bits.

use super::Table;
use super::bytes::bytes_of;
use super::call::Call;
use crate::error::Fault;
use crate::value::{Array, ElementKind, List, Value, convert};

pub(super) const BUILTINS: Table = &[
    ("parseByteToBinaryArray", byte_to_bits),
    ("parseBytesToBinaryArray", bytes_to_bits),
    ("parseLongToBinaryArray", long_to_bits),
    ("parseBinaryArrayToInt", bits_to_int),
];

/// The low `n` bits of a number of `width` bits, most significant first.
fn bits(value: u64, width: usize, n: usize) -> Vec<u8> {
    let n = n.min(width);
    (0..n)
        .rev()
        .map(|i| u8::from(value >> i & 1 == 1))
        .collect()
}

fn bit_array(call: &mut Call<'_>, bits: Vec<u8>) -> Value {
    call.heap.new_array(Array {
        kind: ElementKind::Byte,
        items: List::of_bytes(bits),
    })
}

fn wanted(call: &Call<'_>, i: usize, default: usize) -> Result<usize, Fault> {
    if call.count() <= i {
        return Ok(default);
    }
    usize::try_from(call.int(i)?)
        .map_err(|_| Fault::runtime("argument-value", "the number of bits is negative"))
}

fn byte_to_bits(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 3)?;
    let value = call.int(0)? as u8;
    let mut out = bits(u64::from(value), 8, wanted(call, 1, 8)?);
    if !call.bool_or(2, true)? {
        out.reverse();
    }
    Ok(bit_array(call, out))
}

fn long_to_bits(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 2)?;
    let out = bits(call.long(0)? as u64, 64, wanted(call, 1, 64)?);
    Ok(bit_array(call, out))
}

/// All bits; with a length, the last bits of the whole without the first byte's leading ones.
fn bytes_to_bits(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 2)?;
    let bytes = bytes_of(call, 0)?;
    call.heap
        .check_single(bytes.len() * 8, 2, "the array of bits")?;
    let mut out: Vec<u8> = bytes
        .iter()
        .flat_map(|b| bits(u64::from(*b), 8, 8))
        .collect();
    let n = wanted(call, 1, out.len())?;
    if n < out.len() {
        out = shorten(&bytes, n);
    }
    Ok(bit_array(call, out))
}

/// The first byte gives up its leading bits.
fn shorten(bytes: &[u8], n: usize) -> Vec<u8> {
    let all: Vec<u8> = bytes
        .iter()
        .flat_map(|b| bits(u64::from(*b), 8, 8))
        .collect();
    all.get(all.len() - n..).unwrap_or_default().to_vec()
}

fn bits_to_int(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 3)?;
    let all = call.elements(0)?;
    let offset = usize::try_from(if call.count() > 1 { call.int(1)? } else { 0 })
        .map_err(|_| Fault::runtime("argument-value", "the offset is negative"))?;
    let length = wanted(call, 2, all.len().saturating_sub(offset))?;
    let selected = all.iter().skip(offset).take(length);
    let mut value = 0i32;
    let mut count = 0;
    for bit in selected {
        // Only the lowest bit of each element counts.
        let bit = convert::number(call.heap, bit)
            .map(convert::f64_to_i64)
            .ok_or_else(|| call.bad(0, "an array of bits"))?;
        value = value << 1 | (bit & 1) as i32;
        count += 1;
    }
    let negative = count == 8 && offset == 0 && value & 0x80 != 0;
    Ok(Value::Int(if negative { value - 256 } else { value }))
}
