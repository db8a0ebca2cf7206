//! `java.util.regex.Pattern` and its matchers. Positions count UTF-16 units.

use std::sync::Arc;

use smol_str::SmolStr;

use super::call::Call;
use super::regex::{Compiled, next_boundary};
use super::replace::replaced;
use super::string::{drop_trailing, split_regex};
use super::{Constants, Table, full_match};
use crate::error::Fault;
use crate::value::{
    Array, ElementKind, List, Matcher, Object, ObjectId, Pattern, Text, Value, utf16,
};

pub(super) const CONSTANTS: Constants = &[
    ("CASE_INSENSITIVE", Value::Int(2)),
    ("COMMENTS", Value::Int(4)),
    ("MULTILINE", Value::Int(8)),
    ("LITERAL", Value::Int(16)),
    ("DOTALL", Value::Int(32)),
];

pub(super) const STATICS: Table = &[
    ("compile", compile),
    ("matches", |c| {
        c.expect(2, 2)?;
        let (pattern, text) = (c.own_str(0)?, c.own_str(1)?);
        full_match(c.regexes, c.heap, &text, &pattern).map(Value::Bool)
    }),
    ("quote", |c| {
        c.expect(1, 1)?;
        let text = quoted(&c.str(0)?);
        c.new_str(text)
    }),
];

pub(super) const METHODS: Table = &[
    ("matcher", matcher),
    ("pattern", |c| {
        let text = pattern_of(c)?.text;
        c.new_str(text)
    }),
    ("flags", |c| Ok(Value::Int(pattern_of(c)?.flags))),
    ("split", split),
];

pub(super) const MATCHER_METHODS: Table = &[
    ("matches", matches),
    ("lookingAt", looking_at),
    ("find", find),
    ("group", group),
    ("groupCount", group_count),
    ("start", |c| edge(c, |range| range.0)),
    ("end", |c| edge(c, |range| range.1)),
    ("reset", reset),
    ("replaceAll", |c| replace(c, usize::MAX)),
    ("replaceFirst", |c| replace(c, 1)),
];

fn quoted(text: &str) -> String {
    format!("\\Q{}\\E", text.replace("\\E", "\\E\\\\E\\Q"))
}

fn compile(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 2)?;
    let text = call.own_str(0)?;
    let flags = if call.count() > 1 { call.int(1)? } else { 0 };
    let pattern = Pattern { text, flags };
    // A mistake is told here and not at the first use.
    regex_of(call, &pattern, false)?;
    Ok(call.heap.new_object(Object::Pattern(pattern)))
}

/// The text with the flags in front, as the engine understands them.
fn effective(pattern: &Pattern) -> SmolStr {
    let body = if pattern.flags & 16 == 0 {
        pattern.text.to_string()
    } else {
        quoted(&pattern.text)
    };
    let letters: String = [(2, 'i'), (4, 'x'), (8, 'm'), (32, 's')]
        .iter()
        .filter(|(flag, _)| pattern.flags & flag != 0)
        .map(|(_, letter)| letter)
        .collect();
    if letters.is_empty() {
        SmolStr::new(body)
    } else {
        SmolStr::new(format!("(?{letters}){body}"))
    }
}

fn regex_of(call: &mut Call<'_>, pattern: &Pattern, whole: bool) -> Result<Arc<Compiled>, Fault> {
    call.regexes.get(call.heap, &effective(pattern), whole)
}

fn pattern_of(call: &Call<'_>) -> Result<Pattern, Fault> {
    match call.arg(0) {
        Value::Object(id) => match call.heap.object(*id) {
            Object::Pattern(pattern) => Ok(pattern.clone()),
            _ => Err(call.bad(0, "a pattern")),
        },
        _ => Err(call.bad(0, "a pattern")),
    }
}

fn matcher(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 1)?;
    let matcher = Matcher {
        pattern: pattern_of(call)?,
        text: call.own_str(1)?,
        found: Vec::new(),
        next: 0,
    };
    Ok(call.heap.new_object(Object::Matcher(matcher)))
}

fn split(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 2)?;
    let (pattern, text) = (effective(&pattern_of(call)?), call.str_text(1)?);
    let limit = if call.count() > 2 { call.int(2)? } else { 0 };
    let parts = split_regex(call, text, &pattern, limit)?;
    let mut parts = drop_trailing(parts, limit);
    if parts.is_empty() && text.is_empty() {
        parts.push(Value::Str(Text::default()));
    }
    Ok(call.heap.new_array(Array {
        kind: ElementKind::Object,
        items: List::of(parts),
    }))
}

// --- matchers -------------------------------------------------------------------------------------------

fn me(call: &Call<'_>) -> Result<(ObjectId, Matcher), Fault> {
    match call.arg(0) {
        Value::Object(id) => match call.heap.object(*id) {
            Object::Matcher(matcher) => Ok((*id, matcher.clone())),
            _ => Err(call.bad(0, "a matcher")),
        },
        _ => Err(call.bad(0, "a matcher")),
    }
}

