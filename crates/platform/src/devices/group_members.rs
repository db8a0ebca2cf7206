//! Who is in a group.

use millrace_model::{
    EntityId, EntityType, PageData, PageLink,
    entity::{Entity, EntityGroup},
    id::{CustomerId, EntityGroupId, NULL_UUID},
};
use millrace_store::entities::{Change, EntityFilter, EntityRow};
use uuid::Uuid;

use super::{Groups, ShortEntityView, group::WHAT, owner_of};
use crate::{PlatformError, Result, Scope, access};

/// Most members one call adds or removes.
const BATCH_MAX: usize = 10_000;

impl Groups {
    /// Puts entities into a group.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] for the group *All* and for an entity of another owner;
    /// [`PlatformError::NotFound`] for an unknown one.
    pub fn add(&self, scope: &Scope, id: EntityGroupId, members: &[Uuid]) -> Result<()> {
        access::require_admin(scope)?;
        let group = self.changeable(scope, id)?;
        check_batch(members)?;
        let kind = group.member_type.unwrap_or(EntityType::Device);
        let mut changes = Vec::with_capacity(members.len());
        for member in members {
            let member = EntityId::new(kind, *member);
            let row = self
                .records
                .store()
                .get(scope.tenant, member)?
                .ok_or_else(|| PlatformError::not_found(access::words(kind), member.id))?;
            check_owner(scope, &group, row.customer, &row.name)?;
            changes.push(join(scope, id.0, member));
        }
        self.records.store().apply(&changes)?;
        self.publish_updated(scope, id);
        Ok(())
    }

    /// Takes entities out of a group; those that are not in it stay out.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] for the group *All*.
    pub fn remove(&self, scope: &Scope, id: EntityGroupId, members: &[Uuid]) -> Result<()> {
        access::require_admin(scope)?;
        let group = self.changeable(scope, id)?;
        check_batch(members)?;
        let kind = group.member_type.unwrap_or(EntityType::Device);
        let changes: Vec<Change> = members
            .iter()
            .map(|member| Change::LeaveGroup {
                tenant: scope.tenant,
                group: id.0,
                member: EntityId::new(kind, *member),
            })
            .collect();
        self.records.store().apply(&changes)?;
        self.publish_updated(scope, id);
        Ok(())
    }

    /// A page of a group's members in their short form.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`] for the group.
    pub fn members(
        &self,
        scope: &Scope,
        id: EntityGroupId,
        link: &PageLink,
    ) -> Result<PageData<ShortEntityView>> {
        let group = self.group(scope, id.0)?;
        let kind = group.member_type.unwrap_or(EntityType::Device);
        let filter = filter_of(&group);
        let page = self
            .records
            .store()
            .page(scope.tenant, kind, &filter, link)?;
        Ok(page.map(short))
    }

    /// One member of a group in its short form.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`] for the group, or when the entity is not in it.
    pub fn member(
        &self,
        scope: &Scope,
        id: EntityGroupId,
        member: Uuid,
    ) -> Result<ShortEntityView> {
        let group = self.group(scope, id.0)?;
        let kind = group.member_type.unwrap_or(EntityType::Device);
        let filter = EntityFilter {
            ids: Some(vec![member]),
            ..filter_of(&group)
        };
        let page = self
            .records
            .store()
            .page(scope.tenant, kind, &filter, &PageLink::first(1))?;
        page.data
            .into_iter()
            .next()
            .map(short)
            .ok_or_else(|| PlatformError::not_found(access::words(kind), member))
    }

    /// The groups an entity is in, its owner's group *All* first.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`] for the entity.
    pub fn of_entity(&self, scope: &Scope, entity: EntityId) -> Result<Vec<EntityGroupId>> {
        access::require_readable(self.records.store(), scope, entity)?;
        let row = self
            .records
            .store()
            .get(scope.tenant, entity)?
            .ok_or_else(|| {
                PlatformError::not_found(access::words(entity.entity_type), entity.id)
            })?;
        let owner = owner_of(scope.tenant, row.customer.map(CustomerId));
        let all = self.all_group(scope, owner, entity.entity_type)?;
        let mut groups: Vec<_> = all.group.id.into_iter().collect();
        groups.extend(
            self.explicit_of(scope, entity)?
                .into_iter()
                .map(|group| EntityGroupId(group.id.id)),
        );
        Ok(groups)
    }

    /// The groups an entity was put into.
    pub(super) fn explicit_of(&self, scope: &Scope, entity: EntityId) -> Result<Vec<EntityRow>> {
        Ok(self.records.store().groups_of(scope.tenant, entity)?)
    }

    /// The rows that are in a group, for a page of them.
    pub(crate) fn members_filter(&self, scope: &Scope, group: Uuid) -> Result<EntityFilter> {
        Ok(filter_of(&self.group(scope, group)?))
    }

    /// The changes that put a new entity into groups of its owner; *All* needs none.
    pub(crate) fn joining(
        &self,
        scope: &Scope,
        groups: &[Uuid],
        member: EntityId,
        customer: Option<Uuid>,
    ) -> Result<Vec<Change>> {
        let mut changes = Vec::new();
        for id in groups {
            let group = self.group(scope, *id)?;
            if group.member_type != Some(member.entity_type) {
                return Err(PlatformError::invalid(
                    "entityGroupId",
                    format!(
                        "group '{}' does not hold entities of kind {}: choose another group",
                        group.name, member.entity_type
                    ),
                ));
            }
            check_owner(scope, &group, customer, &group.name)?;
            if !group.group_all {
                changes.push(join(scope, *id, member));
            }
        }
        Ok(changes)
    }

    fn changeable(&self, scope: &Scope, id: EntityGroupId) -> Result<EntityGroup> {
        let group = self.group(scope, id.0)?;
        if group.group_all {
            return Err(PlatformError::invalid(
                "entityGroupId",
                "members of the group All come and go with their owner: change the owner instead",
            ));
        }
        Ok(group)
    }
}

fn filter_of(group: &EntityGroup) -> EntityFilter {
    if group.group_all {
        EntityFilter {
            customer: Some(group.customer().unwrap_or(NULL_UUID)),
            ..EntityFilter::default()
        }
    } else {
        EntityFilter {
            group: group.id.map(|id| id.0),
            ..EntityFilter::default()
        }
    }
}

fn join(scope: &Scope, group: Uuid, member: EntityId) -> Change {
    Change::JoinGroup {
        tenant: scope.tenant,
        group,
        member,
    }
}

fn check_owner(
    scope: &Scope,
    group: &EntityGroup,
    customer: Option<Uuid>,
    name: &str,
) -> Result<()> {
    let owner = owner_of(scope.tenant, customer.map(CustomerId));
    if group.owner_id == Some(owner) {
        return Ok(());
    }
    Err(PlatformError::invalid(
        "entityGroupId",
        format!(
            "'{name}' has another owner than {} '{}': choose a group of the same owner",
            WHAT.to_lowercase(),
            group.name
        ),
    ))
}

fn check_batch(members: &[Uuid]) -> Result<()> {
    if members.len() <= BATCH_MAX {
        return Ok(());
    }
    Err(PlatformError::invalid(
        "entityIds",
        format!(
            "{} entities at once: use at most {BATCH_MAX}",
            members.len()
        ),
    ))
}

fn short(row: EntityRow) -> ShortEntityView {
    ShortEntityView {
        id: row.id,
        name: row.name,
        subtype: row.subtype,
        label: row.label,
    }
}
