//! Literals of lists, maps and numbers.

use std::sync::Arc;

use super::code::Op;
use super::types::Type;
use super::{Compiler, index};
use crate::span::Span;
use crate::syntax::ast::{Expr, Key, Number};
use crate::value::{Big, OrderedMap, Value, marks};

impl Compiler<'_> {
    pub(super) fn number(&mut self, number: &Number, span: Span) -> Type {
        match number {
            Number::Int(n) => self.emit(Op::Int(*n), span),
            other => self.constant(number_value(other), span),
        }
        Type::of_number(number)
    }

    pub(super) fn list(&mut self, items: &[Expr], span: Span) -> Type {
        for item in items {
            self.expression(item);
        }
        self.emit(Op::MakeList(index(items.len())), span);
        Type::List
    }

    pub(super) fn map(&mut self, entries: &[(Key, Expr)], span: Span) -> Type {
        let keys: Vec<Value> = entries
            .iter()
            .filter_map(|(key, _)| fixed_key(key))
            .collect();
        if keys.len() < entries.len() || repeats(&keys) {
            return self.computed_map(entries, span);
        }
        for (_, value) in entries {
            self.expression(value);
        }
        let marked = keys.into_iter().map(|key| {
            let mark = marks::of(&key);
            (key, mark)
        });
        self.shapes.push(marked.collect());
        self.emit(Op::MakeMap(index(self.shapes.len() - 1)), span);
        Type::Any
    }

    /// With keys that repeat or are only known at run time.
    fn computed_map(&mut self, entries: &[(Key, Expr)], span: Span) -> Type {
        for (key, value) in entries {
            match key {
                Key::Computed(key) => {
                    self.expression(key);
                }
                key => {
                    let key = fixed_key(key).unwrap_or(Value::Null);
                    self.constant(key, span);
                }
            }
            self.expression(value);
        }
        self.emit(Op::MakeEntries(index(entries.len())), span);
        Type::Any
    }
}

/// Whether a key occurs twice.
fn repeats(keys: &[Value]) -> bool {
    let mut seen = OrderedMap::with_capacity(keys.len());
    keys.iter()
        .any(|key| seen.insert(key.clone(), Value::Null).is_some())
}

fn fixed_key(key: &Key) -> Option<Value> {
    match key {
        Key::Str(text) => Some(Value::Str(text.clone())),
        Key::Bool(b) => Some(Value::Bool(*b)),
        Key::Number(number) => Some(number_value(number)),
        Key::Computed(_) => None,
    }
}

fn number_value(number: &Number) -> Value {
    match number {
        Number::Int(n) => Value::Int(*n),
        Number::Long(n) => Value::Long(*n),
        Number::Float(x) => Value::Float(*x),
        Number::Double(x) => Value::Double(*x),
        Number::Big { text, decimal } => Value::Big(Arc::new(Big {
            text: text.to_string(),
            decimal: *decimal,
        })),
    }
}
