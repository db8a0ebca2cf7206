//! Ids, entities, messages and telemetry values in the JSON form users know.
//!
//! Pure data: nothing here reads a clock, a disk or a socket. Field names follow the
//! reference platform's REST models, so that a value serialised here is what clients expect.

// A test that cannot go on may panic.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod debug;
pub mod entity;
pub mod event;
pub mod id;
pub mod message;
pub mod notification;
pub mod page;
pub mod telemetry;

pub use debug::DebugSettings;
pub use id::{EntityId, EntityType, TenantId};
pub use page::{PageData, PageLink, SortOrder};
pub use telemetry::{AttributeScope, Value};

/// Milliseconds since 1970-01-01T00:00:00Z.
pub type Millis = i64;
