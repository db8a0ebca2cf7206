//! Regular expressions in Java's dialect.
//!
//! Patterns run on a linear-time engine; only those with look-around, back-references or atomic groups go to
//! a backtracking engine with a bounded number of steps.

use std::collections::HashMap;
use std::sync::Arc;

use smol_str::SmolStr;

use crate::error::Fault;
use crate::value::Heap;

/// Compiled patterns kept between runs.
const CACHED: usize = 64;
const COMPILED_BYTES: usize = 1 << 19;
const BACKTRACKS: usize = 50_000;

#[derive(Debug)]
pub(crate) enum Compiled {
    Linear(regex::Regex),
    Backtracking(fancy_regex::Regex),
}

/// Byte ranges of the groups of one match.
pub(super) type Groups = Vec<Option<(usize, usize)>>;

#[derive(Debug, Default)]
pub(crate) struct Regexes(HashMap<(SmolStr, bool), Arc<Compiled>>);

impl Regexes {
    /// A pattern, or one that must match the whole text.
    pub(crate) fn get(
        &mut self,
        heap: &mut Heap,
        pattern: &SmolStr,
        whole: bool,
    ) -> Result<Arc<Compiled>, Fault> {
        let key = (pattern.clone(), whole);
        if let Some(found) = self.0.get(&key) {
            return Ok(found.clone());
        }
        // Compiling is thousands of times dearer than looking up.
        heap.spend(10_000 + pattern.len() * 100);
        let compiled = Arc::new(compile(pattern, whole)?);
        if self.0.len() >= CACHED {
            self.0.clear();
        }
        self.0.insert(key, compiled.clone());
        Ok(compiled)
    }
}

fn compile(pattern: &str, whole: bool) -> Result<Compiled, Fault> {
    let translated = translate(pattern);
    let text = if whole {
        format!("\\A(?:{translated})\\z")
    } else {
        translated
    };
    let linear = regex::RegexBuilder::new(&text)
        .size_limit(COMPILED_BYTES)
        .dfa_size_limit(COMPILED_BYTES)
        .build();
    let error = match linear {
        Ok(regex) => return Ok(Compiled::Linear(regex)),
        Err(error) => error,
    };
    let bad = |detail: String| {
        let line = detail
            .lines()
            .last()
            .unwrap_or("")
            .trim()
            .trim_start_matches("error: ")
            .to_owned();
        Fault::runtime(
            "bad-regex",
            format!("the regular expression '{pattern}' is not valid: {line}"),
        )
    };
    if matches!(error, regex::Error::CompiledTooBig(_)) {
        return Err(bad("it is too large".into()));
    }
    fancy_regex::RegexBuilder::new(&text)
        .backtrack_limit(BACKTRACKS)
        .delegate_size_limit(COMPILED_BYTES)
        .delegate_dfa_size_limit(COMPILED_BYTES)
        .build()
        .map(Compiled::Backtracking)
        .map_err(|e| bad(e.to_string()))
}

/// Java's classes are ASCII and it knows `\Q…\E`.
fn translate(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut chars = pattern.chars().peekable();
    let mut in_class = 0usize;
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('Q') => {
                    let rest: String = chars.clone().collect();
                    let len = rest.find("\\E").unwrap_or(rest.len());
                    let literal = rest.get(..len).unwrap_or("");
                    out.push_str(&regex::escape(literal));
                    let skip = literal.chars().count() + if len < rest.len() { 2 } else { 0 };
                    for _ in 0..skip {
                        chars.next();
                    }
                }
                Some('d') => out.push_str(if in_class > 0 { "0-9" } else { "[0-9]" }),
                Some('D') => out.push_str("[^0-9]"),
                Some('w') => out.push_str(if in_class > 0 {
                    "a-zA-Z0-9_"
                } else {
                    "[a-zA-Z0-9_]"
                }),
                Some('W') => out.push_str("[^a-zA-Z0-9_]"),
                Some('s') => out.push_str(if in_class > 0 {
                    " \\t\\n\\x0B\\f\\r"
                } else {
                    "[ \\t\\n\\x0B\\f\\r]"
                }),
                Some('S') => out.push_str("[^ \\t\\n\\x0B\\f\\r]"),
                Some('h') => out.push_str(if in_class > 0 { " \\t" } else { "[ \\t]" }),
                Some('R') => out.push_str("(?:\\r\\n|[\\n\\x0B\\f\\r])"),
                Some('Z') => out.push_str("(?:\\r?\\n)?\\z"),
                Some('e') => out.push_str("\\x1B"),
                Some(other) => {
                    out.push('\\');
                    out.push(other);
                }
                None => out.push('\\'),
            },
            '[' => {
                in_class += 1;
                out.push('[');
                // A bracket right after the opening is literal.
                if chars.peek() == Some(&'^') {
                    out.push('^');
                    chars.next();
                }
                if chars.peek() == Some(&']') {
                    out.push_str("\\]");
                    chars.next();
                }
            }
            ']' => {
                if in_class == 0 {
                    out.push('\\');
                }
                in_class = in_class.saturating_sub(1);
                out.push(']');
            }
            // Signs that only the other engine reads as operators inside a class.
            '~' | '#' if in_class > 0 => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

