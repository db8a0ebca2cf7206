//! Dates: construction and statics. Fields, reading and text forms are in the sibling files.

mod fields;
mod pattern;
mod read;
mod style;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::Table;
use super::call::Call;
use crate::error::Fault;
use crate::value::{Date, Heap, Value, convert};

pub(crate) use fields::{METHODS, property};
pub(crate) use style::long_text;

pub(super) const STATICS: Table = &[("now", now), ("parse", parse), ("UTC", utc)];

fn bad_date(detail: impl std::fmt::Display) -> Fault {
    Fault::runtime("bad-date", format!("not a date: {detail}"))
}

/// Milliseconds since 1970, rounded down.
pub(crate) fn millis(at: SignedDuration) -> i64 {
    let below = i64::from(at.subsec_nanos().rem_euclid(1_000_000) != 0 && at.is_negative());
    i64::try_from(at.as_millis()).unwrap_or(i64::MAX) - below
}

/// An instant in a zone. The calendar reaches further in UTC than the zone database does.
struct Local {
    time: DateTime,
    zone: TimeZone,
    offset_seconds: i32,
    summer: bool,
}

impl Local {
    fn new(at: SignedDuration, zone: &TimeZone) -> Result<Self, Fault> {
        if *zone == TimeZone::UTC {
            let time = DateTime::constant(1970, 1, 1, 0, 0, 0, 0)
                .checked_add(at)
                .map_err(bad_date)?;
            return Ok(Self {
                time,
                zone: TimeZone::UTC,
                offset_seconds: 0,
                summer: false,
            });
        }
        let at = Timestamp::from_duration(at).map_err(bad_date)?;
        let info = zone.to_offset_info(at);
        Ok(Self {
            time: info.offset().to_datetime(at),
            zone: zone.clone(),
            offset_seconds: info.offset().seconds(),
            summer: info.dst().is_dst(),
        })
    }
}

fn new_date(heap: &mut Heap, at: SignedDuration) -> Value {
    heap.new_date(Date { at, plain: false })
}

/// The zone of local fields.
fn local_zone(call: &Call<'_>) -> TimeZone {
    call.host.time_zone.0.clone()
}

fn zone_named(name: &str) -> Result<TimeZone, Fault> {
    crate::host::TimeZone::named(name).map(|z| z.0)
}

fn from_millis(ms: i64) -> Result<SignedDuration, Fault> {
    let at = SignedDuration::from_millis(ms);
    // The years that four digits can write.
    let fits = (-62_167_219_200..253_402_300_800).contains(&at.as_secs());
    if fits {
        Ok(at)
    } else {
        Err(bad_date(format!("{ms} milliseconds are out of range")))
    }
}

/// An instant of local fields; times that a change of the clock skips move forward.
fn resolve(at: DateTime, zone: &TimeZone) -> Result<SignedDuration, Fault> {
    if *zone == TimeZone::UTC {
        return Ok(at.duration_since(DateTime::constant(1970, 1, 1, 0, 0, 0, 0)));
    }
    zone.to_timestamp(at)
        .map(Timestamp::as_duration)
        .map_err(bad_date)
}

/// `new java.util.Date(ms)`: the same instant, but its JSON form is the number of milliseconds.
pub(super) fn construct_plain(call: &mut Call<'_>) -> Result<Value, Fault> {
    let ms = if call.count() == 0 {
        call.host.now_ms
    } else {
        call.long(0)?
    };
    let at = from_millis(ms)?;
    Ok(call.heap.new_date(Date { at, plain: true }))
}

