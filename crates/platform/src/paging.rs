//! Pages over conditions the entity table has no column for.

use millrace_model::{PageData, PageLink, entity::Entity};
use millrace_store::entities::EntityFilter;

use crate::{Records, Result, Scope};

/// The page of the rows for which `keep` holds, in the order the link asks for. Reads the whole
/// filtered table in bounded steps: for conditions on a tenant's few hundred rows, or on what
/// only memory knows.
///
/// # Errors
/// When the store cannot be read.
pub fn page_where<E: Entity>(
    records: &Records,
    scope: &Scope,
    filter: &EntityFilter,
    link: &PageLink,
    mut keep: impl FnMut(&E) -> bool,
) -> Result<PageData<E>> {
    let first = link.offset();
    let last = first.saturating_add(u64::from(link.page_size));
    let mut total = 0_u64;
    let mut rows = Vec::new();
    records.walk(scope, filter, link.clone(), |entity: E| {
        if keep(&entity) {
            if (first..last).contains(&total) {
                rows.push(entity);
            }
            total += 1;
        }
        Ok(true)
    })?;
    Ok(PageData::of(rows, total, link))
}
