//! `java.util.UUID`, as text.

use super::bytes::bytes_of;
use super::call::Call;
use super::{Table, md5};
use crate::error::Fault;
use crate::value::Value;

pub(super) const STATICS: Table = &[
    ("fromString", from_string),
    ("randomUUID", random),
    ("nameUUIDFromBytes", of_bytes),
];

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
    call.new_str(text_of(versioned(n, 4)))
}

/// The same identifier for the same bytes: version 3.
fn of_bytes(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 1)?;
    let bytes = bytes_of(call, 0)?;
    call.heap.spend(bytes.len() / 4);
    let n = u128::from_be_bytes(md5::digest(&bytes));
    call.new_str(text_of(versioned(n, 3)))
}

fn versioned(n: u128, version: u128) -> u128 {
    let n = n & !(0xF << 76) | version << 76;
    n & !(0x3 << 62) | 0x2 << 62
}
