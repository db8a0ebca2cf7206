//! Time series of a server as CSV.
//!
//! One line a point: entity type, entity name, key, time in milliseconds, value. Everything comes
//! through the REST API, which lays what is still in memory over the tables. At no time more than one
//! answer of [`PAGE`] points is held, however many there are.

use std::{collections::HashMap, io::Write};

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::transfer::{Door, percent};

/// Points of one answer.
const PAGE: usize = 2000;

/// Entities of one answer.
const ENTITIES: usize = 100;

/// The kinds of entities that have series people ask for: the type, its list, and the parameter
/// that finds one by its name.
const KINDS: [(&str, &str, &str); 2] = [
    ("DEVICE", "/api/tenant/devices", "deviceName"),
    ("ASSET", "/api/tenant/assets", "assetName"),
];

/// Which points.
pub(crate) struct Selection {
    /// Names of devices; with `assets` empty, too, everything is meant.
    pub(crate) devices: Vec<String>,
    /// Names of assets.
    pub(crate) assets: Vec<String>,
    /// Keys; empty = all.
    pub(crate) keys: Vec<String>,
    /// From here on (inclusive), in milliseconds.
    pub(crate) from: i64,
    /// Up to here (exclusive).
    pub(crate) to: i64,
}

/// What was written.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Written {
    /// Entities that were looked at.
    pub(crate) entities: u64,
    /// Lines below the first.
    pub(crate) points: u64,
}

#[derive(Deserialize)]
struct Entity {
    id: Id,
    name: String,
}

#[derive(Deserialize)]
struct Id {
    id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EntityPage {
    data: Vec<Entity>,
    has_next: bool,
}

#[derive(Deserialize)]
struct Point {
    ts: i64,
    value: Box<RawValue>,
}

/// Writes what is selected. `progress` hears how far it is.
///
/// # Errors
/// When a name is not known, the server refuses, or `out` cannot be written.
pub(crate) async fn export(
    door: &Door,
    selection: &Selection,
    out: &mut dyn Write,
    progress: &mut dyn FnMut(Written),
) -> Result<Written> {
    let mut csv = Csv {
        out,
        written: Written::default(),
        progress,
    };
    writeln!(csv.out, "entity type,entity name,key,ts,value")?;
    let all = selection.devices.is_empty() && selection.assets.is_empty();
    for ((kind, list, parameter), names) in KINDS
        .into_iter()
        .zip([&selection.devices, &selection.assets])
    {
        for name in names {
            let path = format!("{list}?{parameter}={}", percent(name));
            let text = door.get(&path).await?.with_context(|| {
                format!(
                    "there is no {} called \"{name}\"",
                    kind.to_ascii_lowercase()
                )
            })?;
            let entity = serde_json::from_str(&text).with_context(|| path)?;
            csv.entity(door, kind, &entity, selection).await?;
        }
        // By time of creation: what is made meanwhile moves nothing to another page.
        for page in (0..).take_while(|_| all) {
            let path = format!(
                "{list}?pageSize={ENTITIES}&page={page}&sortProperty=createdTime&sortOrder=ASC"
            );
            let text = door.get(&path).await?.unwrap_or_default();
            let listed: EntityPage = serde_json::from_str(&text).with_context(|| path)?;
            for entity in &listed.data {
                csv.entity(door, kind, entity, selection).await?;
            }
            if !listed.has_next {
                break;
            }
        }
    }
    csv.out.flush()?;
    Ok(csv.written)
}

struct Csv<'a> {
    out: &'a mut dyn Write,
    written: Written,
    progress: &'a mut dyn FnMut(Written),
}

