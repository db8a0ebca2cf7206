//! "Some entity of this tenant was made, changed or deleted": enough to ask a query again.

use std::{collections::HashMap, sync::Arc};

use millrace_model::TenantId;
use parking_lot::Mutex;
use tokio::sync::watch;

use crate::changes::Changes;

/// A counter for each tenant somebody listens for.
#[derive(Clone, Default)]
pub struct Stir(Arc<Mutex<HashMap<TenantId, watch::Sender<u64>>>>);

impl Stir {
    pub(super) fn over(changes: &Changes) -> Self {
        let stir = Self::default();
        let told = stir.clone();
        changes.listen(move |changed| {
            if let Some(counter) = told.0.lock().get(&changed.tenant) {
                counter.send_modify(|count| *count = count.wrapping_add(1));
            }
        });
        stir
    }

    /// Changes from now on; many in a row are one.
    #[must_use]
    pub fn listen(&self, tenant: TenantId) -> watch::Receiver<u64> {
        let mut counters = self.0.lock();
        // Tenants nobody listens for any more cost nothing.
        counters.retain(|_, counter| !counter.is_closed());
        counters
            .entry(tenant)
            .or_insert_with(|| watch::channel(0).0)
            .subscribe()
    }
}
