//! Literals of lists, maps and numbers.

use super::code::Op;
use super::types::Type;
use super::{Compiler, index};
use crate::error::Fault;
use crate::library::classes::Class;
use crate::span::Span;
use crate::syntax::ast::{Expr, ExprKind, Key, Number};
use crate::syntax::nested::{Nested, Nesting};
use crate::value::{Big, OrderedMap, Value, marks};

impl Compiler<'_> {
    pub(super) fn number(&mut self, number: &Number, span: Span) -> Type {
        match number {
            Number::Int(n) => self.emit(Op::Int(*n), span),
            other => {
                let value = self.number_value(other);
                self.constant(value, span);
            }
        }
        Type::of_number(number)
    }

    pub(super) fn list(&mut self, items: &[Expr], span: Span) -> Type {
        if let Some(values) = self.constant_list(items) {
            self.lists.push(values);
            self.emit(Op::CopyList(index(self.lists.len() - 1)), span);
            return Type::List;
        }
        let mut nested = Nested::default();
        for item in items {
            self.item(item, nested.next(item));
        }
        self.emit(Op::MakeList(index(items.len())), span);
        Type::List
    }

    pub(super) fn map(&mut self, entries: &[(Key, Expr)], span: Span) -> Type {
        let keys: Vec<Value> = entries
            .iter()
            .filter_map(|(key, _)| self.fixed_key(key))
            .collect();
        if keys.len() < entries.len() || self.repeats(&keys) {
            return self.computed_map(entries, span);
        }
        if let Some(literal) = self.constant_map(&keys, entries) {
            self.literals.push(literal);
            self.emit(Op::CopyMap(index(self.literals.len() - 1)), span);
            return Type::Any;
        }
        let mut nested = Nested::default();
        for (_, value) in entries {
            self.item(value, nested.next(value));
        }
        let marked = keys.into_iter().map(|key| {
            let mark = marks::of(&self.texts, &key);
            (key, mark)
        });
        let shape = marked.collect();
        self.shapes.push(shape);
        self.emit(Op::MakeMap(index(self.shapes.len() - 1)), span);
        Type::Any
    }

    fn constant_list(&mut self, items: &[Expr]) -> Option<Vec<Value>> {
        if items.is_empty() {
            return None;
        }
        items.iter().map(|item| self.scalar(item)).collect()
    }

    /// A map whose values are known: decoders hold their tables in such.
    fn constant_map(&mut self, keys: &[Value], entries: &[(Key, Expr)]) -> Option<OrderedMap> {
        if entries.is_empty() {
            return None;
        }
        let mut map = OrderedMap::with_capacity(keys.len());
        for (key, (_, value)) in keys.iter().zip(entries) {
            let value = self.scalar(value)?;
            map.insert(&self.texts, *key, value);
        }
        Some(map)
    }

    fn scalar(&mut self, value: &Expr) -> Option<Value> {
        match &value.kind {
            ExprKind::Bool(b) => Some(Value::Bool(*b)),
            ExprKind::Str(text) => Some(Value::Str(self.interned(text))),
            ExprKind::Number(number) => Some(self.number_value(number)),
            _ => None,
        }
    }

    /// With keys that repeat or are only known at run time.
    fn computed_map(&mut self, entries: &[(Key, Expr)], span: Span) -> Type {
        let mut nested = Nested::default();
        for (key, value) in entries {
            match key {
                Key::Computed(key) => {
                    self.expression(key);
                    self.expression(value);
                }
                Key::Str(text) => {
                    self.text_constant(text, span);
                    self.item(value, nested.next(value));
                }
                key => {
                    let key = self.fixed_key(key).unwrap_or(Value::Null);
                    self.constant(key, span);
                    self.item(value, nested.next(value));
                }
            }
        }
        self.emit(Op::MakeEntries(index(entries.len())), span);
        Type::Any
    }

    /// A value of a literal.
    fn item(&mut self, value: &Expr, nesting: Nesting) {
        match (nesting, &value.kind) {
            (Nesting::Refused, _) => self.error(
                "list-behind-map",
                value.span,
                "a list behind a map in the same literal is read as a map",
                Some(LIST_FIRST),
            ),
            (Nesting::Checked, ExprKind::List(items)) => self.checked_list(items, value.span),
            _ => {
                self.expression(value);
            }
        }
    }

    /// A list behind a map whose only element is known when it runs.
    fn checked_list(&mut self, items: &[Expr], span: Span) {
        let message =
            "a list behind a map in the same literal fails unless it holds a text or a map";
        self.warn(
            "list-behind-map",
            span,
            message,
            Some(LIST_FIRST.to_owned()),
        );
        let element = self.frame.hidden();
        let mut wrong = Vec::new();
        for item in items {
            self.expression(item);
            self.emit(Op::Tee(element), item.span);
            for class in [Class::Number, Class::Boolean, Class::Collection] {
                self.emit(Op::InstanceOf(class), item.span);
                wrong.push(self.jump(Op::JumpIfTrue(0), item.span));
                self.emit(Op::Load(element), item.span);
            }
        }
        self.emit(Op::MakeList(index(items.len())), span);
        let right = self.jump(Op::Jump(0), span);
        self.land_all(wrong);
        let message = "a list behind a map in the same literal cannot hold this value";
        self.raise(
            Fault::runtime("list-behind-map", message).hint(LIST_FIRST),
            span,
        );
        self.land(right);
    }

    /// Whether a key occurs twice.
    fn repeats(&self, keys: &[Value]) -> bool {
        let mut seen = OrderedMap::with_capacity(keys.len());
        keys.iter()
            .any(|key| seen.insert(&self.texts, *key, Value::Null).is_some())
    }

    fn fixed_key(&mut self, key: &Key) -> Option<Value> {
        match key {
            Key::Str(text) => Some(Value::Str(self.interned(text))),
            Key::Bool(b) => Some(Value::Bool(*b)),
            Key::Number(number) => Some(self.number_value(number)),
            Key::Computed(_) => None,
        }
    }

    fn number_value(&mut self, number: &Number) -> Value {
        match number {
            Number::Int(n) => Value::Int(*n),
            Number::Long(n) => Value::Long(*n),
            Number::Float(x) => Value::Float(*x),
            Number::Double(x) => Value::Double(*x),
            Number::Big { text, decimal } => Value::Big(Big {
                text: self.interned(text),
                decimal: *decimal,
            }),
        }
    }
}

const LIST_FIRST: &str = "put the list before the map, or into a variable first";
