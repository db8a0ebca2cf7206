//! Methods of strings. Positions count UTF-16 units.

use std::borrow::Cow;
use std::fmt::Write;

use smol_str::SmolStr;

use super::call::{Call, checked_index};
use super::regex::matches;
use super::replace::{replace_all, replace_first};
use super::{Table, format};
use crate::error::Fault;
use crate::value::{Array, ElementKind, List, Text, Value, text, utf16};

pub(super) const PROPERTIES: Table = &[
    ("length", length),
    ("empty", is_empty),
    ("bytes", get_bytes),
];

pub(super) const METHODS: Table = &[
    ("length", length),
    ("charAt", char_at),
    ("substring", substring),
    ("subSequence", substring),
    ("indexOf", index_of),
    ("lastIndexOf", last_index_of),
    ("contains", contains),
    ("regionMatches", region_matches),
    ("startsWith", starts_with),
    ("endsWith", ends_with),
    ("equals", equals),
    ("equalsIgnoreCase", equals_ignore_case),
    ("contentEquals", equals),
    ("compareTo", compare_to),
    ("compareToIgnoreCase", compare_to_ignore_case),
    ("toUpperCase", to_upper_case),
    ("toLowerCase", to_lower_case),
    ("trim", trim),
    ("strip", strip),
    ("stripLeading", strip_leading),
    ("stripTrailing", strip_trailing),
    ("isEmpty", is_empty),
    ("isBlank", is_blank),
    ("concat", concat),
    ("repeat", repeat),
    ("replace", replace),
    ("replaceAll", replace_all),
    ("replaceFirst", replace_first),
    ("split", split),
    (SPLIT_TO_LIST, split_to_list),
    ("matches", full_matches),
    ("getBytes", get_bytes),
    ("toCharArray", to_char_array),
    ("codePointAt", code_point_at),
    ("hashCode", hash_code),
    ("formatted", formatted),
    ("lines", lines),
    ("chars", chars),
    ("intern", this),
    ("toString", this),
];

pub(super) const STATICS: Table = &[
    ("valueOf", value_of),
    ("format", format::format),
    ("join", join),
    ("copyValueOf", value_of),
];

fn me<'c>(call: &'c Call<'_>) -> Result<&'c str, Fault> {
    call.only_str(0)
}

/// A part of the receiver, counted.
fn part(call: &mut Call<'_>, from: usize, to: usize) -> Result<Value, Fault> {
    let part = call.only_text(0)?.within(from, to);
    call.heap.count_text(part);
    Ok(Value::Str(part))
}

fn this(call: &mut Call<'_>) -> Result<Value, Fault> {
    Ok(*call.arg(0))
}

pub(super) fn construct(call: &mut Call<'_>) -> Result<Value, Fault> {
    match call.arg(0) {
        _ if call.count() == 0 => Ok(Value::Str(Text::default())),
        Value::Array(_) | Value::List(_) => {
            let bytes = super::bytes::bytes_of(call, 0)?;
            let text = String::from_utf8_lossy(&bytes).into_owned();
            call.new_str(text)
        }
        _ => call.str_text(0).map(Value::Str),
    }
}

fn value_of(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 1)?;
    if let Value::Array(id) = call.arg(0)
        && call.heap.array(*id).kind == ElementKind::Char
    {
        let mut out = String::new();
        for item in call.heap.array(*id).items.iter() {
            text::write(call.heap, &item, &mut out)?;
        }
        return call.new_str(out);
    }
    let text = call.text(0)?;
    call.new_str(text)
}

/// `String.join(sep, collection)` or `String.join(sep, a, b, …)`.
fn join(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, usize::MAX)?;
    let separator = call.own_str(0)?;
    let items = match call.arg(1) {
        Value::List(_) | Value::Set(_) | Value::Array(_) if call.count() == 2 => {
            call.elements(1)?
        }
        _ => call.args.get(1..).unwrap_or_default().to_vec(),
    };
    let mut out = String::new();
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.push_str(&separator);
        }
        text::write(call.heap, item, &mut out)?;
    }
    call.heap.check_single(out.len(), 1, "the joined text")?;
    call.new_str(out)
}

fn length(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(0, 0)?;
    let s = me(call)?;
    call.heap.spend(s.len() / 32);
    Ok(Value::size(utf16::len(s)))
}

fn char_at(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 1)?;
    let s = me(call)?;
    let at = call.int(1)?;
    call.heap.spend(usize::try_from(at).unwrap_or(0) / 32);
    let unit = usize::try_from(at)
        .ok()
        .and_then(|at| utf16::unit_at(s, at));
    unit.map(Value::Char)
        .ok_or_else(|| super::call::out_of_range(i64::from(at), utf16::len(s)))
}

