//! Kinds of expressions, from literals, signatures and what is known about the arguments.

use std::collections::HashMap;

use smol_str::SmolStr;

use super::{Argument, Context};
use crate::library::classes::Class;
use crate::reference::{self, Kind};
use crate::syntax::ast::{BinaryOp, Expr, ExprKind, Key, Link, LinkKind, Number};

/// Members that are remembered for one map.
const MAX_MEMBERS: usize = 200;

/// What the names mean at a place.
#[derive(Clone, Default)]
pub(super) struct Names {
    pub(super) kinds: HashMap<SmolStr, Kind>,
    decoded: HashMap<SmolStr, Kind>,
    /// What the functions of the script give.
    pub(super) results: HashMap<SmolStr, Kind>,
}

impl Names {
    pub(super) fn of_arguments(context: &Context<'_>) -> Self {
        let mut names = Self::default();
        for Argument {
            name,
            kind,
            decoded,
        } in context.arguments
        {
            names.kinds.insert(SmolStr::new(name), kind.clone());
            if let Some(decoded) = decoded {
                names.decoded.insert(SmolStr::new(name), decoded.clone());
            }
        }
        names
    }

    /// The first kind that says something stays.
    pub(super) fn assign(&mut self, name: &SmolStr, kind: Kind) {
        let slot = self.kinds.entry(name.clone()).or_default();
        if matches!(slot, Kind::Any | Kind::Null) {
            *slot = kind;
        }
    }

    /// `name.member = value`
    pub(super) fn assign_member(&mut self, name: &SmolStr, member: &str, kind: Kind) {
        let Some(Kind::Map(members)) = self.kinds.get_mut(name) else {
            return;
        };
        if members.len() < MAX_MEMBERS && members.iter().all(|(known, _)| **known != *member) {
            let grown = members.iter().cloned().chain([(member.into(), kind)]);
            *members = grown.collect();
        }
    }

    pub(super) fn kind(&self, expr: &Expr) -> Kind {
        match &expr.kind {
            ExprKind::Null => Kind::Null,
            ExprKind::Bool(_)
            | ExprKind::Not(_)
            | ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::InstanceOf(..)
            | ExprKind::ConvertableTo(..)
            | ExprKind::IsDefined(_) => Kind::Boolean,
            ExprKind::Number(number) => match number {
                Number::Int(_) => Kind::Int,
                Number::Long(_) => Kind::Long,
                Number::Float(_) => Kind::Float,
                Number::Double(_) => Kind::Double,
                Number::Big { .. } => Kind::Number,
            },
            ExprKind::Str(_) => Kind::String,
            ExprKind::Name(name) => self.kinds.get(name).cloned().unwrap_or_default(),
            ExprKind::List(items) => Kind::list(items.first().map_or(Kind::Any, |e| self.kind(e))),
            ExprKind::Map(entries) => Kind::map(entries.iter().take(MAX_MEMBERS).filter_map(
                |(key, value)| match key {
                    Key::Str(name) => Some((name.as_str().into(), self.kind(value))),
                    _ => None,
                },
            )),
            ExprKind::Chain { base, links } => self.chain(base, links),
            ExprKind::Call { name, args } => self.call(name.text.as_str(), args),
            ExprKind::Paren(inner) | ExprKind::Negate(inner) | ExprKind::Complement(inner) => {
                self.kind(inner)
            }
            ExprKind::Binary { first, rest } => {
                rest.iter().fold(self.kind(first), |left, (op, right)| {
                    result(*op, &left, &self.kind(right))
                })
            }
            ExprKind::Default(all) => all.first().map_or(Kind::Any, |e| self.kind(e)),
            ExprKind::Ternary { arms, otherwise } => arms
                .iter()
                .map(|(_, value)| value)
                .chain(otherwise.as_deref())
                .map(|value| self.kind(value))
                .find(|kind| !matches!(kind, Kind::Null | Kind::Any))
                .unwrap_or_default(),
            ExprKind::Assign {
                value, op: None, ..
            } => self.kind(value),
            ExprKind::Cast(class, _) => Kind::named(&class.text.to_ascii_lowercase()),
            ExprKind::New { class, .. } => Class::find(&class.text)
                .and_then(|class| reference::class_member(class.name(), "new"))
                .map_or(Kind::Any, reference::Entry::result),
            ExprKind::NewArray { element, .. } => Kind::named(&format!("array<{}>", element.text)),
            ExprKind::Projection { .. } => Kind::list(Kind::Any),
            _ => Kind::Any,
        }
    }

