//! After a mistake: where to go on reading, so that one mistake gives one message and the next one is found.
//!
//! Names in what is passed over are kept: a variable whose declaration was not understood is not also told
//! to be undefined.

use smol_str::SmolStr;

use super::parser::{Parse, Parser, Recover};
use super::sign::{Sign, sign};
use super::token::Tok;
use super::words;

/// A bracket that is open where reading failed.
#[derive(Clone, Copy, PartialEq)]
enum Open {
    Round,
    Square,
    /// A literal.
    Curly,
    /// The body of something that is read as a value, e.g. of a lambda.
    Body,
}

impl Parser<'_> {
    /// Skips from the failure of a statement to the start of what looks like the next one.
    pub(super) fn recover(&mut self, statement: usize) {
        let failed_at = self.position();
        let mut open = self.open_since(statement);
        self.skip_to_statement(&mut open);
        // Always get past something, whatever the rules found.
        if self.position() == statement && !self.is_sign(sign!("}")) {
            self.advance();
        }
        self.lose(statement, self.position().max(failed_at));
    }

    /// Remembers the names between two places.
    pub(super) fn lose(&mut self, from: usize, to: usize) {
        for at in from..to {
            if matches!(self.tok_of(at), Tok::Word) {
                let word = SmolStr::new(self.text(self.span_of(at)));
                self.lost.insert(word);
            }
        }
    }

    /// The kind of the bracket at a token.
    fn bracket(&self, at: usize) -> Option<Open> {
        match self.tok_of(at) {
            Tok::Sign(sign!("(")) => Some(Open::Round),
            Tok::Sign(sign!("[")) => Some(Open::Square),
            Tok::Sign(sign!("{")) => {
                let before = at.checked_sub(1);
                let body = before.is_some_and(|b| match self.tok_of(b) {
                    Tok::Sign(sign!(")" | "=>" | "->")) => true,
                    Tok::Word => matches!(
                        self.text(self.span_of(b)),
                        "else" | "do" | "try" | "finally"
                    ),
                    _ => false,
                });
                Some(if body { Open::Body } else { Open::Curly })
            }
            _ => None,
        }
    }

    fn open_since(&self, statement: usize) -> Vec<Open> {
        let mut open = Vec::new();
        for at in statement..self.position() {
            match (self.bracket(at), self.tok_of(at)) {
                (Some(bracket), _) => open.push(bracket),
                (None, Tok::Sign(sign!(")" | "]" | "}"))) => {
                    open.pop();
                }
                _ => {}
            }
        }
        open
    }

    fn skip_to_statement(&mut self, open: &mut Vec<Open>) {
        loop {
            let in_body = open.last() == Some(&Open::Body);
            match self.tok() {
                Tok::Eof => return,
                Tok::Sign(sign!("(" | "[" | "{")) => {
                    open.extend(self.bracket(self.position()));
                }
                Tok::Sign(sign @ sign!(")" | "]" | "}")) => {
                    let closes = |o: &Open| match *sign {
                        sign!(")") => *o == Open::Round,
                        sign!("]") => *o == Open::Square,
                        _ => matches!(o, Open::Curly | Open::Body),
                    };
                    let is_brace = *sign == sign!("}");
                    match open.iter().rposition(closes) {
                        Some(at) => {
                            open.truncate(at);
                            let ends = is_brace && open.is_empty() && self.statement_follows();
                            if ends {
                                self.advance();
                                return;
                            }
                        }
                        // It closes the block around the statement.
                        None if is_brace => return,
                        None => {}
                    }
                }
                Tok::Sign(sign!(";"))
                    if open.is_empty() || (!in_body && self.ends_behind_semicolon(open)) =>
                {
                    self.advance();
                    return;
                }
                Tok::Word if !in_body && self.newline_before() => {
                    let begins = words::is_statement_word(self.word())
                        || (open.is_empty() && self.begins_a_line());
                    if begins {
                        return;
                    }
                }
                _ => {}
            }
            self.advance();
        }
    }

    /// Behind the closing brace here.
    fn statement_follows(&self) -> bool {
        !matches!(
            self.tok_at(1),
            Tok::Sign(sign!(
                ";" | ")" | "," | "." | ".?" | "]" | "}" | ":" | "?" | "+" | "="
            ))
        )
    }

    /// A semicolon in brackets that were never closed.
    fn ends_behind_semicolon(&self, open: &[Open]) -> bool {
        let literal = open.iter().any(|o| matches!(o, Open::Curly | Open::Body));
        match self.tok_at(1) {
            Tok::Eof => true,
            Tok::Sign(sign!("}")) => !literal,
            Tok::Word if words::is_statement_word(self.word_at(1)) => true,
            _ => self.newline_at(1) && !(literal && self.is_sign_at(2, sign!(":"))),
        }
    }

    /// A word at the start of a line that cannot go on with the line before.
    fn begins_a_line(&self) -> bool {
        let before = self.position().checked_sub(1);
        let complete = before.is_some_and(|b| match self.tok_of(b) {
            Tok::Str(_) | Tok::Number { .. } | Tok::BadNumber => true,
            Tok::Sign(sign) => matches!(sign, sign!(")" | "]" | "}" | "++" | "--")),
            Tok::Word => !words::is_syntax_word(self.text(self.span_of(b))),
            Tok::Eof => false,
        });
        complete && !words::is_syntax_word(self.word())
    }

    /// Runs `head` on what stands in the round brackets that open here; behind a mistake in them reading goes
    /// on behind the closing one, so that the body is still read.
    pub(super) fn head<T>(
        &mut self,
        after: &str,
        head: impl FnOnce(&mut Self) -> Parse<T>,
    ) -> Parse<Option<T>> {
        let open = self.position();
        if !self.is_sign(sign!("(")) {
            let hint = "put it in parentheses: (…)";
            let message = format!("expected '(' after '{after}', found {}", self.found());
            self.report_at("expected-sign", self.span(), message, Some(hint));
            // Most writers of other languages only left the brackets out.
            return match head(self) {
                Ok(value) if self.is_sign(sign!("{")) => Ok(Some(value)),
                _ => Err(Recover),
            };
        }
        self.advance();
        match head(self) {
            Ok(value) if self.eat(sign!(")")) => return Ok(Some(value)),
            Ok(value) => {
                let message = format!(
                    "expected ')' after the head of '{after}', found {}",
                    self.found()
                );
                self.report_at("expected-sign", self.span(), message, None);
                if self.is_sign(sign!("{")) {
                    return Ok(Some(value));
                }
            }
            Err(Recover) => {}
        }
        let mut depth = self.open_since(open).len();
        while depth > 0 {
            match self.tok() {
                Tok::Eof => return Err(Recover),
                Tok::Sign(sign!("(" | "[")) => depth += 1,
                Tok::Sign(sign!(")" | "]")) => depth -= 1,
                Tok::Sign(sign!("{" | "}")) => return Err(Recover),
                Tok::Word if self.newline_before() && words::is_statement_word(self.word()) => {
                    return Err(Recover);
                }
                _ => {}
            }
            self.advance();
        }
        self.lose(open, self.position());
        Ok(None)
    }

    /// The closing bracket of an expression; when it is missing and the expression ends here anyway, reading
    /// goes on as if it were there.
    pub(super) fn close(&mut self, sign: Sign, after: &str) -> Parse<()> {
        if self.eat(sign) {
            return Ok(());
        }
        let message = format!("expected '{sign}' {after}, found {}", self.found());
        let hint = (self.is_sign(sign!(",")) && sign == sign!(")"))
            .then_some("there is no comma operator");
        self.report_at("expected-sign", self.span(), message, hint);
        let ends = matches!(self.tok(), Tok::Eof | Tok::Sign(sign!(";" | "}" | "{")))
            || (self.newline_before() && words::is_statement_word(self.word()));
        if ends { Ok(()) } else { Err(Recover) }
    }

    /// Skips a bracket with everything in it.
    pub(super) fn skip_brackets(&mut self) {
        let start = self.position();
        let mut depth = 0usize;
        loop {
            match self.tok() {
                Tok::Eof => break,
                Tok::Sign(sign!("(" | "[" | "{")) => depth += 1,
                Tok::Sign(sign!(")" | "]" | "}")) => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.advance();
            if depth == 0 {
                break;
            }
        }
        self.lose(start, self.position());
    }
}
