//! Operators on the commonest operands, without the general rules behind them.
//!
//! Everything here gives exactly what the rest of `ops` gives; `None` and [`Quick::No`] mean "ask there".
//! Small results come back in registers: a whole [`Value`] that is written in parts and read at once costs
//! more than the operation.

use crate::syntax::ast::BinaryOp;
use crate::value::{Texts, Value};

/// The result of an operator.
pub(crate) enum Quick {
    Int(i32),
    Double(f64),
    Bool(bool),
    No,
}

/// Operators whose result on two ints is an int.
#[inline(always)]
pub(crate) fn ints(op: BinaryOp, a: i32, b: i32) -> Option<i32> {
    use BinaryOp as B;
    match op {
        B::Add => a.checked_add(b),
        B::Sub => a.checked_sub(b),
        B::Mul => a.checked_mul(b),
        B::Rem => a.checked_rem(b),
        B::BitAnd => Some(a & b),
        B::BitOr => Some(a | b),
        B::BitXor => Some(a ^ b),
        // Counts are taken modulo the width.
        B::Shl => Some(a.wrapping_shl(b as u32)),
        B::Shr => Some(a.wrapping_shr(b as u32)),
        B::Ushr => Some((a as u32).wrapping_shr(b as u32) as i32),
        _ => None,
    }
}

#[inline(always)]
fn doubles(op: BinaryOp, a: f64, b: f64) -> Option<f64> {
    use BinaryOp as B;
    Some(match op {
        B::Add => a + b,
        B::Sub => a - b,
        B::Mul => a * b,
        B::Div => a / b,
        _ => return None,
    })
}

#[inline(always)]
fn ordered<T: PartialOrd>(op: BinaryOp, a: T, b: T) -> Option<bool> {
    use BinaryOp as B;
    Some(match op {
        B::Eq => a == b,
        B::Ne => a != b,
        B::Lt => a < b,
        B::Gt => a > b,
        B::Le => a <= b,
        B::Ge => a >= b,
        _ => return None,
    })
}

/// A comparison of numbers, or of the equality of texts.
#[inline(always)]
pub(crate) fn compare(op: BinaryOp, texts: &Texts, a: &Value, b: &Value) -> Option<bool> {
    match (a, b) {
        (Value::Int(x), Value::Int(y)) => ordered(op, *x, *y),
        (Value::Double(x), Value::Double(y)) => ordered(op, *x, *y),
        (Value::Str(x), Value::Str(y)) => match op {
            BinaryOp::Eq => Some(texts.equal(*x, *y)),
            BinaryOp::Ne => Some(!texts.equal(*x, *y)),
            _ => None,
        },
        (Value::Double(x), Value::Int(y)) => ordered(op, *x, f64::from(*y)),
        (Value::Int(x), Value::Double(y)) => ordered(op, f64::from(*x), *y),
        _ => None,
    }
}

#[inline(always)]
pub(crate) fn compare_int(op: BinaryOp, a: &Value, n: i32) -> Option<bool> {
    match a {
        Value::Int(x) => ordered(op, *x, n),
        Value::Double(x) => ordered(op, *x, f64::from(n)),
        Value::Byte(x) => ordered(op, i32::from(*x), n),
        _ => None,
    }
}

#[inline(always)]
fn int_pair(op: BinaryOp, x: i32, y: i32) -> Quick {
    if let Some(n) = ints(op, x, y) {
        return Quick::Int(n);
    }
    if op == BinaryOp::Div {
        return Quick::Double(f64::from(x) / f64::from(y));
    }
    ordered(op, x, y).map_or(Quick::No, Quick::Bool)
}

#[inline(always)]
fn double_pair(op: BinaryOp, x: f64, y: f64) -> Quick {
    match doubles(op, x, y) {
        Some(x) => Quick::Double(x),
        None => ordered(op, x, y).map_or(Quick::No, Quick::Bool),
    }
}

#[inline(always)]
pub(crate) fn binary(op: BinaryOp, texts: &Texts, a: &Value, b: &Value) -> Quick {
    match (a, b) {
        (Value::Int(x), Value::Int(y)) => int_pair(op, *x, *y),
        (Value::Double(x), Value::Double(y)) => double_pair(op, *x, *y),
        (Value::Double(x), Value::Int(y)) => double_pair(op, *x, f64::from(*y)),
        (Value::Int(x), Value::Double(y)) => double_pair(op, f64::from(*x), *y),
        (Value::Byte(x), Value::Int(y)) if op == BinaryOp::BitAnd => Quick::Int(i32::from(*x) & y),
        (Value::Str(x), Value::Str(y)) => match op {
            BinaryOp::Eq => Quick::Bool(texts.equal(*x, *y)),
            BinaryOp::Ne => Quick::Bool(!texts.equal(*x, *y)),
            _ => Quick::No,
        },
        _ => Quick::No,
    }
}

