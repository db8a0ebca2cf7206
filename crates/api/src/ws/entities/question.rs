//! Questions whose answer is told again when it is another one: counts and alarms.

use millrace_model::{EntityId, PageData, entity::AlarmSeverity};
use millrace_platform::{
    Platform, PlatformError, Result, Scope,
    alarms::AlarmQuery,
    queries::{AlarmCountQuery, AlarmData, AlarmDataQuery, EntityCountQuery, statuses_of},
};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::ENTITIES_MAX;

/// What is asked.
#[derive(Debug, Clone)]
pub(super) enum Question {
    Entities(EntityCountQuery),
    Alarms(Box<AlarmDataQuery>),
    AlarmCount(AlarmCountQuery),
    AlarmStatus(StatusCommand),
}

/// The members of commands with a query.
#[derive(Debug, Deserialize)]
struct QueryCommand {
    query: Json,
}

/// `ALARM_STATUS`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StatusCommand {
    originator_id: EntityId,
    #[serde(default)]
    type_list: Vec<String>,
    #[serde(default)]
    severity_list: Vec<AlarmSeverity>,
}

impl Question {
    /// The question of a command; `None` for a command that asks none.
    pub(super) fn read(kind: &str, members: Json) -> Option<Result<Self>> {
        let query = |members: Json| -> Result<Json> { Ok(of::<QueryCommand>(members)?.query) };
        Some(match kind {
            "ENTITY_COUNT" => query(members)
                .and_then(EntityCountQuery::parse)
                .map(Self::Entities),
            "ALARM_DATA" => query(members)
                .and_then(AlarmDataQuery::parse)
                .map(|query| Self::Alarms(Box::new(query))),
            "ALARM_COUNT" => query(members)
                .and_then(AlarmCountQuery::parse)
                .map(Self::AlarmCount),
            "ALARM_STATUS" => of(members).map(Self::AlarmStatus),
            _ => return None,
        })
    }

    /// Whether values of entities may change the answer.
    pub(super) fn has_conditions(&self) -> bool {
        match self {
            Self::Entities(query) => !query.key_filters.is_empty(),
            // A time window moves on, and shown values change.
            Self::Alarms(_) | Self::AlarmCount(_) => true,
            Self::AlarmStatus(_) => false,
        }
    }

    /// The frame with the answer of now.
    pub(super) fn answer(&self, platform: &Platform, scope: &Scope, id: i64) -> Result<String> {
        let queries = &platform.queries;
        let alarms = &platform.alarms;
        Ok(match self {
            Self::Entities(query) => {
                let count = queries.count(scope, query)?;
                frame(id, "COUNT_DATA", json!({ "count": count }))
            }
            Self::AlarmCount(query) => {
                let count = queries.count_alarms(scope, alarms, query)?;
                frame(id, "ALARM_COUNT_DATA", json!({ "count": count }))
            }
            Self::Alarms(query) => {
                let page: PageData<AlarmData> = queries.alarms(scope, alarms, query)?;
                let total = page.total_elements;
                let rest = json!({ "data": page, "update": null,
                    "allowedEntities": ENTITIES_MAX, "totalEntities": total });
                frame(id, "ALARM_DATA", rest)
            }
            Self::AlarmStatus(wanted) => {
                let query = AlarmQuery {
                    listed_by: Some(vec![wanted.originator_id]),
                    statuses: statuses_of(&[millrace_model::entity::AlarmSearchStatus::Active]),
                    severities: wanted.severity_list.clone(),
                    types: wanted.type_list.clone(),
                    ..AlarmQuery::default()
                };
                let active = alarms.count(scope, &query)? > 0;
                frame(id, "ALARM_STATUS", json!({ "active": active }))
            }
        })
    }
}

fn of<T: for<'de> Deserialize<'de>>(members: Json) -> Result<T> {
    serde_json::from_value(members)
        .map_err(|error| PlatformError::invalid("query", format!("the command is wrong: {error}")))
}

fn frame(id: i64, kind: &str, answer: Json) -> String {
    let mut frame = json!({ "cmdId": id, "errorCode": 0, "errorMsg": null });
    if let (Json::Object(frame), Json::Object(answer)) = (&mut frame, answer) {
        frame.extend(answer);
        frame.insert("cmdUpdateType".to_owned(), kind.into());
    }
    frame.to_string()
}
