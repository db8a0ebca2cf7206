//! Dates out of text without a pattern.

use jiff::SignedDuration;
use jiff::civil;
use jiff::tz::{Offset, TimeZone};

use super::{bad_date, resolve, zone_named};
use crate::error::Fault;

/// How many digits the fraction of a second may have.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Fraction {
    /// Up to nine when an offset follows, else exactly three.
    Any,
    /// Exactly three.
    Milliseconds,
}

pub(super) fn any(
    text: &str,
    zone: &TimeZone,
    fraction: Fraction,
) -> Result<SignedDuration, Fault> {
    let shown = || bad_date(format!("'{}'", super::super::string::printable(text)));
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return iso(text, zone, fraction).ok_or_else(shown)?;
    }
    rfc_1123(text).ok_or_else(shown)?
}

/// A cursor over ASCII text.
struct Cursor<'t>(&'t str);

impl<'t> Cursor<'t> {
    fn number(&mut self, least: usize, most: usize) -> Option<i32> {
        let len = self
            .0
            .bytes()
            .take(most)
            .take_while(u8::is_ascii_digit)
            .count();
        if len < least {
            return None;
        }
        let n = self.0.get(..len)?.parse().ok()?;
        self.0 = self.0.get(len..)?;
        Some(n)
    }

    fn eat(&mut self, prefix: &str) -> bool {
        match self.0.strip_prefix(prefix) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    fn word(&mut self) -> &'t str {
        let len = self.0.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (word, rest) = self.0.split_at_checked(len).unwrap_or(("", self.0));
        self.0 = rest;
        word
    }
}

/// `None` when the text has another shape, `Some(Err)` when its fields are impossible.
fn iso(text: &str, zone: &TimeZone, fraction: Fraction) -> Option<Result<SignedDuration, Fault>> {
    let mut at = Cursor(text);
    let year = at.number(4, 4)?;
    let month = (at.eat("-").then_some(())).and_then(|()| at.number(2, 2))?;
    let day = (at.eat("-").then_some(())).and_then(|()| at.number(2, 2))?;
    if !at.eat("T") && !at.eat(" ") {
        return None;
    }
    let hour = at.number(2, 2)?;
    let minute = (at.eat(":").then_some(())).and_then(|()| at.number(2, 2))?;
    let second = if at.eat(":") { at.number(2, 2)? } else { 0 };
    let mut nanos = 0;
    let mut digits = 0;
    if at.eat(".") {
        digits = at.0.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 9 {
            return None;
        }
        nanos = at.number(1, 9)? * 10i32.pow(u32::try_from(9 - digits).ok()?);
    }
    let rest = at.0;
    let has_iso_offset =
        rest == "Z" || (rest.len() == 6 && rest.starts_with(['+', '-']) && rest.contains(':'));
    if digits != 0 && digits != 3 && !(fraction == Fraction::Any && has_iso_offset) {
        return None;
    }
    let own_zone = match rest.trim() {
        "" => None,
        name => Some(zone_named(name).ok()?),
    };
    let zone = own_zone.as_ref().unwrap_or(zone);
    Some(fields(year, month, day, hour, minute, second, nanos).and_then(|at| resolve(at, zone)))
}

/// Days behind the end of a month are its last day, and 24:00 is the start of the next day.
fn fields(
    year: i32,
    month: i32,
    day: i32,
    hour: i32,
    minute: i32,
    second: i32,
    nanos: i32,
) -> Result<civil::DateTime, Fault> {
    let small = |n: i32| i8::try_from(n).map_err(bad_date);
    let year = i16::try_from(year).map_err(bad_date)?;
    let first = civil::Date::new(year, small(month)?, 1).map_err(bad_date)?;
    if !(1..=31).contains(&day) {
        return Err(bad_date(format!("there is no day {day}")));
    }
    let date = civil::Date::new(year, small(month)?, small(day)?.min(first.days_in_month()))
        .map_err(bad_date)?;
    if (hour, minute, second, nanos) == (24, 0, 0, 0) {
        return Ok(date.tomorrow().map_err(bad_date)?.at(0, 0, 0, 0));
    }
    let time =
        civil::Time::new(small(hour)?, small(minute)?, small(second)?, nanos).map_err(bad_date)?;
    Ok(date.to_datetime(time))
}

pub(super) fn month_number(name: &str) -> Option<i32> {
    const MONTHS: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let short = name.get(..3)?.to_ascii_lowercase();
    MONTHS
        .iter()
        .position(|m| *m == short)
        .and_then(|i| i32::try_from(i + 1).ok())
}

/// `Tue, 3 Jun 2008 11:05:30 GMT`, with `+0200` instead of `GMT`.
fn rfc_1123(text: &str) -> Option<Result<SignedDuration, Fault>> {
    let mut at = Cursor(text);
    let weekday = at.word();
    if !weekday.is_empty() && !at.eat(", ") {
        return None;
    }
    let day = at.number(1, 2)?;
    if !at.eat(" ") {
        return None;
    }
    let month = month_number(at.word())?;
    let year = (at.eat(" ").then_some(())).and_then(|()| at.number(4, 4))?;
    let hour = (at.eat(" ").then_some(())).and_then(|()| at.number(2, 2))?;
    let minute = (at.eat(":").then_some(())).and_then(|()| at.number(2, 2))?;
    let second = if at.eat(":") { at.number(2, 2)? } else { 0 };
    if !at.eat(" ") {
        return None;
    }
    let offset = match at.0 {
        "GMT" => Offset::UTC,
        numeric => {
            let (sign, digits) = numeric.split_at_checked(1)?;
            let hours: i32 = digits.get(..2)?.parse().ok()?;
            let minutes: i32 = digits.get(2..4)?.parse().ok()?;
            let seconds = hours * 3600 + minutes * 60;
            Offset::from_seconds(match sign {
                "+" => seconds,
                "-" => -seconds,
                _ => return None,
            })
            .ok()?
        }
    };
    let zone = offset.to_time_zone();
    Some(
        fields(year, month, day, hour, minute, second, 0).and_then(|at| {
            let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
            let named = days.iter().position(|d| d.eq_ignore_ascii_case(weekday));
            let is = at.weekday().to_monday_zero_offset();
            if !weekday.is_empty() && named != usize::try_from(is).ok() {
                return Err(bad_date(format!("that day is no '{weekday}'")));
            }
            resolve(at, &zone)
        }),
    )
}
