//! Numbers out of values.

use super::{Heap, Value};

/// Optional minus, digits, at most one point: what arithmetic and comparison take as a number.
pub(crate) fn numeric_text(s: &str) -> Option<f64> {
    let digits = s.strip_prefix('-').unwrap_or(s);
    let mut points = 0;
    for b in digits.bytes() {
        match b {
            b'0'..=b'9' => {}
            b'.' if points == 0 => points = 1,
            _ => return None,
        }
    }
    if digits.len() == points {
        None
    } else {
        s.parse().ok()
    }
}

/// The value of any number.
pub(crate) fn number(heap: &Heap, value: &Value) -> Option<f64> {
    Some(match value {
        Value::Byte(n) => f64::from(*n),
        Value::Short(n) => f64::from(*n),
        Value::Int(n) => f64::from(*n),
        Value::Long(n) => *n as f64,
        Value::Float(x) => f64::from(*x),
        Value::Double(x) => *x,
        Value::Big(b) => heap.str(b.text).parse().ok()?,
        _ => return None,
    })
}

/// The value of any integer type.
pub(crate) fn integer(value: &Value) -> Option<i64> {
    Some(match value {
        Value::Byte(n) => i64::from(*n),
        Value::Short(n) => i64::from(*n),
        Value::Int(n) => i64::from(*n),
        Value::Long(n) => *n,
        _ => return None,
    })
}

/// Truncation to 32 bits the way a cast does it: saturating, NaN is 0.
pub(crate) fn f64_to_i32(x: f64) -> i32 {
    x as i32
}

/// Truncation to 64 bits the way a cast does it.
pub(crate) fn f64_to_i64(x: f64) -> i64 {
    x as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_decimals_are_numeric_text() {
        assert_eq!(numeric_text("-3.5"), Some(-3.5));
        assert_eq!(numeric_text("7"), Some(7.0));
        for s in ["", "-", ".", "1e3", " 5", "0x10", "+1", "1.2.3"] {
            assert_eq!(numeric_text(s), None, "{s}");
        }
    }
}