impl Csv<'_> {
    async fn entity(
        &mut self,
        door: &Door,
        kind: &str,
        entity: &Entity,
        selection: &Selection,
    ) -> Result<()> {
        let base = format!("/api/plugins/telemetry/{kind}/{}", entity.id.id);
        // An entity that is deleted meanwhile has no series any more.
        let Some(text) = door.get(&format!("{base}/keys/timeseries")).await? else {
            return Ok(());
        };
        let mut keys: Vec<String> = serde_json::from_str(&text).with_context(|| base.clone())?;
        keys.retain(|key| selection.keys.is_empty() || selection.keys.contains(key));
        keys.sort();
        for key in &keys {
            self.series(door, &base, [kind, &entity.name, key], selection)
                .await?;
        }
        self.written.entities += 1;
        (self.progress)(self.written);
        Ok(())
    }

    async fn series(
        &mut self,
        door: &Door,
        base: &str,
        names: [&str; 3],
        selection: &Selection,
    ) -> Result<()> {
        let [_, _, key] = names;
        let head = names.map(field).join(",");
        let mut from = selection.from;
        while from < selection.to {
            let path = format!(
                "{base}/values/timeseries/history?key={}&startTs={from}&endTs={}&limit={PAGE}&orderBy=ASC&useStrictDataTypes=true",
                percent(key),
                selection.to
            );
            let Some(text) = door.get(&path).await? else {
                break;
            };
            let mut found: HashMap<String, Vec<Point>> =
                serde_json::from_str(&text).with_context(|| path)?;
            let points = found.remove(key).unwrap_or_default();
            for point in &points {
                writeln!(self.out, "{head},{},{}", point.ts, value(&point.value))?;
            }
            self.written.points += points.len() as u64;
            (self.progress)(self.written);
            match points.last().and_then(|last| last.ts.checked_add(1)) {
                // One point a time: the next page begins right behind.
                Some(next) if points.len() >= PAGE => from = next,
                _ => break,
            }
        }
        Ok(())
    }
}

/// Texts as they are, everything else in its JSON form.
fn value(raw: &RawValue) -> String {
    match serde_json::from_str::<String>(raw.get()) {
        Ok(text) => field(&text),
        Err(_) => field(raw.get()),
    }
}

/// A field as RFC 4180 has it: in quotes where it would be taken for something else.
fn field(text: &str) -> String {
    if text.is_empty() || text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// A point in time as people write it: milliseconds since 1970, RFC 3339, or a date, which begins
/// in UTC.
pub(crate) fn instant(text: &str) -> Result<i64, String> {
    if let Ok(millis) = text.parse() {
        return Ok(millis);
    }
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Ok(time.as_millisecond());
    }
    let midnight = text.parse::<jiff::civil::Date>().ok().and_then(|date| {
        date.to_zoned(jiff::tz::TimeZone::UTC)
            .ok()
            .map(|time| time.timestamp().as_millisecond())
    });
    midnight.ok_or_else(|| {
        "write it like 2026-05-01, 2026-05-01T12:00:00Z or 1777636800000 (milliseconds)".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_keep_what_they_hold() {
        assert_eq!(field("plain text"), "plain text");
        assert_eq!(field("a,b"), "\"a,b\"");
        assert_eq!(field("say \"x\"\n"), "\"say \"\"x\"\"\n\"");
        assert_eq!(field(""), "\"\"");
        let raw = |json: &str| value(&RawValue::from_string(json.to_owned()).unwrap());
        assert_eq!(raw("25.0"), "25.0");
        assert_eq!(raw(r#""on""#), "on");
        assert_eq!(raw("true"), "true");
        assert_eq!(raw(r#"{"a":1}"#), r#""{""a"":1}""#);
    }

    #[test]
    fn times_are_read_in_three_forms() {
        let noon = 1_777_636_800_000;
        assert_eq!(instant("1777636800000"), Ok(noon));
        assert_eq!(instant("2026-05-01T12:00:00Z"), Ok(noon));
        assert_eq!(instant("2026-05-01T14:00:00+02:00"), Ok(noon));
        assert_eq!(instant("2026-05-01"), Ok(noon - 12 * 3_600_000));
        assert!(instant("yesterday").is_err());
    }
}
