//! A single device, by id.

use std::sync::Arc;

use millrace_model::{EntityId, TenantId, entity::Device};
use millrace_store::{
    StoreError,
    entities::{EntityTable, NameRow},
};

use super::{create::Batch, entity_ref::EntityRef, worker::restore_activity};
use crate::{clock::now_ms, converter::EntityKind, path::Path};

/// Reads a device that is not in the cache, and puts it there. May wait for a disk.
///
/// # Errors
/// When the store cannot be read.
pub(crate) fn load_device(
    path: &Path,
    tenant: TenantId,
    id: EntityId,
) -> Result<Option<Arc<EntityRef>>, StoreError> {
    let store = path.entities();
    let Some(device) = EntityTable::<Device>::new(&**store).get(tenant, id.id)? else {
        return Ok(None);
    };
    let row = NameRow {
        id,
        tenant,
        name: device.name,
        subtype: Some(device.profile_name),
        customer: device
            .customer_id
            .filter(|customer| !customer.is_null())
            .map(|customer| customer.0),
    };
    let entity = Batch::new(&**store, now_ms()).entity_of(EntityKind::Device, row)?;
    restore_activity(path, &entity);
    let entity = Arc::new(entity);
    path.provisioning().remember(Arc::clone(&entity));
    Ok(Some(entity))
}
