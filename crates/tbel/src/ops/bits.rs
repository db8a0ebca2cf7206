//! `& | ^ ~ << >> >>>`.

use crate::error::Fault;
use crate::syntax::ast::BinaryOp;
use crate::value::Value;

enum Operand {
    Byte(i8),
    Int(i32),
    Long(i64),
    Floating,
}

fn operand(value: &Value) -> Option<Operand> {
    Some(match value {
        Value::Bool(b) => Operand::Int(i32::from(*b)),
        Value::Byte(n) => Operand::Byte(*n),
        Value::Short(n) => Operand::Int(i32::from(*n)),
        Value::Int(n) => Operand::Int(*n),
        Value::Long(n) => Operand::Long(*n),
        Value::Float(_) | Value::Double(_) => Operand::Floating,
        _ => return None,
    })
}

/// The bitwise and shift operators. Bytes are sign-extended; two bytes must be masked first.
pub(crate) fn bitwise(op: BinaryOp, a: &Value, b: &Value) -> Result<Value, Fault> {
    if let (Value::Int(x), Value::Int(y)) = (a, b) {
        return Ok(Value::Int(ints(op, *x, i64::from(*y))));
    }
    let (Some(x), Some(y)) = (operand(a), operand(b)) else {
        let message = format!(
            "bitwise operators do not take a {} and a {}",
            a.kind(),
            b.kind()
        );
        return Err(Fault::runtime("bitwise", message));
    };
    Ok(match (x, y) {
        (Operand::Byte(_), Operand::Byte(_)) => {
            return Err(
                Fault::runtime("bitwise", "two bytes cannot be combined bit by bit")
                    .hint("mask them first: (a & 0xFF) | b"),
            );
        }
        (Operand::Floating, Operand::Floating) => {
            return Err(
                Fault::runtime("bitwise", "bitwise operators need whole numbers")
                    .hint("cast with (int) x"),
            );
        }
        (Operand::Floating, _) | (_, Operand::Floating) => Value::Null,
        (Operand::Long(x), y) => Value::Long(longs(op, x, widened(y))),
        (x, Operand::Long(y)) if is_shift(op) => Value::Int(ints(op, narrow(x), y)),
        (x, Operand::Long(y)) => Value::Long(longs(op, widened(x), y)),
        (x, y) => Value::Int(ints(op, narrow(x), widened(y))),
    })
}

fn is_shift(op: BinaryOp) -> bool {
    matches!(op, BinaryOp::Shl | BinaryOp::Shr | BinaryOp::Ushr)
}

fn narrow(x: Operand) -> i32 {
    match x {
        Operand::Byte(n) => i32::from(n),
        Operand::Int(n) => n,
        Operand::Long(_) | Operand::Floating => 0,
    }
}

fn widened(x: Operand) -> i64 {
    match x {
        Operand::Byte(n) => i64::from(n),
        Operand::Int(n) => i64::from(n),
        Operand::Long(n) => n,
        Operand::Floating => 0,
    }
}

fn ints(op: BinaryOp, x: i32, y: i64) -> i32 {
    // Counts are taken modulo the width; only the low bits of y matter, whatever its sign.
    let low = y as i32;
    let count = low as u32;
    match op {
        BinaryOp::BitAnd => x & low,
        BinaryOp::BitOr => x | low,
        BinaryOp::BitXor => x ^ low,
        BinaryOp::Shl => x.wrapping_shl(count),
        BinaryOp::Shr => x.wrapping_shr(count),
        _ => (x as u32).wrapping_shr(count) as i32,
    }
}

fn longs(op: BinaryOp, x: i64, y: i64) -> i64 {
    let count = y as u32;
    match op {
        BinaryOp::BitAnd => x & y,
        BinaryOp::BitOr => x | y,
        BinaryOp::BitXor => x ^ y,
        BinaryOp::Shl => x.wrapping_shl(count),
        BinaryOp::Shr => x.wrapping_shr(count),
        _ => (x as u64).wrapping_shr(count) as i64,
    }
}

pub(crate) fn complement(value: &Value) -> Result<Value, Fault> {
    match value {
        Value::Int(n) => Ok(Value::Int(!n)),
        Value::Byte(n) => Ok(Value::Int(!i32::from(*n))),
        Value::Short(n) => Ok(Value::Int(!i32::from(*n))),
        other => Err(Fault::runtime(
            "complement",
            format!("'~' needs an int, not a {}", other.kind()),
        )),
    }
}
