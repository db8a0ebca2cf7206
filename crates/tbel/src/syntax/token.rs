//! The words of the language.

use smol_str::SmolStr;

use super::ast::Number;
use super::sign::Sign;
use crate::span::Span;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tok {
    /// Identifier or keyword; the text is the source at the token's span.
    Word,
    /// Number literal. `digits` is the length of a plain decimal integer literal, which decides int or long.
    Number {
        value: Number,
        digits: usize,
    },
    /// A number literal that only fails when it is evaluated.
    BadNumber,
    Str(SmolStr),
    Sign(Sign),
    Eof,
}

#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) tok: Tok,
    pub(crate) span: Span,
    /// A line break lies between the previous token and this one.
    pub(crate) newline_before: bool,
}
