//! What a run sees of the world: only what the host hands over.

use crate::error::Fault;

/// Clock, randomness and time zone of a run. The same script, arguments and host give the same answer.
#[derive(Clone, Debug)]
pub struct Host {
    /// "Now" for `new Date()` and `Date.now()`, in milliseconds since 1970.
    pub now_ms: i64,
    /// Start value of `Math.random()` and `new Random()`.
    pub seed: u64,
    /// Zone of dates without one of their own.
    pub time_zone: TimeZone,
}

impl Default for Host {
    fn default() -> Self {
        Self {
            now_ms: 0,
            seed: 0,
            time_zone: TimeZone::utc(),
        }
    }
}

/// A time zone. Cheap to clone.
#[derive(Clone, Debug)]
pub struct TimeZone(pub(crate) jiff::tz::TimeZone);

impl TimeZone {
    /// Coordinated universal time.
    #[must_use]
    pub fn utc() -> Self {
        Self(jiff::tz::TimeZone::UTC)
    }

    /// A zone by its IANA name (`Europe/Kyiv`), `UTC`/`GMT`/`Z`, or an offset (`+02:00`, `GMT+2`).
    ///
    /// # Errors
    /// The name is not known.
    pub fn named(name: &str) -> Result<Self, Fault> {
        let unknown = || Fault::runtime("unknown-time-zone", format!("unknown time zone '{name}'"));
        let trimmed = name.trim();
        if matches!(trimmed, "UTC" | "GMT" | "Z" | "UT") {
            return Ok(Self::utc());
        }
        let offset = ["UTC", "GMT", "UT"]
            .iter()
            .find_map(|p| trimmed.strip_prefix(p))
            .unwrap_or(trimmed);
        if offset.starts_with(['+', '-']) {
            return parse_offset(offset)
                .map(|o| Self(o.to_time_zone()))
                .ok_or_else(unknown);
        }
        jiff::tz::TimeZone::get(trimmed)
            .map(Self)
            .map_err(|_| unknown())
    }
}

fn parse_offset(text: &str) -> Option<jiff::tz::Offset> {
    let (sign, digits) = text.split_at_checked(1)?;
    let parts: Vec<&str> = if digits.contains(':') {
        digits.split(':').collect()
    } else if digits.len() > 2 {
        vec![digits.get(..2)?, digits.get(2..4)?, digits.get(4..)?]
    } else {
        vec![digits]
    };
    let mut seconds = 0;
    for (part, scale) in parts.iter().zip([3600, 60, 1]) {
        if !part.is_empty() {
            seconds += part.parse::<u8>().ok().map(i32::from)? * scale;
        }
    }
    jiff::tz::Offset::from_seconds(if sign == "-" { -seconds } else { seconds }).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_have_names_and_offsets() {
        assert!(TimeZone::named("Europe/Kyiv").is_ok());
        assert!(TimeZone::named("+05:30").is_ok());
        assert!(TimeZone::named("GMT-3").is_ok());
        assert!(TimeZone::named("Mars/Olympus").is_err());
        assert!(TimeZone::named("+99999999").is_err());
    }
}
