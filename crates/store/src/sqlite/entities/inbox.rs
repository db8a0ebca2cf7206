//! Notifications of people.

use millrace_model::{Millis, PageData, PageLink, TenantId, notification::Notification};
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::row;
use crate::sqlite::column::{signed, unsigned};

/// A page of a user's notifications, newest first.
pub(super) fn page(
    connection: &Connection,
    tenant: TenantId,
    user: Uuid,
    unread_only: bool,
    link: &PageLink,
) -> rusqlite::Result<PageData<Notification>> {
    let text = link
        .text_search
        .as_deref()
        .unwrap_or_default()
        .to_lowercase();
    let snapshot = connection.unchecked_transaction()?;
    let total: i64 = snapshot
        .prepare_cached(
            "SELECT count(*) FROM notification
             WHERE tenant = ?1 AND recipient = ?2 AND unread >= ?3
               AND (?4 = '' OR instr(search, ?4) > 0)",
        )?
        .query_row(
            params![tenant.0.as_bytes(), user.as_bytes(), unread_only, text],
            |row| row.get(0),
        )?;
    let rows = snapshot
        .prepare_cached(
            "SELECT body, unread FROM notification
             WHERE tenant = ?1 AND recipient = ?2 AND unread >= ?3
               AND (?4 = '' OR instr(search, ?4) > 0)
             ORDER BY created DESC, rowid DESC LIMIT ?5 OFFSET ?6",
        )?
        .query_map(
            params![
                tenant.0.as_bytes(),
                user.as_bytes(),
                unread_only,
                text,
                link.page_size.max(1),
                signed(link.offset())
            ],
            row::notification,
        )?
        .collect::<rusqlite::Result<_>>()?;
    Ok(PageData::of(rows, unsigned(total), link))
}

/// Unread notifications of a user.
pub(super) fn unread(
    connection: &Connection,
    tenant: TenantId,
    user: Uuid,
) -> rusqlite::Result<u64> {
    connection
        .prepare_cached(
            "SELECT count(*) FROM notification
             WHERE tenant = ?1 AND recipient = ?2 AND unread = 1",
        )?
        .query_row(params![tenant.0.as_bytes(), user.as_bytes()], |row| {
            row.get(0).map(unsigned)
        })
}

/// Marks one or all read; how many changed.
pub(super) fn mark_read(
    connection: &Connection,
    tenant: TenantId,
    user: Uuid,
    id: Option<Uuid>,
) -> rusqlite::Result<u64> {
    let changed = connection
        .prepare_cached(
            "UPDATE notification SET unread = 0
             WHERE tenant = ?1 AND recipient = ?2 AND unread = 1 AND (?3 IS NULL OR id = ?3)",
        )?
        .execute(params![
            tenant.0.as_bytes(),
            user.as_bytes(),
            id.as_ref().map(Uuid::as_bytes)
        ])?;
    Ok(changed as u64)
}

/// Deletes one, or those older than `before`; how many went.
pub(super) fn delete(
    connection: &Connection,
    tenant: TenantId,
    user: Option<Uuid>,
    id: Option<Uuid>,
    before: Millis,
) -> rusqlite::Result<u64> {
    let user = user.as_ref().map(Uuid::as_bytes);
    let gone = match id {
        Some(id) => connection
            .prepare_cached(
                "DELETE FROM notification
                 WHERE tenant = ?1 AND id = ?3 AND (?2 IS NULL OR recipient = ?2)",
            )?
            .execute(params![tenant.0.as_bytes(), user, id.as_bytes()])?,
        None => connection
            .prepare_cached(
                "DELETE FROM notification
                 WHERE tenant = ?1 AND created < ?3 AND (?2 IS NULL OR recipient = ?2)",
            )?
            .execute(params![tenant.0.as_bytes(), user, before])?,
    };
    Ok(gone as u64)
}
