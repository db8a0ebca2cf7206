//! Literals that the reference takes for something else.

use super::Rules;
use crate::syntax::ast::{BinaryOp, Expr, ExprKind};
use crate::syntax::nested::{Nested, Nesting};

impl Rules<'_> {
    /// Behind a map a list is taken for a map. What is sure to fail there fails here as well.
    pub(super) fn nested_literals<'e>(&mut self, children: impl Iterator<Item = &'e Expr>) {
        let mut nested = Nested::default();
        for child in children {
            if nested.next(child) == Nesting::Unknown {
                self.warn(
                    "portable-list",
                    child.span,
                    "ThingsBoard takes a list behind a map in the same literal for a map",
                    "put the list before the map, or into a variable first",
                );
            }
        }
    }

    /// `4 == 2 + 2`: literals are folded from left to right.
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

fn is_arithmetic(op: BinaryOp) -> bool {
    use BinaryOp as B;
    matches!(op, B::Add | B::Sub | B::Mul | B::Div | B::Rem | B::Pow)
}
