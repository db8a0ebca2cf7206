//! What a run sees of the world: only what the host hands over.

use jiff::tz::TimeZone as Zone;

/// Clock, randomness and time zone of one run.
#[derive(Debug, Clone, Default)]
pub struct HostCall {
    /// "Now" of the script in milliseconds since 1970: the arrival time of the message.
    pub now_ms: i64,
    /// Start of the script's random numbers: derived from the message's id.
    pub seed: u64,
    /// Zone of local dates.
    pub time_zone: TimeZone,
}

/// A time zone; UTC by default. Cheap to clone.
#[derive(Debug, Clone)]
pub struct TimeZone {
    tbel: tbel::TimeZone,
    zone: Zone,
}

/// The name is neither an IANA zone, nor UTC, nor an offset.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown time zone '{0}': use an IANA name such as Europe/Kyiv, UTC, or an offset such as +02:00"
)]
pub struct UnknownTimeZone(pub String);

impl Default for TimeZone {
    fn default() -> Self {
        Self {
            tbel: tbel::TimeZone::utc(),
            zone: Zone::UTC,
        }
    }
}

impl TimeZone {
    /// A zone by its IANA name (`Europe/Kyiv`), `UTC`, or an offset (`+02:00`).
    ///
    /// # Errors
    /// The name is not known.
    pub fn named(name: &str) -> Result<Self, UnknownTimeZone> {
        let unknown = || UnknownTimeZone(name.to_owned());
        let name = name.trim();
        let tbel = tbel::TimeZone::named(name).map_err(|_| unknown())?;
        let zone = match name {
            "UTC" | "GMT" | "Z" | "UT" => Zone::UTC,
            _ => jiff::fmt::temporal::DateTimeParser::new()
                .parse_time_zone(
                    name.strip_prefix("GMT")
                        .or(name.strip_prefix("UTC"))
                        .unwrap_or(name),
                )
                .map_err(|_| unknown())?,
        };
        Ok(Self { tbel, zone })
    }

    pub(crate) fn tbel(&self) -> &tbel::TimeZone {
        &self.tbel
    }

    /// Seconds east of UTC at a moment.
    pub(crate) fn offset_seconds(&self, at_ms: i64) -> i32 {
        match jiff::Timestamp::from_millisecond(at_ms) {
            Ok(moment) => self.zone.to_offset(moment).seconds(),
            // Beyond the year 9999 no zone has rules.
            Err(_) => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_know_their_offset_at_a_moment() {
        let kyiv = TimeZone::named("Europe/Kyiv").expect("known");
        assert_eq!(kyiv.offset_seconds(1_700_000_000_000), 2 * 3600);
        assert_eq!(kyiv.offset_seconds(1_690_000_000_000), 3 * 3600);
        assert_eq!(
            TimeZone::named("-05:30").expect("known").offset_seconds(0),
            -19_800
        );
        assert_eq!(TimeZone::default().offset_seconds(i64::MAX), 0);
        assert!(TimeZone::named("Mars/Olympus").is_err());
    }
}
