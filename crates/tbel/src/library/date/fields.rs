//! Getters, setters and text methods of dates.

use jiff::civil::{Date as CivilDate, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, ToSpan};
use smol_str::SmolStr;

use super::style::{self, Length, Locale};
use super::{Local, bad_date, local_zone, millis, pattern, resolve, zone_named};
use crate::error::Fault;
use crate::library::call::Call;
use crate::library::{NativeFn, Table};
use crate::value::{DateId, Value};

pub(crate) const METHODS: Table = &[
    ("getTime", time),
    ("valueOf", time),
    ("parseSecond", |c| {
        Ok(Value::Long(millis(at(c)?).div_euclid(1000)))
    }),
    ("parseSecondMilli", time),
    ("getFullYear", |c| get(c, false, |t| i32::from(t.year()))),
    ("getMonth", |c| get(c, false, |t| i32::from(t.month()))),
    ("getDate", |c| get(c, false, |t| i32::from(t.day()))),
    ("getDay", |c| {
        get(c, false, |t| i32::from(t.weekday().to_monday_one_offset()))
    }),
    ("getHours", |c| get(c, false, |t| i32::from(t.hour()))),
    ("getMinutes", |c| get(c, false, |t| i32::from(t.minute()))),
    ("getSeconds", |c| get(c, false, |t| i32::from(t.second()))),
    ("getMilliseconds", |c| {
        get(c, false, |t| i32::from(t.millisecond()))
    }),
    ("getUTCFullYear", |c| get(c, true, |t| i32::from(t.year()))),
    ("getUTCMonth", |c| get(c, true, |t| i32::from(t.month()))),
    ("getUTCDate", |c| get(c, true, |t| i32::from(t.day()))),
    ("getUTCDay", |c| {
        get(c, true, |t| i32::from(t.weekday().to_monday_one_offset()))
    }),
    ("getUTCHours", |c| get(c, true, |t| i32::from(t.hour()))),
    ("getUTCMinutes", |c| get(c, true, |t| i32::from(t.minute()))),
    ("getUTCSeconds", |c| get(c, true, |t| i32::from(t.second()))),
    ("getUTCMilliseconds", |c| {
        get(c, true, |t| i32::from(t.millisecond()))
    }),
    ("setTime", set_time),
    ("setFullYear", |c| set(c, false, Field::Year)),
    ("setMonth", |c| set(c, false, Field::Month)),
    ("setDate", |c| set(c, false, Field::Day)),
    ("setHours", |c| set(c, false, Field::Hour)),
    ("setMinutes", |c| set(c, false, Field::Minute)),
    ("setSeconds", |c| set(c, false, Field::Second)),
    ("setMilliseconds", |c| set(c, false, Field::Milli)),
    ("setUTCFullYear", |c| set(c, true, Field::Year)),
    ("setUTCMonth", |c| set(c, true, Field::Month)),
    ("setUTCDate", |c| set(c, true, Field::Day)),
    ("setUTCHours", |c| set(c, true, Field::Hour)),
    ("setUTCMinutes", |c| set(c, true, Field::Minute)),
    ("setUTCSeconds", |c| set(c, true, Field::Second)),
    ("setUTCMilliseconds", |c| set(c, true, Field::Milli)),
    ("addYears", |c| add(c, |n| Span::new().try_years(n))),
    ("addMonths", |c| add(c, |n| Span::new().try_months(n))),
    ("addWeeks", |c| add(c, |n| Span::new().try_weeks(n))),
    ("addDays", |c| add(c, |n| Span::new().try_days(n))),
    ("addHours", |c| add(c, |n| Span::new().try_hours(n))),
    ("addMinutes", |c| add(c, |n| Span::new().try_minutes(n))),
    ("addSeconds", |c| add(c, |n| Span::new().try_seconds(n))),
    ("addNanos", |c| add(c, |n| Span::new().try_nanoseconds(n))),
    ("toISOString", to_iso),
    ("toJSON", to_iso),
    ("toLocaleString", |c| {
        localized(c, Some(Length::Short), Some(Length::Medium))
    }),
    ("toLocaleDateString", |c| {
        localized(c, Some(Length::Full), None)
    }),
    ("toLocaleTimeString", |c| {
        localized(c, None, Some(Length::Medium))
    }),
    ("toDateString", |c| localized(c, Some(Length::Full), None)),
    ("toTimeString", |c| {
        let text = style::full_time(&zoned(c, false)?);
        c.new_str(text)
    }),
    ("toUTCString", |c| {
        let text = pattern::write(&zoned(c, true)?, "yyyy MMM d, EEE HH:mm:ss")?;
        c.new_str(text)
    }),
];

/// `d.time` is `d.getTime()`.
pub(crate) fn property(name: &str) -> Option<NativeFn> {
    METHODS
        .iter()
        .find(|(method, _)| {
            // Most names differ in their length already.
            let field = (method.len() == name.len() + 3).then(|| method.strip_prefix("get"));
            field.flatten().is_some_and(|field| {
                let mut chars = field.chars();
                chars.next().is_some_and(|first| {
                    field == name
                        || name.strip_prefix(first.to_ascii_lowercase()) == Some(chars.as_str())
                })
            })
        })
        .map(|(_, function)| *function)
}

fn me(call: &Call<'_>) -> Result<DateId, Fault> {
    match call.arg(0) {
        Value::Date(id) => Ok(*id),
        _ => Err(call.bad(0, "a date")),
    }
}

fn at(call: &Call<'_>) -> Result<SignedDuration, Fault> {
    Ok(call.heap.date(me(call)?).at)
}

fn zone(call: &Call<'_>, utc: bool) -> TimeZone {
    if utc { TimeZone::UTC } else { local_zone(call) }
}

