//! The `millrace` binary: command line, configuration, wiring, demonstration.

mod backup;
mod cli;
mod commands;
mod config;
#[cfg(feature = "demo")]
mod demo;
mod directory;
mod home;
mod listener;
mod series;
mod serve;
mod simulate;
mod transfer;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let ran = match Cli::parse().command {
        Command::Serve(args) => serve::run(&args),
        #[cfg(feature = "demo")]
        Command::Demo(args) => demo::run(&args),
        Command::Simulate(args) => simulate::run(&args),
        Command::Config(args) => commands::config::run(&args),
        Command::Script(command) => commands::script::run(command),
        Command::Export(args) => commands::transfer::export(&args),
        Command::Apply(args) => commands::transfer::apply(&args),
        Command::Backup(args) => commands::backup::backup(&args),
        Command::Restore(args) => commands::backup::restore(&args),
        Command::Data(command) => commands::data::run(&command),
        Command::Converter(command) => commands::converter::run(command),
    };
    match ran {
        Ok(code) => code,
        Err(error) => {
            // The log may not be there yet; a person reads this.
            #[allow(clippy::print_stderr)]
            {
                eprintln!("millrace: {error:#}");
            }
            ExitCode::FAILURE
        }
    }
}
