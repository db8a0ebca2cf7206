//! Strings are UTF-8 here and UTF-16 in the language: positions count UTF-16 units.
//!
//! Half of a surrogate pair, cut out by a script, becomes U+FFFD.

use smol_str::SmolStr;

/// Length in UTF-16 units.
pub(crate) fn len(s: &str) -> usize {
    if s.is_ascii() {
        s.len()
    } else {
        s.encode_utf16().count()
    }
}

/// Byte offset of a unit, when it lies on a character boundary or at the end.
fn boundary(s: &str, unit: usize) -> Option<usize> {
    if unit <= s.len() && s.as_bytes().get(..unit).is_some_and(<[u8]>::is_ascii) {
        return Some(unit);
    }
    let mut at = 0;
    for (i, c) in s.char_indices() {
        if at == unit {
            return Some(i);
        }
        at += c.len_utf16();
    }
    (at == unit).then_some(s.len())
}

/// The unit at a position.
pub(crate) fn unit_at(s: &str, at: usize) -> Option<u16> {
    // Most texts that are taken apart are short.
    if s.len() <= 16 && s.is_ascii() {
        return s.as_bytes().get(at).map(|b| u16::from(*b));
    }
    if let Some(prefix) = s.as_bytes().get(..=at)
        && prefix.is_ascii()
    {
        return prefix.last().map(|b| u16::from(*b));
    }
    s.encode_utf16().nth(at)
}

/// The bytes of the units `from..to`, when they are inside and begin and end with characters.
pub(crate) fn range(s: &str, from: usize, to: usize) -> Option<std::ops::Range<usize>> {
    if from > to {
        return None;
    }
    Some(boundary(s, from)?..boundary(s, to)?)
}

/// Units `from..to`, or `None` when they are not all inside.
pub(crate) fn part(s: &str, from: usize, to: usize) -> Option<SmolStr> {
    if from > to {
        return None;
    }
    if let (Some(start), Some(end)) = (boundary(s, from), boundary(s, to)) {
        return s.get(start..end).map(SmolStr::new);
    }
    let units: Vec<u16> = s.encode_utf16().collect();
    units
        .get(from..to)
        .map(|part| SmolStr::new(String::from_utf16_lossy(part)))
}

/// Position of the first `needle` at or after `from`.
pub(crate) fn find(s: &str, needle: &str, from: usize) -> Option<usize> {
    let start = boundary(s, from).or_else(|| boundary(s, from + 1))?;
    let found = start + s.get(start..)?.find(needle)?;
    Some(len(s.get(..found)?))
}

/// Position of the last `needle` that starts at or before `from`.
pub(crate) fn rfind(s: &str, needle: &str, from: usize) -> Option<usize> {
    let last = boundary(s, from).unwrap_or(s.len());
    let end = (last + needle.len()).min(s.len());
    let end = (end..=s.len()).find(|i| s.is_char_boundary(*i))?;
    let found = s.get(..end)?.rfind(needle)?;
    Some(len(s.get(..found)?))
}

/// A single unit as text.
pub(crate) fn unit_text(unit: u16) -> SmolStr {
    SmolStr::new(character(unit).encode_utf8(&mut [0; 4]))
}

/// A unit as a character; half of a surrogate pair is none.
pub(crate) fn character(unit: u16) -> char {
    char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

pub(crate) fn push_unit(out: &mut String, unit: u16) {
    out.push(character(unit));
}

/// Order by UTF-16 units, which differs from code points above U+FFFF.
pub(crate) fn compare(a: &str, b: &str) -> std::cmp::Ordering {
    if a.is_ascii() || b.is_ascii() {
        a.cmp(b)
    } else {
        a.encode_utf16().cmp(b.encode_utf16())
    }
}

/// What Java's `compareTo` returns: the difference of the first different units, else of the lengths.
pub(crate) fn difference(a: &str, b: &str) -> i32 {
    let first = a.encode_utf16().zip(b.encode_utf16()).find(|(x, y)| x != y);
    match first {
        Some((x, y)) => i32::from(x) - i32::from(y),
        None => {
            i32::try_from(len(a)).unwrap_or(i32::MAX) - i32::try_from(len(b)).unwrap_or(i32::MAX)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_units() {
        let s = "a€😀z";
        assert_eq!(len(s), 5);
        assert_eq!(unit_at(s, 2), Some(0xD83D));
        assert_eq!(part(s, 1, 2).as_deref(), Some("€"));
        assert_eq!(part(s, 2, 3).as_deref(), Some("\u{fffd}"));
        assert_eq!(part(s, 4, 9), None);
        assert_eq!(find(s, "z", 0), Some(4));
        assert_eq!(find(s, "a", 1), None);
        assert_eq!(rfind("abab", "ab", 4), Some(2));
        assert_eq!(rfind("abab", "ab", 1), Some(0));
        assert_eq!(difference("abc", "abd"), -1);
    }
}
