//! Word of new devices for the administrators of their tenant.

use std::collections::HashMap;

use millrace_model::TenantId;
use millrace_store::entities::Change;

use super::start::Path;
use crate::{
    notifications::{Actor, CreatedDevice, Notifications},
    provisioning::Created,
};

impl Path {
    /// Rows that tell the administrators of new devices; they join the caller's transaction.
    pub(crate) fn notify_created(
        &self,
        created: &[&Created],
        changes: &mut Vec<Change>,
    ) -> Option<Notices<'_>> {
        let mut by_tenant: HashMap<TenantId, Vec<CreatedDevice>> = HashMap::new();
        for created in created {
            by_tenant
                .entry(created.entity.tenant)
                .or_default()
                .push(CreatedDevice {
                    device: millrace_model::id::DeviceId(created.entity.id.id),
                    name: created.entity.name.to_string(),
                    customer: created.entity.customer.map(millrace_model::id::CustomerId),
                    actor: Actor::named(created.integration_name.to_string()),
                });
        }
        let mut notices = Vec::new();
        for (tenant, devices) in by_tenant {
            match self.notifications().changes_for_created(tenant, &devices) {
                Ok(rows) => notices.extend(rows),
                // A device is worth more than the word about it.
                Err(error) => tracing::warn!(%error, "no notification about new devices"),
            }
        }
        changes.extend(notices.iter().cloned());
        (!notices.is_empty()).then_some(Notices {
            notifications: self.notifications(),
            rows: notices,
        })
    }
}

/// Notifications that became rows and wait to be told to live feeds.
pub(crate) struct Notices<'a> {
    notifications: &'a Notifications,
    rows: Vec<Change>,
}

impl Notices<'_> {
    pub(crate) fn publish(self) {
        self.notifications.published(&self.rows);
    }
}
