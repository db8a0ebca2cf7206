//! Base64, as built-ins and as `java.util.Base64`.

use super::Table;
use super::bytes::bytes_of;
use super::call::Call;
use super::classes::Class;
use crate::error::Fault;
use crate::value::Value;

pub(super) const BUILTINS: Table = &[
    ("btoa", |c| {
        let text = encode(c.str(0)?.as_bytes());
        c.new_str(text)
    }),
    ("atob", |c| {
        let text = String::from_utf8_lossy(&decode(&c.str(0)?)?).into_owned();
        c.new_str(text)
    }),
    ("base64ToHex", |c| {
        let text = super::hex::upper(&decode(c.only_str(0)?)?);
        c.new_str(text)
    }),
    ("bytesToBase64", |c| {
        let text = encode(&bytes_of(c, 0)?);
        c.new_str(text)
    }),
    ("base64ToBytes", |c| {
        let bytes = decode(c.only_str(0)?)?;
        Ok(c.heap.new_byte_array(bytes))
    }),
    ("base64ToBytesList", |c| {
        let bytes = decode(c.only_str(0)?)?;
        Ok(c.heap.new_byte_list(bytes))
    }),
];

pub(super) const STATICS: Table = &[
    ("getEncoder", |_| Ok(Value::Class(Class::Base64Encoder))),
    ("getDecoder", |_| Ok(Value::Class(Class::Base64Decoder))),
    ("getUrlEncoder", |_| {
        Ok(Value::Class(Class::Base64UrlEncoder))
    }),
    ("getUrlDecoder", |_| {
        Ok(Value::Class(Class::Base64UrlDecoder))
    }),
];

/// Methods of the encoder and the decoder.
pub(super) const CODER_METHODS: Table = &[
    ("encodeToString", encode_to_string),
    ("encode", encode_bytes),
    ("decode", decode_text),
    ("withoutPadding", without_padding),
];

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Standard alphabet with padding.
pub(super) fn encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word =
            chunk.iter().fold(0u32, |w, b| w << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for i in 0..4 {
            if i > chunk.len() {
                out.push('=');
            } else {
                let six = (word >> (18 - 6 * i)) & 63;
                out.push(ALPHABET.get(six as usize).map_or('=', |b| char::from(*b)));
            }
        }
    }
    out
}

/// The six bits of every character; above 63 it has none.
const SIX_BITS: [u8; 256] = {
    let mut bits = [u8::MAX; 256];
    let mut n = 0;
    while n < ALPHABET.len() {
        bits[ALPHABET[n] as usize] = n as u8;
        n += 1;
    }
    bits
};

/// Up to four characters as bits on the left of 24; `None` when one is not of the alphabet.
fn word(characters: &[u8]) -> Option<[u8; 4]> {
    let (mut word, mut all) = (0u32, 0u8);
    for c in characters {
        let six = SIX_BITS[usize::from(*c)];
        all |= six;
        word = word << 6 | u32::from(six);
    }
    let missing = 4usize.saturating_sub(characters.len());
    (all < 64).then_some((word << (6 * missing)).to_be_bytes())
}

/// Padding may be missing; any other character is an error.
pub(super) fn decode(text: &str) -> Result<Vec<u8>, Fault> {
    let bad = || {
        Fault::runtime(
            "bad-base64",
            format!("'{}' is not base64", super::string::printable(text)),
        )
    };
    let body = text.trim_end_matches('=');
    if text.len() - body.len() > 2 || body.len() % 4 == 1 {
        return Err(bad());
    }
    let mut out = Vec::with_capacity(body.len() * 3 / 4);
    let (quads, rest) = body.as_bytes().as_chunks::<4>();
    for quad in quads {
        let [_, bytes @ ..] = word(quad).ok_or_else(bad)?;
        out.extend_from_slice(&bytes);
    }
    if !rest.is_empty() {
        let [_, bytes @ ..] = word(rest).ok_or_else(bad)?;
        out.extend(bytes.iter().take(rest.len() - 1));
    }
    Ok(out)
}

/// The bytes of the second argument in the alphabet of the encoder.
fn encoded(call: &Call<'_>) -> Result<String, Fault> {
    call.expect_method(1, 1)?;
    let mut text = encode(&bytes_of(call, 1)?);
    let Value::Class(coder) = call.arg(0) else {
        return Ok(text);
    };
    if matches!(coder, Class::Base64UrlEncoder | Class::Base64UrlEncoderBare) {
        text = text.replace('+', "-").replace('/', "_");
    }
    if matches!(
        coder,
        Class::Base64EncoderBare | Class::Base64UrlEncoderBare
    ) {
        text.truncate(text.trim_end_matches('=').len());
    }
    Ok(text)
}

fn encode_to_string(call: &mut Call<'_>) -> Result<Value, Fault> {
    let text = encoded(call)?;
    call.new_str(text)
}

fn encode_bytes(call: &mut Call<'_>) -> Result<Value, Fault> {
    let text = encoded(call)?;
    Ok(call.heap.new_byte_array(text.into_bytes()))
}

fn without_padding(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(0, 0)?;
    Ok(match call.arg(0) {
        Value::Class(Class::Base64Encoder) => Value::Class(Class::Base64EncoderBare),
        Value::Class(Class::Base64UrlEncoder) => Value::Class(Class::Base64UrlEncoderBare),
        other => *other,
    })
}

fn decode_text(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 1)?;
    let mut text = match call.arg(1) {
        Value::Str(s) => call.heap.str(*s).to_owned(),
        _ => String::from_utf8_lossy(&bytes_of(call, 1)?).into_owned(),
    };
    if matches!(call.arg(0), Value::Class(Class::Base64UrlDecoder)) {
        let swapped = |c| match c {
            '-' => '+',
            '_' => '/',
            // The signs of the other alphabet are wrong in this one.
            '+' | '/' => '?',
            c => c,
        };
        text = text.chars().map(swapped).collect();
    }
    let bytes = decode(&text)?;
    Ok(call.heap.new_byte_array(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways() {
        for (plain, coded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
        ] {
            assert_eq!(encode(plain.as_bytes()), coded);
            assert_eq!(decode(coded).as_deref(), Ok(plain.as_bytes()));
            assert_eq!(
                decode(coded.trim_end_matches('=')).as_deref(),
                Ok(plain.as_bytes())
            );
        }
        assert!(decode("Zg=v").is_err());
        assert!(decode("A").is_err());
        assert!(decode("AQL_").is_err());
    }
}
