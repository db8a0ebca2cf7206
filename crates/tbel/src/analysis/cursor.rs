//! What stands around the cursor: tokens, because the text there is rarely complete.

use crate::span::Span;
use crate::syntax::{Sign, Tok, Token, sign, tokens};

/// The word at the cursor and what comes before it.
pub(super) struct Cursor<'a> {
    pub(super) source: &'a str,
    pub(super) tokens: Vec<Token>,
    /// The word that begins before the cursor and touches it, or the empty place of one.
    pub(super) word: Span,
    /// The cursor is in a text or number.
    pub(super) in_literal: bool,
    /// How many tokens lie before the word.
    pub(super) before: usize,
}

impl<'a> Cursor<'a> {
    /// Nothing in comments and behind the end.
    pub(super) fn new(source: &'a str, offset: usize) -> Option<Self> {
        if offset > source.len() || !source.is_char_boundary(offset) {
            return None;
        }
        let (tokens, _) = tokens(source);
        let at = |token: &Token| (token.span.start as usize, token.span.end as usize);
        // The first token that ends at or behind the cursor.
        let touching = tokens
            .get(tokens.partition_point(|t| at(t).1 < offset))
            .filter(|t| at(t).0 < offset);
        let here = Span::new(offset, offset);
        let (word, in_literal) = match touching {
            Some(token) if token.tok == Tok::Word => (token.span, false),
            Some(token) => {
                let inside = at(token).1 > offset;
                let literal = match &token.tok {
                    Tok::Str(_) => inside || !is_closed(source, token.span),
                    Tok::Number { .. } | Tok::BadNumber => true,
                    _ => false,
                };
                (here, literal)
            }
            None => (here, false),
        };
        let before = tokens.partition_point(|t| t.span.end <= word.start && t.tok != Tok::Eof);
        let gap_start = before
            .checked_sub(1)
            .and_then(|i| tokens.get(i))
            .map_or(0, |t| t.span.end as usize);
        if in_comment(source.get(gap_start..offset).unwrap_or("")) {
            return None;
        }
        Some(Self {
            source,
            tokens,
            word,
            in_literal,
            before,
        })
    }

    pub(super) fn text(&self, span: Span) -> &'a str {
        self.source
            .get(span.start as usize..span.end as usize)
            .unwrap_or("")
    }

    /// The token `back` places before the word, counted from 1.
    pub(super) fn token(&self, back: usize) -> Option<&Token> {
        self.before
            .checked_sub(back)
            .and_then(|i| self.tokens.get(i))
    }

    pub(super) fn is_sign(&self, back: usize, sign: Sign) -> bool {
        self.token(back)
            .is_some_and(|t| matches!(t.tok, Tok::Sign(s) if s == sign))
    }

    pub(super) fn previous_word(&self) -> &'a str {
        match self.token(1) {
            Some(token) if token.tok == Tok::Word => self.text(token.span),
            _ => "",
        }
    }

    /// The text of the expression whose member the word is.
    pub(super) fn receiver(&self) -> Option<&'a str> {
        if !self.is_sign(1, sign!(".")) && !self.is_sign(1, sign!(".?")) {
            return None;
        }
        Some(self.operand_before(self.before - 1))
    }

    /// The text of the operand that ends before the token with this number.
    pub(super) fn operand_before(&self, end: usize) -> &'a str {
        let mut at = end;
        while let Some(last) = at.checked_sub(1).and_then(|i| self.tokens.get(i)) {
            let start = match &last.tok {
                Tok::Word | Tok::Str(_) => at - 1,
                Tok::Sign(sign!(")" | "]" | "}")) => match self.opening(at - 1) {
                    Some(open) => open,
                    None => break,
                },
                _ => break,
            };
            // `f(x)`, `a[0]`: the name belongs to the brackets behind it.
            let bracket = matches!(last.tok, Tok::Sign(sign!(")" | "]")));
            let named = start.checked_sub(1).and_then(|i| self.tokens.get(i));
            at = start;
            if bracket
                && named.is_some_and(|t| {
                    matches!(t.tok, Tok::Word | Tok::Sign(sign!(")" | "]")))
                        && !is_keyword(self.text(t.span))
                })
            {
                continue;
            }
            let joined = at.checked_sub(1).and_then(|i| self.tokens.get(i));
            if joined.is_some_and(|t| matches!(t.tok, Tok::Sign(sign!("." | ".?")))) {
                at -= 1;
                continue;
            }
            // `new Date()` is one operand.
            if joined.is_some_and(|t| t.tok == Tok::Word && self.text(t.span) == "new") {
                at -= 1;
            }
            break;
        }
        let place = |i: usize| self.tokens.get(i).map(|t| t.span);
        match (place(at), end.checked_sub(1).and_then(place)) {
            (Some(first), Some(last)) if at < end => self.text(first.to(last)),
            _ => "",
        }
    }

    /// The opening bracket of the closing one at a token.
    fn opening(&self, close: usize) -> Option<usize> {
        let mut depth = 0usize;
        for at in (0..=close).rev() {
            match self.tokens.get(at).map(|t| &t.tok) {
                Some(Tok::Sign(sign!(")" | "]" | "}"))) => depth += 1,
                Some(Tok::Sign(sign!("(" | "[" | "{"))) => {
                    depth -= 1;
                    if depth == 0 {
                        return Some(at);
                    }
                }
                _ => {}
            }
        }
        None
    }
}

fn is_keyword(word: &str) -> bool {
    matches!(
        word,
        "return"
            | "if"
            | "while"
            | "for"
            | "foreach"
            | "switch"
            | "case"
            | "else"
            | "in"
            | "and"
            | "or"
    )
}

/// Whether a text ends with its quote.
fn is_closed(source: &str, text: Span) -> bool {
    let text = source
        .get(text.start as usize..text.end as usize)
        .unwrap_or("");
    let mut chars = text.chars();
    chars.next() == chars.next_back()
}

fn in_comment(gap: &str) -> bool {
    let mut rest = gap;
    while let Some(at) = rest.find('/') {
        let comment = rest.get(at..).unwrap_or("");
        if let Some(body) = comment.strip_prefix("//") {
            match body.find('\n') {
                Some(end) => rest = body.get(end..).unwrap_or(""),
                None => return true,
            }
        } else if let Some(body) = comment.strip_prefix("/*") {
            match body.find("*/") {
                Some(end) => rest = body.get(end + 2..).unwrap_or(""),
                None => return true,
            }
        } else {
            rest = comment.get(1..).unwrap_or("");
        }
    }
    false
}
