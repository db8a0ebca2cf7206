//! Entities, relations, chains' metadata, credentials, notifications and broker sessions.
//!
//! Entities of all kinds share one table: columns for what is searched, the JSON body for the
//! rest. [`EntityTable`] gives typed access on top of the object-safe trait.

use millrace_model::{
    EntityId, EntityType, Millis, PageData, PageLink, TenantId,
    entity::{Entity, EntityRelation},
    notification::Notification,
};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::{Result, StoreError};

/// A row of the entity table.
#[derive(Debug, Clone, PartialEq)]
pub struct EntityRow {
    /// Its id.
    pub id: EntityId,
    /// Whose it is.
    pub tenant: TenantId,
    /// Name; unique within tenant and kind where [`unique_name`] says so.
    pub name: String,
    /// Label, for search.
    pub label: Option<String>,
    /// Profile or type name, for filters.
    pub subtype: Option<String>,
    /// Owning customer.
    pub customer: Option<Uuid>,
    /// When it was made.
    pub created_time: Millis,
    /// Counter of saves, from 1.
    pub version: i64,
    /// The entity's JSON (without secrets in clear).
    pub body: Json,
}

/// What a look-up by name needs: the columns of an entity without its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameRow {
    /// Its id.
    pub id: EntityId,
    /// Whose it is.
    pub tenant: TenantId,
    /// Name.
    pub name: String,
    /// Profile or type name.
    pub subtype: Option<String>,
    /// Owning customer.
    pub customer: Option<Uuid>,
}

/// Whether two entities of this kind in one tenant may not share a name.
#[must_use]
pub fn unique_name(kind: EntityType) -> bool {
    use EntityType as T;
    matches!(
        kind,
        T::Tenant
            | T::Customer
            | T::User
            | T::Device
            | T::Asset
            | T::Converter
            | T::Integration
            | T::DeviceProfile
            | T::AssetProfile
    )
}

/// A change inside one transaction.
#[derive(Debug, Clone)]
pub enum Change {
    /// Inserts (version becomes 1) or updates (version grows by one) an entity.
    /// `expected` = version the caller read; a different stored one is a conflict.
    Put {
        /// The row; its `version` is ignored.
        row: EntityRow,
        /// Version the caller saw; `None` skips the check.
        expected: Option<i64>,
    },
    /// Deletes an entity with its relations, credentials, group memberships and documents.
    Delete {
        /// Its tenant.
        tenant: TenantId,
        /// Its id.
        id: EntityId,
    },
    /// Inserts or replaces a relation.
    Relate {
        /// Tenant of both ends.
        tenant: TenantId,
        /// The relation.
        relation: EntityRelation,
    },
    /// Deletes a relation.
    Unrelate {
        /// Tenant of both ends.
        tenant: TenantId,
        /// The relation; only ends, type and group count.
        relation: EntityRelation,
    },
    /// Puts an entity into a group.
    JoinGroup {
        /// Tenant of both.
        tenant: TenantId,
        /// The group.
        group: Uuid,
        /// The member.
        member: EntityId,
    },
    /// Takes an entity out of a group.
    LeaveGroup {
        /// Tenant of both.
        tenant: TenantId,
        /// The group.
        group: Uuid,
        /// The member.
        member: EntityId,
    },
    /// Inserts or replaces a document: anything kept beside an entity under a name
    /// (`credentials`, `metadata` of a chain, `password` hash, `session` of a link, …).
    PutDocument {
        /// Its tenant.
        tenant: TenantId,
        /// The entity it belongs to.
        entity: EntityId,
        /// Its name.
        name: String,
        /// A text that is unique over all documents of this name, for look-ups.
        lookup: Option<String>,
        /// The document.
        body: Json,
    },
    /// Deletes a document; none of this name is no error.
    DeleteDocument {
        /// Its tenant.
        tenant: TenantId,
        /// The entity it belongs to.
        entity: EntityId,
        /// Its name.
        name: String,
    },
    /// Adds a notification to an inbox, or replaces the one with its id (a summary that counts
    /// on).
    Notify {
        /// Its tenant.
        tenant: TenantId,
        /// The notification.
        notification: Notification,
    },
}

