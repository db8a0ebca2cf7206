//! One runtime with one script in it, ready to be called.

use std::rc::Rc;

use rquickjs::{
    Context, Ctx, Function, Object, Persistent, Runtime, Value as JsValue,
    atom::PredefinedAtom,
    context::{EvalOptions, intrinsic},
    function::Args,
    promise::PromiseState,
};

use super::{
    arguments::{self, Builder},
    budget::Budget,
    failure,
    natives::{self, HostCell},
    result,
    source::Source,
};
use crate::{Argument, HostCall, Limits, ScriptError, Value};

/// Stack of a runtime: a lane thread has 2 MiB, and native code needs its share.
const STACK_BYTES: usize = 512 << 10;

/// The least memory a runtime with its built-in objects can work in.
const LEAST_MEMORY_BYTES: usize = 1 << 20;

/// What a job of a promise costs beside the steps of its code.
const STEPS_PER_JOB: f64 = 20.0;

/// All of the language but what tells real time or depends on the collector (performance, weak references).
type Builtins = (
    intrinsic::Date,
    intrinsic::Eval,
    intrinsic::RegExpCompiler,
    intrinsic::RegExp,
    intrinsic::Json,
    intrinsic::Proxy,
    intrinsic::MapSet,
    intrinsic::TypedArrays,
    intrinsic::Promise,
);

/// A runtime with its limits and the language's built-in objects, before the prelude.
pub(super) fn bare(limits: &Limits, budget: &Rc<Budget>) -> rquickjs::Result<(Runtime, Context)> {
    let runtime = Runtime::new()?;
    runtime.set_memory_limit(limits.memory_bytes.max(LEAST_MEMORY_BYTES));
    runtime.set_max_stack_size(STACK_BYTES);
    let watched = Rc::clone(budget);
    runtime.set_interrupt_handler(Some(Box::new(move || watched.tick())));
    let context = Context::custom::<Builtins>(&runtime)?;
    Ok((runtime, context))
}

pub(super) fn no_memory(limits: &Limits) -> ScriptError {
    ScriptError::limit(
        "memory",
        format!(
            "the script needs more than {} KiB of memory",
            limits.memory_bytes >> 10
        ),
    )
}

/// What is left of a runtime after a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Health {
    /// Ready for the next call.
    Good,
    /// To be thrown away: a budget was used up, or it hoards.
    Spoilt,
}

// Fields are dropped in order: what lives in the runtime goes before it.
pub(super) struct Warm {
    function: Persistent<Function<'static>>,
    array_of: Persistent<Function<'static>>,
    host: Rc<HostCell>,
    budget: Rc<Budget>,
    context: Context,
    runtime: Runtime,
    limits: Limits,
    /// Live bytes when last measured.
    bytes: usize,
}

