//! The words and signs of the language.

use smol_str::SmolStr;

use super::ast::Number;
use crate::span::Span;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Tok {
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
    Sign(&'static str),
    Eof,
}

#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) tok: Tok,
    pub(super) span: Span,
    /// A line break lies between the previous token and this one.
    pub(super) newline_before: bool,
}

/// Longest first, so that the first match is the right one.
pub(super) const SIGNS: &[&str] = &[
    ">>>=", "...", "<<<", ">>>", "<<=", ">>=", "===", "!==", "**", "==", "!=", "<=", ">=", "<>",
    "&&", "||", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<", ">>", "->", "=>",
    ".?", "?.", "??", "~=", "(", ")", "[", "]", "{", "}", ";", ",", ".", ":", "?", "=", "<", ">",
    "+", "-", "*", "/", "%", "&", "|", "^", "~", "!", "#", "$", "@", "`", "\\",
];
