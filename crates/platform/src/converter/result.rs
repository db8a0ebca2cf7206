//! Reads what an uplink script returned.

use std::{fmt, sync::Arc};

use millrace_model::{
    Millis, Value as Stored,
    telemetry::{MAX_KEY_CHARS, TsValues},
};
use millrace_script::Value;

/// What kind of entity an uplink is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntityKind {
    /// A device.
    Device,
    /// An asset.
    Asset,
}

/// One entity of a result, and what to store for it.
#[derive(Debug, Clone, PartialEq)]
pub struct UplinkEntity {
    /// Device or asset.
    pub kind: EntityKind,
    /// Its name.
    pub name: Arc<str>,
    /// Its profile, for the case that it is new.
    pub profile: Arc<str>,
    /// Its label, for the case that it is new.
    pub label: Option<Arc<str>>,
    /// Its customer, for the case that it is new.
    pub customer: Option<Arc<str>>,
    /// A group it joins, for the case that it is new.
    pub group: Option<Arc<str>>,
    /// Client attributes.
    pub attributes: Vec<(Arc<str>, Stored)>,
    /// Telemetry by time.
    pub telemetry: Vec<TsValues>,
    /// The entity's answer to a call; boxed, as most results have none.
    pub answer: Option<Box<RpcAnswer>>,
}

/// A device's answer to a call (`rpcResponse`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RpcAnswer {
    /// `requestUUID` or `requestId` of the call; `None`: the only call that is open.
    pub call: Option<String>,
    /// The answer: text as it is, anything else as its JSON text.
    pub data: String,
}

/// A result that means nothing. `path` names the member, e.g. `result[1].telemetry.ts`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultError {
    /// The member.
    pub path: String,
    /// What is wrong and what is expected.
    pub problem: String,
}

impl fmt::Display for ResultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.problem)
    }
}

impl std::error::Error for ResultError {}

type Read<T> = Result<T, ResultError>;

/// Reads a result: null (nothing to do), one object, or a list of objects. Telemetry without a
/// time of its own gets `arrival_ms`.
///
/// # Errors
/// The first member that does not fit; nothing of the message is used then.
pub fn read_result(value: Value, arrival_ms: Millis) -> Read<Vec<UplinkEntity>> {
    match value {
        Value::Null => Ok(Vec::new()),
        Value::Map(members) => Ok(vec![entity(members, "result", arrival_ms)?]),
        Value::List(items) => items
            .into_iter()
            .enumerate()
            .map(|(index, item)| match item {
                Value::Map(members) => entity(members, &format!("result[{index}]"), arrival_ms),
                other => Err(problem(
                    &format!("result[{index}]"),
                    &format!("expected an object, got {}", kind(&other)),
                )),
            })
            .collect(),
        other => Err(problem(
            "result",
            &format!(
                "expected an object or a list of objects with deviceName and deviceType, got {}",
                kind(&other)
            ),
        )),
    }
}

fn entity(members: Vec<(Arc<str>, Value)>, path: &str, arrival_ms: Millis) -> Read<UplinkEntity> {
    let mut device = None;
    let mut asset = None;
    let (mut device_type, mut asset_type, mut device_label, mut asset_label) =
        (None, None, None, None);
    let (mut customer, mut group) = (None, None);
    let mut attributes = Vec::new();
    let mut telemetry = Vec::new();
    let mut answer = None;
    for (key, value) in members {
        match &*key {
            "rpcResponse" => answer = read_answer(value, path)?.map(Box::new),
            "deviceName" => device = name(value, path, "deviceName")?,
            "assetName" => asset = name(value, path, "assetName")?,
            "deviceType" => device_type = name(value, path, "deviceType")?,
            "assetType" => asset_type = name(value, path, "assetType")?,
            "deviceLabel" => device_label = name(value, path, "deviceLabel")?,
            "assetLabel" => asset_label = name(value, path, "assetLabel")?,
            "customerName" => customer = name(value, path, "customerName")?,
            "groupName" => group = name(value, path, "groupName")?,
            "attributes" => attributes = flat(value, path, "attributes")?,
            "telemetry" => telemetry = read_telemetry(value, path, arrival_ms)?,
            _ => {}
        }
    }
    let (kind, name, profile, label) = match (device, asset) {
        (Some(_), Some(_)) => {
            return Err(problem(
                path,
                "has both deviceName and assetName: return one object for each",
            ));
        }
        (Some(name), None) => (EntityKind::Device, name, device_type, device_label),
        (None, Some(name)) => (EntityKind::Asset, name, asset_type, asset_label),
        (None, None) => {
            return Err(problem(
                path,
                "deviceName is missing or empty: set deviceName (or assetName), or return null to skip the message",
            ));
        }
    };
    Ok(UplinkEntity {
        kind,
        name,
        profile: profile.unwrap_or_else(|| "default".into()),
        label,
        customer,
        group,
        attributes,
        telemetry,
        answer,
    })
}

