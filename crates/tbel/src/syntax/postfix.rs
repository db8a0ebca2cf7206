//! Operands: names, calls, member chains, casts, `new`.

use smol_str::SmolStr;

use super::ast::{Expr, ExprKind, Link, LinkKind, Name, Number, Target, TypeName};
use super::parser::{Parse, Parser, Recover};
use super::sign::sign;
use super::token::Tok;
use super::words;
use crate::span::Span;

impl Parser<'_> {
    /// An operand with its member accesses, calls, indexes and a final `++`.
    pub(super) fn postfix(&mut self) -> Parse<Expr> {
        let base = self.primary()?;
        if !matches!(
            self.tok(),
            Tok::Sign(sign!("." | ".?" | "[" | "?." | "++" | "--"))
        ) {
            return Ok(base);
        }
        let mut links = Vec::new();
        loop {
            let start = self.span();
            let null_safe = self.is_sign(sign!(".?"));
            if null_safe || self.is_sign(sign!(".")) {
                self.advance();
                links.push(self.member(start, null_safe)?);
            } else if self.is_sign(sign!("[")) && !matches!(base.kind, ExprKind::Number(_)) {
                self.advance();
                let index = self.nested(Self::expression)?;
                self.close(sign!("]"), "after the index")?;
                let span = start.to(self.previous_span());
                links.push(Link {
                    kind: LinkKind::Index(index),
                    null_safe: false,
                    span,
                });
            } else if self.is_sign(sign!("?.")) {
                let hint = "write 'a.?b'; a plain '.' is enough after it";
                self.report_at(
                    "optional-chaining",
                    start,
                    "'?.' does not exist",
                    Some(hint),
                );
                self.advance();
                if matches!(self.tok(), Tok::Sign(sign!("[" | "("))) {
                    self.skip_brackets();
                } else {
                    links.push(self.member(start, true)?);
                }
            } else {
                break;
            }
        }
        let span = base.span.to(self.previous_span());
        let operand = if links.is_empty() {
            base
        } else {
            Expr {
                kind: ExprKind::Chain {
                    base: Box::new(base),
                    links,
                },
                span,
            }
        };
        if (self.is_sign(sign!("++")) || self.is_sign(sign!("--"))) && !self.newline_before() {
            let delta = if self.is_sign(sign!("++")) { 1 } else { -1 };
            let sign = self.span();
            let target = self.target(operand, sign)?;
            self.advance();
            return Ok(Expr {
                kind: ExprKind::Step {
                    target,
                    delta,
                    postfix: true,
                },
                span: span.to(sign),
            });
        }
        Ok(operand)
    }

    fn member(&mut self, start: Span, null_safe: bool) -> Parse<Link> {
        if !matches!(self.tok(), Tok::Word) {
            let message = format!("expected a member name after '.', found {}", self.found());
            return self.fail("expected-member", self.span(), message);
        }
        let name = SmolStr::new(self.word());
        let mut span = start.to(self.span());
        self.advance();
        let kind = if self.is_sign(sign!("(")) {
            let args = self.arguments()?;
            span = start.to(self.previous_span());
            LinkKind::Method(name, args)
        } else {
            LinkKind::Property(name)
        };
        Ok(Link {
            kind,
            null_safe,
            span,
        })
    }

    /// `(a, b)`
    fn arguments(&mut self) -> Parse<Vec<Expr>> {
        self.expect(sign!("("), "before the arguments")?;
        self.nested(|p| {
            let mut args = Vec::new();
            while !p.eat(sign!(")")) {
                p.spread("pass the values one by one, or a list");
                args.push(p.expression()?);
                if p.eat(sign!(",")) || p.is_sign(sign!(")")) {
                    continue;
                }
                if matches!(p.tok(), Tok::Eof | Tok::Sign(sign!(";" | "}"))) || p.newline_before() {
                    p.close(sign!(")"), "after the arguments")?;
                    break;
                }
                let message = format!(
                    "expected ',' or ')' after the argument, found {}",
                    p.found()
                );
                return p.fail("expected-sign", p.span(), message);
            }
            Ok(args)
        })
    }

    /// What can be assigned to.
    pub(super) fn target(&mut self, expr: Expr, sign: Span) -> Parse<Target> {
        match expr.kind {
            ExprKind::Name(text) if !words::is_class_word(&text) => Ok(Target::Name(Name {
                text,
                span: expr.span,
            })),
            ExprKind::Chain { base, mut links } => match links.pop() {
                Some(last) if !matches!(last.kind, LinkKind::Method(..)) => Ok(Target::Chain {
                    base,
                    links,
                    last: Box::new(last),
                }),
                _ => self.fail(
                    "bad-target",
                    sign,
                    "the result of a call cannot be assigned to",
                ),
            },
            _ => self.fail(
                "bad-target",
                sign,
                "only a variable, a member or an element can be assigned to",
            ),
        }
    }

    fn primary(&mut self) -> Parse<Expr> {
        let span = self.span();
        if matches!(self.tok(), Tok::Word) {
            return self.word_operand(span);
        }
        let simple = |kind| Expr { kind, span };
        match self.tok().clone() {
            Tok::Number { value, .. } => {
                self.advance();
                Ok(simple(ExprKind::Number(value)))
            }
            Tok::BadNumber => {
                self.advance();
                let message = format!("'{}' is not a number", self.text(span));
                Ok(simple(ExprKind::Late {
                    code: "bad-number",
                    message,
                    hint: None,
                }))
            }
            Tok::Str(text) => {
                self.advance();
                Ok(simple(ExprKind::Str(text)))
            }
            Tok::Sign(sign!("(")) => self.parenthesised(span),
            Tok::Sign(sign!("[")) => self.bracket_literal(),
            Tok::Sign(sign!("{")) => self.brace_literal(),
            Tok::Sign(sign!("$")) => {
                self.advance();
                Ok(simple(ExprKind::Element))
            }
            Tok::Sign(sign @ sign!("*" | "/" | "%")) => {
                // The reference compiles this and fails when it gets there.
                self.advance();
                self.nested(Self::postfix)?;
                let message = "an operand is missing before the sign".to_owned();
                let hint = (sign == sign!("/"))
                    .then(|| "a pattern is a text: s.matches('[0-9]+')".to_owned());
                Ok(simple(ExprKind::Late {
                    code: "missing-operand",
                    message,
                    hint,
                }))
            }
            _ => {
                let message = format!("expected a value, found {}", self.found());
                let glued = self.text(self.previous_span()) == "=";
                let hint = match self.tok() {
                    Tok::Sign(sign!("<")) if glued => Some("write '<='"),
                    Tok::Sign(sign!(">")) if glued => Some("write '>='"),
                    _ => None,
                };
                self.report_at("expected-value", span, message, hint);
                Err(Recover)
            }
        }
    }

    fn word_operand(&mut self, span: Span) -> Parse<Expr> {
        let word = SmolStr::new(self.word());
        let simple = |kind| Ok(Expr { kind, span });
        match word.as_str() {
            "null" | "nil" => self.advance_with(simple(ExprKind::Null)),
            "true" => self.advance_with(simple(ExprKind::Bool(true))),
            "false" => self.advance_with(simple(ExprKind::Bool(false))),
            "empty" => self.advance_with(simple(ExprKind::Empty)),
            "new" => self.new_object(span),
            "isdef" => {
                self.advance();
                if !matches!(self.tok(), Tok::Word) {
                    return self.fail(
                        "expected-name",
                        self.span(),
                        "'isdef' needs the name of a variable",
                    );
                }
                let name = Name {
                    text: SmolStr::new(self.word()),
                    span: self.span(),
                };
                self.advance();
                Ok(Expr {
                    kind: ExprKind::IsDefined(name),
                    span: span.to(self.previous_span()),
                })
            }
            "if" => {
                let statement = self.nested(Self::statement_without_end)?;
                let span = statement.span;
                Ok(Expr {
                    kind: ExprKind::Statement(Box::new(statement)),
                    span,
                })
            }
            "function" | "def" => self.function_value(span),
            w if words::is_syntax_word(w) => self.fail(
                "unexpected-word",
                span,
                format!("'{w}' cannot stand where a value is expected"),
            ),
            w => {
                if let Some(operand) = self.foreign_prefix(w, span)? {
                    return Ok(operand);
                }
                self.advance();
                if self.is_sign(sign!("(")) {
                    let args = self.arguments()?;
                    let name = Name { text: word, span };
                    return Ok(Expr {
                        kind: ExprKind::Call { name, args },
                        span: span.to(self.previous_span()),
                    });
                }
                self.note_word(&word);
                simple(ExprKind::Name(word))
            }
        }
    }

    fn advance_with(&mut self, result: Parse<Expr>) -> Parse<Expr> {
        self.advance();
        result
    }

    fn statement_without_end(&mut self) -> Parse<super::ast::Stmt> {
        // `if` ends by itself, so this never asks for a semicolon.
        self.statement()
    }

    /// `function (x) { … }` as a value: compiles, and fails where it is evaluated.
    fn function_value(&mut self, span: Span) -> Parse<Expr> {
        self.advance();
        let mut open = 0usize;
        loop {
            match self.tok() {
                Tok::Eof => {
                    return self.fail(
                        "unclosed-block",
                        span,
                        "the function is never closed with '}'",
                    );
                }
                Tok::Sign(sign!("{" | "(")) => open += 1,
                Tok::Sign(sign!(")")) => open = open.saturating_sub(1),
                Tok::Sign(sign!("}")) => {
                    open = open.saturating_sub(1);
                    if open == 0 {
                        self.advance();
                        break;
                    }
                }
                _ => {}
            }
            self.advance();
        }
        let kind = ExprKind::Late {
            code: "function-value",
            message: "functions are not values".into(),
            hint: Some("declare a named function and call it by its name".into()),
        };
        Ok(Expr {
            kind,
            span: span.to(self.previous_span()),
        })
    }

    fn new_object(&mut self, span: Span) -> Parse<Expr> {
        self.advance();
        let class = self.type_name()?;
        if self.is_sign(sign!("[")) {
            if self.is_sign_at(1, sign!("]")) {
                return self.array_literal(span, &class);
            }
            let mut sizes = Vec::new();
            while self.eat(sign!("[")) {
                sizes.push(self.nested(Self::expression)?);
                self.expect(sign!("]"), "after the size")?;
            }
            let kind = ExprKind::NewArray {
                element: class,
                sizes,
            };
            return Ok(Expr {
                kind,
                span: span.to(self.previous_span()),
            });
        }
        let args = self.arguments()?;
        Ok(Expr {
            kind: ExprKind::New { class, args },
            span: span.to(self.previous_span()),
        })
    }

    /// `new int[]{1, 2}`, which is as good as a list.
    fn array_literal(&mut self, span: Span, class: &TypeName) -> Parse<Expr> {
        if class.text == "byte" {
            let hint = "use hexToBytes('0102')";
            return self.fail_hint(
                "byte-array-literal",
                span,
                "byte arrays have no literal",
                hint,
            );
        }
        self.advance();
        self.advance();
        let literal = self.brace_literal()?;
        let kind = match literal.kind {
            ExprKind::List(items) => ExprKind::List(items),
            ExprKind::Map(entries) if entries.is_empty() => ExprKind::List(Vec::new()),
            _ => {
                return self.fail(
                    "array-literal",
                    literal.span,
                    "the elements of an array have no keys",
                );
            }
        };
        Ok(Expr {
            kind,
            span: span.to(self.previous_span()),
        })
    }

    /// A cast, a projection or just parentheses.
    fn parenthesised(&mut self, span: Span) -> Parse<Expr> {
        if words::is_class_word(self.word_at(1)) && self.is_sign_at(2, sign!(")")) {
            let operand_follows = matches!(
                self.tok_at(3),
                Tok::Word
                    | Tok::Number { .. }
                    | Tok::BadNumber
                    | Tok::Str(_)
                    | Tok::Sign(sign!("(" | "[" | "{" | "$"))
            ) && !words::is_syntax_word(self.word_at(3))
                || matches!(self.word_at(3), "null" | "true" | "false" | "new");
            if operand_follows {
                self.advance();
                let class = self.type_name()?;
                self.advance();
                let operand = self.nested(Self::postfix)?;
                let span = span.to(operand.span);
                return Ok(Expr {
                    kind: ExprKind::Cast(class, Box::new(operand)),
                    span,
                });
            }
        }
        if let Some(lambda) = self.lambda() {
            return Ok(lambda);
        }
        self.advance();
        let inner = self.nested(Self::expression)?;
        if self.eat_word("in") {
            let source = self.nested(Self::expression)?;
            let condition = if self.eat_word("if") {
                Some(Box::new(self.nested(Self::expression)?))
            } else {
                None
            };
            self.expect(sign!(")"), "after the projection")?;
            let kind = ExprKind::Projection {
                body: Box::new(inner),
                source: Box::new(source),
                condition,
            };
            return Ok(Expr {
                kind,
                span: span.to(self.previous_span()),
            });
        }
        self.close(sign!(")"), "after the expression")?;
        Ok(Expr {
            kind: ExprKind::Paren(Box::new(inner)),
            span: span.to(self.previous_span()),
        })
    }

    /// A negative number literal: the minus counts as one of its characters.
    pub(super) fn negative_literal(&mut self, minus: Span) -> Option<Expr> {
        let span = self.span();
        let Tok::Number { value, digits } = self.tok().clone() else {
            return None;
        };
        if span.start != minus.end {
            return None;
        }
        let value = match value {
            Number::Int(_) | Number::Long(_) if digits > 0 => {
                super::integer_text_value(&format!("-{}", self.text(span)))?
            }
            Number::Int(n) => Number::Int(n.wrapping_neg()),
            Number::Long(n) => Number::Long(n.wrapping_neg()),
            Number::Float(n) => Number::Float(-n),
            Number::Double(n) => Number::Double(-n),
            Number::Big { text, decimal } => Number::Big {
                text: SmolStr::new(format!("-{text}")),
                decimal,
            },
        };
        self.advance();
        Some(Expr {
            kind: ExprKind::Number(value),
            span: minus.to(span),
        })
    }
}
