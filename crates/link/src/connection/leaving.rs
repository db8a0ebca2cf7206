//! The last steps of a connection that was stopped.

use std::time::Duration;

use tokio::io::AsyncWrite;
use tokio::time::{Instant, timeout};

use super::{Ending, Live};
use crate::codec::encode_disconnect;
use crate::link::StopMode;
use crate::status::LinkState;

/// How long the last confirmation, and DISCONNECT, may take.
const GOODBYE: Duration = Duration::from_secs(1);

/// The link is to end; this is how far it has come.
pub(super) struct Stopping {
    pub(super) deadline: Instant,
    /// A last PINGREQ shows that the acknowledgements arrived; until then, wait.
    pub(super) confirming: bool,
}

impl<W: AsyncWrite + Unpin> Live<'_, W> {
    pub(super) fn begin_stop(&mut self) {
        if self.state.stopping.borrow().is_none() {
            return;
        }
        self.state.inflow.accepting = false;
        self.stop = Some(Stopping {
            deadline: Instant::now() + self.state.cfg.stop_timeout,
            confirming: false,
        });
        self.state.enter(LinkState::Stopping, None);
    }

    /// When stopping: says goodbye once nothing is owed any more, or time is up.
    pub(super) async fn finish_stop(&mut self, now: Instant) -> Option<Ending> {
        let deadline = self.stop.as_ref()?.deadline;
        let owed = self.state.inflow.owed_for_taken();
        let busy = owed > 0 || self.state.outgoing.under_way() > 0 || self.outbox.backlog() > 0;
        if busy && now < deadline {
            return None;
        }
        if now < deadline {
            if self.state.inflow.redelivery().awaits_confirmation() && !self.paused {
                let stop = self.stop.as_mut()?;
                if !stop.confirming {
                    stop.confirming = true;
                    stop.deadline = stop.deadline.min(now + GOODBYE);
                    self.ping(now);
                    return None;
                }
                return None;
            }
            if self.stop.as_ref()?.confirming {
                return None;
            }
        }
        let end_session = *self.state.stopping.borrow() == Some(StopMode::EndSession)
            && !self.state.cfg.clean_session;
        if let Ok(disconnect) = encode_disconnect(self.state.cfg.version, end_session) {
            self.outbox.bytes().extend_from_slice(&disconnect);
        }
        // The broker may be gone already; then there is nobody to say goodbye to.
        let _ = timeout(GOODBYE, self.outbox.close()).await;
        Some(Ending::Stopped {
            unacknowledged: owed,
        })
    }
}
