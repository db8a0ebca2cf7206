//! Replacing what a pattern matches.

use super::call::Call;
use super::regex::{Compiled, Groups, matches};
use crate::error::Fault;
use crate::value::Value;

pub(super) fn replace_all(call: &mut Call<'_>) -> Result<Value, Fault> {
    replace_matches(call, usize::MAX)
}

pub(super) fn replace_first(call: &mut Call<'_>) -> Result<Value, Fault> {
    replace_matches(call, 1)
}

fn replace_matches(call: &mut Call<'_>, most: usize) -> Result<Value, Fault> {
    call.expect_method(2, 2)?;
    call.only_text(0)?;
    let (s, pattern, to) = (call.own_str(0)?, call.own_str(1)?, call.own_str(2)?);
    let regex = call.regexes.get(call.heap, &pattern, false)?;
    match replaced(call, &regex, &s, &to, most)? {
        Some(text) => call.new_str(text),
        None => Ok(*call.arg(0)),
    }
}

/// The text with at most so many matches replaced; `None` when there are none.
pub(super) fn replaced(
    call: &mut Call<'_>,
    regex: &Compiled,
    s: &str,
    to: &str,
    most: usize,
) -> Result<Option<String>, Fault> {
    call.heap.check_single(to.len(), 100, "the replacement")?;
    let mut out = String::new();
    let (mut last, mut found) = (0, 0);
    matches(call.heap, regex, s, |(start, end), groups| {
        out.push_str(s.get(last..start).unwrap_or(""));
        expand(&mut out, s, to, groups, regex)?;
        last = end;
        found += 1;
        call.heap.check_single(out.len(), 1, "the replaced text")?;
        Ok(found < most)
    })?;
    if found == 0 {
        return Ok(None);
    }
    out.push_str(s.get(last..).unwrap_or(""));
    Ok(Some(out))
}

/// `$1`, `${name}` and backslash escapes in a replacement.
fn expand(
    out: &mut String,
    s: &str,
    to: &str,
    groups: &Groups,
    regex: &Compiled,
) -> Result<(), Fault> {
    let no_group = |name: &str| {
        Fault::runtime(
            "bad-replacement",
            format!("the replacement names the unknown group {name}"),
        )
    };
    let mut chars = to.chars().peekable();
    while let Some(c) = chars.next() {
        let number = match c {
            '\\' => {
                out.push(chars.next().ok_or_else(|| {
                    Fault::runtime("bad-replacement", "the replacement ends with a backslash")
                })?);
                continue;
            }
            '$' if chars.peek() == Some(&'{') => {
                chars.next();
                let name: String = chars.by_ref().take_while(|c| *c != '}').collect();
                regex.group_number(&name).ok_or_else(|| no_group(&name))?
            }
            '$' => {
                let first = chars
                    .next()
                    .and_then(|c| c.to_digit(10))
                    .ok_or_else(|| no_group("'$'"))?;
                let mut number = first as usize;
                // More digits belong to it as long as there is such a group.
                while let Some(digit) = chars.peek().and_then(|c| c.to_digit(10)) {
                    let longer = number * 10 + digit as usize;
                    if longer >= groups.len() {
                        break;
                    }
                    number = longer;
                    chars.next();
                }
                number
            }
            c => {
                out.push(c);
                continue;
            }
        };
        match groups.get(number) {
            Some(Some((start, end))) => out.push_str(s.get(*start..*end).unwrap_or("")),
            Some(None) => {}
            None => return Err(no_group(&number.to_string())),
        }
    }
    Ok(())
}
