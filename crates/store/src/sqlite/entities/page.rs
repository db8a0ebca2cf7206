//! Pages of entities.
//!
//! The SQL is put together from constants of this file only; everything that comes from outside
//! (texts, ids, names of body members) is a bound value.

use millrace_model::{EntityType, PageData, PageLink, SortOrder, TenantId, id::NULL_UUID};
use rusqlite::{Connection, ToSql, params_from_iter};
use serde_json::Value as Json;

use super::row::{self, entity_columns};
use crate::{
    entities::{EntityFilter, EntityRow},
    sqlite::column::{signed, unsigned},
};

/// Longest member name that can be sorted or filtered by.
const LONGEST_MEMBER: usize = 255;

/// Reads one page: counts, picks the rows of the page by key, then loads only those.
pub(super) fn read(
    connection: &Connection,
    tenant: TenantId,
    kind: EntityType,
    filter: &EntityFilter,
    link: &PageLink,
) -> rusqlite::Result<PageData<EntityRow>> {
    let mut query = Query::default();
    query.condition("tenant = ?", tenant.0.as_bytes().to_vec());
    query.condition("kind = ?", kind.as_str().to_owned());
    query.filter(filter);
    if let Some(text) = link.text_search.as_deref().filter(|text| !text.is_empty()) {
        query.condition("instr(search, ?) > 0", text.to_lowercase());
    }

    // One snapshot for the count, the keys and the rows.
    let snapshot = connection.unchecked_transaction()?;
    let total: i64 = snapshot
        .prepare_cached(&format!(
            "SELECT count(*) FROM entity WHERE {}",
            query.conditions
        ))?
        .query_row(params_from_iter(&query.values), |row| row.get(0))?;
    let keys: Vec<i64> = {
        let order = query.order(link);
        query
            .values
            .push(Box::new(i64::from(link.page_size.max(1))));
        query.values.push(Box::new(signed(link.offset())));
        snapshot
            .prepare_cached(&format!(
                "SELECT row FROM entity WHERE {} ORDER BY {order} LIMIT ? OFFSET ?",
                query.conditions
            ))?
            .query_map(params_from_iter(&query.values), |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?
    };
    let mut load = snapshot.prepare_cached(concat!(
        "SELECT ",
        entity_columns!(),
        " FROM entity WHERE row = ?1"
    ))?;
    let rows = keys
        .iter()
        .map(|key| load.query_row([key], row::entity))
        .collect::<rusqlite::Result<_>>()?;
    Ok(PageData::of(rows, unsigned(total), link))
}

#[derive(Default)]
struct Query {
    conditions: String,
    values: Vec<Box<dyn ToSql>>,
}

impl Query {
    fn constant(&mut self, condition: &'static str) {
        if !self.conditions.is_empty() {
            self.conditions.push_str(" AND ");
        }
        self.conditions.push_str(condition);
    }

    fn condition(&mut self, condition: &'static str, value: impl ToSql + 'static) {
        self.constant(condition);
        self.values.push(Box::new(value));
    }

    fn filter(&mut self, filter: &EntityFilter) {
        if let Some(subtype) = &filter.subtype {
            self.condition("subtype = ?", subtype.clone());
        }
        if let Some(customer) = filter.customer {
            let condition = if customer == NULL_UUID {
                "coalesce(customer, x'') IN (x'', ?)"
            } else {
                "customer = ?"
            };
            self.condition(condition, customer.as_bytes().to_vec());
        }
        if let Some(group) = filter.group {
            self.condition(
                "EXISTS (SELECT 1 FROM member WHERE member.tenant = entity.tenant
                     AND member_id = entity.id AND member_kind = entity.kind AND group_id = ?)",
                group.as_bytes().to_vec(),
            );
        }
        if let Some(ids) = &filter.ids {
            let ids: Vec<String> = ids.iter().map(|id| id.simple().to_string()).collect();
            self.condition(
                "id IN (SELECT unhex(value) FROM json_each(?))",
                Json::from(ids).to_string(),
            );
        }
        for (member, value) in &filter.body_equals {
            match member_path(member) {
                Some(path) => {
                    self.condition("coalesce(nullif(body -> ?, 'null'), 'false') = ?", path);
                    self.values.push(Box::new(value.to_string()));
                }
                // No such member can be there, so it counts as false.
                None if *value == Json::Bool(false) => {}
                None => self.constant("0"),
            }
        }
    }

    /// The order; ties and everything unknown follow creation.
    fn order(&mut self, link: &PageLink) -> &'static str {
        let descending = link.sort_order == SortOrder::Desc;
        match (link.sort_property.as_deref(), descending) {
            (Some("name"), false) => "search, row",
            (Some("name"), true) => "search DESC, row DESC",
            (Some("label"), false) => "label, row",
            (Some("label"), true) => "label DESC, row DESC",
            (Some("type"), false) => "subtype, row",
            (Some("type"), true) => "subtype DESC, row DESC",
            (None | Some("createdTime"), false) => "created, id",
            (None | Some("createdTime"), true) => "created DESC, id DESC",
            (Some(member), _) => match (member_path(member), descending) {
                (Some(path), false) => {
                    self.values.push(Box::new(path));
                    "json_extract(body, ?), row"
                }
                (Some(path), true) => {
                    self.values.push(Box::new(path));
                    "json_extract(body, ?) DESC, row DESC"
                }
                (None, _) => "created, id",
            },
        }
    }
}

/// The JSON path of a top-level member; `None` for names a path cannot hold.
fn member_path(member: &str) -> Option<String> {
    let fits = !member.is_empty()
        && member.len() <= LONGEST_MEMBER
        && !member.contains(['"', '\\'])
        && !member.contains(char::is_control);
    fits.then(|| format!("$.\"{member}\""))
}
