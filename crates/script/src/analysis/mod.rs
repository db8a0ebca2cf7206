//! What an editor wants to know about a script while it is written, in one form for both languages.
//!
//! Nothing runs. For TBEL everything is known: errors, doubts, completions, explanations. For JavaScript the
//! engine tells the first error of syntax; completions are the arguments, their members from samples, and the
//! functions that are there.
//!
//! ```
//! use millrace_script::analysis::{Asked, Known, analyze};
//! use millrace_script::{Limits, ScriptLang};
//!
//! let sample = serde_json::json!({ "temperature": 21.5 });
//! let arguments = [Known { name: "msg", sample: Some(&sample), decoded: None }];
//! let asked = Asked { lang: ScriptLang::Tbel, source: "return msg.te", arguments: &arguments, at: Some((1, 14)) };
//! let found = analyze(&asked, &Limits::tbel());
//! assert_eq!(found.completions.items[0].label, "temperature");
//! ```

mod javascript;
mod samples;
mod tbel_lang;

use serde::Serialize;
use serde_json::Value as Json;

use crate::{Limits, ScriptLang};

/// A question about a script.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The language.
    pub lang: ScriptLang,
    /// The text so far.
    pub source: &'a str,
    /// The arguments in order.
    pub arguments: &'a [Known<'a>],
    /// Line and column of the cursor, both from 1, columns in UTF-16 units; without it only findings are
    /// told.
    pub at: Option<(u32, u32)>,
}

/// What is known about an argument.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Its name in the script.
    pub name: &'a str,
    /// A value it had, e.g. from a debug event.
    pub sample: Option<&'a Json>,
    /// For bytes: the JSON in them.
    pub decoded: Option<&'a Json>,
}

/// A place in the text: lines and columns from 1, columns in UTF-16 units; the end is behind the last
/// character.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Range {
    /// First line.
    pub line: u32,
    /// First column.
    pub column: u32,
    /// Last line.
    pub end_line: u32,
    /// The column behind the last character.
    pub end_column: u32,
}

/// Something that is wrong or doubtful.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// `ERROR` (the script does not compile) or `WARNING`.
    pub severity: &'static str,
    /// Stable machine name.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to write instead, when that is known.
    pub hint: Option<String>,
    /// Where.
    pub range: Range,
}

/// One thing that can be written at the cursor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// The text to write.
    pub label: String,
    /// `FIELD`, `ARGUMENT`, `VARIABLE`, `FUNCTION`, `METHOD`, `PROPERTY`, `CONSTANT`, `CLASS` or `KEYWORD`.
    pub kind: &'static str,
    /// Signatures, one on each line, or the type.
    pub detail: String,
    /// What it does, when that is known.
    pub doc: Option<String>,
}

/// What can be written at the cursor.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Completions {
    /// The word that an item replaces; empty when none has begun.
    pub replaces: Range,
    /// In the order to show them.
    pub items: Vec<Item>,
}

/// What the word at the cursor is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hover {
    /// The word.
    pub range: Range,
    /// Signatures, one on each line, or the name with its type.
    pub title: String,
    /// What it is.
    pub text: String,
    /// A script that uses it.
    pub example: Option<String>,
    /// What the example gives, as JSON.
    pub result: Option<String>,
}

/// The call around the cursor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Signature {
    /// The ways to call it.
    pub signatures: Vec<String>,
    /// What it does.
    pub doc: String,
    /// The parameter at the cursor, from 0.
    pub parameter: usize,
}

/// Everything there is to say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Analysis {
    /// Errors and doubts, in order of position.
    pub diagnostics: Vec<Finding>,
    /// Empty without a cursor.
    pub completions: Completions,
    /// What the word at the cursor is.
    pub hover: Option<Hover>,
    /// The call around the cursor.
    pub signature: Option<Signature>,
}

/// Looks at a script without running it. Bounded by the limits' length of sources.
#[must_use]
pub fn analyze(asked: &Asked<'_>, limits: &Limits) -> Analysis {
    match asked.lang {
        ScriptLang::Tbel => tbel_lang::analyze(asked, limits),
        ScriptLang::Js => javascript::analyze(asked, limits),
    }
}
