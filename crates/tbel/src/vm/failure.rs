//! What failures of instructions tell.

use super::access;
use crate::compile::code::Function;
use crate::error::Fault;
use crate::hints;
use crate::value::Value;

pub(super) fn undefined(function: &Function, slot: u16) -> Fault {
    let name = function
        .slot_names
        .get(usize::from(slot))
        .map_or("", smol_str::SmolStr::as_str);
    Fault::runtime("unknown-name", format!("'{name}' is not defined"))
}

pub(super) fn boolean(value: &Value) -> Result<bool, Fault> {
    match value {
        Value::Bool(b) => Ok(*b),
        other => {
            let fault = Fault::runtime(
                "not-a-boolean",
                format!("expected true or false, got {}", other.kind()),
            );
            Err(fault.hint("compare the value, e.g. x != null or x > 0"))
        }
    }
}

pub(super) fn no_method(receiver: &Value, name: &str) -> Fault {
    if receiver.is_null() {
        return access::null_access(&format!("cannot call '{name}'"));
    }
    let fault = Fault::runtime(
        "unknown-method",
        format!("a {} has no method '{name}'", receiver.kind()),
    );
    let hint = match (receiver, name) {
        (Value::Str(_), "slice") => Some("use substring(from, to)"),
        _ => hints::method(name),
    };
    match hint {
        Some(hint) => fault.hint(hint),
        None => fault,
    }
}
