//! Reads a script's result straight from its objects, the way `JSON.stringify` sees them, and counts while
//! reading: a result that is cyclic, deep or large is an error before it costs memory of ours.

use std::sync::Arc;

use rquickjs::{
    Array, Atom, Coerced, Ctx, Error, Function, Object, String as JsString, Value as JsValue,
    atom::PredefinedAtom, function::This,
};

use crate::{Limits, ScriptError, Value};

/// Why reading stopped.
pub(super) enum Stop {
    /// The engine failed, perhaps with a pending exception (a getter threw, the budget is spent).
    Engine(Error),
    /// The result itself is not acceptable.
    Result(ScriptError),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Engine(error)
    }
}

/// The whole result; undefined (or a function) is null.
pub(super) fn read<'js>(value: &JsValue<'js>, limits: &Limits) -> Result<Value, Stop> {
    let mut reader = Reader {
        left: limits.result_chars,
        limits,
        path: Vec::new(),
    };
    Ok(reader.value(value, "")?.unwrap_or_default())
}

/// A short JSON form for messages; `None` when it has none.
pub(super) fn preview(value: &JsValue<'_>, chars: usize) -> Option<String> {
    let limits = Limits {
        result_chars: chars,
        ..Limits::js()
    };
    let mut reader = Reader {
        left: chars,
        limits: &limits,
        path: Vec::new(),
    };
    match reader.value(value, "") {
        Ok(read) => read.map(|value| value.to_string()),
        Err(_) => {
            value.ctx().catch();
            None
        }
    }
}

/// Text with the halves of surrogate pairs replaced.
fn well_formed(string: &JsString<'_>) -> rquickjs::Result<String> {
    let constructor: Object<'_> = string.ctx().globals().get(PredefinedAtom::String)?;
    let prototype: Object<'_> = constructor.get(PredefinedAtom::Prototype)?;
    let repair: Function<'_> = prototype.get("toWellFormed")?;
    repair
        .call::<_, JsString<'_>>((This(string.clone()),))?
        .to_string()
}

/// Whether not even a small object can be made.
pub(super) fn memory_is_short(ctx: &Ctx<'_>) -> bool {
    let short = Object::new(ctx.clone()).is_err();
    if short {
        ctx.catch();
    }
    short
}

struct Reader<'js, 'l> {
    /// Characters the result may still have.
    left: usize,
    limits: &'l Limits,
    /// The objects around the current one.
    path: Vec<Object<'js>>,
}

impl<'js> Reader<'js, '_> {
    /// `None` for what JSON does not have: undefined, functions, symbols.
    fn value(&mut self, value: &JsValue<'js>, key: &str) -> Result<Option<Value>, Stop> {
        if let Some(string) = value.as_string() {
            return Ok(Some(Value::Text(self.text(string)?)));
        }
        if let Some(object) = value.as_object() {
            return if value.is_function() {
                Ok(None)
            } else {
                self.object(object, key)
            };
        }
        self.charge(4)?;
        Ok(if let Some(int) = value.as_int() {
            Some(Value::Int(int.into()))
        } else if let Some(double) = value.as_float() {
            Some(number(double))
        } else if let Some(bool) = value.as_bool() {
            Some(Value::Bool(bool))
        } else if value.is_null() {
            Some(Value::Null)
        } else if value.is_big_int() {
            let Coerced(digits) = value.get::<Coerced<String>>()?;
            let int = digits
                .parse()
                .map_err(|_| Stop::Result(self.unfit(key, "is a BigInt beyond 64 bits")))?;
            Some(Value::Int(int))
        } else {
            None
        })
    }

    fn object(&mut self, object: &Object<'js>, key: &str) -> Result<Option<Value>, Stop> {
        if self.path.len() >= self.limits.depth {
            return Err(Stop::Result(self.too_deep(object, key)));
        }
        self.charge(2)?;
        let to_json: JsValue<'js> = object.get(PredefinedAtom::ToJSON)?;
        self.path.push(object.clone());
        let value = match to_json.into_function() {
            // Dates above all.
            Some(function) => {
                let plain: JsValue<'js> = function.call((This(object.clone()), key))?;
                match plain.as_object() {
                    Some(inner) => self.members(inner)?,
                    None => {
                        self.path.pop();
                        return self.value(&plain, key);
                    }
                }
            }
            None => self.members(object)?,
        };
        self.path.pop();
        Ok(Some(value))
    }

    fn members(&mut self, object: &Object<'js>) -> Result<Value, Stop> {
        if let Some(array) = object.as_array() {
            return self.items(array);
        }
        let keys = object.keys::<Atom<'js>>();
        let mut members = Vec::with_capacity(keys.len());
        for key in keys {
            let key = key?;
            let name = self.key(&key)?;
            let value: JsValue<'js> = object.get(key)?;
            if let Some(value) = self.value(&value, &name)? {
                members.push((name, value));
            }
        }
        Ok(Value::Map(members))
    }

    fn items(&mut self, array: &Array<'js>) -> Result<Value, Stop> {
        // Not `Array::len`, which does not expect more than 2^31.
        let length: JsValue<'js> = array.as_object().get(PredefinedAtom::Length)?;
        let length = length.as_number().unwrap_or_default() as usize;
        let mut items = Vec::with_capacity(length.min(64));
        for at in 0..length {
            self.charge(1)?;
            let item: JsValue<'js> = array.get(at)?;
            items.push(self.value(&item, "")?.unwrap_or_default());
        }
        Ok(Value::List(items))
    }

    /// Through a checked string: a key may be half of a surrogate pair.
    fn key(&mut self, key: &Atom<'js>) -> Result<Arc<str>, Stop> {
        self.charge(2)?;
        self.text(&key.to_js_string()?)
    }

    fn text(&mut self, string: &JsString<'js>) -> Result<Arc<str>, Stop> {
        let text = match string.to_string() {
            Ok(text) => text,
            Err(Error::Utf8(_)) => well_formed(string)?,
            Err(_) => {
                // QuickJS copies text to hand it over; there is no memory left for that.
                string.ctx().catch();
                return Err(Stop::Result(too_large(self.limits)));
            }
        };
        self.charge(text.chars().count() + 2)?;
        Ok(text.into())
    }

    fn charge(&mut self, chars: usize) -> Result<(), Stop> {
        match self.left.checked_sub(chars) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(Stop::Result(too_large(self.limits))),
        }
    }

    fn too_deep(&self, object: &Object<'js>, key: &str) -> ScriptError {
        if self.path.contains(object) {
            self.unfit(
                key,
                "refers back to an object it is part of, so the result never ends",
            )
        } else {
            ScriptError::limit(
                "value-depth",
                format!("the result is nested deeper than {}", self.limits.depth),
            )
        }
    }

    fn unfit(&self, key: &str, what: &str) -> ScriptError {
        let subject = if key.is_empty() {
            "the result".to_owned()
        } else {
            format!("member '{key}' of the result")
        };
        ScriptError::runtime("bad-result", format!("{subject} {what}"))
    }
}

fn too_large(limits: &Limits) -> ScriptError {
    ScriptError::limit(
        "result-size",
        format!(
            "the result is larger than {} characters of JSON",
            limits.result_chars
        ),
    )
}

fn number(value: f64) -> Value {
    // 2^63; below it every whole double is an i64.
    const WHOLE: f64 = 9_223_372_036_854_775_808.0;
    if !value.is_finite() {
        Value::Null
    } else if value.trunc() == value && value.abs() < WHOLE {
        Value::Int(value as i64)
    } else {
        Value::Double(value)
    }
}
