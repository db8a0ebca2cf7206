//! Named places where a test may end the process as a power cut would.
//!
//! Only with the feature `fault-points`: then [`hit`] aborts the process when the environment
//! variable `MILLRACE_FAULT_POINT` is the name of the place, or `name:count` at the count-th time
//! it is reached. Without the feature the call compiles to nothing.
//!
//! Places of this crate: `journal.synced` (a commit is on disk, nobody has been told),
//! `fold.inside` (inside a fold's transaction), `fold.before_trim` (before the journal lets go of
//! folded records).

/// Ends the process here when the environment asks for it.
#[cfg(feature = "fault-points")]
pub fn hit(name: &str) {
    use std::sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    };

    static WANTED: OnceLock<Option<(String, u64)>> = OnceLock::new();
    static HITS: AtomicU64 = AtomicU64::new(0);

    let wanted = WANTED.get_or_init(|| {
        let text = std::env::var("MILLRACE_FAULT_POINT").ok()?;
        Some(match text.rsplit_once(':') {
            Some((name, count)) => (name.to_owned(), count.parse().ok()?),
            None => (text, 1),
        })
    });
    if let Some((point, count)) = wanted
        && point == name
        && HITS.fetch_add(1, Ordering::SeqCst) + 1 == *count
    {
        std::process::abort();
    }
}

/// Ends the process here when the environment asks for it.
#[cfg(not(feature = "fault-points"))]
#[inline(always)]
pub fn hit(_name: &str) {}
