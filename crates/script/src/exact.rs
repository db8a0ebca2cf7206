//! Results as JSON text in which numbers of any size stay numbers.

use serde::{
    Serialize, Serializer,
    ser::{Error, SerializeMap, SerializeSeq},
};
use serde_json::value::RawValue;
use tbel::Output;

use crate::{ScriptError, Value};

/// JSON text of a result.
pub(crate) fn of_value(value: &Value) -> Result<Box<RawValue>, ScriptError> {
    serde_json::value::to_raw_value(value).map_err(|error| no_json(&error))
}

/// The same of TBEL's own result, whose doubles keep their point (`25.0`).
pub(crate) fn of_output(output: &Output) -> Result<Box<RawValue>, ScriptError> {
    serde_json::value::to_raw_value(&Exact(output)).map_err(|error| no_json(&error))
}

fn no_json(error: &serde_json::Error) -> ScriptError {
    ScriptError::runtime("no-json", format!("the result has no JSON form: {error}"))
}

struct Exact<'o>(&'o Output);

impl Serialize for Exact<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Output::Null => serializer.serialize_unit(),
            Output::Bool(value) => serializer.serialize_bool(*value),
            Output::Int(value) => serializer.serialize_i32(*value),
            Output::Long(value) => serializer.serialize_i64(*value),
            // The shortest decimal that is this float: 25.1f is 25.1.
            Output::Float(value) => serializer.serialize_f32(*value),
            Output::Double(value) => serializer.serialize_f64(*value),
            Output::Big(digits) => RawValue::from_string(digits.to_string())
                .map_err(S::Error::custom)?
                .serialize(serializer),
            Output::Str(text) => serializer.serialize_str(text),
            Output::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(&Exact(item))?;
                }
                list.end()
            }
            Output::Map(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (key, value) in members {
                    map.serialize_entry(key.as_str(), &Exact(value))?;
                }
                map.end()
            }
        }
    }
}