/// An answer: `{requestUUID | requestId, data}`.
fn read_answer(value: Value, path: &str) -> Read<Option<RpcAnswer>> {
    let members = match value {
        Value::Null => return Ok(None),
        Value::Map(members) => members,
        other => {
            return Err(problem(
                &format!("{path}.rpcResponse"),
                &format!(
                    "expected an object with requestUUID or requestId, and data, got {}",
                    kind(&other)
                ),
            ));
        }
    };
    let (mut uuid, mut number, mut data) = (None, None, Value::Null);
    for (key, value) in members {
        match &*key {
            "requestUUID" => uuid = plain(value),
            "requestId" => number = plain(value),
            "data" => data = value,
            _ => {}
        }
    }
    Ok(Some(RpcAnswer {
        call: uuid.or(number),
        data: match data {
            Value::Text(text) => text.to_string(),
            other => other.to_string(),
        },
    }))
}

/// An id as text; null and blank text count as absent.
fn plain(value: Value) -> Option<String> {
    let text = match value {
        Value::Text(text) => text.trim().to_owned(),
        Value::Int(number) => number.to_string(),
        // Whole numbers of TBEL may come as doubles.
        Value::Double(number) if number.fract() == 0.0 => format!("{number:.0}"),
        Value::Null => return None,
        other => other.to_string(),
    };
    (!text.is_empty()).then_some(text)
}

/// A name: text or a number; null and blank text count as absent.
fn name(value: Value, path: &str, member: &str) -> Read<Option<Arc<str>>> {
    let text: Arc<str> = match value {
        Value::Null => return Ok(None),
        Value::Text(text) => text,
        Value::Int(number) => number.to_string().into(),
        Value::Double(number) => format!("{number:?}").into(),
        other => {
            return Err(problem(
                &format!("{path}.{member}"),
                &format!("expected text, got {}", kind(&other)),
            ));
        }
    };
    if text.chars().count() > MAX_KEY_CHARS {
        return Err(problem(
            &format!("{path}.{member}"),
            &format!("is longer than {MAX_KEY_CHARS} characters"),
        ));
    }
    if text.contains('\0') {
        return Err(problem(
            &format!("{path}.{member}"),
            "contains a NUL character",
        ));
    }
    Ok(if text.trim().is_empty() {
        None
    } else {
        Some(text)
    })
}

fn read_telemetry(value: Value, path: &str, arrival_ms: Millis) -> Read<Vec<TsValues>> {
    match value {
        Value::Null => Ok(Vec::new()),
        Value::Map(members) => Ok(entry(members, &format!("{path}.telemetry"), arrival_ms)?
            .into_iter()
            .collect()),
        Value::List(items) => {
            let mut entries = Vec::with_capacity(items.len());
            for (index, item) in items.into_iter().enumerate() {
                let path = format!("{path}.telemetry[{index}]");
                match item {
                    Value::Null => {}
                    Value::Map(members) => entries.extend(entry(members, &path, arrival_ms)?),
                    other => {
                        return Err(problem(
                            &path,
                            &format!("expected an object, got {}", kind(&other)),
                        ));
                    }
                }
            }
            Ok(entries)
        }
        other => Err(problem(
            &format!("{path}.telemetry"),
            &format!(
                "expected an object such as {{temperature: 21.5}}, {{ts, values}} or a list of these, got {}",
                kind(&other)
            ),
        )),
    }
}

