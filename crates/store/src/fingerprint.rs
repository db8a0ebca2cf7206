//! Which key the secrets of a data directory are sealed with, without the key.
//!
//! The server notes it in a file beside the databases. A backup carries the note, so that whoever
//! restores it years later knows which of their keys to look for.

use std::{
    fs::File,
    io::{ErrorKind, Read},
    path::Path,
};

use crate::{Result, StoreError, secrets::SecretKey};

/// Name of the note in the data directory.
pub const FILE: &str = "key.fingerprint";

/// More than any fingerprint has.
const LONGEST: u64 = 100;

/// The fingerprint in the note; `None` when there is none.
///
/// # Errors
/// When the note cannot be read.
pub fn noted(dir: &Path) -> Result<Option<String>> {
    let mut text = String::new();
    match File::open(dir.join(FILE)).and_then(|file| file.take(LONGEST).read_to_string(&mut text)) {
        Ok(_) => {
            let text = text.trim();
            Ok((!text.is_empty()).then(|| text.to_owned()))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(error)),
    }
}

/// Writes the note.
///
/// # Errors
/// When it cannot be written.
pub fn note(dir: &Path, fingerprint: &str) -> Result<()> {
    std::fs::write(dir.join(FILE), format!("{fingerprint}\n")).map_err(failed)
}

/// Notes the key in use and tells the log when another one was noted before: what that one sealed
/// cannot be read with this one.
///
/// # Errors
/// When the note cannot be read or written.
pub fn keep(dir: &Path, key: &SecretKey) -> Result<()> {
    let (before, now) = (noted(dir)?, key.fingerprint());
    if before.as_deref() == Some(&now) {
        return Ok(());
    }
    if let Some(before) = before {
        tracing::warn!(
            fingerprint = now,
            before,
            "the key is another one than before: stored passwords cannot be read; stop, give \
             secret.key or MILLRACE_SECRET_KEY of that fingerprint, or enter the passwords again"
        );
    }
    note(dir, &now)
}

fn failed(source: std::io::Error) -> StoreError {
    StoreError::Engine {
        file: FILE.to_owned(),
        source: Box::new(source),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_names_its_key_and_says_nothing_of_it() {
        let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let key = SecretKey::load(dir.path(), None).unwrap();
        assert_eq!(noted(dir.path()).unwrap(), None);
        keep(dir.path(), &key).unwrap();
        let noted_now = noted(dir.path()).unwrap().unwrap();
        let again = SecretKey::load(dir.path(), None).unwrap();
        assert_eq!(noted_now, again.fingerprint());
        assert_eq!(noted_now.len(), 19, "{noted_now}");
        let another = SecretKey::load(other.path(), None).unwrap();
        assert_ne!(noted_now, another.fingerprint());
        keep(dir.path(), &another).unwrap();
        assert_eq!(noted(dir.path()).unwrap(), Some(another.fingerprint()));
    }
}
