//! The tables of `millrace.db`.

use crate::sqlite::open::Schema;

/// Name of the file in the data directory.
pub(crate) const FILE: &str = "millrace.db";

/// All kinds of entities share one table. `named_once` marks kinds whose names are unique within
/// a tenant; e-mail addresses are unique over all tenants, because people sign in with nothing
/// else. `search` is name and label in lower case: what text search looks into and what a sort by
/// name follows. Every table begins its keys with the tenant.
pub(crate) const SCHEMA: Schema = Schema {
    file: FILE,
    steps: &["
        CREATE TABLE entity (
            row        INTEGER PRIMARY KEY,
            tenant     BLOB NOT NULL,
            kind       TEXT NOT NULL,
            id         BLOB NOT NULL,
            name       TEXT NOT NULL,
            label      TEXT,
            subtype    TEXT,
            customer   BLOB,
            created    INTEGER NOT NULL,
            version    INTEGER NOT NULL,
            named_once INTEGER NOT NULL,
            search     TEXT NOT NULL,
            body       TEXT NOT NULL
        );
        CREATE UNIQUE INDEX entity_id ON entity (kind, id);
        CREATE UNIQUE INDEX entity_once ON entity (tenant, kind, name) WHERE named_once = 1;
        CREATE UNIQUE INDEX entity_email ON entity (name COLLATE NOCASE) WHERE kind = 'USER';
        CREATE INDEX entity_name ON entity (tenant, kind, name);
        CREATE INDEX entity_search ON entity (tenant, kind, search);
        CREATE INDEX entity_created ON entity (tenant, kind, created, id);
        CREATE TABLE relation (
            tenant     BLOB NOT NULL,
            from_id    BLOB NOT NULL,
            from_kind  TEXT NOT NULL,
            type_group TEXT NOT NULL,
            type       TEXT NOT NULL,
            to_id      BLOB NOT NULL,
            to_kind    TEXT NOT NULL,
            info       TEXT,
            version    INTEGER NOT NULL,
            PRIMARY KEY (tenant, from_id, from_kind, type_group, type, to_id, to_kind)
        ) WITHOUT ROWID;
        CREATE INDEX relation_to ON relation (tenant, to_id, to_kind, type_group, type);
        CREATE TABLE document (
            tenant BLOB NOT NULL,
            entity BLOB NOT NULL,
            kind   TEXT NOT NULL,
            name   TEXT NOT NULL,
            lookup TEXT,
            body   TEXT NOT NULL,
            UNIQUE (tenant, entity, kind, name)
        );
        CREATE UNIQUE INDEX document_lookup ON document (name, lookup) WHERE lookup IS NOT NULL;
        CREATE TABLE member (
            tenant      BLOB NOT NULL,
            group_id    BLOB NOT NULL,
            member_id   BLOB NOT NULL,
            member_kind TEXT NOT NULL,
            PRIMARY KEY (tenant, group_id, member_id, member_kind)
        ) WITHOUT ROWID;
        CREATE INDEX member_of ON member (tenant, member_id, member_kind);
        CREATE TABLE notification (
            id        BLOB NOT NULL UNIQUE,
            tenant    BLOB NOT NULL,
            recipient BLOB NOT NULL,
            created   INTEGER NOT NULL,
            unread    INTEGER NOT NULL,
            search    TEXT NOT NULL,
            body      TEXT NOT NULL
        );
        CREATE INDEX notification_inbox ON notification (tenant, recipient, created);
        CREATE INDEX notification_unread ON notification (tenant, recipient) WHERE unread = 1;
        CREATE INDEX notification_age ON notification (tenant, created);
    "],
};
