//! What every service does to save, read and delete an entity: tenant wall, server-made fields,
//! optimistic version, one transaction, and word to the running parts after the commit.

use std::sync::Arc;

use millrace_model::{EntityId, PageLink, SortOrder, entity::Entity};
use millrace_store::{
    Entities, StoreError,
    entities::{Change, EntityFilter, EntityTable, put},
};
use uuid::Uuid;

use crate::{
    PlatformError, Result, Scope,
    changes::{ChangeKind, Changed, Changes},
    clock::now_ms,
};

/// Rows read at a time where a call has to walk a whole table.
const WALK_ROWS: u32 = 1_000;

/// Longest name, title or label (characters).
pub const NAME_MAX: usize = 255;

/// The entity store together with the feed that tells the running parts what was saved.
#[derive(Clone)]
pub struct Records {
    store: Arc<dyn Entities>,
    changes: Changes,
}

impl Records {
    /// Services built on `store` publish to `changes`.
    #[must_use]
    pub fn new(store: Arc<dyn Entities>, changes: Changes) -> Self {
        Self { store, changes }
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &dyn Entities {
        &*self.store
    }

    /// The store, to be held on to.
    #[must_use]
    pub fn shared_store(&self) -> Arc<dyn Entities> {
        Arc::clone(&self.store)
    }

    /// The feed of committed changes.
    #[must_use]
    pub fn changes(&self) -> &Changes {
        &self.changes
    }

    /// Typed access to one kind of entity.
    #[must_use]
    pub fn table<E: Entity>(&self) -> EntityTable<'_, E> {
        EntityTable::new(&*self.store)
    }

    /// An entity of the caller's tenant.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`] when the tenant has none with this id.
    pub fn get<E: Entity>(&self, scope: &Scope, what: &'static str, id: Uuid) -> Result<E> {
        self.table::<E>()
            .get(scope.tenant, id)?
            .ok_or_else(|| PlatformError::not_found(what, id))
    }

    /// Fills in what the server makes and returns the stored entity when this is an update.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`] when the id is not one of the tenant's; a conflict when the
    /// version is not the stored one.
    pub fn prepare<E: Entity>(
        &self,
        scope: &Scope,
        what: &'static str,
        entity: &mut E,
    ) -> Result<Option<E>> {
        entity.set_tenant(scope.tenant);
        let Some(id) = entity.uuid() else {
            entity.set_uuid(Uuid::now_v7());
            entity.set_created_time(now_ms());
            return Ok(None);
        };
        let stored: E = self.get(scope, what, id)?;
        entity.set_created_time(stored.created_time().unwrap_or_else(now_ms));
        if let (Some(expected), Some(version)) = (entity.version(), stored.version())
            && expected != version
        {
            // Told apart before anything else is checked, so that a client that must read again
            // is not sent to mend a field first; the transaction checks once more.
            return Err(PlatformError::Store(StoreError::Conflict {
                what: what.to_owned(),
                expected,
                stored: version,
            }));
        }
        Ok(Some(stored))
    }

    /// Saves a prepared entity together with `more`, then tells everybody.
    ///
    /// # Errors
    /// A taken name, a version conflict, or the store's.
    pub fn commit<E: Entity>(
        &self,
        scope: &Scope,
        mut entity: E,
        created: bool,
        more: Vec<Change>,
    ) -> Result<E> {
        // A new entity has no version to compare, whatever the client sent along.
        if created {
            entity.set_version(0);
        }
        let mut change = put(&entity)?;
        if created && let Change::Put { expected, .. } = &mut change {
            *expected = None;
        }
        let mut changes = Vec::with_capacity(more.len() + 1);
        changes.push(change);
        changes.extend(more);
        let versions = self.store.apply(&changes)?;
        if let Some(version) = versions.first() {
            entity.set_version(*version);
        }
        if let Some(id) = entity.entity_id() {
            let kind = if created {
                ChangeKind::Created
            } else {
                ChangeKind::Updated
            };
            self.publish(scope, id, kind);
        }
        Ok(entity)
    }

