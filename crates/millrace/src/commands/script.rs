//! `millrace script …`.

use std::{
    io::{BufReader, BufWriter},
    process::ExitCode,
};

use anyhow::Result;
use millrace_script::{EvalOptions, ScriptLang, TimeZone, eval_lines};

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
    let ScriptCommand::Eval {
        lang,
        args,
        tz,
        portable,
    } = command;
    let zone = TimeZone::named(&tz)?;
    let input = BufReader::new(std::io::stdin().lock());
    let output = BufWriter::new(std::io::stdout().lock());
    let options = EvalOptions {
        lang: lang.into(),
        parameters: args.as_deref(),
        time_zone: &zone,
        portable,
    };
    eval_lines(input, output, options)?;
    Ok(ExitCode::SUCCESS)
}
