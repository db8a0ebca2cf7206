//! What failures of instructions tell.

use super::{Vm, access};
use crate::compile::code::{Function, Unit};
use crate::error::Fault;
use crate::hints;
use crate::host::Host;
use crate::span::Span;
use crate::value::Value;

/// Why the loop stops: a failure and the instruction it happened at.
pub(super) struct Stop {
    pub(super) fault: Fault,
    pub(super) function: usize,
    pub(super) at: usize,
}

impl Vm {
    /// Runs the script whose arguments are on the stack; a failure has its place in the text.
    pub(super) fn execute(&mut self, unit: &Unit, host: &Host) -> Result<Value, (Fault, Span)> {
        self.missing = None;
        self.run_loop(unit, host).map_err(|stop| {
            let function = unit.functions.get(stop.function);
            let read = |slot: u16| {
                function.and_then(|f| f.reads.iter().find(|r| r.at == stop.at && r.slot == slot))
            };
            let span = self.missing.and_then(read).map(|r| r.span);
            let whole = || function.and_then(|f| f.spans.get(stop.at)).copied();
            (stop.fault, span.or_else(whole).unwrap_or_default())
        })
    }
}

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
