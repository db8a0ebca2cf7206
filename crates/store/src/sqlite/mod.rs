//! The embedded engine: SQLite in WAL mode, one file and one writer for each kind of data.

mod check;
mod column;
mod entities;
mod error;
mod events;
mod files;
mod journal;
mod open;
mod readers;
mod snapshot;
mod values;

pub use check::{CheckReport, check};
pub use entities::SqliteEntities;
pub use events::{EventOptions, SqliteEvents};
pub use files::{FILES, NEEDED_FILES, known_schema};
pub use journal::SqliteJournal;
pub use snapshot::Snapshot;
pub use values::SqliteValues;
