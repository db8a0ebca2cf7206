//! Who may do what: administrators of a tenant act on all of it, people of a customer see what
//! their customer owns and change nothing of the configuration.

use millrace_model::{EntityId, EntityType, entity::Authority};
use millrace_store::Entities;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::{PlatformError, Result, Scope};

/// Lets tenant administrators (and the server itself) pass.
///
/// # Errors
/// [`PlatformError::Denied`] for everybody else.
pub fn require_admin(scope: &Scope) -> Result<()> {
    match scope.authority {
        Authority::TenantAdmin => Ok(()),
        Authority::SysAdmin | Authority::CustomerUser => Err(denied()),
    }
}

/// Lets tenant administrators and people of a customer pass; a system administrator has no
/// tenant to look at.
///
/// # Errors
/// [`PlatformError::Denied`] for a system administrator.
pub fn require_tenant(scope: &Scope) -> Result<()> {
    match scope.authority {
        Authority::TenantAdmin | Authority::CustomerUser => Ok(()),
        Authority::SysAdmin => Err(denied()),
    }
}

/// The customer whose rows alone may be seen; `None` for people of the tenant.
///
/// # Errors
/// [`PlatformError::Denied`] for a system administrator and for a customer's person without a
/// customer, who would otherwise see the whole tenant.
pub fn customer_wall(scope: &Scope) -> Result<Option<Uuid>> {
    match scope.authority {
        Authority::TenantAdmin => Ok(None),
        Authority::CustomerUser => scope.customer.map(Some).ok_or_else(denied),
        Authority::SysAdmin => Err(denied()),
    }
}

/// Refuses what belongs to another customer, as if it were not there.
///
/// # Errors
/// [`PlatformError::NotFound`], or [`PlatformError::Denied`] as [`customer_wall`] does.
pub fn require_owner(
    scope: &Scope,
    what: &'static str,
    id: Uuid,
    owner: Option<Uuid>,
) -> Result<()> {
    match customer_wall(scope)? {
        Some(customer) if owner != Some(customer) => Err(PlatformError::not_found(what, id)),
        _ => Ok(()),
    }
}

/// Checks that an entity is there and may be read by the caller: anything of the tenant for its
/// administrators, own devices, assets, groups, the customer and the user itself for a
/// customer's people. Rule nodes have no row of their own: administrators may name any.
///
/// # Errors
/// [`PlatformError::NotFound`] or [`PlatformError::Denied`].
pub fn require_readable(store: &dyn Entities, scope: &Scope, entity: EntityId) -> Result<()> {
    let wall = customer_wall(scope)?;
    if entity.entity_type == EntityType::RuleNode && wall.is_none() {
        return Ok(());
    }
    let missing = || PlatformError::not_found(words(entity.entity_type), entity.id);
    let row = store.get(scope.tenant, entity)?.ok_or_else(missing)?;
    let Some(customer) = wall else {
        return Ok(());
    };
    let own = match entity.entity_type {
        EntityType::Customer => entity.id == customer,
        EntityType::User => Some(entity.id) == scope.user,
        EntityType::Device
        | EntityType::Asset
        | EntityType::EntityGroup
        | EntityType::EntityView => row.customer == Some(customer),
        EntityType::Dashboard => row.customer == Some(customer) || is_assigned(&row.body, customer),
        EntityType::DeviceProfile | EntityType::AssetProfile => true,
        _ => return Err(denied()),
    };
    if own { Ok(()) } else { Err(missing()) }
}

/// Whether a dashboard is assigned to a customer.
pub(crate) fn is_assigned(dashboard: &Json, customer: Uuid) -> bool {
    let assigned = dashboard.get("assignedCustomers").and_then(Json::as_array);
    let id = customer.to_string();
    assigned.into_iter().flatten().any(|assigned| {
        let text = assigned.pointer("/customerId/id").and_then(Json::as_str);
        text == Some(id.as_str())
    })
}

/// An entity kind in words, as error texts name it.
#[must_use]
pub fn words(kind: EntityType) -> &'static str {
    match kind {
        EntityType::Tenant => "Tenant",
        EntityType::Customer => "Customer",
        EntityType::User => "User",
        EntityType::Dashboard => "Dashboard",
        EntityType::Asset => "Asset",
        EntityType::Device => "Device",
        EntityType::Alarm => "Alarm",
        EntityType::EntityGroup => "Entity group",
        EntityType::Converter => "Converter",
        EntityType::Integration => "Integration",
        EntityType::RuleChain => "Rule chain",
        EntityType::RuleNode => "Rule node",
        EntityType::EntityView => "Entity view",
        EntityType::DeviceProfile => "Device profile",
        EntityType::AssetProfile => "Asset profile",
        EntityType::Notification => "Notification",
        EntityType::ApiKey => "API key",
        _ => "Entity",
    }
}

fn denied() -> PlatformError {
    PlatformError::Denied("you don't have permission to perform this operation".to_owned())
}
