//! Storage: the traits the platform builds on, and their SQLite engine.
//!
//! Four files, one writer thread each, no transaction that spans two:
//!
//! | file | trait | holds | durable |
//! |---|---|---|---|
//! | `journal.db` | [`Journal`] | accepted messages and what they caused | synced at every commit, the only thing anyone waits for |
//! | `values.db` | [`ValueTables`] | points, latest values, attributes | written by the fold, with its own mark |
//! | `millrace.db` | [`Entities`] | entities, relations, chains, notifications, sessions | synced at every transaction |
//! | `events.db` | [`Events`] | debug and lifecycle events | bounded rings, not synced |
//!
//! Only this crate knows SQL. Every call takes the tenant whose rows it may touch.

pub mod entities;
pub mod events;
pub mod fault_points;
pub mod fingerprint;
pub mod journal;
pub mod running;
pub mod secrets;
pub mod sqlite;
pub mod values;

pub use entities::Entities;
pub use events::Events;
pub use journal::Journal;
pub use values::ValueTables;

/// Why a storage call failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A row with this name (or other unique part) is there already.
    #[error("{what} with such name already exists: {name}")]
    Duplicate {
        /// Kind of thing, in words.
        what: String,
        /// The name that clashes.
        name: String,
    },
    /// Somebody else saved the row since it was read.
    #[error("{what} was changed by someone else: expected version {expected}, stored is {stored}")]
    Conflict {
        /// Kind of thing, in words.
        what: String,
        /// Version in the save.
        expected: i64,
        /// Version in the table.
        stored: i64,
    },
    /// The row is not there (or belongs to another tenant, which is the same to the caller).
    #[error("{what} with id [{id}] is not found")]
    NotFound {
        /// Kind of thing, in words.
        what: String,
        /// Its id.
        id: String,
    },
    /// The disk has no room. Accepting stops until it has; nothing is lost.
    #[error("no space left for {file}: free disk space, writing resumes by itself")]
    DiskFull {
        /// The file that could not grow.
        file: String,
    },
    /// The data was written by a newer version of the program.
    #[error("{file} has schema version {found}, this program knows {known}: use a newer millrace")]
    NewerSchema {
        /// The file.
        file: String,
        /// Version in the file.
        found: u32,
        /// Newest version known here.
        known: u32,
    },
    /// A stored row cannot be read back.
    #[error("{file} holds damaged data: {detail}")]
    Damaged {
        /// The file.
        file: String,
        /// What is wrong.
        detail: String,
    },
    /// The store was closed while the call waited.
    #[error("the store is closed")]
    Closed,
    /// Anything else the engine reports.
    #[error("{file}: {source}")]
    Engine {
        /// The file.
        file: String,
        /// The engine's error.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Result of a storage call.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;
