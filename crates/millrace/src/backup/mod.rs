//! A data directory in one file.
//!
//! A backup is an uncompressed tar archive, so that ordinary tools can look into it:
//! `manifest.json` first, then each database by its name in the directory. The manifest says what
//! made the file and when, and the size, SHA-256 and schema version of each database. The key of the
//! secrets is never in it, only its fingerprint.
//!
//! - A backup gets its name when it is whole and synced; a crash leaves `<name>.partial` at most,
//!   which the next backup of that name replaces.
//! - Nothing of a backup is in its place in a directory before all of it has been read and its
//!   checksums agree; a crash on the way leaves a directory that no server starts on.
//! - A backup may come from anybody: names are compared with the few that are known, never used
//!   as paths, and nothing is unpacked that the manifest does not announce.
//!
//! What makes the copies fit each other is in `millrace_store::sqlite::Snapshot`.

mod checksum;
mod manifest;
mod restore;
mod write;

pub(crate) use manifest::Manifest;
pub(crate) use restore::restore;
pub(crate) use write::write;

/// Hears what is done: what with, and how many bytes of how many.
pub(crate) type Progress<'a> = &'a mut dyn FnMut(&str, u64, u64);
