//! Numbers out of text.
//!
//! Without a radix a text is read as decimal when it looks decimal and as hexadecimal when it looks so.

use super::Table;
use super::call::Call;
use super::string::printable;
use crate::error::Fault;
use crate::value::{Value, convert};

pub(super) const BUILTINS: Table = &[
    ("parseInt", |c| integer(c, 32)),
    ("parseLong", |c| integer(c, 64)),
    ("parseFloat", parse_float),
    ("parseDouble", parse_double),
    ("parseHexToInt", |c| hex_int(c, Endian::Argument)),
    ("parseBigEndianHexToInt", |c| hex_int(c, Endian::Big)),
    ("parseLittleEndianHexToInt", |c| hex_int(c, Endian::Little)),
    ("parseHexToLong", |c| hex_long(c, Endian::Argument)),
    ("parseBigEndianHexToLong", |c| hex_long(c, Endian::Big)),
    ("parseLittleEndianHexToLong", |c| {
        hex_long(c, Endian::Little)
    }),
    ("parseHexToFloat", |c| hex_float(c, Endian::Argument)),
    ("parseBigEndianHexToFloat", |c| hex_float(c, Endian::Big)),
    ("parseLittleEndianHexToFloat", |c| {
        hex_float(c, Endian::Little)
    }),
    ("parseHexIntLongToFloat", hex_int_to_float),
    ("parseHexToDouble", |c| hex_double(c, Endian::Argument)),
    ("parseBigEndianHexToDouble", |c| hex_double(c, Endian::Big)),
    ("parseLittleEndianHexToDouble", |c| {
        hex_double(c, Endian::Little)
    }),
    ("isDecimal", |c| radix_code(c, is_decimal, 10)),
    ("isHexadecimal", |c| radix_code(c, is_hexadecimal, 16)),
    ("isBinary", |c| radix_code(c, |s| all_digits(s, 2), 2)),
    ("isOctal", |c| radix_code(c, |s| all_digits(s, 8), 8)),
    ("isNaN", |c| {
        Ok(Value::Bool(
            convert::number(c.heap, c.arg(0)).is_some_and(f64::is_nan),
        ))
    }),
];

#[derive(Clone, Copy, PartialEq)]
enum Endian {
    Big,
    Little,
    /// The second argument says, big when it is missing.
    Argument,
}

fn all_digits(s: &str, radix: u32) -> bool {
    !s.is_empty() && s.chars().all(|c| c.is_digit(radix))
}

/// `[+-]digits[.digits][e[+-]digits]`
fn is_decimal(s: &str) -> bool {
    let s = s.strip_prefix(['+', '-']).unwrap_or(s);
    let (mantissa, exponent) = match s.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (s, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    all_digits(whole, 10)
        && fraction.is_none_or(|f| all_digits(f, 10))
        && exponent.is_none_or(|e| all_digits(e.strip_prefix(['+', '-']).unwrap_or(e), 10))
}

/// Optional minus, optional `0x`, digits.
fn is_hexadecimal(s: &str) -> bool {
    let s = s.strip_prefix('-').unwrap_or(s);
    let s = s
        .strip_prefix("0x")
        .or_else(|| s.strip_prefix("0X"))
        .unwrap_or(s);
    all_digits(s, 16)
}

fn radix_code(call: &mut Call<'_>, test: fn(&str) -> bool, code: i32) -> Result<Value, Fault> {
    call.expect(1, 1)?;
    let holds = match call.arg(0) {
        Value::Null => false,
        _ => test(&call.text(0)?),
    };
    Ok(Value::Int(if holds { code } else { -1 }))
}

fn no_number(text: &str) -> Fault {
    Fault::runtime(
        "not-a-number",
        format!("'{}' is not a number of this type", printable(text)),
    )
}

/// Trimmed text; `None` for null and blank.
fn prepared(call: &Call<'_>) -> Result<Option<String>, Fault> {
    if call.arg(0).is_null() {
        return Ok(None);
    }
    let text = call.str(0)?;
    let trimmed = text.trim();
    Ok(if trimmed.is_empty() {
        None
    } else {
        Some(trimmed.to_owned())
    })
}

/// Sign and digits of a hexadecimal text with an even number of characters.
fn hex_digits(text: &str) -> Result<(bool, &str), Fault> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let digits = rest
        .strip_prefix("0x")
        .or_else(|| rest.strip_prefix("0X"))
        .unwrap_or(rest);
    if !all_digits(digits, 16) {
        return Err(no_number(text));
    }
    if digits.len() % 2 != 0 {
        return Err(Fault::runtime(
            "bad-hex",
            format!(
                "'{}' has an odd number of hexadecimal digits",
                printable(text)
            ),
        ));
    }
    Ok((negative, digits))
}

