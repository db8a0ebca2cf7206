//! Instructions, time and memory of one run.

use std::time::{Duration, Instant};

use crate::error::Fault;
use crate::limits::Limits;
use crate::value::{Heap, Value};

/// How many instructions pass between looks at the clock.
const CLOCK_EVERY: u64 = 4_000;

/// More values on the stack than this are a limit error; calls and hidden variables share it.
const STACK: usize = 1 << 18;

pub(super) struct Budget {
    instructions: u64,
    time: Option<Duration>,
    /// Set at the first look at the clock, so that short runs never take one.
    started: Option<Instant>,
    next_look: u64,
}

impl Budget {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            instructions: limits.instructions,
            time: limits.time,
            started: None,
            next_look: CLOCK_EVERY.min(limits.instructions),
        }
    }

    /// Checked at loop turns and calls: usually nothing is near.
    #[inline(always)]
    pub(super) fn turn(
        &mut self,
        executed: u64,
        heap: &mut Heap,
        stack: &mut [Value],
    ) -> Result<(), Fault> {
        if executed.saturating_add(heap.work()) < self.next_look
            && stack.len() <= STACK
            && !heap.needs_collection()
        {
            return Ok(());
        }
        self.check(executed, heap, stack)
    }

    #[inline(never)]
    pub(super) fn check(
        &mut self,
        executed: u64,
        heap: &mut Heap,
        stack: &mut [Value],
    ) -> Result<(), Fault> {
        let used = executed.saturating_add(heap.work());
        if used > self.instructions {
            let message = format!(
                "the script ran more than {} instructions",
                self.instructions
            );
            return Err(Fault::limit("instructions", message));
        }
        if used >= self.next_look {
            let next = used.saturating_add(CLOCK_EVERY);
            self.next_look = next.min(self.instructions.saturating_add(1));
            self.look_at_clock()?;
        }
        if stack.len() > STACK {
            return Err(Fault::limit(
                "stack",
                "the script uses too many variables at once",
            ));
        }
        if heap.needs_collection() {
            heap.collect(stack)?;
        }
        Ok(())
    }

    fn look_at_clock(&mut self) -> Result<(), Fault> {
        let Some(most) = self.time else { return Ok(()) };
        let started = *self.started.get_or_insert_with(Instant::now);
        if started.elapsed() > most {
            return Err(Fault::limit(
                "timeout",
                format!("the script ran longer than {} ms", most.as_millis()),
            ));
        }
        Ok(())
    }
}
