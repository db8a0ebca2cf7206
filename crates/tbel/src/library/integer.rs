//! `Integer`, `Long`, `Short` and `Byte`.

use super::call::Call;
use super::{Constants, Table};
use crate::error::Fault;
use crate::value::Value;
use crate::value::convert::integer;

pub(super) const INT_STATICS: Table = &[
    ("decode", |c| decode(c, 32).map(|n| Value::Int(n as i32))),
    ("parseInt", |c| int_of(c, 32).map(|n| Value::Int(n as i32))),
    ("valueOf", |c| int_of(c, 32).map(|n| Value::Int(n as i32))),
    ("parseUnsignedInt", |c| {
        unsigned(c, 32).map(|n| Value::Int(n as i32))
    }),
    ("toString", radix_text),
    ("toHexString", |c| {
        let n = c.int(0)?;
        c.new_str(format!("{n:x}"))
    }),
    ("toBinaryString", |c| {
        let n = c.int(0)?;
        c.new_str(format!("{n:b}"))
    }),
    ("toOctalString", |c| {
        let n = c.int(0)?;
        c.new_str(format!("{n:o}"))
    }),
    ("toUnsignedString", |c| {
        let n = c.int(0)?;
        c.new_str((n as u32).to_string())
    }),
    ("toUnsignedLong", |c| {
        c.int(0).map(|n| Value::Long(i64::from(n as u32)))
    }),
    ("bitCount", |c| {
        c.int(0).map(|n| Value::Int(n.count_ones() as i32))
    }),
    ("numberOfLeadingZeros", |c| {
        c.int(0).map(|n| Value::Int(n.leading_zeros() as i32))
    }),
    ("numberOfTrailingZeros", |c| {
        c.int(0).map(|n| Value::Int(n.trailing_zeros() as i32))
    }),
    ("highestOneBit", |c| {
        c.int(0).map(|n| {
            Value::Int(if n == 0 {
                0
            } else {
                i32::MIN.wrapping_shr(n.leading_zeros()) & n
            })
        })
    }),
    ("lowestOneBit", |c| {
        c.int(0).map(|n| Value::Int(n & n.wrapping_neg()))
    }),
    ("reverse", |c| {
        c.int(0).map(|n| Value::Int(n.reverse_bits()))
    }),
    ("reverseBytes", |c| {
        c.int(0).map(|n| Value::Int(n.swap_bytes()))
    }),
    ("rotateLeft", |c| {
        Ok(Value::Int(
            c.int(0)?.rotate_left(c.int(1)?.rem_euclid(32) as u32),
        ))
    }),
    ("rotateRight", |c| {
        Ok(Value::Int(
            c.int(0)?.rotate_right(c.int(1)?.rem_euclid(32) as u32),
        ))
    }),
    ("signum", |c| c.int(0).map(|n| Value::Int(n.signum()))),
    ("compare", |c| {
        Ok(Value::Int(c.int(0)?.cmp(&c.int(1)?) as i32))
    }),
    ("compareUnsigned", |c| {
        Ok(Value::Int(
            (c.int(0)? as u32).cmp(&(c.int(1)? as u32)) as i32
        ))
    }),
    ("divideUnsigned", |c| {
        unsigned_division(c, |a, b| a.checked_div(b))
    }),
    ("remainderUnsigned", |c| {
        unsigned_division(c, |a, b| a.checked_rem(b))
    }),
    ("max", |c| Ok(Value::Int(c.int(0)?.max(c.int(1)?)))),
    ("min", |c| Ok(Value::Int(c.int(0)?.min(c.int(1)?)))),
    ("sum", |c| Ok(Value::Int(c.int(0)?.wrapping_add(c.int(1)?)))),
    ("hashCode", |c| c.int(0).map(Value::Int)),
];

