//! What a run may still spend. QuickJS asks at every 10 000th jump or call, and regular expressions at every
//! 10 000th step; the count of questions does not depend on how busy the machine is.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use crate::{Limits, ScriptError};

/// Jumps and calls between two questions of QuickJS.
const STEPS_PER_TICK: u64 = 10_000;

/// Why a run was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spent {
    Steps,
    Time,
}

#[derive(Debug, Default)]
pub(super) struct Budget {
    ticks: Cell<u64>,
    /// Steps of [`Budget::spend`] that make no tick yet.
    loose: Cell<f64>,
    deadline: Cell<Option<Instant>>,
    spent: Cell<Option<Spent>>,
}

impl Budget {
    pub(super) fn start(&self, steps: u64, wall: Duration) {
        self.ticks.set(steps / STEPS_PER_TICK);
        self.loose.set(0.0);
        self.deadline.set(Instant::now().checked_add(wall));
        self.spent.set(None);
    }

    /// Called by QuickJS: true stops the script, and goes on stopping it whatever it catches.
    pub(super) fn tick(&self) -> bool {
        if self.spent.get().is_none() {
            match self.ticks.get().checked_sub(1) {
                None => self.spent.set(Some(Spent::Steps)),
                Some(_) if self.deadline.get().is_some_and(|end| Instant::now() >= end) => {
                    self.spent.set(Some(Spent::Time));
                }
                Some(left) => self.ticks.set(left),
            }
        }
        self.spent.get().is_some()
    }

    /// Charges work that QuickJS does not count; true when the budget is used up.
    pub(super) fn spend(&self, steps: f64) -> bool {
        // NaN and negative sizes cost nothing; a script can only cheat itself out of real lengths.
        let loose = self.loose.get() + steps.max(0.0);
        let whole = (loose / STEPS_PER_TICK as f64).floor();
        self.loose.set(loose - whole * STEPS_PER_TICK as f64);
        if whole >= 1.0 {
            // One tick is left for the question about time.
            self.ticks
                .set(self.ticks.get().saturating_sub(whole as u64 - 1));
            return self.tick();
        }
        self.spent.get().is_some()
    }

    pub(super) fn spent(&self) -> Option<Spent> {
        self.spent.get()
    }
}

impl Spent {
    pub(super) fn error(self, limits: &Limits) -> ScriptError {
        match self {
            Self::Steps => ScriptError::limit(
                "instructions",
                format!("the script took more than {} steps", limits.instructions),
            )
            .hint("look for a loop that does not end"),
            Self::Time => ScriptError::limit(
                "timeout",
                format!(
                    "the script ran for more than {} ms",
                    limits.wall.as_millis()
                ),
            ),
        }
    }
}
