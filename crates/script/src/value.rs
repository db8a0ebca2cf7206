//! Results: what a script gives back, as an owned plain tree.

use std::{fmt, sync::Arc};

use serde::{
    Serialize, Serializer,
    ser::{SerializeMap, SerializeSeq},
};

/// A result. Text and keys are shared, so that they move into stored values without a copy.
///
/// Never deeper than [`crate::Limits::depth`]. JavaScript: members that are undefined vanish, whole numbers
/// are [`Value::Int`], NaN and the infinities are [`Value::Null`] (as in JSON). TBEL: `25.0` stays a
/// [`Value::Double`], NaN and the infinities are text.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// Null, or no result at all.
    #[default]
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A floating-point number, always finite.
    Double(f64),
    /// A string.
    Text(Arc<str>),
    /// A list.
    List(Vec<Value>),
    /// An object in the script's order; keys are unique.
    Map(Vec<(Arc<str>, Value)>),
}

impl Value {
    /// The member of a map. `None` when this is no map or has no such member.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(members) => members
                .iter()
                .find(|(name, _)| &**name == key)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text of a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// True for null.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The same as a JSON value.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Bool(value) => (*value).into(),
            Self::Int(value) => (*value).into(),
            Self::Double(value) => (*value).into(),
            Self::Text(text) => (&**text).into(),
            Self::List(items) => items.iter().map(Self::to_json).collect::<Vec<_>>().into(),
            Self::Map(members) => members
                .iter()
                .map(|(key, value)| (key.to_string(), value.to_json()))
                .collect::<serde_json::Map<_, _>>()
                .into(),
        }
    }
}

impl From<&serde_json::Value> for Value {
    fn from(json: &serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Bool(*value),
            serde_json::Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(int), _) => Self::Int(int),
                (None, Some(double)) => Self::Double(double),
                (None, None) => Self::Text(number.to_string().into()),
            },
            serde_json::Value::String(text) => Self::Text(text.as_str().into()),
            serde_json::Value::Array(items) => Self::List(items.iter().map(Self::from).collect()),
            serde_json::Value::Object(members) => Self::Map(
                members
                    .iter()
                    .map(|(key, value)| (key.as_str().into(), Self::from(value)))
                    .collect(),
            ),
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Int(value) => serializer.serialize_i64(*value),
            Self::Double(value) => serializer.serialize_f64(*value),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(item)?;
                }
                list.end()
            }
            Self::Map(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (key, value) in members {
                    map.serialize_entry(&**key, value)?;
                }
                map.end()
            }
        }
    }
}

/// Compact JSON; doubles keep their point (`25.0`).
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_compact_json_and_keeps_the_point_of_doubles() {
        let value = Value::Map(vec![
            (
                "a".into(),
                Value::List(vec![Value::Double(25.0), Value::Int(25), Value::Null]),
            ),
            ("q\"".into(), Value::Text("\n".into())),
        ]);
        assert_eq!(value.to_string(), r#"{"a":[25.0,25,null],"q\"":"\n"}"#);
        assert_eq!(Value::from(&value.to_json()), value);
    }
}
