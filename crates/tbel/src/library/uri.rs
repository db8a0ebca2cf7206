//! `encodeURI` and `decodeURI`.

use super::Table;
use super::call::Call;
use crate::error::Fault;
use crate::value::Value;

pub(super) const BUILTINS: Table = &[("encodeURI", encode), ("decodeURI", decode)];

fn is_kept(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b";,/?:@&=+$-_.!~*'()#".contains(&b)
}

fn encode(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 1)?;
    let mut out = String::new();
    for b in call.str(0)?.bytes() {
        if is_kept(b) {
            out.push(char::from(b));
        } else {
            out.push('%');
            out.push_str(&super::hex::upper(&[b]));
        }
    }
    call.new_str(out)
}

fn decode(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 1)?;
    let text = call.str(0)?;
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(b) = bytes.next() {
        if b != b'%' {
            out.push(b);
            continue;
        }
        let mut digit = || bytes.next().and_then(|b| char::from(b).to_digit(16));
        match (digit(), digit()) {
            (Some(high), Some(low)) => out.push((high * 16 + low) as u8),
            _ => {
                return Err(Fault::runtime(
                    "bad-escape",
                    "'%' must be followed by two hexadecimal digits",
                ));
            }
        }
    }
    let decoded = String::from_utf8_lossy(&out).into_owned();
    call.new_str(decoded)
}
