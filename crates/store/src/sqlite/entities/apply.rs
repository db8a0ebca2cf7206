//! Changes inside one transaction.

use millrace_model::{
    EntityId, EntityType, TenantId,
    entity::EntityRelation,
    notification::{Notification, NotificationStatus},
};
use rusqlite::{ErrorCode, OptionalExtension, Transaction, params};
use serde::Serialize;
use uuid::Uuid;

use super::{row::search_text, schema::FILE};
use crate::{
    Result, StoreError,
    entities::{Change, EntityRow, unique_name},
    sqlite::error,
};

/// Applies one change; the new version when it was a `Put`.
pub(super) fn apply(transaction: &Transaction<'_>, change: &Change) -> Result<Option<i64>> {
    match change {
        Change::Put { row, expected } => put(transaction, row, *expected).map(Some),
        Change::Delete { tenant, id } => delete(transaction, *tenant, *id).map(|()| None),
        other => beside(transaction, other).map(|()| None),
    }
}

fn put(transaction: &Transaction<'_>, row: &EntityRow, expected: Option<i64>) -> Result<i64> {
    let kind = row.id.entity_type;
    let stored: Option<(Vec<u8>, i64)> = transaction
        .prepare_cached("SELECT tenant, version FROM entity WHERE id = ?1 AND kind = ?2")
        .and_then(|mut statement| {
            statement
                .query_row(params![row.id.id.as_bytes(), kind.as_str()], |found| {
                    Ok((found.get(0)?, found.get(1)?))
                })
                .optional()
        })
        .map_err(fail)?;
    let version = match (stored, expected) {
        // Another tenant's entity is not there for this one.
        (Some((tenant, _)), _) if tenant != row.tenant.0.as_bytes() => {
            return Err(not_found(row.id));
        }
        (Some((_, stored)), Some(expected)) if stored != expected => {
            return Err(StoreError::Conflict {
                what: words(kind),
                expected,
                stored,
            });
        }
        (Some((_, stored)), _) => stored + 1,
        (None, Some(_)) => return Err(not_found(row.id)),
        (None, None) => 1,
    };
    let sql = if version == 1 {
        "INSERT INTO entity (tenant, kind, id, name, label, subtype, customer, created, version,
                             named_once, search, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
    } else {
        "UPDATE entity SET name = ?4, label = ?5, subtype = ?6, customer = ?7, created = ?8,
                           version = ?9, named_once = ?10, search = ?11, body = ?12
         WHERE tenant = ?1 AND kind = ?2 AND id = ?3"
    };
    let written = transaction.prepare_cached(sql).and_then(|mut statement| {
        statement.execute(params![
            row.tenant.0.as_bytes(),
            kind.as_str(),
            row.id.id.as_bytes(),
            row.name,
            row.label,
            row.subtype,
            row.customer.as_ref().map(Uuid::as_bytes),
            row.created_time,
            version,
            unique_name(kind),
            search_text(&row.name, row.label.as_deref()),
            row.body.to_string(),
        ])
    });
    match written {
        Ok(_) => Ok(version),
        Err(error) if is_constraint(&error) => Err(StoreError::Duplicate {
            what: words(kind),
            name: row.name.clone(),
        }),
        Err(error) => Err(fail(error)),
    }
}

fn delete(transaction: &Transaction<'_>, tenant: TenantId, id: EntityId) -> Result<()> {
    let (tenant, uuid, kind) = (
        tenant.0.as_bytes(),
        id.id.as_bytes(),
        id.entity_type.as_str(),
    );
    let run = |sql: &str| -> Result<usize> {
        transaction
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(params![tenant, uuid, kind]))
            .map_err(fail)
    };
    if run("DELETE FROM entity WHERE tenant = ?1 AND id = ?2 AND kind = ?3")? == 0 {
        return Err(not_found(id));
    }
    for sql in [
        "DELETE FROM relation WHERE tenant = ?1 AND from_id = ?2 AND from_kind = ?3",
        "DELETE FROM relation WHERE tenant = ?1 AND to_id = ?2 AND to_kind = ?3",
        "DELETE FROM document WHERE tenant = ?1 AND entity = ?2 AND kind = ?3",
        "DELETE FROM member WHERE tenant = ?1 AND member_id = ?2 AND member_kind = ?3",
        // A group takes its memberships along, a user the inbox.
        "DELETE FROM member WHERE tenant = ?1 AND group_id = ?2 AND ?3 = 'ENTITY_GROUP'",
        "DELETE FROM notification WHERE tenant = ?1 AND recipient = ?2 AND ?3 = 'USER'",
    ] {
        run(sql)?;
    }
    Ok(())
}

