//! JavaScript: the first error of syntax, the arguments with their members, and the functions that are there.

use serde_json::Value as Json;
use tbel::analysis::offset_at;

use super::samples::kind_of;
use super::{Analysis, Asked, Completions, Finding, Hover, Item, Known, Range};
use crate::{Diagnostic, Limits, Script, ScriptLang};

/// What converters find beside the language itself.
const FUNCTIONS: &[(&str, &str, &str)] = &[
    (
        "decodeToString",
        "decodeToString(bytes): string",
        "Decodes a payload as UTF-8 text.",
    ),
    (
        "decodeToJson",
        "decodeToJson(bytes): any",
        "Decodes a payload as UTF-8 and reads it as JSON.",
    ),
    ("btoa", "btoa(text): string", "Writes a text as Base64."),
    ("atob", "atob(base64): string", "Reads Base64 as text."),
    (
        "toFlatMap",
        "toFlatMap(value, excludedKeys?, pathInKey = true): object",
        "Nested members under one name, joined by points.",
    ),
];

pub(super) fn analyze(asked: &Asked<'_>, limits: &Limits) -> Analysis {
    let parameters: Vec<&str> = asked.arguments.iter().map(|a| a.name).collect();
    let diagnostics = match Script::compile(ScriptLang::Js, asked.source, &parameters, limits) {
        Ok(_) => Vec::new(),
        Err(error) => error
            .diagnostics
            .into_iter()
            .map(|d| finding(asked.source, d))
            .collect(),
    };
    let mut found = Analysis {
        diagnostics,
        ..Analysis::default()
    };
    // Nobody writes a longer script by hand.
    if let Some((line, column)) = asked.at
        && asked.source.len() <= limits.source_chars.saturating_mul(4)
    {
        let word = Word::at(asked.source, line, column);
        found.completions = completions(asked, &word);
        found.hover = hover(asked, &word);
    }
    found
}

fn finding(source: &str, from: Diagnostic) -> Finding {
    let (line, column) = (from.line.max(1), from.column.max(1));
    let text = source.lines().nth(line as usize - 1).unwrap_or("");
    // The engine counts characters, editors count UTF-16 units.
    let before: String = text.chars().take(column as usize - 1).collect();
    let rest = text.get(before.len()..).unwrap_or("");
    let word = rest.chars().take_while(|c| is_word(*c)).count().max(1);
    let column = units(&before) + 1;
    Finding {
        severity: "ERROR",
        code: from.code,
        message: from.message,
        hint: from.hint,
        range: Range {
            line,
            column,
            end_line: line,
            end_column: column + u32::try_from(word).unwrap_or(1),
        },
    }
}

fn units(text: &str) -> u32 {
    u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// The word at the cursor with the names before its points: `msg.values.te` is `[msg, values]` and `te`.
struct Word<'a> {
    path: Vec<&'a str>,
    typed: &'a str,
    whole: &'a str,
    range: Range,
}

impl<'a> Word<'a> {
    fn at(source: &'a str, line: u32, column: u32) -> Self {
        let offset = offset_at(source, line, column);
        let line_start = source
            .get(..offset)
            .and_then(|s| s.rfind('\n'))
            .map_or(0, |at| at + 1);
        let before = source.get(line_start..offset).unwrap_or("");
        let behind = source.get(offset..).unwrap_or("");
        let chain_start = before
            .char_indices()
            .rev()
            .take_while(|(_, c)| is_word(*c) || matches!(c, '.' | '?'))
            .last()
            .map_or(before.len(), |(at, _)| at);
        let chain = before.get(chain_start..).unwrap_or("");
        let mut path: Vec<&str> = chain.split('.').map(|p| p.trim_end_matches('?')).collect();
        let typed = path.pop().unwrap_or("");
        let rest: usize = behind
            .chars()
            .take_while(|c| is_word(*c))
            .map(char::len_utf8)
            .sum();
        let start = offset - typed.len();
        let column = units(source.get(line_start..start).unwrap_or("")) + 1;
        let whole = source.get(start..offset + rest).unwrap_or("");
        let range = Range {
            line,
            column,
            end_line: line,
            end_column: column + units(whole),
        };
        Self {
            path,
            typed,
            whole,
            range,
        }
    }
}

/// The sample that a path of names leads to.
fn sample<'a>(arguments: &[Known<'a>], path: &[&str]) -> Option<&'a Json> {
    let (first, rest) = path.split_first()?;
    let known = arguments.iter().find(|a| a.name == *first)?;
    rest.iter()
        .try_fold(known.sample?, |value, name| value.get(*name))
}

fn completions(asked: &Asked<'_>, word: &Word<'_>) -> Completions {
    let mut items = Vec::new();
    let fits = |label: &str| {
        let label = label.to_lowercase();
        label.starts_with(&word.typed.to_lowercase())
    };
    let mut add = |label: &str, kind, detail: String, doc: Option<&str>| {
        if fits(label) {
            items.push(Item {
                label: label.to_owned(),
                kind,
                detail,
                doc: doc.map(str::to_owned),
            });
        }
    };
    if word.path.is_empty() {
        for known in asked.arguments {
            let kind = known.sample.map(kind_of).unwrap_or_default();
            add(known.name, "ARGUMENT", kind.to_string(), None);
        }
        for (name, signature, doc) in FUNCTIONS {
            add(name, "FUNCTION", (*signature).to_owned(), Some(doc));
        }
    } else if let Some(Json::Object(members)) = sample(asked.arguments, &word.path) {
        for (name, value) in members.iter().filter(|(name, _)| name.chars().all(is_word)) {
            add(name, "FIELD", kind_of(value).to_string(), None);
        }
    }
    Completions {
        replaces: word.range,
        items,
    }
}

fn hover(asked: &Asked<'_>, word: &Word<'_>) -> Option<Hover> {
    let (title, text) = if word.path.is_empty() {
        match FUNCTIONS.iter().find(|(name, ..)| *name == word.whole) {
            Some((_, signature, doc)) => ((*signature).to_owned(), *doc),
            None => {
                let known = asked.arguments.iter().find(|a| a.name == word.whole)?;
                let kind = known.sample.map(kind_of).unwrap_or_default();
                (
                    format!("{}: {kind}", word.whole),
                    "An argument of the script.",
                )
            }
        }
    } else {
        let member = sample(asked.arguments, &word.path)?.get(word.whole)?;
        let title = format!("{}: {}", word.whole, kind_of(member));
        (title, "A member of the sample.")
    };
    Some(Hover {
        range: word.range,
        title,
        text: text.to_owned(),
        example: None,
        result: None,
    })
}
