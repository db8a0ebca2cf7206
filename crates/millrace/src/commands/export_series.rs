//! `millrace data export`.

use std::{
    fs::{self, File},
    io::{BufWriter, ErrorKind, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, ensure};

use super::{progress::ProgressLine, transfer::with_door};
use crate::{
    cli::DataExportArgs,
    series::{self, Selection, Written},
};

/// `millrace data export [FILE]`.
pub(super) fn run(args: &DataExportArgs) -> Result<ExitCode> {
    let selection = Selection {
        devices: args.device.clone(),
        assets: args.asset.clone(),
        keys: args.key.clone(),
        from: args.from.unwrap_or(i64::MIN),
        to: args.to.unwrap_or(i64::MAX),
    };
    let Some(target) = &args.file else {
        let mut out = BufWriter::new(std::io::stdout());
        return match write(args, &selection, &mut out) {
            // Who reads has had enough, as `head` has.
            Err(error) if is_broken_pipe(&error) => Ok(ExitCode::SUCCESS),
            other => other.map(|_| ExitCode::SUCCESS),
        };
    };
    ensure!(
        !target.exists(),
        "{} is there already: choose another name, or delete it first",
        target.display()
    );
    // It gets its name when it is whole.
    let mut partial = target.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let written = into_file(args, &selection, &partial, target);
    if written.is_err() {
        drop(fs::remove_file(&partial));
    }
    let written = written?;
    writeln!(
        std::io::stdout(),
        "{} holds {} points of {} entities",
        target.display(),
        written.points,
        written.entities
    )?;
    Ok(ExitCode::SUCCESS)
}

fn into_file(
    args: &DataExportArgs,
    selection: &Selection,
    partial: &Path,
    target: &Path,
) -> Result<Written> {
    let file =
        File::create(partial).with_context(|| format!("{} cannot be made", partial.display()))?;
    let mut out = BufWriter::new(file);
    let written = write(args, selection, &mut out)?;
    out.into_inner()
        .map_err(std::io::IntoInnerError::into_error)?
        .sync_all()?;
    fs::rename(partial, target)
        .with_context(|| format!("{} cannot get its name", target.display()))?;
    Ok(written)
}

fn write(args: &DataExportArgs, selection: &Selection, out: &mut dyn Write) -> Result<Written> {
    let mut line = ProgressLine::new();
    with_door(&args.target, async |door| {
        series::export(door, selection, out, &mut |written| {
            line.text(&format!(
                "{} points of {} entities",
                written.points, written.entities
            ));
        })
        .await
    })
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<std::io::Error>()
        .is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}
