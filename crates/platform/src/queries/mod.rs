//! Entity queries: which entities a dashboard means, and what it shows of them.
//!
//! | module | holds |
//! |---|---|
//! | `query` | the question, in the form clients send |
//! | `alarms` | alarms of the entities of a query |
//! | `filter` | which entities an alias names |
//! | `source` | the rows behind it, within the wall of the caller |
//! | `key` | what is read of an entity: fields, attributes, telemetry |
//! | `predicate` | conditions on what is read |
//! | `find` | pages, counts, keys |
//! | `stir` | who wants to know that a tenant's entities changed |
//!
//! Nothing outside the caller's wall is ever found: administrators see their tenant, people of a
//! customer what the customer owns.

mod alarms;
mod filter;
mod find;
mod key;
mod predicate;
mod query;
mod source;
mod stir;

use std::sync::Arc;

pub use alarms::{AlarmCountQuery, AlarmData, AlarmDataQuery, WantedAlarms, statuses_of};
pub use find::{AvailableKeys, ComparedText, EntityData, TsText, ValuesByType};
pub use key::{EntityKey, KeyType};
pub use query::{EntityCountQuery, EntityDataQuery, EntityFilterQuery, QueryPage};
pub use stir::Stir;

use crate::{Records, devices::Groups, relations::Relations, telemetry::Telemetry};

/// Finds entities for dashboards and scripts.
#[derive(Clone)]
pub struct Queries {
    records: Records,
    relations: Relations,
    groups: Groups,
    telemetry: Arc<Telemetry>,
    stir: Stir,
}

impl Queries {
    /// Queries over the entities in `records` and their values in `telemetry`.
    #[must_use]
    pub fn new(records: Records, telemetry: Arc<Telemetry>) -> Self {
        Self {
            relations: Relations::new(records.clone()),
            groups: Groups::new(records.clone()),
            stir: Stir::over(records.changes()),
            records,
            telemetry,
        }
    }

    /// Tells of changes of a tenant's entities.
    #[must_use]
    pub fn stir(&self) -> &Stir {
        &self.stir
    }
}
