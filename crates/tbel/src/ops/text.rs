//! `contains`, `soundslike`, `strsim`.

use crate::error::Fault;
use crate::value::{Heap, Value, compare, text};

pub(crate) fn contains(heap: &Heap, a: &Value, b: &Value) -> Result<bool, Fault> {
    match a {
        Value::Str(s) => Ok(heap.str(*s).contains(text::of(heap, b)?.as_str())),
        Value::List(id) => {
            for item in heap.list(*id).iter() {
                if compare::strictly_equal(heap, &item, b)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Value::Set(id) => Ok(heap.set(*id).contains(heap.texts(), b)),
        Value::Map(id) => Ok(heap.map(*id).contains(heap.texts(), b)),
        other => Err(Fault::runtime(
            "contains",
            format!(
                "'contains' needs a string, list, set or map, not a {}",
                other.kind()
            ),
        )),
    }
}

/// The four-character Soundex code.
fn soundex(s: &str) -> String {
    let code = |c: char| match c {
        'B' | 'F' | 'P' | 'V' => '1',
        'C' | 'G' | 'J' | 'K' | 'Q' | 'S' | 'X' | 'Z' => '2',
        'D' | 'T' => '3',
        'L' => '4',
        'M' | 'N' => '5',
        'R' => '6',
        'H' | 'W' => '-',
        _ => '0',
    };
    let mut letters = s
        .chars()
        .filter(char::is_ascii_alphabetic)
        .map(|c| c.to_ascii_uppercase());
    let Some(first) = letters.next() else {
        return String::new();
    };
    let mut out = String::from(first);
    let mut last = code(first);
    for c in letters {
        let digit = code(c);
        if digit == '-' {
            continue;
        }
        if digit != '0' && digit != last {
            out.push(digit);
        }
        last = digit;
        if out.len() == 4 {
            break;
        }
    }
    while out.len() < 4 {
        out.push('0');
    }
    out
}

pub(crate) fn sounds_like(a: &str, b: &str) -> bool {
    soundex(a) == soundex(b)
}

/// One minus the edit distance relative to the longer text.
pub(crate) fn similarity(heap: &mut Heap, a: &str, b: &str) -> f32 {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let longest = a.len().max(b.len());
    if a == b {
        return 1.0;
    }
    // Quadratic; two long texts must not buy more work than the budget says.
    heap.spend(a.len().saturating_mul(b.len()));
    if a.len().saturating_mul(b.len()) > 4_000_000 {
        return 0.0;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let cost = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = cost.min(row[j] + 1).min(diagonal + 1);
        }
    }
    let distance = row.last().copied().unwrap_or(0);
    1.0 - distance as f32 / longest as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn soundex_codes() {
        assert_eq!(soundex("Robert"), "R163");
        assert!(sounds_like("abc", "abk"));
        assert!(!sounds_like("abc", "xyz"));
    }
}
