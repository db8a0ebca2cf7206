//! Booleans, characters, and the methods everything has.

use super::call::Call;
use super::{Constants, Table};
use crate::error::Fault;
use crate::value::{Heap, List, Value, compare, text, utf16};

pub(super) const METHODS: Table = &[
    ("booleanValue", this),
    ("charValue", this),
    ("compareTo", compare_to),
];

/// Methods of any receiver that has no own of that name.
pub(super) const ANY_METHODS: Table = &[
    ("toString", to_string),
    ("equals", equals),
    ("hashCode", hash_code),
];

pub(super) const BOOLEAN_STATICS: Table = &[
    ("parseBoolean", parse_boolean),
    ("valueOf", parse_boolean),
    ("toString", value_to_string),
    ("logicalAnd", logical_and),
    ("logicalOr", logical_or),
    ("logicalXor", logical_xor),
];

pub(super) const CHARACTER_STATICS: Table = &[
    ("isDigit", |c| test(c, char::is_numeric)),
    ("isLetter", |c| test(c, char::is_alphabetic)),
    ("isLetterOrDigit", |c| test(c, char::is_alphanumeric)),
    ("isAlphabetic", |c| test(c, char::is_alphabetic)),
    ("isWhitespace", |c| test(c, char::is_whitespace)),
    ("isUpperCase", |c| test(c, char::is_uppercase)),
    ("isLowerCase", |c| test(c, char::is_lowercase)),
    ("getNumericValue", numeric_value),
    ("digit", digit),
    ("forDigit", for_digit),
    ("compare", compare_chars),
    ("toString", value_to_string),
    ("valueOf", to_char),
    ("toUpperCase", upper),
    ("toLowerCase", lower),
];

pub(super) const BOOLEAN_CONSTANTS: Constants =
    &[("TRUE", Value::Bool(true)), ("FALSE", Value::Bool(false))];

pub(super) const CHARACTER_CONSTANTS: Constants = &[
    ("MIN_VALUE", Value::Char(0)),
    ("MAX_VALUE", Value::Char(u16::MAX)),
];

fn this(call: &mut Call<'_>) -> Result<Value, Fault> {
    Ok(*call.arg(0))
}

fn to_string(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(0, 0)?;
    let text = text::of(call.heap, call.arg(0))?;
    call.new_str(text)
}

fn value_to_string(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 1)?;
    let text = text::of(call.heap, call.arg(0))?;
    call.new_str(text)
}

fn equals(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 1)?;
    compare::strictly_equal(call.heap, call.arg(0), call.arg(1)).map(Value::Bool)
}

/// Equal values have equal codes; the numbers themselves differ from the reference for collections.
fn hash_code(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(0, 0)?;
    hash_of(call.heap, call.arg(0), 0).map(Value::Int)
}

/// Java's hash codes.
pub(super) fn hash_of(heap: &Heap, value: &Value, depth: usize) -> Result<i32, Fault> {
    if depth > heap.value_depth {
        return Err(text::too_deep());
    }
    heap.spend(1);
    let next = |h: i32, unit: u16| h.wrapping_mul(31).wrapping_add(i32::from(unit));
    let list = |items: &List| {
        items.iter().try_fold(1i32, |h, item| {
            let item = hash_of(heap, &item, depth + 1)?;
            Ok(h.wrapping_mul(31).wrapping_add(item))
        })
    };
    Ok(match value {
        Value::Null | Value::Undefined => 0,
        Value::List(id) => list(heap.list(*id))?,
        Value::Map(id) => {
            let mut sum = 0i32;
            for (key, value) in heap.map(*id).entries() {
                let entry = hash_of(heap, key, depth + 1)? ^ hash_of(heap, value, depth + 1)?;
                sum = sum.wrapping_add(entry);
            }
            sum
        }
        Value::Set(id) => {
            let mut sum = 0i32;
            for item in heap.set(*id).keys() {
                sum = sum.wrapping_add(hash_of(heap, item, depth + 1)?);
            }
            sum
        }
        Value::Bool(b) => {
            if *b {
                1231
            } else {
                1237
            }
        }
        Value::Int(n) => *n,
        Value::Byte(n) => i32::from(*n),
        Value::Short(n) => i32::from(*n),
        Value::Float(x) => x.to_bits() as i32,
        Value::Char(c) => i32::from(*c),
        Value::Long(n) => (*n ^ (*n >> 32)) as i32,
        Value::Double(x) => {
            let bits = x.to_bits();
            (bits ^ (bits >> 32)) as i32
        }
        other => {
            let text = text::of(heap, other)?;
            heap.spend(text.len() / 8);
            text.encode_utf16().fold(0, next)
        }
    })
}

