//! Alarms of the entities of a query, with what is shown of the entities.

use millrace_model::{
    EntityId, Millis, PageData, PageLink, SortOrder,
    entity::{AlarmInfo, AlarmSearchStatus, AlarmSeverity, AlarmStatus},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    EntityDataQuery, EntityKey, Queries, ValuesByType,
    query::{QuerySort, drop_nulls},
};
use crate::{
    PlatformError, Result, Scope,
    alarms::{AlarmQuery, Alarms},
    clock::now_ms,
};

/// Most entities whose alarms are looked at.
const ENTITIES_MAX: i32 = 10_000;

/// Which alarms, and what of their entities.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlarmDataQuery {
    /// Which entities; all when absent.
    #[serde(default)]
    #[schema(value_type = Object)]
    entity_filter: Option<Json>,
    /// Conditions on their values.
    #[serde(default)]
    #[schema(value_type = Object)]
    key_filters: Option<Json>,
    /// Which part, and which alarms.
    page_link: AlarmPage,
    /// Fields of the entities that are shown.
    #[serde(default)]
    entity_fields: Vec<EntityKey>,
    /// Attributes and telemetry that are shown.
    #[serde(default)]
    latest_values: Vec<EntityKey>,
}

/// Which alarms are counted.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlarmCountQuery {
    /// Which entities; all when absent.
    #[serde(default)]
    #[schema(value_type = Object)]
    entity_filter: Option<Json>,
    /// Conditions on their values.
    #[serde(default)]
    #[schema(value_type = Object)]
    key_filters: Option<Json>,
    /// Which alarms.
    #[serde(flatten)]
    wanted: WantedAlarms,
}

/// Which part, and which alarms.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AlarmPage {
    /// Rows a page, at least 1.
    page_size: i32,
    /// Page from 0.
    #[serde(default)]
    page: i32,
    /// Part of the type, without regard to case.
    #[serde(default)]
    text_search: Option<String>,
    /// Order; newest first when absent.
    #[serde(default)]
    sort_order: Option<QuerySort>,
    #[serde(flatten)]
    wanted: WantedAlarms,
}

/// Which alarms.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct WantedAlarms {
    /// Made from here on (ms).
    start_ts: Millis,
    /// Made up to here (ms).
    end_ts: Millis,
    /// Made within this time up to now (ms); wins over the other two.
    time_window: Millis,
    /// Types; any when empty.
    type_list: Vec<String>,
    /// Parts of all statuses; any when empty.
    status_list: Vec<AlarmSearchStatus>,
    /// Severities; any when empty.
    severity_list: Vec<AlarmSeverity>,
    /// Also what was propagated to the entities.
    search_propagated_alarms: bool,
    /// Who looks after them.
    #[schema(value_type = Object)]
    assignee_id: Option<millrace_model::id::UserId>,
}

/// An alarm and what is shown of its entity.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlarmData {
    /// The alarm.
    #[serde(flatten)]
    pub info: AlarmInfo,
    /// The entity of the query that lists it.
    pub entity_id: Option<EntityId>,
    /// Fields, attributes and latest telemetry of the entity.
    #[schema(value_type = Object)]
    pub latest: ValuesByType,
}

/// The statuses that fit words for parts of them: `ACTIVE` and `UNACK` together mean both.
#[must_use]
pub fn statuses_of(words: &[AlarmSearchStatus]) -> Vec<AlarmStatus> {
    use AlarmSearchStatus as S;
    let fits = |status: AlarmStatus, sides: [S; 2]| {
        let mut asked = words.iter().filter(|word| sides.contains(word)).peekable();
        asked.peek().is_none() || asked.any(|word| word.has(status))
    };
    if words.is_empty() || words.contains(&S::Any) {
        return Vec::new();
    }
    AlarmStatus::ALL
        .into_iter()
        .filter(|status| {
            fits(*status, [S::Active, S::Cleared]) && fits(*status, [S::Ack, S::Unack])
        })
        .collect()
}

impl WantedAlarms {
    fn query(&self, listed_by: Option<Vec<EntityId>>) -> AlarmQuery {
        let given = |time: Millis| (time > 0).then_some(time);
        let (start, end) = if self.time_window > 0 {
            (Some(now_ms().saturating_sub(self.time_window)), None)
        } else {
            (given(self.start_ts), given(self.end_ts))
        };
        AlarmQuery {
            own_only: listed_by.is_some() && !self.search_propagated_alarms,
            listed_by,
            statuses: statuses_of(&self.status_list),
            severities: self.severity_list.clone(),
            types: self.type_list.clone(),
            assignee: self.assignee_id.map(|user| user.0),
            start,
            end,
        }
    }
}

