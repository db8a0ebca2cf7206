//! Operators between literals: they are put together while reading, and there the order of writing counts for
//! more than precedence does.
//!
//! A `true` or `false` with `&&` or `||` takes the next literal at once. In an expression of nothing but
//! literals, shifts and bit operators are computed from left to right with what follows. Arithmetic,
//! comparisons and everything with a variable in it keep their precedence.

use super::Finding;
use super::ast::{BinaryOp, Expr, ExprKind};
use super::expression::{Infix, combined, reduce};
use super::parser::Parser;

/// Longer texts are not repeated in a hint.
const MOST_SHOWN: usize = 40;

impl Parser<'_> {
    /// A whole chain of operators that begins with a literal, as literals bind.
    pub(super) fn among_literals(&mut self, whole: Expr) -> Expr {
        self.early_logic(&whole);
        if !has_bits_first(&whole) || !is_all_literal(&whole) {
            return whole;
        }
        let mut chain = Chain::default();
        chain.flatten(whole.clone());
        if !chain.runs().any(is_reordered) {
            return whole;
        }
        let message = "bits and shifts of literals are computed from left to right";
        let hint = "put what belongs together in parentheses";
        self.report(Finding::warning("literal-order", whole.span, message).hint(hint));
        chain.regrouped().unwrap_or(whole)
    }

    /// `false || 5 > 3` is `(false || 5) > 3`.
    fn early_logic(&mut self, whole: &Expr) {
        let mut outer = whole;
        let (sign, right) = loop {
            let (sign, all) = match &outer.kind {
                ExprKind::And(all) => ("&&", all),
                ExprKind::Or(all) => ("||", all),
                _ => return,
            };
            match all.as_slice() {
                [first, right, ..] if matches!(first.kind, ExprKind::Bool(_)) => {
                    break (sign, right);
                }
                [first, ..] => outer = first,
                [] => return,
            }
        };
        let ExprKind::Binary { first, .. } = &right.kind else {
            return;
        };
        let first = leftmost(first);
        if !matches!(first.kind, ExprKind::Number(_) | ExprKind::Str(_)) {
            return;
        }
        let literal = self.text(first.span);
        let message = format!("'{sign}' between literals takes only the {literal} behind it");
        let text = self.text(right.span);
        let hint = if text.len() <= MOST_SHOWN {
            format!("put the comparison in parentheses: {sign} ({text})")
        } else {
            "put the comparison in parentheses".to_owned()
        };
        self.report_at("literal-logic", right.span, message, Some(&hint));
    }
}

/// Operands and the operators between them, as they are written.
#[derive(Default)]
struct Chain {
    operands: Vec<Expr>,
    operators: Vec<Infix>,
}

impl Chain {
    /// Levels of precedence bound the depth.
    fn flatten(&mut self, expr: Expr) {
        let (all, sign) = match expr.kind {
            ExprKind::Binary { first, rest } => {
                self.flatten(*first);
                for (op, operand) in rest {
                    self.operators.push(Infix::Binary(op));
                    self.flatten(operand);
                }
                return;
            }
            ExprKind::And(all) => (all, Infix::And),
            ExprKind::Or(all) => (all, Infix::Or),
            _ => return self.operands.push(expr),
        };
        for (i, operand) in all.into_iter().enumerate() {
            if i > 0 {
                self.operators.push(sign.clone());
            }
            self.flatten(operand);
        }
    }

    /// The operators between `&&` and `||`.
    fn runs(&self) -> impl Iterator<Item = &[Infix]> {
        self.operators.split(|op| !matches!(op, Infix::Binary(_)))
    }

    fn regrouped(self) -> Option<Expr> {
        let mut operands = self.operands.into_iter();
        let mut operators = self.operators.into_iter().peekable();
        let mut parts = Vec::new();
        let mut logic = Vec::new();
        loop {
            let mut run = Vec::new();
            while let Some(Infix::Binary(op)) =
                operators.next_if(|op| matches!(op, Infix::Binary(_)))
            {
                run.push(op);
            }
            let members: Vec<Expr> = operands.by_ref().take(run.len() + 1).collect();
            parts.push(grouped(members, &run)?);
            match operators.next() {
                Some(op) => logic.push(op),
                None => break,
            }
        }
        combined(parts, logic)
    }
}

