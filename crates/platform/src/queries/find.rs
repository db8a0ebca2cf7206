//! Pages, counts and keys.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use millrace_model::{
    AttributeScope, EntityId, EntityType, Millis, PageData, PageLink, SortOrder, Value,
    telemetry::TsValue,
};
use millrace_store::entities::{EntityFilter, EntityRow};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    EntityCountQuery, EntityDataQuery, EntityKey, KeyType, Queries,
    key::{Owners, shown},
    predicate::{Junction, KeyFilter, number},
    source::Source,
};
use crate::{PlatformError, Result, Scope, access, records::by_creation};

/// Most entities whose values one query compares.
const CANDIDATES_MAX: usize = 200_000;
/// Entities whose keys are gathered.
const KEYS_OF_MAX: u32 = 1_000;

/// Time and text of a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TsText {
    /// When; 0 when there is none.
    pub ts: Millis,
    /// The text; empty when there is none.
    pub value: String,
}

/// An aggregate of a range, and the one of an earlier range it is compared with. What was not asked
/// for is absent; what has no points is a text without a time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ComparedText {
    /// Of the range.
    pub current: Option<TsText>,
    /// Of the earlier range.
    pub previous: Option<TsText>,
}

/// Values by the place of their keys and the keys.
pub type ValuesByType = BTreeMap<KeyType, BTreeMap<Arc<str>, TsText>>;

/// An entity and what was asked of it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EntityData {
    /// The entity.
    pub entity_id: EntityId,
    /// Fields, attributes and latest telemetry.
    #[schema(value_type = Object)]
    pub latest: ValuesByType,
    /// Points by key; filled by subscriptions.
    #[schema(value_type = Object)]
    pub timeseries: BTreeMap<Arc<str>, Vec<TsText>>,
    /// Aggregates by the number they were asked with; filled by subscriptions.
    #[schema(value_type = Object)]
    pub agg_latest: BTreeMap<i32, ComparedText>,
}

/// Keys that the entities of a query have values for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AvailableKeys {
    /// Kinds of the entities.
    pub entity_types: BTreeSet<EntityType>,
    /// Keys of telemetry.
    #[schema(value_type = Vec<String>)]
    pub timeseries: BTreeSet<Arc<str>>,
    /// Keys of attributes.
    #[schema(value_type = Vec<String>)]
    pub attribute: BTreeSet<Arc<str>>,
}

/// A row that fits, without its body.
struct Candidate {
    id: EntityId,
    created: Millis,
    sort: Option<Value>,
}

impl Queries {
    /// A page of the entities that a query means, with what it asks of them.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] for too many entities; [`PlatformError::Denied`] for a caller
    /// without a tenant; when a store cannot be read.
    pub fn find(&self, scope: &Scope, query: &EntityDataQuery) -> Result<PageData<EntityData>> {
        let sources = self.walled(scope, &query.count())?;
        let page = self.rows(scope, &sources, query)?;
        let keys: Vec<EntityKey> = query
            .entity_fields
            .iter()
            .chain(&query.latest_values)
            .cloned()
            .collect();
        let mut owners = Owners::default();
        let PageData {
            data,
            total_pages,
            total_elements,
            has_next,
        } = page;
        let data = data
            .iter()
            .map(|row| self.data(scope, row, &keys, &mut owners))
            .collect::<Result<_>>()?;
        Ok(PageData {
            data,
            total_pages,
            total_elements,
            has_next,
        })
    }

    /// How many entities a query means.
    ///
    /// # Errors
    /// As [`Self::find`].
    pub fn count(&self, scope: &Scope, query: &EntityCountQuery) -> Result<u64> {
        let sources = self.walled(scope, query)?;
        let plain = query.key_filters.is_empty() && sources.iter().all(Source::is_plain);
        if plain && sources.len() < 2 {
            let mut total = 0;
            for source in &sources {
                let link = PageLink::first(1);
                let store = self.records.store();
                let page = store.page(scope.tenant, source.kind, &source.filter, &link)?;
                total += page.total_elements;
            }
            return Ok(total);
        }
        let filters = self.resolved(scope, &query.key_filters);
        let conditions = Conditions {
            filters: &filters,
            junction: query.key_filters_operation,
        };
        let found = self.candidates(scope, &sources, &conditions, None, None)?;
        Ok(found.len() as u64)
    }