/// Remembers what was found; whether it was.
fn remember(
    call: &mut Call<'_>,
    id: ObjectId,
    mut matcher: Matcher,
    found: Option<Vec<Option<(usize, usize)>>>,
) -> Value {
    let whole = found.as_ref().and_then(|f| f.first().copied().flatten());
    matcher.next = match whole {
        Some((start, end)) if start == end => next_boundary(&matcher.text, end),
        Some((_, end)) => end,
        None => matcher.next,
    };
    matcher.found = found.unwrap_or_default();
    let holds = !matcher.found.is_empty();
    *call.heap.object_mut(id) = Object::Matcher(matcher);
    Value::Bool(holds)
}

fn matches(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(0, 0)?;
    let (id, matcher) = me(call)?;
    let regex = regex_of(call, &matcher.pattern, true)?;
    call.heap.spend(matcher.text.len() / 4);
    let found = regex.groups_at(call.heap, &matcher.text, 0)?;
    Ok(remember(call, id, matcher, found))
}

fn looking_at(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(0, 0)?;
    let (id, matcher) = me(call)?;
    let regex = regex_of(call, &matcher.pattern, false)?;
    call.heap.spend(matcher.text.len() / 4);
    let at_start =
        |groups: &Vec<Option<(usize, usize)>>| matches!(groups.first(), Some(Some((0, _))));
    let found = regex
        .groups_at(call.heap, &matcher.text, 0)?
        .filter(at_start);
    Ok(remember(call, id, matcher, found))
}

fn find(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(0, 1)?;
    let (id, mut matcher) = me(call)?;
    if call.count() > 1 {
        let from = call.int(1)?;
        let before = usize::try_from(from)
            .ok()
            .and_then(|from| utf16::part(&matcher.text, 0, from));
        let before = before
            .ok_or_else(|| super::call::out_of_range(i64::from(from), utf16::len(&matcher.text)))?;
        matcher.next = before.len();
    }
    let regex = regex_of(call, &matcher.pattern, false)?;
    call.heap
        .spend(20 + matcher.text.len().saturating_sub(matcher.next) / 4);
    let found = if matcher.text.is_char_boundary(matcher.next) {
        regex.groups_at(call.heap, &matcher.text, matcher.next)?
    } else {
        None
    };
    Ok(remember(call, id, matcher, found))
}

/// The number of a group: the argument as a number or a name, else the whole match.
fn number(call: &mut Call<'_>, matcher: &Matcher) -> Result<usize, Fault> {
    let unknown = |name: &str| {
        Fault::runtime(
            "out-of-range",
            format!(
                "the pattern has no group '{}'",
                super::string::printable(name)
            ),
        )
    };
    if matcher.found.is_empty() {
        return Err(Fault::runtime("no-match", "there is no match to read")
            .hint("test the result of matches() or find() first"));
    }
    match call.arg(1) {
        _ if call.count() < 2 => Ok(0),
        Value::Str(name) => {
            let regex = regex_of(call, &matcher.pattern, false)?;
            let name = call.heap.str(*name);
            regex.group_number(name).ok_or_else(|| unknown(name))
        }
        _ => {
            let n = call.int(1)?;
            usize::try_from(n)
                .ok()
                .filter(|n| *n < matcher.found.len())
                .ok_or_else(|| unknown(&n.to_string()))
        }
    }
}

fn range(call: &mut Call<'_>) -> Result<(Matcher, Option<(usize, usize)>), Fault> {
    call.expect_method(0, 1)?;
    let (_, matcher) = me(call)?;
    let n = number(call, &matcher)?;
    let range = matcher.found.get(n).copied().flatten();
    Ok((matcher, range))
}

fn group(call: &mut Call<'_>) -> Result<Value, Fault> {
    let (matcher, range) = range(call)?;
    match range.and_then(|(start, end)| matcher.text.get(start..end)) {
        Some(text) => call.new_str(text),
        None => Ok(Value::Null),
    }
}

fn edge(call: &mut Call<'_>, pick: fn((usize, usize)) -> usize) -> Result<Value, Fault> {
    let (matcher, range) = range(call)?;
    let Some(at) = range.map(pick) else {
        return Ok(Value::Int(-1));
    };
    call.heap.spend(at / 32);
    Ok(Value::size(utf16::len(
        matcher.text.get(..at).unwrap_or(""),
    )))
}

fn group_count(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(0, 0)?;
    let (_, matcher) = me(call)?;
    let regex = regex_of(call, &matcher.pattern, false)?;
    Ok(Value::size(regex.groups().saturating_sub(1)))
}

fn reset(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(0, 1)?;
    let (id, mut matcher) = me(call)?;
    if call.count() > 1 {
        matcher.text = call.own_str(1)?;
        call.heap.charge(matcher.text.len());
    }
    matcher.found.clear();
    matcher.next = 0;
    *call.heap.object_mut(id) = Object::Matcher(matcher);
    Ok(*call.arg(0))
}

fn replace(call: &mut Call<'_>, most: usize) -> Result<Value, Fault> {
    call.expect_method(1, 1)?;
    let (_, matcher) = me(call)?;
    let to = call.own_str(1)?;
    let regex = regex_of(call, &matcher.pattern, false)?;
    match replaced(call, &regex, &matcher.text, &to, most)? {
        Some(text) => call.new_str(text),
        None => call.new_str(matcher.text),
    }
}
