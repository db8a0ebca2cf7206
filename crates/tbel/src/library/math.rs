//! `Math` and `Random`.

use super::call::Call;
use super::{Constants, Table};
use crate::error::Fault;
use crate::library::classes::Class;
use crate::value::Value;
use crate::value::convert::{f64_to_i32, f64_to_i64, integer, number};

pub(super) const STATICS: Table = &[
    ("abs", abs),
    ("max", |c| two(c, |a, b| a.max(b), |a, b| a.max(b), f64_max)),
    ("min", |c| two(c, |a, b| a.min(b), |a, b| a.min(b), f64_min)),
    ("round", round),
    ("floor", |c| one(c, f64::floor)),
    ("ceil", |c| one(c, f64::ceil)),
    ("rint", |c| one(c, f64::round_ties_even)),
    ("sqrt", |c| one(c, f64::sqrt)),
    ("cbrt", |c| one(c, f64::cbrt)),
    ("exp", |c| one(c, f64::exp)),
    ("expm1", |c| one(c, f64::exp_m1)),
    ("log", |c| one(c, f64::ln)),
    ("log10", |c| one(c, f64::log10)),
    ("log1p", |c| one(c, f64::ln_1p)),
    ("sin", |c| one(c, f64::sin)),
    ("cos", |c| one(c, f64::cos)),
    ("tan", |c| one(c, f64::tan)),
    ("asin", |c| one(c, f64::asin)),
    ("acos", |c| one(c, f64::acos)),
    ("atan", |c| one(c, f64::atan)),
    ("sinh", |c| one(c, f64::sinh)),
    ("cosh", |c| one(c, f64::cosh)),
    ("tanh", |c| one(c, f64::tanh)),
    ("toRadians", |c| one(c, f64::to_radians)),
    ("toDegrees", |c| one(c, f64::to_degrees)),
    ("signum", signum),
    ("pow", |c| pair(c, f64::powf)),
    ("atan2", |c| pair(c, f64::atan2)),
    ("hypot", |c| pair(c, f64::hypot)),
    ("IEEEremainder", |c| {
        pair(c, |a, b| a - b * (a / b).round_ties_even())
    }),
    ("floorMod", |c| integers(c, i64::checked_rem_euclid_floor)),
    ("floorDiv", |c| integers(c, i64::checked_div_floor)),
    ("addExact", |c| integers(c, i64::checked_add)),
    ("subtractExact", |c| integers(c, i64::checked_sub)),
    ("multiplyExact", |c| integers(c, i64::checked_mul)),
    ("toIntExact", to_int_exact),
    ("negateExact", |c| negate_exact(c)),
    ("incrementExact", |c| step_exact(c, 1)),
    ("decrementExact", |c| step_exact(c, -1)),
    ("absExact", abs_exact),
    ("copySign", |c| pair(c, f64::copysign)),
    ("nextUp", |c| one(c, f64::next_up)),
    ("nextDown", |c| one(c, f64::next_down)),
    ("ulp", |c| {
        one(c, |x| {
            if x.is_infinite() {
                return f64::INFINITY;
            }
            let up = x.abs().next_up();
            if up.is_infinite() {
                x.abs() - x.abs().next_down()
            } else {
                up - x.abs()
            }
        })
    }),
    ("getExponent", get_exponent),
    ("scalb", scalb),
    ("fma", fma),
    ("random", |c| Ok(Value::Double(c.random.next_double()))),
];

pub(super) const RANDOM_METHODS: Table = &[
    ("nextInt", next_int),
    ("nextLong", |c| Ok(Value::Long(c.random.next() as i64))),
    ("nextDouble", |c| Ok(Value::Double(c.random.next_double()))),
    ("nextFloat", |c| {
        Ok(Value::Float(c.random.next_double() as f32))
    }),
    ("nextBoolean", |c| Ok(Value::Bool(c.random.next() & 1 == 1))),
];

/// Division that rounds down, as `Math.floorDiv` and `Math.floorMod` do.
trait Floor: Sized {
    fn checked_div_floor(self, other: Self) -> Option<Self>;
    fn checked_rem_euclid_floor(self, other: Self) -> Option<Self>;
}

impl Floor for i64 {
    fn checked_div_floor(self, other: Self) -> Option<Self> {
        let quotient = self.checked_div(other)?;
        let exact = self.checked_rem(other)? == 0;
        Some(if !exact && (self < 0) != (other < 0) {
            quotient - 1
        } else {
            quotient
        })
    }

