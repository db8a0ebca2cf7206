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
    // BigDecimal knows neither NaN nor the infinities.
    let mut decimal = Decimal::from_f64(x)
        .ok_or_else(|| Fault::runtime("not-a-number", "the value is not a finite number"))?;
    decimal.round_half_up(places);
    Ok(Value::Double(decimal.to_f64()))
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
