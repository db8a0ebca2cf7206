//! Lists behind a map in the same literal: the map makes the next brackets be read as a map's, too, so only
//! few lists are understood there. The first nested literal decides for all that follow.

use super::ast::{Expr, ExprKind, LinkKind};
use crate::library;
use crate::library::classes::Class;

/// What is known of a value in a list or map literal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Nesting {
    /// Understood.
    Fine,
    /// A list that is not understood.
    Refused,
    /// A list of one element that fails when this is a number, a boolean or a list.
    Checked,
    /// A list of a form that was never seen there.
    Unknown,
}

/// The values of a literal, one after the other.
#[derive(Default)]
pub(crate) struct Nested {
    /// Whether the first nested literal was a map.
    behind_map: Option<bool>,
}

impl Nested {
    pub(crate) fn next(&mut self, value: &Expr) -> Nesting {
        match &value.kind {
            ExprKind::Map(_) => {
                self.behind_map.get_or_insert(true);
                Nesting::Fine
            }
            ExprKind::List(items) if *self.behind_map.get_or_insert(false) => of_list(items),
            _ => Nesting::Fine,
        }
    }
}

fn of_list(items: &[Expr]) -> Nesting {
    let literals = items.iter().filter(|item| is_nested(item)).count();
    match items {
        [one] => of_single(one),
        many if literals == many.len() => Nesting::Fine,
        _ if literals == 0 => Nesting::Refused,
        _ => Nesting::Unknown,
    }
}

fn of_single(one: &Expr) -> Nesting {
    match &one.kind {
        ExprKind::Map(_)
        | ExprKind::List(_)
        | ExprKind::Str(_)
        | ExprKind::Null
        | ExprKind::Name(_) => Nesting::Fine,
        _ if is_number(one) || is_constant_call(one) => Nesting::Refused,
        ExprKind::Call { name, .. } if library::builtin(&name.text).is_none() => Nesting::Checked,
        _ if is_path(one) => Nesting::Checked,
        _ => Nesting::Unknown,
    }
}

fn is_nested(item: &Expr) -> bool {
    matches!(item.kind, ExprKind::Map(_) | ExprKind::List(_))
}

/// A number or boolean that is known while reading.
fn is_number(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Number(_) | ExprKind::Bool(_) => true,
        ExprKind::Binary { first, rest } => {
            is_number(first) && rest.iter().all(|(_, e)| is_number(e))
        }
        _ => false,
    }
}

/// `Math.max(1, 2)`
fn is_constant_call(expr: &Expr) -> bool {
    let ExprKind::Chain { base, links } = &expr.kind else {
        return false;
    };
    let class = matches!(&base.kind, ExprKind::Name(name) if Class::find(name).is_some());
    match links.as_slice() {
        [link] => match &link.kind {
            LinkKind::Method(_, args) => {
                class && !args.is_empty() && args.iter().all(Expr::is_constant)
            }
            _ => false,
        },
        _ => false,
    }
}

/// `msg.a.b`
fn is_path(expr: &Expr) -> bool {
    let ExprKind::Chain { base, links } = &expr.kind else {
        return false;
    };
    let variable = matches!(&base.kind, ExprKind::Name(name) if Class::find(name).is_none());
    variable
        && links
            .iter()
            .all(|l| matches!(l.kind, LinkKind::Property(_)))
}
