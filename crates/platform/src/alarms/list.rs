//! Lists of alarms.

use std::collections::{BTreeSet, HashMap};

use millrace_model::{
    EntityId, EntityType, Millis, PageData, PageLink, SortOrder, TenantId,
    entity::{Alarm, AlarmInfo, AlarmSeverity, AlarmStatus},
};
use millrace_store::entities::EntityFilter;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Alarms, LISTED};
use crate::{Result, Scope, access, paging::page_where, records::by_creation};

/// Which alarms are asked for; empty lists leave nothing out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlarmQuery {
    /// Only those that one of these entities lists; `None` = all of the tenant.
    pub listed_by: Option<Vec<EntityId>>,
    /// Only the listing entity's own, not what was propagated to it.
    pub own_only: bool,
    /// Only with one of these.
    pub statuses: Vec<AlarmStatus>,
    /// Only with one of these.
    pub severities: Vec<AlarmSeverity>,
    /// Only of one of these types.
    pub types: Vec<String>,
    /// Only those this person looks after.
    pub assignee: Option<Uuid>,
    /// Only made at this time or later.
    pub start: Option<Millis>,
    /// Only made at this time or earlier.
    pub end: Option<Millis>,
}

impl AlarmQuery {
    fn keeps(&self, alarm: &Alarm) -> bool {
        fn within<T: PartialEq>(list: &[T], value: &T) -> bool {
            list.is_empty() || list.contains(value)
        }
        let created = alarm.created_time.unwrap_or_default();
        within(&self.statuses, &alarm.status())
            && alarm
                .severity
                .is_none_or(|severity| within(&self.severities, &severity))
            && within(&self.types, &alarm.alarm_type)
            && self
                .assignee
                .is_none_or(|wanted| alarm.assignee_id.is_some_and(|is| is.0 == wanted))
            && self.start.is_none_or(|start| created >= start)
            && self.end.is_none_or(|end| created <= end)
            && (!self.own_only
                || self.listed_by.as_ref().is_none_or(|listing| {
                    alarm
                        .originator
                        .is_some_and(|originator| listing.contains(&originator))
                }))
    }

    /// Whether the store's own columns answer it.
    fn is_plain(&self) -> bool {
        *self
            == Self {
                listed_by: self.listed_by.clone(),
                ..Self::default()
            }
    }
}

/// A type of alarms that a tenant has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlarmTypeRow {
    /// Whose it is.
    pub tenant_id: TenantId,
    /// `ALARM`.
    pub entity_type: EntityType,
    /// The type.
    #[serde(rename = "type")]
    pub alarm_type: String,
}

impl Alarms {
    /// A page of alarms, newest first unless the link says otherwise.
    ///
    /// # Errors
    /// When the caller may not see the entity, or the store cannot be read.
    pub fn page(
        &self,
        scope: &Scope,
        query: &AlarmQuery,
        link: &PageLink,
    ) -> Result<PageData<Alarm>> {
        let filter = self.filter(scope, query)?;
        let mut link = link.clone();
        match link.sort_property.as_deref() {
            None => {
                link.sort_property = Some("createdTime".to_owned());
                link.sort_order = SortOrder::Desc;
            }
            Some("startTime") => link.sort_property = Some("startTs".to_owned()),
            Some("endTime") => link.sort_property = Some("endTs".to_owned()),
            Some(_) => {}
        }
        let page = if query.is_plain() {
            self.records.table().page(scope.tenant, &filter, &link)?
        } else {
            page_where(&self.records, scope, &filter, &link, |alarm| {
                query.keeps(alarm)
            })?
        };
        Ok(page.map(|mut alarm: Alarm| {
            alarm.complete();
            alarm
        }))
    }

    /// The same with names.
    ///
    /// # Errors
    /// As [`Alarms::page`].
    pub fn infos(
        &self,
        scope: &Scope,
        query: &AlarmQuery,
        link: &PageLink,
    ) -> Result<PageData<AlarmInfo>> {
        let page = self.page(scope, query, link)?;
        let (pages, elements, has_next) = (page.total_pages, page.total_elements, page.has_next);
        let data = page
            .data
            .into_iter()
            .map(|alarm| self.with_names(scope, alarm))
            .collect::<Result<_>>()?;
        Ok(PageData {
            data,
            total_pages: pages,
            total_elements: elements,
            has_next,
        })
    }

    /// How many there are.
    ///
    /// # Errors
    /// As [`Alarms::page`].
    pub fn count(&self, scope: &Scope, query: &AlarmQuery) -> Result<u64> {
        Ok(self.page(scope, query, &PageLink::first(1))?.total_elements)
    }

    /// The worst severity among the alarms asked for.
    ///
    /// # Errors
    /// As [`Alarms::page`].
    pub fn highest_severity(
        &self,
        scope: &Scope,
        query: &AlarmQuery,
    ) -> Result<Option<AlarmSeverity>> {
        let filter = self.filter(scope, query)?;
        let mut worst = None;
        self.records
            .walk(scope, &filter, by_creation(), |alarm: Alarm| {
                if query.keeps(&alarm)
                    && let Some(severity) = alarm.severity
                {
                    worst =
                        Some(worst.map_or(severity, |worst: AlarmSeverity| worst.min(severity)));
                }
                Ok(worst != Some(AlarmSeverity::Critical))
            })?;
        Ok(worst)
    }

    /// The types of alarms there are, in order of the alphabet.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn types(&self, scope: &Scope, link: &PageLink) -> Result<PageData<AlarmTypeRow>> {
        let filter = self.filter(scope, &AlarmQuery::default())?;
        let wanted = link.text_search.as_deref().map(str::to_lowercase);
        let mut types = BTreeSet::new();
        self.records
            .walk(scope, &filter, by_creation(), |alarm: Alarm| {
                types.insert(alarm.alarm_type);
                Ok(true)
            })?;
        let mut rows: Vec<AlarmTypeRow> = types
            .into_iter()
            .filter(|name| {
                wanted
                    .as_ref()
                    .is_none_or(|wanted| name.to_lowercase().contains(wanted))
            })
            .map(|alarm_type| AlarmTypeRow {
                tenant_id: scope.tenant,
                entity_type: EntityType::Alarm,
                alarm_type,
            })
            .collect();
        if link.sort_order == SortOrder::Desc {
            rows.reverse();
        }
        let total = rows.len() as u64;
        let offset = usize::try_from(link.offset()).unwrap_or(usize::MAX);
        let page = rows
            .into_iter()
            .skip(offset)
            .take(link.page_size as usize)
            .collect();
        Ok(PageData::of(page, total, link))
    }

    /// Which of the entities each alarm is listed by, for views that show one beside the other.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn listed_by(
        &self,
        scope: &Scope,
        entities: &[EntityId],
    ) -> Result<HashMap<Uuid, EntityId>> {
        let mut listed = HashMap::new();
        for entity in entities {
            for relation in self
                .records
                .store()
                .relations(scope.tenant, *entity, true, LISTED)?
            {
                listed.entry(relation.to.id).or_insert(*entity);
            }
        }
        Ok(listed)
    }

    fn filter(&self, scope: &Scope, query: &AlarmQuery) -> Result<EntityFilter> {
        let customer = access::customer_wall(scope)?;
        let ids = match &query.listed_by {
            None => None,
            Some(entities) => {
                for entity in entities {
                    access::require_readable(self.records.store(), scope, *entity)?;
                }
                Some(self.listed_by(scope, entities)?.into_keys().collect())
            }
        };
        let subtype = match query.types.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        };
        Ok(EntityFilter {
            customer,
            ids,
            subtype,
            ..EntityFilter::default()
        })
    }
}