/// One moment: `{ts, values}`, or the values themselves.
fn entry(
    members: Vec<(Arc<str>, Value)>,
    path: &str,
    arrival_ms: Millis,
) -> Read<Option<TsValues>> {
    let is_timed = members
        .iter()
        .any(|(key, value)| &**key == "values" && matches!(value, Value::Map(_) | Value::Null))
        && members
            .iter()
            .all(|(key, _)| matches!(&**key, "ts" | "values"));
    let (ts, values) = if is_timed {
        let mut ts = arrival_ms;
        let mut values = Vec::new();
        for (key, value) in members {
            match &*key {
                "ts" => ts = time(value, path)?.unwrap_or(arrival_ms),
                _ => values = flat(value, path, "values")?,
            }
        }
        (ts, values)
    } else {
        (arrival_ms, stored(members, path)?)
    };
    Ok((!values.is_empty()).then_some(TsValues { ts, values }))
}

/// A time: milliseconds as a number or as the text of one.
fn time(value: Value, path: &str) -> Read<Option<Millis>> {
    let wrong = |got: &str| {
        problem(
            &format!("{path}.ts"),
            &format!("expected milliseconds since 1970, got {got}"),
        )
    };
    match value {
        Value::Null => Ok(None),
        Value::Int(ts) if ts >= 0 => Ok(Some(ts)),
        Value::Double(ts) if (0.0..9.0e15).contains(&ts) => Ok(Some(ts as Millis)),
        Value::Text(text) => match text.trim().parse::<Millis>() {
            Ok(ts) if ts >= 0 => Ok(Some(ts)),
            _ => Err(wrong(&format!("\"{text}\""))),
        },
        other => Err(wrong(&kind(&other))),
    }
}

fn flat(value: Value, path: &str, member: &str) -> Read<Vec<(Arc<str>, Stored)>> {
    let path = format!("{path}.{member}");
    match value {
        Value::Null => Ok(Vec::new()),
        Value::Map(members) => stored(members, &path),
        other => Err(problem(
            &path,
            &format!("expected an object, got {}", kind(&other)),
        )),
    }
}

/// Members with a value; null means "nothing to store".
fn stored(members: Vec<(Arc<str>, Value)>, path: &str) -> Read<Vec<(Arc<str>, Stored)>> {
    let mut values = Vec::with_capacity(members.len());
    for (key, value) in members {
        if key.is_empty() || key.chars().count() > MAX_KEY_CHARS || key.contains('\0') {
            return Err(problem(
                path,
                &format!("a key must have 1 to {MAX_KEY_CHARS} characters and no NUL"),
            ));
        }
        let value = match value {
            Value::Null => continue,
            Value::Bool(value) => Stored::Bool(value),
            Value::Int(value) => Stored::Long(value),
            Value::Double(value) => Stored::Double(value),
            Value::Text(text) => Stored::from_text(text),
            nested @ (Value::List(_) | Value::Map(_)) => Stored::Json(nested.to_string().into()),
        };
        values.push((key, value));
    }
    Ok(values)
}

pub(super) fn problem(path: &str, problem: &str) -> ResultError {
    ResultError {
        path: path.to_owned(),
        problem: problem.to_owned(),
    }
}

