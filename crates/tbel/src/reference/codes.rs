//! The codes of everything that the engine finds wrong, with an explanation and an example for each.

use std::sync::LazyLock;

/// When something is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// The script does not compile.
    Error,
    /// The script compiles, but this place will fail or surprise.
    Warning,
    /// The run failed.
    Runtime,
    /// The run used up a budget.
    Limit,
}

/// One stable code.
#[derive(Clone, Copy, Debug)]
pub struct Code {
    /// When it is found.
    pub stage: Stage,
    /// The code, e.g. `missing-semicolon`.
    pub code: &'static str,
    /// What it means and what to do.
    pub doc: &'static str,
    /// A script that has it; empty when no small script has.
    pub example: &'static str,
    /// The example as it should be; may be empty.
    pub fixed: &'static str,
}

static CODES: LazyLock<Vec<Code>> = LazyLock::new(|| read(include_str!("text/codes.txt")));

/// All codes, by stage and then by name.
#[must_use]
pub fn codes() -> &'static [Code] {
    &CODES
}

/// ```text
/// @ error
/// code
///   what it means
///   - a script that has it
///   + the same as it should be
/// ```
fn read(text: &'static str) -> Vec<Code> {
    let mut all: Vec<Code> = Vec::new();
    let mut stage = Stage::Error;
    for line in text.lines() {
        let last = all.last_mut();
        if let Some(section) = line.strip_prefix("@ ") {
            stage = match section {
                "warning" => Stage::Warning,
                "runtime" => Stage::Runtime,
                "limit" => Stage::Limit,
                _ => Stage::Error,
            };
        } else if let Some(script) = line.strip_prefix("  - ") {
            if let Some(code) = last {
                code.example = script;
            }
        } else if let Some(script) = line.strip_prefix("  + ") {
            if let Some(code) = last {
                code.fixed = script;
            }
        } else if let Some(doc) = line.strip_prefix("  ") {
            if let Some(code) = last {
                code.doc = doc;
            }
        } else if !line.is_empty() {
            all.push(Code {
                stage,
                code: line,
                doc: "",
                example: "",
                fixed: "",
            });
        }
    }
    all
}
