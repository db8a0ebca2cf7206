//! The parser's state, token access and recovery; the grammar is in the sibling files.

use rustc_hash::FxHashSet as HashSet;
use smol_str::SmolStr;

use super::ast::{Name, Script, TypeName};
use super::sign::{Sign, sign};
use super::token::{Tok, Token};
use super::{Finding, lexer, words};
use crate::span::Span;

/// More findings than this help nobody.
const MAX_FINDINGS: usize = 50;

/// A finding was recorded; the caller unwinds to the next statement.
#[derive(Debug)]
pub(super) struct Recover;

pub(super) type Parse<T> = Result<T, Recover>;

/// The tree of what could be understood, and everything that is wrong.
pub(crate) fn parse(source: &str, max_nesting: usize) -> (Script, Vec<Finding>) {
    let (tokens, findings) = lexer::tokens(source);
    let eof = Span::new(source.len(), source.len());
    let mut parser = Parser {
        source,
        tokens,
        at: 0,
        findings,
        depth: 0,
        max_nesting,
        eof,
        function_depth: 0,
        function_words: HashSet::default(),
        lost: HashSet::default(),
    };
    let body = parser.script();
    (
        Script {
            body,
            function_words: parser.function_words,
            lost: parser.lost,
        },
        parser.findings,
    )
}

pub(super) struct Parser<'a> {
    pub(super) source: &'a str,
    tokens: Vec<Token>,
    at: usize,
    pub(super) findings: Vec<Finding>,
    depth: usize,
    max_nesting: usize,
    eof: Span,
    pub(super) function_depth: usize,
    /// Every name that occurs in the body of a function.
    pub(super) function_words: HashSet<SmolStr>,
    /// Every name in what was passed over after a mistake.
    pub(super) lost: HashSet<SmolStr>,
}