impl Compiled {
    /// The first match at or after a byte offset.
    pub(super) fn groups_at(
        &self,
        heap: &Heap,
        text: &str,
        start: usize,
    ) -> Result<Option<Groups>, Fault> {
        if matches!(self, Self::Backtracking(_)) {
            heap.spend(BACKTRACKS / 5);
        }
        match self {
            Self::Linear(regex) => Ok(regex
                .captures_at(text, start)
                .map(|c| c.iter().map(|m| m.map(|m| (m.start(), m.end()))).collect())),
            // How many steps it takes is not told, so each attempt counts as a good part of the most.
            Self::Backtracking(regex) => match regex.captures_from_pos(text, start) {
                Ok(found) => {
                    Ok(found.map(|c| c.iter().map(|m| m.map(|m| (m.start(), m.end()))).collect()))
                }
                Err(_) => Err(Fault::limit(
                    "regex-steps",
                    "the regular expression takes too many steps",
                )
                .hint("avoid nested repetition such as (a+)+")),
            },
        }
    }

    pub(super) fn is_match(&self, heap: &Heap, text: &str) -> Result<bool, Fault> {
        match self {
            Self::Linear(regex) => Ok(regex.is_match(text)),
            Self::Backtracking(_) => Ok(self.groups_at(heap, text, 0)?.is_some()),
        }
    }

    /// The number of groups, the whole match included.
    pub(super) fn groups(&self) -> usize {
        match self {
            Self::Linear(regex) => regex.captures_len(),
            Self::Backtracking(regex) => regex.captures_len(),
        }
    }

    pub(super) fn group_number(&self, name: &str) -> Option<usize> {
        match self {
            Self::Linear(regex) => regex.capture_names().position(|n| n == Some(name)),
            Self::Backtracking(regex) => regex.capture_names().position(|n| n == Some(name)),
        }
    }
}

/// Shows all matches that do not overlap, until `each` wants no more.
pub(super) fn matches(
    heap: &Heap,
    regex: &Compiled,
    text: &str,
    mut each: impl FnMut((usize, usize), &Groups) -> Result<bool, Fault>,
) -> Result<(), Fault> {
    let mut at = 0;
    while at <= text.len() {
        heap.spend(20);
        heap.afford()?;
        let Some(groups) = regex.groups_at(heap, text, at)? else {
            break;
        };
        let Some((start, end)) = groups.first().copied().flatten() else {
            break;
        };
        at = if end > start {
            end
        } else {
            next_boundary(text, end)
        };
        heap.spend((at - start.min(at)) / 8);
        if !each((start, end), &groups)? {
            break;
        }
    }
    heap.spend(text.len() / 8);
    Ok(())
}

/// The next place between two characters, behind the text at its end.
pub(super) fn next_boundary(text: &str, at: usize) -> usize {
    (at + 1..=text.len())
        .find(|i| text.is_char_boundary(*i))
        .unwrap_or(text.len() + 1)
}

/// Whether a pattern matches a whole text.
pub(crate) fn full_match(
    regexes: &mut Regexes,
    heap: &mut Heap,
    text: &str,
    pattern: &SmolStr,
) -> Result<bool, Fault> {
    let regex = regexes.get(heap, pattern, true)?;
    heap.spend(text.len() / 4);
    regex.is_match(heap, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    #[test]
    fn java_dialect() {
        let mut heap = Heap::new(&Limits::default());
        let mut regexes = Regexes::default();
        let mut full = |text: &str, pattern: &str| {
            full_match(&mut regexes, &mut heap, text, &SmolStr::new(pattern))
        };
        assert_eq!(full("a.b", "\\Qa.b\\E"), Ok(true));
        assert_eq!(full("٣", "\\d"), Ok(false));
        assert_eq!(full("aa", "(a)\\1"), Ok(true));
        assert_eq!(full("]", "[]]"), Ok(true));
        assert!(full("x", "(").is_err());
        let evil = "a".repeat(40) + "!";
        assert!(full(&evil, "(x+x+)+(?=y)|(?:a|a)*(?=b)\\1").is_err());
    }
}
