//! Waiting for a condition instead of for time.

use std::fmt::Display;
use std::future::Future;
use std::time::{Duration, Instant};

/// How long a condition may take that a healthy system meets within milliseconds. Generous,
/// because debug builds share two cores with their neighbours.
const PATIENCE: Duration = Duration::from_secs(20);

/// Polls `probe` until it answers `Ok`, and returns that value.
///
/// # Panics
/// After 20 s, naming `what` was awaited and the last refusal.
pub async fn eventually<T, E, F, Fut>(what: &str, probe: F) -> T
where
    E: Display,
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, E>>,
{
    eventually_within(PATIENCE, what, probe).await
}

/// [`eventually`] with a deadline of its own.
///
/// # Panics
/// After `deadline`, naming `what` was awaited and the last refusal.
pub async fn eventually_within<T, E, F, Fut>(deadline: Duration, what: &str, mut probe: F) -> T
where
    E: Display,
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, E>>,
{
    let started = Instant::now();
    let mut pause = Duration::from_millis(10);
    loop {
        match probe().await {
            Ok(value) => return value,
            Err(last) if started.elapsed() >= deadline => {
                panic!("not within {deadline:?}: {what}; last seen: {last}")
            }
            Err(_) => {}
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 3 / 2).min(Duration::from_millis(200));
    }
}
