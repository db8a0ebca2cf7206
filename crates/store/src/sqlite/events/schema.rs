//! The tables of `events.db`.

use crate::sqlite::open::Schema;

/// Name of the file in the data directory.
pub(crate) const FILE: &str = "events.db";

/// Bits of an event's key that number it within its ring; the ring stands above them, so that a
/// ring is one range of the table and its oldest events are the range's beginning.
pub(super) const NUMBER_BITS: u32 = 40;

pub(crate) const SCHEMA: Schema = Schema {
    file: FILE,
    steps: &["
        CREATE TABLE ring (
            id      INTEGER PRIMARY KEY,
            tenant  BLOB NOT NULL,
            entity  BLOB NOT NULL,
            kind    TEXT NOT NULL,
            type    TEXT NOT NULL,
            failure INTEGER NOT NULL,
            UNIQUE (entity, kind, tenant, type, failure)
        );
        CREATE TABLE event (
            key  INTEGER PRIMARY KEY,
            at   INTEGER NOT NULL,
            body TEXT NOT NULL
        );
    "],
};

/// First and last key of a ring.
pub(super) fn keys_of(ring: i64) -> (i64, i64) {
    let first = ring << NUMBER_BITS;
    (first, first | ((1 << NUMBER_BITS) - 1))
}
