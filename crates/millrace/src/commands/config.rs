//! `millrace config`.

use std::{io::Write, process::ExitCode};

use anyhow::Result;

use crate::{cli::ConfigArgs, config};

pub(crate) fn run(args: &ConfigArgs) -> Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    match &args.check {
        Some(file) => {
            let config = config::read(Some(file))?;
            if let Some(files) = config.http.tls.files()? {
                files.read()?;
            }
            writeln!(out, "{} is valid", file.display())?;
        }
        None => out.write_all(config::COMMENTED.as_bytes())?,
    }
    Ok(ExitCode::SUCCESS)
}