pub(super) fn construct(call: &mut Call<'_>) -> Result<Value, Fault> {
    let at = match call.args {
        [] => from_millis(call.host.now_ms)?,
        [Value::Date(id)] => call.heap.date(*id).at,
        [Value::Str(text)] => {
            read::any(call.heap.str(*text), &local_zone(call), read::Fraction::Any)?
        }
        [value] => {
            let number = || convert::number(call.heap, value).map(convert::f64_to_i64);
            let ms = convert::integer(value).or_else(number);
            from_millis(ms.ok_or_else(|| call.bad(0, "a number or a text"))?)?
        }
        [Value::Str(text), Value::Str(pattern), ..] => {
            call.expect(2, 4)?;
            let zone = if call.count() > 3 {
                zone_named(&call.str(3)?)?
            } else {
                local_zone(call)
            };
            pattern::read(call.heap.str(*text), call.heap.str(*pattern), &zone, true)?
        }
        _ => from_fields(call)?,
    };
    Ok(new_date(call.heap, at))
}

/// `(y, month 1..12, day[, h, m[, s[, ms]]][, zone])`
fn from_fields(call: &Call<'_>) -> Result<SignedDuration, Fault> {
    let (count, zone) = match call.args.last() {
        Some(Value::Str(name)) => (call.count() - 1, zone_named(call.heap.str(*name))?),
        _ => (call.count(), local_zone(call)),
    };
    if !matches!(count, 3 | 5 | 6 | 7) {
        return Err(Fault::runtime(
            "argument-count",
            "a date of fields needs 3, 5, 6 or 7 numbers",
        ));
    }
    let mut fields = [0i32; 7];
    for (i, field) in fields.iter_mut().enumerate().take(count) {
        *field = call.int(i)?;
    }
    let [year, month, day, hour, minute, second, milli] = fields;
    let year = match year {
        0..70 => year + 2000,
        70..100 => year + 1900,
        _ => year,
    };
    resolve(
        civil_of([year, month, day, hour, minute, second, milli])?,
        &zone,
    )
}

/// Checked fields: year, month, day, hour, minute, second, millisecond.
fn civil_of([year, month, day, hour, minute, second, milli]: [i32; 7]) -> Result<DateTime, Fault> {
    let small =
        |n: i32| i8::try_from(n).map_err(|_| bad_date(format!("the field {n} is out of range")));
    let year =
        i16::try_from(year).map_err(|_| bad_date(format!("the year {year} is out of range")))?;
    if !(0..1000).contains(&milli) {
        return Err(bad_date(format!(
            "the milliseconds {milli} are out of range"
        )));
    }
    DateTime::new(
        year,
        small(month)?,
        small(day)?,
        small(hour)?,
        small(minute)?,
        small(second)?,
        milli * 1_000_000,
    )
    .map_err(bad_date)
}

fn now(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(0, 0)?;
    Ok(Value::Long(call.host.now_ms))
}

/// Milliseconds, or -1 when the text is no date.
fn parse(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 4)?;
    let text = call.str(0)?;
    let zone = if call.count() > 3 {
        zone_named(&call.str(3)?)?
    } else {
        local_zone(call)
    };
    let at = if call.count() > 1 {
        pattern::read(&text, &call.str(1)?, &zone, false)
    } else {
        read::any(&text, &zone, read::Fraction::Milliseconds)
    };
    Ok(Value::Long(at.map_or(-1, millis)))
}

/// Months count from 1; a missing month is December and a missing day the 31st.
fn utc(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 7)?;
    let mut fields = [0i32, 12, 31, 0, 0, 0, 0];
    for (i, field) in fields.iter_mut().enumerate().take(call.count()) {
        *field = call.int(i)?;
    }
    let [year, month, day, ..] = &mut fields;
    if (0..100).contains(year) {
        *year += 1900;
    }
    // Month and day zero are the ones before the first.
    let months_back = i32::from(*month == 0);
    let days_back = i32::from(*day == 0);
    *month += months_back;
    *day += days_back;
    let at = civil_of(fields)?;
    let at = at
        .checked_sub(jiff::Span::new().days(days_back))
        .map_err(bad_date)?;
    Ok(Value::Long(millis(resolve(at, &TimeZone::UTC)?)))
}
