//! What a process has used so far, as the kernel counts it.

use std::time::Duration;

/// Clock ticks a second in `/proc`, fixed at 100 on Linux.
const TICKS: u64 = 100;

/// A reading of one process.
#[derive(Clone, Copy)]
pub(crate) struct Usage {
    /// User and system time of all threads.
    pub(crate) cpu: Duration,
}

impl Usage {
    pub(crate) fn of(pid: u32) -> Self {
        let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("the process runs");
        let after_name = text.rsplit_once(')').map_or("", |(_, rest)| rest);
        let ticks: u64 = after_name
            .split_whitespace()
            .skip(11)
            .take(2)
            .filter_map(|field| field.parse::<u64>().ok())
            .sum();
        Self {
            cpu: Duration::from_millis(ticks * 1000 / TICKS),
        }
    }
}
