//! Java's date patterns, for reading and writing.

use jiff::SignedDuration;
use jiff::tz::TimeZone;

use super::read::month_number;
use super::{Local, bad_date, resolve, style, zone_named};
use crate::error::Fault;

/// A run of one letter, or literal text.
#[derive(Debug, PartialEq)]
enum Part {
    Field(char, usize),
    Literal(String),
}

fn parts(pattern: &str) -> Result<Vec<Part>, Fault> {
    let mut out = Vec::new();
    let mut chars = pattern.chars().peekable();
    let mut literal = String::new();
    while let Some(c) = chars.next() {
        if c == '\'' {
            if chars.peek() == Some(&'\'') {
                chars.next();
                literal.push('\'');
                continue;
            }
            loop {
                match chars.next() {
                    Some('\'') if chars.peek() == Some(&'\'') => {
                        chars.next();
                        literal.push('\'');
                    }
                    Some('\'') => break,
                    Some(c) => literal.push(c),
                    None => {
                        return Err(Fault::runtime(
                            "bad-pattern",
                            "the quote in the date pattern is never closed",
                        ));
                    }
                }
            }
        } else if c.is_ascii_alphabetic() {
            if !literal.is_empty() {
                out.push(Part::Literal(std::mem::take(&mut literal)));
            }
            let mut n = 1;
            while chars.peek() == Some(&c) {
                chars.next();
                n += 1;
            }
            out.push(Part::Field(c, n));
        } else {
            literal.push(c);
        }
    }
    if !literal.is_empty() {
        out.push(Part::Literal(literal));
    }
    Ok(out)
}

/// What a text said.
#[derive(Default)]
struct Fields {
    year: Option<i32>,
    month: Option<i32>,
    day: Option<i32>,
    hour: Option<i32>,
    hour_of_half: Option<i32>,
    afternoon: bool,
    minute: i32,
    second: i32,
    nanos: i32,
    zone: Option<TimeZone>,
    epoch: Option<i64>,
}

/// Reads a text by a pattern. `complete`: the time of day must be given.
pub(super) fn read(
    text: &str,
    pattern: &str,
    zone: &TimeZone,
    complete: bool,
) -> Result<SignedDuration, Fault> {
    let wrong = || {
        bad_date(format!(
            "'{}' does not fit the pattern '{pattern}'",
            super::super::string::printable(text)
        ))
    };
    let mut fields = Fields::default();
    let mut rest = text;
    let parts = parts(pattern)?;
    for (i, part) in parts.iter().enumerate() {
        rest = match part {
            Part::Literal(literal) => rest.strip_prefix(literal.as_str()).ok_or_else(wrong)?,
            Part::Field(letter, n) => {
                let adjacent = matches!(parts.get(i + 1), Some(Part::Field(..)));
                field(&mut fields, *letter, *n, rest, adjacent).ok_or_else(wrong)?
            }
        };
    }
    if !rest.is_empty() {
        return Err(wrong());
    }
    if let Some(ms) = fields.epoch {
        return super::from_millis(ms);
    }
    let hour = fields.hour.or(fields
        .hour_of_half
        .map(|h| h % 12 + if fields.afternoon { 12 } else { 0 }));
    if complete && (hour.is_none() || fields.year.is_none()) {
        return Err(wrong());
    }
    let date = [
        fields.year.unwrap_or(1970),
        fields.month.unwrap_or(1),
        fields.day.unwrap_or(1),
    ];
    let [year, month, day] = date;
    let at = super::civil_of([
        year,
        month,
        day,
        hour.unwrap_or(0),
        fields.minute,
        fields.second,
        0,
    ])?;
    let at = at
        .with()
        .subsec_nanosecond(fields.nanos)
        .build()
        .map_err(bad_date)?;
    resolve(at, fields.zone.as_ref().unwrap_or(zone))
}

