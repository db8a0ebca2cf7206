//! Text forms of dates: the long English one, ISO, and a few locales.

use std::fmt::Write;

use jiff::SignedDuration;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::{Local, pattern};
use crate::error::Fault;

pub(super) fn month_name(month: i8) -> &'static str {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    usize::try_from(month - 1)
        .ok()
        .and_then(|i| NAMES.get(i))
        .copied()
        .unwrap_or("January")
}

pub(super) fn day_name(at: DateTime) -> &'static str {
    const NAMES: [&str; 7] = [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ];
    usize::try_from(at.weekday().to_monday_zero_offset())
        .ok()
        .and_then(|i| NAMES.get(i))
        .copied()
        .unwrap_or("Monday")
}

pub(super) fn hour_of_half(at: DateTime) -> i8 {
    if at.hour() % 12 == 0 {
        12
    } else {
        at.hour() % 12
    }
}

pub(super) fn half(at: DateTime) -> &'static str {
    if at.hour() < 12 { "AM" } else { "PM" }
}

/// `+02:00`; `Z` for zero when asked for.
pub(super) fn offset(at: &Local, zulu: bool, letters: usize) -> String {
    let seconds = at.offset_seconds;
    if zulu && seconds == 0 {
        return "Z".into();
    }
    let sign = if seconds < 0 { '-' } else { '+' };
    let (hours, minutes) = (seconds.abs() / 3600, seconds.abs() / 60 % 60);
    match letters {
        1 if minutes == 0 => format!("{sign}{hours:02}"),
        1 | 2 => format!("{sign}{hours:02}{minutes:02}"),
        _ => format!("{sign}{hours:02}:{minutes:02}"),
    }
}

/// `CET`, or the offset when there is no abbreviation.
pub(super) fn zone_short(at: &Local) -> String {
    if at.zone == TimeZone::UTC {
        return "UTC".into();
    }
    let since = at.offset_seconds;
    let instant = jiff::tz::Offset::from_seconds(since).and_then(|o| o.to_timestamp(at.time));
    match instant {
        Ok(instant) => at.zone.to_offset_info(instant).abbreviation().to_owned(),
        Err(_) => offset(at, false, 3),
    }
}

/// The English name of a zone; zones without a known one show their offset.
pub(super) fn zone_name(at: &Local) -> String {
    let summer = at.summer;
    let known = match at.zone.iana_name() {
        None | Some("UTC" | "Etc/UTC" | "GMT") if at.offset_seconds == 0 => {
            return "Coordinated Universal Time".into();
        }
        Some("America/New_York" | "America/Toronto" | "America/Detroit") => Some("Eastern"),
        Some("America/Chicago") => Some("Central"),
        Some("America/Denver") => Some("Mountain"),
        Some("America/Los_Angeles") => Some("Pacific"),
        Some(
            "Europe/Kyiv" | "Europe/Kiev" | "Europe/Athens" | "Europe/Helsinki"
            | "Europe/Bucharest" | "Europe/Sofia",
        ) => Some("Eastern European"),
        Some("Europe/London") if !summer => return "Greenwich Mean Time".into(),
        Some("Europe/London") => return "British Summer Time".into(),
        Some("Asia/Tokyo") => Some("Japan"),
        Some("Asia/Kolkata") => Some("India"),
        Some("Asia/Shanghai") => Some("China"),
        Some(name)
            if name.starts_with("Europe/")
                && at.offset_seconds == if summer { 7200 } else { 3600 } =>
        {
            Some("Central European")
        }
        _ => None,
    };
    match known {
        Some(name) if name.ends_with("European") => {
            format!("{name} {} Time", if summer { "Summer" } else { "Standard" })
        }
        Some(name) => format!(
            "{name} {} Time",
            if summer { "Daylight" } else { "Standard" }
        ),
        None => format!("GMT{}", offset(at, false, 3)),
    }
}

/// `Tuesday, November 14, 2023 at 10:13:20 PM Coordinated Universal Time`
pub(crate) fn long_text(at: SignedDuration, zone: &TimeZone) -> String {
    match Local::new(at, zone) {
        Ok(at) => format!("{} at {}", full_date(at.time), full_time(&at)),
        // Dates are checked when they are made; only the zone can push one over the edge.
        Err(_) => iso(at),
    }
}

fn full_date(at: DateTime) -> String {
    format!(
        "{}, {} {}, {}",
        day_name(at),
        month_name(at.month()),
        at.day(),
        at.year()
    )
}

