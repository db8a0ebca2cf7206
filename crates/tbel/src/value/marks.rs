//! A byte of each key of a small map: keys whose byte differs need not be compared.
//!
//! Comparing texts one after the other is what a lookup in a small map costs; with the bytes side by side
//! eight keys are passed over at once, and nearly always only the key that is looked for is compared.

use super::{Texts, Value};

/// So many keys have marks.
pub(super) const MOST: usize = 32;

const LOW: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Marks([u8; MOST]);

/// The mark of a text: every byte of a text of up to 16 counts, of longer ones the first and the last eight.
#[inline]
pub(crate) fn of_text(text: &str) -> u8 {
    let bytes = text.as_bytes();
    let (first, last) = match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
        _ => match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
            (Some(first), Some(last)) => (
                u64::from(u32::from_le_bytes(*first)),
                u64::from(u32::from_le_bytes(*last)),
            ),
            _ => (
                bytes.iter().fold(0, |all, b| all << 8 | u64::from(*b)),
                bytes.len() as u64,
            ),
        },
    };
    // The upper bits of a product depend on all bits below.
    let mixed = (first ^ last.rotate_left(31)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed.to_be_bytes()[0]
}

/// The mark of any key. Keys of other types than text are rare: those of one type share theirs, but ints.
pub(crate) fn of(texts: &Texts, key: &Value) -> u8 {
    match key {
        Value::Str(text) => of_text(texts.get(*text)),
        Value::Int(n) => n.to_le_bytes()[0],
        Value::Entry(id) => usize::from(*id).to_le_bytes()[0],
        _ => 0,
    }
}

impl Marks {
    /// Sets the mark of the key at a place, if there is room for it.
    #[inline]
    pub(super) fn set(&mut self, at: usize, mark: u8) {
        if let Some(place) = self.0.get_mut(at) {
            *place = mark;
        }
    }

    /// The mark at a place.
    #[inline]
    pub(super) fn at(&self, at: usize) -> u8 {
        self.0.get(at).copied().unwrap_or_default()
    }

    /// Closes the gap of a removed key.
    pub(super) fn remove(&mut self, at: usize) {
        if at < MOST {
            self.0.copy_within(at + 1.., at);
        }
    }

    /// The first of `len` places with this mark whose key is the one.
    #[inline]
    pub(super) fn find(
        &self,
        len: usize,
        mark: u8,
        is_key: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let wanted = LOW * u64::from(mark);
        let (words, _) = self.0.as_chunks::<8>();
        for (w, word) in words.iter().take(len.div_ceil(8)).enumerate() {
            let differs = u64::from_le_bytes(*word) ^ wanted;
            // The highest bit of each byte that is zero; behind the first one it may also be another.
            let mut same = differs.wrapping_sub(LOW) & !differs & HIGH;
            while same != 0 {
                let at = w * 8 + (same.trailing_zeros() / 8) as usize;
                if is_key(at) {
                    return Some(at);
                }
                same &= same - 1;
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_has_the_mark_and_is_the_key() {
        let mut marks = Marks::default();
        for at in 0..MOST {
            marks.set(at, u8::try_from(at % 5).unwrap_or(0));
        }
        for at in 0..MOST {
            let mark = u8::try_from(at % 5).unwrap_or(0);
            assert_eq!(marks.find(MOST, mark, |i| i == at), Some(at));
            assert_eq!(marks.find(MOST, 9, |i| i == at), None);
            assert_eq!(marks.find(at / 8 * 8, mark, |i| i == at), None);
        }
        marks.remove(0);
        assert_eq!(marks.find(MOST, 1, |i| i == 0), Some(0));
    }

    #[test]
    fn similar_names_differ() {
        let mut seen: Vec<u8> = (1..=16)
            .flat_map(|i| {
                [
                    format!("k{i}"),
                    format!("group{i}_enable"),
                    format!("input_register_{i}"),
                ]
            })
            .map(|name| of_text(&name))
            .collect();
        seen.sort_unstable();
        seen.dedup();
        assert!(seen.len() > 36, "{} of 48", seen.len());
    }
}
