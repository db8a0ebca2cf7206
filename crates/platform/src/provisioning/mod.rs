//! Finds or makes the entities that uplinks name.
//!
//! A name is resolved once: the first message for an unknown name asks, the others wait behind it
//! in order. Misses are handled in batches by one thread; each batch that makes something is one
//! entity transaction (entity, profile, credentials, relation, groups, notification), synced
//! before any journal record can name its ids.

mod cache;
mod create;
mod entity_ref;
mod load;
mod worker;

pub use cache::{Provisioning, Request, Resolved};
pub use create::{CreateError, Created};
pub use entity_ref::EntityRef;
pub(crate) use load::load_device;
pub use worker::ProvisioningWorker;
pub(crate) use worker::remember_devices;