/// Reads one field; what is left.
fn field<'t>(
    fields: &mut Fields,
    letter: char,
    n: usize,
    rest: &'t str,
    adjacent: bool,
) -> Option<&'t str> {
    let digits = |most: usize| {
        rest.bytes()
            .take(most)
            .take_while(u8::is_ascii_digit)
            .count()
    };
    let len = digits(if adjacent || letter == 'S' {
        n
    } else {
        n.max(if letter == 'y' || letter == 'u' { 4 } else { 2 })
    });
    let number = || {
        rest.get(..len)
            .filter(|t| !t.is_empty())
            .and_then(|t| t.parse::<i32>().ok())
    };
    let used = match letter {
        'y' | 'u' => {
            let year = number()?;
            fields.year = Some(if n == 2 && len <= 2 {
                year + 2000
            } else {
                year
            });
            len
        }
        'M' | 'L' if n >= 3 => {
            let word = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
            fields.month = Some(month_number(rest.get(..word)?)?);
            word
        }
        'M' | 'L' => {
            fields.month = Some(number()?);
            len
        }
        'd' => {
            fields.day = Some(number()?);
            len
        }
        'H' | 'k' => {
            fields.hour = Some(number()? % if letter == 'k' { 24 } else { i32::MAX });
            len
        }
        'h' | 'K' => {
            fields.hour_of_half = Some(number()?);
            len
        }
        'm' => {
            fields.minute = number()?;
            len
        }
        's' => {
            fields.second = number()?;
            len
        }
        'S' => {
            let places = u32::try_from(len).ok().filter(|p| *p <= 9 && len == n)?;
            fields.nanos = number()? * 10i32.pow(9 - places);
            len
        }
        'a' => {
            let word = rest.get(..2)?;
            fields.afternoon = word.eq_ignore_ascii_case("pm");
            if !fields.afternoon && !word.eq_ignore_ascii_case("am") {
                return None;
            }
            2
        }
        'E' => rest.bytes().take_while(u8::is_ascii_alphabetic).count(),
        'X' | 'x' | 'Z' | 'z' | 'V' | 'O' => {
            let end = rest
                .find(|c: char| !(c.is_ascii_alphanumeric() || "+-:/_".contains(c)))
                .unwrap_or(rest.len());
            fields.zone = Some(zone_named(rest.get(..end)?).ok()?);
            end
        }
        _ => return None,
    };
    rest.get(used..)
}

/// Writes a date by a pattern.
pub(super) fn write(at: &Local, pattern: &str) -> Result<String, Fault> {
    let mut out = String::new();
    let time = at.time;
    for part in parts(pattern)? {
        let (letter, n) = match part {
            Part::Literal(literal) => {
                out.push_str(&literal);
                continue;
            }
            Part::Field(letter, n) => (letter, n.min(20)),
        };
        let number = match letter {
            'y' | 'u' if n == 2 => i32::from(time.year()).rem_euclid(100),
            'y' | 'u' => i32::from(time.year()),
            'M' | 'L' if n >= 3 => {
                let name = style::month_name(time.month());
                out.push_str(if n == 3 {
                    name.get(..3).unwrap_or(name)
                } else {
                    name
                });
                continue;
            }
            'M' | 'L' => i32::from(time.month()),
            'd' => i32::from(time.day()),
            'D' => i32::from(time.day_of_year()),
            'H' => i32::from(time.hour()),
            'k' => {
                if time.hour() == 0 {
                    24
                } else {
                    i32::from(time.hour())
                }
            }
            'h' => i32::from(style::hour_of_half(time)),
            'K' => i32::from(time.hour() % 12),
            'm' => i32::from(time.minute()),
            's' => i32::from(time.second()),
            'S' => {
                let digits = format!("{:09}", time.subsec_nanosecond());
                out.push_str(digits.get(..n.min(9)).unwrap_or(""));
                continue;
            }
            'a' => {
                out.push_str(style::half(time));
                continue;
            }
            'E' => {
                let name = style::day_name(time);
                out.push_str(if n <= 3 {
                    name.get(..3).unwrap_or(name)
                } else {
                    name
                });
                continue;
            }
            'e' => i32::from(time.weekday().to_monday_one_offset()),
            'X' | 'x' | 'Z' => {
                out.push_str(&style::offset(
                    at,
                    letter == 'X',
                    if letter == 'Z' { 2 } else { n },
                ));
                continue;
            }
            'z' => {
                out.push_str(&if n >= 4 {
                    style::zone_name(at)
                } else {
                    style::zone_short(at)
                });
                continue;
            }
            'V' => {
                out.push_str(at.zone.iana_name().unwrap_or("UTC"));
                continue;
            }
            other => {
                return Err(Fault::runtime(
                    "bad-pattern",
                    format!("the date pattern has the unknown letter '{other}'"),
                ));
            }
        };
        out.push_str(&format!("{number:0n$}"));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_split_into_fields_and_literals() {
        let parts = parts("yyyy-MM-dd'T'HH").expect("valid");
        assert_eq!(parts.len(), 7);
        assert_eq!(parts.get(5), Some(&Part::Literal("T".into())));
    }

    #[test]
    fn reading_and_writing_agree() {
        let at = read("29/02/2024 10:11", "dd/MM/yyyy HH:mm", &TimeZone::UTC, true).expect("valid");
        assert_eq!(
            write(
                &Local::new(at, &TimeZone::UTC).expect("in range"),
                "yyyy-MM-dd HH:mm"
            )
            .as_deref(),
            Ok("2024-02-29 10:11")
        );
        assert!(read("29/02/2024", "dd/MM/yyyy", &TimeZone::UTC, true).is_err());
        assert!(read("29/02/2024", "dd/MM/yyyy", &TimeZone::UTC, false).is_ok());
    }
}
