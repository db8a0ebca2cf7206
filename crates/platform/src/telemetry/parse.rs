//! The JSON forms of telemetry and attributes, as REST clients and rule chains send them.

use std::sync::Arc;

use millrace_model::{
    Millis, Value,
    telemetry::{MAX_KEY_CHARS, TsValues},
};
use serde_json::{Map, Value as Json};

use crate::{PlatformError, Result};

/// Furthest time from 1970 that calendars on both sides understand.
const MAX_TS: Millis = 8_640_000_000_000_000;

/// Reads `{"key": value}`, `{"ts": ms, "values": {…}}`, or an array of either. Values without a
/// time get `default_ts`. Text that is exactly how a number prints becomes that number.
///
/// # Errors
/// Names the member that is no telemetry: not an object, a wrong time, a null, or a key that is
/// empty or too long.
pub fn parse_telemetry(json: &Json, default_ts: Millis) -> Result<Vec<TsValues>> {
    match json {
        Json::Array(parts) => {
            let mut all = Vec::with_capacity(parts.len());
            for (index, part) in parts.iter().enumerate() {
                all.push(parse_part(part, default_ts, &format!("[{index}]"))?);
            }
            Ok(all)
        }
        part => Ok(vec![parse_part(part, default_ts, "")?]),
    }
    .map(|mut all| {
        all.retain(|part| !part.values.is_empty());
        all
    })
}

/// Reads `{"key": value}`.
///
/// # Errors
/// Names the member that is no attribute: a null, or a key that is empty or too long.
pub fn parse_attributes(json: &Json) -> Result<Vec<(Arc<str>, Value)>> {
    parse_values(object(json, "")?, "")
}

fn parse_part(json: &Json, default_ts: Millis, path: &str) -> Result<TsValues> {
    let members = object(json, path)?;
    if let (Some(ts), Some(values)) = (members.get("ts"), members.get("values")) {
        let values_path = join(path, "values");
        return Ok(TsValues {
            ts: parse_ts(ts, &join(path, "ts"))?,
            values: parse_values(object(values, &values_path)?, &values_path)?,
        });
    }
    Ok(TsValues {
        ts: default_ts,
        values: parse_values(members, path)?,
    })
}

fn object<'a>(json: &'a Json, path: &str) -> Result<&'a Map<String, Json>> {
    let name = if path.is_empty() { "body" } else { path };
    json.as_object().ok_or_else(|| {
        let message = format!(
            "{name}: expected an object of keys and values, got {}",
            kind(json)
        );
        PlatformError::invalid(path, message)
    })
}

fn parse_ts(json: &Json, path: &str) -> Result<Millis> {
    let ts = match json {
        Json::Number(number) => number.as_i64().or_else(|| {
            let double = number.as_f64()?;
            (double.fract() == 0.0 && double.abs() <= MAX_TS as f64).then_some(double as Millis)
        }),
        Json::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    ts.filter(|ts| (-MAX_TS..=MAX_TS).contains(ts))
        .ok_or_else(|| {
            let message = format!(
                "{path}: expected milliseconds since 1970, got {}",
                short(json)
            );
            PlatformError::invalid(path, message)
        })
}

fn parse_values(members: &Map<String, Json>, path: &str) -> Result<Vec<(Arc<str>, Value)>> {
    let mut values = Vec::with_capacity(members.len());
    for (key, json) in members {
        let wrong = |what: &str| {
            let shown: String = key.chars().take(40).collect();
            let field = join(path, &shown);
            let message = format!("{field}: {what}");
            PlatformError::invalid(field, message)
        };
        if key.trim().is_empty() {
            return Err(wrong("a key must not be empty"));
        }
        // Bytes bound characters, which are slower to count.
        if key.len() > MAX_KEY_CHARS && key.chars().count() > MAX_KEY_CHARS {
            return Err(wrong(&format!(
                "a key must not be longer than {MAX_KEY_CHARS} characters"
            )));
        }
        let value = Value::from_json(json, true)
            .ok_or_else(|| wrong("null is no value: leave the key out"))?;
        values.push((Arc::from(key.as_str()), value));
    }
    Ok(values)
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

fn kind(json: &Json) -> &'static str {
    match json {
        Json::Null => "null",
        Json::Bool(_) => "a boolean",
        Json::Number(_) => "a number",
        Json::String(_) => "a text",
        Json::Array(_) => "an array",
        Json::Object(_) => "an object",
    }
}

fn short(json: &Json) -> String {
    match json {
        Json::Number(_) | Json::String(_) => json.to_string().chars().take(40).collect(),
        other => kind(other).to_owned(),
    }
}
