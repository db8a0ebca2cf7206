//! `String.format`: Java's formatter.

use std::fmt::Write;

use super::call::Call;
use crate::error::Fault;
use crate::value::number::Decimal;
use crate::value::{Heap, Value, convert, text};

/// One `%…` item.
#[derive(Debug, Default)]
struct Spec {
    left: bool,
    plus: bool,
    space: bool,
    zero: bool,
    group: bool,
    alternate: bool,
    parenthesis: bool,
    width: usize,
    precision: Option<usize>,
    conversion: char,
}

fn bad(message: impl Into<String>) -> Fault {
    Fault::runtime("bad-format", message.into())
}

pub(super) fn format(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, usize::MAX)?;
    let pattern = call.own_str(0)?;
    // `'%s'.formatted(list)` and format(list) both take the rest one by one.
    let args = call.args.get(1..).unwrap_or_default();
    let mut out = String::new();
    let mut next = 0;
    let mut rest = pattern.as_str();
    while let Some(at) = rest.find('%') {
        out.push_str(rest.get(..at).unwrap_or(""));
        let (spec, index, len) = read(rest.get(at + 1..).unwrap_or(""))?;
        rest = rest.get(at + 1 + len..).unwrap_or("");
        match spec.conversion {
            '%' => pad(&mut out, &spec, "%"),
            'n' => out.push('\n'),
            _ => {
                let position = index.unwrap_or_else(|| {
                    next += 1;
                    next - 1
                });
                let value = args
                    .get(position)
                    .ok_or_else(|| bad("there are fewer values than the format needs"))?;
                item(call, &mut out, &spec, value)?;
            }
        }
        call.heap.check_single(out.len(), 2, "the formatted text")?;
    }
    out.push_str(rest);
    call.new_str(out)
}

/// Reads what follows a percent sign: the item, the position `n$` and how long it was.
fn read(text: &str) -> Result<(Spec, Option<usize>, usize), Fault> {
    let mut spec = Spec::default();
    let mut index = None;
    let bytes = text.as_bytes();
    let mut at = 0;
    let digits = |mut at: usize| {
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        at
    };
    let position_end = digits(0);
    if position_end > 0 && bytes.get(position_end) == Some(&b'$') {
        index = text
            .get(..position_end)
            .and_then(|n| n.parse::<usize>().ok())
            .and_then(|n| n.checked_sub(1));
        at = position_end + 1;
    }
    while let Some(flag) = bytes.get(at) {
        match flag {
            b'-' => spec.left = true,
            b'+' => spec.plus = true,
            b' ' => spec.space = true,
            b'0' => spec.zero = true,
            b',' => spec.group = true,
            b'#' => spec.alternate = true,
            b'(' => spec.parenthesis = true,
            _ => break,
        }
        at += 1;
    }
    let end = digits(at);
    if end > at {
        spec.width = text
            .get(at..end)
            .and_then(|n| n.parse().ok())
            .ok_or_else(|| bad("the width is too large"))?;
        at = end;
    }
    if bytes.get(at) == Some(&b'.') {
        let end = digits(at + 1);
        let precision = text.get(at + 1..end).and_then(|n| n.parse().ok());
        spec.precision = Some(precision.ok_or_else(|| bad("the precision is missing"))?);
        at = end;
    }
    if spec.width > 10_000 || spec.precision.is_some_and(|p| p > 1_000) {
        return Err(bad("the width or precision is too large"));
    }
    if (spec.left || spec.zero) && spec.width == 0 {
        return Err(bad("a flag needs a width"));
    }
    let conversion = text
        .get(at..)
        .and_then(|t| t.chars().next())
        .ok_or_else(|| bad("the format ends after '%'"))?;
    spec.conversion = conversion;
    Ok((spec, index, at + conversion.len_utf8()))
}