/// One run of operators without `&&` and `||`.
fn grouped(members: Vec<Expr>, run: &[BinaryOp]) -> Option<Expr> {
    let infix = |ops: &[BinaryOp]| ops.iter().copied().map(Infix::Binary).collect::<Vec<_>>();
    if !is_reordered(&infix(run)) {
        return combined(members, infix(run));
    }
    let mut members = members.into_iter();
    let mut left = vec![members.next()?];
    let mut rest = run;
    while let Some((op, behind)) = rest.split_first() {
        let arithmetic = rest.iter().take_while(|op| is_arithmetic(**op)).count();
        if arithmetic > 0 {
            let (now, later) = rest.split_at(arithmetic);
            left.extend(members.by_ref().take(arithmetic));
            left = vec![combined(left, infix(now))?];
            rest = later;
        } else {
            left.push(members.next()?);
            reduce(&mut left, &mut vec![Infix::Binary(*op)]);
            rest = behind;
        }
    }
    left.pop()
}

/// Whether the order of writing makes a difference: a bit operator before one that binds tighter, with at
/// most one comparison, at the end.
fn is_reordered(run: &[Infix]) -> bool {
    let op = |at: usize| match run.get(at) {
        Some(Infix::Binary(op)) => Some(*op),
        _ => None,
    };
    let compared = (0..run.len()).filter_map(op).position(is_comparison);
    let last = compared.is_none_or(|at| at + 1 == run.len());
    let known = (0..run.len())
        .filter_map(op)
        .all(|op| is_bits(op) || is_arithmetic(op) || is_comparison(op));
    let tighter = (1..run.len()).any(|at| match (op(at - 1), op(at)) {
        (Some(left), Some(right)) => is_bits(left) && level(right) > level(left),
        _ => false,
    });
    last && known && tighter
}

fn level(op: BinaryOp) -> u8 {
    Infix::Binary(op).level()
}

/// Most chains have none, and need no closer look.
fn has_bits_first(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Binary { first, rest } => {
            let tighter = |(op, right): &(BinaryOp, Expr)| {
                is_bits(*op) && matches!(right.kind, ExprKind::Binary { .. })
            };
            rest.iter().any(tighter) || has_bits_first(first)
        }
        ExprKind::And(all) | ExprKind::Or(all) => all.iter().any(has_bits_first),
        _ => false,
    }
}

fn leftmost(expr: &Expr) -> &Expr {
    match &expr.kind {
        ExprKind::Binary { first, .. } => leftmost(first),
        _ => expr,
    }
}

fn is_all_literal(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Binary { first, rest } => {
            is_all_literal(first) && rest.iter().all(|(_, e)| is_all_literal(e))
        }
        ExprKind::And(all) | ExprKind::Or(all) => all.iter().all(is_all_literal),
        _ => is_literal(expr),
    }
}

pub(super) fn is_literal(expr: &Expr) -> bool {
    matches!(
        expr.kind,
        ExprKind::Number(_) | ExprKind::Str(_) | ExprKind::Bool(_) | ExprKind::Null
    )
}

fn is_bits(op: BinaryOp) -> bool {
    use BinaryOp as B;
    matches!(
        op,
        B::Shl | B::Shr | B::Ushr | B::BitAnd | B::BitOr | B::BitXor
    )
}

fn is_arithmetic(op: BinaryOp) -> bool {
    use BinaryOp as B;
    matches!(op, B::Add | B::Sub | B::Mul | B::Div | B::Rem | B::Pow)
}

fn is_comparison(op: BinaryOp) -> bool {
    use BinaryOp as B;
    matches!(op, B::Eq | B::Ne | B::Lt | B::Gt | B::Le | B::Ge)
}