fn clock(at: DateTime, seconds: bool) -> String {
    let mut out = format!("{}:{:02}", hour_of_half(at), at.minute());
    if seconds {
        let _ = write!(out, ":{:02}", at.second());
    }
    out.push(' ');
    out.push_str(half(at));
    out
}

pub(super) fn full_time(at: &Local) -> String {
    format!("{} {}", clock(at.time, true), zone_name(at))
}

/// `2023-11-14T22:13:20.123Z`; the fraction in groups of three digits, none when it is zero.
pub(super) fn iso(at: SignedDuration) -> String {
    let Ok(Local { time, .. }) = Local::new(at, &TimeZone::UTC) else {
        return String::new();
    };
    let mut out = format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
        time.year(),
        time.month(),
        time.day(),
        time.hour(),
        time.minute(),
        time.second()
    );
    let nanos = time.subsec_nanosecond();
    let _ = match nanos {
        0 => Ok(()),
        n if n % 1_000_000 == 0 => write!(out, ".{:03}", n / 1_000_000),
        n if n % 1_000 == 0 => write!(out, ".{:06}", n / 1_000),
        n => write!(out, ".{n:09}"),
    };
    out.push('Z');
    out
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Length {
    Short,
    Medium,
    Long,
    Full,
}

impl Length {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "short" => Self::Short,
            "medium" => Self::Medium,
            "long" => Self::Long,
            "full" => Self::Full,
            _ => return None,
        })
    }
}

/// The languages whose forms are known; others take the neutral ones.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Locale {
    Neutral,
    EnglishUs,
    EnglishGb,
    German,
}

impl Locale {
    pub(super) fn named(name: &str) -> Self {
        let name = name.to_ascii_lowercase().replace('_', "-");
        match name.as_str() {
            "en-gb" => Self::EnglishGb,
            n if n == "en" || n.starts_with("en-") => Self::EnglishUs,
            n if n == "de" || n.starts_with("de-") => Self::German,
            _ => Self::Neutral,
        }
    }

    fn date_pattern(self, length: Length) -> &'static str {
        use Length::{Full, Long, Medium, Short};
        match (self, length) {
            (Self::Neutral, Short) => "yyyy-MM-dd",
            (Self::Neutral, Medium) => "yyyy MMM d",
            (Self::Neutral, Long) => "yyyy MMMM d",
            (Self::Neutral, Full) => "yyyy MMM d, EEE",
            (Self::EnglishUs, Short) => "M/d/yy",
            (Self::EnglishUs, Medium) => "MMM d, yyyy",
            (Self::EnglishUs, Long) => "MMMM d, yyyy",
            (Self::EnglishUs, Full) => "EEEE, MMMM d, yyyy",
            (Self::EnglishGb, Short) => "dd/MM/yyyy",
            (Self::EnglishGb, Medium) => "d MMM yyyy",
            (Self::EnglishGb, Long) => "d MMMM yyyy",
            (Self::EnglishGb, Full) => "EEEE, d MMMM yyyy",
            (Self::German, Short) => "dd.MM.yy",
            (Self::German, Medium | Long | Full) => "dd.MM.yyyy",
        }
    }

    fn time_pattern(self, length: Length) -> &'static str {
        use Length::{Full, Long, Medium, Short};
        let twelve = self == Self::EnglishUs;
        match (twelve, length) {
            (true, Short) => "h:mm a",
            (true, Medium) => "h:mm:ss a",
            (true, Long) => "h:mm:ss a z",
            (true, Full) => "h:mm:ss a zzzz",
            (false, Short) => "HH:mm",
            (false, Medium) => "HH:mm:ss",
            (false, Long) => "HH:mm:ss z",
            (false, Full) => "HH:mm:ss zzzz",
        }
    }
}

/// A date and/or time of a locale.
pub(super) fn localized(
    at: &Local,
    locale: Locale,
    date: Option<Length>,
    time: Option<Length>,
) -> Result<String, Fault> {
    let date_text = date
        .map(|d| pattern::write(at, locale.date_pattern(d)))
        .transpose()?;
    let time_text = time
        .map(|t| pattern::write(at, locale.time_pattern(t)))
        .transpose()?;
    let joint = match (locale, date) {
        (Locale::Neutral, _) => " ",
        (Locale::EnglishUs | Locale::EnglishGb, Some(Length::Long | Length::Full)) => " at ",
        _ => ", ",
    };
    Ok(match (date_text, time_text) {
        (Some(date), Some(time)) => format!("{date}{joint}{time}"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => String::new(),
    })
}
