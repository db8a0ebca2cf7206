//! Built-ins on text: decoding bytes, padding, raising errors.

use super::Table;
use super::bytes::decode_elements;
use super::call::Call;
use crate::error::Fault;
use crate::value::{Value, utf16};

pub(super) const BUILTINS: Table = &[
    ("bytesToString", bytes_to_string),
    ("decodeToString", bytes_to_string),
    ("stringToBytes", string_to_bytes),
    ("padStart", |c| pad(c, true)),
    ("padEnd", |c| pad(c, false)),
    ("raiseError", raise_error),
];

/// How bytes become text.
#[derive(Clone, Copy, PartialEq)]
enum Charset {
    Utf8,
    Latin1,
    Ascii,
    /// With a mark of its byte order in front; without one it is big endian.
    Utf16,
    Utf16Be,
    Utf16Le,
}

fn charset(call: &Call<'_>, i: usize) -> Result<Charset, Fault> {
    if call.count() <= i {
        return Ok(Charset::Utf8);
    }
    let name = call.str(i)?;
    Ok(match name.to_ascii_uppercase().as_str() {
        "UTF-8" | "UTF8" => Charset::Utf8,
        "ISO-8859-1" | "LATIN1" | "ISO8859_1" => Charset::Latin1,
        "US-ASCII" | "ASCII" => Charset::Ascii,
        "UTF-16" => Charset::Utf16,
        "UTF-16BE" => Charset::Utf16Be,
        "UTF-16LE" => Charset::Utf16Le,
        _ => {
            return Err(Fault::runtime(
                "unknown-charset",
                format!("unknown charset '{name}'"),
            ));
        }
    })
}

fn units(bytes: &[u8], order: fn([u8; 2]) -> u16) -> Vec<u16> {
    bytes
        .chunks_exact(2)
        .map(|c| {
            order([
                c.first().copied().unwrap_or(0),
                c.get(1).copied().unwrap_or(0),
            ])
        })
        .collect()
}

fn decode(bytes: &[u8], charset: Charset) -> String {
    match charset {
        Charset::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
        Charset::Latin1 => bytes.iter().map(|b| char::from(*b)).collect(),
        Charset::Ascii => bytes
            .iter()
            .map(|b| {
                if b.is_ascii() {
                    char::from(*b)
                } else {
                    char::REPLACEMENT_CHARACTER
                }
            })
            .collect(),
        Charset::Utf16 => match bytes {
            [0xFE, 0xFF, rest @ ..] => decode(rest, Charset::Utf16Be),
            [0xFF, 0xFE, rest @ ..] => decode(rest, Charset::Utf16Le),
            _ => decode(bytes, Charset::Utf16Be),
        },
        Charset::Utf16Be => String::from_utf16_lossy(&units(bytes, u16::from_be_bytes)),
        Charset::Utf16Le => String::from_utf16_lossy(&units(bytes, u16::from_le_bytes)),
    }
}

fn encode(text: &str, charset: Charset) -> Vec<u8> {
    match charset {
        Charset::Utf8 => text.as_bytes().to_vec(),
        Charset::Latin1 => text
            .chars()
            .map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?'))
            .collect(),
        Charset::Ascii => text
            .chars()
            .map(|c| if c.is_ascii() { c as u8 } else { b'?' })
            .collect(),
        Charset::Utf16 => {
            let mut out = vec![0xFE, 0xFF];
            out.extend(encode(text, Charset::Utf16Be));
            out
        }
        Charset::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        Charset::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
    }
}

fn bytes_to_string(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 2)?;
    let charset = charset(call, 1)?;
    let text = if let Value::List(id) = call.arg(0)
        && let Some(bytes) = call.heap.list(*id).as_bytes()
    {
        decode(bytes, charset)
    } else {
        decode(&decode_elements(call, 0)?, charset)
    };
    call.new_str(text)
}

fn string_to_bytes(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 2)?;
    let charset = charset(call, 1)?;
    let bytes = encode(call.only_str(0)?, charset);
    Ok(call.heap.new_byte_list(bytes))
}

fn pad(call: &mut Call<'_>, start: bool) -> Result<Value, Fault> {
    call.expect(3, 3)?;
    let (text, fill) = (call.text(0)?, call.text(2)?);
    if utf16::len(&fill) != 1 {
        return Err(Fault::runtime(
            "argument-value",
            "the padding must be a single character",
        ));
    }
    let wanted = usize::try_from(call.int(1)?).unwrap_or(0);
    let missing = wanted.saturating_sub(utf16::len(&text));
    call.heap.check_single(
        text.len() + missing.saturating_mul(fill.len()),
        2,
        "the padded text",
    )?;
    let padding = fill.repeat(missing);
    call.new_str(if start {
        format!("{padding}{text}")
    } else {
        format!("{text}{padding}")
    })
}

fn raise_error(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 1)?;
    Err(Fault::runtime("raised", call.text(0)?.to_string()))
}
