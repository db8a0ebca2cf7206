//! Operators and assignment.

use super::ast::{BinaryOp, Expr, ExprKind, TypeName};
use super::order::is_literal;
use super::parser::{Parse, Parser};
use super::sign::{Sign, sign};
use super::token::Tok;
use super::words;
use crate::span::Span;

/// An operator between two operands.
#[derive(Clone, Debug)]
pub(super) enum Infix {
    Binary(BinaryOp),
    And,
    Or,
    Default,
}

impl Infix {
    /// Higher binds tighter.
    pub(super) fn level(&self) -> u8 {
        use BinaryOp as B;
        match self {
            Self::Or | Self::Default => 2,
            Self::And => 3,
            Self::Binary(op) => match op {
                B::BitOr => 4,
                B::BitXor => 5,
                B::BitAnd => 6,
                B::Eq | B::Ne => 7,
                B::Lt | B::Gt | B::Le | B::Ge => 8,
                B::Shl | B::Shr | B::Ushr => 9,
                B::Add | B::Sub => 10,
                B::Mul | B::Div | B::Rem => 11,
                B::Pow => 12,
                B::Contains | B::Matches | B::SoundsLike | B::Similarity | B::Append => 13,
            },
        }
    }
}

const TYPE_TEST_LEVEL: u8 = 8;

