//! The members of entity commands.

use std::sync::Arc;

use millrace_model::{Millis, telemetry::Aggregation};
use millrace_platform::{
    Result,
    queries::EntityKey,
    telemetry::{HistoryQuery, Interval, Order},
};
use serde::Deserialize;
use serde_json::Value as Json;

use super::aggregates::{HistoryAggregates, WindowAggregates};
use crate::resources::telemetry::read::limit;

/// `ENTITY_DATA`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct DataCommand {
    pub(super) query: Option<Json>,
    #[serde(flatten)]
    pub(super) parts: DataParts,
}

/// What is to be told of the entities.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct DataParts {
    #[serde(rename = "latestCmd")]
    pub(super) latest: Option<LatestPart>,
    #[serde(rename = "tsCmd")]
    pub(super) series: Option<SeriesPart>,
    #[serde(rename = "historyCmd")]
    pub(super) history: Option<HistoryPart>,
    #[serde(rename = "aggTsCmd")]
    pub(super) aggregated_series: Option<WindowAggregates>,
    #[serde(rename = "aggHistoryCmd")]
    pub(super) aggregated_history: Option<HistoryAggregates>,
}

/// Latest values and attributes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct LatestPart {
    pub(super) keys: Vec<EntityKey>,
}

/// Points of a window and every one that comes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct SeriesPart {
    #[serde(flatten)]
    pub(super) range: Range,
    time_window: Millis,
}

/// Points of a range.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct HistoryPart {
    #[serde(flatten)]
    pub(super) range: Range,
    end_ts: Millis,
}

/// Which points, and how they are put together.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Range {
    pub(super) keys: Vec<Arc<str>>,
    start_ts: Millis,
    interval: Millis,
    interval_type: Option<String>,
    time_zone_id: Option<String>,
    limit: i64,
    agg: Aggregation,
    /// Also the last point before the range.
    pub(super) fetch_latest_previous_point: bool,
}

impl DataParts {
    /// These, replaced by what is newly asked for. History is asked for once and not kept.
    pub(super) fn with(self, newer: Self) -> Self {
        Self {
            latest: newer.latest.or(self.latest),
            series: newer.series.or(self.series),
            history: None,
            aggregated_series: newer.aggregated_series.or(self.aggregated_series),
            aggregated_history: None,
        }
    }
}

impl SeriesPart {
    pub(super) fn query(&self) -> Result<HistoryQuery> {
        let end = self.range.start_ts.saturating_add(self.time_window.max(0));
        // Points of this very millisecond belong to the window.
        self.range.query(end.saturating_add(1))
    }
}

impl HistoryPart {
    pub(super) fn query(&self) -> Result<HistoryQuery> {
        self.range.query(self.end_ts)
    }
}

impl Range {
    fn query(&self, end: Millis) -> Result<HistoryQuery> {
        let zone = self.time_zone_id.as_deref();
        Ok(HistoryQuery {
            start: self.start_ts,
            end,
            aggregation: self.agg,
            interval: Interval::parse(self.interval, self.interval_type.as_deref(), zone)?,
            limit: limit(Some(self.limit)),
            order: Order::Desc,
        })
    }

    /// The last point before the range.
    pub(super) fn previous(&self) -> HistoryQuery {
        HistoryQuery {
            start: 0,
            end: self.start_ts,
            aggregation: Aggregation::None,
            interval: Interval::Millis(0),
            limit: 1,
            order: Order::Desc,
        }
    }
}
