//! Numbers as text, and rounding on the decimal text.

use smol_str::SmolStr;

/// `1.0`, `0.001`, `1.0E-4`, `1.23456789E7`; `NaN`, `Infinity`.
pub(crate) fn double_text(x: f64) -> SmolStr {
    if let Some(word) = not_finite(x) {
        return SmolStr::new_static(word);
    }
    let size = x.abs();
    if x == 0.0 || (1e-3..1e7).contains(&size) {
        // Integral values are the common case.
        let text = x.to_string();
        return if text.contains('.') {
            SmolStr::new(text)
        } else {
            SmolStr::new(text + ".0")
        };
    }
    scientific(&format!("{x:E}"))
}

/// The same for 32 bits.
pub(crate) fn float_text(x: f32) -> SmolStr {
    if let Some(word) = not_finite(f64::from(x)) {
        return SmolStr::new_static(word);
    }
    let size = x.abs();
    if x == 0.0 || (1e-3..1e7).contains(&size) {
        let text = x.to_string();
        return if text.contains('.') {
            SmolStr::new(text)
        } else {
            SmolStr::new(text + ".0")
        };
    }
    scientific(&format!("{x:E}"))
}

/// Room for the text of an int.
#[derive(Default)]
pub(crate) struct Digits([u8; 11]);

impl Digits {
    /// The text of an int.
    pub(crate) fn of(&mut self, n: i32) -> &str {
        let mut rest = n.unsigned_abs();
        let mut start = self.0.len();
        loop {
            start -= 1;
            if let Some(place) = self.0.get_mut(start) {
                *place = b'0' + (rest % 10) as u8;
            }
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if n < 0 {
            start -= 1;
            if let Some(place) = self.0.get_mut(start) {
                *place = b'-';
            }
        }
        let text = self.0.get(start..).unwrap_or_default();
        std::str::from_utf8(text).unwrap_or_default()
    }
}

pub(crate) fn not_finite(x: f64) -> Option<&'static str> {
    if x.is_nan() {
        Some("NaN")
    } else if x == f64::INFINITY {
        Some("Infinity")
    } else if x == f64::NEG_INFINITY {
        Some("-Infinity")
    } else {
        None
    }
}

/// `1E7` becomes `1.0E7`.
fn scientific(text: &str) -> SmolStr {
    match text.split_once('E') {
        Some((mantissa, exponent)) if !mantissa.contains('.') => {
            SmolStr::new(format!("{mantissa}.0E{exponent}"))
        }
        _ => SmolStr::new(text),
    }
}

/// A decimal number: sign, digits and the place of the point, as `0.d1d2d3… × 10^point`.
#[derive(Clone, Debug)]
pub(crate) struct Decimal {
    pub(crate) negative: bool,
    pub(crate) digits: Vec<u8>,
    pub(crate) point: i32,
}

impl Decimal {
    /// From the shortest text that reads back as the same double.
    pub(crate) fn from_f64(x: f64) -> Option<Self> {
        if x.is_finite() {
            Self::parse(&format!("{x:e}"))
        } else {
            None
        }
    }

    pub(crate) fn from_f32(x: f32) -> Option<Self> {
        if x.is_finite() {
            Self::parse(&format!("{x:e}"))
        } else {
            None
        }
    }

    /// Reads `-12.5e3`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let exponent: i32 = exponent.parse().ok()?;
        let negative = mantissa.starts_with('-');
        let mantissa = mantissa.trim_start_matches(['-', '+']);
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let mut digits: Vec<u8> = Vec::with_capacity(mantissa.len());
        for b in whole.bytes().chain(fraction.bytes()) {
            digits.push(b.checked_sub(b'0').filter(|d| *d < 10)?);
        }
        let point = i32::try_from(whole.len()).ok()?.checked_add(exponent)?;
        let zeros = digits.iter().take_while(|d| **d == 0).count();
        let point = if zeros == digits.len() {
            0
        } else {
            point - i32::try_from(zeros).ok()?
        };
        digits.drain(..zeros);
        Some(Self {
            negative,
            digits,
            point,
        })
    }

    /// Rounds half away from zero to `places` digits after the point (negative: before it).
    pub(crate) fn round_half_up(&mut self, places: i32) {
        let keep = self.point.saturating_add(places);
        if keep < 0 {
            self.digits.clear();
            self.point = 0;
            return;
        }
        let keep = usize::try_from(keep).unwrap_or(0);
        let Some(next) = self.digits.get(keep).copied() else {
            return;
        };
        self.digits.truncate(keep);
        if next < 5 {
            return;
        }
        for digit in self.digits.iter_mut().rev() {
            if *digit < 9 {
                *digit += 1;
                return;
            }
            *digit = 0;
        }
        self.digits.insert(0, 1);
        self.point += 1;
    }

    /// Plain text with exactly `places` digits after the point, without a sign.
    pub(crate) fn plain(&self, places: usize) -> String {
        let point = usize::try_from(self.point.max(0)).unwrap_or(0);
        let mut text = String::new();
        for i in 0..point.max(1) {
            let digit = if self.point <= 0 {
                0
            } else {
                self.digits.get(i).copied().unwrap_or(0)
            };
            text.push(char::from(b'0' + digit));
        }
        if places > 0 {
            text.push('.');
            for i in 0..places {
                let at = i64::from(self.point) + i64::try_from(i).unwrap_or(0);
                let digit = usize::try_from(at)
                    .ok()
                    .and_then(|at| self.digits.get(at).copied())
                    .unwrap_or(0);
                text.push(char::from(b'0' + digit));
            }
        }
        text
    }

    /// The nearest double.
    pub(crate) fn to_f64(&self) -> f64 {
        let mut text = String::from(if self.negative { "-0." } else { "0." });
        text.extend(self.digits.iter().map(|d| char::from(b'0' + d)));
        text.push('e');
        text.push_str(&self.point.to_string());
        text.parse().unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_have_their_customary_text() {
        for (x, text) in [
            (1.0, "1.0"),
            (0.001, "0.001"),
            (1e-4, "1.0E-4"),
            (1e7, "1.0E7"),
            (12_345_678.9, "1.23456789E7"),
            (-0.0, "-0.0"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(double_text(x), text);
        }
        assert_eq!(float_text(33.333_332), "33.333332");
    }

    #[test]
    fn ints_as_text() {
        for n in [0, 7, -1, 10, 2_147_483_647, i32::MIN] {
            assert_eq!(Digits::default().of(n), n.to_string());
        }
    }

    #[test]
    fn rounding_works_on_the_decimal_text() {
        let fixed = |x: f64, places: i32| {
            let mut d = Decimal::from_f64(x).expect("finite");
            d.round_half_up(places);
            d.plain(usize::try_from(places).unwrap_or(0))
        };
        assert_eq!(fixed(2.345, 2), "2.35");
        assert_eq!(fixed(9.999, 2), "10.00");
        assert_eq!(fixed(0.05, 1), "0.1");
        assert_eq!(fixed(0.004, 2), "0.00");
        assert_eq!(fixed(2.5, 0), "3");
        assert_eq!(fixed(0.5, 0), "1");
    }
}
