//! Buckets of fixed and calendar length.

use jiff::{
    Span, Timestamp, ToSpan, Zoned,
    civil::{Date, Weekday},
    tz::TimeZone,
};
use millrace_model::Millis;

use crate::{PlatformError, Result};

/// A period of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalendarUnit {
    /// Sunday to Saturday.
    Week,
    /// Monday to Sunday.
    WeekIso,
    /// Calendar month.
    Month,
    /// January, April, July or October and the two months after.
    Quarter,
}

/// Length of the buckets points are aggregated in.
#[derive(Debug, Clone)]
pub enum Interval {
    /// So many milliseconds, counted from the start of the query. 0 or less: no aggregation.
    Millis(Millis),
    /// Periods of the calendar of a time zone; the first and the last are cut to the query.
    Calendar(CalendarUnit, TimeZone),
}

impl Interval {
    /// The interval of a request: `interval` in milliseconds, `intervalType` (`MILLISECONDS`,
    /// `WEEK`, `WEEK_ISO`, `MONTH`, `QUARTER`; absent = milliseconds) and `timeZone` (a name of
    /// the IANA database; absent = UTC).
    ///
    /// # Errors
    /// Names the field that is wrong.
    pub fn parse(
        interval: Millis,
        interval_type: Option<&str>,
        time_zone: Option<&str>,
    ) -> Result<Self> {
        let unit = match interval_type.unwrap_or("MILLISECONDS") {
            "" | "MILLISECONDS" => return Ok(Self::Millis(interval)),
            "WEEK" => CalendarUnit::Week,
            "WEEK_ISO" => CalendarUnit::WeekIso,
            "MONTH" => CalendarUnit::Month,
            "QUARTER" => CalendarUnit::Quarter,
            other => {
                return Err(PlatformError::invalid(
                    "intervalType",
                    format!(
                        "intervalType {other} is unknown: use MILLISECONDS, WEEK, WEEK_ISO, MONTH \
                         or QUARTER"
                    ),
                ));
            }
        };
        let zone = match time_zone {
            None | Some("") => TimeZone::UTC,
            Some(name) => TimeZone::get(name).map_err(|_| {
                PlatformError::invalid(
                    "timeZone",
                    format!("timeZone {name} is unknown: use a name such as Europe/Berlin"),
                )
            })?,
        };
        Ok(Self::Calendar(unit, zone))
    }

    /// Whether points are put together at all.
    pub(super) fn aggregates(&self) -> bool {
        !matches!(self, Self::Millis(..=0))
    }

    /// The bucket `ts` lies in, start inclusive and end exclusive, cut to the query's
    /// `start..end`.
    pub(super) fn bucket(&self, ts: Millis, start: Millis, end: Millis) -> (Millis, Millis) {
        match self {
            Self::Millis(length) => {
                let length = i128::from((*length).max(1));
                let passed = i128::from(ts) - i128::from(start);
                let from = i128::from(start) + passed.div_euclid(length) * length;
                let clamp = |ms: i128| {
                    Millis::try_from(ms.clamp(i128::from(start), i128::from(end))).unwrap_or(end)
                };
                (clamp(from), clamp(from + length))
            }
            Self::Calendar(unit, zone) => match period(ts, *unit, zone) {
                Some((from, to)) => (from.max(start), to.min(end)),
                // Beyond the years a calendar knows.
                None => (start, end),
            },
        }
    }
}

/// The period of the calendar `ts` lies in.
fn period(ts: Millis, unit: CalendarUnit, zone: &TimeZone) -> Option<(Millis, Millis)> {
    let date = Timestamp::from_millisecond(ts)
        .ok()?
        .to_zoned(zone.clone())
        .date();
    let week = |first: Weekday| date.checked_sub(i64::from(date.weekday().since(first)).days());
    let (from, length): (Date, Span) = match unit {
        CalendarUnit::Week => (week(Weekday::Sunday).ok()?, 7.days()),
        CalendarUnit::WeekIso => (week(Weekday::Monday).ok()?, 7.days()),
        CalendarUnit::Month => (date.first_of_month(), 1.month()),
        CalendarUnit::Quarter => {
            let month = (date.month() - 1) / 3 * 3 + 1;
            (Date::new(date.year(), month, 1).ok()?, 3.months())
        }
    };
    let ms = |date: Date| {
        let start: Zoned = date.to_zoned(zone.clone()).ok()?;
        Some(start.timestamp().as_millisecond())
    };
    Some((ms(from)?, ms(from.checked_add(length).ok()?)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(text: &str) -> Millis {
        text.parse::<Timestamp>().unwrap().as_millisecond()
    }

    fn bucket(unit: &str, zone: &str, ts: &str) -> (Millis, Millis) {
        Interval::parse(0, Some(unit), Some(zone))
            .unwrap()
            .bucket(ms(ts), Millis::MIN, Millis::MAX)
    }

    #[test]
    fn calendar_periods_begin_at_local_midnight() {
        // 2024-03-31: clocks go forward in Berlin.
        assert_eq!(
            bucket("WEEK_ISO", "Europe/Berlin", "2024-03-31T12:00:00Z"),
            (ms("2024-03-24T23:00:00Z"), ms("2024-03-31T22:00:00Z"))
        );
        assert_eq!(
            bucket("WEEK", "UTC", "2024-03-31T12:00:00Z"),
            (ms("2024-03-31T00:00:00Z"), ms("2024-04-07T00:00:00Z"))
        );
        assert_eq!(
            bucket("MONTH", "America/New_York", "2024-03-01T03:00:00Z"),
            (ms("2024-02-01T05:00:00Z"), ms("2024-03-01T05:00:00Z"))
        );
        assert_eq!(
            bucket("QUARTER", "UTC", "2024-12-31T23:59:59.999Z"),
            (ms("2024-10-01T00:00:00Z"), ms("2025-01-01T00:00:00Z"))
        );
    }

    #[test]
    fn fixed_buckets_count_from_the_start_and_end_with_the_query() {
        let interval = Interval::Millis(1_000);
        assert_eq!(interval.bucket(1_499, 500, 3_200), (500, 1_500));
        assert_eq!(interval.bucket(1_500, 500, 3_200), (1_500, 2_500));
        assert_eq!(interval.bucket(3_199, 500, 3_200), (2_500, 3_200));
        assert_eq!(
            Interval::Millis(i64::MAX).bucket(i64::MAX - 1, i64::MIN, i64::MAX),
            (i64::MAX - 1, i64::MAX)
        );
    }

    #[test]
    fn wrong_fields_are_named() {
        let error = Interval::parse(0, Some("FORTNIGHT"), None).unwrap_err();
        assert!(error.to_string().contains("intervalType FORTNIGHT"));
        let error = Interval::parse(0, Some("WEEK"), Some("Mars/Base")).unwrap_err();
        assert!(error.to_string().contains("timeZone Mars/Base"));
    }
}
