//! Telemetry and attribute values.

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::Millis;

/// Longest accepted key of a telemetry or attribute value, in characters.
pub const MAX_KEY_CHARS: usize = 255;

/// A stored value with its type. A number written `25.0` stays a double.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `true` or `false`.
    Bool(bool),
    /// A 64-bit integer.
    Long(i64),
    /// A double; never NaN or infinite.
    Double(f64),
    /// Text.
    Text(Arc<str>),
    /// An object or array, as compact JSON text.
    Json(Arc<str>),
}

impl Value {
    /// The value of a JSON member. `None` for null, which is "nothing to store". With `cast`, text
    /// that is exactly how a number prints becomes that number (`"42"`, not `"00123"`).
    #[must_use]
    pub fn from_json(json: &Json, cast: bool) -> Option<Self> {
        Some(match json {
            Json::Null => return None,
            Json::Bool(value) => Self::Bool(*value),
            Json::Number(number) => Self::from_number(number),
            Json::String(text) => {
                if cast && let Some(number) = cast_text(text) {
                    number
                } else {
                    Self::Text(text.as_str().into())
                }
            }
            Json::Array(_) | Json::Object(_) => Self::Json(json.to_string().into()),
        })
    }

    /// A value that came as text: a number where the text is exactly how that number prints.
    #[must_use]
    pub fn from_text(text: Arc<str>) -> Self {
        cast_text(&text).unwrap_or(Self::Text(text))
    }

    fn from_number(number: &serde_json::Number) -> Self {
        if let Some(long) = number.as_i64() {
            Self::Long(long)
        } else if let (false, Some(double)) = (number.is_u64(), number.as_f64()) {
            Self::Double(double)
        } else {
            // Beyond 64 bits: kept exactly, as text.
            Self::Text(number.to_string().into())
        }
    }

    /// The typed JSON form, as attributes and strict telemetry reads give it.
    #[must_use]
    pub fn to_json(&self) -> Json {
        match self {
            Self::Bool(value) => Json::Bool(*value),
            Self::Long(value) => Json::from(*value),
            Self::Double(value) => Json::from(*value),
            Self::Text(text) => Json::String(text.to_string()),
            Self::Json(text) => {
                serde_json::from_str(text).unwrap_or_else(|_| Json::String(text.to_string()))
            }
        }
    }

    /// The number for aggregation; `None` for text and JSON.
    #[must_use]
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Long(value) => Some(*value as f64),
            Self::Double(value) => Some(*value),
            Self::Bool(_) | Self::Text(_) | Self::Json(_) => None,
        }
    }
}

/// The text form, as untyped telemetry reads give it (`25.1`, `true`, JSON text).
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => value.fmt(f),
            Self::Long(value) => value.fmt(f),
            // `Debug` keeps the point of 25.0, `Display` would drop it.
            Self::Double(value) => write!(f, "{value:?}"),
            Self::Text(text) | Self::Json(text) => f.write_str(text),
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Long(value) => serializer.serialize_i64(*value),
            Self::Double(value) => serializer.serialize_f64(*value),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Json(_) => self.to_json().serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Json::deserialize(deserializer)?;
        Self::from_json(&json, false).ok_or_else(|| serde::de::Error::custom("null is no value"))
    }
}

/// Only text that prints the same again is a number: `"00123"` and `"1e3"` stay text.
fn cast_text(text: &str) -> Option<Value> {
    let first = text.as_bytes().first()?;
    if text.len() > 24 || !(first.is_ascii_digit() || *first == b'-') {
        return None;
    }
    if let Ok(long) = text.parse::<i64>() {
        return (long.to_string() == text).then_some(Value::Long(long));
    }
    let double = text
        .parse::<f64>()
        .ok()
        .filter(|double| double.is_finite())?;
    (format!("{double:?}") == text).then_some(Value::Double(double))
}

/// Who writes an attribute and who may read it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
pub enum AttributeScope {
    /// Set by the device or its integration.
    #[serde(rename = "CLIENT_SCOPE")]
    Client,
    /// Set by the server, readable by the device.
    #[serde(rename = "SHARED_SCOPE")]
    Shared,
    /// Set by the server, private.
    #[serde(rename = "SERVER_SCOPE")]
    Server,
}

impl AttributeScope {
    /// All scopes.
    pub const ALL: [Self; 3] = [Self::Client, Self::Shared, Self::Server];

    /// The JSON spelling.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Client => "CLIENT_SCOPE",
            Self::Shared => "SHARED_SCOPE",
            Self::Server => "SERVER_SCOPE",
        }
    }
}

impl FromStr for AttributeScope {
    type Err = UnknownScope;
    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        Self::ALL
            .into_iter()
            .find(|scope| scope.as_str() == text)
            .ok_or_else(|| UnknownScope(text.to_owned()))
    }
}

/// A text that is no attribute scope.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("unknown attribute scope {0}: use CLIENT_SCOPE, SHARED_SCOPE or SERVER_SCOPE")]
pub struct UnknownScope(pub String);

/// A value at a time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TsValue {
    /// Event time.
    pub ts: Millis,
    /// The value.
    pub value: Value,
}

/// Values that share one time: what a converter or a client sends for one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct TsValues {
    /// Event time.
    pub ts: Millis,
    /// Keys and values, in the order they came.
    pub values: Vec<(Arc<str>, Value)>,
}

/// A stored attribute as the REST API gives it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Attribute {
    /// Key.
    #[schema(value_type = String)]
    pub key: Arc<str>,
    /// Typed value.
    #[schema(value_type = Object)]
    pub value: Value,
    /// When it was last written.
    pub last_update_ts: Millis,
}

/// How points of one interval become one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Aggregation {
    /// Smallest (numbers by value, text by its order).
    Min,
    /// Largest.
    Max,
    /// Mean of the numbers.
    Avg,
    /// Sum of the numbers.
    Sum,
    /// Number of points.
    Count,
    /// The points themselves.
    #[default]
    None,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_kind() {
        let read = |text: &str| {
            Value::from_json(&serde_json::from_str(text).unwrap(), true)
                .map(|value| (value.to_string(), value))
        };
        assert_eq!(read("25.0"), Some(("25.0".into(), Value::Double(25.0))));
        assert_eq!(read("25"), Some(("25".into(), Value::Long(25))));
        assert_eq!(read("\"42\""), Some(("42".into(), Value::Long(42))));
        assert_eq!(
            read("\"00123\""),
            Some(("00123".into(), Value::Text("00123".into())))
        );
        assert_eq!(read("\"-0.5\""), Some(("-0.5".into(), Value::Double(-0.5))));
        assert_eq!(
            read("18446744073709551615").unwrap().1,
            Value::Text("18446744073709551615".into())
        );
        assert_eq!(read("null"), None);
        assert_eq!(read("{\"a\":[1,null]}").unwrap().0, "{\"a\":[1,null]}");
    }
}
