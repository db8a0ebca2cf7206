//! Exceptions as objects. Nothing throws or catches them: `raiseError` ends a script.

use super::Table;
use super::call::Call;
use crate::error::Fault;
use crate::value::{Object, Value};

pub(super) const PROPERTIES: Table = &[("message", message)];

pub(super) const METHODS: Table = &[("getMessage", message), ("getLocalizedMessage", message)];

pub(super) fn construct(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(0, 1)?;
    let message = match call.arg(0) {
        Value::Null => None,
        _ => Some(call.own_str(0)?),
    };
    Ok(call.heap.new_object(Object::Exception(message)))
}

fn message(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect_method(0, 0)?;
    match call.arg(0) {
        Value::Object(id) => match call.heap.object(*id) {
            Object::Exception(Some(message)) => {
                let message = message.clone();
                call.new_str(message)
            }
            _ => Ok(Value::Null),
        },
        _ => Err(call.bad(0, "an exception")),
    }
}
