//! `+ - * / % **`, unary minus and stepping.
//!
//! Operands of one type stay in it (ints widen to long on overflow, `/` gives a double); operands of
//! different types meet as doubles and the result is truncated to the higher of the two types.

use smol_str::SmolStr;

use crate::error::Fault;
use crate::syntax::ast::BinaryOp;
use crate::value::convert::{f64_to_i32, f64_to_i64, number, numeric_text};
use crate::value::number::Digits;
use crate::value::{Big, Heap, Value, text, utf16};

/// The numeric types from low to high. Text that looks like a number ranks below all of them.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Rank {
    Text,
    Byte,
    Short,
    Int,
    Long,
    Big,
    Float,
    Double,
}

fn rank(heap: &Heap, value: &Value) -> Option<(Rank, f64)> {
    let rank = match value {
        Value::Byte(_) => Rank::Byte,
        Value::Short(_) => Rank::Short,
        Value::Int(_) => Rank::Int,
        Value::Long(_) => Rank::Long,
        Value::Big(_) => Rank::Big,
        Value::Float(_) => Rank::Float,
        Value::Double(_) => Rank::Double,
        Value::Str(s) => return numeric_text(heap.str(*s)).map(|x| (Rank::Text, x)),
        _ => return None,
    };
    Some((rank, number(heap, value)?))
}

pub(crate) fn add(heap: &mut Heap, a: &Value, b: &Value) -> Result<Value, Fault> {
    match (a, b) {
        (Value::Int(x), Value::Int(y)) => Ok(Value::integer(i64::from(*x) + i64::from(*y))),
        (Value::Double(x), Value::Double(y)) => Ok(Value::Double(x + y)),
        (Value::Str(_), _) | (_, Value::Str(_)) => concat(heap, a, b),
        (Value::List(x), Value::List(y)) => {
            let mut items = heap.list(*x).to_values();
            items.extend(heap.list(*y).iter());
            Ok(heap.new_list(items))
        }
        (Value::List(x), other) => {
            let mut items = heap.list(*x).to_values();
            items.push(*other);
            Ok(heap.new_list(items))
        }
        (Value::Char(x), Value::Char(y)) => {
            let text = heap
                .texts_mut()
                .add_pair(utf16::character(*x), utf16::character(*y));
            heap.count_text(text);
            Ok(Value::Str(text))
        }
        (Value::Char(_), other) | (other, Value::Char(_)) if number(heap, other).is_some() => Err(
            Fault::runtime("char-arithmetic", "a char and a number cannot be added")
                .hint("append '' to the char to get text"),
        ),
        _ => match numeric(heap, BinaryOp::Add, a, b)? {
            Some(sum) => Ok(sum),
            None => concat(heap, a, b),
        },
    }
}

fn concat(heap: &mut Heap, a: &Value, b: &Value) -> Result<Value, Fault> {
    let mut digits = Digits::default();
    let before = heap.texts().size();
    let joined = match (a, b) {
        (Value::Str(x), Value::Str(y)) => {
            heap.check_single(x.len() + y.len(), 1, "the joined text")?;
            heap.texts_mut().join_both(*x, *y)
        }
        (Value::Str(x), Value::Int(n)) => heap.texts_mut().join(*x, digits.of(*n)),
        (Value::Int(n), Value::Str(y)) => heap.texts_mut().join_before(digits.of(*n), *y),
        _ => {
            let mut out = String::new();
            text::write(heap, a, &mut out)?;
            text::write(heap, b, &mut out)?;
            return Ok(heap.new_str(out));
        }
    };
    // What was only appended to cost no more than that.
    let grown = heap.texts().size() - before;
    heap.charge(grown);
    heap.spend(grown / 16);
    Ok(Value::Str(joined))
}

/// Text concatenation of anything: the operator `#`.
pub(crate) fn append(heap: &mut Heap, a: &Value, b: &Value) -> Result<Value, Fault> {
    concat(heap, a, b)
}

/// `- * / %` and `+` on numbers. Null when an operand has no number in it.
pub(crate) fn arithmetic(heap: &Heap, op: BinaryOp, a: &Value, b: &Value) -> Result<Value, Fault> {
    if let (Value::Double(x), Value::Double(y)) = (a, b) {
        return Ok(Value::Double(double(op, *x, *y)));
    }
    if let (Value::Char(_), _) | (_, Value::Char(_)) = (a, b) {
        return Err(Fault::runtime("char-arithmetic", "a char is no number"));
    }
    Ok(numeric(heap, op, a, b)?.unwrap_or(Value::Null))
}

fn numeric(heap: &Heap, op: BinaryOp, a: &Value, b: &Value) -> Result<Option<Value>, Fault> {
    let (Some((rank_a, x)), Some((rank_b, y))) = (rank(heap, a), rank(heap, b)) else {
        return Ok(None);
    };
    if rank_a == rank_b {
        return same_type(op, a, b, rank_a, x, y).map(Some);
    }
    let result = double(op, x, y);
    let high = if rank_a > rank_b { rank_a } else { rank_b };
    Ok(Some(match high {
        Rank::Text | Rank::Byte | Rank::Short | Rank::Int => Value::Int(f64_to_i32(result)),
        Rank::Long => Value::Long(f64_to_i64(result)),
        Rank::Float => Value::Float(result as f32),
        Rank::Big | Rank::Double => Value::Double(result),
    }))
}

