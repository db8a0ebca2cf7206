//! Entity groups: named sets of entities of one kind and owner.
//!
//! Every owner has a group *All* for each kind. It holds whatever the owner owns, so nothing is
//! written when an entity comes or goes; the other groups keep their members.

use std::sync::Arc;

use millrace_model::{
    EntityId, EntityType, PageData, PageLink, TenantId, entity::EntityGroup, id::EntityGroupId,
};
use millrace_store::entities::{Change, EntityFilter, put};
use parking_lot::Mutex;
use serde::Serialize;
use serde_json::{Value as Json, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    PlatformError, Records, Result, Scope, access, changes::ChangeKind, clock::now_ms, paging,
    records::check_name,
};

pub(super) const WHAT: &str = "Entity group";
const ALL: &str = "All";

/// The kinds of entities that have groups.
pub const MEMBER_TYPES: [EntityType; 7] = [
    EntityType::Customer,
    EntityType::User,
    EntityType::Device,
    EntityType::Asset,
    EntityType::Dashboard,
    EntityType::EntityView,
    EntityType::Edge,
];

/// A group with the chain of its owners.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GroupInfo {
    /// The group.
    #[serde(flatten)]
    pub group: EntityGroup,
    /// Its owner first, then the owner's owner.
    pub owner_ids: Vec<EntityId>,
}

/// The groups of a tenant. A customer's people see their customer's.
#[derive(Clone)]
pub struct Groups {
    pub(super) records: Records,
    // Two first looks at a group *All* must not make two.
    making: Arc<Mutex<()>>,
}

impl Groups {
    /// Groups kept in `records`.
    #[must_use]
    pub fn new(records: Records) -> Self {
        Self {
            records,
            making: Arc::default(),
        }
    }

    /// Creates (without id) or updates a group; without owner it is the tenant's.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] for a missing name or kind, a taken name, a change of kind or
    /// owner and for the group *All*; an old version.
    pub fn save(&self, scope: &Scope, mut group: EntityGroup) -> Result<GroupInfo> {
        access::require_admin(scope)?;
        let stored = self.records.prepare(scope, WHAT, &mut group)?;
        check_name("name", WHAT, &mut group.name)?;
        let kind = group
            .member_type
            .or(stored.as_ref().and_then(|stored| stored.member_type))
            .ok_or_else(|| {
                PlatformError::invalid(
                    "type",
                    "Entity group type should be specified: give the kind of its members, such as DEVICE",
                )
            })?;
        check_kind(kind)?;
        let owner = group
            .owner_id
            .or(stored.as_ref().and_then(|stored| stored.owner_id))
            .unwrap_or_else(|| scope.tenant.into());
        self.check_owner(scope, owner)?;
        if let Some(stored) = &stored {
            if stored.group_all && stored.name != group.name {
                return Err(PlatformError::invalid(
                    "name",
                    "the group All keeps its name",
                ));
            }
            if stored.member_type != Some(kind) || stored.owner_id != Some(owner) {
                return Err(PlatformError::invalid(
                    "type",
                    "a group keeps its type and owner: make a new group instead",
                ));
            }
        }
        let twin = self.find(scope, owner, kind, |other| other.name == group.name)?;
        if twin.is_some_and(|twin| twin.id != group.id) {
            return Err(PlatformError::invalid(
                "name",
                format!("Entity group with such name already exists: {}", group.name),
            ));
        }
        group.member_type = Some(kind);
        group.owner_id = Some(owner);
        group.group_all = stored.as_ref().is_some_and(|stored| stored.group_all);
        let group = self
            .records
            .commit(scope, group, stored.is_none(), Vec::new())?;
        Ok(info(scope.tenant, group))
    }

    /// A group.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`].
    pub fn get(&self, scope: &Scope, id: EntityGroupId) -> Result<GroupInfo> {
        Ok(info(scope.tenant, self.group(scope, id.0)?))
    }

