//! Number literals.

use smol_str::SmolStr;

use super::ast::Number;

pub(super) enum Scanned {
    Number {
        value: Number,
        /// Length of a plain decimal integer literal, else 0.
        digits: usize,
        end: usize,
    },
    /// Well formed enough to compile; evaluating it fails.
    Late {
        end: usize,
    },
    Bad {
        end: usize,
        message: &'static str,
    },
}

/// A decimal integer literal is an int up to nine characters and a long from ten on.
pub(crate) fn integer_text_value(text: &str) -> Option<Number> {
    if text.len() <= 9 {
        text.parse().ok().map(Number::Int)
    } else {
        text.parse().ok().map(Number::Long)
    }
}

fn is_word_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_' || b == b'$' || b >= 0x80
}

fn digits_end(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(u8::is_ascii_digit) {
        at += 1;
    }
    at
}

fn word_end(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(|b| is_word_byte(*b)) {
        at += 1;
    }
    at
}

/// Scans the literal starting at `start`, which is a digit or a point before a digit.
pub(super) fn scan(source: &str, start: usize) -> Scanned {
    let bytes = source.as_bytes();
    if bytes.get(start) == Some(&b'0') && bytes.get(start + 1) == Some(&b'x') {
        return hexadecimal(source, start);
    }
    let int_end = digits_end(bytes, start);
    let mut end = int_end;
    let mut floating = false;
    if bytes.get(end) == Some(&b'.') && bytes.get(end + 1) != Some(&b'?') {
        floating = true;
        end = digits_end(bytes, end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent_end = digits_end(bytes, end + 1 + sign);
        if exponent_end == end + 1 + sign {
            let end = word_end(bytes, exponent_end);
            return Scanned::Late { end };
        }
        floating = true;
        end = exponent_end;
    }
    let text = source.get(start..end).unwrap_or("0");
    let suffix = bytes.get(end).copied();
    let (value, end) = match suffix {
        Some(b'L' | b'l') if !floating => (text.parse().ok().map(Number::Long), end + 1),
        Some(b'f' | b'F') => (text.parse().ok().map(Number::Float), end + 1),
        Some(b'd' | b'D') => (text.parse().ok().map(Number::Double), end + 1),
        Some(b'I') if !floating => (
            Some(Number::Big {
                text: SmolStr::new(text),
                decimal: false,
            }),
            end + 1,
        ),
        Some(b'B') => (
            Some(Number::Big {
                text: SmolStr::new(text),
                decimal: true,
            }),
            end + 1,
        ),
        _ if floating => (text.parse().ok().map(Number::Double), end),
        _ => return plain_integer(source, start, end),
    };
    finish(source, value, 0, end)
}

fn finish(source: &str, value: Option<Number>, digits: usize, end: usize) -> Scanned {
    let bytes = source.as_bytes();
    let glued = bytes.get(end).is_some_and(|b| is_word_byte(*b))
        || (bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit));
    if glued {
        let end = word_end(bytes, (end + 1).min(bytes.len()));
        return Scanned::Bad {
            end,
            message: "a number cannot be followed directly by a word or another number",
        };
    }
    match value {
        Some(value) => Scanned::Number { value, digits, end },
        None => Scanned::Bad {
            end,
            message: "the number is out of range",
        },
    }
}

fn plain_integer(source: &str, start: usize, end: usize) -> Scanned {
    let text = source.get(start..end).unwrap_or("0");
    if text.len() > 1 && text.starts_with('0') {
        return match i64::from_str_radix(text, 8) {
            Ok(n) => {
                let value = i32::try_from(n).map_or(Number::Long(n), Number::Int);
                finish(source, Some(value), 0, end)
            }
            Err(_) => Scanned::Bad {
                end,
                message: "a number with a leading zero is octal and has digits 0 to 7",
            },
        };
    }
    finish(source, integer_text_value(text), text.len(), end)
}

fn hexadecimal(source: &str, start: usize) -> Scanned {
    let bytes = source.as_bytes();
    let mut end = start + 2;
    while bytes.get(end).is_some_and(u8::is_ascii_hexdigit) {
        end += 1;
    }
    let whole = word_end(bytes, end);
    if end == start + 2 || whole != end {
        return Scanned::Late { end: whole };
    }
    let digits = source.get(start + 2..end).unwrap_or("0");
    let significant = digits.trim_start_matches('0');
    let value = match u64::from_str_radix(
        if significant.is_empty() {
            "0"
        } else {
            significant
        },
        16,
    ) {
        // These two read as the extreme values; every other literal is positive.
        Ok(0x8000_0000) => Number::Long(i64::from(i32::MIN)),
        Ok(0x8000_0000_0000_0000) => Number::Long(i64::MIN),
        Ok(n) => match (i32::try_from(n), i64::try_from(n)) {
            (Ok(small), _) => Number::Int(small),
            (_, Ok(large)) => Number::Long(large),
            _ => return Scanned::Late { end },
        },
        Err(_) => return Scanned::Late { end },
    };
    Scanned::Number {
        value,
        digits: 0,
        end,
    }
}
