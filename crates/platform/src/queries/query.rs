//! The question, in the form clients send.

use millrace_model::SortOrder;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::{
    EntityKey,
    predicate::{Junction, KeyFilter},
};
use crate::{PlatformError, Result};

pub use super::filter::EntityFilterQuery;

/// Most keys or conditions of one query.
const KEYS_MAX: usize = 1_000;

/// How many entities meet the conditions.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EntityCountQuery {
    /// Which entities.
    #[schema(value_type = Object)]
    pub entity_filter: EntityFilterQuery,
    /// Conditions on their values.
    #[serde(default)]
    pub key_filters: Vec<KeyFilter>,
    /// How the conditions are joined.
    #[serde(default)]
    pub key_filters_operation: Junction,
}

/// Which entities, and what of them.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EntityDataQuery {
    /// Which entities.
    #[schema(value_type = Object)]
    pub entity_filter: EntityFilterQuery,
    /// Conditions on their values.
    #[serde(default)]
    pub key_filters: Vec<KeyFilter>,
    /// How the conditions are joined.
    #[serde(default)]
    pub key_filters_operation: Junction,
    /// Which part, in which order.
    pub page_link: QueryPage,
    /// Fields that are shown.
    #[serde(default)]
    pub entity_fields: Vec<EntityKey>,
    /// Attributes and telemetry that are shown.
    #[serde(default)]
    pub latest_values: Vec<EntityKey>,
}

/// Which part of the entities, in which order.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueryPage {
    /// Rows a page, at least 1.
    pub page_size: i32,
    /// Page from 0.
    #[serde(default)]
    pub page: i32,
    /// Part of name or label, without regard to case.
    #[serde(default)]
    pub text_search: Option<String>,
    /// Order; by time of creation when absent.
    #[serde(default)]
    pub sort_order: Option<QuerySort>,
    /// Whether a subscription follows entities that come and go.
    #[serde(default)]
    pub dynamic: bool,
}

/// What entities are sorted by.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct QuerySort {
    /// The key.
    pub key: EntityKey,
    /// Which way.
    #[serde(default)]
    #[schema(inline)]
    pub direction: SortOrder,
}

impl EntityCountQuery {
    /// Reads a query; null members count as absent.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] with the reason.
    pub fn parse(json: Json) -> Result<Self> {
        let query: Self = read(json)?;
        check(&query.key_filters, 0)?;
        Ok(query)
    }
}

impl EntityDataQuery {
    /// Reads a query; null members count as absent.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] with the reason.
    pub fn parse(json: Json) -> Result<Self> {
        let query: Self = read(json)?;
        if query.page_link.page_size < 1 {
            return Err(PlatformError::invalid(
                "pageLink.pageSize",
                "pageLink.pageSize must be at least 1",
            ));
        }
        if query.page_link.page < 0 {
            return Err(PlatformError::invalid(
                "pageLink.page",
                "pageLink.page must not be negative",
            ));
        }
        check(
            &query.key_filters,
            query.entity_fields.len() + query.latest_values.len(),
        )?;
        Ok(query)
    }

    /// The count that goes with it.
    #[must_use]
    pub fn count(&self) -> EntityCountQuery {
        EntityCountQuery {
            entity_filter: self.entity_filter.clone(),
            key_filters: self.key_filters.clone(),
            key_filters_operation: self.key_filters_operation,
        }
    }
}

fn check(filters: &[KeyFilter], keys: usize) -> Result<()> {
    if filters.len() > KEYS_MAX || keys > KEYS_MAX {
        return Err(PlatformError::invalid(
            "keyFilters",
            format!("a query may hold at most {KEYS_MAX} keys and as many keyFilters"),
        ));
    }
    if filters.iter().all(|filter| filter.predicate.is_shallow()) {
        return Ok(());
    }
    Err(PlatformError::invalid(
        "keyFilters",
        "keyFilters are nested too deeply: join conditions on one level",
    ))
}

fn read<T: DeserializeOwned>(mut json: Json) -> Result<T> {
    drop_nulls(&mut json);
    serde_json::from_value(json)
        .map_err(|error| PlatformError::invalid("query", format!("the query is wrong: {error}")))
}

/// The depth is bounded by whoever read the text.
pub(super) fn drop_nulls(json: &mut Json) {
    match json {
        Json::Object(members) => {
            members.retain(|_, value| !value.is_null());
            members.values_mut().for_each(drop_nulls);
        }
        Json::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}