    /// The groups with these ids, in this order; unknown ones are left out.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn list(&self, scope: &Scope, ids: &[Uuid]) -> Result<Vec<GroupInfo>> {
        let wall = access::customer_wall(scope)?;
        let groups = self.records.list(scope, ids, wall)?;
        Ok(groups
            .into_iter()
            .map(|group| info(scope.tenant, group))
            .collect())
    }

    /// The group *All* of an owner and kind, made at the first look.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`] for an unknown owner.
    pub fn all_group(&self, scope: &Scope, owner: EntityId, kind: EntityType) -> Result<GroupInfo> {
        check_kind(kind)?;
        self.check_owner(scope, owner)?;
        let _making = self.making.lock();
        if let Some(group) = self.find(scope, owner, kind, |group| group.group_all)? {
            return Ok(info(scope.tenant, group));
        }
        let group = group_all(scope.tenant, owner, kind);
        let group = self.records.commit(scope, group, true, Vec::new())?;
        Ok(info(scope.tenant, group))
    }

    /// A group of an owner by kind and name.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`].
    pub fn by_name(
        &self,
        scope: &Scope,
        owner: EntityId,
        kind: EntityType,
        name: &str,
    ) -> Result<GroupInfo> {
        if name == ALL {
            return self.all_group(scope, owner, kind);
        }
        self.check_owner(scope, owner)?;
        self.find(scope, owner, kind, |group| group.name == name)?
            .map(|group| info(scope.tenant, group))
            .ok_or_else(|| PlatformError::not_found(WHAT, name))
    }

    /// A page of an owner's groups of one kind; the owner is the caller's when absent.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`] for an unknown owner.
    pub fn page(
        &self,
        scope: &Scope,
        owner: Option<EntityId>,
        kind: EntityType,
        link: &PageLink,
    ) -> Result<PageData<GroupInfo>> {
        let owner = match owner {
            Some(owner) => owner,
            None => own_owner(scope)?,
        };
        self.all_group(scope, owner, kind)?;
        let page = paging::page_where(
            &self.records,
            scope,
            &owned(owner, kind),
            link,
            |group: &EntityGroup| group.owner_id == Some(owner),
        )?;
        Ok(page.map(|group| info(scope.tenant, group)))
    }

    /// All of an owner's groups of one kind.
    ///
    /// # Errors
    /// As [`Groups::page`].
    pub fn all(
        &self,
        scope: &Scope,
        owner: Option<EntityId>,
        kind: EntityType,
    ) -> Result<Vec<GroupInfo>> {
        Ok(self
            .page(scope, owner, kind, &PageLink::first(u32::MAX))?
            .data)
    }

    /// Deletes a group, not its members.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] for the group *All*; [`PlatformError::NotFound`].
    pub fn delete(&self, scope: &Scope, id: EntityGroupId) -> Result<()> {
        access::require_admin(scope)?;
        if self.group(scope, id.0)?.group_all {
            return Err(PlatformError::invalid(
                "entityGroupId",
                "the group All cannot be deleted: it holds everything its owner owns",
            ));
        }
        self.records.delete(scope, id.into(), Vec::new())
    }

    /// Whether an owner's group *All* of a kind is there.
    pub(crate) fn has_all(&self, scope: &Scope, owner: EntityId, kind: EntityType) -> Result<bool> {
        let found = self.find(scope, owner, kind, |group| group.group_all)?;
        Ok(found.is_some())
    }

    pub(super) fn group(&self, scope: &Scope, id: Uuid) -> Result<EntityGroup> {
        access::require_tenant(scope)?;
        let group: EntityGroup = self.records.get(scope, WHAT, id)?;
        let owner = millrace_model::entity::Entity::customer(&group);
        access::require_owner(scope, WHAT, id, owner)?;
        Ok(group)
    }

    pub(super) fn publish_updated(&self, scope: &Scope, id: EntityGroupId) {
        self.records.publish(scope, id.into(), ChangeKind::Updated);
    }

    /// The first group of an owner and kind that fits.
    pub(super) fn find(
        &self,
        scope: &Scope,
        owner: EntityId,
        kind: EntityType,
        mut fits: impl FnMut(&EntityGroup) -> bool,
    ) -> Result<Option<EntityGroup>> {
        let mut found = None;
        self.records.walk(
            scope,
            &owned(owner, kind),
            crate::records::by_creation(),
            |group: EntityGroup| {
                if group.owner_id == Some(owner) && fits(&group) {
                    found = Some(group);
                }
                Ok(found.is_none())
            },
        )?;
        Ok(found)
    }

    fn check_owner(&self, scope: &Scope, owner: EntityId) -> Result<()> {
        let wall = access::customer_wall(scope)?;
        match owner.entity_type {
            EntityType::Tenant if owner.id == scope.tenant.0 && wall.is_none() => Ok(()),
            EntityType::Customer => access::require_readable(self.records.store(), scope, owner),
            EntityType::Tenant => Err(PlatformError::not_found("Tenant", owner.id)),
            other => Err(PlatformError::invalid(
                "ownerId",
                format!("ownerId is a {other}: groups belong to a TENANT or a CUSTOMER"),
            )),
        }
    }
}

/// The changes that make the groups *All* of a new owner.
pub(crate) fn all_groups(tenant: TenantId, owner: EntityId) -> Result<Vec<Change>> {
    let mut changes = Vec::with_capacity(MEMBER_TYPES.len());
    for kind in MEMBER_TYPES {
        let mut group = group_all(tenant, owner, kind);
        group.id = Some(EntityGroupId::new());
        group.created_time = Some(now_ms());
        changes.push(put(&group)?);
    }
    Ok(changes)
}

fn group_all(tenant: TenantId, owner: EntityId, kind: EntityType) -> EntityGroup {
    EntityGroup {
        id: Some(EntityGroupId::new()),
        created_time: Some(now_ms()),
        tenant_id: Some(tenant),
        name: ALL.to_owned(),
        member_type: Some(kind),
        owner_id: Some(owner),
        group_all: true,
        additional_info: Some(json!({ "description": "" })),
        configuration: Some(Json::Object(serde_json::Map::new())),
        ..EntityGroup::default()
    }
}

/// Rows among which an owner's groups are.
fn owned(owner: EntityId, kind: EntityType) -> EntityFilter {
    EntityFilter {
        subtype: Some(kind.as_str().to_owned()),
        customer: (owner.entity_type == EntityType::Customer).then_some(owner.id),
        ..EntityFilter::default()
    }
}

fn own_owner(scope: &Scope) -> Result<EntityId> {
    Ok(match access::customer_wall(scope)? {
        Some(customer) => EntityId::new(EntityType::Customer, customer),
        None => scope.tenant.into(),
    })
}

fn check_kind(kind: EntityType) -> Result<()> {
    if MEMBER_TYPES.contains(&kind) {
        return Ok(());
    }
    let known: Vec<_> = MEMBER_TYPES.iter().map(|kind| kind.as_str()).collect();
    Err(PlatformError::invalid(
        "groupType",
        format!(
            "entities of kind {kind} have no groups: use one of {}",
            known.join(", ")
        ),
    ))
}

pub(super) fn info(tenant: TenantId, group: EntityGroup) -> GroupInfo {
    let owner = group.owner_id.unwrap_or_else(|| tenant.into());
    let mut owner_ids = vec![owner];
    if owner.entity_type != EntityType::Tenant {
        owner_ids.push(tenant.into());
    }
    GroupInfo { group, owner_ids }
}
