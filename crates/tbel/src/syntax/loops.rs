//! The heads of `for` and `foreach`.

use super::ast::{Expr, ExprKind, Name, Stmt, StmtKind};
use super::parser::{Parse, Parser};
use super::sign::sign;
use super::token::Tok;
use super::words;

/// What stands between the brackets of `for`.
enum ForHead {
    Each {
        name: Name,
        source: Expr,
    },
    Counted {
        init: Option<Box<Stmt>>,
        condition: Expr,
        step: Option<Expr>,
    },
}

impl Parser<'_> {
    pub(super) fn for_statement(&mut self, word: &str) -> Parse<StmtKind> {
        self.advance();
        let start = self.span();
        let head = self.head(word, Self::for_head)?;
        let body = self.body()?;
        Ok(match head {
            Some(ForHead::Each { name, source }) => StmtKind::ForEach { name, source, body },
            Some(ForHead::Counted {
                init,
                condition,
                step,
            }) => StmtKind::For {
                init,
                condition,
                step,
                body,
            },
            // Not understood, which is told already.
            None => StmtKind::While {
                condition: Expr {
                    kind: ExprKind::Bool(true),
                    span: start,
                },
                negated: false,
                body,
            },
        })
    }

    /// What stands between the brackets of `for`.
    fn for_head(&mut self) -> Parse<ForHead> {
        let typed = words::is_class_word(self.word()) && matches!(self.tok_at(1), Tok::Word);
        let skip = usize::from(typed);
        if matches!(self.tok_at(skip), Tok::Word) && self.is_sign_at(skip + 1, sign!(":")) {
            if typed {
                self.advance();
            }
            let name = self.new_name("the loop variable")?;
            self.advance();
            let source = self.expression()?;
            return Ok(ForHead::Each { name, source });
        }
        let declared = usize::from(matches!(self.word(), "var" | "let" | "const"));
        let foreign = matches!(self.word_at(1 + declared), "of" | "in");
        if matches!(self.tok_at(declared), Tok::Word)
            && (foreign || declared == 1 && self.is_sign_at(2, sign!(":")))
        {
            let hint = format!("write foreach ({} : list) {{ … }}", self.word_at(declared));
            let message = "this is not how a loop over a collection begins";
            self.report_at("foreach-header", self.span(), message, Some(&hint));
            if declared == 1 {
                self.advance();
            }
            let name = self.new_name("the loop variable")?;
            self.advance();
            let source = self.expression()?;
            return Ok(ForHead::Each { name, source });
        }
        let init = if self.is_sign(sign!(";")) {
            None
        } else {
            let start = self.span();
            let kind = if self.word() == "var" {
                self.var_statement()?
            } else if self.is_typed_declaration() {
                self.advance();
                self.declaration()?
            } else {
                let word = self.word().to_owned();
                match self.foreign_statement(&word)? {
                    Some((kind, _)) => kind,
                    None => StmtKind::Expr(self.expression()?),
                }
            };
            Some(Box::new(Stmt {
                kind,
                span: start.to(self.previous_span()),
            }))
        };
        self.expect(sign!(";"), "after the start of the loop")?;
        let span = self.span();
        let condition = if self.is_sign(sign!(";")) {
            let message = "a for loop needs a condition";
            self.report_at("missing-condition", span, message, Some("write 'true'"));
            Expr {
                kind: ExprKind::Bool(true),
                span,
            }
        } else {
            self.expression()?
        };
        self.expect(sign!(";"), "after the condition")?;
        let step = if self.is_sign(sign!(")")) {
            None
        } else {
            Some(self.expression()?)
        };
        if self.is_sign(sign!(",")) {
            let hint = "put the second step at the end of the body";
            let span = self.span();
            self.report_at("expected-sign", span, "a loop has one step", Some(hint));
            while self.eat(sign!(",")) {
                self.expression()?;
            }
        }
        Ok(ForHead::Counted {
            init,
            condition,
            step,
        })
    }
}
