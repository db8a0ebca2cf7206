//! The tables of `values.db`.

use crate::sqlite::open::Schema;

/// Name of the file in the data directory.
pub(crate) const FILE: &str = "values.db";

/// `series` gives each (entity, key) a short number and holds its latest value (`ts` NULL = none).
/// `point` is clustered by series and time: 26 to 28 bytes a point, a history read is one range.
/// `mark` holds what one transaction changes together with the rows: how far the fold came, the
/// next free number, how many points there are.
pub(crate) const SCHEMA: Schema = Schema {
    file: FILE,
    steps: &["
        CREATE TABLE series (
            entity BLOB NOT NULL,
            kind   TEXT NOT NULL,
            key    TEXT NOT NULL,
            id     INTEGER NOT NULL,
            tenant BLOB NOT NULL,
            ts     INTEGER,
            value,
            PRIMARY KEY (entity, kind, key)
        ) WITHOUT ROWID;
        CREATE TABLE point (
            series  INTEGER NOT NULL,
            ts      INTEGER NOT NULL,
            value,
            expires INTEGER,
            PRIMARY KEY (series, ts)
        ) WITHOUT ROWID;
        CREATE INDEX point_expires ON point (expires) WHERE expires IS NOT NULL;
        CREATE TABLE attribute (
            entity BLOB NOT NULL,
            kind   TEXT NOT NULL,
            scope  TEXT NOT NULL,
            key    TEXT NOT NULL,
            tenant BLOB NOT NULL,
            ts     INTEGER NOT NULL,
            value,
            PRIMARY KEY (entity, kind, scope, key)
        ) WITHOUT ROWID;
        CREATE TABLE mark (
            one         INTEGER PRIMARY KEY CHECK (one = 1),
            folded_to   INTEGER NOT NULL,
            next_series INTEGER NOT NULL,
            points      INTEGER NOT NULL
        );
        INSERT INTO mark VALUES (1, 0, 1, 0);
    "],
};
