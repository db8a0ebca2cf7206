//! Relations between entities: read with names, save, delete.

mod query;
mod search;

use std::collections::HashMap;

use millrace_model::{
    EntityId,
    entity::{EntityRelation, RelationInfo},
};
use millrace_store::entities::Change;

use crate::{PlatformError, Records, Result, Scope, access};

pub use query::{RelationDirection, RelationFilter, RelationParameters, RelationQuery};
pub use search::RelatedSearch;

/// Group of the relations people make.
pub const COMMON: &str = "COMMON";

/// Longest relation type (characters).
const TYPE_MAX: usize = 255;

/// The relations of a tenant.
#[derive(Clone)]
pub struct Relations {
    records: Records,
}

impl Relations {
    /// Relations kept in `records`.
    #[must_use]
    pub fn new(records: Records) -> Self {
        Self { records }
    }

    /// Relations that leave an entity; `type_group` is [`COMMON`] when absent.
    ///
    /// # Errors
    /// When the entity is not the caller's to see, or the store cannot be read.
    pub fn from(
        &self,
        scope: &Scope,
        entity: EntityId,
        type_group: Option<&str>,
    ) -> Result<Vec<EntityRelation>> {
        self.ends(scope, entity, true, type_group)
    }

    /// Relations that enter an entity.
    ///
    /// # Errors
    /// As [`Relations::from`].
    pub fn to(
        &self,
        scope: &Scope,
        entity: EntityId,
        type_group: Option<&str>,
    ) -> Result<Vec<EntityRelation>> {
        self.ends(scope, entity, false, type_group)
    }

    /// Relations that leave an entity, with names.
    ///
    /// # Errors
    /// As [`Relations::from`].
    pub fn info_from(
        &self,
        scope: &Scope,
        entity: EntityId,
        type_group: Option<&str>,
    ) -> Result<Vec<RelationInfo>> {
        let relations = self.from(scope, entity, type_group)?;
        self.with_names(scope, relations)
    }

    /// Relations that enter an entity, with names.
    ///
    /// # Errors
    /// As [`Relations::from`].
    pub fn info_to(
        &self,
        scope: &Scope,
        entity: EntityId,
        type_group: Option<&str>,
    ) -> Result<Vec<RelationInfo>> {
        let relations = self.to(scope, entity, type_group)?;
        self.with_names(scope, relations)
    }

    /// One relation.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`] when there is none.
    pub fn get(
        &self,
        scope: &Scope,
        from: EntityId,
        to: EntityId,
        relation_type: &str,
        type_group: Option<&str>,
    ) -> Result<EntityRelation> {
        self.from(scope, from, type_group)?
            .into_iter()
            .find(|relation| relation.to == to && relation.relation_type == relation_type)
            .ok_or_else(|| {
                PlatformError::not_found("Relation", format!("{from} {relation_type} {to}"))
            })
    }

    /// Inserts or replaces a relation; both ends must be the tenant's.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`], or [`PlatformError::NotFound`] for an end that is not there.
    pub fn save(&self, scope: &Scope, mut relation: EntityRelation) -> Result<EntityRelation> {
        access::require_admin(scope)?;
        if relation.relation_type.trim().is_empty() {
            return Err(PlatformError::invalid(
                "type",
                "relation type should be specified: give a type such as Contains or Manages",
            ));
        }
        if relation.relation_type.chars().count() > TYPE_MAX {
            return Err(PlatformError::invalid(
                "type",
                format!("relation type is too long: use at most {TYPE_MAX} characters"),
            ));
        }
        if relation.type_group.trim().is_empty() {
            COMMON.clone_into(&mut relation.type_group);
        }
        for end in [relation.from, relation.to] {
            access::require_readable(self.records.store(), scope, end)?;
        }
        self.records.store().apply(&[Change::Relate {
            tenant: scope.tenant,
            relation: relation.clone(),
        }])?;
        Ok(relation)
    }

    /// Deletes a relation and returns what it was.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`] when there is none.
    pub fn delete(
        &self,
        scope: &Scope,
        from: EntityId,
        to: EntityId,
        relation_type: &str,
        type_group: Option<&str>,
    ) -> Result<EntityRelation> {
        access::require_admin(scope)?;
        let relation = self.get(scope, from, to, relation_type, type_group)?;
        self.records.store().apply(&[Change::Unrelate {
            tenant: scope.tenant,
            relation: relation.clone(),
        }])?;
        Ok(relation)
    }

    /// Deletes every relation of the common group that leaves or enters an entity.
    ///
    /// # Errors
    /// When the entity is not there or the store cannot be written.
    pub fn delete_all(&self, scope: &Scope, entity: EntityId) -> Result<()> {
        access::require_admin(scope)?;
        let mut relations = self.from(scope, entity, None)?;
        relations.extend(self.to(scope, entity, None)?);
        let changes: Vec<_> = relations
            .into_iter()
            .map(|relation| Change::Unrelate {
                tenant: scope.tenant,
                relation,
            })
            .collect();
        self.records.store().apply(&changes)?;
        Ok(())
    }

    fn ends(
        &self,
        scope: &Scope,
        entity: EntityId,
        from: bool,
        type_group: Option<&str>,
    ) -> Result<Vec<EntityRelation>> {
        let store = self.records.store();
        access::require_readable(store, scope, entity)?;
        let group = type_group.filter(|group| !group.is_empty());
        let mut relations = store.relations(scope.tenant, entity, from, group.unwrap_or(COMMON))?;
        if access::customer_wall(scope)?.is_some() {
            relations.retain(|relation| {
                let other = if from { relation.to } else { relation.from };
                access::require_readable(store, scope, other).is_ok()
            });
        }
        Ok(relations)
    }

    fn with_names(
        &self,
        scope: &Scope,
        relations: Vec<EntityRelation>,
    ) -> Result<Vec<RelationInfo>> {
        let mut names: HashMap<EntityId, Option<String>> = HashMap::new();
        let mut name_of = |id: EntityId| -> Result<Option<String>> {
            if let Some(name) = names.get(&id) {
                return Ok(name.clone());
            }
            let row = self.records.store().get(scope.tenant, id)?;
            let name = row.map(|row| row.name);
            names.insert(id, name.clone());
            Ok(name)
        };
        relations
            .into_iter()
            .map(|relation| {
                Ok(RelationInfo {
                    from_name: name_of(relation.from)?,
                    to_name: name_of(relation.to)?,
                    relation,
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