impl Parser<'_> {
    pub(super) fn tok_at(&self, ahead: usize) -> &Tok {
        self.tokens
            .get(self.at + ahead)
            .map_or(&Tok::Eof, |t| &t.tok)
    }

    pub(super) fn tok(&self) -> &Tok {
        self.tok_at(0)
    }

    pub(super) fn span_at(&self, ahead: usize) -> Span {
        self.tokens
            .get(self.at + ahead)
            .map_or(self.eof, |t| t.span)
    }

    pub(super) fn span(&self) -> Span {
        self.span_at(0)
    }

    pub(super) fn previous_span(&self) -> Span {
        self.at
            .checked_sub(1)
            .and_then(|i| self.tokens.get(i))
            .map_or(Span::default(), |t| t.span)
    }

    pub(super) fn newline_before(&self) -> bool {
        self.newline_at(0)
    }

    pub(super) fn newline_at(&self, ahead: usize) -> bool {
        self.tokens
            .get(self.at + ahead)
            .is_some_and(|t| t.newline_before)
    }

    /// The token with this number.
    pub(super) fn tok_of(&self, at: usize) -> &Tok {
        self.tokens.get(at).map_or(&Tok::Eof, |t| &t.tok)
    }

    pub(super) fn span_of(&self, at: usize) -> Span {
        self.tokens.get(at).map_or(self.eof, |t| t.span)
    }

    pub(super) fn advance(&mut self) {
        if self.at < self.tokens.len() {
            self.at += 1;
        }
    }

    pub(super) fn position(&self) -> usize {
        self.at
    }

    pub(super) fn text(&self, span: Span) -> &str {
        self.source
            .get(span.start as usize..span.end as usize)
            .unwrap_or("")
    }

    /// The word `ahead` tokens from here, or "" when it is no word.
    pub(super) fn word_at(&self, ahead: usize) -> &str {
        if matches!(self.tok_at(ahead), Tok::Word) {
            self.text(self.span_at(ahead))
        } else {
            ""
        }
    }

    pub(super) fn word(&self) -> &str {
        self.word_at(0)
    }

    #[inline]
    pub(super) fn is_sign(&self, sign: Sign) -> bool {
        self.is_sign_at(0, sign)
    }

    #[inline]
    pub(super) fn is_sign_at(&self, ahead: usize, sign: Sign) -> bool {
        matches!(self.tok_at(ahead), Tok::Sign(s) if *s == sign)
    }

    pub(super) fn eat(&mut self, sign: Sign) -> bool {
        let found = self.is_sign(sign);
        if found {
            self.advance();
        }
        found
    }

    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let found = self.word() == word;
        if found {
            self.advance();
        }
        found
    }

    pub(super) fn expect(&mut self, sign: Sign, after: &str) -> Parse<()> {
        if self.eat(sign) {
            return Ok(());
        }
        let message = format!("expected '{sign}' {after}, found {}", self.found());
        self.fail("expected-sign", self.span(), message)
    }

    /// The current token for a message.
    pub(super) fn found(&self) -> String {
        match self.tok() {
            Tok::Eof => "the end of the script".into(),
            Tok::Str(_) => "a string".into(),
            _ => format!("'{}'", self.text(self.span())),
        }
    }

    pub(super) fn report(&mut self, finding: Finding) {
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(finding);
        }
    }

    /// Records an error and goes on.
    pub(super) fn report_at(
        &mut self,
        code: &'static str,
        span: Span,
        message: impl Into<String>,
        hint: Option<&str>,
    ) {
        let mut finding = Finding::error(code, span, message);
        finding.hint = hint.map(str::to_owned);
        self.report(finding);
    }

    pub(super) fn fail<T>(
        &mut self,
        code: &'static str,
        span: Span,
        message: impl Into<String>,
    ) -> Parse<T> {
        self.report(Finding::error(code, span, message));
        Err(Recover)
    }

    pub(super) fn fail_hint<T>(
        &mut self,
        code: &'static str,
        span: Span,
        message: &str,
        hint: &str,
    ) -> Parse<T> {
        self.report(Finding::error(code, span, message).hint(hint));
        Err(Recover)
    }

    /// Runs `inner` one level deeper.
    pub(super) fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<T> {
        self.deeper(1)?;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    pub(super) fn deeper(&mut self, levels: usize) -> Parse<()> {
        if self.depth + levels > self.max_nesting {
            let message = format!(
                "the script is nested deeper than {} levels",
                self.max_nesting
            );
            return self.fail("nested-too-deeply", self.span(), message);
        }
        self.depth += levels;
        Ok(())
    }

    pub(super) fn shallower(&mut self, levels: usize) {
        self.depth -= levels;
    }

    /// A name that may be declared.
    pub(super) fn new_name(&mut self, what: &str) -> Parse<Name> {
        let span = self.span();
        if !matches!(self.tok(), Tok::Word) {
            let message = format!("expected the name of {what}, found {}", self.found());
            return self.fail("expected-name", span, message);
        }
        let text = SmolStr::new(self.text(span));
        if words::is_reserved(&text) {
            return self.fail(
                "reserved-word",
                span,
                format!("'{text}' is a reserved word and cannot name {what}"),
            );
        }
        self.advance();
        self.note_word(&text);
        Ok(Name { text, span })
    }

    pub(super) fn note_word(&mut self, word: &SmolStr) {
        if self.function_depth > 0 && !self.function_words.contains(word) {
            self.function_words.insert(word.clone());
        }
    }

    /// `Integer`, `java.util.ArrayList`.
    pub(super) fn type_name(&mut self) -> Parse<TypeName> {
        let start = self.span();
        if !matches!(self.tok(), Tok::Word) || words::is_syntax_word(self.word()) {
            let message = format!("expected the name of a class, found {}", self.found());
            return self.fail("expected-class", start, message);
        }
        let mut text = String::from(self.word());
        self.advance();
        while self.is_sign(sign!(".")) && matches!(self.tok_at(1), Tok::Word) {
            self.advance();
            text.push('.');
            text.push_str(self.word());
            self.advance();
        }
        Ok(TypeName {
            text: SmolStr::new(text),
            span: start.to(self.previous_span()),
        })
    }
}
