//! `millrace script …`.

use std::{
    io::{BufReader, BufWriter},
    process::ExitCode,
};

use anyhow::Result;
use millrace_script::{ScriptLang, TimeZone, eval_lines};

use crate::cli::{Lang, ScriptCommand};

impl From<Lang> for ScriptLang {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::Tbel => Self::Tbel,
            Lang::Js => Self::Js,
        }
    }
}

pub(crate) fn run(command: ScriptCommand) -> Result<ExitCode> {
    let ScriptCommand::Eval { lang, args, tz } = command;
    let zone = TimeZone::named(&tz)?;
    let input = BufReader::new(std::io::stdin().lock());
    let output = BufWriter::new(std::io::stdout().lock());
    eval_lines(input, output, lang.into(), args.as_deref(), &zone)?;
    Ok(ExitCode::SUCCESS)
}