/// Changes of what stands beside entities.
fn beside(transaction: &Transaction<'_>, change: &Change) -> Result<()> {
    let run = |sql: &str, values: &[&dyn rusqlite::ToSql]| -> rusqlite::Result<usize> {
        transaction.prepare_cached(sql)?.execute(values)
    };
    let written = match change {
        Change::Put { .. } | Change::Delete { .. } => Ok(0),
        Change::Relate { tenant, relation } => relate(transaction, *tenant, relation),
        Change::Unrelate { tenant, relation } => run(
            "DELETE FROM relation WHERE tenant = ?1 AND from_id = ?2 AND from_kind = ?3
             AND type_group = ?4 AND type = ?5 AND to_id = ?6 AND to_kind = ?7",
            params![
                tenant.0.as_bytes(),
                relation.from.id.as_bytes(),
                relation.from.entity_type.as_str(),
                relation.type_group,
                relation.relation_type,
                relation.to.id.as_bytes(),
                relation.to.entity_type.as_str(),
            ],
        ),
        Change::JoinGroup {
            tenant,
            group,
            member,
        } => run(
            "INSERT INTO member VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
            params![
                tenant.0.as_bytes(),
                group.as_bytes(),
                member.id.as_bytes(),
                member.entity_type.as_str()
            ],
        ),
        Change::LeaveGroup {
            tenant,
            group,
            member,
        } => run(
            "DELETE FROM member WHERE tenant = ?1 AND group_id = ?2 AND member_id = ?3
             AND member_kind = ?4",
            params![
                tenant.0.as_bytes(),
                group.as_bytes(),
                member.id.as_bytes(),
                member.entity_type.as_str()
            ],
        ),
        Change::PutDocument {
            tenant,
            entity,
            name,
            lookup,
            body,
        } => {
            let written = run(
                "INSERT INTO document (tenant, entity, kind, name, lookup, body)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (tenant, entity, kind, name)
                 DO UPDATE SET lookup = excluded.lookup, body = excluded.body",
                params![
                    tenant.0.as_bytes(),
                    entity.id.as_bytes(),
                    entity.entity_type.as_str(),
                    name,
                    lookup,
                    body.to_string(),
                ],
            );
            if let Err(error) = &written
                && is_constraint(error)
            {
                return Err(StoreError::Duplicate {
                    what: name.clone(),
                    name: lookup.clone().unwrap_or_default(),
                });
            }
            written
        }
        Change::DeleteDocument {
            tenant,
            entity,
            name,
        } => run(
            "DELETE FROM document WHERE tenant = ?1 AND entity = ?2 AND kind = ?3 AND name = ?4",
            params![
                tenant.0.as_bytes(),
                entity.id.as_bytes(),
                entity.entity_type.as_str(),
                name
            ],
        ),
        Change::Notify {
            tenant,
            notification,
        } => return notify(transaction, *tenant, notification),
    };
    written.map(|_| ()).map_err(fail)
}

fn relate(
    transaction: &Transaction<'_>,
    tenant: TenantId,
    relation: &EntityRelation,
) -> rusqlite::Result<usize> {
    transaction
        .prepare_cached(
            "INSERT INTO relation VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1)
             ON CONFLICT DO UPDATE SET info = excluded.info, version = relation.version + 1",
        )?
        .execute(params![
            tenant.0.as_bytes(),
            relation.from.id.as_bytes(),
            relation.from.entity_type.as_str(),
            relation.type_group,
            relation.relation_type,
            relation.to.id.as_bytes(),
            relation.to.entity_type.as_str(),
            relation.additional_info.as_ref().map(ToString::to_string),
        ])
}

fn notify(
    transaction: &Transaction<'_>,
    tenant: TenantId,
    notification: &Notification,
) -> Result<()> {
    let written = transaction
        .prepare_cached(
            "INSERT INTO notification VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (id) DO UPDATE SET recipient = excluded.recipient,
                 created = excluded.created, unread = excluded.unread,
                 search = excluded.search, body = excluded.body
             WHERE tenant = excluded.tenant",
        )
        .and_then(|mut statement| {
            statement.execute(params![
                notification.id.0.as_bytes(),
                tenant.0.as_bytes(),
                notification.recipient_id.0.as_bytes(),
                notification.created_time,
                notification.status == NotificationStatus::Sent,
                search_text(&notification.subject, Some(&notification.text)),
                to_text(notification)?,
            ])
        })
        .map_err(fail)?;
    if written == 0 {
        return Err(not_found(notification.id.into()));
    }
    Ok(())
}

fn to_text(value: &impl Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

fn is_constraint(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation)
}

fn not_found(id: EntityId) -> StoreError {
    StoreError::NotFound {
        what: words(id.entity_type),
        id: id.id.to_string(),
    }
}

/// `DEVICE_PROFILE` as `device profile`.
fn words(kind: EntityType) -> String {
    kind.as_str().to_lowercase().replace('_', " ")
}

fn fail(error: rusqlite::Error) -> StoreError {
    error::engine(FILE, error)
}