fn item(call: &Call<'_>, out: &mut String, spec: &Spec, value: &Value) -> Result<(), Fault> {
    let mismatch = || {
        bad(format!(
            "%{} does not take a {}",
            spec.conversion,
            value.kind()
        ))
    };
    match spec.conversion {
        's' | 'S' => {
            let mut text = text::of(call.heap, value)?.to_string();
            if let Some(precision) = spec.precision {
                text = text.chars().take(precision).collect();
            }
            pad_cased(out, spec, text);
        }
        'b' | 'B' => {
            let truth = match value {
                Value::Bool(b) => *b,
                other => !other.is_null(),
            };
            pad_cased(out, spec, truth.to_string());
        }
        'c' | 'C' => {
            let text = match value {
                Value::Null => "null".into(),
                Value::Char(_) => text::of(call.heap, value)?.to_string(),
                Value::Int(n) => u32::try_from(*n)
                    .ok()
                    .and_then(char::from_u32)
                    .ok_or_else(mismatch)?
                    .to_string(),
                _ => return Err(mismatch()),
            };
            pad_cased(out, spec, text);
        }
        'h' | 'H' if !value.is_null() => {
            let hash = super::scalar::hash_of(call.heap, value, 0)?;
            pad_cased(out, spec, format!("{hash:x}"));
        }
        _ if value.is_null() => pad(out, spec, "null"),
        'd' => {
            let n = match value {
                Value::Big(b) if !b.decimal => {
                    call.heap.str(b.text).parse().map_err(|_| mismatch())?
                }
                _ => i128::from(convert::integer(value).ok_or_else(mismatch)?),
            };
            signed(
                out,
                spec,
                n < 0,
                &grouped(spec, &n.unsigned_abs().to_string()),
            );
        }
        'x' | 'X' | 'o' => radix(out, spec, value, mismatch)?,
        'a' | 'A' => hexadecimal(out, spec, value, mismatch)?,
        'f' | 'e' | 'E' | 'g' | 'G' => floating(call.heap, out, spec, value, mismatch)?,
        other => return Err(bad(format!("unknown conversion '%{other}'"))),
    }
    Ok(())
}

fn radix(
    out: &mut String,
    spec: &Spec,
    value: &Value,
    mismatch: impl Fn() -> Fault,
) -> Result<(), Fault> {
    // Negative numbers show the two's complement of their own width.
    let bits = match value {
        Value::Byte(n) => u64::from(n.to_ne_bytes()[0]),
        Value::Short(n) => *n as u16 as u64,
        Value::Int(n) => *n as u32 as u64,
        Value::Long(n) => *n as u64,
        _ => return Err(mismatch()),
    };
    let (digits, prefix) = match spec.conversion {
        'o' => (format!("{bits:o}"), "0"),
        _ => (format!("{bits:x}"), "0x"),
    };
    let prefix = if spec.alternate { prefix } else { "" };
    let mut text = String::from(prefix);
    if spec.zero && !spec.left {
        let zeros = spec.width.saturating_sub(prefix.len() + digits.len());
        text.extend(std::iter::repeat_n('0', zeros));
    }
    text.push_str(&digits);
    pad_cased(out, spec, text);
    Ok(())
}

/// `0x1.8p1`: exact, or with so many digits of the fraction.
fn hexadecimal(
    out: &mut String,
    spec: &Spec,
    value: &Value,
    mismatch: impl Fn() -> Fault,
) -> Result<(), Fault> {
    let x = match value {
        Value::Float(x) => f64::from(*x),
        Value::Double(x) => *x,
        _ => return Err(mismatch()),
    };
    let mut text = if x.is_nan() {
        "NaN".to_owned()
    } else if x.is_infinite() {
        "Infinity".to_owned()
    } else {
        hexadecimal_digits(x.abs(), spec.precision.map(|p| p.max(1)))
    };
    if spec.conversion.is_uppercase() {
        text = text.to_uppercase();
    }
    signed(out, spec, x.is_sign_negative() && !x.is_nan(), &text);
    Ok(())
}

/// Of a finite number that is not negative.
fn hexadecimal_digits(x: f64, precision: Option<usize>) -> String {
    const FRACTION: u64 = (1 << 52) - 1;
    let (mut exponent, mut fraction) = ((x.to_bits() >> 52) as i64 - 1023, x.to_bits() & FRACTION);
    let mut whole = 1;
    if exponent == -1023 {
        (whole, exponent) = (0, if fraction == 0 { 0 } else { -1022 });
        // With a precision the first digit is always 1.
        while precision.is_some() && fraction != 0 && whole == 0 {
            fraction <<= 1;
            exponent -= 1;
            whole = fraction >> 52;
            fraction &= FRACTION;
        }
    }
    if let Some(places) = precision.filter(|p| *p < 13) {
        let cut = 4 * (13 - places);
        let unit = 1u64 << cut;
        let rest = fraction & (unit - 1);
        fraction -= rest;
        let odd = fraction & unit != 0;
        if rest > unit / 2 || (rest == unit / 2 && odd) {
            fraction += unit;
            // A carry leaves nothing behind the point.
            if fraction > FRACTION {
                exponent += 1;
                fraction &= FRACTION;
            }
        }
    }
    let digits = format!("{fraction:013x}");
    let kept = match precision {
        Some(places) => format!("{digits:0<places$}")
            .get(..places)
            .unwrap_or("0")
            .to_owned(),
        None => digits.trim_end_matches('0').to_owned(),
    };
    let kept = if kept.is_empty() { "0" } else { &kept };
    format!("0x{whole}.{kept}p{exponent}")
}