fn code_point_at(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 1)?;
    let s = me(call)?;
    let at = checked_index(call.int(1)?, utf16::len(s))?;
    let units: Vec<u16> = s.encode_utf16().skip(at).take(2).collect();
    let code = char::decode_utf16(units.iter().copied()).next();
    let code = match code {
        Some(Ok(c)) => u32::from(c),
        _ => units.first().map_or(0, |u| u32::from(*u)),
    };
    Ok(Value::integer(i64::from(code)))
}

fn substring(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 2)?;
    let s = me(call)?;
    let from = call.int(1)?;
    let to = if call.count() > 2 {
        call.int(2)?
    } else {
        i32::try_from(utf16::len(s)).unwrap_or(i32::MAX)
    };
    let units = usize::try_from(from).ok().zip(usize::try_from(to).ok());
    call.heap.spend(s.len() / 64);
    if let Some(bytes) = units.and_then(|(from, to)| utf16::range(s, from, to)) {
        return part(call, bytes.start, bytes.end);
    }
    match units.and_then(|(from, to)| utf16::part(s, from, to)) {
        Some(part) => call.new_str(part),
        None => {
            let len = utf16::len(s);
            Err(Fault::runtime(
                "out-of-range",
                format!("the part {from}..{to} is outside of the text of length {len}"),
            ))
        }
    }
}

fn position(call: &Call<'_>, i: usize, default: usize) -> Result<Option<usize>, Fault> {
    if call.count() > i {
        Ok(usize::try_from(call.int(i)?).ok())
    } else {
        Ok(Some(default))
    }
}

fn index_of(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 2)?;
    let (s, needle) = (me(call)?, needle(call)?);
    call.heap.spend(s.len() / 16);
    let from = position(call, 2, 0)?.unwrap_or(0);
    Ok(utf16::find(s, &needle, from).map_or(Value::Int(-1), Value::size))
}

fn last_index_of(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 2)?;
    let (s, needle) = (me(call)?, needle(call)?);
    call.heap.spend(s.len() / 16);
    let Some(from) = position(call, 2, usize::MAX)? else {
        return Ok(Value::Int(-1));
    };
    Ok(utf16::rfind(s, &needle, from.min(s.len())).map_or(Value::Int(-1), Value::size))
}

/// What is searched: a text, or the character of an int.
fn needle<'c>(call: &'c Call<'_>) -> Result<Cow<'c, str>, Fault> {
    match call.arg(1) {
        Value::Int(n) => Ok(u32::try_from(*n)
            .ok()
            .and_then(char::from_u32)
            .map_or(Cow::Borrowed(""), |c| Cow::Owned(c.to_string()))),
        _ => call.str(1),
    }
}

fn contains(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 1)?;
    let s = me(call)?;
    call.heap.spend(s.len() / 16);
    Ok(Value::Bool(s.contains(&*call.str(1)?)))
}

fn starts_with(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 2)?;
    let s = me(call)?;
    let prefix = call.str(1)?;
    let from = position(call, 2, 0)?;
    let rest = from.and_then(|from| utf16::part(s, from, utf16::len(s)));
    Ok(Value::Bool(
        rest.is_some_and(|rest| rest.starts_with(&*prefix)),
    ))
}

/// `regionMatches([ignoreCase,] from, other, otherFrom, length)`
fn region_matches(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(4, 5)?;
    let ignore_case = call.count() == 6 && call.bool(1)?;
    let at = call.count() - 4;
    let (s, other) = (me(call)?, call.str(at + 1)?);
    let place = |i: usize| call.int(i).map(i64::from);
    let (from, other_from, length) = (place(at)?, place(at + 2)?, place(at + 3)?);
    call.heap.spend((s.len() + other.len()) / 16);
    let part = |text: &str, from: i64| {
        let end = from.checked_add(length.max(0))?;
        utf16::part(
            text,
            usize::try_from(from).ok()?,
            usize::try_from(end).ok()?,
        )
    };
    Ok(Value::Bool(
        match (part(s, from), part(&other, other_from)) {
            (Some(a), Some(b)) if ignore_case => a.to_lowercase() == b.to_lowercase(),
            (Some(a), Some(b)) => a == b,
            _ => false,
        },
    ))
}

fn ends_with(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 1)?;
    Ok(Value::Bool(me(call)?.ends_with(&*call.str(1)?)))
}

fn equals(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 1)?;
    Ok(Value::Bool(
        matches!(call.arg(1), Value::Str(other) if call.heap.str(*other) == me(call)?),
    ))
}

