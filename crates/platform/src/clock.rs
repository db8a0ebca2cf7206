//! Wall-clock time.

use std::time::{SystemTime, UNIX_EPOCH};

use millrace_model::Millis;

/// Now, in milliseconds since 1970.
#[must_use]
pub fn now_ms() -> Millis {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| {
            i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
        })
}
