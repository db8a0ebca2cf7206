//! Relations over several levels from one entity.

use std::collections::HashSet;

use millrace_model::{EntityId, EntityType, entity::EntityRelation};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Relations;
use crate::{PlatformError, Result, Scope};

/// Deepest level that is looked at.
const LEVELS_MAX: u32 = 50;
/// Most relations of one answer.
const RELATIONS_MAX: usize = 50_000;

/// Which way relations are followed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum RelationDirection {
    /// From source to target.
    #[default]
    From,
    /// From target to source.
    To,
}

/// Where a query starts and how far it goes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RelationParameters {
    /// The entity it starts at.
    pub root_id: Uuid,
    /// Its kind.
    pub root_type: EntityType,
    /// Which way.
    #[serde(default)]
    pub direction: RelationDirection,
    /// `COMMON` when absent.
    #[serde(default)]
    pub relation_type_group: Option<String>,
    /// Levels to follow; 0 or absent follows all of them (at most 50).
    #[serde(default)]
    pub max_level: Option<i32>,
    /// Only relations to where the way ends.
    #[serde(default)]
    pub fetch_last_level_only: bool,
}

/// Which of the relations are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct RelationFilter {
    /// Type of the relation; blank for any.
    pub relation_type: Option<String>,
    /// Kinds of the entity it leads to; empty for any.
    pub entity_types: Vec<EntityType>,
    /// Any type but this one.
    pub negate: bool,
}

/// A question for relations. A relation fits when one of the filters does, or there are none.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
pub struct RelationQuery {
    /// Start and reach.
    pub parameters: RelationParameters,
    /// Which are wanted.
    #[serde(default)]
    pub filters: Option<Vec<RelationFilter>>,
}

impl Relations {
    /// The relations that a query finds, nearest first, each once.
    ///
    /// # Errors
    /// When the root is not the caller's to see; [`PlatformError::Invalid`] when there are too
    /// many.
    pub fn find(&self, scope: &Scope, query: &RelationQuery) -> Result<Vec<EntityRelation>> {
        let asked = &query.parameters;
        let group = asked.relation_type_group.as_deref();
        let levels = match asked.max_level {
            Some(level) if level > 0 => level.unsigned_abs().min(LEVELS_MAX),
            _ => LEVELS_MAX,
        };
        let root = EntityId::new(asked.root_type, asked.root_id);
        let mut visited = HashSet::from([root]);
        let mut found = Vec::new();
        let mut border = self.follow(scope, root, asked.direction, group)?;
        for level in 1..=levels {
            let mut next = Vec::new();
            for relation in border {
                let end = far_end(&relation, asked.direction);
                let onward = if level < levels && visited.insert(end) {
                    self.next(scope, end, asked.direction, group)?
                } else {
                    Vec::new()
                };
                let is_last = level == levels || onward.is_empty();
                if (!asked.fetch_last_level_only || is_last) && fits(query, &relation) {
                    found.push(relation);
                }
                next.extend(onward);
            }
            if found.len() + next.len() > RELATIONS_MAX {
                return Err(PlatformError::invalid(
                    "parameters.maxLevel",
                    format!("more than {RELATIONS_MAX} relations: ask for fewer levels"),
                ));
            }
            if next.is_empty() {
                break;
            }
            border = next;
        }
        Ok(found)
    }

    fn follow(
        &self,
        scope: &Scope,
        entity: EntityId,
        direction: RelationDirection,
        group: Option<&str>,
    ) -> Result<Vec<EntityRelation>> {
        match direction {
            RelationDirection::From => self.from(scope, entity, group),
            RelationDirection::To => self.to(scope, entity, group),
        }
    }

    fn next(
        &self,
        scope: &Scope,
        entity: EntityId,
        direction: RelationDirection,
        group: Option<&str>,
    ) -> Result<Vec<EntityRelation>> {
        match self.follow(scope, entity, direction, group) {
            // The far end of a relation may be gone, or of a kind without a row.
            Err(PlatformError::NotFound { .. }) => Ok(Vec::new()),
            other => other,
        }
    }
}

fn fits(query: &RelationQuery, relation: &EntityRelation) -> bool {
    let filters = query.filters.as_deref().unwrap_or_default();
    let end = far_end(relation, query.parameters.direction);
    filters.is_empty()
        || filters.iter().any(|filter| {
            let wanted = filter.relation_type.as_deref().unwrap_or_default();
            let of_type = wanted.is_empty() || (relation.relation_type == wanted) != filter.negate;
            let of_kind =
                filter.entity_types.is_empty() || filter.entity_types.contains(&end.entity_type);
            of_type && of_kind
        })
}

fn far_end(relation: &EntityRelation, direction: RelationDirection) -> EntityId {
    match direction {
        RelationDirection::From => relation.to,
        RelationDirection::To => relation.from,
    }
}
