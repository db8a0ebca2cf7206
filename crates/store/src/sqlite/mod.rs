//! The embedded engine: SQLite in WAL mode, one file and one writer for each kind of data.

mod column;
mod error;
mod journal;
mod open;
mod readers;
mod values;

pub use journal::SqliteJournal;
pub use values::SqliteValues;
