//! The databases of a data directory, by name.

use super::{entities, events, journal, open::Schema, values};

/// The databases, in the order in which a copy is made: the busiest first, so that what is read
/// keeps its write-ahead log from being used again for the shortest time.
pub const FILES: [&str; 4] = [journal::FILE, values::FILE, entities::FILE, events::FILE];

/// Those without which there is no data directory. Events may be lost, and are made anew.
pub const NEEDED_FILES: [&str; 3] = [journal::FILE, values::FILE, entities::FILE];

/// The schema version of `file` that this program knows; `None` when it knows no such file.
#[must_use]
pub fn known_schema(file: &str) -> Option<u32> {
    let schemas: [&Schema; 4] = [
        &journal::SCHEMA,
        &values::SCHEMA,
        &entities::SCHEMA,
        &events::SCHEMA,
    ];
    schemas
        .into_iter()
        .find(|schema| schema.file == file)
        .map(Schema::version)
}
