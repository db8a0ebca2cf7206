//! Whose data a call may touch. Every service call takes a [`Scope`], so that the wall between
//! tenants is an argument, not a habit.

use millrace_model::{TenantId, entity::Authority};
use uuid::Uuid;

/// The caller of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// The tenant whose rows may be touched.
    pub tenant: TenantId,
    /// The person, when there is one.
    pub user: Option<Uuid>,
    /// The customer whose rows alone may be touched; `None` for people of the tenant.
    pub customer: Option<Uuid>,
    /// What the person may do.
    pub authority: Authority,
}

impl Scope {
    /// The server itself, acting for a tenant.
    #[must_use]
    pub fn server(tenant: TenantId) -> Self {
        Self {
            tenant,
            user: None,
            customer: None,
            authority: Authority::TenantAdmin,
        }
    }
}
