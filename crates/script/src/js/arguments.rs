//! Arguments as JavaScript values, counted while they are built.

use rquickjs::{
    Ctx, Error, Function, Object, String as JsString, Value as JsValue, function::Args,
    object::Property,
};
use serde_json::Value as Json;

use crate::{Argument, Limits, ScriptError};

/// Why an argument was not built.
pub(super) enum Stop {
    Engine(Error),
    Argument(ScriptError),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Engine(error)
    }
}

pub(super) struct Builder<'js, 'l> {
    pub(super) ctx: Ctx<'js>,
    /// `Array.of` as it was before the script could patch it.
    pub(super) array_of: Function<'js>,
    pub(super) limits: &'l Limits,
    /// Characters the arguments may still have.
    pub(super) left: usize,
}

impl<'js> Builder<'js, '_> {
    pub(super) fn argument(&mut self, argument: &Argument<'_>) -> Result<JsValue<'js>, Stop> {
        match *argument {
            Argument::Null => Ok(JsValue::new_null(self.ctx.clone())),
            Argument::Bytes(bytes) => self.bytes(bytes),
            Argument::Text(text) => self.text(text),
            Argument::Json(json) => self.json(json, self.limits.depth),
            Argument::JsonText(text) => {
                self.charge(text)?;
                self.ctx.json_parse(text).map_err(|_| {
                    self.ctx.catch();
                    Stop::Argument(ScriptError::runtime(
                        "bad-argument",
                        "an argument is no JSON text",
                    ))
                })
            }
            Argument::StringMap(members) => {
                let object = Object::new(self.ctx.clone())?;
                for &(key, value) in members {
                    let value = self.text(value)?;
                    self.member(&object, key, value)?;
                }
                Ok(object.into_value())
            }
        }
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<JsValue<'js>, Stop> {
        self.take(bytes.len())?;
        let mut items = Args::new(self.ctx.clone(), bytes.len());
        for &byte in bytes {
            items.push_arg(i32::from(byte))?;
        }
        Ok(self.array_of.call_arg(items)?)
    }

    fn text(&mut self, text: &str) -> Result<JsValue<'js>, Stop> {
        self.charge(text)?;
        Ok(JsString::from_str(self.ctx.clone(), text)?.into_value())
    }

    fn json(&mut self, json: &Json, depth: usize) -> Result<JsValue<'js>, Stop> {
        self.take(1)?;
        let deeper = || {
            let error = || {
                Stop::Argument(ScriptError::limit(
                    "value-depth",
                    "an argument is nested too deeply",
                ))
            };
            depth.checked_sub(1).ok_or_else(error)
        };
        let ctx = self.ctx.clone();
        Ok(match json {
            Json::Null => JsValue::new_null(ctx),
            Json::Bool(value) => JsValue::new_bool(ctx, *value),
            Json::Number(number) => match number.as_i64().and_then(|int| i32::try_from(int).ok()) {
                Some(int) => JsValue::new_int(ctx, int),
                None => JsValue::new_number(ctx, number.as_f64().unwrap_or(f64::NAN)),
            },
            Json::String(text) => self.text(text)?,
            Json::Array(items) => {
                let depth = deeper()?;
                let mut values = Args::new(ctx, items.len());
                for item in items {
                    values.push_arg(self.json(item, depth)?)?;
                }
                self.array_of.call_arg(values)?
            }
            Json::Object(members) => {
                let depth = deeper()?;
                let object = Object::new(ctx)?;
                for (key, value) in members {
                    let value = self.json(value, depth)?;
                    self.member(&object, key, value)?;
                }
                object.into_value()
            }
        })
    }

    fn member(&mut self, object: &Object<'js>, key: &str, value: JsValue<'js>) -> Result<(), Stop> {
        self.charge(key)?;
        if key == "__proto__" {
            // A plain member like any other, as in JSON.parse: setting it would change the prototype.
            object.prop(
                key,
                Property::from(value).writable().enumerable().configurable(),
            )?;
        } else {
            object.set(key, value)?;
        }
        Ok(())
    }

    fn charge(&mut self, text: &str) -> Result<(), Stop> {
        // Bytes are at least as many as characters: count only when they do not fit.
        if text.len() <= self.left {
            self.left -= text.len();
            return Ok(());
        }
        self.take(text.chars().count())
    }

    fn take(&mut self, chars: usize) -> Result<(), Stop> {
        match self.left.checked_sub(chars) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(Stop::Argument(ScriptError::limit(
                "arguments-size",
                format!(
                    "the arguments are larger than {} characters",
                    self.limits.argument_chars
                ),
            ))),
        }
    }
}
