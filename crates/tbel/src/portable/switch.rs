//! The reference splits the cases of a `switch` by their text.

use super::Rules;
use crate::span::Span;
use crate::syntax::ast::{Case, Stmt, StmtKind};

const LINES: &str = "write each case and each 'break;' on a line of its own";

impl Rules<'_> {
    pub(super) fn switch(&mut self, cases: &[Case], whole: Span) {
        for (i, case) in cases.iter().enumerate() {
            let is_last = i + 1 == cases.len();
            for statement in case.body.iter().filter(|s| is_break(s)) {
                if !is_last && self.goes_on(statement.span) {
                    self.refuse(
                        statement.span,
                        "ThingsBoard refuses a switch whose cases share a line",
                        LINES,
                    );
                }
            }
            if case
                .labels
                .last()
                .is_some_and(|l| self.opens_block(l.span.end))
            {
                let span = case.labels.last().map_or(whole, |l| l.span);
                self.refuse(
                    span,
                    "ThingsBoard refuses a case whose statements stand in braces",
                    "leave the braces out",
                );
            }
            match case.body.last() {
                Some(last) if is_last && is_break(last) => {
                    self.last_break(case, last, cases.len());
                }
                Some(last) if !is_last && falls_through(last) => self.refuse(
                    last.span,
                    "ThingsBoard refuses a case that goes on with the next one",
                    "end the case with 'break;' or 'return'",
                ),
                _ => {}
            }
        }
    }

    fn refuse(&mut self, span: Span, message: &str, hint: &str) {
        self.warn("portable-switch", span, message, hint);
    }

    fn last_break(&mut self, case: &Case, last: &Stmt, cases: usize) {
        if case.is_default {
            if self.loops > 0 || self.in_function {
                self.warn(
                    "portable-break",
                    last.span,
                    "ThingsBoard leaves the loop or function around with a 'break' in 'default'",
                    "leave the 'break' out: 'default' ends the switch anyway",
                );
            }
        } else if cases > 1 {
            self.refuse(
                last.span,
                "ThingsBoard refuses a switch that ends with a 'break' and has no 'default'",
                "add 'default:' with an empty statement ';' behind the last case",
            );
        }
    }

    /// Whether more than a comment stands on the line behind a `break`.
    fn goes_on(&self, span: Span) -> bool {
        let rest = self
            .behind(span.end)
            .trim_start_matches([';', ' ', '\t', '\r']);
        !(rest.is_empty() || rest.starts_with(['\n', '/']))
    }

    /// Whether a brace stands behind a label and its colon.
    fn opens_block(&self, at: u32) -> bool {
        let rest = self.behind(at).trim_start();
        rest.strip_prefix(':')
            .is_some_and(|rest| rest.trim_start().starts_with('{'))
    }
}

fn is_break(statement: &Stmt) -> bool {
    matches!(statement.kind, StmtKind::Break)
}

/// Surely goes on behind it; a branch may leave in all its arms.
fn falls_through(last: &Stmt) -> bool {
    use crate::syntax::ast::ExprKind;
    match &last.kind {
        StmtKind::Expr(expr) => {
            !matches!(&expr.kind, ExprKind::Call { name, .. } if name.text == "raiseError")
        }
        StmtKind::Declare { .. } => true,
        _ => false,
    }
}
