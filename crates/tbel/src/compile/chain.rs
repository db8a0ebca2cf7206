//! Member chains: `a.b[0].c()`, null-safe links, statics of classes.

use smol_str::SmolStr;

use super::Compiler;
use super::code::Op;
use super::types::{self, Type};
use crate::error::Fault;
use crate::hints;
use crate::library::classes::Class;
use crate::library::{self, Static};
use crate::span::Span;
use crate::syntax::ast::{Expr, ExprKind, Link, LinkKind};
use crate::value::Value;

impl Compiler<'_> {
    pub(super) fn chain(&mut self, base: &Expr, links: &[Link], span: Span) -> Type {
        let (mut kind, rest) = match self.class_chain(base, links, span) {
            Some((kind, used)) => (kind, links.get(used..).unwrap_or_default()),
            None => (self.expression(base), links),
        };
        let mut skips = Vec::new();
        for link in rest {
            kind = match &link.kind {
                LinkKind::Property(name) => {
                    let property = self.property(name);
                    self.emit(Op::GetProperty(property), link.span);
                    types::of_member(kind, name)
                }
                LinkKind::Method(name, args) => {
                    self.method(name, args, link.span);
                    types::of_member(kind, name)
                }
                LinkKind::Index(at) => {
                    self.expression(at);
                    self.emit(Op::GetIndex, link.span);
                    Type::Any
                }
            };
            if link.null_safe {
                skips.push(self.jump(Op::JumpIfNull(0), link.span));
                kind = Type::Any;
            }
        }
        self.land_all(skips);
        kind
    }

    /// With the receiver on the stack.
    pub(super) fn method(&mut self, name: &SmolStr, args: &[Expr], span: Span) {
        for arg in args {
            self.expression(arg);
        }
        if args.len() > super::expression::MAX_ARGUMENTS {
            let message = format!(
                "a call of a library method has at most {} arguments",
                super::expression::MAX_ARGUMENTS
            );
            self.raise(Fault::runtime("too-many-arguments", message), span);
            return;
        }
        let set = self.method_set(name);
        // The receiver counts as an argument.
        self.emit(
            Op::Method {
                set,
                argc: u8::try_from(args.len() + 1).unwrap_or(u8::MAX),
            },
            span,
        );
    }

    /// A chain that starts with the name of a class; how many links belong to the name and its static.
    fn class_chain(&mut self, base: &Expr, links: &[Link], span: Span) -> Option<(Type, usize)> {
        let ExprKind::Name(first) = &base.kind else {
            return None;
        };
        if self.frame.visible(first).is_some() || self.main_slots.contains_key(first) {
            return None;
        }
        let mut name = first.to_string();
        let mut used = 0;
        let mut class = Class::find(&name);
        if class.is_none() {
            if first != "java" {
                return None;
            }
            for link in links {
                let LinkKind::Property(part) = &link.kind else {
                    break;
                };
                name.push('.');
                name.push_str(part);
                used += 1;
                class = Class::find(&name);
                if class.is_some() {
                    break;
                }
            }
        }
        let Some(class) = class else {
            let message = format!("there is no class '{name}'");
            self.warn("unknown-class", base.span, message.clone(), None);
            self.raise(Fault::runtime("unknown-class", message), span);
            return Some((Type::Any, links.len()));
        };
        let Some(link) = links.get(used) else {
            self.constant(Value::Class(class), span);
            return Some((Type::Any, used));
        };
        let (member, args) = match &link.kind {
            LinkKind::Property(member) => (member, None),
            LinkKind::Method(member, args) => (member, Some(args)),
            LinkKind::Index(_) => {
                self.constant(Value::Class(class), span);
                return Some((Type::Any, used));
            }
        };
        let kind = self.static_member(
            class,
            &name,
            member,
            args.map(Vec::as_slice),
            link.span,
            span,
        );
        Some((kind, used + 1))
    }

    fn static_member(
        &mut self,
        class: Class,
        class_name: &str,
        member: &SmolStr,
        args: Option<&[Expr]>,
        span: Span,
        whole: Span,
    ) -> Type {
        match (library::static_member(class, member), args) {
            (Some(Static::Value(value)), None) => {
                let kind = match &value {
                    Value::Int(_) => Type::Int,
                    Value::Long(_) => Type::Long,
                    Value::Double(_) => Type::Double,
                    _ => Type::Any,
                };
                self.constant(value, span);
                self.last_constant_field = Some(whole);
                kind
            }
            (Some(Static::Function(function)), Some(args)) => {
                let kinds: Vec<Type> = args.iter().map(|arg| self.expression(arg)).collect();
                self.native_call(
                    &format!("{}.{member}", class.name()),
                    function,
                    args.len(),
                    span,
                );
                types::of_static(class_name, member, &kinds).of_call(&kinds)
            }
            _ => {
                let message = match args {
                    Some(_) => format!("{} has no function '{member}'", class.name()),
                    None => format!("{} has no member '{member}'", class.name()),
                };
                let hint = hints::static_member(class.name(), member);
                let mut fault = Fault::runtime("unknown-member", message.clone());
                if let Some(hint) = hint {
                    fault = fault.hint(hint);
                }
                self.warn("unknown-member", span, message, hint.map(str::to_owned));
                self.raise(fault, span);
                Type::Any
            }
        }
    }
}