pub(super) const LONG_STATICS: Table = &[
    ("decode", |c| decode(c, 64).map(|n| Value::Long(n as i64))),
    ("parseLong", |c| {
        int_of(c, 64).map(|n| Value::Long(n as i64))
    }),
    ("valueOf", |c| int_of(c, 64).map(|n| Value::Long(n as i64))),
    ("parseUnsignedLong", |c| {
        unsigned(c, 64).map(|n| Value::Long(n as i64))
    }),
    ("toString", radix_text),
    ("toHexString", |c| {
        let n = c.long(0)?;
        c.new_str(format!("{n:x}"))
    }),
    ("toBinaryString", |c| {
        let n = c.long(0)?;
        c.new_str(format!("{n:b}"))
    }),
    ("toOctalString", |c| {
        let n = c.long(0)?;
        c.new_str(format!("{n:o}"))
    }),
    ("toUnsignedString", |c| {
        let n = c.long(0)?;
        c.new_str((n as u64).to_string())
    }),
    ("bitCount", |c| {
        c.long(0).map(|n| Value::Int(n.count_ones() as i32))
    }),
    ("reverse", |c| {
        c.long(0).map(|n| Value::Long(n.reverse_bits()))
    }),
    ("reverseBytes", |c| {
        c.long(0).map(|n| Value::Long(n.swap_bytes()))
    }),
    ("signum", |c| {
        c.long(0).map(|n| Value::Int(n.signum() as i32))
    }),
    ("compare", |c| {
        Ok(Value::Int(c.long(0)?.cmp(&c.long(1)?) as i32))
    }),
    ("max", |c| Ok(Value::Long(c.long(0)?.max(c.long(1)?)))),
    ("min", |c| Ok(Value::Long(c.long(0)?.min(c.long(1)?)))),
    ("sum", |c| {
        Ok(Value::Long(c.long(0)?.wrapping_add(c.long(1)?)))
    }),
    ("hashCode", |c| {
        c.long(0).map(|n| Value::Int((n ^ (n >> 32)) as i32))
    }),
];

pub(super) const SHORT_STATICS: Table = &[
    ("decode", |c| decode(c, 16).map(|n| Value::Short(n as i16))),
    ("parseShort", |c| {
        int_of(c, 16).map(|n| Value::Short(n as i16))
    }),
    ("valueOf", |c| int_of(c, 16).map(|n| Value::Short(n as i16))),
    ("toString", radix_text),
];

pub(super) const BYTE_STATICS: Table = &[
    ("decode", |c| decode(c, 8).map(|n| Value::Byte(n as i8))),
    ("parseByte", |c| int_of(c, 8).map(|n| Value::Byte(n as i8))),
    ("valueOf", |c| int_of(c, 8).map(|n| Value::Byte(n as i8))),
    ("toString", radix_text),
];

pub(super) fn construct_int(call: &mut Call<'_>) -> Result<Value, Fault> {
    int_of(call, 32).map(|n| Value::Int(n as i32))
}

pub(super) fn construct_long(call: &mut Call<'_>) -> Result<Value, Fault> {
    int_of(call, 64).map(|n| Value::Long(n as i64))
}

pub(super) const INT_CONSTANTS: Constants = &[
    ("MIN_VALUE", Value::Int(i32::MIN)),
    ("MAX_VALUE", Value::Int(i32::MAX)),
    ("SIZE", Value::Int(32)),
    ("BYTES", Value::Int(4)),
];

pub(super) const LONG_CONSTANTS: Constants = &[
    ("MIN_VALUE", Value::Long(i64::MIN)),
    ("MAX_VALUE", Value::Long(i64::MAX)),
    ("SIZE", Value::Int(64)),
    ("BYTES", Value::Int(8)),
];

pub(super) const SHORT_CONSTANTS: Constants = &[
    ("MIN_VALUE", Value::Short(i16::MIN)),
    ("MAX_VALUE", Value::Short(i16::MAX)),
    ("SIZE", Value::Int(16)),
    ("BYTES", Value::Int(2)),
];