impl Warm {
    pub(super) fn new(source: &Source, limits: &Limits) -> Result<Self, ScriptError> {
        let budget = Rc::new(Budget::default());
        let host = Rc::new(HostCell::default());
        budget.start(limits.instructions, limits.wall);
        let (runtime, context) = bare(limits, &budget).map_err(|_| no_memory(limits))?;
        let prepare = |ctx: Ctx<'_>| -> rquickjs::Result<_> {
            let array_of = prelude(&ctx, &host, &budget)?;
            let function = source.function(&ctx)?;
            Ok((
                Persistent::save(&ctx, function),
                Persistent::save(&ctx, array_of),
            ))
        };
        let (function, array_of) = context.with(|ctx| {
            prepare(ctx.clone()).map_err(|error| failure::of(&ctx, error, source, &budget, limits))
        })?;
        let bytes = live_bytes(&runtime);
        Ok(Self {
            function,
            array_of,
            host,
            budget,
            context,
            runtime,
            limits: limits.clone(),
            bytes,
        })
    }

    /// Live bytes when last measured; the truth is at most twice as much.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn run(
        &mut self,
        source: &Source,
        arguments: &[Argument<'_>],
        host: &HostCall,
    ) -> (Result<Value, ScriptError>, Health) {
        self.host.set(host);
        self.budget
            .start(self.limits.instructions, self.limits.wall);
        let result = self.context.with(|ctx| self.call(&ctx, source, arguments));
        let health = match &result {
            Err(error) if error.kind == crate::ErrorKind::Limit => Health::Spoilt,
            _ => self.settle(),
        };
        (result, health)
    }

    fn call(
        &self,
        ctx: &Ctx<'_>,
        source: &Source,
        arguments: &[Argument<'_>],
    ) -> Result<Value, ScriptError> {
        let failed = |error| failure::of(ctx, error, source, &self.budget, &self.limits);
        let returned = self.invoke(ctx, arguments).map_err(|stop| match stop {
            arguments::Stop::Engine(error) => failed(error),
            arguments::Stop::Argument(error) => error,
        })?;
        let settled = match returned.as_promise() {
            Some(promise) => {
                while promise.state() == PromiseState::Pending && self.job(ctx) {}
                match promise.result::<JsValue<'_>>() {
                    Some(result) => result.map_err(failed)?,
                    None => {
                        return Err(self
                            .budget
                            .spent()
                            .map_or_else(never_settles, |spent| spent.error(&self.limits)));
                    }
                }
            }
            None => returned,
        };
        result::read(&settled, &self.limits).map_err(|stop| match stop {
            result::Stop::Engine(error) => failed(error),
            result::Stop::Result(error) => error,
        })
    }

    /// Runs one pending job; false when there is none or the budget is used up.
    fn job(&self, ctx: &Ctx<'_>) -> bool {
        !self.budget.spend(STEPS_PER_JOB) && ctx.execute_pending_job()
    }

    fn invoke<'js>(
        &self,
        ctx: &Ctx<'js>,
        arguments: &[Argument<'_>],
    ) -> Result<JsValue<'js>, arguments::Stop> {
        let mut builder = Builder {
            ctx: ctx.clone(),
            array_of: self.array_of.clone().restore(ctx)?,
            limits: &self.limits,
            left: self.limits.argument_chars,
        };
        let mut args = Args::new(ctx.clone(), arguments.len());
        for argument in arguments {
            args.push_arg(builder.argument(argument)?)?;
        }
        Ok(self.function.clone().restore(ctx)?.call_arg(args)?)
    }

    /// Nothing of this call may reach the next one but what the script keeps on purpose, and that is bounded.
    fn settle(&mut self) -> Health {
        if self.runtime.is_job_pending() {
            self.context
                .with(|ctx| while self.budget.spent().is_none() && ctx.execute_pending_job() {});
        }
        if self.budget.spent().is_some() {
            return Health::Spoilt;
        }
        let most = self.limits.memory_bytes.max(LEAST_MEMORY_BYTES) / 4;
        if self.holds_more_than(most.min(self.bytes.saturating_mul(2))) {
            self.runtime.run_gc();
            self.bytes = live_bytes(&self.runtime);
            if self.bytes > most {
                return Health::Spoilt;
            }
        }
        Health::Good
    }

    /// Asking QuickJS for its live memory walks every object; whether one more fits a bound costs nothing.
    fn holds_more_than(&self, bytes: usize) -> bool {
        self.runtime.set_memory_limit(bytes);
        let more = self.context.with(|ctx| result::memory_is_short(&ctx));
        self.runtime
            .set_memory_limit(self.limits.memory_bytes.max(LEAST_MEMORY_BYTES));
        more
    }
}

fn never_settles() -> ScriptError {
    ScriptError::runtime(
        "promise-pending",
        "the script returned a promise that never settles",
    )
    .hint("return the value itself; there are no timers and nothing to wait for")
}

fn live_bytes(runtime: &Runtime) -> usize {
    usize::try_from(runtime.memory_usage().malloc_size).unwrap_or(usize::MAX)
}

/// Puts the host's clock, randomness and zone, the predefined functions and the guards in place.
/// Returns `Array.of` as it was before anything could patch it.
fn prelude<'js>(
    ctx: &Ctx<'js>,
    host: &Rc<HostCell>,
    budget: &Rc<Budget>,
) -> rquickjs::Result<Function<'js>> {
    let constructor: Object<'js> = ctx.globals().get(PredefinedAtom::Array)?;
    let array_of = constructor.get("of")?;
    let natives = natives::object(ctx, host, budget)?;
    for part in [
        include_str!("prelude/helpers.js"),
        include_str!("prelude/host.js"),
        include_str!("prelude/guards.js"),
    ] {
        let mut options = EvalOptions::default();
        options.filename = Some("prelude.js".to_owned());
        let install: Function<'js> = ctx.eval_with_options(part, options)?;
        install.call::<_, ()>((natives.clone(),))?;
    }
    Ok(array_of)
}
