//! The server's key, and what it seals.
//!
//! Credentials of other systems are encrypted at rest. The key comes from the environment or
//! stands in a file of its own beside the databases, so that a copy of a database alone gives
//! nothing away. It is never part of a backup or an export.

use std::{
    fmt,
    fs::{File, OpenOptions, Permissions},
    io::{ErrorKind, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chacha20poly1305::{
    ChaCha20Poly1305, Nonce,
    aead::{Aead, KeyInit},
};
use rand::RngExt;

use crate::{Result, StoreError};

const KEY_FILE: &str = "secret.key";
const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 12;

/// Seals and opens secrets. Never prints.
pub struct SecretKey {
    cipher: ChaCha20Poly1305,
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(..)")
    }
}

impl SecretKey {
    /// The key given (32 bytes in base64), else the one in `secret.key` of the data directory,
    /// which is made at the first use, readable by its owner alone.
    ///
    /// # Errors
    /// When the given key is no 32 bytes in base64, or the file cannot be read or made.
    pub fn load(dir: &Path, given: Option<&str>) -> Result<Self> {
        match given.map(str::trim).filter(|given| !given.is_empty()) {
            Some(given) => Self::decode(given, "MILLRACE_SECRET_KEY"),
            None => Self::from_file(&dir.join(KEY_FILE)),
        }
    }

    fn from_file(path: &Path) -> Result<Self> {
        match std::fs::read_to_string(path) {
            Ok(text) => {
                keep_private(path).map_err(|source| engine(KEY_FILE, source))?;
                Self::decode(text.trim(), KEY_FILE)
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let key: [u8; KEY_BYTES] = rand::rng().random();
                write_new(path, &STANDARD.encode(key))
                    .map_err(|source| engine(KEY_FILE, source))?;
                Self::new(&key, KEY_FILE)
            }
            Err(source) => Err(engine(KEY_FILE, source)),
        }
    }

    fn decode(text: &str, origin: &str) -> Result<Self> {
        let key = STANDARD.decode(text).map_err(|_| wrong_key(origin))?;
        Self::new(&key, origin)
    }

    fn new(key: &[u8], origin: &str) -> Result<Self> {
        let cipher = ChaCha20Poly1305::new_from_slice(key).map_err(|_| wrong_key(origin))?;
        Ok(Self { cipher })
    }

    /// Encrypts; the text can be stored anywhere.
    #[must_use]
    pub fn seal(&self, clear: &[u8]) -> String {
        let nonce: [u8; NONCE_BYTES] = rand::rng().random();
        let mut sealed = nonce.to_vec();
        // Only a text of more than 256 GiB can fail.
        sealed.extend(
            self.cipher
                .encrypt(&Nonce::from(nonce), clear)
                .unwrap_or_default(),
        );
        STANDARD.encode(sealed)
    }

    /// Decrypts what [`Self::seal`] gave.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when it was sealed with another key or changed since.
    pub fn open(&self, sealed: &str) -> Result<Vec<u8>> {
        let damaged = || {
            StoreError::Damaged {
            file: "millrace.db".to_owned(),
            detail: "a secret does not fit the key: restore secret.key or MILLRACE_SECRET_KEY, or enter the credentials again"
                .to_owned(),
        }
        };
        let bytes = STANDARD.decode(sealed).map_err(|_| damaged())?;
        let (nonce, body) = bytes
            .split_first_chunk::<NONCE_BYTES>()
            .ok_or_else(damaged)?;
        self.cipher
            .decrypt(&Nonce::from(*nonce), body)
            .map_err(|_| damaged())
    }

    /// 64 bytes that depend on the key and `purpose` alone, for signing tokens that outlive a
    /// restart. `purpose` is a name of exactly 12 bytes; random nonces of [`Self::seal`] meet it
    /// with a chance of one in 2^96.
    #[must_use]
    pub fn derive(&self, purpose: &[u8; NONCE_BYTES]) -> Vec<u8> {
        let mut derived = self
            .cipher
            .encrypt(&Nonce::from(*purpose), [0_u8; 64].as_slice())
            .unwrap_or_default();
        derived.truncate(64);
        derived
    }
}

impl SecretKey {
    /// Tells keys apart and gives nothing away: four groups of four hexadecimal digits.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.derive(b"fingerprint.")
            .chunks(2)
            .take(4)
            .map(|pair| pair.iter().map(|byte| format!("{byte:02x}")).collect())
            .collect::<Vec<String>>()
            .join("-")
    }
}