pub(super) const BYTE_CONSTANTS: Constants = &[
    ("MIN_VALUE", Value::Byte(i8::MIN)),
    ("MAX_VALUE", Value::Byte(i8::MAX)),
    ("SIZE", Value::Int(8)),
    ("BYTES", Value::Int(1)),
];

fn not_a_number(text: &str) -> Fault {
    Fault::runtime(
        "not-a-number",
        format!(
            "'{}' is not a whole number of this type",
            super::string::printable(text)
        ),
    )
}

fn radix(call: &Call<'_>) -> Result<u32, Fault> {
    if call.count() < 2 {
        return Ok(10);
    }
    let radix = u32::try_from(call.int(1)?).unwrap_or(0);
    if (2..=36).contains(&radix) {
        Ok(radix)
    } else {
        Err(Fault::runtime(
            "argument-value",
            format!("the radix {radix} is not between 2 and 36"),
        ))
    }
}

/// The first argument as an integer of so many bits: a text in a radix, or a number.
fn int_of(call: &Call<'_>, bits: u32) -> Result<i128, Fault> {
    call.expect(1, 2)?;
    if !matches!(call.arg(0), Value::Str(_) | Value::Char(_)) {
        return integer(call.arg(0))
            .map(i128::from)
            .ok_or_else(|| call.bad(0, "a text or a whole number"));
    }
    let text = call.str(0)?;
    let n = i128::from_str_radix(&text, radix(call)?).map_err(|_| not_a_number(&text))?;
    let most = 1i128 << (bits - 1);
    if (-most..most).contains(&n) {
        Ok(n)
    } else {
        Err(not_a_number(&text))
    }
}

/// `-0x1F`, `#1F`, `017` and `31`.
fn decode(call: &Call<'_>, bits: u32) -> Result<i128, Fault> {
    call.expect(1, 1)?;
    let text = call.str(0)?;
    let bad = || not_a_number(&text);
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(&text)),
    };
    let hex = ["0x", "0X", "#"].iter().find_map(|p| rest.strip_prefix(p));
    let (digits, radix) = match (hex, rest.strip_prefix('0')) {
        (Some(digits), _) => (digits, 16),
        (None, Some(digits)) if !digits.is_empty() => (digits, 8),
        _ => (rest, 10),
    };
    if digits.starts_with(['+', '-']) {
        return Err(bad());
    }
    let n = i128::from_str_radix(digits, radix).map_err(|_| bad())?;
    let n = if negative { -n } else { n };
    let most = 1i128 << (bits - 1);
    if (-most..most).contains(&n) {
        Ok(n)
    } else {
        Err(bad())
    }
}

fn unsigned(call: &Call<'_>, bits: u32) -> Result<u128, Fault> {
    call.expect(1, 2)?;
    let text = call.str(0)?;
    let n = u128::from_str_radix(&text, radix(call)?).map_err(|_| not_a_number(&text))?;
    if n < 1u128 << bits {
        Ok(n)
    } else {
        Err(not_a_number(&text))
    }
}

fn unsigned_division(call: &Call<'_>, divide: fn(u32, u32) -> Option<u32>) -> Result<Value, Fault> {
    divide(call.int(0)? as u32, call.int(1)? as u32)
        .map(|n| Value::Int(n as i32))
        .ok_or_else(|| Fault::runtime("division-by-zero", "division by zero"))
}

/// A number as text in a radix up to 36, lower case.
pub(super) fn to_radix(n: i64, radix: u32) -> String {
    let mut rest = n.unsigned_abs();
    let mut digits = Vec::new();
    loop {
        digits.push(char::from_digit((rest % u64::from(radix)) as u32, radix).unwrap_or('0'));
        rest /= u64::from(radix);
        if rest == 0 {
            break;
        }
    }
    if n < 0 {
        digits.push('-');
    }
    digits.iter().rev().collect()
}

fn radix_text(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 2)?;
    let text = to_radix(call.long(0)?, radix(call)?);
    call.new_str(text)
}
