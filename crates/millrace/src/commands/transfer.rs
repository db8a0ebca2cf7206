//! `millrace export` and `millrace apply`.

use std::{io::Write, process::ExitCode};

use anyhow::{Context, Result};

use crate::{
    cli::{ApplyArgs, ExportArgs, ServeArgs, TargetArgs},
    config::TlsConfig,
    directory::{self, Users},
    serve::{Server, read_config, runtime, start_log},
    transfer::{self, Change, Door, Planned},
};

/// Environment variable with the key for a running server.
const API_KEY: &str = "MILLRACE_API_KEY";

/// `millrace export DIR`.
pub(crate) fn export(args: &ExportArgs) -> Result<ExitCode> {
    let documents = with_door(&args.target, async |door| transfer::export(door).await)?;
    transfer::write(&args.dir, &documents)?;
    let mut out = std::io::stdout().lock();
    for document in &documents {
        writeln!(out, "  {:<14} {}", document.kind.word(), document.name)?;
    }
    writeln!(
        out,
        "{} written to {}",
        count(documents.len()),
        args.dir.display()
    )?;
    Ok(ExitCode::SUCCESS)
}

/// `millrace apply DIR`.
pub(crate) fn apply(args: &ApplyArgs) -> Result<ExitCode> {
    let documents = transfer::read(&args.dir)?;
    let dry_run = args.dry_run;
    let mut shown = Ok(());
    with_door(&args.target, async |door| {
        transfer::apply(door, documents, dry_run, &mut |plan| shown = show(plan)).await
    })?;
    shown?;
    let mut out = std::io::stdout().lock();
    let end = if dry_run {
        "Nothing was changed (--dry-run)."
    } else {
        "Applied."
    };
    writeln!(out, "{end}")?;
    Ok(ExitCode::SUCCESS)
}

fn show(plan: &[Planned]) -> Result<()> {
    let mut out = std::io::stdout().lock();
    let (mut made, mut changed, mut kept) = (0, 0, 0);
    for Planned { kind, name, change } in plan {
        let (mark, where_) = match change {
            Change::Create => {
                made += 1;
                ('+', String::new())
            }
            Change::Update(paths) => {
                changed += 1;
                ('~', differences(paths))
            }
            Change::Keep => {
                kept += 1;
                ('=', String::new())
            }
        };
        writeln!(out, "  {mark} {:<14} {name}{where_}", kind.word())?;
    }
    writeln!(
        out,
        "{made} to make, {changed} to change, {kept} as they should be"
    )?;
    Ok(())
}

/// The first few places; more would hide the names.
fn differences(paths: &[String]) -> String {
    const SHOWN: usize = 4;
    let mut text = paths
        .iter()
        .take(SHOWN)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    if paths.len() > SHOWN {
        text.push_str(&format!(" and {} more", paths.len() - SHOWN));
    }
    format!("   ({text})")
}

fn count(files: usize) -> String {
    format!("{files} {}", if files == 1 { "entity" } else { "entities" })
}

/// Runs `work` with a client of the server that is meant.
pub(super) fn with_door<T>(
    target: &TargetArgs,
    work: impl AsyncFnOnce(&Door) -> Result<T>,
) -> Result<T> {
    if let Some(server) = &target.server {
        let key = std::env::var(API_KEY)
            .ok()
            .filter(|key| !key.is_empty())
            .with_context(|| {
                format!(
                    "{API_KEY} has no value: give an API key of a tenant administrator of {server}"
                )
            })?;
        let door = Door::new(server, format!("ApiKey {key}"))?;
        return runtime()?.block_on(work(&door));
    }
    let mut config = read_config(&ServeArgs {
        config: target.config.clone(),
        http: Some(([127, 0, 0, 1], 0).into()),
        data_dir: target.data_dir.clone(),
    })?;
    anyhow::ensure!(
        config.data.dir.is_dir(),
        "{} is no data directory: name one with --data-dir, or a running server with --server",
        config.data.dir.display()
    );
    if let Users::Server(process) = directory::read(&config.data.dir)? {
        anyhow::bail!(
            "a server (process {process}) uses {}: name it with --server http://HOST:PORT and give an API key in {API_KEY}",
            config.data.dir.display()
        );
    }
    // The door of the moment is for this process only.
    config.http.tls = TlsConfig::default();
    // People read the plan, not the start of a server.
    "error".clone_into(&mut config.log.filter);
    start_log(&config)?;
    runtime()?.block_on(async {
        let server = Server::start(config).await?;
        let token = server.administrator_token(target.user.as_deref())?;
        let door = Door::new(
            &format!("http://{}", server.address),
            format!("Bearer {token}"),
        )?;
        server.while_serving(work(&door)).await
    })
}
