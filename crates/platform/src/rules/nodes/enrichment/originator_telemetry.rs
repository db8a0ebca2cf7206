//! *originator telemetry*: adds points of a time range.

use std::sync::Arc;

use millrace_model::{
    Millis, TenantId,
    telemetry::{Aggregation, TsValue},
};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::{
    Scope,
    rules::{
        descriptor::{ComponentKind, Example, NodeDescriptor, Setting, SettingKind},
        directory::Directory,
        message::RuleMessage,
        node::{BuildError, Node, Outcome, Services, off_lane},
        template::{Filling, Template},
    },
    telemetry::{HistoryQuery, Interval, Order},
};

/// Most points of one key.
const MOST_POINTS: usize = 1_000;
/// Most keys.
const MOST_KEYS: usize = 100;

const UNITS: SettingKind = SettingKind::Choice(&[
    ("MILLISECONDS", "Milliseconds"),
    ("SECONDS", "Seconds"),
    ("MINUTES", "Minutes"),
    ("HOURS", "Hours"),
    ("DAYS", "Days"),
]);

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.metadata.TbGetTelemetryNode",
    name: "originator telemetry",
    old_names: &["get telemetry"],
    kind: ComponentKind::Enrichment,
    description: "Adds points of the originator from a time range to the metadata: the first or the last value of each key as text, or all points as a JSON list of ts and value. The range counts back from the arrival of the message, its end is not part of it.",
    outputs: &["Success", "Failure"],
    custom_outputs: false,
    version: 2,
    settings: &[
        Setting {
            name: "latestTsKeyNames",
            label: "Keys",
            description: "Keys of the telemetry.",
            template: true,
            ..Setting::TEXTS
        },
        Setting {
            name: "fetchMode",
            label: "Points",
            description: "Which points of the range are wanted.",
            kind: SettingKind::Choice(&[("FIRST", "First"), ("LAST", "Last"), ("ALL", "All")]),
            default: r#""FIRST""#,
            ..Setting::TEXT
        },
        Setting {
            name: "orderBy",
            label: "Order of all points",
            description: "Oldest or newest first.",
            kind: SettingKind::Choice(&[("ASC", "Oldest first"), ("DESC", "Newest first")]),
            default: r#""ASC""#,
            ..Setting::TEXT
        },
        Setting {
            name: "aggregation",
            label: "Aggregation of all points",
            description: "Makes one point of the whole range.",
            kind: SettingKind::Choice(&[
                ("NONE", "None"),
                ("MIN", "Smallest"),
                ("MAX", "Largest"),
                ("AVG", "Mean"),
                ("SUM", "Sum"),
                ("COUNT", "Number"),
            ]),
            default: r#""NONE""#,
            ..Setting::TEXT
        },
        Setting {
            name: "limit",
            label: "Most points",
            description: "Of each key, when all are wanted; at most 1000.",
            default: "1000",
            ..Setting::NUMBER
        },
        Setting {
            name: "useMetadataIntervalPatterns",
            label: "Range from the message",
            description: "Take start and end, in milliseconds since 1970, from the two patterns.",
            ..Setting::BOOLEAN
        },
        Setting {
            name: "startInterval",
            label: "Start, so long ago",
            description: "How far back the range begins.",
            default: "2",
            ..Setting::NUMBER
        },
        Setting {
            name: "startIntervalTimeUnit",
            label: "Unit",
            description: "Unit of the start.",
            kind: UNITS,
            default: r#""MINUTES""#,
            ..Setting::TEXT
        },
        Setting {
            name: "endInterval",
            label: "End, so long ago",
            description: "How far back the range ends.",
            default: "1",
            ..Setting::NUMBER
        },
        Setting {
            name: "endIntervalTimeUnit",
            label: "Unit",
            description: "Unit of the end.",
            kind: UNITS,
            default: r#""MINUTES""#,
            ..Setting::TEXT
        },
        Setting {
            name: "startIntervalPattern",
            label: "Pattern of the start",
            description: "A time in milliseconds.",
            default: "null",
            template: true,
            ..Setting::TEXT
        },
        Setting {
            name: "endIntervalPattern",
            label: "Pattern of the end",
            description: "A time in milliseconds.",
            default: "null",
            template: true,
            ..Setting::TEXT
        },
    ],
    upgrade,
    build: |settings| {
        Ok(Arc::new(OriginatorTelemetry(Arc::new(Range::new(
            settings,
        )?))))
    },
    examples: &[
        Example {
            title: "the last value of the last hour",
            settings: r#"{"latestTsKeyNames":["temperature","absent"],"fetchMode":"LAST","startInterval":1,"startIntervalTimeUnit":"HOURS","endInterval":0}"#,
            leaves: r#"{"metadata":{"temperature":"22.5","absent":null}}"#,
            ..Example::BASIC
        },
        Example {
            title: "the first one",
            settings: r#"{"latestTsKeyNames":["temperature"],"startInterval":1,"startIntervalTimeUnit":"HOURS","endInterval":0}"#,
            leaves: r#"{"metadata":{"temperature":"20.5"}}"#,
            ..Example::BASIC
        },
        Example {
            title: "all, newest first, at most two",
            settings: r#"{"latestTsKeyNames":["temperature"],"fetchMode":"ALL","orderBy":"DESC","limit":2,"startInterval":1,"startIntervalTimeUnit":"HOURS","endInterval":0}"#,
            leaves: r#"{"metadata":{"temperature":"[{\"ts\":1699999400000,\"value\":22.5},{\"ts\":1699998800000,\"value\":21.5}]"}}"#,
            ..Example::BASIC
        },
        Example {
            title: "the mean of a range that the message names",
            settings: r#"{"latestTsKeyNames":["temperature"],"fetchMode":"ALL","aggregation":"AVG","useMetadataIntervalPatterns":true,"startIntervalPattern":"${from}","endIntervalPattern":"$[to]"}"#,
            metadata: r#"{"from":"1699998200000"}"#,
            data: r#"{"to":1699999400000}"#,
            leaves: r#"{"metadata":{"temperature":"[{\"ts\":1699998800000,\"value\":21.0}]"}}"#,
            ..Example::BASIC
        },
        Example {
            title: "a time must be a number",
            settings: r#"{"latestTsKeyNames":["temperature"],"useMetadataIntervalPatterns":true,"startIntervalPattern":"${from}","endIntervalPattern":"2"}"#,
            leaves_by: "Failure",
            leaves: r#"{"metadata":{"error":"startIntervalPattern gives \"${from}\": it must give a time in milliseconds"}}"#,
            ..Example::BASIC
        },
    ],
};

