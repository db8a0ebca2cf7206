//! The first entry of a backup: what the rest is.

use anyhow::{Context, Result, bail, ensure};
use millrace_store::sqlite::{FILES, NEEDED_FILES, known_schema};
use serde::{Deserialize, Serialize};

/// Name of the entry.
pub(super) const NAME: &str = "manifest.json";

/// Room for the manifest, padded with line ends: its place is taken first and filled last.
pub(super) const ROOM: usize = 4096;

/// What the member `format` says.
const FORMAT: &str = "millrace backup";

/// The form of the archive; a later one is refused.
const VERSION: u32 = 1;

/// What a backup holds.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Manifest {
    format: String,
    version: u32,
    /// The version of the program that made it.
    pub(crate) millrace: String,
    /// When, as RFC 3339 in UTC.
    pub(crate) created: String,
    /// Which key its secrets need; `None` when the directory did not say.
    pub(crate) key_fingerprint: Option<String>,
    /// The databases, in the order in which they follow.
    pub(crate) files: Vec<FileEntry>,
}

/// One database of a backup.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct FileEntry {
    /// Name in the data directory.
    pub(crate) name: String,
    /// Size.
    pub(crate) bytes: u64,
    /// SHA-256 in hexadecimal digits.
    pub(crate) sha256: String,
    /// Schema version.
    pub(crate) schema: u32,
}

impl Manifest {
    pub(super) fn new(
        created: String,
        key_fingerprint: Option<String>,
        files: Vec<FileEntry>,
    ) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            millrace: env!("CARGO_PKG_VERSION").to_owned(),
            created,
            key_fingerprint,
            files,
        }
    }

    /// The bytes of the databases.
    pub(crate) fn bytes(&self) -> u64 {
        self.files
            .iter()
            .fold(0, |sum, file| sum.saturating_add(file.bytes))
    }

    /// As it stands in the archive.
    pub(super) fn encode(&self) -> Result<Vec<u8>> {
        let mut text = serde_json::to_vec_pretty(self)?;
        ensure!(text.len() <= ROOM, "the manifest is too long");
        text.resize(ROOM, b'\n');
        Ok(text)
    }

    /// Reads one and refuses what this program cannot restore.
    pub(super) fn decode(bytes: &[u8]) -> Result<Self> {
        /// What every version has.
        #[derive(Deserialize)]
        struct Head {
            format: String,
            version: u32,
        }
        let head: Head = serde_json::from_slice(bytes).context("manifest.json is damaged")?;
        ensure!(head.format == FORMAT, "manifest.json is of something else");
        ensure!(
            head.version <= VERSION,
            "the backup has the form {}, this program knows {VERSION}: use a newer millrace",
            head.version
        );
        let manifest: Self = serde_json::from_slice(bytes).context("manifest.json is damaged")?;
        manifest.verify()?;
        Ok(manifest)
    }

    fn verify(&self) -> Result<()> {
        for (at, file) in self.files.iter().enumerate() {
            let name = &file.name;
            let Some(known) = known_schema(name) else {
                bail!(
                    "the backup holds \"{}\", which is none of {}",
                    name.escape_debug(),
                    FILES.join(", ")
                );
            };
            ensure!(
                file.schema <= known,
                "{name} in the backup has schema version {}, this program knows {known}: use millrace {} or newer",
                file.schema,
                self.millrace.escape_debug()
            );
            ensure!(
                !self.files.iter().take(at).any(|other| other.name == *name),
                "manifest.json names {name} twice"
            );
        }
        for name in NEEDED_FILES {
            ensure!(
                self.files.iter().any(|file| file.name == name),
                "the backup holds no {name}"
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(change: impl FnOnce(&mut Manifest)) -> Result<Manifest> {
        let files = FILES.map(|name| FileEntry {
            name: name.to_owned(),
            bytes: 5,
            sha256: "00".to_owned(),
            schema: 1,
        });
        let mut manifest = Manifest::new("2026-01-01T00:00:00Z".to_owned(), None, files.into());
        change(&mut manifest);
        Manifest::decode(&manifest.encode().unwrap())
    }

    fn refused(change: impl FnOnce(&mut Manifest)) -> String {
        manifest(change).unwrap_err().to_string()
    }

    #[test]
    fn what_cannot_be_restored_is_refused_by_name() {
        assert_eq!(manifest(|_| {}).unwrap().bytes(), 20);
        assert!(refused(|manifest| manifest.version = 2).contains("use a newer millrace"));
        assert!(refused(|manifest| manifest.format.clear()).contains("something else"));
        let newer = refused(|manifest| {
            manifest.files[0].schema = 99;
            manifest.millrace = "7.1".to_owned();
        });
        assert!(
            newer.contains("version 99") && newer.contains("use millrace 7.1"),
            "{newer}"
        );
        for name in [
            "../journal.db",
            "/etc/passwd",
            "secret.key",
            "journal.db/",
            "",
        ] {
            let error = refused(|manifest| manifest.files[3].name = name.to_owned());
            assert!(error.contains("which is none of"), "{name}: {error}");
        }
        assert!(
            refused(|manifest| manifest.files[1].name = "journal.db".to_owned()).contains("twice")
        );
        assert!(refused(|manifest| drop(manifest.files.remove(0))).contains("holds no journal.db"));
        Manifest::decode(b"no JSON").unwrap_err();
    }
}