    /// Keys that the entities of a query have values for.
    ///
    /// # Errors
    /// As [`Self::find`].
    pub fn keys(
        &self,
        scope: &Scope,
        query: &EntityDataQuery,
        with_series: bool,
        with_attributes: bool,
        of: Option<AttributeScope>,
    ) -> Result<AvailableKeys> {
        let mut first = query.clone();
        first.page_link.page_size = i32::try_from(KEYS_OF_MAX).unwrap_or(i32::MAX);
        first.page_link.page = 0;
        let sources = self.walled(scope, &first.count())?;
        let mut found = AvailableKeys::default();
        for row in self.rows(scope, &sources, &first)?.data {
            found.entity_types.insert(row.id.entity_type);
            if with_series {
                found.timeseries.extend(self.telemetry.keys(scope, row.id)?);
            }
            if with_attributes {
                let keys = self.telemetry.attribute_keys(scope, row.id, of)?;
                found.attribute.extend(keys);
            }
        }
        Ok(found)
    }

    /// Which entities a page of a query holds, without reading their values.
    ///
    /// # Errors
    /// As [`Self::find`].
    pub fn find_ids(&self, scope: &Scope, query: &EntityDataQuery) -> Result<PageData<EntityId>> {
        let sources = self.walled(scope, &query.count())?;
        Ok(self.rows(scope, &sources, query)?.map(|row| row.id))
    }

    /// What is asked of entities that [`Self::find_ids`] found; those that are gone are left out.
    ///
    /// # Errors
    /// When a store cannot be read.
    pub fn data_of(
        &self,
        scope: &Scope,
        ids: &[EntityId],
        keys: &[EntityKey],
    ) -> Result<Vec<EntityData>> {
        let mut owners = Owners::default();
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            if let Some(row) = self.records.store().get(scope.tenant, *id)? {
                found.push(self.data(scope, &row, keys, &mut owners)?);
            }
        }
        Ok(found)
    }

    /// What is asked of one entity.
    fn data(
        &self,
        scope: &Scope,
        row: &EntityRow,
        keys: &[EntityKey],
        owners: &mut Owners,
    ) -> Result<EntityData> {
        let mut latest = ValuesByType::new();
        let read = self.read(scope, row, keys, owners)?;
        for (key, value) in keys.iter().zip(read) {
            let (ts, value) = shown(value.as_ref());
            let of_type = latest.entry(key.key_type).or_default();
            of_type.insert(Arc::clone(&key.key), TsText { ts, value });
        }
        Ok(EntityData {
            entity_id: row.id,
            latest,
            timeseries: BTreeMap::new(),
            agg_latest: BTreeMap::new(),
        })
    }

    fn walled(&self, scope: &Scope, query: &EntityCountQuery) -> Result<Vec<Source>> {
        access::require_tenant(scope)?;
        let mut walled = Vec::new();
        for source in self.sources(scope, &query.entity_filter)? {
            let source = source.walled(scope)?;
            if !source.is_empty() {
                walled.push(source);
            }
        }
        Ok(walled)
    }

    fn rows(
        &self,
        scope: &Scope,
        sources: &[Source],
        query: &EntityDataQuery,
    ) -> Result<PageData<EntityRow>> {
        let sort = query.page_link.sort_order.as_ref();
        let column = match sort {
            None => Some("createdTime"),
            Some(sort) => column(&sort.key),
        };
        let link = PageLink {
            page_size: u32::try_from(query.page_link.page_size).unwrap_or(1),
            page: u32::try_from(query.page_link.page).unwrap_or(0),
            text_search: query.page_link.text_search.clone(),
            sort_property: column.map(str::to_owned),
            sort_order: sort.map(|sort| sort.direction).unwrap_or_default(),
        };
        if let ([source], Some(_), []) = (sources, column, query.key_filters.as_slice())
            && source.is_plain()
        {
            let store = self.records.store();
            return Ok(store.page(scope.tenant, source.kind, &source.filter, &link)?);
        }
        let filters = self.resolved(scope, &query.key_filters);
        let conditions = Conditions {
            filters: &filters,
            junction: query.key_filters_operation,
        };
        let by = sort.map(|sort| &sort.key);
        let text = link.text_search.as_deref();
        let mut found = self.candidates(scope, sources, &conditions, by, text)?;
        found.sort_by(|a, b| {
            let order = compare(a.sort.as_ref(), b.sort.as_ref())
                .then(a.created.cmp(&b.created))
                .then(a.id.cmp(&b.id));
            match link.sort_order {
                SortOrder::Asc => order,
                SortOrder::Desc => order.reverse(),
            }
        });
        let total = found.len() as u64;
        let skip = usize::try_from(link.offset()).unwrap_or(usize::MAX);
        let take = usize::try_from(link.page_size).unwrap_or(usize::MAX);
        let mut rows = Vec::new();
        for candidate in found.into_iter().skip(skip).take(take) {
            // One that was deleted meanwhile is left out.
            rows.extend(self.records.store().get(scope.tenant, candidate.id)?);
        }
        Ok(PageData::of(rows, total, &link))
    }

    /// Every row that fits, with the value it is sorted by.
    fn candidates(
        &self,
        scope: &Scope,
        sources: &[Source],
        conditions: &Conditions<'_>,
        by: Option<&EntityKey>,
        text: Option<&str>,
    ) -> Result<Vec<Candidate>> {
        let mut keys: Vec<EntityKey> = conditions
            .filters
            .iter()
            .map(|filter| filter.key.clone())
            .collect();
        keys.extend(by.cloned());
        let mut owners = Owners::default();
        let mut found: Vec<Candidate> = Vec::new();
        for source in sources {
            self.each_row(scope, source, text, &mut |row| {
                if !source.fits(&row) {
                    return Ok(());
                }
                let mut read = self.read(scope, &row, &keys, &mut owners)?;
                if !conditions.hold(&read) {
                    return Ok(());
                }
                if found.len() >= CANDIDATES_MAX {
                    return Err(PlatformError::invalid(
                        "entityFilter",
                        format!(
                            "the query compares more than {CANDIDATES_MAX} entities: narrow it"
                        ),
                    ));
                }
                let sort = by.and_then(|_| read.pop().flatten());
                found.push(Candidate {
                    id: row.id,
                    created: row.created_time,
                    sort: sort.map(|sort| sort.value),
                });
                Ok(())
            })?;
        }
        if sources.len() > 1 {
            found.sort_by_key(|candidate| candidate.id);
            found.dedup_by_key(|candidate| candidate.id);
        }
        Ok(found)
    }

    fn each_row(
        &self,
        scope: &Scope,
        source: &Source,
        text: Option<&str>,
        each: &mut dyn FnMut(EntityRow) -> Result<()>,
    ) -> Result<()> {
        let mut link = PageLink {
            text_search: text.map(str::to_owned),
            ..by_creation()
        };
        let filter: &EntityFilter = &source.filter;
        loop {
            let store = self.records.store();
            let page = store.page(scope.tenant, source.kind, filter, &link)?;
            for row in page.data {
                each(row)?;
            }
            if !page.has_next {
                return Ok(());
            }
            link.page = link.page.saturating_add(1);
        }
    }

    fn resolved(&self, scope: &Scope, filters: &[KeyFilter]) -> Vec<KeyFilter> {
        let mut filters = filters.to_vec();
        for filter in &mut filters {
            filter.predicate.resolve(self, scope);
        }
        filters
    }
}