    fn checked_rem_euclid_floor(self, other: Self) -> Option<Self> {
        let rest = self.checked_rem(other)?;
        Some(if rest != 0 && (rest < 0) != (other < 0) {
            rest + other
        } else {
            rest
        })
    }
}

pub(super) const CONSTANTS: Constants = &[
    ("PI", Value::Double(std::f64::consts::PI)),
    ("E", Value::Double(std::f64::consts::E)),
];

/// One more or less in the type of the argument.
fn step_exact(call: &mut Call<'_>, by: i64) -> Result<Value, Fault> {
    call.expect(1, 1)?;
    exact(call, |n| n.checked_add(by))
}

fn abs_exact(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 1)?;
    exact(call, i64::checked_abs)
}

fn exact(call: &Call<'_>, f: impl Fn(i64) -> Option<i64>) -> Result<Value, Fault> {
    let overflow = || Fault::runtime("arithmetic", "the result does not fit its type");
    if let Value::Long(n) = call.arg(0) {
        return f(*n).map(Value::Long).ok_or_else(overflow);
    }
    f(i64::from(call.int(0)?))
        .and_then(|n| i32::try_from(n).ok())
        .map(Value::Int)
        .ok_or_else(overflow)
}

fn one(call: &mut Call<'_>, f: fn(f64) -> f64) -> Result<Value, Fault> {
    call.expect(1, 1)?;
    Ok(Value::Double(f(call.double(0)?)))
}

fn pair(call: &mut Call<'_>, f: fn(f64, f64) -> f64) -> Result<Value, Fault> {
    call.expect(2, 2)?;
    Ok(Value::Double(f(call.double(0)?, call.double(1)?)))
}

fn f64_max(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() {
        f64::NAN
    } else {
        a.max(b)
    }
}

fn f64_min(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() {
        f64::NAN
    } else {
        a.min(b)
    }
}

/// The overload that a set of argument types selects.
#[derive(Clone, Copy, PartialEq)]
enum Overload {
    Int,
    Long,
    Float,
    Double,
}

fn kind(value: &Value) -> Option<Overload> {
    match value {
        Value::Int(_) | Value::Byte(_) | Value::Short(_) => Some(Overload::Int),
        Value::Long(_) => Some(Overload::Long),
        Value::Float(_) => Some(Overload::Float),
        Value::Double(_) => Some(Overload::Double),
        _ => None,
    }
}

/// Widening is only recognised from int to long and from float to double. With an integer and a floating
/// argument the candidates tie, and the first of int, long, float, double that fits one of them wins.
fn overload(a: &Value, b: &Value) -> Overload {
    use Overload::{Double, Float, Int, Long};
    match (kind(a), kind(b)) {
        (Some(x), Some(y)) if x == y => x,
        (Some(Int | Long), Some(Int | Long)) => Long,
        (Some(Float | Double), Some(Float | Double)) => Double,
        (Some(x @ (Int | Long)), _) | (_, Some(x @ (Int | Long))) => x,
        (Some(x), _) | (_, Some(x)) => x,
        (None, None) => Int,
    }
}

/// An argument coerced to an integer overload: fractions are cut off, but a text must be integral.
fn coerced(call: &Call<'_>, i: usize) -> Result<i64, Fault> {
    if let Value::Str(s) = call.arg(i) {
        let whole = call.heap.str(*s).trim().parse();
        return whole.map_err(|_| call.bad(i, "a whole number"));
    }
    let value = call.arg(i);
    integer(value)
        .or_else(|| number(call.heap, value).map(f64_to_i64))
        .ok_or_else(|| call.bad(i, "a number"))
}

fn two(
    call: &mut Call<'_>,
    ints: fn(i32, i32) -> i32,
    longs: fn(i64, i64) -> i64,
    doubles: fn(f64, f64) -> f64,
) -> Result<Value, Fault> {
    call.expect(2, 2)?;
    Ok(match overload(call.arg(0), call.arg(1)) {
        Overload::Int => Value::Int(ints(coerced(call, 0)? as i32, coerced(call, 1)? as i32)),
        Overload::Long => Value::Long(longs(coerced(call, 0)?, coerced(call, 1)?)),
        Overload::Float => Value::Float(doubles(call.double(0)?, call.double(1)?) as f32),
        Overload::Double => Value::Double(doubles(call.double(0)?, call.double(1)?)),
    })
}

fn abs(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 1)?;
    Ok(match call.arg(0) {
        Value::Long(n) => Value::Long(n.wrapping_abs()),
        Value::Float(x) => Value::Float(x.abs()),
        Value::Double(x) => Value::Double(x.abs()),
        _ => Value::Int((coerced(call, 0)? as i32).wrapping_abs()),
    })
}

