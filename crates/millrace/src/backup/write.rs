//! Making a backup.

use std::{
    fs::{self, File, OpenOptions, Permissions},
    io::{BufReader, BufWriter, Write},
    os::unix::fs::{FileExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};
use millrace_store::{StoreError, fingerprint, sqlite::Snapshot};
use tar::{Builder, Header};

use super::{
    Progress,
    checksum::Checksummed,
    manifest::{self, FileEntry, Manifest},
};
use crate::directory;

/// Where the content of the first entry begins: behind its header.
const MANIFEST_AT: u64 = 512;

/// Copies the databases of `dir` into the new file `target`. A server may run on `dir`.
///
/// # Errors
/// When `target` is there already, a database cannot be read, or the file cannot be written.
pub(crate) fn write(dir: &Path, target: &Path, progress: Progress<'_>) -> Result<Manifest> {
    ensure!(
        !target.exists(),
        "{} is there already: choose another name, or delete it first",
        target.display()
    );
    let unfinished = Unfinished::begin(target)?;
    let manifest = archive(dir, &unfinished, progress)?;
    unfinished.finish(target)?;
    Ok(manifest)
}

fn archive(dir: &Path, unfinished: &Unfinished, progress: Progress<'_>) -> Result<Manifest> {
    let now = jiff::Timestamp::now();
    let created = jiff::Timestamp::from_second(now.as_second())?;
    let mtime = u64::try_from(created.as_second()).unwrap_or(0);
    let mut tar = Builder::new(BufWriter::new(unfinished.file.try_clone()?));
    append(
        &mut tar,
        manifest::NAME,
        manifest::ROOM as u64,
        mtime,
        [b'\n'; manifest::ROOM].as_slice(),
    )?;
    let mut snapshot = Snapshot::take(dir)?;
    // After the state is taken: a key that is changed meanwhile is a later one.
    let key = fingerprint::noted(dir)?;
    let mut files = Vec::new();
    for name in snapshot.files() {
        let copied = snapshot.copy(name, &unfinished.copy, &mut |done, all| {
            progress(name, done, all);
        });
        let schema = match copied {
            // The store's own words are about a server that goes on by itself.
            Err(StoreError::DiskFull { file }) => bail!(
                "no space left for the copy of {file}: free disk space, or choose another place for the file"
            ),
            other => other?,
        };
        let copy = File::open(&unfinished.copy)?;
        let size = copy.metadata()?.len();
        let mut content = Checksummed::new(BufReader::with_capacity(1 << 16, copy));
        append(&mut tar, name, size, mtime, &mut content)?;
        let (bytes, sha256) = content.finish();
        files.push(FileEntry {
            name: name.to_owned(),
            bytes,
            sha256,
            schema,
        });
        // At once, so that the disk needs room for one database twice and not for all.
        fs::remove_file(&unfinished.copy)?;
    }
    tar.into_inner()?.flush()?;
    let manifest = Manifest::new(created.to_string(), key, files);
    unfinished
        .file
        .write_all_at(&manifest.encode()?, MANIFEST_AT)?;
    Ok(manifest)
}

fn append(
    tar: &mut Builder<BufWriter<File>>,
    name: &str,
    size: u64,
    mtime: u64,
    content: impl std::io::Read,
) -> Result<()> {
    let mut header = Header::new_gnu();
    header.set_size(size);
    header.set_mode(0o600);
    header.set_mtime(mtime);
    tar.append_data(&mut header, name, content)
        .with_context(|| format!("{name} cannot be written"))
}

/// A backup that has no name yet; gone with the value.
struct Unfinished {
    file: File,
    path: PathBuf,
    /// The database in hand.
    copy: PathBuf,
}

impl Unfinished {
    fn begin(target: &Path) -> Result<Self> {
        let beside = |suffix: &str| {
            let mut name = target.as_os_str().to_owned();
            name.push(suffix);
            PathBuf::from(name)
        };
        let path = beside(".partial");
        // It holds what only the server's user may read.
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&path)
            .with_context(|| format!("{} cannot be made", path.display()))?;
        ensure!(
            file.try_lock().is_ok(),
            "another backup is being written to {}: wait until it has ended",
            path.display()
        );
        // What a crash has left, or somebody else.
        file.set_len(0)?;
        file.set_permissions(Permissions::from_mode(0o600))?;
        Ok(Self {
            file,
            path,
            copy: beside(".partial.db"),
        })
    }

    fn finish(self, target: &Path) -> Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.path, target)
            .with_context(|| format!("{} cannot get its name", target.display()))?;
        let parent = target
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty());
        directory::sync(parent.unwrap_or(Path::new(".")))?;
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // After `finish` they are not there any more.
        drop(fs::remove_file(&self.copy));
        drop(fs::remove_file(&self.path));
    }
}
