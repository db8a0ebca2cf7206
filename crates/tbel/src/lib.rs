//! TBEL, the expression language of IoT converters and rules (an MVEL dialect), as an embeddable engine.
#![forbid(unsafe_code)]

mod error;
mod host;
mod input;
mod limits;
mod output;
mod span;

pub use error::{CompileError, Diagnostic, ErrorKind, Fault, RunError, Severity};
pub use host::{Host, TimeZone};
pub use input::Input;
pub use limits::Limits;
pub use output::{Output, Str};
pub use span::{Span, excerpt};

/// How to compile.
#[derive(Clone, Debug)]
pub struct CompileOptions {
    /// Longest accepted script in characters.
    pub max_source_chars: usize,
    /// Deepest accepted nesting of expressions and blocks.
    pub max_nesting: usize,
}

impl Default for CompileOptions {
    fn default() -> Self {
        Self { max_source_chars: 50_000, max_nesting: 128 }
    }
}

/// A compiled script. Cheap to clone, shared between threads.
#[derive(Clone, Debug)]
pub struct Program(std::sync::Arc<String>);

impl Program {
    /// Places that compile but will fail or surprise, e.g. calls of unknown functions.
    #[must_use]
    pub fn warnings(&self) -> &[Diagnostic] {
        &[]
    }
}

/// Compiles a script whose parameters are top-level variables.
///
/// # Errors
/// All syntax and static errors found.
pub fn compile(source: &str, _parameters: &[&str], _options: &CompileOptions) -> Result<Program, CompileError> {
    Ok(Program(std::sync::Arc::new(source.to_owned())))
}

/// Runs programs; one per thread, keeps its buffers warm.
#[derive(Debug)]
pub struct Vm {
    limits: Limits,
}

impl Vm {
    /// A machine with these budgets for every run.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limits }
    }

    /// The budgets.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Runs a program with arguments in the order of its parameters (missing ones are undefined).
    ///
    /// # Errors
    /// A runtime or limit error with its place.
    pub fn run(&mut self, program: &Program, _args: &[Input<'_>], _host: &Host) -> Result<Output, RunError> {
        Err(Fault::runtime("unfinished", "the engine is being built").at(&program.0, Span::default()))
    }
}