/// The file gets its name only when it is whole and on disk: half a key would keep the server from
/// starting for ever.
fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    let partial = path.with_extension("key.partial");
    match std::fs::remove_file(&partial) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&partial)?;
    writeln!(file, "{text}")?;
    file.sync_all()?;
    std::fs::rename(&partial, path)?;
    match path.parent() {
        Some(dir) => File::open(dir)?.sync_all(),
        None => Ok(()),
    }
}

/// A key that others may read (after a copy, say) is closed again and reported.
fn keep_private(path: &Path) -> std::io::Result<()> {
    let mode = std::fs::metadata(path)?.permissions().mode();
    if mode & 0o077 != 0 {
        tracing::warn!(
            file = KEY_FILE,
            "others could read the key: its mode is 0600 again, consider a new key"
        );
        std::fs::set_permissions(path, Permissions::from_mode(0o600))?;
    }
    Ok(())
}

fn wrong_key(origin: &str) -> StoreError {
    StoreError::Damaged {
        file: origin.to_owned(),
        detail: format!(
            "the key must be {KEY_BYTES} bytes in base64 (make one with: openssl rand -base64 {KEY_BYTES})"
        ),
    }
}

fn engine(file: &str, source: std::io::Error) -> StoreError {
    StoreError::Engine {
        file: file.to_owned(),
        source: Box::new(source),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_sealed_opens_with_the_same_key_only() {
        let dir = tempfile::tempdir().unwrap();
        let key = SecretKey::load(dir.path(), None).unwrap();
        let sealed = key.seal(b"hunter2");
        assert!(!sealed.contains("hunter2") && key.seal(b"hunter2") != sealed);
        let again = SecretKey::load(dir.path(), None).unwrap();
        assert_eq!(again.open(&sealed).unwrap(), b"hunter2");
        assert_eq!(again.derive(b"token sign 1"), key.derive(b"token sign 1"));
        assert_ne!(again.derive(b"token sign 1"), key.derive(b"token sign 2"));
        let other = SecretKey::load(dir.path(), Some(&STANDARD.encode([7; 32]))).unwrap();
        assert!(
            other
                .open(&sealed)
                .unwrap_err()
                .to_string()
                .contains("does not fit the key")
        );
        assert!(key.open("AAAA").is_err() && key.open("!").is_err());
    }

    #[test]
    fn the_key_file_is_private_and_a_bad_key_is_explained() {
        let dir = tempfile::tempdir().unwrap();
        SecretKey::load(dir.path(), None).unwrap();
        let mode = std::fs::metadata(dir.path().join(KEY_FILE))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        let error = SecretKey::load(dir.path(), Some("short"))
            .unwrap_err()
            .to_string();
        assert!(error.contains("32 bytes in base64"), "{error}");
        assert_eq!(
            format!("{:?}", SecretKey::load(dir.path(), None).unwrap()),
            "SecretKey(..)"
        );
    }

    #[test]
    fn a_key_that_others_can_read_is_closed_again_and_half_a_key_is_never_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(KEY_FILE);
        std::fs::write(dir.path().join("secret.key.partial"), "left by a crash").unwrap();
        SecretKey::load(dir.path(), None).unwrap();
        let files = std::fs::read_dir(dir.path()).unwrap().count();
        assert_eq!(files, 1, "no partial file is left");
        std::fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        SecretKey::load(dir.path(), None).unwrap();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::write(&path, "half a ke").unwrap();
        SecretKey::load(dir.path(), None).unwrap_err();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "half a ke");
    }

    proptest! {
        #[test]
        fn secrets_come_back_and_changed_texts_do_not(
            secret in prop::collection::vec(any::<u8>(), 0..100),
            at in any::<prop::sample::Index>(),
            byte in any::<u8>(),
            cut in any::<prop::sample::Index>(),
        ) {
            let key = SecretKey::new(&[7; KEY_BYTES], "test").unwrap();
            let sealed = key.seal(&secret);
            prop_assert_eq!(key.open(&sealed).unwrap(), secret);
            let mut changed = sealed.clone().into_bytes();
            let at = at.index(changed.len());
            changed[at] = byte;
            if let Ok(changed) = String::from_utf8(changed) && changed != sealed {
                prop_assert!(key.open(&changed).is_err());
            }
            prop_assert!(key.open(&sealed[..cut.index(sealed.len())]).is_err());
        }
    }
}
