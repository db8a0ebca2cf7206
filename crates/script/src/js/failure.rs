//! JavaScript exceptions as errors for the person who wrote the script.

use rquickjs::{Ctx, Error, Object, Value as JsValue, atom::PredefinedAtom};

use super::{budget::Budget, result, source::FILE, source::Source, warm};
use crate::{Limits, ScriptError};

/// Longest message taken over from a script.
const MESSAGE_CHARS: usize = 1_000;

/// The error of a failed operation; takes the pending exception, if there is one.
pub(super) fn of(
    ctx: &Ctx<'_>,
    error: Error,
    source: &Source,
    budget: &Budget,
    limits: &Limits,
) -> ScriptError {
    let thrown = ctx.catch();
    let place = thrown.as_object().and_then(|object| place(object, source));
    let failure = classified(error, &thrown, source, limits);
    // Also when a getter of what was thrown used up the budget.
    match budget.spent() {
        // QuickJS does not note where it is at every jump and call: then it only knows the function's start.
        Some(spent) => ScriptError {
            place: place.filter(|place| *place != (1, 1)),
            ..spent.error(limits)
        },
        None => ScriptError { place, ..failure },
    }
}

fn classified(error: Error, thrown: &JsValue<'_>, source: &Source, limits: &Limits) -> ScriptError {
    match error {
        Error::Exception => described(thrown, source, limits),
        Error::Allocation | Error::Unknown => warm::no_memory(limits),
        // The wrapped text closed its function itself and left no function behind.
        Error::FromJs { .. } => {
            ScriptError::runtime("thrown", "the script closes a brace it did not open")
        }
        other => ScriptError::runtime("engine", other.to_string()),
    }
}

fn described(thrown: &JsValue<'_>, source: &Source, limits: &Limits) -> ScriptError {
    if let Some(object) = thrown.as_object() {
        let name = text(object, PredefinedAtom::Name).unwrap_or_default();
        let message = text(object, PredefinedAtom::Message);
        if object.is_error() {
            let message = message.unwrap_or_default();
            return match (name.as_str(), message.as_str()) {
                ("InternalError", text)
                    if text.starts_with("out of memory") || text == "string too long" =>
                {
                    warm::no_memory(limits)
                }
                ("RangeError" | "InternalError", text)
                    if text.contains("call stack") || text == "stack overflow" =>
                {
                    ScriptError::limit("call-depth", "the script nests calls too deeply")
                        .hint("look for a recursion that does not end")
                }
                ("" | "Error", "") => {
                    ScriptError::runtime("thrown", "the script threw an error without a message")
                }
                ("" | "Error", text) => thrown_text(text),
                (name, "") => thrown_text(name),
                (name, text) => thrown_text(&format!("{name}: {text}")),
            };
        }
        if let Some(message) = message.filter(|m| !m.is_empty()) {
            return thrown_text(&message);
        }
    }
    if let Some(string) = thrown.as_string().and_then(|s| s.to_string().ok()) {
        return thrown_text(&string);
    }
    // QuickJS throws null when there is no memory left even for an error.
    if thrown.is_null() && !source.throws() {
        return warm::no_memory(limits);
    }
    match result::preview(thrown, MESSAGE_CHARS) {
        Some(json) => thrown_text(&format!("the script threw {json}")),
        None => ScriptError::runtime("thrown", format!("the script threw {}", thrown.type_name())),
    }
}

fn thrown_text(message: &str) -> ScriptError {
    let end = message
        .char_indices()
        .nth(MESSAGE_CHARS)
        .map_or(message.len(), |(at, _)| at);
    ScriptError::runtime("thrown", message.get(..end).unwrap_or_default())
}

/// A member that is text already; nothing is converted, so that no code of the script runs for it.
fn text(object: &Object<'_>, name: PredefinedAtom) -> Option<String> {
    match object.get::<_, JsValue<'_>>(name) {
        Ok(value) => value.as_string().and_then(|s| s.to_string().ok()),
        Err(_) => {
            // A getter of the script threw: what it says replaces nothing.
            object.ctx().catch();
            None
        }
    }
}

/// The innermost place of the script in the error's stack: lines end in `(script.js:3:5)` or `at script.js:3:5`.
fn place(thrown: &Object<'_>, source: &Source) -> Option<(u32, u32)> {
    let stack = text(thrown, PredefinedAtom::Stack)?;
    stack.lines().find_map(|line| {
        let (_, at) = line.trim_end_matches(')').rsplit_once(FILE)?;
        let (line, column) = at.strip_prefix(':')?.split_once(':')?;
        Some(source.place(line.parse().ok()?, column.parse().ok()?))
    })
}
