//! Devices and assets that relations lead to.

use millrace_model::{EntityId, EntityType, entity::RelationInfo};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{RelationDirection, RelationFilter, RelationParameters, RelationQuery, Relations};
use crate::{Result, Scope};

/// A search for entities of one kind.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RelatedSearch {
    /// Start and reach.
    pub parameters: RelationParameters,
    /// Type of the relations; any when blank.
    #[serde(default)]
    pub relation_type: Option<String>,
    /// Types of devices; any when empty.
    #[serde(default)]
    pub device_types: Option<Vec<String>>,
    /// Types of assets; any when empty.
    #[serde(default)]
    pub asset_types: Option<Vec<String>>,
}

impl Relations {
    /// The entities of a kind that a search leads to, nearest first, each once.
    ///
    /// # Errors
    /// As [`Relations::find`].
    pub fn search(
        &self,
        scope: &Scope,
        search: &RelatedSearch,
        kind: EntityType,
    ) -> Result<Vec<Uuid>> {
        let query = RelationQuery {
            parameters: search.parameters.clone(),
            filters: Some(vec![RelationFilter {
                relation_type: search.relation_type.clone(),
                entity_types: vec![kind],
                negate: false,
            }]),
        };
        let root = EntityId::new(search.parameters.root_type, search.parameters.root_id);
        let mut ids: Vec<Uuid> = Vec::new();
        for relation in self.find(scope, &query)? {
            let end = match search.parameters.direction {
                RelationDirection::From => relation.to,
                RelationDirection::To => relation.from,
            };
            if end != root && !ids.contains(&end.id) {
                ids.push(end.id);
            }
        }
        Ok(ids)
    }

    /// The relations that a query finds, with names.
    ///
    /// # Errors
    /// As [`Relations::find`].
    pub fn find_infos(&self, scope: &Scope, query: &RelationQuery) -> Result<Vec<RelationInfo>> {
        let found = self.find(scope, query)?;
        self.with_names(scope, found)
    }
}
