//! Making a data directory of a backup.

use std::{
    fs::{self, File, OpenOptions},
    io::{BufReader, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow, bail, ensure};
use millrace_store::{fingerprint, sqlite::FILES};
use tar::Archive;

use super::{
    Progress,
    checksum::Checksummed,
    manifest::{self, FileEntry, Manifest},
};
use crate::directory::{self, RESTORING};

/// Bytes moved between two reports of progress.
const CHUNK: usize = 1 << 20;

/// Unpacks `source` into `dir`, which must be empty or not there.
///
/// # Errors
/// When `dir` holds anything, or the backup is damaged, newer than this program, or none. The
/// directory is then as it was.
pub(crate) fn restore(source: &Path, dir: &Path, progress: Progress<'_>) -> Result<Manifest> {
    let file = File::open(source)
        .with_context(|| format!("the backup {} cannot be opened", source.display()))?;
    let place = Place::take(dir)?;
    let manifest = unpack(file, &place.staging, progress)
        .with_context(|| format!("{} cannot be restored", source.display()))?;
    place.settle(&manifest)?;
    Ok(manifest)
}

/// Everything into `staging`, read back against the manifest.
fn unpack(file: File, staging: &Path, progress: Progress<'_>) -> Result<Manifest> {
    let mut archive = Archive::new(BufReader::with_capacity(1 << 16, file));
    // Raw: nothing but plain entries is understood, so nothing else can be meant.
    let mut entries = archive.entries()?.raw(true);
    let mut next = |name: &str| -> Result<tar::Entry<'_, BufReader<File>>> {
        let entry = entries
            .next()
            .with_context(|| format!("the backup is cut short before {name}"))?
            // The reader repeats the file's bytes, which may be anything.
            .map_err(|error| {
                let told: String = error.to_string().chars().take(80).collect();
                anyhow!("it is no backup, or a damaged one: {}", told.escape_debug())
            })?;
        ensure!(
            entry.path_bytes().as_ref() == name.as_bytes() && entry.header().entry_type().is_file(),
            "it is no backup, or a damaged one: \"{}\" stands where {name} should",
            String::from_utf8_lossy(&entry.path_bytes()).escape_debug()
        );
        Ok(entry)
    };
    let mut text = Vec::new();
    next(manifest::NAME)?
        .take(manifest::ROOM as u64)
        .read_to_end(&mut text)
        .context("manifest.json cannot be read")?;
    let manifest = Manifest::decode(&text)?;
    let all = manifest.bytes();
    let mut before = 0;
    for file in &manifest.files {
        let entry = next(&file.name)?;
        ensure!(
            entry.size() == file.bytes,
            "the backup is damaged: {} has {} bytes, the manifest says {}",
            file.name,
            entry.size(),
            file.bytes
        );
        extract(entry, file, staging, &mut |done| {
            progress(&file.name, before + done, all);
        })?;
        before += file.bytes;
    }
    Ok(manifest)
}

fn extract(
    entry: impl Read,
    file: &FileEntry,
    staging: &Path,
    progress: &mut dyn FnMut(u64),
) -> Result<()> {
    let mut copy = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(staging.join(&file.name))?;
    let mut content = Checksummed::new(entry);
    let mut chunk = vec![0; CHUNK];
    let mut done = 0;
    loop {
        let count = content
            .read(&mut chunk)
            .with_context(|| format!("the backup is cut short in {}", file.name))?;
        let Some(read) = chunk.get(..count).filter(|read| !read.is_empty()) else {
            break;
        };
        copy.write_all(read)
            .with_context(|| format!("{} cannot be written", file.name))?;
        done += count as u64;
        progress(done);
    }
    let (bytes, sha256) = content.finish();
    ensure!(
        bytes == file.bytes,
        "the backup is cut short in {}: {bytes} of {} bytes",
        file.name,
        file.bytes
    );
    ensure!(
        sha256 == file.sha256,
        "the backup is damaged: the checksum of {} differs",
        file.name
    );
    copy.sync_all()?;
    Ok(())
}