    fn call(&self, name: &str, args: &[Expr]) -> Kind {
        if name == "decodeToJson"
            && let Some(ExprKind::Name(argument)) = args.first().map(|a| &a.kind)
            && let Some(decoded) = self.decoded.get(argument)
        {
            return decoded.clone();
        }
        match reference::function(name) {
            Some(entry) => entry.result(),
            None => self.results.get(name).cloned().unwrap_or_default(),
        }
    }

    fn chain(&self, base: &Expr, links: &[Link]) -> Kind {
        let (mut kind, rest) = match class_of(base, links) {
            Some((class, used)) => match links.get(used).map(|l| &l.kind) {
                Some(LinkKind::Property(member) | LinkKind::Method(member, _)) => (
                    reference::class_member(class.name(), member)
                        .map_or(Kind::Any, reference::Entry::result),
                    links.get(used + 1..).unwrap_or_default(),
                ),
                _ => return Kind::Any,
            },
            None => (self.kind(base), links),
        };
        for link in rest {
            kind = match &link.kind {
                LinkKind::Property(name) => member(&kind, name, false),
                LinkKind::Method(name, args) => self.method(&kind, name, args),
                LinkKind::Index(at) => match (&kind, &at.kind) {
                    (Kind::Map(_), ExprKind::Str(key)) => {
                        kind.known_member(key).unwrap_or_default()
                    }
                    (Kind::Map(_), _) => Kind::Any,
                    _ => kind.element(),
                },
            };
        }
        kind
    }

    fn method(&self, receiver: &Kind, name: &str, args: &[Expr]) -> Kind {
        if let (Kind::Map(_), "get", Some(ExprKind::Str(key))) =
            (receiver, name, args.first().map(|a| &a.kind))
        {
            return receiver.known_member(key).unwrap_or_default();
        }
        member(receiver, name, true)
    }
}

/// What reading or calling a member gives.
fn member(receiver: &Kind, name: &str, call: bool) -> Kind {
    let Some(owner) = receiver.owner() else {
        return Kind::Any;
    };
    let entry = reference::member(owner, name);
    let entry = entry.filter(|e| {
        if call {
            e.is_callable()
        } else {
            e.is_property()
        }
    });
    let Some(entry) = entry else {
        return receiver.known_member(name).unwrap_or_default();
    };
    let result = entry.result();
    match (receiver, &result) {
        // The elements are still the same ones.
        (Kind::List(_), Kind::List(element)) if matches!(**element, Kind::Any) => receiver.clone(),
        (Kind::List(_) | Kind::Set(_), Kind::Any)
            if matches!(name, "get" | "pop" | "shift" | "next") =>
        {
            receiver.element()
        }
        (Kind::Map(_), Kind::Map(_)) => receiver.clone(),
        _ => result,
    }
}

/// A class at the start of a chain, and how many links belong to its name.
pub(super) fn class_of(base: &Expr, links: &[Link]) -> Option<(Class, usize)> {
    let ExprKind::Name(first) = &base.kind else {
        return None;
    };
    if let Some(class) = Class::find(first) {
        return Some((class, 0));
    }
    if first != "java" {
        return None;
    }
    let mut name = first.to_string();
    for (used, link) in links.iter().take(3).enumerate() {
        let LinkKind::Property(part) = &link.kind else {
            return None;
        };
        name.push('.');
        name.push_str(part);
        if let Some(class) = Class::find(&name) {
            return Some((class, used + 1));
        }
    }
    None
}

fn result(op: BinaryOp, left: &Kind, right: &Kind) -> Kind {
    use BinaryOp as B;
    match op {
        B::Eq
        | B::Ne
        | B::Lt
        | B::Gt
        | B::Le
        | B::Ge
        | B::Contains
        | B::Matches
        | B::SoundsLike => Kind::Boolean,
        B::Similarity => Kind::Float,
        B::Append => Kind::String,
        B::Add if matches!(left, Kind::String) || matches!(right, Kind::String) => Kind::String,
        B::Add if matches!(left, Kind::List(_)) => left.clone(),
        _ => match (left, right) {
            (Kind::Double, _) | (_, Kind::Double) => Kind::Double,
            (Kind::Int, Kind::Int) if op == B::Div => Kind::Number,
            (Kind::Int, Kind::Int) => Kind::Int,
            (Kind::Long, Kind::Long | Kind::Int) | (Kind::Int, Kind::Long) if op != B::Div => {
                Kind::Long
            }
            (Kind::Any, _) | (_, Kind::Any) if op == B::Add => Kind::Any,
            _ => Kind::Number,
        },
    }
}