/// A page of entities: what is asked for beyond the page link.
#[derive(Debug, Clone, Default)]
pub struct EntityFilter {
    /// Only with this subtype.
    pub subtype: Option<String>,
    /// Only of this customer; [`millrace_model::id::NULL_UUID`] = only the tenant's own.
    pub customer: Option<Uuid>,
    /// Only members of this group.
    pub group: Option<Uuid>,
    /// Only these ids.
    pub ids: Option<Vec<Uuid>>,
    /// JSON body members that must equal a value, e.g. `("edgeTemplate", false)`; absent = false.
    pub body_equals: Vec<(String, Json)>,
}

/// The entity store. Reads run beside each other; writes are one transaction a call, synced
/// before it returns.
pub trait Entities: Send + Sync + 'static {
    /// Applies changes in order, all or none; returns the version of each `Put` in order.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`], [`StoreError::Conflict`], [`StoreError::NotFound`], or the
    /// engine's.
    fn apply(&self, changes: &[Change]) -> Result<Vec<i64>>;

    /// An entity of this tenant.
    ///
    /// # Errors
    /// When the file cannot be read.
    fn get(&self, tenant: TenantId, id: EntityId) -> Result<Option<EntityRow>>;

    /// An entity by its exact name.
    ///
    /// # Errors
    /// When the file cannot be read.
    fn by_name(&self, tenant: TenantId, kind: EntityType, name: &str) -> Result<Option<EntityRow>>;

    /// As [`Self::by_name`], without the body.
    ///
    /// # Errors
    /// When the file cannot be read.
    fn name_row(&self, tenant: TenantId, kind: EntityType, name: &str) -> Result<Option<NameRow>>;

    /// Goes over the names of a kind, over all tenants, for start-up only.
    ///
    /// # Errors
    /// When the file cannot be read.
    fn each_name(&self, kind: EntityType, each: &mut dyn FnMut(NameRow)) -> Result<()>;

    /// A page of entities of one kind. `textSearch` looks into name and label, without regard to
    /// case; `sortProperty` may be any column's JSON spelling (`name`, `label`, `type`,
    /// `createdTime`) or a top-level member of the body.
    ///
    /// # Errors
    /// When the file cannot be read.
    fn page(
        &self,
        tenant: TenantId,
        kind: EntityType,
        filter: &EntityFilter,
        link: &PageLink,
    ) -> Result<PageData<EntityRow>>;

    /// Every entity of a kind over all tenants, for start-up only.
    ///
    /// # Errors
    /// When the file cannot be read.
    fn all(&self, kind: EntityType) -> Result<Vec<EntityRow>>;

    /// Finds whose entity an id is, for sign-in and start-up only.
    ///
    /// # Errors
    /// When the file cannot be read.
    fn user_by_email(&self, email: &str) -> Result<Option<EntityRow>>;

    /// Relations that leave (`from` true) or enter an entity.
    ///
    /// # Errors
    /// When the file cannot be read.
    fn relations(
        &self,
        tenant: TenantId,
        entity: EntityId,
        from: bool,
        type_group: &str,
    ) -> Result<Vec<EntityRelation>>;

    /// A document of an entity.
    ///
    /// # Errors
    /// When the file cannot be read.
    fn document(&self, tenant: TenantId, entity: EntityId, name: &str) -> Result<Option<Json>>;

    /// The document of this name with this look-up text, over all tenants.
    ///
    /// # Errors
    /// When the file cannot be read.
    fn document_by_lookup(
        &self,
        name: &str,
        lookup: &str,
    ) -> Result<Option<(TenantId, EntityId, Json)>>;

    /// Groups an entity is in.
    ///
    /// # Errors
    /// When the file cannot be read.
    fn groups_of(&self, tenant: TenantId, member: EntityId) -> Result<Vec<EntityRow>>;

    /// A page of a user's notifications, newest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    fn notifications(
        &self,
        tenant: TenantId,
        user: Uuid,
        unread_only: bool,
        link: &PageLink,
    ) -> Result<PageData<Notification>>;

    /// Unread notifications of a user.
    ///
    /// # Errors
    /// When the file cannot be read.
    fn unread_count(&self, tenant: TenantId, user: Uuid) -> Result<u64>;

    /// Marks notifications read (`None` = all); returns how many changed.
    ///
    /// # Errors
    /// When the file cannot be written.
    fn mark_read(&self, tenant: TenantId, user: Uuid, id: Option<Uuid>) -> Result<u64>;

    /// Deletes a notification, or with `None` those older than `before`.
    ///
    /// # Errors
    /// When the file cannot be written.
    fn delete_notifications(
        &self,
        tenant: TenantId,
        user: Option<Uuid>,
        id: Option<Uuid>,
        before: Millis,
    ) -> Result<u64>;

    /// For a clean stop: as [`crate::ValueTables::tidy`].
    fn tidy(&self) {}
}