/// A directory that is being filled. Until it is settled, dropping it leaves what was there before.
struct Place {
    dir: PathBuf,
    staging: PathBuf,
    /// Whether the directory itself is to go again.
    made: bool,
    settled: bool,
}

impl Place {
    fn take(dir: &Path) -> Result<Self> {
        let made = !dir.exists();
        fs::create_dir_all(dir)
            .with_context(|| format!("the data directory {} cannot be made", dir.display()))?;
        let staging = dir.join(RESTORING);
        let found = fs::read_dir(dir)
            .with_context(|| format!("{} cannot be read", dir.display()))?
            .next()
            .transpose()?;
        if let Some(found) = found {
            if found.path() == staging {
                bail!(
                    "a restore into {} was cut short or is still under way: if it has ended, delete {} and try again",
                    dir.display(),
                    staging.display()
                );
            }
            bail!(
                "the data directory {} is not empty, it holds {}: restore into a new one (--data-dir)",
                dir.display(),
                found.file_name().to_string_lossy().escape_debug()
            );
        }
        fs::create_dir(&staging)
            .with_context(|| format!("nothing can be written to {}", dir.display()))?;
        directory::sync(dir)?;
        Ok(Self {
            dir: dir.to_owned(),
            staging,
            made,
            settled: false,
        })
    }

    /// Gives everything its place. No server starts on the directory before the last step.
    fn settle(mut self, manifest: &Manifest) -> Result<()> {
        if let Some(key) = &manifest.key_fingerprint {
            fingerprint::note(&self.staging, key)?;
        }
        directory::sync(&self.staging)?;
        let entries: Vec<_> = fs::read_dir(&self.staging)?.collect::<Result<_, _>>()?;
        for entry in entries {
            fs::rename(entry.path(), self.dir.join(entry.file_name()))?;
        }
        directory::sync(&self.dir)?;
        fs::remove_dir(&self.staging)?;
        directory::sync(&self.dir)?;
        self.settled = true;
        Ok(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.settled {
            return;
        }
        drop(fs::remove_dir_all(&self.staging));
        // It was empty when it was taken, so what is in it is of the backup.
        for file in FILES.into_iter().chain([fingerprint::FILE]) {
            drop(fs::remove_file(self.dir.join(file)));
        }
        if self.made {
            drop(fs::remove_dir(&self.dir));
        }
    }
}

#[cfg(test)]
mod tests {
    use tar::{Builder, EntryType, Header};

    use super::*;
    use crate::backup::write;

    /// A directory with the databases of a server, and a backup of it.
    fn backed_up() -> (tempfile::TempDir, PathBuf) {
        let place = tempfile::tempdir().unwrap();
        let dir = place.path().join("data");
        drop(millrace_store::sqlite::SqliteValues::open(&dir).unwrap());
        drop(millrace_store::sqlite::SqliteEntities::open(&dir).unwrap());
        let journal = millrace_store::journal::JournalOptions {
            dir: dir.clone(),
            max_commit_bytes: 1 << 20,
        };
        drop(millrace_store::sqlite::SqliteJournal::open(journal).unwrap());
        fingerprint::note(&dir, "0123").unwrap();
        fs::write(dir.join("secret.key"), "the key itself").unwrap();
        let file = place.path().join("backup.tar");
        // Left by a crash; it is replaced.
        fs::write(place.path().join("backup.tar.partial"), vec![7; 1 << 20]).unwrap();
        write(&dir, &file, &mut |_, _, _| {}).unwrap();
        (place, file)
    }

    fn into(file: &Path, dir: &Path) -> Result<Manifest> {
        restore(file, dir, &mut |_, _, _| {})
    }

