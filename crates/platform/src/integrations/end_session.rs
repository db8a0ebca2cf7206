//! Ends a broker session that nothing runs for any more.

use std::sync::Arc;

use millrace_link::{
    Batch, BoxFuture, Intake, Link, LinkConfig, LinkEvent, LinkStart, Observer, StopMode, Taken,
};
use tokio::runtime::Handle;

/// Connects once to end a session; a broker that is gone has no session to end.
pub(super) async fn end_session(mut config: LinkConfig, runtime: &Handle) {
    config.clean_session = false;
    let address = config.address();
    let link = Link::start(
        config,
        LinkStart::default(),
        Arc::new(Closed),
        Arc::new(Silent),
        runtime,
    );
    let ended = match link {
        Ok(link) => link.stop(StopMode::EndSession).await.session_ended,
        Err(_) => false,
    };
    if !ended {
        tracing::info!(broker = %address, "the old session could not be ended: the broker was not reached");
    }
}

/// Takes nothing: what the old session still holds goes with it.
struct Closed;

impl Intake for Closed {
    fn offer(&self, batch: Batch<'_>) -> Taken {
        batch.refuse()
    }

    fn room(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::pending())
    }
}

/// Says nothing.
struct Silent;

impl Observer for Silent {
    fn event(&self, _event: LinkEvent) {}
}