impl AlarmDataQuery {
    /// Reads a query; null members count as absent.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] with the reason.
    pub fn parse(json: Json) -> Result<Self> {
        let query: Self = read(json)?;
        if query.page_link.page_size < 1 || query.page_link.page < 0 {
            return Err(PlatformError::invalid(
                "pageLink",
                "pageLink needs a pageSize of at least 1 and a page that is not negative",
            ));
        }
        Ok(query)
    }
}

impl AlarmCountQuery {
    /// Reads a query; null members count as absent.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] with the reason.
    pub fn parse(json: Json) -> Result<Self> {
        read(json)
    }
}

impl Queries {
    /// A page of alarms of the entities that a query means.
    ///
    /// # Errors
    /// As [`Queries::find`].
    pub fn alarms(
        &self,
        scope: &Scope,
        alarms: &Alarms,
        query: &AlarmDataQuery,
    ) -> Result<PageData<AlarmData>> {
        let entities = self.alarm_entities(scope, &query.entity_filter, &query.key_filters)?;
        let page = &query.page_link;
        let sort = page.sort_order.as_ref();
        let link = PageLink {
            page_size: u32::try_from(page.page_size).unwrap_or(1),
            page: u32::try_from(page.page).unwrap_or(0),
            text_search: page.text_search.clone(),
            sort_property: sort.map(|sort| sort.key.key.to_string()),
            sort_order: sort.map_or(SortOrder::Desc, |sort| sort.direction),
        };
        let wanted = page.wanted.query(entities.clone());
        let listed = match &entities {
            Some(entities) => alarms.listed_by(scope, entities)?,
            None => std::collections::HashMap::new(),
        };
        let keys: Vec<EntityKey> = query
            .entity_fields
            .iter()
            .chain(&query.latest_values)
            .cloned()
            .collect();
        let found = alarms.infos(scope, &wanted, &link)?;
        let mut rows = Vec::with_capacity(found.data.len());
        for info in found.data {
            let id: Option<Uuid> = info.alarm.id.map(|id| id.0);
            let entity = id
                .and_then(|id| listed.get(&id).copied())
                .or(info.alarm.originator);
            let latest = match entity {
                Some(entity) if !keys.is_empty() => {
                    let data = self.data_of(scope, &[entity], &keys)?;
                    data.into_iter().next().map(|data| data.latest)
                }
                _ => None,
            };
            rows.push(AlarmData {
                info,
                entity_id: entity,
                latest: latest.unwrap_or_default(),
            });
        }
        Ok(PageData {
            data: rows,
            total_pages: found.total_pages,
            total_elements: found.total_elements,
            has_next: found.has_next,
        })
    }

    /// How many alarms a query means.
    ///
    /// # Errors
    /// As [`Queries::find`].
    pub fn count_alarms(
        &self,
        scope: &Scope,
        alarms: &Alarms,
        query: &AlarmCountQuery,
    ) -> Result<u64> {
        let entities = self.alarm_entities(scope, &query.entity_filter, &query.key_filters)?;
        alarms.count(scope, &query.wanted.query(entities))
    }

    fn alarm_entities(
        &self,
        scope: &Scope,
        filter: &Option<Json>,
        key_filters: &Option<Json>,
    ) -> Result<Option<Vec<EntityId>>> {
        let Some(filter) = filter else {
            return Ok(None);
        };
        let query = EntityDataQuery::parse(json!({
            "entityFilter": filter,
            "keyFilters": key_filters,
            "pageLink": { "pageSize": ENTITIES_MAX, "page": 0 },
        }))?;
        Ok(Some(self.find_ids(scope, &query)?.data))
    }
}

fn read<T: serde::de::DeserializeOwned>(mut json: Json) -> Result<T> {
    drop_nulls(&mut json);
    serde_json::from_value(json)
        .map_err(|error| PlatformError::invalid("query", format!("the query is wrong: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_one_side_join_and_of_both_sides_narrow() {
        use AlarmSearchStatus as S;
        use AlarmStatus as A;
        assert_eq!(statuses_of(&[S::Active]), [A::ActiveUnack, A::ActiveAck]);
        assert_eq!(statuses_of(&[S::Active, S::Unack]), [A::ActiveUnack]);
        assert_eq!(statuses_of(&[S::Active, S::Cleared, S::Ack]).len(), 2);
        assert!(statuses_of(&[S::Any, S::Ack]).is_empty());
    }
}
