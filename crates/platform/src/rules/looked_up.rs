//! What nodes find in the directory: entities with their fields, owners, and who is related.

use indexmap::IndexSet;
use millrace_model::{
    EntityId, EntityType, TenantId,
    id::{EntityGroupId, NULL_UUID},
};
use millrace_store::entities::EntityRow;
use serde::Deserialize;
use serde_json::Value as Json;
use uuid::Uuid;

use super::directory::Directory;
use crate::{
    PlatformError, Scope, access,
    records::by_creation,
    relations::{RelationDirection, RelationFilter, RelationParameters, RelationQuery},
};

/// An entity as it is stored.
pub(crate) struct Found(pub(crate) EntityRow);

impl Found {
    /// A field by the name that settings use; nothing when it is empty.
    pub(crate) fn field(&self, name: &str) -> Option<Json> {
        let row = &self.0;
        let value = match name {
            "id" => Json::String(row.id.id.to_string()),
            "createdTime" => Json::from(row.created_time),
            "name" => Json::String(row.name.clone()),
            "type" => row.subtype.clone().map(Json::String)?,
            "label" => row.label.clone().map(Json::String)?,
            other => row.body.get(other)?.clone(),
        };
        let empty = value.is_null() || value.as_str().is_some_and(str::is_empty);
        (!empty).then_some(value)
    }

    /// Its customer.
    pub(crate) fn customer(&self) -> Option<EntityId> {
        let id = self.0.customer.filter(|id| *id != NULL_UUID)?;
        Some(EntityId::new(EntityType::Customer, id))
    }
}

/// Which related entities a node's settings name.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct RelatedQuery {
    pub(crate) direction: RelationDirection,
    max_level: Option<i32>,
    fetch_last_level_only: bool,
    filters: Option<Vec<RelatedFilter>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct RelatedFilter {
    relation_type: Option<String>,
    /// Texts: an export may name a kind that is unknown here.
    entity_types: Option<Vec<String>>,
    negate: bool,
}

impl RelatedQuery {
    fn of(&self, root: EntityId) -> RelationQuery {
        let filters = self.filters.iter().flatten().map(|filter| RelationFilter {
            relation_type: filter.relation_type.clone(),
            entity_types: filter
                .entity_types
                .iter()
                .flatten()
                .filter_map(|kind| kind.parse().ok())
                .collect(),
            negate: filter.negate,
        });
        RelationQuery {
            parameters: RelationParameters {
                root_id: root.id,
                root_type: root.entity_type,
                direction: self.direction,
                relation_type_group: None,
                max_level: Some(self.max_level.unwrap_or(1)),
                fetch_last_level_only: self.fetch_last_level_only,
            },
            filters: Some(filters.collect()),
        }
    }
}

impl Directory {
    /// An entity of the tenant.
    ///
    /// # Errors
    /// A text that says it is not there, or why it cannot be read.
    pub(crate) fn existing(&self, tenant: TenantId, id: EntityId) -> Result<Found, String> {
        match self.records.store().get(tenant, id) {
            Ok(Some(row)) => Ok(Found(row)),
            Ok(None) => Err(format!(
                "{} {} does not exist",
                access::words(id.entity_type).to_lowercase(),
                id.id
            )),
            Err(error) => Err(format!("{id} cannot be read: {error}")),
        }
    }

    /// The customer of an entity; a customer is its own.
    ///
    /// # Errors
    /// When it has none, or cannot be read.
    pub(crate) fn customer_of(&self, tenant: TenantId, id: EntityId) -> Result<EntityId, String> {
        if id.entity_type == EntityType::Customer {
            return Ok(id);
        }
        let found = self.existing(tenant, id)?;
        found
            .customer()
            .ok_or_else(|| format!("\"{}\" is assigned to no customer", found.0.name))
    }

