//! Reading and clearing events.

use millrace_model::{
    EntityId, Millis, PageData, PageLink, SortOrder, TenantId,
    event::{Event, EventId, EventType},
};
use rusqlite::{
    Connection, Row, ToSql,
    functions::{Context, FunctionFlags},
    params_from_iter,
    types::{Type, ValueRef},
};
use serde_json::Value as Json;
use uuid::Uuid;

use super::schema::NUMBER_BITS;
use crate::{
    events::EventFilter,
    sqlite::column::{signed, unreadable, unsigned},
};

/// A station's events that match: its rings, each a range of keys. `?8` is a JSON array of
/// `[path, part in lower case]`.
const MATCHING: &str = "
    FROM ring JOIN event
        ON event.key BETWEEN (ring.id << 40) AND (ring.id << 40 | 0xffffffffff)
    WHERE ring.tenant = ?1 AND ring.entity = ?2 AND ring.kind = ?3
      AND (?4 IS NULL OR ring.type = ?4)
      AND (?5 IS NULL OR event.at >= ?5)
      AND (?6 IS NULL OR event.at <= ?6)
      AND (?7 IS NULL OR ?7 = (coalesce(event.body ->> '$.error', '') <> ''))
      AND NOT EXISTS (
          SELECT 1 FROM json_each(?8) AS wanted
          WHERE instr(
              unicode_lower(CASE json_type(event.body, wanted.value ->> 0)
                  WHEN 'true' THEN 'true' WHEN 'false' THEN 'false'
                  ELSE event.body ->> (wanted.value ->> 0) END),
              wanted.value ->> 1) = 0)";

const _: () = assert!(NUMBER_BITS == 40, "the ranges in the SQL follow the schema");

/// Gives a connection the functions that [`MATCHING`] calls.
pub(super) fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.create_scalar_function(
        "unicode_lower",
        1,
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC,
        |context: &Context<'_>| {
            // A member that is not there matches no part.
            Ok(match context.get_raw(0) {
                ValueRef::Text(text) => String::from_utf8_lossy(text).to_lowercase(),
                ValueRef::Integer(number) => number.to_string(),
                ValueRef::Real(number) => format!("{number:?}"),
                ValueRef::Null | ValueRef::Blob(_) => String::new(),
            })
        },
    )
}

/// A page of a station's events, newest first unless the link says otherwise.
pub(super) fn read(
    connection: &Connection,
    tenant: TenantId,
    entity: EntityId,
    filter: &EventFilter,
    link: &PageLink,
) -> rusqlite::Result<PageData<Event>> {
    let mut values = bind(tenant, entity, filter);
    let snapshot = connection.unchecked_transaction()?;
    let total: i64 = snapshot
        .prepare_cached(&format!("SELECT count(*) {MATCHING}"))?
        .query_row(params_from_iter(&values), |row| row.get(0))?;
    values.push(Box::new(i64::from(link.page_size.max(1))));
    values.push(Box::new(signed(link.offset())));
    let oldest_first = matches!(link.sort_property.as_deref(), Some("createdTime" | "ts"))
        && link.sort_order == SortOrder::Asc;
    let order = if oldest_first {
        "event.at, event.key"
    } else {
        "event.at DESC, event.key DESC"
    };
    let events = snapshot
        .prepare_cached(&format!(
            "SELECT event.key, ring.type, event.at, event.body {MATCHING}
             ORDER BY {order} LIMIT ?9 OFFSET ?10"
        ))?
        .query_map(params_from_iter(&values), |row| event(row, tenant, entity))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(PageData::of(events, unsigned(total), link))
}

/// Deletes what matches; how many went.
pub(super) fn clear(
    connection: &Connection,
    tenant: TenantId,
    entity: EntityId,
    filter: &EventFilter,
) -> rusqlite::Result<u64> {
    let gone = connection
        .prepare_cached(&format!(
            "DELETE FROM event WHERE key IN (SELECT event.key {MATCHING})"
        ))?
        .execute(params_from_iter(&bind(tenant, entity, filter)))?;
    Ok(gone as u64)
}

fn bind(tenant: TenantId, entity: EntityId, filter: &EventFilter) -> Vec<Box<dyn ToSql>> {
    let wanted: Vec<Json> = filter
        .contains
        .iter()
        .filter(|(_, part)| !part.is_empty())
        .map(|(member, part)| {
            // A quote cannot be written in a path; no member of ours has one.
            let path = format!("$.\"{}\"", member.replace(['"', '\\'], "\u{fffd}"));
            Json::from(vec![path, part.to_lowercase()])
        })
        .collect();
    vec![
        Box::new(tenant.0.as_bytes().to_vec()),
        Box::new(entity.id.as_bytes().to_vec()),
        Box::new(entity.entity_type.as_str()),
        Box::new(filter.event_type.map(EventType::as_str)),
        Box::new(filter.start),
        Box::new(filter.end),
        Box::new(filter.is_error),
        Box::new(Json::from(wanted).to_string()),
    ]
}

fn event(row: &Row<'_>, tenant: TenantId, entity: EntityId) -> rusqlite::Result<Event> {
    let key: i64 = row.get(0)?;
    let event_type = EventType::parse(row.get_ref(1)?.as_str()?)
        .ok_or_else(|| unreadable(1, Type::Text, "no event type"))?;
    let created_time: Millis = row.get(2)?;
    let body = row.get_ref(3)?.as_str()?;
    let id = event_uuid(key, created_time);
    Ok(Event {
        id: EventId { id },
        created_time,
        tenant_id: tenant,
        event_type,
        uid: id.to_string(),
        entity_id: entity,
        body: serde_json::from_str(body).unwrap_or_else(|_| Json::from(body)),
    })
}

/// An event's UUID is its time and its key: nothing more needs to be stored. The bytes that carry
/// version and variant are left free.
fn event_uuid(key: i64, at: Millis) -> Uuid {
    let [ring_high, ring_middle, ring_low, number @ ..] = key.to_be_bytes();
    let [n0, n1, n2, n3, n4] = number;
    let spread = [0, ring_high, 0, ring_middle, ring_low, n0, n1, n2, n3, n4];
    let ms = u64::try_from(at).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(ms, &spread).into_uuid()
}
