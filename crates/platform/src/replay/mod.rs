//! Captured messages, and scripts run over them again.
//!
//! What integrations received is in the journal: its recent *in* records are the captured messages.
//! Nothing else is written for them, and nothing has to be switched on. A replay runs an edited
//! converter over them beside the deployed one, with the clock and the randomness that each message
//! had, and tells what would differ. It has no effect: nothing is stored, sent or created.
//!
//! # Guarantees
//!
//! * Only the caller's tenant is seen.
//! * Bounded: messages, bytes and time of every call; few replays run at once. What a bound cut off
//!   is said.
//! * The message path does not wait: replays run on threads of their own at a low priority.

mod captured;
mod changes;
mod cpu;
mod decoder;
mod report;
mod run;
mod sources;

use std::{sync::Arc, time::Duration};

use millrace_store::Journal;
use tokio::sync::{Semaphore, oneshot};

pub use captured::{CapturedMessage, CapturedMessages, MessageQuery, Outcome};
pub use changes::{Change, Difference};
pub use report::{Decoded, Failure, ReplayReport, ReplayRow, ReplaySummary, Verdict};
pub use run::ReplayRequest;

use crate::{PlatformError, Records, Result, Scope, access};

/// Most messages of one call.
pub const MOST_MESSAGES: usize = 500;
/// Messages when a call names no number.
pub const USUAL_MESSAGES: usize = 100;
/// Bytes of a payload that a list shows; the whole one is fetched by its id.
pub const SHOWN_PAYLOAD: usize = 64 << 10;
/// Bytes of payloads and results in one answer.
const ANSWER_BYTES: usize = 8 << 20;
/// How long a replay may take, and how long when a call does not say.
const LONGEST: Duration = Duration::from_secs(30);
const USUAL_TIME: Duration = Duration::from_secs(10);
/// How long one look through the journal may take.
const LOOK: Duration = Duration::from_secs(5);
/// Replays that run at once, for all tenants together.
const AT_ONCE: usize = 2;
/// How long a replay waits for its turn.
const TURN: Duration = Duration::from_secs(5);

/// Captured messages of a tenant, and replays. Only its administrators reach them.
pub struct Replays {
    records: Records,
    journal: Arc<dyn Journal>,
    turns: Arc<Semaphore>,
}

impl Replays {
    /// Replays of what `journal` keeps.
    #[must_use]
    pub fn new(records: Records, journal: Arc<dyn Journal>) -> Self {
        Self {
            records,
            journal,
            turns: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// The last messages that an integration, or all integrations of a converter, received; newest
    /// first.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`] for a source that is not the tenant's, [`PlatformError::Invalid`]
    /// for a number or a filter out of bounds.
    pub fn messages(&self, scope: &Scope, query: &MessageQuery) -> Result<CapturedMessages> {
        access::require_admin(scope)?;
        let sources = sources::find(&self.records, scope, query.source)?;
        captured::page(&*self.journal, scope.tenant, &sources, query)
    }

    /// One message with its whole payload.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`] when the journal does not hold it (any more), or its integration
    /// is not the tenant's.
    pub fn message(&self, scope: &Scope, id: &str) -> Result<CapturedMessage> {
        access::require_admin(scope)?;
        captured::one(&*self.journal, &self.records, scope, id)
    }

    /// Runs a script over captured messages, beside the deployed one. Ends early when the caller
    /// goes away.
    ///
    /// # Errors
    /// As [`Self::messages`]; [`PlatformError::Invalid`] for a request without a script or with the
    /// id of no message; [`PlatformError::Throttled`] when others' replays take all turns.
    pub async fn run(&self, scope: &Scope, request: ReplayRequest) -> Result<ReplayReport> {
        access::require_admin(scope)?;
        let turn = tokio::time::timeout(TURN, Arc::clone(&self.turns).acquire_owned())
            .await
            .ok()
            .and_then(std::result::Result::ok)
            .ok_or_else(|| {
                PlatformError::Throttled(format!(
                    "{AT_ONCE} replays are running already: try again in a moment"
                ))
            })?;
        let (records, journal) = (self.records.clone(), Arc::clone(&self.journal));
        let scope = *scope;
        let (answer, answered) = oneshot::channel();
        // A thread of its own: a low priority stays with its thread.
        let spawned = std::thread::Builder::new()
            .name("replay".to_owned())
            .spawn(move || {
                cpu::step_back();
                let gone = || answer.is_closed();
                let report = run::run(&*journal, &records, &scope, &request, &gone);
                drop(turn);
                // Nobody listens any more when the caller is gone.
                drop(answer.send(report));
            });
        if let Err(error) = spawned {
            return Err(PlatformError::Internal(format!(
                "no thread for a replay: {error}"
            )));
        }
        answered.await.map_err(|_| {
            PlatformError::Internal("the replay broke off inside the server".to_owned())
        })?
    }
}
