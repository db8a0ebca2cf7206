//! The one order of sorting: numeric when every element reads as a number, else by text.

use crate::error::Fault;
use crate::value::{Heap, Value, convert, text, utf16};

/// The number an element reads as.
fn number(heap: &Heap, value: &Value) -> Result<Option<f64>, Fault> {
    if let Some(n) = convert::number(heap, value) {
        return Ok(Some(n));
    }
    let text = text::of(heap, value)?;
    Ok(text
        .trim()
        .parse::<f64>()
        .ok()
        .filter(|_| text.bytes().any(|b| b.is_ascii_digit())))
}

pub(super) fn sorted(
    heap: &Heap,
    values: Vec<Value>,
    ascending: bool,
) -> Result<Vec<Value>, Fault> {
    let keyed = values.into_iter().map(|v| (v, v)).collect();
    Ok(sorted_by_key(heap, keyed, ascending)?
        .into_iter()
        .map(|(_, v)| v)
        .collect())
}

/// Sorts pairs by their first part.
pub(super) fn sorted_by_key<T>(
    heap: &Heap,
    pairs: Vec<(Value, T)>,
    ascending: bool,
) -> Result<Vec<(Value, T)>, Fault> {
    let mut numbers = Vec::with_capacity(pairs.len());
    for (key, _) in &pairs {
        match number(heap, key)? {
            Some(n) => numbers.push(n),
            None => break,
        }
    }
    if numbers.len() == pairs.len() {
        let mut all: Vec<_> = numbers.into_iter().zip(pairs).collect();
        all.sort_by(|(a, _), (b, _)| {
            if ascending {
                a.total_cmp(b)
            } else {
                b.total_cmp(a)
            }
        });
        return Ok(all.into_iter().map(|(_, pair)| pair).collect());
    }
    let mut texts = Vec::with_capacity(pairs.len());
    for pair in pairs {
        texts.push((text::of(heap, &pair.0)?, pair));
    }
    texts.sort_by(|(a, _), (b, _)| {
        if ascending {
            utf16::compare(a, b)
        } else {
            utf16::compare(b, a)
        }
    });
    Ok(texts.into_iter().map(|(_, pair)| pair).collect())
}