    /// Deletes an entity with `more` in the same transaction, then tells everybody.
    ///
    /// # Errors
    /// When it is not the tenant's, or the store fails.
    pub fn delete(&self, scope: &Scope, id: EntityId, more: Vec<Change>) -> Result<()> {
        let row = self.store.get(scope.tenant, id)?;
        let mut changes = more;
        changes.push(Change::Delete {
            tenant: scope.tenant,
            id,
        });
        self.store.apply(&changes)?;
        self.publish(scope, id, ChangeKind::Deleted);
        if let Some(row) = row {
            let changed = Changed {
                tenant: scope.tenant,
                entity: id,
                kind: ChangeKind::Deleted,
                user: scope.user,
            };
            self.changes.publish_gone(changed, &row);
        }
        Ok(())
    }

    /// Tells everybody about a committed change.
    pub fn publish(&self, scope: &Scope, entity: EntityId, kind: ChangeKind) {
        self.changes.publish(Changed {
            tenant: scope.tenant,
            entity,
            kind,
            user: scope.user,
        });
    }

    /// Reads every entity of a tenant that fits, page by page, until `each` returns `false`.
    ///
    /// # Errors
    /// When the store cannot be read, or what `each` returns.
    pub fn walk<E: Entity>(
        &self,
        scope: &Scope,
        filter: &EntityFilter,
        mut link: PageLink,
        mut each: impl FnMut(E) -> Result<bool>,
    ) -> Result<()> {
        link.page_size = WALK_ROWS;
        link.page = 0;
        loop {
            let page = self.table::<E>().page(scope.tenant, filter, &link)?;
            for entity in page.data {
                if !each(entity)? {
                    return Ok(());
                }
            }
            if !page.has_next {
                return Ok(());
            }
            link.page = link.page.saturating_add(1);
        }
    }

    /// Every entity of a tenant that fits, in order of creation.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn collect<E: Entity>(&self, scope: &Scope, filter: &EntityFilter) -> Result<Vec<E>> {
        let mut found = Vec::new();
        self.walk(scope, filter, by_creation(), |entity| {
            found.push(entity);
            Ok(true)
        })?;
        Ok(found)
    }

    /// The entities with these ids, in the order asked for; ids that are not there are left out.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn list<E: Entity>(
        &self,
        scope: &Scope,
        ids: &[Uuid],
        customer: Option<Uuid>,
    ) -> Result<Vec<E>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let filter = EntityFilter {
            ids: Some(ids.to_vec()),
            customer,
            ..EntityFilter::default()
        };
        let mut found: Vec<E> = self.collect(scope, &filter)?;
        found.sort_by_key(|entity| {
            entity
                .uuid()
                .and_then(|id| ids.iter().position(|asked| *asked == id))
        });
        Ok(found)
    }
}

/// A link over everything in order of creation.
#[must_use]
pub fn by_creation() -> PageLink {
    PageLink {
        sort_property: Some("createdTime".to_owned()),
        sort_order: SortOrder::Asc,
        ..PageLink::first(WALK_ROWS)
    }
}

/// Trims a name in place and refuses a blank or overlong one.
///
/// # Errors
/// [`PlatformError::Invalid`] that names `field`.
pub fn check_name(field: &str, what: &str, name: &mut String) -> Result<()> {
    let trimmed = name.trim();
    if trimmed.is_empty() {
        return Err(PlatformError::invalid(
            field,
            format!("{what} {field} should be specified: give a {field} that is not blank"),
        ));
    }
    if trimmed.chars().count() > NAME_MAX {
        return Err(PlatformError::invalid(
            field,
            format!("{what} {field} is too long: use at most {NAME_MAX} characters"),
        ));
    }
    if trimmed.contains('\0') {
        return Err(PlatformError::invalid(
            field,
            format!("{what} {field} holds a NUL character: remove it"),
        ));
    }
    if trimmed.len() != name.len() {
        *name = trimmed.to_owned();
    }
    Ok(())
}