fn same_type(
    op: BinaryOp,
    a: &Value,
    b: &Value,
    rank: Rank,
    x: f64,
    y: f64,
) -> Result<Value, Fault> {
    use BinaryOp as B;
    if op == B::Div && !matches!(rank, Rank::Big) {
        return Ok(Value::Double(x / y));
    }
    match (a, b) {
        (Value::Long(x), Value::Long(y)) => Ok(Value::Long(match op {
            B::Add => x.wrapping_add(*y),
            B::Sub => x.wrapping_sub(*y),
            B::Mul => x.wrapping_mul(*y),
            _ => x
                .checked_rem(*y)
                .or(if *y == -1 { Some(0) } else { None })
                .ok_or_else(division_by_zero)?,
        })),
        (Value::Float(x), Value::Float(y)) => Ok(Value::Float(match op {
            B::Add => x + y,
            B::Sub => x - y,
            B::Mul => x * y,
            _ => x % y,
        })),
        (Value::Double(_), _) | (Value::Str(_), _) | (Value::Big(_), _) => {
            Ok(Value::Double(double(op, x, y)))
        }
        // Bytes, shorts and ints compute as ints; both sides are exact in a 64-bit integer.
        _ => {
            let (x, y) = (f64_to_i64(x), f64_to_i64(y));
            match op {
                B::Add => Ok(Value::integer(x + y)),
                B::Sub => Ok(Value::integer(x - y)),
                B::Mul => Ok(Value::integer(x * y)),
                _ => x
                    .checked_rem(y)
                    .map(Value::integer)
                    .ok_or_else(division_by_zero),
            }
        }
    }
}

fn double(op: BinaryOp, x: f64, y: f64) -> f64 {
    match op {
        BinaryOp::Add => x + y,
        BinaryOp::Sub => x - y,
        BinaryOp::Mul => x * y,
        BinaryOp::Div => x / y,
        BinaryOp::Pow => x.powf(y),
        _ => x % y,
    }
}

fn division_by_zero() -> Fault {
    Fault::runtime("division-by-zero", "division by zero")
}

/// `*` and `/` where both operands are known to be ints: 32-bit arithmetic.
pub(crate) fn static_int(heap: &Heap, op: BinaryOp, a: &Value, b: &Value) -> Result<Value, Fault> {
    match (a, b) {
        (Value::Int(x), Value::Int(y)) if op == BinaryOp::Div => {
            if *y == 0 {
                Err(division_by_zero())
            } else {
                Ok(Value::Int(x.wrapping_div(*y)))
            }
        }
        (Value::Int(x), Value::Int(y)) if op == BinaryOp::Mul => Ok(Value::Int(x.wrapping_mul(*y))),
        // The variable was given something else meanwhile.
        _ => arithmetic(heap, op, a, b),
    }
}

/// `Integer.MAX_VALUE + 1` stays the greatest int: integers of one type saturate here.
pub(crate) fn saturating(heap: &Heap, op: BinaryOp, a: &Value, b: &Value) -> Result<Value, Fault> {
    let (Some(x), Some(y)) = (number(heap, a), number(heap, b)) else {
        return arithmetic(heap, op, a, b);
    };
    match (a, b) {
        (Value::Int(_), Value::Int(_)) => Ok(Value::Int(f64_to_i32(double(op, x, y)))),
        (Value::Long(_), Value::Long(_)) => Ok(Value::Long(f64_to_i64(double(op, x, y)))),
        _ => arithmetic(heap, op, a, b),
    }
}

pub(crate) fn power(heap: &Heap, a: &Value, b: &Value) -> Result<Value, Fault> {
    let (Some((rank_a, x)), Some((rank_b, y))) = (rank(heap, a), rank(heap, b)) else {
        return Ok(Value::Null);
    };
    let result = x.powf(y);
    let high = if rank_a > rank_b { rank_a } else { rank_b };
    Ok(match high {
        Rank::Byte | Rank::Short | Rank::Int if result.abs() <= f64::from(i32::MAX) => {
            Value::Int(f64_to_i32(result))
        }
        Rank::Long if result.abs() < 9.223_372_036_854_776e18 => Value::Long(f64_to_i64(result)),
        Rank::Float => Value::Float(result as f32),
        _ => Value::Double(result),
    })
}

pub(crate) fn negate(heap: &mut Heap, value: &Value) -> Result<Value, Fault> {
    Ok(match value {
        Value::Null => Value::Null,
        Value::Int(n) => Value::Int(n.wrapping_neg()),
        Value::Long(n) => Value::Long(n.wrapping_neg()),
        Value::Float(x) => Value::Float(-x),
        Value::Double(x) => Value::Double(-x),
        Value::Short(n) => Value::Int(-i32::from(*n)),
        Value::Big(big) => {
            let text = heap.str(big.text);
            let text = match text.strip_prefix('-') {
                Some(positive) => positive.to_owned(),
                None => format!("-{text}"),
            };
            Value::Big(Big {
                text: heap.new_text(&text),
                decimal: big.decimal,
            })
        }
        other => {
            return Err(
                Fault::runtime("negate", format!("a {} has no negative", other.kind()))
                    .hint("write 0 - x for a byte"),
            );
        }
    })
}

/// `x++` and `x--`.
pub(crate) fn step(heap: &Heap, value: &Value, delta: i32) -> Result<Value, Fault> {
    let step = Value::Int(delta);
    match value {
        Value::Int(n) => Ok(Value::integer(i64::from(*n) + i64::from(delta))),
        Value::Byte(_) | Value::Short(_) | Value::Long(_) | Value::Float(_) | Value::Double(_) => {
            arithmetic(heap, BinaryOp::Add, value, &step)
        }
        other => Err(Fault::runtime(
            "step",
            format!("a {} cannot be counted up or down", other.kind()),
        )),
    }
}

/// A text that is a string already, without copying.
pub(crate) fn as_text(heap: &Heap, value: &Value) -> Result<SmolStr, Fault> {
    text::of(heap, value)
}
