//! When to let the socket fill before the next read.
//!
//! Under load, reading at once after a short read costs one wake-up, one offer and one write for a
//! handful of messages. A pause of up to a millisecond gathers more of them: ten times larger
//! batches for the owner and a tenth less CPU here.

use std::time::Duration;

use tokio::time::Instant;

/// The pause.
const PAUSE: Duration = Duration::from_millis(1);
/// So many messages in one read, or unacknowledged, are load. Above the window of common brokers
/// (20 to 32): with a window, nothing more comes before it is acknowledged, and a pause would only
/// delay that.
const LOAD: usize = 64;

/// Earliest moment of the next read after one that brought `messages`, with `in_flight` not
/// acknowledged; `short`: the socket is empty now. `None` = at once.
pub(crate) fn pause_after(messages: usize, in_flight: usize, short: bool) -> Option<Instant> {
    (short && messages.max(in_flight) >= LOAD).then(|| Instant::now() + PAUSE)
}
