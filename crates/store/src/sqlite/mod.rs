//! The embedded engine: SQLite in WAL mode, one file and one writer for each kind of data.

mod backup;
mod check;
mod column;
mod entities;
mod error;
mod events;
mod journal;
mod open;
mod readers;
mod values;

pub use backup::backup;
pub use check::{CheckReport, check};
pub use entities::SqliteEntities;
pub use events::{EventOptions, SqliteEvents};
pub use journal::{SqliteJournal, TrimHold};
pub use values::SqliteValues;
