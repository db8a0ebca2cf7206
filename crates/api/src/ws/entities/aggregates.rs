//! `aggHistoryCmd` and `aggTsCmd`: one value for a whole range of a series, and the same of an
//! earlier range to compare it with.
//!
//! The answer has them by the number each was asked with, in `aggLatest`. New points of an
//! `aggTsCmd` are told as latest values; the client adds them to what it has.

use std::sync::Arc;

use millrace_model::{EntityId, Millis, telemetry::Aggregation};
use millrace_platform::{
    Platform, PlatformError, Result, Scope,
    queries::{ComparedText, EntityData, TsText},
    telemetry::{HistoryQuery, Interval, Order},
};
use serde::Deserialize;

use super::command::DataParts;

/// Most aggregates of one command: each reads a whole range of every entity.
const KEYS_MAX: usize = 100;

/// `aggHistoryCmd`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct HistoryAggregates {
    keys: Vec<AggregateKey>,
    start_ts: Millis,
    end_ts: Millis,
}

/// `aggTsCmd`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct WindowAggregates {
    keys: Vec<AggregateKey>,
    start_ts: Millis,
    time_window: Millis,
}

/// One aggregate of a series.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AggregateKey {
    /// The client's number for it, for the answer.
    id: i32,
    key: Arc<str>,
    #[serde(default)]
    agg: Aggregation,
    previous_start_ts: Option<Millis>,
    previous_end_ts: Option<Millis>,
    /// The range itself is not wanted, only the earlier one.
    #[serde(default)]
    previous_value_only: bool,
}

impl WindowAggregates {
    /// The series to watch.
    pub(super) fn series(&self) -> impl Iterator<Item = Arc<str>> {
        self.keys.iter().map(|wanted| Arc::clone(&wanted.key))
    }
}

/// Reads what is asked of each entity.
pub(super) fn add(
    platform: &Platform,
    scope: &Scope,
    parts: &DataParts,
    rows: &mut [EntityData],
) -> Result<()> {
    if let Some(asked) = &parts.aggregated_history {
        add_range(
            platform,
            scope,
            &asked.keys,
            (asked.start_ts, asked.end_ts),
            rows,
        )?;
    }
    if let Some(asked) = &parts.aggregated_series {
        let end = asked.start_ts.saturating_add(asked.time_window.max(0));
        // Points of this very millisecond belong to the window.
        let range = (asked.start_ts, end.saturating_add(1));
        add_range(platform, scope, &asked.keys, range, rows)?;
    }
    Ok(())
}

fn add_range(
    platform: &Platform,
    scope: &Scope,
    keys: &[AggregateKey],
    range: (Millis, Millis),
    rows: &mut [EntityData],
) -> Result<()> {
    if keys.len() > KEYS_MAX {
        return Err(PlatformError::invalid(
            "keys",
            format!("at most {KEYS_MAX} aggregates may be asked for at once"),
        ));
    }
    for row in rows {
        for wanted in keys {
            let of = |range| of_range(platform, scope, row.entity_id, wanted, range);
            let current = if wanted.previous_value_only {
                None
            } else {
                Some(of(range)?)
            };
            let earlier = wanted.previous_start_ts.zip(wanted.previous_end_ts);
            let previous = earlier.map(of).transpose()?;
            let compared = ComparedText { current, previous };
            row.agg_latest.insert(wanted.id, compared);
        }
    }
    Ok(())
}

/// The aggregate of a range; without points a text without a time. Not aggregated, it is the
/// newest point.
fn of_range(
    platform: &Platform,
    scope: &Scope,
    entity: EntityId,
    wanted: &AggregateKey,
    (start, end): (Millis, Millis),
) -> Result<TsText> {
    let query = HistoryQuery {
        start,
        end,
        aggregation: wanted.agg,
        interval: Interval::Millis(end.saturating_sub(start).max(1)),
        limit: 1,
        order: Order::Desc,
    };
    let key = std::slice::from_ref(&wanted.key);
    let found = platform.telemetry.history(scope, entity, key, &query)?;
    let point = found.into_iter().flat_map(|(_, points)| points).next();
    Ok(point.map_or_else(
        || TsText {
            ts: 0,
            value: String::new(),
        },
        |point| TsText {
            ts: point.ts,
            value: point.value.to_string(),
        },
    ))
}
