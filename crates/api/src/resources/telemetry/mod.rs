//! Telemetry and attributes of any entity.
//!
//! Refusals of these calls are the bare reason as plain text: clients print the body.

pub(crate) mod attributes;
pub(crate) mod delete;
pub(crate) mod read;
pub(crate) mod save;

use std::sync::Arc;

use millrace_model::{AttributeScope, EntityId};
use millrace_platform::{Platform, PlatformError, Scope, access};

use crate::{error::ApiError, extract::Query};

/// Refuses entities the caller may not see.
fn readable(platform: &Platform, scope: &Scope, entity: EntityId) -> Result<(), PlatformError> {
    access::require_readable(platform.records.store(), scope, entity)
}

/// Refuses entities the caller may not see, and callers who may only look.
fn writable(platform: &Platform, scope: &Scope, entity: EntityId) -> Result<(), PlatformError> {
    readable(platform, scope, entity)?;
    access::require_admin(scope)
}

/// The keys of a query; `None` means all.
fn keys(query: &Query) -> Option<Vec<Arc<str>>> {
    let keys: Vec<Arc<str>> = query.keys().into_iter().map(Arc::from).collect();
    (!keys.is_empty()).then_some(keys)
}

/// The keys of a query that must name some.
fn required_keys(query: &Query) -> Result<Vec<Arc<str>>, ApiError> {
    keys(query).ok_or_else(|| {
        ApiError::bad_request("query parameter keys is empty: name at least one key").plain()
    })
}

fn attribute_scope(text: &str) -> Result<AttributeScope, ApiError> {
    text.parse()
        .map_err(|error: millrace_model::telemetry::UnknownScope| {
            ApiError::bad_request(error.to_string()).plain()
        })
}
