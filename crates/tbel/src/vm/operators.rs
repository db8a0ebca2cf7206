//! Operators by the general rules.

use std::cmp::Ordering;

use super::Vm;
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
            B::Sub | B::Mul | B::Div | B::Rem => arithmetic::arithmetic(op, &a, &b)?,
            B::Pow => arithmetic::power(&a, &b)?,
            B::Shl | B::Shr | B::Ushr | B::BitAnd | B::BitOr | B::BitXor => {
                bits::bitwise(op, &a, &b)?
            }
            B::Eq => Value::Bool(compare::loosely_equal(&self.heap, &a, &b)?),
            B::Ne => Value::Bool(!compare::loosely_equal(&self.heap, &a, &b)?),
            B::Lt => Value::Bool(compare::order(&a, &b)?.is_some_and(Ordering::is_lt)),
            B::Gt => Value::Bool(compare::order(&a, &b)?.is_some_and(Ordering::is_gt)),
            B::Le => Value::Bool(compare::order(&a, &b)?.is_some_and(Ordering::is_le)),
            B::Ge => Value::Bool(compare::order(&a, &b)?.is_some_and(Ordering::is_ge)),
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
}