/// Conditions on values and how they are joined.
struct Conditions<'a> {
    filters: &'a [KeyFilter],
    junction: Junction,
}

impl Conditions<'_> {
    /// Whether they hold for values in the order of the filters.
    fn hold(&self, read: &[Option<TsValue>]) -> bool {
        let mut outcomes = self.filters.iter().zip(read).map(|(filter, value)| {
            let value = value.as_ref().map(|found| &found.value);
            filter.predicate.holds(value)
        });
        match self.junction {
            Junction::And => outcomes.all(|held| held),
            Junction::Or => self.filters.is_empty() || outcomes.any(|held| held),
        }
    }
}

/// The store's name for a field it can sort by.
fn column(key: &EntityKey) -> Option<&'static str> {
    if key.key_type != KeyType::EntityField {
        return None;
    }
    match &*key.key {
        "name" | "title" | "entityName" => Some("name"),
        "label" => Some("label"),
        "type" => Some("type"),
        "createdTime" => Some("createdTime"),
        _ => None,
    }
}

/// Numbers by size, texts without regard to case, what is missing first.
fn compare(a: Option<&Value>, b: Option<&Value>) -> Ordering {
    match (a, b) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Less,
        (Some(_), None) => Ordering::Greater,
        (Some(a), Some(b)) => match (number(a), number(b)) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => {
                let text = |value: &Value| value.to_string().to_lowercase();
                text(a).cmp(&text(b))
            }
        },
    }
}
