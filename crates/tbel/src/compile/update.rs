//! `++` and `--`, and `+=` of members: what changes in place, and what only looks as if it did.

use smol_str::SmolStr;

use super::Compiler;
use super::assign::Place;
use super::code::Op;
use super::types::Type;
use crate::span::Span;
use crate::syntax::ast::{BinaryOp, Expr, ExprKind, Link, LinkKind, Target};

/// Longer texts are not repeated in a hint.
const MOST_SHOWN: usize = 40;

impl Compiler<'_> {
    /// With the object on the stack: reads the member, computes, writes it.
    pub(super) fn member_update(
        &mut self,
        name: &SmolStr,
        op: BinaryOp,
        value: &Expr,
        member: Span,
        span: Span,
    ) {
        let object = self.frame.hidden();
        let property = self.property(name);
        self.emit(Op::Tee(object), span);
        self.emit(Op::Load(object), span);
        self.emit(Op::GetProperty(property), member);
        self.expression(value);
        self.emit(Op::Binary(op), span);
        self.emit(Op::SetProperty(property), member);
    }

    /// `x++`; `postfix` says whether the old value is wanted (`Some(true)`), the new one or none.
    pub(super) fn step(&mut self, target: &Target, delta: i32, postfix: Option<bool>, span: Span) {
        let delta = if delta < 0 { -1 } else { 1 };
        let name = match target {
            Target::Name(name) => name,
            Target::Chain { base, last, .. } => return self.member_step(base, last, delta, span),
        };
        match (self.place(&name.text), postfix) {
            (Place::Local(..), _) if self.frame.is_behind_foreach(&name.text) => {
                let (sign, op) = signs(delta);
                let message =
                    format!("'{sign}' of a function's variable cannot be done in its foreach");
                let hint = format!("write {} {op}= 1", name.text);
                self.fails("step-in-foreach", message, hint, span);
            }
            (Place::Local(slot, _), None) => self.emit(Op::Step { slot, delta }, span),
            (Place::Local(slot, _), Some(true)) => {
                self.emit(Op::Load(slot), span);
                self.emit(Op::Step { slot, delta }, span);
            }
            (Place::Local(slot, _), Some(false)) => {
                self.emit(Op::Step { slot, delta }, span);
                self.emit(Op::Load(slot), span);
            }
            (_, wanted) => {
                self.load(&name.text, name.span);
                let old = (wanted == Some(true)).then(|| self.frame.hidden());
                if let Some(old) = old {
                    self.emit(Op::Tee(old), span);
                }
                self.emit(Op::StepTop(delta), span);
                self.assign_name(name, Type::Any, wanted == Some(false));
                if let Some(old) = old {
                    self.emit(Op::Load(old), span);
                }
            }
        }
    }

    /// `m.a++` and `l[0]++`
    fn member_step(&mut self, base: &Expr, last: &Link, delta: i8, span: Span) {
        let (sign, op) = signs(delta);
        let place = self.shown(base.span.to(last.span));
        let (what, hint) = match (&last.kind, place) {
            (LinkKind::Property(_), Some(place)) => ("a member", format!("write {place} {op}= 1")),
            (LinkKind::Property(_), None) => ("a member", format!("write m.a {op}= 1")),
            (_, Some(place)) => ("an element", format!("write {place} = {place} {op} 1")),
            (_, None) => ("an element", format!("write l[i] = l[i] {op} 1")),
        };
        let message = format!("'{sign}' changes a variable, not {what}");
        self.fails("member-update", message, hint, span);
    }

    /// `l[0] += 1`
    pub(super) fn element_update(&mut self, base: &Expr, last: &Link, value: &Expr, span: Span) {
        let place = base.span.to(last.span);
        let between = Span {
            start: place.end,
            end: value.span.start,
        };
        let sign = self.text(between).trim();
        let message = format!("'{sign}' changes a variable or a member, not an element");
        let op = sign.trim_end_matches('=');
        let hint = match (self.shown(place), self.shown(value.span)) {
            (Some(place), Some(text)) if is_one_operand(value) => {
                format!("write {place} = {place} {op} {text}")
            }
            (Some(place), Some(text)) => format!("write {place} = {place} {op} ({text})"),
            _ => format!("write l[i] = l[i] {op} x"),
        };
        self.fails("member-update", message, hint, span);
    }

    /// Text of the script that a hint can repeat: short, and the same when it is computed twice.
    fn shown(&self, span: Span) -> Option<&str> {
        let text = self.text(span);
        let repeatable =
            !text.contains(['\n', '(']) && !text.contains("++") && !text.contains("--");
        (repeatable && text.len() <= MOST_SHOWN).then_some(text)
    }
}

/// Needs no parentheses as an operand.
fn is_one_operand(value: &Expr) -> bool {
    matches!(
        value.kind,
        ExprKind::Number(_) | ExprKind::Str(_) | ExprKind::Name(_) | ExprKind::Chain { .. }
    )
}

/// The sign of a step and the operator that does the same.
fn signs(delta: i8) -> (&'static str, &'static str) {
    if delta < 0 { ("--", "-") } else { ("++", "+") }
}
