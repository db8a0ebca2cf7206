//! Rounding on the decimal text.

use super::Table;
use super::call::Call;
use crate::error::Fault;
use crate::value::Value;
use crate::value::convert::f64_to_i32;
use crate::value::number::Decimal;

pub(super) const BUILTINS: Table = &[("toFixed", to_fixed), ("toInt", to_int)];

/// Rounds half up at so many digits after the point; a float stays a float, anything else is a double.
fn to_fixed(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(2, 2)?;
    let places = call.int(1)?;
    if let Value::Float(x) = call.arg(0) {
        let Some(mut decimal) = Decimal::from_f32(*x) else {
            return Ok(Value::Float(*x));
        };
        decimal.round_half_up(places);
        return Ok(Value::Float(decimal.to_f64() as f32));
    }
    let x = call.double(0)?;
    if let Some(rounded) = quick(x, places) {
        return Ok(Value::Double(rounded));
    }
    // BigDecimal knows neither NaN nor the infinities.
    let mut decimal = Decimal::from_f64(x)
        .ok_or_else(|| Fault::runtime("not-a-number", "the value is not a finite number"))?;
    decimal.round_half_up(places);
    Ok(Value::Double(decimal.to_f64()))
}

/// The same without text, where that cannot differ: few digits, and not near the middle of two results.
fn quick(x: f64, places: i32) -> Option<f64> {
    const POWERS: [f64; 7] = [1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6];
    let power = *POWERS.get(usize::try_from(places).ok()?)?;
    let shifted = x.abs() * power;
    // What the product, and the shortest text of the number, are off by is less than a millionth then.
    if shifted.is_nan() || shifted >= 1e9 {
        return None;
    }
    let whole = shifted.floor();
    let part = shifted - whole;
    if (part - 0.5).abs() < 1e-6 {
        return None;
    }
    // A quotient of two exact numbers is the double that is nearest to the decimal text.
    let rounded = if part > 0.5 { whole + 1.0 } else { whole } / power;
    Some(rounded.copysign(x))
}

fn to_int(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 1)?;
    if let Value::Int(n) = call.arg(0) {
        return Ok(Value::Int(*n));
    }
    let x = call.double(0)?;
    let mut decimal = Decimal::from_f64(x)
        .ok_or_else(|| Fault::runtime("not-a-number", "the value is not a finite number"))?;
    decimal.round_half_up(0);
    Ok(Value::Int(f64_to_i32(decimal.to_f64())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_without_text_gives_the_same() {
        let mut seed = 1u64;
        let mut quick_ones = 0;
        for i in 0..20_000u32 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let n = (seed >> 40) as i32 - (1 << 23);
            let x = match i % 4 {
                0 => f64::from(n) / 10.0 - 100.0,
                1 => f64::from(n) / 1e3,
                2 => f64::from(n) * 1.05e-7,
                _ => f64::from_bits(seed),
            };
            for places in 0..=6 {
                let Some(quick) = quick(x, places) else {
                    continue;
                };
                quick_ones += 1;
                let mut decimal = Decimal::from_f64(x).expect("finite");
                decimal.round_half_up(places);
                assert_eq!(quick.to_bits(), decimal.to_f64().to_bits(), "{x} {places}");
            }
        }
        assert!(quick_ones > 50_000, "{quick_ones}");
        assert_eq!(quick(2.345, 2), None);
        assert_eq!(quick(f64::NAN, 1), None);
        assert_eq!(quick(f64::INFINITY, 1), None);
    }
}