fn compare_to(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 1)?;
    match (call.arg(0), call.arg(1)) {
        (Value::Bool(a), Value::Bool(b)) => Ok(Value::Int(i32::from(*a) - i32::from(*b))),
        (Value::Char(a), Value::Char(b)) => Ok(Value::Int(i32::from(*a) - i32::from(*b))),
        _ => Err(call.bad(1, "a value of the same type")),
    }
}

pub(super) fn parse_boolean(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 1)?;
    Ok(Value::Bool(match call.arg(0) {
        Value::Bool(b) => *b,
        Value::Null => false,
        _ => call.text(0)?.eq_ignore_ascii_case("true"),
    }))
}

fn logical_and(call: &mut Call<'_>) -> Result<Value, Fault> {
    Ok(Value::Bool(call.bool(0)? & call.bool(1)?))
}

fn logical_or(call: &mut Call<'_>) -> Result<Value, Fault> {
    Ok(Value::Bool(call.bool(0)? | call.bool(1)?))
}

fn logical_xor(call: &mut Call<'_>) -> Result<Value, Fault> {
    Ok(Value::Bool(call.bool(0)? ^ call.bool(1)?))
}

/// The character of a char, a one-character text or a code.
fn character(call: &Call<'_>) -> Result<char, Fault> {
    let code = match call.arg(0) {
        Value::Char(c) => u32::from(*c),
        Value::Int(n) => u32::try_from(*n).unwrap_or(0),
        Value::Str(s) => {
            let mut chars = call.heap.str(*s).chars();
            match (chars.next(), chars.next()) {
                (Some(c), None) => u32::from(c),
                _ => return Err(call.bad(0, "a char")),
            }
        }
        _ => return Err(call.bad(0, "a char")),
    };
    Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
}

fn test(call: &mut Call<'_>, holds: fn(char) -> bool) -> Result<Value, Fault> {
    call.expect(1, 1)?;
    Ok(Value::Bool(holds(character(call)?)))
}

fn numeric_value(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 1)?;
    Ok(Value::Int(
        character(call)?.to_digit(36).map_or(-1, |d| d as i32),
    ))
}

fn digit(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(2, 2)?;
    let radix = u32::try_from(call.int(1)?)
        .ok()
        .filter(|r| (2..=36).contains(r));
    let Some(radix) = radix else {
        return Ok(Value::Int(-1));
    };
    Ok(Value::Int(
        character(call)?.to_digit(radix).map_or(-1, |d| d as i32),
    ))
}

/// The character of a digit; that of the code 0 when there is none.
fn for_digit(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(2, 2)?;
    let digit = u32::try_from(call.int(0)?).ok();
    let radix = u32::try_from(call.int(1)?)
        .ok()
        .filter(|r| (2..=36).contains(r));
    let found = digit.zip(radix).and_then(|(d, r)| char::from_digit(d, r));
    Ok(unit(found.unwrap_or('\0')))
}

/// A character as its code.
fn code(call: &Call<'_>, i: usize) -> Result<i32, Fault> {
    match call.arg(i) {
        Value::Char(c) => Ok(i32::from(*c)),
        Value::Str(s) if utf16::len(call.heap.str(*s)) == 1 => {
            Ok(utf16::unit_at(call.heap.str(*s), 0).map_or(0, i32::from))
        }
        Value::Int(n) => Ok(*n),
        _ => Err(call.bad(i, "a char")),
    }
}

fn compare_chars(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(2, 2)?;
    Ok(Value::Int(code(call, 0)?.wrapping_sub(code(call, 1)?)))
}

/// `Objects.hash(a, b, …)`
pub(super) fn hash_all(call: &mut Call<'_>) -> Result<Value, Fault> {
    let mut all = 1i32;
    for value in call.args {
        let one = hash_of(call.heap, value, 0)?;
        all = all.wrapping_mul(31).wrapping_add(one);
    }
    Ok(Value::Int(all))
}

fn unit(c: char) -> Value {
    Value::Char(u16::try_from(u32::from(c)).unwrap_or(0xFFFD))
}

fn to_char(call: &mut Call<'_>) -> Result<Value, Fault> {
    Ok(unit(character(call)?))
}

fn upper(call: &mut Call<'_>) -> Result<Value, Fault> {
    let c = character(call)?;
    Ok(unit(c.to_uppercase().next().unwrap_or(c)))
}

fn lower(call: &mut Call<'_>) -> Result<Value, Fault> {
    let c = character(call)?;
    Ok(unit(c.to_lowercase().next().unwrap_or(c)))
}
