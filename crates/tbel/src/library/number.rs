//! Methods of numbers; `Double` and `Float`.

use super::call::Call;
use super::{Constants, Table};
use crate::error::Fault;
use crate::value::convert::{f64_to_i32, f64_to_i64, integer, number};
use crate::value::number::{double_text, float_text};
use crate::value::{Value, compare};

pub(super) const METHODS: Table = &[
    ("intValue", int_value),
    ("longValue", long_value),
    ("doubleValue", double_value),
    ("floatValue", float_value),
    ("byteValue", byte_value),
    ("shortValue", short_value),
    ("isNaN", is_nan),
    ("isInfinite", is_infinite),
    ("compareTo", compare_to),
];

pub(super) const DOUBLE_STATICS: Table = &[
    ("parseDouble", parse_double),
    ("valueOf", parse_double),
    ("isNaN", is_nan),
    ("isInfinite", is_infinite),
    ("isFinite", is_finite),
    ("toString", |c| {
        let text = double_text(c.double(0)?);
        c.new_str(text)
    }),
    ("compare", compare_doubles),
    ("doubleToLongBits", |c| {
        Ok(Value::Long(c.double(0)?.to_bits() as i64))
    }),
    ("doubleToRawLongBits", |c| {
        Ok(Value::Long(c.double(0)?.to_bits() as i64))
    }),
    ("longBitsToDouble", |c| {
        Ok(Value::Double(f64::from_bits(c.long(0)? as u64)))
    }),
    ("max", |c| Ok(Value::Double(c.double(0)?.max(c.double(1)?)))),
    ("min", |c| Ok(Value::Double(c.double(0)?.min(c.double(1)?)))),
    ("sum", |c| Ok(Value::Double(c.double(0)? + c.double(1)?))),
];

pub(super) const FLOAT_STATICS: Table = &[
    ("parseFloat", parse_float),
    ("valueOf", parse_float),
    ("isNaN", is_nan),
    ("isInfinite", is_infinite),
    ("isFinite", is_finite),
    ("toString", |c| {
        let text = float_text(c.double(0)? as f32);
        c.new_str(text)
    }),
    ("compare", compare_doubles),
    ("floatToIntBits", |c| {
        Ok(Value::Int((c.double(0)? as f32).to_bits() as i32))
    }),
    ("floatToRawIntBits", |c| {
        Ok(Value::Int((c.double(0)? as f32).to_bits() as i32))
    }),
    ("intBitsToFloat", |c| {
        Ok(Value::Float(f32::from_bits(c.int(0)? as u32)))
    }),
];

pub(super) const DOUBLE_CONSTANTS: Constants = &[
    ("NaN", Value::Double(f64::NAN)),
    ("MAX_VALUE", Value::Double(f64::MAX)),
    ("MIN_VALUE", Value::Double(4.9e-324)),
    ("MIN_NORMAL", Value::Double(f64::MIN_POSITIVE)),
    ("POSITIVE_INFINITY", Value::Double(f64::INFINITY)),
    ("NEGATIVE_INFINITY", Value::Double(f64::NEG_INFINITY)),
];

pub(super) const FLOAT_CONSTANTS: Constants = &[
    ("NaN", Value::Float(f32::NAN)),
    ("MAX_VALUE", Value::Float(f32::MAX)),
    ("MIN_VALUE", Value::Float(1.4e-45)),
    ("POSITIVE_INFINITY", Value::Float(f32::INFINITY)),
    ("NEGATIVE_INFINITY", Value::Float(f32::NEG_INFINITY)),
];

fn me(call: &Call<'_>) -> Result<f64, Fault> {
    number(call.heap, call.arg(0)).ok_or_else(|| call.bad(0, "a number"))
}

fn int_value(call: &mut Call<'_>) -> Result<Value, Fault> {
    let x = me(call)?;
    Ok(Value::Int(
        integer(call.arg(0)).map_or_else(|| f64_to_i32(x), |n| n as i32),
    ))
}

fn long_value(call: &mut Call<'_>) -> Result<Value, Fault> {
    let x = me(call)?;
    Ok(Value::Long(
        integer(call.arg(0)).unwrap_or_else(|| f64_to_i64(x)),
    ))
}

fn double_value(call: &mut Call<'_>) -> Result<Value, Fault> {
    Ok(Value::Double(me(call)?))
}

fn float_value(call: &mut Call<'_>) -> Result<Value, Fault> {
    Ok(Value::Float(me(call)? as f32))
}

fn byte_value(call: &mut Call<'_>) -> Result<Value, Fault> {
    let x = me(call)?;
    Ok(Value::Byte(
        integer(call.arg(0)).map_or_else(|| f64_to_i32(x) as i8, |n| n as i8),
    ))
}

fn short_value(call: &mut Call<'_>) -> Result<Value, Fault> {
    let x = me(call)?;
    Ok(Value::Short(
        integer(call.arg(0)).map_or_else(|| f64_to_i32(x) as i16, |n| n as i16),
    ))
}

fn is_nan(call: &mut Call<'_>) -> Result<Value, Fault> {
    Ok(Value::Bool(call.double(0)?.is_nan()))
}

fn is_infinite(call: &mut Call<'_>) -> Result<Value, Fault> {
    Ok(Value::Bool(call.double(0)?.is_infinite()))
}

fn is_finite(call: &mut Call<'_>) -> Result<Value, Fault> {
    Ok(Value::Bool(call.double(0)?.is_finite()))
}

fn compare_to(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 1)?;
    let order = compare::order(call.heap, call.arg(0), call.arg(1))?;
    order
        .map(|o| Value::Int(o as i32))
        .ok_or_else(|| call.bad(1, "a number"))
}

fn compare_doubles(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(2, 2)?;
    Ok(Value::Int(
        call.double(0)?.total_cmp(&call.double(1)?) as i32
    ))
}

/// Java's floating-point literals as text.
pub(super) fn java_double(text: &str) -> Option<f64> {
    let text = text.trim();
    let body = text.strip_suffix(['d', 'D', 'f', 'F']).unwrap_or(text);
    match body.trim_start_matches(['+', '-']) {
        "NaN" => Some(f64::NAN),
        "Infinity" => Some(if body.starts_with('-') {
            f64::NEG_INFINITY
        } else {
            f64::INFINITY
        }),
        digits if digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') => body.parse().ok(),
        _ => None,
    }
}

pub(super) fn parse_double(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 1)?;
    if let Some(x) = number(call.heap, call.arg(0)) {
        return Ok(Value::Double(x));
    }
    java_double(&call.str(0)?)
        .map(Value::Double)
        .ok_or_else(|| no_number(call))
}

pub(super) fn parse_float(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 1)?;
    if let Some(x) = number(call.heap, call.arg(0)) {
        return Ok(Value::Float(x as f32));
    }
    let text = call.str(0)?;
    // Reading as double first would round twice.
    let direct = text
        .trim()
        .parse::<f32>()
        .ok()
        .filter(|_| java_double(&text).is_some());
    direct
        .or_else(|| java_double(&text).map(|x| x as f32))
        .map(Value::Float)
        .ok_or_else(|| no_number(call))
}

fn no_number(call: &Call<'_>) -> Fault {
    let text = call.str(0).unwrap_or_default();
    Fault::runtime(
        "not-a-number",
        format!("'{}' is not a number", super::string::printable(&text)),
    )
}
