//! What writers of JavaScript and other languages bring along.
//!
//! It is told once, with what to write instead, and read as what was meant, so that the rest of the script
//! is still checked.

use smol_str::SmolStr;

use super::ast::{Expr, ExprKind, Name, StmtKind};
use super::parser::{Parse, Parser};
use super::sign::sign;
use super::token::Tok;
use super::words;
use crate::span::Span;

impl Parser<'_> {
    fn foreign_word(&mut self, word: &str, span: Span) {
        let hint = words::foreign_word(word);
        let message = format!("'{word}' does not exist in this language");
        self.report_at("javascript-word", span, message, hint);
    }

    /// A statement of another language, if one begins here, and whether it ends by itself.
    pub(super) fn foreign_statement(&mut self, word: &str) -> Parse<Option<(StmtKind, bool)>> {
        let span = self.span();
        let word_follows = matches!(self.tok_at(1), Tok::Word)
            && (!words::is_syntax_word(self.word_at(1)) || self.word_at(1) == "new");
        let kind = match word {
            "let" | "const" if word_follows || self.pattern_follows() => {
                self.foreign_word(word, span);
                self.advance();
                return self.declaration().map(|kind| Some((kind, false)));
            }
            "try" if self.is_sign_at(1, sign!("{")) => {
                self.foreign_word(word, span);
                self.advance();
                self.try_blocks()?
            }
            "throw" | "delete" if word_follows || self.literal_follows() => {
                self.foreign_word(word, span);
                self.advance();
                let from = self.position();
                let value = self.nested(Self::expression)?;
                self.lose(from, self.position());
                return Ok(Some((StmtKind::Expr(value), false)));
            }
            "class" | "interface" | "enum" if word_follows => {
                self.foreign_word(word, span);
                while !matches!(self.tok(), Tok::Eof | Tok::Sign(sign!("{" | ";"))) {
                    self.advance();
                }
                self.skip_brackets();
                StmtKind::Empty
            }
            "async" if self.word_at(1) == "function" => {
                self.foreign_word(word, span);
                self.advance();
                self.nested(Self::statement)?.kind
            }
            "export" if matches!(self.tok_at(1), Tok::Word) => {
                self.foreign_word(word, span);
                self.advance();
                self.eat_word("default");
                self.nested(Self::statement)?.kind
            }
            "elseif" | "elif" | "elsif" if self.is_sign_at(1, sign!("(")) => {
                let message = format!("'{word}' does not exist in this language");
                self.report_at("stray-else", span, message, Some("write 'else if'"));
                return self.if_statement().map(|kind| Some((kind, true)));
            }
            _ if self.is_sign_at(1, sign!(":"))
                && matches!(self.word_at(2), "for" | "foreach" | "while" | "do") =>
            {
                let hint = "leave the inner loop with a variable that the outer loop tests";
                self.report_at("label", span, "loops have no labels", Some(hint));
                self.advance();
                self.advance();
                self.nested(Self::statement)?.kind
            }
            "continue" if word_follows => {
                let hint = "put the rest of the body into an 'if'";
                self.report_at(
                    "label",
                    span,
                    "there is no 'continue', and loops have no labels",
                    Some(hint),
                );
                self.advance();
                self.advance();
                return Ok(Some((StmtKind::Empty, false)));
            }
            _ if self.foreign_type() => {
                let hint = "declare variables with 'var'";
                let message = format!("'{word}' is not a type");
                self.report_at("declaration-type", span, message, Some(hint));
                self.advance();
                if self.is_sign(sign!("<")) {
                    while !self.eat(sign!(">")) {
                        self.advance();
                    }
                }
                return self.declaration().map(|kind| Some((kind, false)));
            }
            _ => return Ok(None),
        };
        Ok(Some((kind, true)))
    }

    /// `Map m =`, `List<String> l =`
    fn foreign_type(&self) -> bool {
        let plain = matches!(self.tok_at(1), Tok::Word)
            && self.is_sign_at(2, sign!("="))
            && !words::is_syntax_word(self.word_at(1));
        let generic = self.is_sign_at(1, sign!("<"))
            && matches!(self.tok_at(2), Tok::Word)
            && self.is_sign_at(3, sign!(">"))
            && matches!(self.tok_at(4), Tok::Word)
            && self.is_sign_at(5, sign!("="));
        (plain || generic) && !words::is_syntax_word(self.word())
    }

    fn literal_follows(&self) -> bool {
        matches!(
            self.tok_at(1),
            Tok::Str(_) | Tok::Number { .. } | Tok::BadNumber | Tok::Sign(sign!("{"))
        )
    }

    /// `{ a, b } =` or `[a, b] =` behind the word here.
    fn pattern_follows(&self) -> bool {
        if self.is_sign_at(1, sign!("{")) {
            return true;
        }
        self.is_sign_at(1, sign!("["))
            && matches!(self.tok_at(2), Tok::Word)
            && self.is_sign_at(3, sign!(","))
    }

    /// The blocks of `try`, one after the other.
    fn try_blocks(&mut self) -> Parse<StmtKind> {
        let mut all = self.braced("after 'try'")?;
        while matches!(self.word(), "catch" | "finally") {
            self.advance();
            if self.is_sign(sign!("(")) {
                self.skip_brackets();
            }
            all.extend(self.braced("before the body")?);
        }
        Ok(StmtKind::If {
            arms: Vec::new(),
            otherwise: Some(all),
        })
    }

    /// `{ a, b } = m` behind `var`.
    pub(super) fn destructuring(&mut self) -> Parse<StmtKind> {
        let from = self.position();
        let hint = "read the members one by one: var a = m.a;";
        let span = self.span();
        self.report_at(
            "destructuring",
            span,
            "there is no destructuring",
            Some(hint),
        );
        self.skip_brackets();
        let mut names = Vec::new();
        for at in from..self.position() {
            if matches!(self.tok_of(at), Tok::Word) {
                let span = self.span_of(at);
                let text = SmolStr::new(self.text(span));
                names.push(Name { text, span });
            }
        }
        if self.eat(sign!("=")) {
            self.expression()?;
        }
        Ok(StmtKind::DeclareMany(names))
    }

    /// `: type` behind a name.
    pub(super) fn type_annotation(&mut self) {
        if !self.is_sign(sign!(":")) || !matches!(self.tok_at(1), Tok::Word) {
            return;
        }
        let hint = "leave the type out";
        let span = self.span();
        self.report_at(
            "type-annotation",
            span,
            "names are declared without a type behind them",
            Some(hint),
        );
        self.advance();
        self.advance();
        while self.is_sign(sign!("[")) || self.is_sign(sign!("]")) {
            self.advance();
        }
    }

    /// The remaining declarations of `var a = 1, b = 2`.
    pub(super) fn declaration_list(&mut self) -> Parse<()> {
        let hint = "write one 'var' statement for each variable";
        let span = self.span();
        let message = "variables with a value are declared one by one";
        self.report_at("declaration-list", span, message, Some(hint));
        let from = self.position();
        while self.eat(sign!(",")) {
            if !matches!(self.tok(), Tok::Word) || words::is_reserved(self.word()) {
                break;
            }
            self.advance();
            if self.eat(sign!("=")) {
                self.expression()?;
            }
        }
        self.lose(from, self.position());
        Ok(())
    }

    /// `typeof x`, `await x`, `not x`: reported, and read as `x`.
    pub(super) fn foreign_prefix(&mut self, word: &str, span: Span) -> Parse<Option<Expr>> {
        let operand_follows = matches!(
            self.tok_at(1),
            Tok::Word | Tok::Str(_) | Tok::Number { .. } | Tok::BadNumber | Tok::Sign(sign!("{"))
        ) && !self.newline_at(1)
            && (!words::is_syntax_word(self.word_at(1))
                || matches!(self.word_at(1), "null" | "true" | "false" | "new"));
        if !operand_follows || words::foreign_word(word).is_none() {
            return Ok(None);
        }
        self.foreign_word(word, span);
        self.advance();
        let from = self.position();
        let operand = self.nested(Self::postfix)?;
        if word == "typeof" {
            // Asked exactly because it may not be there.
            self.lose(from, self.position());
        }
        Ok(Some(operand))
    }

    /// `...x`: reported, and read as `x`.
    pub(super) fn spread(&mut self, hint: &str) -> bool {
        let found = self.is_sign(sign!("..."));
        if found {
            let span = self.span();
            self.report_at(
                "spread",
                span,
                "there is no spreading with '...'",
                Some(hint),
            );
            self.advance();
        }
        found
    }

    /// `(a, b) => …`: reported and passed over.
    pub(super) fn lambda(&mut self) -> Option<Expr> {
        let start = self.span();
        let mut at = 1;
        while !self.is_sign_at(at, sign!(")")) {
            let parameter = matches!(self.tok_at(at), Tok::Word) || self.is_sign_at(at, sign!(","));
            if !parameter {
                return None;
            }
            at += 1;
        }
        if !self.is_sign_at(at + 1, sign!("=>")) && !self.is_sign_at(at + 1, sign!("->")) {
            return None;
        }
        let from = self.position();
        self.skip_brackets();
        self.lose(from, self.position());
        Some(self.lambda_body(start))
    }

    /// From the arrow on.
    pub(super) fn lambda_body(&mut self, start: Span) -> Expr {
        let hint = "write a loop: foreach (x : list) { … }, or a named function";
        let span = self.span();
        self.report_at("lambda", span, "there are no lambdas", Some(hint));
        self.advance();
        let from = self.position();
        if self.is_sign(sign!("{")) {
            self.skip_brackets();
        } else {
            // Whatever is wrong in there is not worth a second message.
            let findings = self.findings.len();
            let _ = self.nested(Self::expression);
            self.findings.truncate(findings);
        }
        self.lose(from, self.position());
        Expr {
            kind: ExprKind::Null,
            span: start.to(self.previous_span()),
        }
    }
}
