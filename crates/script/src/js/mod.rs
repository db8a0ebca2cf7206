//! JavaScript behind the common face: QuickJS, one runtime per script.

use crate::{Argument, CompileError, HostCall, Limits, Script, ScriptError, Value};

#[derive(Debug)]
pub(crate) struct Source;

impl Source {
    pub(crate) fn check(_: &str, _: &[&str], _: &Limits) -> Result<Self, CompileError> {
        Ok(Self)
    }
}

#[derive(Debug)]
pub(crate) struct Runtimes;

impl Runtimes {
    pub(crate) fn new(_: usize) -> Self {
        Self
    }

    pub(crate) fn run(
        &mut self,
        _: &Script,
        _: &Source,
        _: &[Argument<'_>],
        _: &HostCall,
    ) -> Result<Value, ScriptError> {
        Err(ScriptError::runtime(
            "unfinished",
            "the engine is being built",
        ))
    }
}
