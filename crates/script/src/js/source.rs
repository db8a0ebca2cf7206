//! A script's text as a function, checked once, and the way back from places in it.

use std::{rc::Rc, time::Duration};

use rquickjs::{Ctx, Function, context::EvalOptions};

use super::{budget::Budget, failure, warm};
use crate::{CompileError, Limits, ScriptError};

/// The name of the user's text in stack traces.
pub(super) const FILE: &str = "script.js";

/// Time to parse a script of full length, generously; parsing is not counted in steps.
const CHECK_WALL: Duration = Duration::from_secs(2);

/// The text of the function that wraps a script.
#[derive(Debug)]
pub(crate) struct Source {
    wrapped: String,
    /// Characters that stand before the script on its first line.
    prefix: u32,
    lines: u32,
    last_column: u32,
}

impl Source {
    /// Wraps a script as a function with these parameters and checks that it parses.
    pub(crate) fn check(
        script: &str,
        parameters: &[&str],
        limits: &Limits,
    ) -> Result<Self, CompileError> {
        if script.contains('\0') {
            let message = "the script holds a NUL character".to_owned();
            return Err(CompileError::one("syntax", message, None, None));
        }
        let source = Self::wrap(script, parameters);
        source.try_compile(limits).map_err(|error| {
            let code = if error.code == "thrown" {
                "syntax"
            } else {
                error.code
            };
            CompileError::one(code, error.message, error.hint, error.place)
        })?;
        Ok(source)
    }

    fn wrap(script: &str, parameters: &[&str]) -> Self {
        let head = format!("(function ({}) {{", parameters.join(", "));
        let last = script.rsplit('\n').next().unwrap_or_default();
        Self {
            // The line break ends a comment on the last line.
            wrapped: format!("{head}{script}\n}})"),
            prefix: to_u32(head.chars().count()),
            lines: to_u32(script.matches('\n').count() + 1),
            last_column: to_u32(last.chars().count() + 1),
        }
    }

    fn try_compile(&self, limits: &Limits) -> Result<(), ScriptError> {
        let budget = Rc::new(Budget::default());
        budget.start(limits.instructions, CHECK_WALL);
        let (_runtime, context) =
            warm::bare(limits, &budget).map_err(|_| warm::no_memory(limits))?;
        context.with(|ctx| {
            self.function(&ctx)
                .map(drop)
                .map_err(|error| failure::of(&ctx, error, self, &budget, limits))
        })
    }

    /// The script as a function of this context.
    pub(super) fn function<'js>(&self, ctx: &Ctx<'js>) -> rquickjs::Result<Function<'js>> {
        let mut options = EvalOptions::default();
        // Converters of every age are written for sloppy mode; a script may ask for strict mode itself.
        options.strict = false;
        options.filename = Some(FILE.to_owned());
        ctx.eval_with_options(self.wrapped.as_str(), options)
    }

    /// Whether the script throws (or rejects) anything but new errors itself.
    pub(super) fn throws(&self) -> bool {
        let thrown = self.wrapped.split("throw").skip(1);
        thrown
            .map(str::trim_start)
            .any(|what| !what.starts_with("new "))
            || self.wrapped.contains("reject")
    }

    /// A line and column of the wrapped text as those of the script.
    pub(super) fn place(&self, line: u32, column: u32) -> (u32, u32) {
        if line > self.lines {
            // What is missing at the end is found after the end.
            (self.lines, self.last_column)
        } else if line == 1 {
            (1, column.saturating_sub(self.prefix).max(1))
        } else {
            (line.max(1), column.max(1))
        }
    }
}

fn to_u32(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