    /// The entities related to `root`, nearest first, each once.
    ///
    /// # Errors
    /// When relations cannot be read.
    pub(crate) fn related(
        &self,
        tenant: TenantId,
        root: EntityId,
        query: &RelatedQuery,
    ) -> Result<Vec<EntityId>, String> {
        let relations = self
            .relations
            .find(&Scope::server(tenant), &query.of(root))
            .map_err(|error| error.to_string())?;
        let ends = relations.into_iter().map(|relation| match query.direction {
            RelationDirection::From => relation.to,
            RelationDirection::To => relation.from,
        });
        let each_once: IndexSet<EntityId> = ends.collect();
        Ok(each_once.into_iter().collect())
    }

    /// The far ends of an entity's relations of one type.
    ///
    /// # Errors
    /// When the entity is gone or its relations cannot be read.
    pub(crate) fn relation_ends(
        &self,
        tenant: TenantId,
        entity: EntityId,
        direction: RelationDirection,
        relation_type: &str,
    ) -> Result<Vec<EntityId>, String> {
        let scope = Scope::server(tenant);
        let relations = match direction {
            RelationDirection::From => self.relations.from(&scope, entity, None),
            RelationDirection::To => self.relations.to(&scope, entity, None),
        };
        Ok(relations
            .map_err(|error| error.to_string())?
            .into_iter()
            .filter(|relation| relation.relation_type == relation_type)
            .map(|relation| match direction {
                RelationDirection::From => relation.to,
                RelationDirection::To => relation.from,
            })
            .collect())
    }

    /// An entity by kind and name; users by e-mail address.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn named(
        &self,
        tenant: TenantId,
        kind: EntityType,
        name: &str,
    ) -> Result<EntityId, String> {
        match self.records.store().by_name(tenant, kind, name) {
            Ok(Some(row)) => Ok(row.id),
            Ok(None) => Err(format!(
                "there is no {} named \"{name}\"",
                access::words(kind).to_lowercase()
            )),
            Err(error) => Err(error.to_string()),
        }
    }

    /// The members of a group, with their customers.
    ///
    /// # Errors
    /// When there is no such group, or it has more than `most` members.
    pub(crate) fn members(
        &self,
        tenant: TenantId,
        group: EntityGroupId,
        most: usize,
    ) -> Result<Vec<(EntityId, Option<Uuid>)>, String> {
        let scope = Scope::server(tenant);
        let text = |error: PlatformError| error.to_string();
        let filter = self.groups.members_filter(&scope, group.0).map_err(text)?;
        let found = self.groups.get(&scope, group).map_err(text)?.group;
        let kind = found.member_type.unwrap_or(EntityType::Device);
        let mut link = by_creation();
        let mut members = Vec::new();
        loop {
            let page = self
                .records
                .store()
                .page(tenant, kind, &filter, &link)
                .map_err(|error| error.to_string())?;
            if members.len() + page.data.len() > most {
                return Err(format!(
                    "group \"{}\" has more than {most} members: split it",
                    found.name
                ));
            }
            members.extend(page.data.into_iter().map(|row| {
                let customer = row.customer.filter(|id| *id != NULL_UUID);
                (row.id, customer)
            }));
            if !page.has_next {
                return Ok(members);
            }
            link.page = link.page.saturating_add(1);
        }
    }

    /// The group with this name of the first owner that has one.
    ///
    /// # Errors
    /// When no owner has one.
    pub(crate) fn group_named(
        &self,
        tenant: TenantId,
        owners: &[EntityId],
        kind: EntityType,
        name: &str,
    ) -> Result<EntityGroupId, String> {
        let scope = Scope::server(tenant);
        for owner in owners {
            match self.groups.by_name(&scope, *owner, kind, name) {
                Ok(found) => {
                    if let Some(id) = found.group.id {
                        return Ok(id);
                    }
                }
                Err(PlatformError::NotFound { .. }) => {}
                Err(error) => return Err(error.to_string()),
            }
        }
        Err(format!(
            "there is no group \"{name}\" of {}s",
            access::words(kind).to_lowercase()
        ))
    }
}