/// A signed hexadecimal number.
fn hex_number(text: &str) -> Result<i128, Fault> {
    let (negative, digits) = hex_digits(text)?;
    let significant = digits.trim_start_matches('0');
    if significant.len() > 16 {
        return Err(no_number(text));
    }
    let n = i128::from_str_radix(
        if significant.is_empty() {
            "0"
        } else {
            significant
        },
        16,
    )
    .map_err(|_| no_number(text))?;
    Ok(if negative { -n } else { n })
}

fn whole(text: &str, radix: u32, bits: u32) -> Result<i128, Fault> {
    match radix {
        10 => text.parse().map_err(|_| no_number(text)),
        16 => hex_number(text),
        // Two's complement of the width.
        2 => {
            let n = u128::from_str_radix(text, 2).map_err(|_| no_number(text))?;
            if n >= 1u128 << bits {
                return Err(no_number(text));
            }
            let n = n as i128;
            Ok(if n >= 1i128 << (bits - 1) {
                n - (1i128 << bits)
            } else {
                n
            })
        }
        8 | 25..=36 => i128::from_str_radix(text, radix).map_err(|_| no_number(text)),
        _ => Err(Fault::runtime(
            "argument-value",
            format!("the radix {radix} is not 2, 8, 10, 16 or 25 to 36"),
        )),
    }
}

/// Decimal when it looks decimal, else hexadecimal; `0x` is always hexadecimal.
fn detected_radix(text: &str) -> Result<u32, Fault> {
    if is_decimal(text) {
        Ok(10)
    } else if is_hexadecimal(text) {
        Ok(16)
    } else {
        Err(no_number(text))
    }
}

fn integer(call: &mut Call<'_>, bits: u32) -> Result<Value, Fault> {
    call.expect(1, 2)?;
    let Some(text) = prepared(call)? else {
        return Ok(Value::Null);
    };
    let has_prefix = text.trim_start_matches('-').starts_with("0x");
    let radix = match call.arg(1) {
        Value::Null if has_prefix => 16,
        Value::Null => detected_radix(&text)?,
        _ => u32::try_from(call.int(1)?).unwrap_or(0),
    };
    let n = whole(&text, radix, bits)?;
    let most = 1i128 << (bits - 1);
    if !(-most..most).contains(&n) {
        return Err(no_number(&text));
    }
    Ok(if bits == 32 {
        Value::Int(n as i32)
    } else {
        Value::Long(n as i64)
    })
}

/// What `parseInt` makes of a text, for elements of byte lists.
pub(super) fn int_text(text: &str) -> Option<i64> {
    let text = text.trim();
    whole(text, detected_radix(text).ok()?, 32)
        .ok()
        .and_then(|n| i64::try_from(n).ok())
}

fn parse_float(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 2)?;
    let Some(text) = prepared(call)? else {
        return Ok(Value::Null);
    };
    let radix = match call.arg(1) {
        Value::Null => detected_radix(&text)?,
        _ => u32::try_from(call.int(1)?).unwrap_or(0),
    };
    match radix {
        10 => text.parse().map(Value::Float).map_err(|_| no_number(&text)),
        16 => float_bits(&text, false),
        _ => whole(&text, radix, 32).map(|n| Value::Float(n as f32)),
    }
}

fn parse_double(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 1)?;
    if let Some(x) = convert::number(call.heap, call.arg(0)) {
        return Ok(Value::Double(x));
    }
    let text = call.str(0)?;
    if is_decimal(&text) {
        return text
            .parse()
            .map(Value::Double)
            .map_err(|_| no_number(&text));
    }
    double_bits(&text, false)
}

