//! The link's task: connects, serves the connection, pauses, connects again, until stopped.

use std::sync::Arc;

use tokio::sync::{mpsc, watch};

use crate::config::{LinkConfig, TopicFilter};
use crate::event::Observer;
use crate::intake::{Intake, LinkStart};
use crate::link::{StopMode, StopReport};
use crate::outgoing::PublishRequest;
use crate::status::Shared;

/// Everything the task owns.
pub(crate) struct Worker {
    stopping: watch::Receiver<Option<StopMode>>,
}

impl Worker {
    #[allow(clippy::too_many_arguments)]
    pub(crate) fn new(
        _cfg: LinkConfig,
        _start: LinkStart,
        _intake: Arc<dyn Intake>,
        _observer: Arc<dyn Observer>,
        _shared: Arc<Shared>,
        _publishes: mpsc::Receiver<PublishRequest>,
        _filters: watch::Receiver<Vec<TopicFilter>>,
        stopping: watch::Receiver<Option<StopMode>>,
    ) -> Self {
        Self { stopping }
    }

    pub(crate) async fn run(mut self) -> StopReport {
        let _ = self.stopping.wait_for(Option::is_some).await;
        StopReport::default()
    }
}