fn floating(
    heap: &Heap,
    out: &mut String,
    spec: &Spec,
    value: &Value,
    mismatch: impl Fn() -> Fault,
) -> Result<(), Fault> {
    let (x, decimal) = match value {
        Value::Float(x) => (f64::from(*x), Decimal::from_f32(*x)),
        Value::Double(x) => (*x, Decimal::from_f64(*x)),
        Value::Big(b) if b.decimal => (0.0, Decimal::parse(heap.str(b.text))),
        _ => return Err(mismatch()),
    };
    let Some(mut decimal) = decimal else {
        let text = if x.is_nan() { "NaN" } else { "Infinity" };
        let plain = Spec {
            zero: false,
            left: spec.left,
            width: spec.width,
            plus: spec.plus,
            ..Spec::default()
        };
        signed(out, &plain, x < 0.0, text);
        return Ok(());
    };
    let precision = spec.precision.unwrap_or(6);
    let places = i32::try_from(precision).unwrap_or(0);
    let negative = decimal.negative || (x == 0.0 && x.is_sign_negative());
    let scientific = match spec.conversion {
        'e' | 'E' => true,
        'g' | 'G' => !(decimal.digits.is_empty() || (-3..=places.max(1)).contains(&decimal.point)),
        _ => false,
    };
    let text = if scientific {
        let exponent = if decimal.digits.is_empty() {
            0
        } else {
            decimal.point - 1
        };
        let significant = if matches!(spec.conversion, 'g' | 'G') {
            places.max(1) - 1
        } else {
            places
        };
        decimal.point = 1;
        decimal.round_half_up(significant);
        let exponent = exponent + (decimal.point - 1).max(0);
        decimal.point = 1;
        let mut text = decimal.plain(usize::try_from(significant).unwrap_or(0));
        let _ = write!(
            text,
            "e{}{:02}",
            if exponent < 0 { '-' } else { '+' },
            exponent.abs()
        );
        text
    } else {
        let places = if matches!(spec.conversion, 'g' | 'G') {
            (places.max(1) - decimal.point.max(1)).max(0)
        } else {
            places
        };
        decimal.round_half_up(places);
        grouped(spec, &decimal.plain(usize::try_from(places).unwrap_or(0)))
    };
    let text = if spec.conversion.is_uppercase() {
        text.to_uppercase()
    } else {
        text
    };
    signed(out, spec, negative, &text);
    Ok(())
}

/// Commas between the thousands.
fn grouped(spec: &Spec, digits: &str) -> String {
    if !spec.group {
        return digits.to_owned();
    }
    let (whole, fraction) = digits
        .split_once('.')
        .map_or((digits, None), |(w, f)| (w, Some(f)));
    let mut text = String::new();
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            text.push(',');
        }
        text.push(c);
    }
    if let Some(fraction) = fraction {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

fn signed(out: &mut String, spec: &Spec, negative: bool, digits: &str) {
    let (before, after) = match (negative, spec.parenthesis) {
        (true, true) => ("(", ")"),
        (true, false) => ("-", ""),
        (false, _) if spec.plus => ("+", ""),
        (false, _) if spec.space => (" ", ""),
        _ => ("", ""),
    };
    let mut text = String::from(before);
    if spec.zero && !spec.left {
        let zeros = spec
            .width
            .saturating_sub(before.len() + digits.len() + after.len());
        text.extend(std::iter::repeat_n('0', zeros));
    }
    text.push_str(digits);
    text.push_str(after);
    pad(out, spec, &text);
}

fn pad_cased(out: &mut String, spec: &Spec, text: String) {
    if spec.conversion.is_uppercase() {
        pad(out, spec, &text.to_uppercase());
    } else {
        pad(out, spec, &text);
    }
}

fn pad(out: &mut String, spec: &Spec, text: &str) {
    let missing = spec.width.saturating_sub(text.chars().count());
    if !spec.left {
        out.extend(std::iter::repeat_n(' ', missing));
    }
    out.push_str(text);
    if spec.left {
        out.extend(std::iter::repeat_n(' ', missing));
    }
}