impl Parser<'_> {
    /// Any expression, assignments included.
    pub(super) fn expression(&mut self) -> Parse<Expr> {
        let left = self.ternary()?;
        let sign = self.span();
        let op = match self.tok() {
            Tok::Sign(sign!("=")) => None,
            Tok::Sign(sign!("+=")) => Some(BinaryOp::Add),
            Tok::Sign(sign!("-=")) => Some(BinaryOp::Sub),
            Tok::Sign(sign!("*=")) => Some(BinaryOp::Mul),
            Tok::Sign(sign!("/=")) => Some(BinaryOp::Div),
            Tok::Sign(sign!("%=")) => Some(BinaryOp::Rem),
            Tok::Sign(sign!("&=")) => Some(BinaryOp::BitAnd),
            Tok::Sign(sign!("|=")) => Some(BinaryOp::BitOr),
            Tok::Sign(sign!("^=")) => Some(BinaryOp::BitXor),
            Tok::Sign(sign!("<<=")) => Some(BinaryOp::Shl),
            Tok::Sign(sign!(">>=")) => Some(BinaryOp::Shr),
            Tok::Sign(sign!(">>>=")) => Some(BinaryOp::Ushr),
            _ => return Ok(left),
        };
        if op.is_none()
            && let Some(glued) = self.glued_sign_after_equals()
        {
            return self.glued_assignment(left, glued);
        }
        self.glued_step();
        let start = left.span;
        let target = self.target(left, sign)?;
        self.advance();
        let value = self.nested(Self::expression)?;
        let span = start.to(value.span);
        Ok(Expr {
            kind: ExprKind::Assign {
                target,
                op,
                value: Box::new(value),
            },
            span,
        })
    }

    /// `=-` and `=+` without a space are compound assignments.
    pub(super) fn glued_sign_after_equals(&self) -> Option<Sign> {
        let adjacent = self.is_sign(sign!("=")) && self.span().end == self.span_at(1).start;
        match self.tok_at(1) {
            Tok::Sign(sign!("-")) if adjacent => Some(sign!("-")),
            Tok::Sign(sign!("+")) if adjacent => Some(sign!("+")),
            _ => None,
        }
    }

    /// `j=++i`: the first sign belongs to '=' as well.
    pub(super) fn glued_step(&mut self) {
        let adjacent = self.is_sign(sign!("=")) && self.span().end == self.span_at(1).start;
        if let Tok::Sign(step @ sign!("++" | "--")) = *self.tok_at(1)
            && adjacent
        {
            let span = self.span().to(self.span_at(1));
            let message = format!("'={step}' is not understood");
            let hint = format!("write a space: = {step}…");
            self.report_at("glued-assignment", span, message, Some(&hint));
        }
    }

    fn glued_assignment(&mut self, left: Expr, sign: Sign) -> Parse<Expr> {
        let start = left.span;
        let at = self.span();
        let target = self.target(left, at)?;
        self.advance();
        self.advance();
        let value = self.nested(Self::expression)?;
        let span = start.to(value.span);
        let kind = if matches!(target, super::ast::Target::Name(_)) {
            let op = if sign == sign!("-") {
                BinaryOp::Sub
            } else {
                BinaryOp::Add
            };
            ExprKind::Assign {
                target,
                op: Some(op),
                value: Box::new(value),
            }
        } else {
            ExprKind::Late {
                code: "glued-assignment",
                message: format!("'={sign}' is ambiguous here"),
                hint: Some(format!(
                    "write '= {sign}…' to assign, '{sign}=' to change the old value"
                )),
            }
        };
        Ok(Expr { kind, span })
    }

    /// `c ? a : b`; a chain of them in the else position stays flat.
    fn ternary(&mut self) -> Parse<Expr> {
        let condition = self.operators()?;
        if !self.is_sign(sign!("?")) {
            return Ok(condition);
        }
        let start = condition.span;
        let mut arms = Vec::new();
        let mut condition = condition;
        let otherwise = loop {
            self.advance();
            let value = self.nested(Self::expression)?;
            arms.push((condition, value));
            if !self.eat(sign!(":")) {
                break None;
            }
            let next = self.nested(Self::operators_or_assignment)?;
            if !self.is_sign(sign!("?")) {
                break Some(Box::new(next));
            }
            condition = next;
        };
        let span = start.to(self.previous_span());
        Ok(Expr {
            kind: ExprKind::Ternary { arms, otherwise },
            span,
        })
    }

    fn operators_or_assignment(&mut self) -> Parse<Expr> {
        self.operators()
    }

    /// Everything between the operators of assignment and choice, by precedence.
    fn operators(&mut self) -> Parse<Expr> {
        let first = self.unary()?;
        let literal = is_literal(&first);
        // Most expressions are one operand.
        if matches!(
            self.tok(),
            Tok::Sign(sign!(";" | ")" | "," | "=" | "]" | "}" | ":" | "?")) | Tok::Eof
        ) {
            return Ok(first);
        }
        let mut operands = vec![first];
        let mut pending: Vec<Infix> = Vec::new();
        loop {
            if let Some(late) = self.late_operator(&operands)? {
                return Ok(late);
            }
            if matches!(self.word(), "instanceof" | "is" | "convertable_to") {
                self.type_test(&mut operands, &mut pending)?;
                continue;
            }
            let Some(op) = self.infix() else { break };
            if matches!(
                operands.last().map(|e| &e.kind),
                Some(ExprKind::Step { postfix: true, .. })
            ) {
                let hint = "step the variable in a statement of its own";
                return self.fail_hint(
                    "step-in-expression",
                    self.span(),
                    "an operator cannot follow '++' or '--'",
                    hint,
                );
            }
            while pending.last().is_some_and(|top| top.level() >= op.level()) {
                reduce(&mut operands, &mut pending);
            }
            if self.is_sign(sign!("!==")) {
                let span = self.span();
                self.report_at(
                    "strict-inequality",
                    span,
                    "'!==' does not exist",
                    Some("write '!='"),
                );
            }
            pending.push(op);
            self.advance();
            operands.push(self.unary()?);
        }
        while !pending.is_empty() {
            reduce(&mut operands, &mut pending);
        }
        match operands.pop() {
            Some(expr) if literal => Ok(self.among_literals(expr)),
            Some(expr) => Ok(expr),
            None => self.fail("expected-value", self.span(), "expected a value"),
        }
    }

    fn infix(&self) -> Option<Infix> {
        use BinaryOp as B;
        let op = match self.tok() {
            Tok::Sign(sign) => match *sign {
                sign!("+") => B::Add,
                sign!("-") => B::Sub,
                sign!("*") => B::Mul,
                sign!("/") => B::Div,
                sign!("%") => B::Rem,
                sign!("**") => B::Pow,
                sign!("<<" | "<<<") => B::Shl,
                sign!(">>") => B::Shr,
                sign!(">>>") => B::Ushr,
                sign!("&") => B::BitAnd,
                sign!("|") => B::BitOr,
                sign!("^") => B::BitXor,
                sign!("==" | "===") => B::Eq,
                sign!("!=" | "!==") => B::Ne,
                sign!("<") => B::Lt,
                sign!(">") => B::Gt,
                sign!("<=") => B::Le,
                sign!(">=") => B::Ge,
                sign!("~=") => B::Matches,
                sign!("#") => B::Append,
                sign!("&&") => return Some(Infix::And),
                sign!("||") => return Some(Infix::Or),
                _ => return None,
            },
            Tok::Word => match self.word() {
                "and" => return Some(Infix::And),
                "or" => return Some(Infix::Default),
                "contains" => B::Contains,
                "soundslike" => B::SoundsLike,
                "strsim" => B::Similarity,
                _ => return None,
            },
            _ => return None,
        };
        Some(Infix::Binary(op))
    }

    fn type_test(&mut self, operands: &mut Vec<Expr>, pending: &mut Vec<Infix>) -> Parse<()> {
        while pending
            .last()
            .is_some_and(|top| top.level() >= TYPE_TEST_LEVEL)
        {
            reduce(operands, pending);
        }
        let convertable = self.word() == "convertable_to";
        self.advance();
        let class: TypeName = self.type_name()?;
        // Tests in a row nest, so they count as depth.
        self.deeper(1)?;
        self.shallower(1);
        if let Some(left) = operands.pop() {
            let span = left.span.to(class.span);
            let left = Box::new(left);
            let kind = if convertable {
                ExprKind::ConvertableTo(left, class)
            } else {
                ExprKind::InstanceOf(left, class)
            };
            operands.push(Expr { kind, span });
        }
        if matches!(self.word(), "instanceof" | "is" | "convertable_to") {
            return self.fail(
                "repeated-type-test",
                self.span(),
                "a type test cannot follow a type test",
            );
        }
        Ok(())
    }

    /// Operators of other languages: some are rejected, some only fail when they are reached.
    fn late_operator(&mut self, operands: &[Expr]) -> Parse<Option<Expr>> {
        let span = self.span();
        let Tok::Sign(sign) = *self.tok() else {
            return Ok(None);
        };
        let (code, message, hint) = match sign {
            sign!("->") => return Ok(Some(self.lambda_body(span))),
            sign!("=>")
                if !matches!(
                    operands,
                    [Expr {
                        kind: ExprKind::Name(_),
                        ..
                    }]
                ) =>
            {
                return Ok(Some(self.lambda_body(span)));
            }
            sign!("=>") => (
                "lambda",
                "there are no lambdas",
                "declare a named function and call it by its name",
            ),
            sign!("<>") => ("unknown-operator", "'<>' does not exist", "write '!='"),
            sign!("??") => (
                "unknown-operator",
                "'??' does not exist",
                "write 'a or b', or 'a != null ? a : b'",
            ),
            _ => return Ok(None),
        };
        self.advance();
        let right = self.nested(Self::expression)?;
        let start = operands.first().map_or(span, |e| e.span);
        let kind = ExprKind::Late {
            code,
            message: message.into(),
            hint: Some(hint.into()),
        };
        Ok(Some(Expr {
            kind,
            span: start.to(right.span),
        }))
    }

    /// `~x`: only a literal or parentheses may follow.
    fn complement_of_name(&mut self, sign: Span) {
        if matches!(self.tok(), Tok::Word) && !words::is_syntax_word(self.word()) {
            let message = "'~' cannot stand before a name";
            let hint = "put the operand in parentheses: ~(x)";
            self.report_at("complement-operand", sign, message, Some(hint));
        }
    }

    /// Prefix operators.
    fn unary(&mut self) -> Parse<Expr> {
        // Most operands have none.
        if !matches!(self.tok(), Tok::Sign(_)) {
            return self.postfix();
        }
        let mut prefixes: Vec<(Sign, Span)> = Vec::new();
        let mut operand = loop {
            let span = self.span();
            match *self.tok() {
                Tok::Sign(sign!("-")) => {
                    self.advance();
                    if prefixes.last().is_some_and(|(p, _)| *p == sign!("~")) {
                        let hint = "put the operand in parentheses: ~(-x)";
                        return self.fail_hint(
                            "complement-operand",
                            span,
                            "'~' cannot be followed by '-'",
                            hint,
                        );
                    }
                    if let Some(literal) = self.negative_literal(span) {
                        break literal;
                    }
                    prefixes.push((sign!("-"), span));
                }
                Tok::Sign(sign!("!")) => {
                    self.advance();
                    prefixes.push((sign!("!"), span));
                }
                Tok::Sign(sign!("~")) => {
                    self.advance();
                    self.complement_of_name(span);
                    prefixes.push((sign!("~"), span));
                }
                Tok::Sign(sign!("++" | "--")) => {
                    let delta = if self.is_sign(sign!("++")) { 1 } else { -1 };
                    self.advance();
                    let inner = self.nested(Self::postfix)?;
                    let whole = span.to(inner.span);
                    let target = self.target(inner, span)?;
                    break Expr {
                        kind: ExprKind::Step {
                            target,
                            delta,
                            postfix: false,
                        },
                        span: whole,
                    };
                }
                Tok::Sign(sign!("+")) => {
                    let hint = "leave the sign out; parseDouble(x) reads a text";
                    self.report_at("unary-plus", span, "there is no unary '+'", Some(hint));
                    self.advance();
                }
                _ => break self.postfix()?,
            }
            self.deeper(prefixes.len())?;
            self.shallower(prefixes.len());
        };
        for (prefix, span) in prefixes.into_iter().rev() {
            let whole = span.to(operand.span);
            let inner = Box::new(operand);
            let kind = match prefix {
                sign!("-") => ExprKind::Negate(inner),
                sign!("!") => ExprKind::Not(inner),
                _ => ExprKind::Complement(inner),
            };
            operand = Expr { kind, span: whole };
        }
        Ok(operand)
    }
}

