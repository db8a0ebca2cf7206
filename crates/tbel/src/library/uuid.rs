//! `java.util.UUID`, as text.

use super::Table;
use super::call::Call;
use crate::error::Fault;
use crate::value::Value;

pub(super) const STATICS: Table = &[("fromString", from_string), ("randomUUID", random)];

fn text_of(n: u128) -> String {
    let hex = format!("{n:032x}");
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or("");
    format!(
        "{}-{}-{}-{}-{}",
        part(0, 8),
        part(8, 12),
        part(12, 16),
        part(16, 20),
        part(20, 32)
    )
}

fn from_string(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 1)?;
    let text = call.str(0)?;
    let bad = || {
        Fault::runtime(
            "bad-uuid",
            format!("'{}' is not a UUID", super::string::printable(&text)),
        )
    };
    let parts: Vec<&str> = text.split('-').collect();
    let widths = [8usize, 4, 4, 4, 12];
    if parts.len() != widths.len() {
        return Err(bad());
    }
    let mut n = 0u128;
    for (part, width) in parts.iter().zip(widths) {
        if part.is_empty() || part.len() > width {
            return Err(bad());
        }
        n = n << (width * 4) | u128::from_str_radix(part, 16).map_err(|_| bad())?;
    }
    call.new_str(text_of(n))
}

/// From the run's seed, so that running again gives the same identifier.
fn random(call: &mut Call<'_>) -> Result<Value, Fault> {
    let n = u128::from(call.random.next()) << 64 | u128::from(call.random.next());
    let version = n & !(0xF << 76) | 4 << 76;
    let variant = version & !(0x3 << 62) | 0x2 << 62;
    call.new_str(text_of(variant))
}