fn equals_ignore_case(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 1)?;
    if call.arg(1).is_null() {
        return Ok(Value::Bool(false));
    }
    Ok(Value::Bool(
        me(call)?.to_lowercase() == call.str(1)?.to_lowercase(),
    ))
}

fn compare_to(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 1)?;
    Ok(Value::Int(utf16::difference(me(call)?, &call.str(1)?)))
}

fn compare_to_ignore_case(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 1)?;
    Ok(Value::Int(utf16::difference(
        &me(call)?.to_lowercase(),
        &call.str(1)?.to_lowercase(),
    )))
}

/// Letter by letter where a text is ASCII.
fn cased(
    call: &mut Call<'_>,
    ascii: fn(&mut str),
    other: fn(&str) -> String,
) -> Result<Value, Fault> {
    let text = call.only_text(0)?;
    if !call.heap.str(text).is_ascii() {
        let text = other(call.heap.str(text));
        return call.new_str(text);
    }
    let text = call.heap.texts_mut().changed(text, ascii);
    call.heap.count_text(text);
    Ok(Value::Str(text))
}

fn to_upper_case(call: &mut Call<'_>) -> Result<Value, Fault> {
    cased(call, str::make_ascii_uppercase, str::to_uppercase)
}

fn to_lower_case(call: &mut Call<'_>) -> Result<Value, Fault> {
    cased(call, str::make_ascii_lowercase, str::to_lowercase)
}

fn trim(call: &mut Call<'_>) -> Result<Value, Fault> {
    let (s, outside) = (me(call)?, |c: char| c <= ' ');
    let from = s.len() - s.trim_start_matches(outside).len();
    let to = from + s.trim_matches(outside).len();
    part(call, from, to)
}

fn strip(call: &mut Call<'_>) -> Result<Value, Fault> {
    let s = me(call)?;
    let from = s.len() - s.trim_start().len();
    let to = from + s.trim().len();
    part(call, from, to)
}

fn strip_leading(call: &mut Call<'_>) -> Result<Value, Fault> {
    let s = me(call)?;
    let (from, to) = (s.len() - s.trim_start().len(), s.len());
    part(call, from, to)
}

fn strip_trailing(call: &mut Call<'_>) -> Result<Value, Fault> {
    let to = me(call)?.trim_end().len();
    part(call, 0, to)
}

fn is_empty(call: &mut Call<'_>) -> Result<Value, Fault> {
    Ok(Value::Bool(me(call)?.is_empty()))
}

fn is_blank(call: &mut Call<'_>) -> Result<Value, Fault> {
    Ok(Value::Bool(me(call)?.trim().is_empty()))
}

fn concat(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 1)?;
    let (a, b) = (me(call)?, call.str(1)?);
    call.heap
        .check_single(a.len() + b.len(), 2, "the joined text")?;
    let text = format!("{a}{b}");
    call.new_str(text)
}

fn repeat(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 1)?;
    let s = me(call)?;
    let n = usize::try_from(call.int(1)?)
        .map_err(|_| Fault::runtime("argument-value", "the number of repetitions is negative"))?;
    call.heap
        .check_single(s.len().saturating_mul(n), 2, "the repeated text")?;
    let text = s.repeat(n);
    call.new_str(text)
}

/// All occurrences of a text.
fn replace(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(2, 2)?;
    let (s, from, to) = (me(call)?, call.str(1)?, call.str(2)?);
    call.heap.check_single(to.len(), 100, "the replacement")?;
    let count = if to.len() > from.len() {
        s.matches(&*from).count()
    } else {
        0
    };
    call.heap
        .check_single(s.len() + count * to.len(), 1, "the replaced text")?;
    let text = s.replace(&*from, &to);
    call.heap.spend(s.len() / 8);
    call.new_str(text)
}

/// Around the matches of a pattern; trailing empty parts are dropped unless the limit is negative.
fn split_parts(call: &mut Call<'_>) -> Result<Vec<Value>, Fault> {
    call.expect_method(1, 2)?;
    let (text, pattern) = (call.only_text(0)?, call.str(1)?);
    let s = call.heap.str(text);
    let limit = if call.count() > 2 { call.int(2)? } else { 0 };
    let parts = if limit == 0 && is_plain(&pattern) {
        call.heap.spend(s.len() / 8);
        let separators = s.bytes().filter(|b| pattern.as_bytes().contains(b)).count();
        call.heap.check_single(separators * 8, 1, "the parts")?;
        let mut parts = Vec::with_capacity(separators + 1);
        let mut from = 0;
        for (to, separator) in s.match_indices(&*pattern) {
            parts.push(Value::Str(text.within(from, to)));
            from = to + separator.len();
        }
        parts.push(Value::Str(text.within(from, s.len())));
        parts
    } else {
        let pattern = SmolStr::new(&pattern);
        split_regex(call, text, &pattern, limit)?
    };
    let parts = drop_trailing(parts, limit);
    Ok(if parts.is_empty() && text.is_empty() {
        vec![Value::Str(Text::default())]
    } else {
        parts
    })
}

