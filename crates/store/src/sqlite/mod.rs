//! The embedded engine: SQLite in WAL mode, one file and one writer for each kind of data.

mod column;
mod entities;
mod error;
mod events;
mod journal;
mod open;
mod readers;
mod values;

pub use entities::SqliteEntities;
pub use events::{EventOptions, SqliteEvents};
pub use journal::SqliteJournal;
pub use values::SqliteValues;
