//! A script, checked once, shared by all lanes.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use millrace_model::entity::ScriptLang;

use crate::{CompileError, Diagnostic, Limits, error::TOO_LONG, js, tbel_lang};

/// A compiled script with its parameters and limits. Cheap to clone, shared between threads.
#[derive(Debug, Clone)]
pub struct Script(Arc<Compiled>);

#[derive(Debug)]
struct Compiled {
    id: u64,
    source: String,
    limits: Limits,
    code: Code,
}

/// The form the language's engine runs.
#[derive(Debug)]
pub(crate) enum Code {
    /// JavaScript is compiled again by each runtime; this is the checked wrapper function's text.
    Js(js::Source),
    Tbel(tbel::Program),
}

impl Script {
    /// Checks and compiles a script: a function body with these parameters, in the order arguments will come.
    ///
    /// # Errors
    /// The script is too long, does not parse, or a parameter is no name.
    pub fn compile(
        lang: ScriptLang,
        source: &str,
        parameters: &[&str],
        limits: &Limits,
    ) -> Result<Self, CompileError> {
        Self::compiled(lang, source, parameters, limits, false)
    }

    /// Compiles TBEL that must run on the reference engine as well: what only it refuses, by accident, is an
    /// error here too.
    ///
    /// # Errors
    /// Those of [`Script::compile`], and codes that begin with `portable-`.
    pub fn compile_portable(
        source: &str,
        parameters: &[&str],
        limits: &Limits,
    ) -> Result<Self, CompileError> {
        Self::compiled(ScriptLang::Tbel, source, parameters, limits, true)
    }

    fn compiled(
        lang: ScriptLang,
        source: &str,
        parameters: &[&str],
        limits: &Limits,
        portable: bool,
    ) -> Result<Self, CompileError> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        if source.len() > limits.source_chars && source.chars().count() > limits.source_chars {
            let message = format!(
                "the script is longer than {} characters",
                limits.source_chars
            );
            return Err(CompileError::one(TOO_LONG, message, None, None));
        }
        if let Some(name) = parameters.iter().find(|name| !is_name(name)) {
            return Err(CompileError::one(
                "bad-parameter",
                format!("'{name}' is no parameter name"),
                None,
                None,
            ));
        }
        let code = match lang {
            ScriptLang::Js => Code::Js(js::Source::check(source, parameters, limits)?),
            ScriptLang::Tbel => {
                Code::Tbel(tbel_lang::compile(source, parameters, limits, portable)?)
            }
        };
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        Ok(Self(Arc::new(Compiled {
            id,
            source: source.to_owned(),
            limits: limits.clone(),
            code,
        })))
    }

    /// The language.
    #[must_use]
    pub fn lang(&self) -> ScriptLang {
        match self.0.code {
            Code::Js(_) => ScriptLang::Js,
            Code::Tbel(_) => ScriptLang::Tbel,
        }
    }

    /// The text as given.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.0.source
    }

    /// The budgets of each run.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// Places that compile but will fail or surprise, e.g. calls of unknown functions. TBEL only.
    #[must_use]
    pub fn warnings(&self) -> Vec<Diagnostic> {
        match &self.0.code {
            Code::Js(_) => Vec::new(),
            Code::Tbel(program) => tbel_lang::warnings(program),
        }
    }

    pub(crate) fn id(&self) -> u64 {
        self.0.id
    }

    pub(crate) fn code(&self) -> &Code {
        &self.0.code
    }
}

/// The names both languages accept; anything else could change the text around the script.
fn is_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_' || c == '$')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$')
}
