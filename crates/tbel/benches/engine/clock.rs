//! Executions per second of this thread's own CPU time, so that a busy machine does not matter.

use rustix::time::{ClockId, clock_gettime};

fn cpu_seconds() -> f64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    now.tv_sec as f64 + now.tv_nsec as f64 / 1e9
}

/// Seconds one call takes: the median of fifteen rounds of 20 ms.
pub(crate) fn seconds(call: &mut dyn FnMut()) -> f64 {
    measure(15, 0.02, call)
}

/// The same within some milliseconds, for sums over many scripts.
pub(crate) fn roughly(call: &mut dyn FnMut()) -> f64 {
    measure(5, 0.001, call)
}

fn measure(rounds: usize, least: f64, call: &mut dyn FnMut()) -> f64 {
    let start = cpu_seconds();
    let mut calls = 0u32;
    while cpu_seconds() - start < least {
        call();
        calls += 1;
    }
    let mut rounds: Vec<f64> = (0..rounds)
        .map(|_| {
            let start = cpu_seconds();
            for _ in 0..calls {
                call();
            }
            (cpu_seconds() - start) / f64::from(calls)
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    rounds.get(rounds.len() / 2).copied().unwrap_or(f64::NAN)
}
