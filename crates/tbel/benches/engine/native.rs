//! The same work written by hand in Rust: what no engine can beat.

use std::hint::black_box;

use serde_json::{Map, Value, json};

use crate::scripts::{DECODER, FILTER, LOOP, TUTORIAL};

/// From the arguments as text to a result.
type Work = fn(&[String]) -> Option<Value>;

/// The work of a script by its name.
pub(crate) fn of(name: &str) -> Option<Work> {
    Some(match name {
        TUTORIAL => tutorial,
        DECODER => decoder,
        LOOP => turns,
        FILTER => filter,
        _ => return None,
    })
}

fn tutorial(arguments: &[String]) -> Option<Value> {
    let body: Value = serde_json::from_str(arguments.first()?).ok()?;
    let metadata: Value = serde_json::from_str(arguments.get(1)?).ok()?;
    let levels: Vec<&str> = metadata.get("topic")?.as_str()?.split('/').collect();
    Some(json!({
        "deviceName": levels.get(3)?,
        "deviceType": "sensor",
        "attributes": { "integrationName": metadata.get("integrationName")? },
        "telemetry": { "temperature": body.get("value")? },
    }))
}

fn decoder(arguments: &[String]) -> Option<Value> {
    let data: Value = serde_json::from_str(arguments.first()?).ok()?;
    let input = base64(data.get("data")?.as_str()?)?;
    let ts: jiff::Timestamp = data.get("time")?.as_str()?.parse().ok()?;
    let mut values = Map::new();
    let mut rest = input.as_slice();
    while let [channel, kind, more @ ..] = rest {
        let (key, value, used) = match (channel, kind) {
            (0x01, 0x75) => ("battery", json!(more.first()?), 1),
            (0x03, 0x67) => ("temperature", json!(f64::from(short(more)?) / 10.0), 2),
            (0x04, 0x68) => ("humidity", json!(f64::from(*more.first()?) / 2.0), 1),
            (0x05, 0x7d) => ("co2", json!(short(more)?), 2),
            (0x06, 0x65) => (
                "light",
                json!(u32::from_le_bytes(more.get(..4)?.try_into().ok()?)),
                4,
            ),
            (0x07, 0x73) => ("pressure", json!(f64::from(short(more)?) / 10.0), 2),
            _ => break,
        };
        values.insert(key.to_owned(), value);
        rest = more.get(used..)?;
    }
    Some(json!({
        "deviceName": data.get("name")?,
        "deviceType": "air",
        "telemetry": { "ts": ts.as_millisecond(), "values": values },
    }))
}

fn short(bytes: &[u8]) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(..2)?.try_into().ok()?))
}

fn base64(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let (mut bits, mut n) = (0u32, 0);
    for c in text.bytes().take_while(|c| *c != b'=') {
        let six = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(six);
        n += 6;
        if n >= 8 {
            n -= 8;
            out.push((bits >> n) as u8);
        }
    }
    Some(out)
}

fn turns(_: &[String]) -> Option<Value> {
    let mut s = 0i32;
    for i in 0..100_000i32 {
        s = black_box(s + black_box(i) % 7);
    }
    Some(json!(s))
}

fn filter(arguments: &[String]) -> Option<Value> {
    let msg: Value = serde_json::from_str(arguments.first()?).ok()?;
    Some(json!(msg.get("temperature")?.as_f64()? > 20.0))
}
