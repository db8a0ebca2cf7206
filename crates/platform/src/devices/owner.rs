//! Giving an entity to another owner.

use millrace_model::{EntityId, EntityType, entity::Customer, id::CustomerId};
use millrace_store::entities::Change;
use serde_json::json;
use uuid::Uuid;

use super::{Customers, Groups};
use crate::{PlatformError, Result, Scope, access, changes::ChangeKind};

/// The customers an entity was taken from and given to; the tenant is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Whose it was, and the title.
    pub from: Option<(Uuid, String)>,
    /// Whose it is, and the title.
    pub to: Option<(Uuid, String)>,
}

impl Customers {
    /// Gives a device, an asset or a dashboard to a customer, or back to the tenant. Groups of the
    /// old owner let go of it, `groups` of the new one take it. `None` when it is theirs already.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] for other kinds of entities and owners;
    /// [`PlatformError::NotFound`] for the entity, the owner and a group.
    pub fn set_owner(
        &self,
        scope: &Scope,
        entity: EntityId,
        owner: EntityId,
        groups: &[Uuid],
    ) -> Result<Option<Moved>> {
        access::require_admin(scope)?;
        use EntityType as T;
        if !matches!(entity.entity_type, T::Device | T::Asset | T::Dashboard) {
            return Err(PlatformError::invalid(
                "entityType",
                format!(
                    "entities of kind {} keep their owner: use DEVICE, ASSET or DASHBOARD",
                    entity.entity_type
                ),
            ));
        }
        let to = self.new_owner(scope, owner)?;
        let store = self.records().store();
        let what = access::words(entity.entity_type);
        let missing = || PlatformError::not_found(what, entity.id);
        let mut row = store.get(scope.tenant, entity)?.ok_or_else(missing)?;
        if row.customer == to.as_ref().map(|(id, _)| *id) {
            return Ok(None);
        }
        let from = match row.customer {
            Some(id) => {
                let known = self.records().table::<Customer>().get(scope.tenant, id)?;
                Some((id, known.map(|customer| customer.title).unwrap_or_default()))
            }
            None => None,
        };
        row.customer = to.as_ref().map(|(id, _)| *id);
        let customer = row.customer.map_or_else(CustomerId::null, CustomerId);
        if let Some(members) = row.body.as_object_mut() {
            members.insert("customerId".to_owned(), json!(customer));
            members.insert("ownerId".to_owned(), json!(owner));
        }
        let mut changes = Vec::new();
        for group in store.groups_of(scope.tenant, entity)? {
            changes.push(Change::LeaveGroup {
                tenant: scope.tenant,
                group: group.id.id,
                member: entity,
            });
        }
        changes.extend(Groups::new(self.records().clone()).joining(
            scope,
            groups,
            entity,
            row.customer,
        )?);
        let expected = Some(row.version);
        changes.push(Change::Put { row, expected });
        store.apply(&changes)?;
        self.records().publish(scope, entity, ChangeKind::Updated);
        Ok(Some(Moved { from, to }))
    }

    fn new_owner(&self, scope: &Scope, owner: EntityId) -> Result<Option<(Uuid, String)>> {
        match owner.entity_type {
            EntityType::Tenant if owner.id == scope.tenant.0 => Ok(None),
            EntityType::Tenant => Err(PlatformError::not_found("Tenant", owner.id)),
            EntityType::Customer => {
                let known: Customer = self.records().get(scope, "Customer", owner.id)?;
                Ok(Some((owner.id, known.title)))
            }
            other => Err(PlatformError::invalid(
                "ownerId",
                format!("an owner is a CUSTOMER or the TENANT, not a {other}"),
            )),
        }
    }
}