/// Operands and the operators between them, by precedence.
pub(super) fn combined(operands: Vec<Expr>, operators: Vec<Infix>) -> Option<Expr> {
    let mut operands = operands.into_iter();
    let mut left = vec![operands.next()?];
    let mut pending: Vec<Infix> = Vec::new();
    for (op, operand) in operators.into_iter().zip(operands) {
        while pending.last().is_some_and(|top| top.level() >= op.level()) {
            reduce(&mut left, &mut pending);
        }
        pending.push(op);
        left.push(operand);
    }
    while !pending.is_empty() {
        reduce(&mut left, &mut pending);
    }
    left.pop()
}

/// Combines the two topmost operands; equal levels become one flat node.
pub(super) fn reduce(operands: &mut Vec<Expr>, pending: &mut Vec<Infix>) {
    let (Some(op), Some(right), Some(left)) = (pending.pop(), operands.pop(), operands.pop())
    else {
        return;
    };
    let span = left.span.to(right.span);
    let kind = match (op, left.kind) {
        (Infix::And, ExprKind::And(mut all)) => {
            all.push(right);
            ExprKind::And(all)
        }
        (Infix::And, kind) => ExprKind::And(vec![
            Expr {
                kind,
                span: left.span,
            },
            right,
        ]),
        (Infix::Or, ExprKind::Or(mut all)) => {
            all.push(right);
            ExprKind::Or(all)
        }
        (Infix::Or, kind) => ExprKind::Or(vec![
            Expr {
                kind,
                span: left.span,
            },
            right,
        ]),
        (Infix::Default, ExprKind::Default(mut all)) => {
            all.push(right);
            ExprKind::Default(all)
        }
        (Infix::Default, kind) => ExprKind::Default(vec![
            Expr {
                kind,
                span: left.span,
            },
            right,
        ]),
        (Infix::Binary(op), ExprKind::Binary { first, mut rest }) if same_level(&rest, op) => {
            rest.push((op, right));
            ExprKind::Binary { first, rest }
        }
        (Infix::Binary(op), kind) => {
            let first = Box::new(Expr {
                kind,
                span: left.span,
            });
            ExprKind::Binary {
                first,
                rest: vec![(op, right)],
            }
        }
    };
    operands.push(Expr { kind, span });
}

fn same_level(rest: &[(BinaryOp, Expr)], op: BinaryOp) -> bool {
    rest.first()
        .is_some_and(|(first, _)| Infix::Binary(*first).level() == Infix::Binary(op).level())
}