/// The same with an int literal on the right.
#[inline(always)]
pub(crate) fn binary_int(op: BinaryOp, a: &Value, n: i32) -> Quick {
    match a {
        Value::Int(x) => int_pair(op, *x, n),
        Value::Double(x) => double_pair(op, *x, f64::from(n)),
        Value::Byte(x) if op == BinaryOp::BitAnd => Quick::Int(i32::from(*x) & n),
        _ => Quick::No,
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use super::*;
    use crate::error::Fault;
    use crate::limits::Limits;
    use crate::ops::{arithmetic, bits};
    use crate::value::{Heap, compare as general};

    fn slow(heap: &mut Heap, op: BinaryOp, a: &Value, b: &Value) -> Result<Value, Fault> {
        use BinaryOp as B;
        let order = |is: fn(Ordering) -> bool| {
            general::order(heap, a, b).map(|o| Value::Bool(o.is_some_and(is)))
        };
        match op {
            B::Add => arithmetic::add(heap, a, b),
            B::BitAnd | B::BitOr | B::BitXor | B::Shl | B::Shr | B::Ushr => bits::bitwise(op, a, b),
            B::Lt => order(Ordering::is_lt),
            B::Gt => order(Ordering::is_gt),
            B::Le => order(Ordering::is_le),
            B::Ge => order(Ordering::is_ge),
            B::Eq => general::loosely_equal(heap, a, b).map(Value::Bool),
            B::Ne => general::loosely_equal(heap, a, b).map(|equal| Value::Bool(!equal)),
            _ => arithmetic::arithmetic(heap, op, a, b),
        }
    }

    fn value(quick: Quick) -> Option<Value> {
        Some(match quick {
            Quick::Int(n) => Value::Int(n),
            Quick::Double(x) => Value::Double(x),
            Quick::Bool(b) => Value::Bool(b),
            Quick::No => return None,
        })
    }

    #[test]
    fn quick_and_general_operators_agree() {
        use BinaryOp as B;
        let mut heap = Heap::new(&Limits::default());
        let mut values: Vec<Value> = [0, 1, -7, 31, 33, i32::MAX, i32::MIN]
            .map(Value::Int)
            .to_vec();
        values.extend([0.0, -0.0, 2.5, -7.0, f64::NAN, f64::INFINITY, 1e300].map(Value::Double));
        values.extend([-128, 0, 127].map(Value::Byte));
        values.extend([
            heap.new_str("a"),
            heap.new_str("7"),
            Value::Null,
            Value::Bool(true),
        ]);
        let ops = [
            B::Add,
            B::Sub,
            B::Mul,
            B::Div,
            B::Rem,
            B::Shl,
            B::Shr,
            B::Ushr,
            B::BitAnd,
            B::BitOr,
            B::BitXor,
            B::Eq,
            B::Ne,
            B::Lt,
            B::Gt,
            B::Le,
            B::Ge,
        ];
        for op in ops {
            for a in &values {
                for b in &values {
                    let agree = |heap: &mut Heap, quick: Option<Value>| {
                        let Some(quick) = quick else { return };
                        let wanted = slow(heap, op, a, b);
                        let same = match (&quick, &wanted) {
                            (Value::Double(x), Ok(Value::Double(y))) => {
                                x.to_bits() == y.to_bits() || x.is_nan() && y.is_nan()
                            }
                            (quick, Ok(wanted)) => {
                                general::strictly_equal(heap, quick, wanted) == Ok(true)
                            }
                            _ => false,
                        };
                        assert!(same, "{a:?} {op:?} {b:?}: {quick:?}, not {wanted:?}");
                    };
                    let pair = value(binary(op, heap.texts(), a, b));
                    let order = compare(op, heap.texts(), a, b).map(Value::Bool);
                    let mut agree = |quick| agree(&mut heap, quick);
                    agree(pair);
                    agree(order);
                    if let Value::Int(n) = b {
                        agree(value(binary_int(op, a, *n)));
                        agree(compare_int(op, a, *n).map(Value::Bool));
                    }
                }
            }
        }
    }
}