/// Typed access to the entity table.
pub struct EntityTable<'a, E> {
    store: &'a dyn Entities,
    kind: std::marker::PhantomData<fn() -> E>,
}

impl<'a, E: Entity> EntityTable<'a, E> {
    /// Entities of type `E` in `store`.
    #[must_use]
    pub fn new(store: &'a dyn Entities) -> Self {
        Self {
            store,
            kind: std::marker::PhantomData,
        }
    }

    /// One by id.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn get(&self, tenant: TenantId, id: Uuid) -> Result<Option<E>> {
        self.store
            .get(tenant, EntityId::new(E::KIND, id))?
            .map(read_entity)
            .transpose()
    }

    /// One by its exact name.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn by_name(&self, tenant: TenantId, name: &str) -> Result<Option<E>> {
        self.store
            .by_name(tenant, E::KIND, name)?
            .map(read_entity)
            .transpose()
    }

    /// A page.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn page(
        &self,
        tenant: TenantId,
        filter: &EntityFilter,
        link: &PageLink,
    ) -> Result<PageData<E>> {
        let page = self.store.page(tenant, E::KIND, filter, link)?;
        let PageData {
            data,
            total_pages,
            total_elements,
            has_next,
        } = page;
        let data = data.into_iter().map(read_entity).collect::<Result<_>>()?;
        Ok(PageData {
            data,
            total_pages,
            total_elements,
            has_next,
        })
    }

    /// Every one over all tenants, for start-up only.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn all(&self) -> Result<Vec<E>> {
        self.store
            .all(E::KIND)?
            .into_iter()
            .map(read_entity)
            .collect()
    }
}

/// The change that saves `entity`, which must have id, tenant and time of creation.
///
/// # Errors
/// [`StoreError::Damaged`] when one of them is missing or the entity is no JSON object.
pub fn put<E: Entity>(entity: &E) -> Result<Change> {
    let incomplete = |detail: &str| StoreError::Damaged {
        file: "millrace.db".to_owned(),
        detail: detail.to_owned(),
    };
    let row = EntityRow {
        id: entity
            .entity_id()
            .ok_or_else(|| incomplete("an entity without id"))?,
        tenant: entity
            .tenant()
            .ok_or_else(|| incomplete("an entity without tenant"))?,
        name: entity.name().to_owned(),
        label: entity.label().map(str::to_owned),
        subtype: entity.subtype().map(str::to_owned),
        customer: entity.customer(),
        created_time: entity
            .created_time()
            .ok_or_else(|| incomplete("an entity without time"))?,
        version: 0,
        body: serde_json::to_value(entity).map_err(|error| incomplete(&error.to_string()))?,
    };
    Ok(Change::Put {
        row,
        expected: entity.version(),
    })
}

/// Reads a row back; columns win over the body.
///
/// # Errors
/// [`StoreError::Damaged`] when the body does not fit the type.
pub fn read_entity<E: Entity>(row: EntityRow) -> Result<E> {
    let mut entity: E = serde_json::from_value(row.body).map_err(|error| StoreError::Damaged {
        file: "millrace.db".to_owned(),
        detail: format!("{}: {error}", row.id),
    })?;
    entity.set_uuid(row.id.id);
    entity.set_tenant(row.tenant);
    entity.set_created_time(row.created_time);
    entity.set_version(row.version);
    Ok(entity)
}
