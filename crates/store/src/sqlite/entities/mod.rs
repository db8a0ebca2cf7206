//! Entities and what stands beside them, in `millrace.db`.
//!
//! Writes go through one connection, one transaction a call, synced before it returns. Reads have
//! connections of their own. Every statement names the tenant, except the four that the trait says
//! are for start-up and sign-in.

use std::path::Path;

use millrace_model::{
    EntityId, EntityType, Millis, PageData, PageLink, TenantId, entity::EntityRelation,
    notification::Notification,
};
use parking_lot::Mutex;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use serde_json::Value as Json;
use uuid::Uuid;

use self::row::entity_columns;
pub(super) use self::schema::{FILE, SCHEMA};
use super::{
    column, error,
    open::{self, Sync, WriterOptions},
    readers::Readers,
};
use crate::{
    Result,
    entities::{Change, Entities, EntityFilter, EntityRow, NameRow},
};

mod apply;
mod inbox;
mod page;
mod row;
mod schema;

#[cfg(test)]
mod tests;

/// The entities of one node, in `millrace.db`.
pub struct SqliteEntities {
    writer: Mutex<Connection>,
    readers: Readers,
}

impl SqliteEntities {
    /// Opens the entities of a data directory.
    ///
    /// # Errors
    /// [`crate::StoreError::NewerSchema`], [`crate::StoreError::Damaged`], or the engine's.
    pub fn open(dir: &Path) -> Result<Self> {
        let writer = open::writer(
            dir,
            &SCHEMA,
            &WriterOptions {
                sync: Sync::Full,
                checkpoint_pages: 1000,
                cache_kib: 4096,
            },
        )?;
        Ok(Self {
            writer: Mutex::new(writer),
            readers: Readers::new(dir, FILE, |_| Ok(())),
        })
    }

    fn write<T>(&self, write: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T> {
        write(&self.writer.lock()).map_err(|error| error::engine(FILE, error))
    }
}

impl Entities for SqliteEntities {
    fn tidy(&self) {
        open::tidy(&self.writer.lock(), FILE);
    }

    fn apply(&self, changes: &[Change]) -> Result<Vec<i64>> {
        let fail = |error| error::engine(FILE, error);
        let mut writer = self.writer.lock();
        let transaction = writer
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(fail)?;
        let mut versions = Vec::new();
        for change in changes {
            versions.extend(apply::apply(&transaction, change)?);
        }
        transaction.commit().map_err(fail)?;
        Ok(versions)
    }

    fn get(&self, tenant: TenantId, id: EntityId) -> Result<Option<EntityRow>> {
        self.readers.read(|connection| {
            connection
                .prepare_cached(concat!(
                    "SELECT ",
                    entity_columns!(),
                    " FROM entity WHERE tenant = ?1 AND kind = ?2 AND id = ?3"
                ))?
                .query_row(
                    params![
                        tenant.0.as_bytes(),
                        id.entity_type.as_str(),
                        id.id.as_bytes()
                    ],
                    row::entity,
                )
                .optional()
        })
    }

    fn by_name(&self, tenant: TenantId, kind: EntityType, name: &str) -> Result<Option<EntityRow>> {
        self.readers.read(|connection| {
            connection
                .prepare_cached(concat!(
                    "SELECT ",
                    entity_columns!(),
                    " FROM entity WHERE tenant = ?1 AND kind = ?2 AND name = ?3
                      ORDER BY row LIMIT 1"
                ))?
                .query_row(
                    params![tenant.0.as_bytes(), kind.as_str(), name],
                    row::entity,
                )
                .optional()
        })
    }

    fn page(
        &self,
        tenant: TenantId,
        kind: EntityType,
        filter: &EntityFilter,
        link: &PageLink,
    ) -> Result<PageData<EntityRow>> {
        self.readers
            .read(|connection| page::read(connection, tenant, kind, filter, link))
    }

