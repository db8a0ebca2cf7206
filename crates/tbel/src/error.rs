//! What goes wrong, told to the person who wrote the script.

use crate::span::{self, Span};

/// How bad a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The script does not compile.
    Error,
    /// The script compiles, but this place will fail or surprise when it runs.
    Warning,
}

/// One finding about a script's text.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// Stable machine name, e.g. `missing-semicolon`.
    pub code: &'static str,
    /// What is wrong, lower case, without a final full stop.
    pub message: String,
    /// What to write instead, when that is known.
    pub hint: Option<String>,
    /// Where, in bytes.
    pub span: Span,
    /// Line of the start, from 1.
    pub line: u32,
    /// Column of the start, from 1, in characters.
    pub column: u32,
}

impl Diagnostic {
    /// Message, hint and the marked source line.
    #[must_use]
    pub fn render(&self, source: &str) -> String {
        render(
            source,
            self.line,
            self.column,
            &self.message,
            self.hint.as_deref(),
        )
    }
}

impl std::fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "line {}, column {}: {}",
            self.line, self.column, self.message
        )?;
        if let Some(hint) = &self.hint {
            write!(f, " ({hint})")?;
        }
        Ok(())
    }
}

/// The script was rejected before it ran. Holds at least one error, and the warnings found on the way.
#[derive(Clone, Debug, PartialEq)]
pub struct CompileError {
    /// All findings in order of position; the first error is what `Display` shows.
    pub diagnostics: Vec<Diagnostic>,
}

impl CompileError {
    /// The script was not even read, because it is larger than the options allow.
    #[must_use]
    pub fn is_limit(&self) -> bool {
        self.diagnostics.iter().any(|d| d.code == "script-too-long")
    }
}

impl std::fmt::Display for CompileError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self
            .diagnostics
            .iter()
            .find(|d| d.severity == Severity::Error)
        {
            Some(first) => first.fmt(f),
            None => f.write_str("the script does not compile"),
        }
    }
}

impl std::error::Error for CompileError {}

/// Why a run ended without a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The script did something that has no meaning, or raised an error itself.
    Runtime,
    /// A budget of [`crate::Limits`] is used up.
    Limit,
}

/// A run that ended without a result.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("line {line}, column {column}: {message}{}", hint.as_ref().map(|h| format!(" ({h})")).unwrap_or_default())]
pub struct RunError {
    /// Runtime or limit.
    pub kind: ErrorKind,
    /// Stable machine name, e.g. `unknown-function`.
    pub code: &'static str,
    /// What happened, lower case, without a final full stop.
    pub message: String,
    /// What to write instead, when that is known.
    pub hint: Option<String>,
    /// Line of the failing expression, from 1.
    pub line: u32,
    /// Column of the failing expression, from 1, in characters.
    pub column: u32,
}

impl RunError {
    /// Message, hint and the marked source line.
    #[must_use]
    pub fn render(&self, source: &str) -> String {
        render(
            source,
            self.line,
            self.column,
            &self.message,
            self.hint.as_deref(),
        )
    }
}

fn render(source: &str, line: u32, column: u32, message: &str, hint: Option<&str>) -> String {
    let mut text = format!("error: {message}\n{}", span::excerpt(source, line, column));
    if let Some(hint) = hint {
        text.push_str("\nhint: ");
        text.push_str(hint);
    }
    text
}

/// A failure inside the engine or a host function, before the place is known.
///
/// Made with [`Fault::runtime`] or [`Fault::limit`]; the engine adds line and column.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault(Box<FaultParts>);

#[derive(Clone, Debug, PartialEq)]
struct FaultParts {
    kind: ErrorKind,
    code: &'static str,
    message: String,
    hint: Option<String>,
}

impl Fault {
    /// A runtime error with a stable code and a message.
    #[must_use]
    pub fn runtime(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Runtime, code, message.into())
    }

    /// A budget is used up.
    #[must_use]
    pub fn limit(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Limit, code, message.into())
    }

    /// Adds what to write instead.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    fn new(kind: ErrorKind, code: &'static str, message: String) -> Self {
        Self(Box::new(FaultParts {
            kind,
            code,
            message,
            hint: None,
        }))
    }

    pub(crate) fn at(self, source: &str, span: Span) -> RunError {
        let (line, column) = span::line_column(source, span.start);
        let FaultParts {
            kind,
            code,
            message,
            hint,
        } = *self.0;
        RunError {
            kind,
            code,
            message,
            hint,
            line,
            column,
        }
    }
}
