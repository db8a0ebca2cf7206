//! Operators on the commonest operands, without the general rules behind them.
//!
//! Everything here gives exactly what `ops` gives; `None` means "ask there".

use crate::syntax::ast::BinaryOp;
use crate::value::Value;

#[inline]
pub(super) fn ints(op: BinaryOp, a: i32, b: i32) -> Option<Value> {
    use BinaryOp as B;
    Some(match op {
        B::Add => Value::Int(a.checked_add(b)?),
        B::Sub => Value::Int(a.checked_sub(b)?),
        B::Mul => Value::Int(a.checked_mul(b)?),
        B::Div => Value::Double(f64::from(a) / f64::from(b)),
        B::Rem => Value::Int(a.checked_rem(b)?),
        B::Eq => Value::Bool(a == b),
        B::Ne => Value::Bool(a != b),
        B::Lt => Value::Bool(a < b),
        B::Gt => Value::Bool(a > b),
        B::Le => Value::Bool(a <= b),
        B::Ge => Value::Bool(a >= b),
        B::BitAnd => Value::Int(a & b),
        B::BitOr => Value::Int(a | b),
        B::BitXor => Value::Int(a ^ b),
        _ => return None,
    })
}

#[inline]
pub(super) fn doubles(op: BinaryOp, a: f64, b: f64) -> Option<Value> {
    use BinaryOp as B;
    Some(match op {
        B::Add => Value::Double(a + b),
        B::Sub => Value::Double(a - b),
        B::Mul => Value::Double(a * b),
        B::Div => Value::Double(a / b),
        B::Eq => Value::Bool(a == b),
        B::Ne => Value::Bool(a != b),
        B::Lt => Value::Bool(a < b),
        B::Gt => Value::Bool(a > b),
        B::Le => Value::Bool(a <= b),
        B::Ge => Value::Bool(a >= b),
        _ => return None,
    })
}

/// The operator on the two topmost values, when both are plain numbers of one type or a byte and a mask.
#[inline]
pub(super) fn binary(op: BinaryOp, stack: &mut Vec<Value>) -> bool {
    let [.., a, b] = stack.as_mut_slice() else {
        return false;
    };
    let result = match (&*a, &*b) {
        (Value::Int(x), Value::Int(y)) => ints(op, *x, *y),
        (Value::Double(x), Value::Double(y)) => doubles(op, *x, *y),
        (Value::Byte(x), Value::Int(y)) if op == BinaryOp::BitAnd => {
            Some(Value::Int(i32::from(*x) & y))
        }
        (Value::Str(x), Value::Str(y)) if op == BinaryOp::Eq => Some(Value::Bool(x == y)),
        (Value::Str(x), Value::Str(y)) if op == BinaryOp::Ne => Some(Value::Bool(x != y)),
        _ => None,
    };
    let Some(result) = result else { return false };
    *a = result;
    stack.pop();
    true
}

/// The same with an int literal on the right.
#[inline]
pub(super) fn binary_int(op: BinaryOp, b: i32, stack: &mut [Value]) -> bool {
    let Some(a) = stack.last_mut() else {
        return false;
    };
    let result = match *a {
        Value::Int(x) => ints(op, x, b),
        Value::Byte(x) if op == BinaryOp::BitAnd => Some(Value::Int(i32::from(x) & b)),
        _ => None,
    };
    let Some(result) = result else { return false };
    *a = result;
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;
    use crate::ops::{arithmetic, bits};
    use crate::value::{Heap, compare};

    #[test]
    fn fast_and_general_operators_agree() {
        use BinaryOp as B;
        let mut heap = Heap::new(&Limits::default());
        for op in [
            B::Add,
            B::Sub,
            B::Mul,
            B::Div,
            B::Rem,
            B::BitAnd,
            B::BitOr,
            B::BitXor,
            B::Lt,
            B::Ge,
            B::Eq,
        ] {
            for x in [0, 1, -7, i32::MAX, i32::MIN] {
                for y in [1, -1, 3, i32::MAX, i32::MIN] {
                    let (a, b) = (Value::Int(x), Value::Int(y));
                    let Some(fast) = ints(op, x, y) else { continue };
                    let general = match op {
                        B::Add => arithmetic::add(&mut heap, &a, &b),
                        B::BitAnd | B::BitOr | B::BitXor => bits::bitwise(op, &a, &b),
                        B::Lt => compare::order(&a, &b)
                            .map(|o| Value::Bool(o.is_some_and(std::cmp::Ordering::is_lt))),
                        B::Ge => compare::order(&a, &b)
                            .map(|o| Value::Bool(o.is_some_and(std::cmp::Ordering::is_ge))),
                        B::Eq => compare::loosely_equal(&heap, &a, &b).map(Value::Bool),
                        _ => arithmetic::arithmetic(op, &a, &b),
                    };
                    let same = general
                        .is_ok_and(|g| compare::strictly_equal(&heap, &fast, &g) == Ok(true));
                    assert!(same, "{x} {op:?} {y}");
                }
            }
        }
    }
}
