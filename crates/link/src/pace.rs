//! When to let the socket fill before the next read.
//!
//! Under load, reading at once after a short read costs one wake-up and one write for a handful of
//! messages. A pause of up to a millisecond gathers more of them, for more throughput at less CPU.

use std::time::Duration;

use tokio::time::Instant;

/// The pause.
const PAUSE: Duration = Duration::from_millis(1);
/// Reads at least this large are load; smaller ones are answered at once.
const LOAD: usize = 2 << 10;

/// Decides about pauses from the sizes of reads.
#[derive(Debug, Default)]
pub(crate) struct Pace;

impl Pace {
    /// Earliest moment of the next read after one of `count` bytes; `short`: the socket is empty.
    pub(crate) fn after_read(&mut self, count: usize, short: bool) -> Option<Instant> {
        (short && count >= LOAD).then(|| Instant::now() + PAUSE)
    }
}
