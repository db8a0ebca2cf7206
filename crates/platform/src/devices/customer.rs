//! Customers of a tenant.

use millrace_model::{EntityType, PageData, PageLink, entity::Customer, id::CustomerId};
use millrace_store::entities::{Change, EntityFilter, EntityRow};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{Groups, owner_of};
use crate::{
    PlatformError, Records, Result, Scope, access,
    changes::ChangeKind,
    records::{by_creation, check_name},
};

const WHAT: &str = "Customer";
/// Entities handed back to the tenant in one transaction when their customer goes.
const HAND_BACK_ROWS: u32 = 500;

/// The customers of a tenant. A customer's people see their own.
#[derive(Clone)]
pub struct Customers {
    records: Records,
    groups: Groups,
}

impl Customers {
    /// Customers kept in `records`.
    #[must_use]
    pub fn new(records: Records) -> Self {
        Self {
            groups: Groups::new(records.clone()),
            records,
        }
    }

    /// Creates (without id) or updates a customer; a new one gets its groups *All*.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] for a missing title; a taken title; an old version.
    pub fn save(&self, scope: &Scope, mut customer: Customer) -> Result<Customer> {
        access::require_admin(scope)?;
        let stored = self.records.prepare(scope, WHAT, &mut customer)?;
        if customer.title.trim().is_empty()
            && let Some(name) = customer.name.take()
        {
            customer.title = name;
        }
        check_name("title", WHAT, &mut customer.title)?;
        customer.name = Some(customer.title.clone());
        let more = match (stored.is_none(), customer.id) {
            (true, Some(id)) => super::group::all_groups(scope.tenant, id.into())?,
            _ => Vec::new(),
        };
        self.records.commit(scope, customer, stored.is_none(), more)
    }

    /// A customer.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`].
    pub fn get(&self, scope: &Scope, id: CustomerId) -> Result<Customer> {
        access::require_readable(self.records.store(), scope, id.into())?;
        self.records.get(scope, WHAT, id.0)
    }

    /// A customer by its exact title.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`].
    pub fn by_title(&self, scope: &Scope, title: &str) -> Result<Customer> {
        access::require_admin(scope)?;
        self.records
            .table()
            .by_name(scope.tenant, title)?
            .ok_or_else(|| PlatformError::not_found(WHAT, title))
    }

    /// The customers with these ids, in this order; unknown ones are left out.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn list(&self, scope: &Scope, ids: &[Uuid]) -> Result<Vec<Customer>> {
        let own = access::customer_wall(scope)?;
        let ids: Vec<Uuid> = ids
            .iter()
            .copied()
            .filter(|id| own.is_none_or(|own| own == *id))
            .collect();
        self.records.list(scope, &ids, None)
    }

    /// A page of customers; a customer's people see the one that is theirs.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn page(&self, scope: &Scope, link: &PageLink) -> Result<PageData<Customer>> {
        let filter = EntityFilter {
            ids: access::customer_wall(scope)?.map(|own| vec![own]),
            ..EntityFilter::default()
        };
        Ok(self.records.table().page(scope.tenant, &filter, link)?)
    }

    /// A page of the customers in a group.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`] for the group.
    pub fn page_of_group(
        &self,
        scope: &Scope,
        group: Uuid,
        link: &PageLink,
    ) -> Result<PageData<Customer>> {
        let filter = self.groups.members_filter(scope, group)?;
        Ok(self.records.table().page(scope.tenant, &filter, link)?)
    }

    /// Deletes a customer with its people and groups; its devices, assets and dashboards
    /// become the tenant's own, with all their data.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`].
    pub fn delete(&self, scope: &Scope, id: CustomerId) -> Result<()> {
        access::require_admin(scope)?;
        let _: Customer = self.records.get(scope, WHAT, id.0)?;
        for kind in [EntityType::Device, EntityType::Asset, EntityType::Dashboard] {
            self.hand_back(scope, id, kind)?;
        }
        let mut along = Vec::new();
        for kind in [EntityType::User, EntityType::EntityGroup] {
            along.extend(self.rows_of(scope, id, kind)?);
        }
        let gone: Vec<_> = along.iter().map(|row| row.id).collect();
        let changes = gone
            .iter()
            .map(|id| Change::Delete {
                tenant: scope.tenant,
                id: *id,
            })
            .collect();
        self.records.delete(scope, id.into(), changes)?;
        for id in gone {
            self.records.publish(scope, id, ChangeKind::Deleted);
        }
        Ok(())
    }

    pub(super) fn records(&self) -> &Records {
        &self.records
    }

    fn hand_back(&self, scope: &Scope, id: CustomerId, kind: EntityType) -> Result<()> {
        let link = PageLink {
            page_size: HAND_BACK_ROWS,
            ..by_creation()
        };
        let store = self.records.store();
        loop {
            let rows = store
                .page(scope.tenant, kind, &of_customer(id), &link)?
                .data;
            if rows.is_empty() {
                return Ok(());
            }
            let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
            let changes: Vec<_> = rows
                .into_iter()
                .map(|row| handed_back(scope, row))
                .collect();
            store.apply(&changes)?;
            for id in ids {
                self.records.publish(scope, id, ChangeKind::Updated);
            }
        }
    }

    fn rows_of(&self, scope: &Scope, id: CustomerId, kind: EntityType) -> Result<Vec<EntityRow>> {
        let mut link = by_creation();
        let mut rows = Vec::new();
        loop {
            let page = self
                .records
                .store()
                .page(scope.tenant, kind, &of_customer(id), &link)?;
            rows.extend(page.data);
            if !page.has_next {
                return Ok(rows);
            }
            link.page = link.page.saturating_add(1);
        }
    }
}

fn of_customer(id: CustomerId) -> EntityFilter {
    EntityFilter {
        customer: Some(id.0),
        ..EntityFilter::default()
    }
}

fn handed_back(scope: &Scope, mut row: EntityRow) -> Change {
    if let Some(members) = row.body.as_object_mut() {
        let nobody = CustomerId::null();
        for (member, id) in [
            ("customerId", nobody.into()),
            ("ownerId", owner_of(scope.tenant, Some(nobody))),
        ] {
            let value: Json = json!({ "entityType": id.entity_type.as_str(), "id": id.id });
            members.insert(member.to_owned(), value);
        }
    }
    row.customer = None;
    let expected = Some(row.version);
    Change::Put { row, expected }
}
