//! Operators by the general rules.

use std::cmp::Ordering;

use super::Vm;
use crate::compile::code::Function;
use crate::error::Fault;
use crate::library::full_match;
use crate::ops::{arithmetic, bits, text};
use crate::syntax::ast::BinaryOp;
use crate::value::{Value, compare};

impl Vm {
    /// An operator on the two topmost values; whether something may have grown.
    pub(super) fn binary(&mut self, op: BinaryOp) -> Result<bool, Fault> {
        use BinaryOp as B;
        let b = self.pop();
        let a = self.pop();
        let value = match op {
            B::Add => {
                let sum = arithmetic::add(&mut self.heap, &a, &b)?;
                let grows = !matches!(sum, Value::Int(_) | Value::Double(_) | Value::Long(_));
                self.stack.push(sum);
                return Ok(grows);
            }
            B::Sub | B::Mul | B::Div | B::Rem => arithmetic::arithmetic(&self.heap, op, &a, &b)?,
            B::Pow => arithmetic::power(&self.heap, &a, &b)?,
            B::Shl | B::Shr | B::Ushr | B::BitAnd | B::BitOr | B::BitXor => {
                bits::bitwise(op, &a, &b)?
            }
            B::Eq => Value::Bool(compare::loosely_equal(&self.heap, &a, &b)?),
            B::Ne => Value::Bool(!compare::loosely_equal(&self.heap, &a, &b)?),
            B::Lt => Value::Bool(compare::order(&self.heap, &a, &b)?.is_some_and(Ordering::is_lt)),
            B::Gt => Value::Bool(compare::order(&self.heap, &a, &b)?.is_some_and(Ordering::is_gt)),
            B::Le => Value::Bool(compare::order(&self.heap, &a, &b)?.is_some_and(Ordering::is_le)),
            B::Ge => Value::Bool(compare::order(&self.heap, &a, &b)?.is_some_and(Ordering::is_ge)),
            B::Contains => Value::Bool(text::contains(&self.heap, &a, &b)?),
            B::Append => arithmetic::append(&mut self.heap, &a, &b)?,
            B::Matches => {
                let subject = arithmetic::as_text(&self.heap, &a)?;
                let pattern = arithmetic::as_text(&self.heap, &b)?;
                Value::Bool(full_match(
                    &mut self.regexes,
                    &mut self.heap,
                    &subject,
                    &pattern,
                )?)
            }
            B::SoundsLike => {
                let (x, y) = (
                    arithmetic::as_text(&self.heap, &a)?,
                    arithmetic::as_text(&self.heap, &b)?,
                );
                Value::Bool(text::sounds_like(&x, &y))
            }
            B::Similarity => {
                let (x, y) = (
                    arithmetic::as_text(&self.heap, &a)?,
                    arithmetic::as_text(&self.heap, &b)?,
                );
                Value::Float(text::similarity(&mut self.heap, &x, &y))
            }
        };
        self.stack.push(value);
        Ok(false)
    }

    #[cold]
    pub(super) fn general_ll(
        &mut self,
        op: BinaryOp,
        function: &Function,
        base: usize,
        (a, b): (u16, u16),
    ) -> Result<bool, Fault> {
        self.push_local(function, base, a)?;
        self.push_local(function, base, b)?;
        self.binary(op)
    }

    #[cold]
    pub(super) fn general_li(
        &mut self,
        op: BinaryOp,
        function: &Function,
        base: usize,
        (a, n): (u16, i32),
    ) -> Result<bool, Fault> {
        self.push_local(function, base, a)?;
        self.general_ti(op, n)
    }

    #[cold]
    pub(super) fn general_lt(
        &mut self,
        op: BinaryOp,
        function: &Function,
        base: usize,
        a: u16,
    ) -> Result<bool, Fault> {
        let right = self.pop();
        self.push_local(function, base, a)?;
        self.stack.push(right);
        self.binary(op)
    }

    #[cold]
    pub(super) fn general_ti(&mut self, op: BinaryOp, n: i32) -> Result<bool, Fault> {
        self.stack.push(Value::Int(n));
        self.binary(op)
    }

    #[cold]
    pub(super) fn general_mask(
        &mut self,
        function: &Function,
        base: usize,
        (list, at): (u16, u16),
        n: i32,
    ) -> Result<bool, Fault> {
        self.push_local(function, base, list)?;
        self.push_local(function, base, at)?;
        self.get_index()?;
        self.general_ti(BinaryOp::BitAnd, n)
    }

    #[cold]
    pub(super) fn general_plus(
        &mut self,
        function: &Function,
        base: usize,
        (list, at): (u16, u16),
        n: i32,
    ) -> Result<bool, Fault> {
        self.push_local(function, base, list)?;
        let grows = self.general_li(BinaryOp::Add, function, base, (at, n))?;
        self.get_index()?;
        Ok(grows)
    }

    #[cold]
    pub(super) fn general_tk(&mut self, op: BinaryOp, constant: &Value) -> Result<bool, Fault> {
        self.stack.push(*constant);
        self.binary(op)
    }

    /// Moves a result into a variable.
    pub(super) fn stored(
        &mut self,
        outcome: Result<bool, Fault>,
        base: usize,
        to: u16,
    ) -> Result<bool, Fault> {
        let grows = outcome?;
        let value = self.pop();
        *self.slot(base, to) = value;
        Ok(grows)
    }
}