/// Old versions knew neither order nor aggregation; what is absent takes the defaults. Texts that
/// should be numbers become numbers.
fn upgrade(settings: &mut Json, _from: i64) {
    let Some(members) = settings.as_object_mut() else {
        return;
    };
    members.retain(|_, value| !value.is_null());
    for name in ["limit", "startInterval", "endInterval"] {
        if let Some(number) = members
            .get(name)
            .and_then(Json::as_str)
            .and_then(|text| text.trim().parse::<i64>().ok())
        {
            members.insert(name.to_owned(), number.into());
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    latest_ts_key_names: Vec<Template>,
    fetch_mode: FetchMode,
    order_by: Option<String>,
    aggregation: Option<Aggregation>,
    limit: usize,
    use_metadata_interval_patterns: bool,
    start_interval: i64,
    start_interval_time_unit: Unit,
    end_interval: i64,
    end_interval_time_unit: Unit,
    start_interval_pattern: Template,
    end_interval_pattern: Template,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum FetchMode {
    First,
    Last,
    All,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Unit {
    Milliseconds,
    Seconds,
    Minutes,
    Hours,
    Days,
}

impl Unit {
    fn millis(self, count: i64) -> Millis {
        count.saturating_mul(match self {
            Self::Milliseconds => 1,
            Self::Seconds => 1_000,
            Self::Minutes => 60_000,
            Self::Hours => 3_600_000,
            Self::Days => 86_400_000,
        })
    }
}

struct Range(Settings);

impl Range {
    fn new(settings: &Json) -> Result<Self, BuildError> {
        let settings: Settings = serde_json::from_value(settings.clone())?;
        let keys = settings.latest_ts_key_names.len();
        if keys == 0 || keys > MOST_KEYS {
            return Err(BuildError(format!(
                "latestTsKeyNames has {keys} keys: name 1 to {MOST_KEYS}"
            )));
        }
        Ok(Self(settings))
    }

    /// Start and end for a message that arrived at `now`.
    fn bounds(&self, filling: &Filling<'_>, now: Millis) -> Result<(Millis, Millis), String> {
        let settings = &self.0;
        if !settings.use_metadata_interval_patterns {
            let start = settings
                .start_interval_time_unit
                .millis(settings.start_interval);
            let end = settings
                .end_interval_time_unit
                .millis(settings.end_interval);
            return Ok((now.saturating_sub(start), now.saturating_sub(end)));
        }
        let time = |name: &str, pattern: &Template| {
            let text = pattern.fill(filling)?;
            text.trim().parse::<Millis>().map_err(|_| {
                format!("{name} gives \"{text}\": it must give a time in milliseconds")
            })
        };
        Ok((
            time("startIntervalPattern", &settings.start_interval_pattern)?,
            time("endIntervalPattern", &settings.end_interval_pattern)?,
        ))
    }

    fn query(&self, start: Millis, end: Millis) -> HistoryQuery {
        let settings = &self.0;
        let (aggregation, limit, order) = match settings.fetch_mode {
            FetchMode::First => (Aggregation::None, 1, Order::Asc),
            FetchMode::Last => (Aggregation::None, 1, Order::Desc),
            FetchMode::All => (
                settings.aggregation.unwrap_or_default(),
                settings.limit.clamp(1, MOST_POINTS),
                match settings.order_by.as_deref() {
                    Some("DESC") => Order::Desc,
                    _ => Order::Asc,
                },
            ),
        };
        let whole = end.saturating_sub(start);
        HistoryQuery {
            start,
            end,
            aggregation,
            interval: Interval::Millis(match aggregation {
                Aggregation::None => 0,
                _ => whole,
            }),
            limit,
            order,
        }
    }

    fn add(
        &self,
        message: &mut RuleMessage,
        directory: &Directory,
        tenant: TenantId,
        now: Millis,
    ) -> Result<(), String> {
        let filling = Filling::of(message);
        let (start, end) = self.bounds(&filling, now)?;
        let keys: Vec<Arc<str>> = self
            .0
            .latest_ts_key_names
            .iter()
            .map(|name| name.fill(&filling).map(|key| key.as_ref().into()))
            .collect::<Result<_, String>>()?;
        if start >= end {
            return Err(format!(
                "the range begins at {start} and ends at {end}: it must begin before its end"
            ));
        }
        let found = directory
            .telemetry
            .history(
                &Scope::server(tenant),
                message.originator,
                &keys,
                &self.query(start, end),
            )
            .map_err(|error| error.to_string())?;
        for (key, points) in found {
            let text = if self.0.fetch_mode == FetchMode::All {
                Json::Array(points.iter().map(point).collect()).to_string()
            } else {
                match points.first() {
                    Some(point) => point.value.to_string(),
                    None => continue,
                }
            };
            message.metadata.set(key, text);
        }
        Ok(())
    }
}

fn point(point: &TsValue) -> Json {
    json!({ "ts": point.ts, "value": point.value.to_json() })
}

struct OriginatorTelemetry(Arc<Range>);

impl Node for OriginatorTelemetry {
    fn process(&self, mut message: RuleMessage, services: &mut dyn Services) -> Outcome {
        let (range, tenant) = (Arc::clone(&self.0), services.tenant());
        let now = services.arrival_ms();
        off_lane(services, move |directory| {
            match range.add(&mut message, directory, tenant, now) {
                Ok(()) => Outcome::success(message),
                Err(error) => Outcome::Failed(error, message),
            }
        })
    }
}