fn zoned(call: &Call<'_>, utc: bool) -> Result<Local, Fault> {
    Local::new(at(call)?, &zone(call, utc))
}

fn time(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(0, 0)?;
    Ok(Value::Long(millis(at(call)?)))
}

fn get(call: &mut Call<'_>, utc: bool, field: fn(DateTime) -> i32) -> Result<Value, Fault> {
    call.expect_method(0, 0)?;
    Ok(Value::Int(field(zoned(call, utc)?.time)))
}

fn store(call: &mut Call<'_>, at: SignedDuration) -> Result<Value, Fault> {
    let id = me(call)?;
    call.heap.date_mut(id).at = at;
    Ok(Value::Null)
}

fn set_time(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 1)?;
    let at = super::from_millis(call.long(1)?)?;
    store(call, at)
}

#[derive(Clone, Copy, PartialEq)]
enum Field {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    Milli,
}

/// Sets a field and, from further arguments, the smaller ones that go with it.
fn set(call: &mut Call<'_>, utc: bool, first: Field) -> Result<Value, Fault> {
    use Field::{Day, Hour, Milli, Minute, Month, Second, Year};
    let order = match first {
        Year | Month | Day => &[Year, Month, Day][..],
        _ => &[Hour, Minute, Second, Milli][..],
    };
    let from = order.iter().position(|f| *f == first).unwrap_or(0);
    let settable = order.get(from..).unwrap_or_default();
    call.expect_method(1, settable.len())?;
    let old = zoned(call, utc)?.time;
    let mut fields = [
        i32::from(old.year()),
        i32::from(old.month()),
        i32::from(old.day()),
        i32::from(old.hour()),
        i32::from(old.minute()),
        i32::from(old.second()),
        i32::from(old.millisecond()),
    ];
    let mut day_given = false;
    for (i, field) in settable.iter().enumerate().take(call.count() - 1) {
        let value = call.int(i + 1)?;
        if let Some(slot) = fields.get_mut(*field as usize) {
            *slot = value;
        }
        day_given |= *field == Day;
    }
    let [year, month, day, ..] = fields;
    // A day behind the 28th that the new month may not have is counted forward from the first.
    let counted = !day_given && day > 28;
    if counted && let Some(slot) = fields.get_mut(2) {
        *slot = 1;
    }
    let mut new = super::civil_of(fields)?;
    if counted {
        let first = CivilDate::new(year as i16, month as i8, 1).map_err(bad_date)?;
        let date = first.checked_add((day - 1).days()).map_err(bad_date)?;
        new = date.to_datetime(new.time());
    }
    if first != Milli && fields.get(6).copied() == Some(i32::from(old.millisecond())) {
        // Finer digits than milliseconds survive.
        new = new
            .with()
            .subsec_nanosecond(old.subsec_nanosecond())
            .build()
            .map_err(bad_date)?;
    }
    let at = resolve(new, &zone(call, utc))?;
    store(call, at)
}

fn add(call: &mut Call<'_>, span: fn(i64) -> Result<Span, jiff::Error>) -> Result<Value, Fault> {
    call.expect_method(1, 1)?;
    let span = span(call.long(1)?).map_err(bad_date)?;
    let zone = local_zone(call);
    let time_units = span.get_years() == 0
        && span.get_months() == 0
        && span.get_weeks() == 0
        && span.get_days() == 0;
    let at = if time_units {
        // Hours and less are exact, whatever the clocks do in between.
        let length = SignedDuration::try_from(span).map_err(bad_date)?;
        at(call)?
            .checked_add(length)
            .ok_or_else(|| bad_date("the sum is out of range"))?
    } else {
        resolve(
            Local::new(at(call)?, &zone)?
                .time
                .checked_add(span)
                .map_err(bad_date)?,
            &zone,
        )?
    };
    let at = super::from_millis(millis(at)).map(|_| at)?;
    store(call, at)
}

fn to_iso(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(0, 0)?;
    let text = style::iso(at(call)?);
    call.new_str(text)
}

/// `([locale[, zone or JSON options]])`
fn localized(
    call: &mut Call<'_>,
    date: Option<Length>,
    time: Option<Length>,
) -> Result<Value, Fault> {
    call.expect_method(0, 2)?;
    let plain_time = date.is_none() && call.count() == 1;
    let locale = if call.count() > 1 {
        Locale::named(&call.str(1)?)
    } else {
        Locale::Neutral
    };
    let (mut date, mut time) = (date, time);
    let mut zone = local_zone(call);
    let mut custom = None;
    if call.count() > 2 {
        let options = call.own_str(2)?;
        if options.trim_start().starts_with('{') {
            if let Value::Map(id) = crate::library::json::parse_text(call.heap, &options)? {
                let map = call.heap.map(id);
                let text = |key: &str| match map.get_str(call.heap.texts(), key) {
                    Some(Value::Str(s)) => Some(SmolStr::new(call.heap.str(*s))),
                    _ => None,
                };
                if let Some(name) = text("timeZone") {
                    zone = zone_named(&name)?;
                }
                custom = text("pattern");
                date = date.map(|d| {
                    text("dateStyle")
                        .and_then(|s| Length::named(&s))
                        .unwrap_or(d)
                });
                time = time.map(|t| {
                    text("timeStyle")
                        .and_then(|s| Length::named(&s))
                        .unwrap_or(t)
                });
            }
        } else {
            zone = zone_named(&options)?;
        }
    }
    let at = Local::new(at(call)?, &zone)?;
    let text = match custom {
        Some(custom) => pattern::write(&at, &custom)?,
        // Without a locale the time alone has the English form.
        None if plain_time => style::localized(&at, Locale::EnglishUs, date, time)?,
        None => style::localized(&at, locale, date, time)?,
    };
    call.new_str(text)
}
