//! The machine that runs compiled scripts.
//!
//! One loop, its own stack of values and frames: the depth of script calls never touches the native stack.
//! Instructions are counted one by one and compared with the budget at loop turns and calls; library
//! functions add work in proportion to the data they touch.

mod access;
mod bind;
mod budget;
mod execute;
mod failure;
mod invoke;
mod iterate;
mod operators;
mod places;
mod result;
mod step;

use crate::compile::Program;
use crate::error::{Fault, RunError};
use crate::host::Host;
use crate::input::Input;
use crate::library::{Random, Regexes};
use crate::limits::Limits;
use crate::output::Output;
use crate::span::Span;
use crate::value::{Heap, Value};

/// Runs programs; one per thread, keeps its buffers warm between runs.
///
/// A run never affects the next one, whether it succeeds or fails.
#[derive(Debug)]
pub struct Vm {
    limits: Limits,
    heap: Heap,
    stack: Vec<Value>,
    frames: Vec<Frame>,
    regexes: Regexes,
    random: Random,
    /// The program whose constants are on the heap and in `names`.
    loaded: u64,
    names: result::Names,
    /// The variable without a value that ended the run.
    missing: Option<u16>,
}

/// Places on the stack that are kept between runs.
const WARM: usize = 1_024;

/// Where a caller goes on.
#[derive(Clone, Copy, Debug)]
struct Frame {
    function: usize,
    next: usize,
    base: usize,
}

impl Vm {
    /// A machine with these budgets for every run.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        let heap = Heap::new(&limits);
        Self {
            limits,
            heap,
            stack: Vec::new(),
            frames: Vec::new(),
            regexes: Regexes::default(),
            random: Random::new(0),
            loaded: 0,
            names: result::Names::default(),
            missing: None,
        }
    }

    /// The budgets.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Runs a program with arguments in the order of its parameters; missing ones are undefined.
    ///
    /// # Errors
    /// A runtime or limit error with its place in the script.
    pub fn run(
        &mut self,
        program: &Program,
        args: &[Input<'_>],
        host: &Host,
    ) -> Result<Output, RunError> {
        self.heap.zone = host.time_zone.0.clone();
        self.random = Random::new(host.seed);
        if self.loaded != program.0.id {
            self.heap.texts_mut().load(&program.0.texts);
            self.names.clear();
            self.loaded = program.0.id;
        }
        let outcome = self
            .bind(program, args)
            .map_err(|fault| (fault, Span::default()))
            .and_then(|()| {
                let value = self.execute(&program.0, host)?;
                result::output(&self.heap, &mut self.names, &value, &self.limits)
                    .map_err(|fault| (fault, Span::default()))
            });
        self.clear();
        outcome.map_err(|(fault, span)| fault.at(&program.0.source, span))
    }

    /// Nothing of a run is left for the next one, nor more memory than a usual run needs.
    fn clear(&mut self) {
        self.heap.clear();
        self.stack.clear();
        self.frames.clear();
        self.stack.shrink_to(WARM);
        self.frames.shrink_to(WARM);
    }

    fn bind(&mut self, program: &Program, args: &[Input<'_>]) -> Result<(), Fault> {
        let mut chars = bind::Chars::new(self.limits.arguments_chars);
        for (i, read) in program.0.parameters.iter().enumerate() {
            let value = match args.get(i) {
                Some(input) if *read => bind::value(&mut self.heap, input, &mut chars, 0)?,
                Some(input) => bind::unread(input, &mut chars)?,
                None => Value::Undefined,
            };
            self.stack.push(value);
        }
        Ok(())
    }
}
