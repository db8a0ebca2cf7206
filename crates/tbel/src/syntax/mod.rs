//! From text to tree: lexer and parser.
//!
//! Neither stops at the first mistake: findings go into one list and the parser resumes at the next
//! statement, so that an editor can show all of them. Nesting is bounded, so no input can exhaust the
//! native stack here or in anything that walks the tree later.

pub(crate) mod ast;
mod expression;
mod foreign;
mod lexer;
mod literal;
mod loops;
pub(crate) mod nested;
mod number;
mod order;
mod parser;
mod postfix;
mod recovery;
mod sign;
mod statement;
mod token;
mod words;

pub(crate) use lexer::tokens;
pub(crate) use number::integer_text_value;
pub(crate) use parser::parse;
pub(crate) use sign::{Sign, sign};
pub(crate) use token::{Tok, Token};

use crate::error::Severity;
use crate::span::Span;

/// A finding before line and column are known.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub(crate) severity: Severity,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
    pub(crate) span: Span,
}

impl Finding {
    pub(crate) fn error(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            message: message.into(),
            hint: None,
            span,
        }
    }

    pub(crate) fn warning(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, span, message)
        }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
