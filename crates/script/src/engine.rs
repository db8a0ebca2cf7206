//! Runs scripts; one engine per lane thread, so nothing is locked and everything stays warm.

use serde_json::value::RawValue;

use crate::{Argument, HostCall, Script, ScriptError, Value, exact, js, script::Code, tbel_lang};

/// How much an engine keeps.
#[derive(Debug, Clone)]
pub struct EngineOptions {
    /// Bytes of warm JavaScript runtimes together (100–200 KiB each as a rule); beyond them the least recently
    /// used ones are dropped. The one that runs is always kept.
    pub runtime_bytes: usize,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            runtime_bytes: 64 << 20,
        }
    }
}

/// Runs scripts with warm machines. Belongs to one thread, which needs 2 MiB of stack (Rust's default).
#[derive(Debug)]
pub struct Engine {
    js: js::Runtimes,
    tbel: tbel_lang::Machines,
}

impl Engine {
    /// An engine with nothing warm yet.
    #[must_use]
    pub fn new(options: EngineOptions) -> Self {
        Self {
            js: js::Runtimes::new(options.runtime_bytes),
            tbel: tbel_lang::Machines::default(),
        }
    }

    /// Runs a script with arguments in the order of its parameters; missing ones are undefined, surplus ones
    /// are not seen.
    ///
    /// # Errors
    /// The script fails, gives back what has no JSON form, or uses up one of its limits.
    pub fn run(
        &mut self,
        script: &Script,
        arguments: &[Argument<'_>],
        host: &HostCall,
    ) -> Result<Value, ScriptError> {
        match script.code() {
            Code::Js(source) => self.js.run(script, source, arguments, host),
            Code::Tbel(program) => self.tbel.run(program, script.limits(), arguments, host),
        }
    }

    /// The same with the result as JSON text, in which numbers beyond 64 bits are numbers as well.
    pub(crate) fn run_json(
        &mut self,
        script: &Script,
        arguments: &[Argument<'_>],
        host: &HostCall,
    ) -> Result<Box<RawValue>, ScriptError> {
        match script.code() {
            Code::Js(source) => {
                let result = self.js.run(script, source, arguments, host)?;
                exact::of_value(&result)
            }
            Code::Tbel(program) => {
                let machines = &mut self.tbel;
                let result = machines.run_exact(program, script.limits(), arguments, host)?;
                exact::of_output(&result)
            }
        }
    }
}
