//! The data directory as a place: who uses it, and whether it is one.
//!
//! `millrace.lock` is locked exclusively by the one server, and shared by commands that only read a
//! directory at rest. The system takes a lock from a process however it ends.

use std::{
    fs::{self, File, OpenOptions},
    io::{Read, Seek, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};
use millrace_store::sqlite::NEEDED_FILES;

use crate::{
    cli::{DataArgs, ServeArgs},
    serve::read_config,
};

const LOCK: &str = "millrace.lock";

/// Where a restore unpacks. While it is there, what lies beside it is not a whole directory.
pub(crate) const RESTORING: &str = "restoring";

/// What a reader of a directory has found.
pub(crate) enum Users {
    /// Nobody writes to it, and nobody will until this is dropped.
    Nobody(
        #[expect(dead_code, reason = "the lock lives as long as the file is open")] Option<File>,
    ),
    /// A server runs on it: its process id.
    Server(String),
}

/// Takes the directory for one server; makes it when it is not there.
pub(crate) fn lock(dir: &Path) -> Result<File> {
    fs::create_dir_all(dir).with_context(|| {
        format!(
            "the data directory {} cannot be made (--data-dir)",
            dir.display()
        )
    })?;
    refuse_half_restored(dir)?;
    let path = dir.join(LOCK);
    let mut file = OpenOptions::new()
        .create(true)
        .read(true)
        .write(true)
        .truncate(false)
        .open(&path)
        .with_context(|| format!("{} cannot be opened", path.display()))?;
    if file.try_lock().is_err() {
        if file.try_lock_shared().is_ok() {
            bail!(
                "the data directory {} is being read by another millrace command, such as backup: wait until that has ended",
                dir.display()
            );
        }
        bail!(
            "the data directory {} is in use by process {}: stop it, or choose another directory with --data-dir",
            dir.display(),
            holder(&mut file)?
        );
    }
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())?;
    Ok(file)
}

/// Keeps servers from starting on the directory, or says which one runs.
pub(crate) fn read(dir: &Path) -> Result<Users> {
    let path = dir.join(LOCK);
    let mut file = match File::open(&path) {
        Ok(file) => file,
        // A copy of the databases alone: nobody has served it.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(Users::Nobody(None));
        }
        Err(error) => {
            return Err(error).with_context(|| {
                format!(
                    "{} cannot be opened: run this as the user of the server",
                    path.display()
                )
            });
        }
    };
    if file.try_lock_shared().is_ok() {
        return Ok(Users::Nobody(Some(file)));
    }
    Ok(Users::Server(holder(&mut file)?))
}

/// The directory that the flags, the environment or the configuration name.
pub(crate) fn named(args: &DataArgs) -> Result<PathBuf> {
    let config = read_config(&ServeArgs {
        config: args.config.clone(),
        http: None,
        data_dir: args.data_dir.clone(),
    })?;
    Ok(config.data.dir)
}

/// The same, which must hold data.
pub(crate) fn existing(args: &DataArgs) -> Result<PathBuf> {
    let dir = named(args)?;
    refuse_half_restored(&dir)?;
    ensure!(
        NEEDED_FILES.iter().any(|file| dir.join(file).exists()),
        "{} is no data directory: name one with --data-dir",
        dir.display()
    );
    Ok(dir)
}

fn refuse_half_restored(dir: &Path) -> Result<()> {
    ensure!(
        !dir.join(RESTORING).exists(),
        "a restore into {} was cut short or is still under way: if it has ended, delete what is in the directory and restore again",
        dir.display()
    );
    Ok(())
}

fn holder(file: &mut File) -> Result<String> {
    let mut holder = String::new();
    file.take(100).read_to_string(&mut holder)?;
    Ok(holder.trim().to_owned())
}

/// Makes names in a directory last.
pub(crate) fn sync(dir: &Path) -> std::io::Result<()> {
    File::open(dir)?.sync_all()
}