/// The hexadecimal text that the arguments give, its bytes reversed when little endian.
fn endian_text(call: &Call<'_>, endian: Endian) -> Result<String, Fault> {
    call.expect(1, if endian == Endian::Argument { 2 } else { 1 })?;
    let text = call.str(0)?.trim().to_owned();
    let little = match endian {
        Endian::Big => false,
        Endian::Little => true,
        Endian::Argument => !call.bool_or(1, true)?,
    };
    if !little {
        return Ok(text);
    }
    let (negative, digits) = hex_digits(&text)?;
    if negative {
        return Err(Fault::runtime(
            "bad-hex",
            "a little-endian number has no sign",
        ));
    }
    Ok(reversed(digits))
}

/// Pairs of digits in reverse order.
fn reversed(digits: &str) -> String {
    let pairs: Vec<&str> = (0..digits.len() / 2)
        .filter_map(|i| digits.get(i * 2..i * 2 + 2))
        .collect();
    pairs.into_iter().rev().collect()
}

/// A few digits, read without the detours of the general rules.
fn short_hex(call: &Call<'_>, endian: Endian) -> Option<i32> {
    let little = endian == Endian::Little || call.count() > 1;
    let Value::Str(text) = call.arg(0) else {
        return None;
    };
    if little || call.count() != 1 || !matches!(text.len(), 2 | 4 | 6) {
        return None;
    }
    call.heap.str(*text).bytes().try_fold(0, |n, b| {
        let digit = char::from(b).to_digit(16)?;
        Some(n << 4 | digit.cast_signed())
    })
}

fn hex_int(call: &mut Call<'_>, endian: Endian) -> Result<Value, Fault> {
    if let Some(n) = short_hex(call, endian) {
        return Ok(Value::Int(n));
    }
    let text = endian_text(call, endian)?;
    i32::try_from(hex_number(&text)?)
        .map(Value::Int)
        .map_err(|_| {
            no_number(&text).hint("it does not fit an int; use the function that gives a long")
        })
}

fn hex_long(call: &mut Call<'_>, endian: Endian) -> Result<Value, Fault> {
    let text = endian_text(call, endian)?;
    i64::try_from(hex_number(&text)?)
        .map(Value::Long)
        .map_err(|_| no_number(&text))
}

fn float_bits(text: &str, exact: bool) -> Result<Value, Fault> {
    let n = hex_number(text)?;
    if exact && n < 0 {
        return Err(no_number(text));
    }
    // A sign in front of a bit pattern is taken into the pattern.
    let bits = i64::try_from(n).map_err(|_| no_number(text))?;
    if bits > i64::from(u32::MAX) {
        return Err(no_number(text));
    }
    Ok(Value::Float(f32::from_bits(bits as u32)))
}

fn double_bits(text: &str, little: bool) -> Result<Value, Fault> {
    let (negative, digits) = hex_digits(text)?;
    let n = if little {
        hex_number(&reversed(digits))?
    } else {
        hex_number(digits)?
    };
    if negative {
        return Err(no_number(text));
    }
    u64::try_from(n)
        .map(|bits| Value::Double(f64::from_bits(bits)))
        .map_err(|_| no_number(text))
}

fn hex_float(call: &mut Call<'_>, endian: Endian) -> Result<Value, Fault> {
    let text = endian_text(call, endian)?;
    float_bits(&text, false)
}

fn hex_double(call: &mut Call<'_>, endian: Endian) -> Result<Value, Fault> {
    let text = endian_text(call, endian)?;
    double_bits(&text, false)
}

/// The integer value of the digits, as 32 bits, as a float.
fn hex_int_to_float(call: &mut Call<'_>) -> Result<Value, Fault> {
    let text = endian_text(call, Endian::Argument)?;
    let n = hex_number(&text)?;
    if n.unsigned_abs() <= u128::from(u32::MAX) {
        return Ok(Value::Float(n as i64 as i32 as f32));
    }
    Ok(Value::Float(n as f32))
}
