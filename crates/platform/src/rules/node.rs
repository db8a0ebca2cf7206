//! What a node is, and what it may ask of its surroundings.

use std::{borrow::Cow, future::Future, pin::Pin, sync::Arc};

use millrace_model::{AttributeScope, EntityId, Millis, TenantId, telemetry::TsValue};
use millrace_script::{Argument, Script, ScriptError, Value as ScriptValue};
use millrace_store::journal::OutRecord;

use super::message::RuleMessage;

/// One step of a chain. Built once from its settings, shared by all lanes.
pub trait Node: Send + Sync {
    /// Handles one message. Must not block: what waits is returned as [`Outcome::Parked`].
    fn process(&self, message: RuleMessage, services: &mut dyn Services) -> Outcome;
}

/// What became of a message in a node.
pub enum Outcome {
    /// It leaves over the connections with this label.
    Next(Cow<'static, str>, RuleMessage),
    /// Several messages leave, each over its own label.
    Several(Vec<(Cow<'static, str>, RuleMessage)>),
    /// It failed: leaves over `Failure` with the text under metadata `error`.
    Failed(String, RuleMessage),
    /// The node waits for something; the lane goes on with other messages.
    Parked(Pin<Box<dyn Future<Output = Outcome> + Send>>),
    /// The node keeps it; this branch is done.
    Consumed,
}

impl Outcome {
    /// The message leaves over `Success`.
    #[must_use]
    pub fn success(message: RuleMessage) -> Self {
        Self::Next(
            Cow::Borrowed(millrace_model::message::relation::SUCCESS),
            message,
        )
    }
}

/// What nodes may ask for; the message path provides it.
pub trait Services {
    /// Tenant the chain belongs to.
    fn tenant(&self) -> TenantId;

    /// Saves points or attributes: visible at once, on disk with the next commit.
    fn save(&mut self, record: OutRecord);

    /// A stored attribute.
    fn attribute(&self, entity: EntityId, scope: AttributeScope, key: &str) -> Option<TsValue>;

    /// Runs a script within its limits; the clock it sees is the message's.
    ///
    /// # Errors
    /// The script's own failure.
    fn run_script(
        &mut self,
        script: &Script,
        message: &RuleMessage,
        arguments: &[Argument<'_>],
    ) -> Result<ScriptValue, ScriptError>;

    /// Writes a line to the tenant's log.
    fn log(&mut self, message: &RuleMessage, line: &str);

    /// Sends a new message, caused by the one that runs, into the chain of its originator.
    fn emit(&mut self, message: RuleMessage);

    /// When the message that runs arrived.
    fn arrival_ms(&self) -> Millis;
}

/// Settings a node cannot be built from. Names the setting and the fix.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
#[error("{0}")]
pub struct BuildError(pub String);

impl From<serde_json::Error> for BuildError {
    fn from(error: serde_json::Error) -> Self {
        Self(format!("settings cannot be read: {error}"))
    }
}

/// A node shared by all lanes.
pub type SharedNode = Arc<dyn Node>;
