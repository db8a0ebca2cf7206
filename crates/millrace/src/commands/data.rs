//! `millrace data`: whether a data directory is sound, and what it holds.

use std::{io::Write, process::ExitCode};

use anyhow::{Result, bail};
use millrace_store::sqlite::{self, CheckReport};

use super::{export_series, progress::ProgressLine};
use crate::{
    cli::{DataArgs, DataCommand},
    directory::{self, Users},
};

/// `millrace data …`.
pub(crate) fn run(command: &DataCommand) -> Result<ExitCode> {
    match command {
        DataCommand::Check(args) => check(args),
        DataCommand::Export(args) => export_series::run(args),
    }
}

fn check(args: &DataArgs) -> Result<ExitCode> {
    let dir = directory::existing(args)?;
    let _nobody = match directory::read(&dir)? {
        nobody @ Users::Nobody(_) => nobody,
        Users::Server(process) => bail!(
            "a server (process {process}) uses {}: stop it first, or verify a copy made with millrace backup and millrace restore",
            dir.display()
        ),
    };
    let mut line = ProgressLine::new();
    let report = sqlite::check(&dir, &mut |file| line.text(&format!("reading {file}")));
    drop(line);
    let report = report?;
    show(&report)?;
    Ok(if report.problems.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// What was found, for people; problems one a line.
fn show(report: &CheckReport) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{}: {} entities, {} points, {} events, {} journal records in {} commits",
        report.files.join(", "),
        report.entities,
        report.points,
        report.events,
        report.records,
        report.commits
    )?;
    for problem in &report.problems {
        writeln!(out, "problem: {problem}")?;
    }
    match report.problems.len() {
        0 => writeln!(out, "sound")?,
        1 => writeln!(out, "1 problem")?,
        many => writeln!(out, "{many} problems")?,
    }
    Ok(())
}
