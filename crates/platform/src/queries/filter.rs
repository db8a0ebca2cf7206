//! Which entities an alias names.

use millrace_model::{EntityId, EntityType, entity::EntityGroup, id::EntityGroupId};
use millrace_store::entities::EntityFilter;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Queries,
    source::{NamePattern, Source},
};
use crate::{
    PlatformError, Result, Scope,
    devices::owner_of,
    relations::{RelationDirection, RelationFilter, RelationParameters, RelationQuery},
};

/// Most ids in one list.
const IDS_MAX: usize = 50_000;

/// The filter of an alias.
#[derive(Debug, Clone, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum EntityFilterQuery {
    /// One entity.
    SingleEntity {
        /// It.
        single_entity: EntityId,
    },
    /// The entity of a dashboard's state, filled in by the client.
    StateEntity {
        /// It.
        #[serde(default)]
        single_entity: Option<EntityId>,
        /// When the state has none.
        #[serde(default)]
        default_state_entity: Option<EntityId>,
    },
    /// Some entities of one kind.
    EntityList {
        /// The kind.
        entity_type: EntityType,
        /// Their ids.
        #[serde(default)]
        entity_list: Vec<Uuid>,
    },
    /// Entities of one kind by their name.
    EntityName {
        /// The kind.
        entity_type: EntityType,
        /// Beginning of the name, or a pattern with `%`.
        #[serde(default)]
        entity_name_filter: String,
    },
    /// All entities of one kind.
    EntityType {
        /// The kind.
        entity_type: EntityType,
    },
    /// Devices by type and name.
    DeviceType {
        /// Types.
        #[serde(default)]
        device_types: Vec<String>,
        /// The older form, one type.
        #[serde(default)]
        device_type: Option<String>,
        /// Beginning of the name, or a pattern with `%`.
        #[serde(default)]
        device_name_filter: String,
    },
    /// Assets by type and name.
    AssetType {
        /// Types.
        #[serde(default)]
        asset_types: Vec<String>,
        /// The older form, one type.
        #[serde(default)]
        asset_type: Option<String>,
        /// Beginning of the name, or a pattern with `%`.
        #[serde(default)]
        asset_name_filter: String,
    },
    /// What relations lead to.
    RelationsQuery {
        /// Where it starts.
        root_entity: EntityId,
        /// How far and which way.
        #[serde(flatten)]
        reach: Reach,
        /// Which relations count.
        #[serde(default)]
        filters: Vec<RelationFilter>,
    },
    /// Devices that relations lead to.
    DeviceSearchQuery {
        /// Where it starts.
        root_entity: EntityId,
        /// How far and which way.
        #[serde(flatten)]
        reach: Reach,
        /// Type of the relations; any when blank.
        #[serde(default)]
        relation_type: Option<String>,
        /// Types of the devices; any when empty.
        #[serde(default)]
        device_types: Vec<String>,
    },
    /// Assets that relations lead to.
    AssetSearchQuery {
        /// Where it starts.
        root_entity: EntityId,
        /// How far and which way.
        #[serde(flatten)]
        reach: Reach,
        /// Type of the relations; any when blank.
        #[serde(default)]
        relation_type: Option<String>,
        /// Types of the assets; any when empty.
        #[serde(default)]
        asset_types: Vec<String>,
    },
    /// The members of a group.
    EntityGroup {
        /// Kind of the members.
        group_type: EntityType,
        /// The group.
        entity_group: Uuid,
    },
    /// Groups by id.
    EntityGroupList {
        /// Kind of their members.
        #[serde(default)]
        group_type: Option<EntityType>,
        /// The groups.
        #[serde(default)]
        entity_group_list: Vec<Uuid>,
    },
    /// Groups by name.
    EntityGroupName {
        /// Kind of their members.
        group_type: EntityType,
        /// Beginning of the name, or a pattern with `%`.
        #[serde(default)]
        entity_group_name_filter: String,
    },
    /// The members of the group with a name.
    EntitiesByGroupName {
        /// Kind of the members.
        group_type: EntityType,
        /// Owner of the group; the caller's when absent.
        #[serde(default)]
        owner_id: Option<EntityId>,
        /// The name.
        #[serde(default)]
        entity_group_name_filter: String,
    },
    /// Who owns an entity.
    StateEntityOwner {
        /// The entity.
        #[serde(default)]
        single_entity: Option<EntityId>,
    },
    /// Kinds that do not exist here: nothing is found.
    #[serde(
        alias = "entityViewType",
        alias = "edgeType",
        alias = "edgeSearchQuery"
    )]
    #[serde(alias = "entityViewSearchQuery", alias = "schedulerEvent")]
    ApiUsageState {},
}

/// How far relations are followed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Reach {
    /// Which way.
    pub direction: RelationDirection,
    /// Levels; 0 or absent for all.
    pub max_level: Option<i32>,
    /// Only where the way ends.
    pub fetch_last_level_only: bool,
}

