//! What goes wrong, told to the person who wrote the script.

use std::fmt;

pub use tbel::Severity;

/// One finding about a script's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Error (the script does not compile) or warning.
    pub severity: Severity,
    /// Stable machine name, e.g. `syntax`.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to write instead, when that is known.
    pub hint: Option<String>,
    /// Line from 1; 0 when the finding has no place.
    pub line: u32,
    /// Column from 1, in characters; 0 when the finding has no place.
    pub column: u32,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_place(f, (self.line > 0).then_some((self.line, self.column)))?;
        f.write_str(&self.message)?;
        write_hint(f, self.hint.as_deref())
    }
}

/// The script was rejected before it ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompileError {
    /// At least one error, and the warnings found on the way, in order of position.
    pub diagnostics: Vec<Diagnostic>,
}

impl CompileError {
    pub(crate) fn one(
        code: &'static str,
        message: String,
        hint: Option<String>,
        place: Option<(u32, u32)>,
    ) -> Self {
        let (line, column) = place.unwrap_or_default();
        Self {
            diagnostics: vec![Diagnostic {
                severity: Severity::Error,
                code,
                message,
                hint,
                line,
                column,
            }],
        }
    }

    /// The first error.
    #[must_use]
    pub fn first(&self) -> Option<&Diagnostic> {
        self.diagnostics
            .iter()
            .find(|d| d.severity == Severity::Error)
            .or(self.diagnostics.first())
    }
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.first() {
            Some(first) => first.fmt(f),
            None => f.write_str("the script does not compile"),
        }
    }
}

impl std::error::Error for CompileError {}

/// The code of a script beyond [`crate::Limits::source_chars`].
pub(crate) const TOO_LONG: &str = "too-long";

impl From<CompileError> for ScriptError {
    fn from(error: CompileError) -> Self {
        let first = error.first();
        // Nothing is wrong with what a long script says.
        let too_long = first.is_some_and(|d| d.code == TOO_LONG);
        Self {
            kind: if too_long {
                ErrorKind::Limit
            } else {
                ErrorKind::Compile
            },
            code: first.map_or("compile", |d| d.code),
            message: first.map_or_else(|| error.to_string(), |d| d.message.clone()),
            hint: first.and_then(|d| d.hint.clone()),
            place: first.filter(|d| d.line > 0).map(|d| (d.line, d.column)),
        }
    }
}

/// Which kind of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// Rejected before it ran.
    Compile,
    /// The script did something without meaning, or raised an error itself.
    Runtime,
    /// A budget of [`crate::Limits`] is used up.
    Limit,
}

impl ErrorKind {
    /// `compile`, `runtime` or `limit`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Compile => "compile",
            Self::Runtime => "runtime",
            Self::Limit => "limit",
        }
    }
}

/// A run that ended without a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptError {
    /// Compile, runtime or limit.
    pub kind: ErrorKind,
    /// Stable machine name, e.g. `thrown`, `instructions`, `timeout`, `memory`, `call-depth`, `arguments-size`,
    /// `result-size`, `value-depth`.
    pub code: &'static str,
    /// What happened.
    pub message: String,
    /// What to do about it, when that is known.
    pub hint: Option<String>,
    /// Line and column of the failing place in the script, both from 1, when it is known.
    pub place: Option<(u32, u32)>,
}

impl ScriptError {
    pub(crate) fn runtime(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            kind: ErrorKind::Runtime,
            code,
            message: message.into(),
            hint: None,
            place: None,
        }
    }

    pub(crate) fn limit(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            kind: ErrorKind::Limit,
            ..Self::runtime(code, message)
        }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Line from 1, when the place is known.
    #[must_use]
    pub fn line(&self) -> Option<u32> {
        self.place.map(|(line, _)| line)
    }

    /// Column from 1, in characters, when the place is known.
    #[must_use]
    pub fn column(&self) -> Option<u32> {
        self.place.map(|(_, column)| column)
    }
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_place(f, self.place)?;
        f.write_str(&self.message)?;
        write_hint(f, self.hint.as_deref())
    }
}

impl std::error::Error for ScriptError {}

fn write_place(f: &mut fmt::Formatter<'_>, place: Option<(u32, u32)>) -> fmt::Result {
    match place {
        Some((line, column)) => write!(f, "line {line}, column {column}: "),
        None => Ok(()),
    }
}

fn write_hint(f: &mut fmt::Formatter<'_>, hint: Option<&str>) -> fmt::Result {
    match hint {
        Some(hint) => write!(f, " ({hint})"),
        None => Ok(()),
    }
}
