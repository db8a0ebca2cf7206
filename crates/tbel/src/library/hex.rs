//! Hexadecimal text.

use super::Table;
use super::bytes::bytes_of;
use super::call::Call;
use super::integer::to_radix;
use crate::error::Fault;
use crate::value::Value;

pub(super) const BUILTINS: Table = &[
    ("hexToBytes", |c| {
        let bytes = decode(c.only_str(0)?)?;
        Ok(c.heap.new_byte_list(bytes))
    }),
    ("hexToBytesArray", |c| {
        let bytes = decode(c.only_str(0)?)?;
        Ok(c.heap.new_byte_array(bytes))
    }),
    ("hexToBase64", |c| {
        let text = super::base64::encode(&decode(c.only_str(0)?)?);
        c.new_str(text)
    }),
    ("bytesToHex", |c| {
        let text = upper(&bytes_of(c, 0)?);
        c.new_str(text)
    }),
    ("intToHex", |c| {
        let n = i64::from(c.int(0)?);
        number_text(c, n, 1, true)
    }),
    ("longToHex", |c| {
        let n = c.long(0)?;
        number_text(c, n, 1, false)
    }),
    ("intLongToRadixString", radix_text),
    ("floatToHex", |c| {
        let bits = (c.double(0)? as f32).to_bits();
        bits_text(c, &bits.to_be_bytes())
    }),
    ("doubleToHex", |c| {
        let bits = c.double(0)?.to_bits();
        bits_text(c, &bits.to_be_bytes())
    }),
];

/// The two digits of every byte.
const PAIRS: [[u8; 2]; 256] = {
    let digits = b"0123456789ABCDEF";
    let mut pairs = [[0; 2]; 256];
    let mut n = 0;
    while n < 256 {
        pairs[n] = [digits[n >> 4], digits[n & 15]];
        n += 1;
    }
    pairs
};

pub(super) fn upper(bytes: &[u8]) -> String {
    let mut out = Vec::with_capacity(bytes.len() * 2);
    for b in bytes {
        out.extend_from_slice(&PAIRS[usize::from(*b)]);
    }
    // Only digits are in it.
    String::from_utf8(out).unwrap_or_default()
}

/// Bytes of an optional `0x` and an even number of digits.
pub(super) fn decode(text: &str) -> Result<Vec<u8>, Fault> {
    let digits = text
        .strip_prefix("0x")
        .or_else(|| text.strip_prefix("0X"))
        .unwrap_or(text);
    let bad = |why: &str| {
        Fault::runtime(
            "bad-hex",
            format!(
                "'{}' is not hexadecimal: {why}",
                super::string::printable(text)
            ),
        )
    };
    if digits.is_empty() {
        return Err(bad("it is empty"));
    }
    if !digits.len().is_multiple_of(2) {
        return Err(bad("the number of digits is odd"));
    }
    digits
        .as_bytes()
        .chunks(2)
        .map(|pair| {
            let nibble = |i: usize| pair.get(i).and_then(|b| char::from(*b).to_digit(16));
            match (nibble(0), nibble(1)) {
                (Some(high), Some(low)) => Ok((high * 16 + low) as u8),
                _ => Err(bad("it has other characters than 0-9 and A-F")),
            }
        })
        .collect()
}

/// The fewest bytes of a number; of a negative one the leading FFs but one are dropped.
fn minimal(n: i64) -> Vec<u8> {
    let bytes = n.to_be_bytes();
    let skip_byte = if n < 0 { 0xFF } else { 0 };
    let skip = bytes
        .iter()
        .take(7)
        .take_while(|b| **b == skip_byte)
        .count();
    let mut out = bytes.get(skip..).unwrap_or_default().to_vec();
    if n < 0 && skip > 0 {
        out.insert(0, 0xFF);
    }
    out
}

/// Arguments from `first` on: big endian, prefix, length.
fn number_text(call: &mut Call<'_>, n: i64, first: usize, int: bool) -> Result<Value, Fault> {
    call.expect(1, 4)?;
    // An int keeps its own width: its least value has no leading FF to spare.
    let mut bytes = if int && n == i64::from(i32::MIN) {
        vec![0x80, 0, 0, 0]
    } else {
        minimal(n)
    };
    if !call.bool_or(first, true)? {
        bytes.reverse();
    }
    let mut text = upper(&bytes);
    if call.count() > first + 2 {
        let wanted = usize::try_from(call.int(first + 2)?).unwrap_or(usize::MAX);
        let start = text.len().checked_sub(wanted);
        let part = start.and_then(|start| text.get(start..)).map(str::to_owned);
        text = part.ok_or_else(|| {
            Fault::runtime(
                "argument-value",
                format!("the number has only {} hexadecimal digits", text.len()),
            )
        })?;
    }
    if call.bool_or(first + 1, false)? {
        text.insert_str(0, "0x");
    }
    call.new_str(text)
}

fn radix_text(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 4)?;
    let n = call.long(0)?;
    let radix = if call.count() > 1 { call.int(1)? } else { 10 };
    let text = match radix {
        2 => {
            let width = [8u32, 16, 32, 64].into_iter().find(|w| {
                // A leading one would read as a sign, so the number needs one bit more.
                n >= 0 && 64 - n.leading_zeros() < *w
            });
            let width = width.unwrap_or(64) as usize;
            format!("{n:0width$b}")
        }
        16 => return number_text(call, n, 2, false),
        8 => format!("{n:o}"),
        10 => n.to_string(),
        25..=36 => to_radix(n, u32::try_from(radix).unwrap_or(36)),
        _ => {
            return Err(Fault::runtime(
                "argument-value",
                format!("the radix {radix} is not 2, 8, 10, 16 or 25 to 36"),
            ));
        }
    };
    call.new_str(text)
}

/// `0x` and all digits of a bit pattern.
fn bits_text(call: &mut Call<'_>, bytes: &[u8]) -> Result<Value, Fault> {
    call.expect(1, 2)?;
    let mut bytes = bytes.to_vec();
    if !call.bool_or(1, true)? {
        bytes.reverse();
    }
    let text = format!("0x{}", upper(&bytes));
    call.new_str(text)
}