impl Queries {
    /// The sources of rows that a filter means, before the caller's wall.
    pub(super) fn sources(&self, scope: &Scope, filter: &EntityFilterQuery) -> Result<Vec<Source>> {
        use EntityFilterQuery as F;
        Ok(match filter {
            F::SingleEntity { single_entity } => Source::of_ids([*single_entity]),
            F::StateEntity {
                single_entity,
                default_state_entity,
            } => Source::of_ids(single_entity.or(*default_state_entity)),
            F::EntityList {
                entity_type,
                entity_list,
            } => {
                check_list(entity_list)?;
                Source::of_ids(
                    entity_list
                        .iter()
                        .map(|id| EntityId::new(*entity_type, *id)),
                )
            }
            F::EntityName {
                entity_type,
                entity_name_filter,
            } => vec![Source::of_kind(*entity_type).named(entity_name_filter)],
            F::EntityType { entity_type } => vec![Source::of_kind(*entity_type)],
            F::DeviceType {
                device_types,
                device_type,
                device_name_filter,
            } => vec![
                Source::of_kind(EntityType::Device)
                    .typed(device_types, device_type.as_deref())
                    .named(device_name_filter),
            ],
            F::AssetType {
                asset_types,
                asset_type,
                asset_name_filter,
            } => vec![
                Source::of_kind(EntityType::Asset)
                    .typed(asset_types, asset_type.as_deref())
                    .named(asset_name_filter),
            ],
            F::RelationsQuery {
                root_entity,
                reach,
                filters,
            } => Source::of_ids(self.related(scope, *root_entity, reach, filters.clone())?),
            F::DeviceSearchQuery {
                root_entity,
                reach,
                relation_type,
                device_types,
            } => {
                let kind = EntityType::Device;
                let found = self.searched(scope, *root_entity, reach, relation_type, kind)?;
                typed(Source::of_ids(found), device_types)
            }
            F::AssetSearchQuery {
                root_entity,
                reach,
                relation_type,
                asset_types,
            } => {
                let kind = EntityType::Asset;
                let found = self.searched(scope, *root_entity, reach, relation_type, kind)?;
                typed(Source::of_ids(found), asset_types)
            }
            F::EntityGroup {
                group_type,
                entity_group,
            } => self.members(scope, *group_type, *entity_group)?,
            F::EntityGroupList {
                entity_group_list, ..
            } => {
                check_list(entity_group_list)?;
                let ids = entity_group_list.iter();
                Source::of_ids(ids.map(|id| EntityGroupId(*id).into()))
            }
            F::EntityGroupName {
                group_type,
                entity_group_name_filter,
            } => {
                let types = [group_type.as_str().to_owned()];
                vec![
                    Source::of_kind(EntityType::EntityGroup)
                        .typed(&types, None)
                        .named(entity_group_name_filter),
                ]
            }
            F::EntitiesByGroupName {
                group_type,
                owner_id,
                entity_group_name_filter,
            } => self.members_by_name(scope, *group_type, *owner_id, entity_group_name_filter)?,
            F::StateEntityOwner { single_entity } => match single_entity {
                Some(entity) => self.owner_of(scope, *entity)?,
                None => Vec::new(),
            },
            F::ApiUsageState {} => Vec::new(),
        })
    }

    fn members(&self, scope: &Scope, kind: EntityType, group: Uuid) -> Result<Vec<Source>> {
        match self.groups.members_filter(scope, group) {
            Ok(filter) => Ok(vec![Source::of_kind(kind).within(filter)]),
            Err(PlatformError::NotFound { .. }) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    fn members_by_name(
        &self,
        scope: &Scope,
        kind: EntityType,
        owner: Option<EntityId>,
        name: &str,
    ) -> Result<Vec<Source>> {
        let own = owner_of(
            scope.tenant,
            scope.customer.map(millrace_model::id::CustomerId),
        );
        let owner = owner.unwrap_or(own);
        let pattern = NamePattern::of(name);
        let filter = EntityFilter {
            subtype: Some(kind.as_str().to_owned()),
            ..EntityFilter::default()
        };
        let mut sources = Vec::new();
        for group in self.records.collect::<EntityGroup>(scope, &filter)? {
            let wanted = group.owner_id == Some(owner) && pattern.fits(&group.name);
            if let (true, Some(id)) = (wanted, group.id) {
                sources.extend(self.members(scope, kind, id.0)?);
            }
        }
        Ok(sources)
    }

    fn owner_of(&self, scope: &Scope, entity: EntityId) -> Result<Vec<Source>> {
        let row = self.records.store().get(scope.tenant, entity)?;
        let Some(row) = row else {
            return Ok(Vec::new());
        };
        let customer = row.customer.map(millrace_model::id::CustomerId);
        Ok(Source::of_ids([owner_of(scope.tenant, customer)]))
    }

    fn searched(
        &self,
        scope: &Scope,
        root: EntityId,
        reach: &Reach,
        relation_type: &Option<String>,
        kind: EntityType,
    ) -> Result<Vec<EntityId>> {
        let filter = RelationFilter {
            relation_type: relation_type.clone(),
            entity_types: vec![kind],
            negate: false,
        };
        self.related(scope, root, reach, vec![filter])
    }

    fn related(
        &self,
        scope: &Scope,
        root: EntityId,
        reach: &Reach,
        filters: Vec<RelationFilter>,
    ) -> Result<Vec<EntityId>> {
        let query = RelationQuery {
            parameters: RelationParameters {
                root_id: root.id,
                root_type: root.entity_type,
                direction: reach.direction,
                relation_type_group: None,
                max_level: reach.max_level,
                fetch_last_level_only: reach.fetch_last_level_only,
            },
            filters: Some(filters),
        };
        let found = match self.relations.find(scope, &query) {
            Err(PlatformError::NotFound { .. }) => return Ok(Vec::new()),
            other => other?,
        };
        let ends = found.into_iter().map(|relation| match reach.direction {
            RelationDirection::From => relation.to,
            RelationDirection::To => relation.from,
        });
        Ok(ends.filter(|end| *end != root).collect())
    }
}

fn typed(sources: Vec<Source>, types: &[String]) -> Vec<Source> {
    let typed = |source: Source| source.typed(types, None);
    sources.into_iter().map(typed).collect()
}

fn check_list(ids: &[Uuid]) -> Result<()> {
    if ids.len() <= IDS_MAX {
        return Ok(());
    }
    Err(PlatformError::invalid(
        "entityList",
        format!("{} ids in one list: use at most {IDS_MAX}", ids.len()),
    ))
}
