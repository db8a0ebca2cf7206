//! Sizes and times with their unit in the text: `16MiB`, `2s`.

use std::{fmt, str::FromStr, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// A number of bytes, written `512`, `64KiB`, `16MiB` or `1GiB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ByteSize(pub(crate) u64);

/// A length of time, written `250ms`, `2s`, `10m`, `12h` or `7d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span(pub(crate) Duration);

const SIZES: [(&str, u64); 4] = [
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("", 1),
];
const SPANS: [(&str, u64); 5] = [
    ("ms", 1),
    ("s", 1_000),
    ("m", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
];

impl ByteSize {
    pub(crate) const fn mebibytes(count: u64) -> Self {
        Self(count << 20)
    }

    /// As a size in memory.
    pub(crate) fn as_usize(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

impl Span {
    pub(crate) const fn seconds(count: u64) -> Self {
        Self(Duration::from_secs(count))
    }
}

fn split(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let text = text.trim();
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let factor = units.iter().find(|(name, _)| *name == unit.trim())?.1;
    number.parse::<u64>().ok()?.checked_mul(factor)
}

impl FromStr for ByteSize {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        split(text, &SIZES).map(Self).ok_or_else(|| {
            format!("\"{text}\" is no size: write it like 512, 64KiB, 16MiB or 1GiB")
        })
    }
}

impl FromStr for Span {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        split(text, &SPANS)
            .map(|ms| Self(Duration::from_millis(ms)))
            .ok_or_else(|| {
                format!("\"{text}\" is no length of time: write it like 250ms, 2s, 10m, 12h or 7d")
            })
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fits = SIZES
            .iter()
            .find(|(_, factor)| self.0 > 0 && self.0.is_multiple_of(*factor));
        let (unit, factor) = fits.copied().unwrap_or(("", 1));
        write!(f, "{}{unit}", self.0 / factor)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX);
        let fits = SPANS
            .iter()
            .rev()
            .find(|(_, factor)| ms > 0 && ms.is_multiple_of(*factor));
        let (unit, factor) = fits.copied().unwrap_or(("ms", 1));
        write!(f, "{}{unit}", ms / factor)
    }
}

macro_rules! as_text {
    ($($name:ident),+) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
            }
        }
    )+};
}
as_text!(ByteSize, Span);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_read_and_print() {
        for text in ["16MiB", "1GiB", "3KiB", "7", "0"] {
            assert_eq!(text.parse::<ByteSize>().unwrap().to_string(), text);
        }
        for text in ["250ms", "2s", "10m", "12h", "7d", "90s"] {
            assert_eq!(text.parse::<Span>().unwrap().to_string(), text);
        }
        assert!("16 MB".parse::<ByteSize>().unwrap_err().contains("16MiB"));
        assert!("99999999999GiB".parse::<ByteSize>().is_err());
        assert!("-1s".parse::<Span>().is_err());
    }
}