    #[test]
    fn a_backup_comes_back_without_the_key() {
        let (place, file) = backed_up();
        let bytes = fs::read(&file).unwrap();
        assert!(!place.path().join("backup.tar.partial").exists());
        assert!(!bytes.windows(14).any(|part| part == b"the key itself"));
        assert_eq!(
            std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&file).unwrap().permissions())
                & 0o777,
            0o600
        );
        let dir = place.path().join("new/data");
        let manifest = into(&file, &dir).unwrap();
        assert_eq!(manifest.key_fingerprint.as_deref(), Some("0123"));
        let mut names: Vec<_> = fs::read_dir(&dir)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        assert_eq!(
            names,
            ["journal.db", "key.fingerprint", "millrace.db", "values.db"]
        );
        let error = into(&file, &dir).unwrap_err().to_string();
        assert!(error.contains("is not empty"), "{error}");
    }

    /// Whatever single byte is flipped: it is seen, or it says nothing (padding, a date).
    #[test]
    fn no_damage_gets_into_a_database() {
        let (place, file) = backed_up();
        let whole = fs::read(&file).unwrap();
        let dir = place.path().join("restored");
        into(&file, &dir).unwrap();
        let databases = |dir: &Path| FILES.map(|name| fs::read(dir.join(name)).ok());
        let sound = databases(&dir);
        let mut refused = 0;
        for at in (0..whole.len()).step_by(97) {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x10;
            fs::write(&file, &bytes).unwrap();
            fs::remove_dir_all(&dir).unwrap();
            match into(&file, &dir) {
                Ok(_) => assert!(databases(&dir) == sound, "byte {at}"),
                Err(_) => {
                    refused += 1;
                    assert!(!dir.exists(), "byte {at}");
                    fs::create_dir(&dir).unwrap();
                }
            }
        }
        let content = whole.len() - 3 * 512;
        assert!(refused > content / 97 * 8 / 10, "{refused} of {content}");
        for length in [0, 100, 512, 5000, whole.len() / 2] {
            fs::write(&file, &whole[..length]).unwrap();
            fs::remove_dir_all(&dir).unwrap();
            let error = format!("{:#}", into(&file, &dir).unwrap_err());
            assert!(
                error.contains("cut short") || error.contains("damaged"),
                "{length}: {error}"
            );
            fs::create_dir(&dir).unwrap();
        }
    }

    #[test]
    fn entries_that_lead_elsewhere_are_refused() {
        let (place, file) = backed_up();
        let whole = fs::read(&file).unwrap();
        let manifest = whole[512..512 + manifest::ROOM].to_vec();
        for (name, kind) in [
            ("../journal.db", EntryType::Regular),
            ("/tmp/journal.db", EntryType::Regular),
            ("journal.db", EntryType::Symlink),
            ("journal.db", EntryType::Link),
            ("journal.db", EntryType::Directory),
            ("journal.db", EntryType::GNULongName),
        ] {
            let mut tar = Builder::new(File::create(&file).unwrap());
            let mut header = Header::new_gnu();
            header.set_size(manifest.len() as u64);
            tar.append_data(&mut header, manifest::NAME, manifest.as_slice())
                .unwrap();
            let mut header = Header::new_gnu();
            header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
            header.set_entry_type(kind);
            header.set_link_name("/etc/passwd").unwrap();
            header.set_size(0);
            header.set_cksum();
            tar.append(&header, std::io::empty()).unwrap();
            drop(tar.into_inner().unwrap());
            let dir = place.path().join("elsewhere");
            let error = format!("{:#}", into(&file, &dir).unwrap_err());
            assert!(error.contains("stands where journal.db should"), "{error}");
            assert!(!dir.exists() && !place.path().join("journal.db").exists());
        }
    }

    #[test]
    fn a_restore_that_was_cut_short_is_named() {
        let (place, file) = backed_up();
        let dir = place.path().join("half");
        fs::create_dir_all(dir.join(RESTORING)).unwrap();
        let error = into(&file, &dir).unwrap_err().to_string();
        assert!(error.contains("cut short"), "{error}");
        let error = directory::lock(&dir).unwrap_err().to_string();
        assert!(error.contains("cut short"), "no server starts: {error}");
    }
}