fn split(call: &mut Call<'_>) -> Result<Value, Fault> {
    let items = List::of(split_parts(call)?);
    Ok(call.heap.new_array(Array {
        kind: ElementKind::Object,
        items,
    }))
}

/// `split` where its result is assigned, which makes it a list: no script can write this name.
pub(crate) const SPLIT_TO_LIST: &str = "split to list";

fn split_to_list(call: &mut Call<'_>) -> Result<Value, Fault> {
    let parts = split_parts(call)?;
    Ok(call.heap.new_list(parts))
}

/// One character without a meaning in patterns.
fn is_plain(pattern: &str) -> bool {
    let mut chars = pattern.chars();
    matches!((chars.next(), chars.next()), (Some(c), None) if !".$|()[{^?*+\\".contains(c))
}

pub(super) fn split_regex(
    call: &mut Call<'_>,
    text: Text,
    pattern: &SmolStr,
    limit: i32,
) -> Result<Vec<Value>, Fault> {
    let regex = call.regexes.get(call.heap, pattern, false)?;
    let most = usize::try_from(limit)
        .ok()
        .filter(|n| *n > 0)
        .map_or(usize::MAX, |n| n - 1);
    let mut parts = Vec::new();
    let mut last = 0;
    let s = call.heap.str(text);
    matches(call.heap, &regex, s, |(start, end), _| {
        // An empty match at the start makes no empty part, at the end neither.
        if parts.len() < most && end != 0 && (start != end || start < s.len()) {
            parts.push(Value::Str(text.within(last, start)));
            last = end;
        }
        Ok(parts.len() < most)
    })?;
    parts.push(Value::Str(text.within(last, text.len())));
    Ok(parts)
}

pub(super) fn drop_trailing(mut parts: Vec<Value>, limit: i32) -> Vec<Value> {
    if limit == 0 {
        while matches!(parts.last(), Some(Value::Str(s)) if s.is_empty()) {
            parts.pop();
        }
    }
    parts
}

fn full_matches(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(1, 1)?;
    call.only_text(0)?;
    let (s, pattern) = (call.own_str(0)?, call.own_str(1)?);
    super::full_match(call.regexes, call.heap, &s, &pattern).map(Value::Bool)
}

fn get_bytes(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(0, 1)?;
    let bytes = me(call)?.as_bytes().to_vec();
    Ok(call.heap.new_byte_array(bytes))
}

fn to_char_array(call: &mut Call<'_>) -> Result<Value, Fault> {
    let chars = me(call)?;
    call.heap
        .check_single(chars.len() * ElementKind::Char.size(), 1, "the array")?;
    let units: Vec<Value> = chars.encode_utf16().map(Value::Char).collect();
    Ok(call.heap.new_array(Array {
        kind: ElementKind::Char,
        items: List::of(units),
    }))
}

fn hash_code(call: &mut Call<'_>) -> Result<Value, Fault> {
    let s = me(call)?;
    call.heap.spend(s.len() / 8);
    Ok(Value::Int(s.encode_utf16().fold(0i32, |h, u| {
        h.wrapping_mul(31).wrapping_add(i32::from(u))
    })))
}

fn formatted(call: &mut Call<'_>) -> Result<Value, Fault> {
    format::format(call)
}

fn lines(call: &mut Call<'_>) -> Result<Value, Fault> {
    let text = call.only_text(0)?;
    let mut lines = Vec::new();
    let mut from = 0;
    for line in call.heap.str(text).split_inclusive('\n') {
        let bare = line.strip_suffix('\n').unwrap_or(line);
        let bare = bare.strip_suffix('\r').unwrap_or(bare);
        lines.push(Value::Str(text.within(from, from + bare.len())));
        from += line.len();
    }
    Ok(call.heap.new_list(lines))
}

fn chars(call: &mut Call<'_>) -> Result<Value, Fault> {
    let units: Vec<Value> = me(call)?
        .encode_utf16()
        .map(|u| Value::Int(i32::from(u)))
        .collect();
    Ok(call.heap.new_list(units))
}

/// Hexadecimal escapes of control characters, for messages.
pub(super) fn printable(s: &str) -> String {
    let mut out = String::new();
    for c in s.chars().take(40) {
        if c.is_control() {
            let _ = write!(out, "\\u{:04X}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}
