//! Literals that the reference takes for something else.

use super::Rules;
use crate::syntax::ast::{BinaryOp, Expr, ExprKind};

impl Rules<'_> {
    /// Behind a map a list in the same literal is taken for a map.
    pub(super) fn nested_literals<'e>(&mut self, children: impl Iterator<Item = &'e Expr>) {
        let mut behind_map = None;
        for child in children {
            match &child.kind {
                ExprKind::Map(_) => {
                    behind_map.get_or_insert(true);
                }
                // The first nested literal decides, whatever its elements.
                ExprKind::List(items) if *behind_map.get_or_insert(false) && is_refused(items) => {
                    self.warn(
                        "portable-list",
                        child.span,
                        "ThingsBoard takes a list behind a map in the same literal for a map",
                        "put the list before the map, or into a variable first",
                    );
                }
                _ => {}
            }
        }
    }

    /// `false || 5 > 3`: literals are folded from left to right.
    pub(super) fn literal_logic(&mut self, all: &[Expr]) {
        for pair in all.windows(2) {
            if let [left, right] = pair
                && matches!(left.kind, ExprKind::Bool(_))
                && matches!(right.kind, ExprKind::Binary { .. })
                && right.is_constant()
            {
                self.warn(
                    "portable-logic",
                    right.span,
                    "ThingsBoard puts literals together from left to right and refuses the result",
                    "put the comparison in parentheses",
                );
            }
        }
    }

    /// `1 << 2 + 1`: the same where it gives a value.
    pub(super) fn literal_order(&mut self, whole: &Expr, rest: &[(BinaryOp, Expr)]) {
        let mixed = |(op, right): &(BinaryOp, Expr)| match &right.kind {
            ExprKind::Binary { rest, .. } => {
                !is_arithmetic(*op) || rest.iter().any(|(op, _)| !is_arithmetic(*op))
            }
            _ => false,
        };
        if whole.is_constant() && rest.iter().any(mixed) {
            self.warn(
                "portable-order",
                whole.span,
                "ThingsBoard puts literals together from left to right: the result differs there",
                "put what belongs together in parentheses",
            );
        }
    }
}

/// Maps are understood, and so is one element that is a text, null or a variable.
fn is_refused(items: &[Expr]) -> bool {
    match items {
        [one] => !matches!(
            one.kind,
            ExprKind::Map(_)
                | ExprKind::List(_)
                | ExprKind::Str(_)
                | ExprKind::Null
                | ExprKind::Name(_)
        ),
        many => many
            .iter()
            .any(|item| !matches!(item.kind, ExprKind::Map(_) | ExprKind::List(_))),
    }
}

fn is_arithmetic(op: BinaryOp) -> bool {
    use BinaryOp as B;
    matches!(op, B::Add | B::Sub | B::Mul | B::Div | B::Rem | B::Pow)
}
