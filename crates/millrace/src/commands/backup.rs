//! `millrace backup` and `millrace restore`.

use std::{io::Write, path::Path, process::ExitCode};

use anyhow::{Context, Result};

use super::progress::{ProgressLine, size};
use crate::{
    backup::{self, Manifest},
    cli::{BackupArgs, RestoreArgs},
    directory,
};

/// `millrace backup FILE`.
pub(crate) fn backup(args: &BackupArgs) -> Result<ExitCode> {
    let dir = directory::existing(&args.data)?;
    // With a server or without: it only must not start from here on, for its files may be
    // upgraded then.
    let _users = directory::read(&dir)?;
    let mut line = ProgressLine::new();
    let made = backup::write(&dir, &args.file, &mut |what, done, all| {
        line.bytes(what, done, all);
    });
    drop(line);
    let manifest = made.with_context(|| format!("no backup of {} was made", dir.display()))?;
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{} holds {} as it was at {}: {}",
        args.file.display(),
        dir.display(),
        manifest.created,
        contents(&manifest)
    )?;
    match &manifest.key_fingerprint {
        Some(key) => writeln!(
            out,
            "The key of its secrets is not in it: keep the secret.key (or MILLRACE_SECRET_KEY) with the fingerprint {key} in another place."
        )?,
        None => writeln!(
            out,
            "The key of its secrets is not in it: keep secret.key (or MILLRACE_SECRET_KEY) in another place."
        )?,
    }
    Ok(ExitCode::SUCCESS)
}

/// `millrace restore FILE`.
pub(crate) fn restore(args: &RestoreArgs) -> Result<ExitCode> {
    let dir = directory::named(&args.data)?;
    let mut line = ProgressLine::new();
    let restored = backup::restore(&args.file, &dir, &mut |what, done, all| {
        line.bytes(what, done, all);
    });
    drop(line);
    let manifest = restored?;
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{} is as it was at {}: {}",
        dir.display(),
        manifest.created.escape_debug(),
        contents(&manifest)
    )?;
    writeln!(out, "{}", key_wanted(&manifest, &dir))?;
    Ok(ExitCode::SUCCESS)
}

fn contents(manifest: &Manifest) -> String {
    let names: Vec<&str> = manifest
        .files
        .iter()
        .map(|file| file.name.as_str())
        .collect();
    format!("{}, {}", names.join(", "), size(manifest.bytes()))
}

fn key_wanted(manifest: &Manifest, dir: &Path) -> String {
    let which = match &manifest.key_fingerprint {
        Some(key) => format!("the key with the fingerprint {}", key.escape_debug()),
        None => "the key of the old directory".to_owned(),
    };
    format!(
        "Before the first start put {which} there as {}, or set MILLRACE_SECRET_KEY.\n\
         Without it a new key is made: everything is there, but integrations ask for their passwords again and everybody signs in again.",
        dir.join("secret.key").display()
    )
}