pub(super) fn kind(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => format!("the boolean {value}"),
        Value::Int(value) => format!("the number {value}"),
        Value::Double(value) => format!("the number {value:?}"),
        Value::Text(text) => format!("the text \"{}\"", text.chars().take(40).collect::<String>()),
        Value::List(_) => "a list".to_owned(),
        Value::Map(_) => "an object".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: serde_json::Value) -> Read<Vec<UplinkEntity>> {
        read_result(Value::from(&json), 1_000)
    }

    fn values(entity: &UplinkEntity) -> Vec<(Millis, String)> {
        entity
            .telemetry
            .iter()
            .flat_map(|entry| {
                entry
                    .values
                    .iter()
                    .map(|(key, value)| (entry.ts, format!("{key}={value}")))
            })
            .collect()
    }

    #[test]
    fn every_form_of_telemetry_is_read() {
        let base = |telemetry: serde_json::Value| {
            let read = read(
                serde_json::json!({"deviceName": "D", "deviceType": "t", "telemetry": telemetry}),
            );
            values(&read.unwrap()[0])
        };
        assert_eq!(
            base(serde_json::json!({"t": 25.0, "gone": null})),
            [(1_000, "t=25.0".into())]
        );
        assert_eq!(
            base(serde_json::json!({"ts": 5, "values": {"t": 1}})),
            [(5, "t=1".into())]
        );
        assert_eq!(
            base(serde_json::json!({"ts": "7", "values": {"t": "00123"}})),
            [(7, "t=00123".into())]
        );
        assert_eq!(
            base(serde_json::json!([{"a": true}, {"ts": 9, "values": {"b": {"c": [1]}}}, null])),
            [(1_000, "a=true".into()), (9, "b={\"c\":[1]}".into())]
        );
        assert_eq!(base(serde_json::json!(null)), []);
        assert_eq!(base(serde_json::json!({})), []);
        assert_eq!(
            base(serde_json::json!({"ts": 1, "other": 2})),
            [(1_000, "ts=1".into()), (1_000, "other=2".into())]
        );
    }

    #[test]
    fn an_answer_may_name_its_call() {
        let answer = |json: serde_json::Value| {
            let result = serde_json::json!({"deviceName": "D", "rpcResponse": json});
            read(result).unwrap().remove(0).answer.map(|answer| *answer)
        };
        let wanted = |call: Option<&str>, data: &str| {
            Some(RpcAnswer {
                call: call.map(str::to_owned),
                data: data.to_owned(),
            })
        };
        assert_eq!(
            answer(serde_json::json!({"requestUUID": "u", "data": {"a": 1}})),
            wanted(Some("u"), "{\"a\":1}")
        );
        assert_eq!(
            answer(serde_json::json!({"requestId": 7.0, "data": "{}"})),
            wanted(Some("7"), "{}")
        );
        assert_eq!(
            answer(serde_json::json!({"requestId": 7, "data": null})),
            wanted(Some("7"), "null")
        );
        assert_eq!(answer(serde_json::json!({"data": 1})), wanted(None, "1"));
        assert_eq!(answer(serde_json::json!(null)), None);
        let odd = serde_json::json!({"deviceName": "D", "rpcResponse": 5});
        assert!(
            read(odd)
                .unwrap_err()
                .to_string()
                .starts_with("result.rpcResponse: expected an object")
        );
    }

    #[test]
    fn names_may_be_numbers_and_types_may_be_missing() {
        let entities = read(
            serde_json::json!([{"deviceName": 17}, {"assetName": "Hall", "assetType": "building"}]),
        )
        .unwrap();
        assert_eq!(
            (&*entities[0].name, &*entities[0].profile, entities[0].kind),
            ("17", "default", EntityKind::Device)
        );
        assert_eq!(
            (&*entities[1].name, &*entities[1].profile, entities[1].kind),
            ("Hall", "building", EntityKind::Asset)
        );
    }

    #[test]
    fn errors_name_the_member() {
        let error = |json| read(json).unwrap_err().to_string();
        assert!(error(serde_json::json!("text")).starts_with("result: expected an object"));
        assert!(
            error(serde_json::json!({"telemetry": {}}))
                .starts_with("result: deviceName is missing")
        );
        assert!(
            error(serde_json::json!([{"deviceName": "a"}, 5]))
                .starts_with("result[1]: expected an object, got the number 5")
        );
        assert!(
            error(serde_json::json!({"deviceName": "a", "telemetry": 4}))
                .starts_with("result.telemetry: expected")
        );
        assert!(error(serde_json::json!({"deviceName": "a", "telemetry": [{"ts": "x", "values": {"a": 1}}]})).starts_with("result.telemetry[0].ts:"));
        assert!(
            error(serde_json::json!({"deviceName": "a", "assetName": "b"}))
                .contains("both deviceName and assetName")
        );
        assert!(
            error(serde_json::json!({"deviceName": "a", "attributes": [1]}))
                .starts_with("result.attributes:")
        );
        assert_eq!(read(serde_json::json!(null)).unwrap(), []);
    }
}
