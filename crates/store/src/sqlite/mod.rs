//! The embedded engine: SQLite in WAL mode, one file and one writer for each kind of data.

mod error;
mod journal;
mod open;

pub use journal::SqliteJournal;