    fn name_row(&self, tenant: TenantId, kind: EntityType, name: &str) -> Result<Option<NameRow>> {
        self.readers.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT kind, id, tenant, name, subtype, customer FROM entity
                     WHERE tenant = ?1 AND kind = ?2 AND name = ?3",
                )?
                .query_row(params![tenant.0.as_bytes(), kind.as_str(), name], row::name)
                .optional()
        })
    }

    fn each_name(&self, kind: EntityType, each: &mut dyn FnMut(NameRow)) -> Result<()> {
        self.readers.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT kind, id, tenant, name, subtype, customer FROM entity WHERE kind = ?1",
            )?;
            for row in statement.query_map([kind.as_str()], row::name)? {
                each(row?);
            }
            Ok(())
        })
    }

    fn all(&self, kind: EntityType) -> Result<Vec<EntityRow>> {
        self.readers.read(|connection| {
            connection
                .prepare_cached(concat!(
                    "SELECT ",
                    entity_columns!(),
                    " FROM entity WHERE kind = ?1 ORDER BY row"
                ))?
                .query_map([kind.as_str()], row::entity)?
                .collect()
        })
    }

    fn user_by_email(&self, email: &str) -> Result<Option<EntityRow>> {
        self.readers.read(|connection| {
            connection
                .prepare_cached(concat!(
                    "SELECT ",
                    entity_columns!(),
                    " FROM entity WHERE kind = 'USER' AND name = ?1 COLLATE NOCASE"
                ))?
                .query_row([email], row::entity)
                .optional()
        })
    }

    fn relations(
        &self,
        tenant: TenantId,
        entity: EntityId,
        from: bool,
        type_group: &str,
    ) -> Result<Vec<EntityRelation>> {
        let sql = if from {
            "SELECT from_kind, from_id, to_kind, to_id, type, type_group, info, version
             FROM relation
             WHERE tenant = ?1 AND from_id = ?2 AND from_kind = ?3 AND type_group = ?4
             ORDER BY type, to_id"
        } else {
            "SELECT from_kind, from_id, to_kind, to_id, type, type_group, info, version
             FROM relation
             WHERE tenant = ?1 AND to_id = ?2 AND to_kind = ?3 AND type_group = ?4
             ORDER BY type, from_id"
        };
        self.readers.read(|connection| {
            connection
                .prepare_cached(sql)?
                .query_map(
                    params![
                        tenant.0.as_bytes(),
                        entity.id.as_bytes(),
                        entity.entity_type.as_str(),
                        type_group
                    ],
                    row::relation,
                )?
                .collect()
        })
    }

    fn document(&self, tenant: TenantId, entity: EntityId, name: &str) -> Result<Option<Json>> {
        self.readers.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT body FROM document
                     WHERE tenant = ?1 AND entity = ?2 AND kind = ?3 AND name = ?4",
                )?
                .query_row(
                    params![
                        tenant.0.as_bytes(),
                        entity.id.as_bytes(),
                        entity.entity_type.as_str(),
                        name
                    ],
                    |found| row::json(found, 0),
                )
                .optional()
        })
    }

    fn document_by_lookup(
        &self,
        name: &str,
        lookup: &str,
    ) -> Result<Option<(TenantId, EntityId, Json)>> {
        self.readers.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT tenant, kind, entity, body FROM document
                     WHERE name = ?1 AND lookup = ?2",
                )?
                .query_row([name, lookup], |found| {
                    Ok((
                        TenantId(column::uuid(found, 0)?),
                        column::entity(found, 1, 2)?,
                        row::json(found, 3)?,
                    ))
                })
                .optional()
        })
    }

    fn groups_of(&self, tenant: TenantId, member: EntityId) -> Result<Vec<EntityRow>> {
        self.readers.read(|connection| {
            connection
                .prepare_cached(concat!(
                    "SELECT ",
                    entity_columns!(),
                    " FROM member JOIN entity ON entity.id = group_id
                          AND entity.kind = 'ENTITY_GROUP' AND entity.tenant = member.tenant
                      WHERE member.tenant = ?1 AND member_id = ?2 AND member_kind = ?3
                      ORDER BY entity.search, entity.row"
                ))?
                .query_map(
                    params![
                        tenant.0.as_bytes(),
                        member.id.as_bytes(),
                        member.entity_type.as_str()
                    ],
                    row::entity,
                )?
                .collect()
        })
    }

    fn notifications(
        &self,
        tenant: TenantId,
        user: Uuid,
        unread_only: bool,
        link: &PageLink,
    ) -> Result<PageData<Notification>> {
        self.readers
            .read(|connection| inbox::page(connection, tenant, user, unread_only, link))
    }

    fn unread_count(&self, tenant: TenantId, user: Uuid) -> Result<u64> {
        self.readers
            .read(|connection| inbox::unread(connection, tenant, user))
    }

    fn mark_read(&self, tenant: TenantId, user: Uuid, id: Option<Uuid>) -> Result<u64> {
        self.write(|connection| inbox::mark_read(connection, tenant, user, id))
    }

    fn delete_notifications(
        &self,
        tenant: TenantId,
        user: Option<Uuid>,
        id: Option<Uuid>,
        before: Millis,
    ) -> Result<u64> {
        self.write(|connection| inbox::delete(connection, tenant, user, id, before))
    }
}
