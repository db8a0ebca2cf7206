//! How many connections there may be.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A full house is told no more often than this.
const TOLD_EVERY: Duration = Duration::from_secs(60);

/// The places for connections.
pub(super) struct Places {
    free: Arc<Semaphore>,
    bound: usize,
    told: Option<Instant>,
}

/// One open connection; dropping it gives the place back.
pub(super) struct Place {
    // Nobody closes the semaphore, so it is always there.
    _permit: Option<OwnedSemaphorePermit>,
}

impl Places {
    pub(super) fn new(bound: usize) -> Self {
        metrics::describe_gauge!("millrace_http_connections", "Open connections of clients");
        metrics::describe_counter!(
            "millrace_http_cut_total",
            "Connections and requests that were ended, by the bound they met"
        );
        Self {
            free: Arc::new(Semaphore::new(bound)),
            bound,
            told: None,
        }
    }

    /// A place, as soon as there is one.
    pub(super) async fn take(&mut self) -> Place {
        let now = Instant::now();
        let is_time = self.told.is_none_or(|told| now - told >= TOLD_EVERY);
        if self.free.available_permits() == 0 && is_time {
            self.told = Some(now);
            tracing::warn!(
                connections = self.bound,
                "all connections are taken: new ones wait until one ends (http.connections)"
            );
        }
        let permit = Arc::clone(&self.free).acquire_owned().await.ok();
        metrics::gauge!("millrace_http_connections").increment(1.0);
        Place { _permit: permit }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        metrics::gauge!("millrace_http_connections").decrement(1.0);
    }
}