/// Half up towards positive infinity.
fn round_half_up(x: f64) -> f64 {
    let floor = x.floor();
    if x - floor >= 0.5 { floor + 1.0 } else { floor }
}

/// Of a double to long, of a float (and, by the reference's choice of overload, a long) to int.
fn round(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 1)?;
    Ok(match call.arg(0) {
        Value::Float(x) => Value::Int(f64_to_i32(round_half_up(f64::from(*x)))),
        Value::Long(n) => Value::Int(f64_to_i32(f64::from(*n as f32))),
        _ => Value::Long(f64_to_i64(round_half_up(call.double(0)?))),
    })
}

/// The exponent without its bias; one less than the least for zero and what is below the normal numbers.
fn get_exponent(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 1)?;
    Ok(Value::Int(if let Value::Float(x) = call.arg(0) {
        ((x.to_bits() >> 23) & 0xFF) as i32 - 127
    } else {
        ((call.double(0)?.to_bits() >> 52) & 0x7FF) as i32 - 1023
    }))
}

/// Times a power of two, rounded once at most where the result is below the normal numbers.
fn scale(x: f64, by: i32) -> f64 {
    // Each factor is a normal number; further than this everything is infinite or zero.
    let mut by = by.clamp(-2_200, 2_200);
    let mut x = x;
    while by > 1_023 {
        x *= f64::from_bits((1_023 + 1_023) << 52);
        by -= 1_023;
    }
    // Downwards the exact steps come first, so that only the last one rounds.
    let rest = by % 512;
    let bias = |n: i32| u64::try_from(1_023 + n).unwrap_or(0) << 52;
    if by < -1_022 {
        x *= f64::from_bits(bias(rest));
        let mut left = by - rest;
        while left < 0 {
            x *= f64::from_bits(bias(-512));
            left += 512;
        }
        return x;
    }
    x * f64::from_bits(bias(by))
}

fn scalb(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(2, 2)?;
    let by = call.int(1)?;
    let scaled = scale(call.double(0)?, by);
    Ok(if matches!(call.arg(0), Value::Float(_)) {
        Value::Float(scaled as f32)
    } else {
        Value::Double(scaled)
    })
}

fn fma(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(3, 3)?;
    let [a, b, c] = [call.double(0)?, call.double(1)?, call.double(2)?];
    if call.args.iter().all(|v| matches!(v, Value::Float(_))) {
        return Ok(Value::Float((a as f32).mul_add(b as f32, c as f32)));
    }
    Ok(Value::Double(a.mul_add(b, c)))
}

fn signum(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 1)?;
    let x = call.double(0)?;
    let sign = if x == 0.0 || x.is_nan() {
        x
    } else {
        x.signum()
    };
    Ok(if matches!(call.arg(0), Value::Float(_)) {
        Value::Float(sign as f32)
    } else {
        Value::Double(sign)
    })
}

fn integers(call: &mut Call<'_>, f: fn(i64, i64) -> Option<i64>) -> Result<Value, Fault> {
    call.expect(2, 2)?;
    let both_int = overload(call.arg(0), call.arg(1)) == Overload::Int;
    let (a, b) = (coerced(call, 0)?, coerced(call, 1)?);
    let overflow = || {
        Fault::runtime(
            "arithmetic",
            "the result does not fit, or the divisor is zero",
        )
    };
    let result = f(a, b).ok_or_else(overflow)?;
    if both_int {
        i32::try_from(result)
            .map(Value::Int)
            .map_err(|_| overflow())
    } else {
        Ok(Value::Long(result))
    }
}

fn to_int_exact(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 1)?;
    i32::try_from(coerced(call, 0)?)
        .map(Value::Int)
        .map_err(|_| Fault::runtime("arithmetic", "the number does not fit an int"))
}

fn negate_exact(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 1)?;
    crate::ops::arithmetic::negate(call.heap, call.arg(0))
}

/// Generators share the run's seed; only how many numbers were drawn before makes a difference.
pub(super) fn construct_random(_: &mut Call<'_>) -> Result<Value, Fault> {
    Ok(Value::Class(Class::Random))
}

fn next_int(call: &mut Call<'_>) -> Result<Value, Fault> {
    let n = call.random.next();
    if call.count() < 2 {
        return Ok(Value::Int(n as i32));
    }
    let bound = u64::try_from(call.int(1)?)
        .ok()
        .filter(|b| *b > 0)
        .ok_or_else(|| Fault::runtime("argument-value", "the bound must be positive"))?;
    Ok(Value::Int((n % bound) as i32))
}
