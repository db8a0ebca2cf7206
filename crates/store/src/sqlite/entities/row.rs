//! Rows of the tables as the values they stand for.

use millrace_model::{
    TenantId,
    entity::EntityRelation,
    notification::{Notification, NotificationStatus},
};
use rusqlite::{Row, types::Type};
use serde::de::DeserializeOwned;

use crate::{
    entities::{EntityRow, NameRow},
    sqlite::column,
};

/// Columns in the order [`entity`] reads them; a constant of the SQL.
macro_rules! entity_columns {
    () => {
        "entity.kind, entity.id, entity.tenant, entity.name, entity.label, entity.subtype, \
         entity.customer, entity.created, entity.version, entity.body"
    };
}
pub(super) use entity_columns;

pub(super) fn entity(row: &Row<'_>) -> rusqlite::Result<EntityRow> {
    let customer: Option<&[u8]> = row.get_ref(6)?.as_blob_or_null()?;
    Ok(EntityRow {
        id: column::entity(row, 0, 1)?,
        tenant: TenantId(column::uuid(row, 2)?),
        name: row.get(3)?,
        label: row.get(4)?,
        subtype: row.get(5)?,
        customer: match customer {
            Some(_) => Some(column::uuid(row, 6)?),
            None => None,
        },
        created_time: row.get(7)?,
        version: row.get(8)?,
        body: json(row, 9)?,
    })
}

/// `kind, id, tenant, name, subtype, customer`.
pub(super) fn name(row: &Row<'_>) -> rusqlite::Result<NameRow> {
    let owned = row.get_ref(5)?.as_blob_or_null()?.is_some();
    Ok(NameRow {
        id: column::entity(row, 0, 1)?,
        tenant: TenantId(column::uuid(row, 2)?),
        name: row.get(3)?,
        subtype: row.get(4)?,
        customer: if owned {
            Some(column::uuid(row, 5)?)
        } else {
            None
        },
    })
}

/// `from_kind, from_id, to_kind, to_id, type, type_group, info, version`.
pub(super) fn relation(row: &Row<'_>) -> rusqlite::Result<EntityRelation> {
    let info = row.get_ref(6)?.as_str_or_null()?.is_some();
    Ok(EntityRelation {
        from: column::entity(row, 0, 1)?,
        to: column::entity(row, 2, 3)?,
        relation_type: row.get(4)?,
        type_group: row.get(5)?,
        additional_info: if info { Some(json(row, 6)?) } else { None },
        version: row.get(7)?,
    })
}

/// `body, unread`.
pub(super) fn notification(row: &Row<'_>) -> rusqlite::Result<Notification> {
    let unread: bool = row.get(1)?;
    Ok(Notification {
        status: if unread {
            NotificationStatus::Sent
        } else {
            NotificationStatus::Read
        },
        ..json(row, 0)?
    })
}

/// Reads JSON text.
pub(super) fn json<T: DeserializeOwned>(row: &Row<'_>, index: usize) -> rusqlite::Result<T> {
    serde_json::from_str(row.get_ref(index)?.as_str()?).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(index, Type::Text, Box::new(error))
    })
}

/// What text search looks into and what a sort by name follows.
pub(super) fn search_text(name: &str, second: Option<&str>) -> String {
    let mut text = name.to_lowercase();
    if let Some(second) = second {
        text.push('\n');
        text.push_str(&second.to_lowercase());
    }
    text
}
