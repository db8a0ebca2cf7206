//! Tenants.

use millrace_model::{TenantId, entity::Tenant};

use super::Accounts;
use crate::{PlatformError, Result, Scope, access, records::check_name};

const WHAT: &str = "Tenant";

impl Accounts {
    /// The caller's own tenant.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`] for any other.
    pub fn tenant(&self, scope: &Scope, id: TenantId) -> Result<Tenant> {
        access::require_tenant(scope)?;
        if id != scope.tenant {
            return Err(PlatformError::not_found(WHAT, id));
        }
        self.records.get(scope, WHAT, id.0)
    }

    /// Updates the caller's own tenant: its title and address.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] for a missing title; [`PlatformError::NotFound`] for another
    /// tenant; an old version.
    pub fn save_tenant(&self, scope: &Scope, mut tenant: Tenant) -> Result<Tenant> {
        access::require_admin(scope)?;
        if tenant.id != Some(scope.tenant) {
            return Err(PlatformError::Denied(
                "you don't have permission to make or change another tenant".to_owned(),
            ));
        }
        self.records.prepare(scope, WHAT, &mut tenant)?;
        check_name("title", WHAT, &mut tenant.title)?;
        tenant.name = Some(tenant.title.clone());
        self.records.commit(scope, tenant, false, Vec::new())
    }

    /// Every tenant, for the start.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn all_tenants(&self) -> Result<Vec<Tenant>> {
        Ok(self.records.table().all()?)
    }
}
