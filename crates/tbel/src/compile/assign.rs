//! Names, assignment and stepping.

use smol_str::SmolStr;

use super::code::{Op, Shared};
use super::types::Type;
use super::{Compiler, index};
use crate::error::Fault;
use crate::hints;
use crate::library::string::SPLIT_TO_LIST;
use crate::span::Span;
use crate::syntax::ast::{BinaryOp, Expr, ExprKind, Link, LinkKind, Name, Target};

/// Where a name lives.
pub(super) enum Place {
    Local(u16, Type),
    Shared(u32),
    Nowhere,
}

impl Compiler<'_> {
    /// The place of a name that is read, or written when it exists already.
    pub(super) fn place(&mut self, name: &SmolStr) -> Place {
        let local = self.frame.visible(name).map(|v| (v.slot, v.kind, v.hides));
        if self.frame.is_main {
            return local.map_or(Place::Nowhere, |(slot, kind, _)| Place::Local(slot, kind));
        }
        // What the function assigns itself is its own, unless the script declared it before the function.
        let before = if local.is_some() {
            self.frame.declared_at
        } else {
            u32::MAX
        };
        let outer = self.outer_slots(name, before);
        match (local, outer) {
            (Some((slot, _, true)), _) => Place::Local(slot, Type::Any),
            (Some((slot, ..)), outer) if outer.is_empty() => Place::Local(slot, Type::Any),
            (None, outer) if outer.is_empty() => Place::Nowhere,
            (local, outer) => Place::Shared(self.share(name, outer, local.map(|(slot, ..)| slot))),
        }
    }

    /// Variables of the main script with this name that are declared before a place, innermost first.
    fn outer_slots(&self, name: &SmolStr, before: u32) -> Vec<u16> {
        let slots = self
            .main_slots
            .get(name)
            .map(Vec::as_slice)
            .unwrap_or_default();
        slots
            .iter()
            .rev()
            .filter(|(_, at)| *at < before)
            .map(|(slot, _)| *slot)
            .collect()
    }

    fn share(&mut self, name: &SmolStr, outer: Vec<u16>, local: Option<u16>) -> u32 {
        let same = |s: &Shared| s.name == *name && s.local == local && s.outer == outer;
        if let Some(at) = self.shared.iter().rposition(same) {
            return index(at);
        }
        self.shared.push(Shared {
            name: name.clone(),
            outer,
            local,
        });
        index(self.shared.len() - 1)
    }

    fn shared_index(n: u32) -> u16 {
        // More shared names than this need a script longer than any limit allows.
        u16::try_from(n).unwrap_or(u16::MAX)
    }

    /// Pushes the value of a name.
    pub(super) fn load(&mut self, name: &SmolStr, span: Span) -> Type {
        match self.place(name) {
            Place::Local(slot, kind) => {
                self.emit(Op::Load(slot), span);
                kind
            }
            Place::Shared(at) => {
                self.emit(Op::LoadShared(Self::shared_index(at)), span);
                if self.frame.shared_ints.contains(name) {
                    Type::Int
                } else {
                    Type::Any
                }
            }
            Place::Nowhere => {
                self.unknown_name(name, span);
                Type::Any
            }
        }
    }

    fn unknown_name(&mut self, name: &SmolStr, span: Span) {
        let hint = if self.function_index.contains_key(name) {
            Some(format!("functions are not values; call it: {name}(…)"))
        } else {
            hints::name(name).map(str::to_owned)
        };
        let mut fault = Fault::runtime("unknown-name", format!("'{name}' is not defined"));
        if let Some(hint) = &hint {
            fault = fault.hint(hint.clone());
        }
        self.warn(
            "unknown-name",
            span,
            format!("'{name}' is not defined"),
            hint,
        );
        self.raise(fault, span);
    }

    /// Pops into a variable (or copies, when the value is still wanted), declaring it when it is new.
    pub(super) fn assign_name(&mut self, name: &Name, kind: Type, wanted: bool) {
        match self.place(&name.text) {
            Place::Local(slot, _) => self.store(slot, wanted, name.span),
            Place::Shared(at) => {
                let at = match self.shared.get(at as usize) {
                    Some(Shared { local: None, .. }) => {
                        let outer = self.outer_slots(&name.text, self.frame.declared_at);
                        let slot = self.declare(&name.text, kind, false, name.span);
                        if outer.is_empty() {
                            return self.store(slot, wanted, name.span);
                        }
                        self.share(&name.text, outer, Some(slot))
                    }
                    _ => at,
                };
                if kind == Type::Int && self.main_ints.contains(&name.text) {
                    self.frame.shared_ints.insert(name.text.clone());
                }
                self.emit(Op::TeeShared(Self::shared_index(at)), name.span);
                if !wanted {
                    self.emit(Op::Pop, name.span);
                }
            }
            Place::Nowhere => {
                let slot = self.declare(&name.text, kind, false, name.span);
                self.store(slot, wanted, name.span);
            }
        }
    }

    /// The value of an assignment. The reference refuses to keep Java's own collections in variables.
    pub(super) fn assigned(&mut self, value: &Expr) -> Type {
        if let ExprKind::New { class, .. } = &value.kind
            && matches!(
                class.text.as_str(),
                "java.util.ArrayList" | "java.util.HashMap" | "java.util.LinkedHashMap"
            )
        {
            let fault = Fault::runtime(
                "unsupported-value",
                format!("a {} cannot be assigned", class.text),
            )
            .hint("use the literals [] and {}");
            self.raise(fault, value.span);
            return Type::Any;
        }
        if let ExprKind::Chain { base, links } = &value.kind
            && let Some((
                Link {
                    kind: LinkKind::Method(name, args),
                    null_safe: false,
                    span,
                },
                before,
            )) = links.split_last()
            && name == "split"
            && before.iter().all(|link| !link.null_safe)
        {
            self.chain(base, before, value.span);
            self.method(&SmolStr::new_static(SPLIT_TO_LIST), args, *span);
            return Type::Any;
        }
        self.expression(value)
    }

    fn store(&mut self, slot: u16, wanted: bool, span: Span) {
        self.emit(
            if wanted {
                Op::Tee(slot)
            } else {
                Op::Store(slot)
            },
            span,
        );
    }

    pub(super) fn assign(
        &mut self,
        target: &Target,
        op: Option<BinaryOp>,
        value: &Expr,
        wanted: bool,
        span: Span,
    ) {
        match target {
            Target::Name(name) => {
                let kind = match op {
                    None => self.assigned(value),
                    Some(op) => {
                        self.load(&name.text, name.span);
                        self.expression(value);
                        self.emit(Op::Binary(op), span);
                        Type::Any
                    }
                };
                self.assign_name(name, kind, wanted);
            }
            Target::Chain { base, links, last } => {
                match (op, &last.kind) {
                    (None, _) => {
                        self.chain(base, links, span);
                        self.plain_member(last, value, span);
                    }
                    (Some(op), LinkKind::Property(name)) => {
                        self.chain(base, links, span);
                        self.member_update(name, op, value, last.span, span);
                    }
                    (Some(_), _) => self.element_update(base, last, value, span),
                }
                if !wanted {
                    self.emit(Op::Pop, span);
                }
            }
        }
    }

    fn plain_member(&mut self, last: &Link, value: &Expr, span: Span) {
        match &last.kind {
            LinkKind::Property(name) => {
                self.expression(value);
                let property = self.property(name);
                self.emit(Op::SetProperty(property), last.span.to(span));
            }
            LinkKind::Index(at) => {
                self.expression(at);
                self.expression(value);
                self.emit(Op::SetIndex, last.span.to(span));
            }
            LinkKind::Method(..) => {}
        }
    }
}
