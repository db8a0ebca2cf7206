//! What a replay may take of the processor, and what it took.

use std::time::Duration;

/// The rest of this thread's life gives way to the threads of the message path.
#[cfg(target_os = "linux")]
pub(super) fn step_back() {
    // On Linux a priority belongs to a thread, whatever the name of the call.
    if let Err(error) = rustix::process::setpriority_process(None, 10) {
        tracing::debug!(%error, "a replay runs at the usual priority");
    }
}

/// Elsewhere a priority belongs to the process.
#[cfg(not(target_os = "linux"))]
pub(super) fn step_back() {}

/// Processor time of this thread so far.
#[cfg(unix)]
pub(super) fn used() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(
        u64::try_from(time.tv_sec).unwrap_or_default(),
        u32::try_from(time.tv_nsec).unwrap_or_default(),
    )
}

/// Where threads have no such clock, real time stands for it.
#[cfg(not(unix))]
pub(super) fn used() -> Duration {
    use std::{sync::OnceLock, time::Instant};
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}
