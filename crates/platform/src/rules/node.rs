//! What a node is, and what it may ask of its surroundings.

use std::{borrow::Cow, future::Future, pin::Pin, sync::Arc, time::Duration};

use millrace_model::{
    AttributeScope, EntityId, Millis, TenantId,
    id::{IntegrationId, RuleChainId, RuleNodeId},
    telemetry::TsValue,
};
use millrace_script::{Argument, Script, ScriptError, Value as ScriptValue};
use millrace_store::journal::OutRecord;
use uuid::Uuid;

use super::{chain::Chain, directory::Directory, message::RuleMessage, walk::Position};

/// One step of a chain. Built once from its settings, shared by all lanes.
pub trait Node: Send + Sync {
    /// Handles one message. Must not block: what waits is returned as [`Outcome::Parked`].
    fn process(&self, message: RuleMessage, services: &mut dyn Services) -> Outcome;

    /// How often [`Node::tick`] is called while the chain is in force; `None` = never.
    fn period(&self) -> Option<Duration> {
        None
    }

    /// A node that makes messages of its own makes the next one. A failure does not end the
    /// ticking.
    fn tick(&self, _services: &mut dyn Services) -> Outcome {
        Outcome::Consumed
    }
}

/// What a node does after it waited, back in its lane.
pub type Continuation = Box<dyn FnOnce(&mut dyn Services) -> Outcome + Send>;

/// What became of a message in a node.
pub enum Outcome {
    /// It leaves over the connections with this label.
    Next(Cow<'static, str>, RuleMessage),
    /// Several messages leave, each over its own label.
    Several(Vec<(Cow<'static, str>, RuleMessage)>),
    /// It failed: leaves over `Failure` with the text under metadata `error`.
    Failed(String, RuleMessage),
    /// The node waits for something; the lane goes on with other messages.
    Parked(BoxFuture<Outcome>),
    /// As [`Outcome::Parked`], but the message that came in is done with it: what comes of the wait
    /// is new, and ends with the process.
    Later(BoxFuture<Outcome>),
    /// After a wait the node needs its services again (a script, a save).
    Continue(Continuation),
    /// It goes into another chain; what that chain's *output* nodes hand back leaves this node,
    /// labelled with their name.
    Enter(ChainTarget, RuleMessage),
    /// It goes back to the node that sent it into this chain.
    Return(RuleMessage),
    /// The node keeps it; this branch is done.
    Consumed,
}

/// A chain that a node sends messages to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChainTarget {
    /// This one.
    Id(RuleChainId),
    /// The chain that messages of the originator enter: its profile's, or the root chain.
    OfOriginator,
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

    /// The walk goes into a node: it is the one that asks from now on.
    fn enter(&mut self, at: &Position);

    /// The node that asks, and its chain.
    fn place(&self) -> Option<Place>;

    /// The latest value of a key.
    fn latest(&self, entity: EntityId, key: &str) -> Option<TsValue>;

    /// Entities, relations, history and alarms. Reads may wait for a disk: a node asks only
    /// [`off_lane`].
    fn directory(&self) -> Arc<Directory>;

    /// Commands to devices that wait for an end.
    fn commands(&self) -> Option<Arc<dyn Commands>>;

    /// Hands a message to an integration: its downlink converter makes publishes of it, which
    /// leave now or wait for the connection. What becomes of them is seen at the integration.
    ///
    /// # Errors
    /// When there is no such integration in the tenant, it is disabled or has no downlink
    /// converter.
    fn downlink(&mut self, integration: IntegrationId, message: &RuleMessage)
    -> Result<(), String>;

    /// Keeps a message until `due`; it leaves the asking node over `Success` then, with a new id.
    /// It survives a restart. The message that runs is done with it.
    ///
    /// # Errors
    /// When `most` messages of this node wait already.
    fn schedule(&mut self, message: RuleMessage, due: Millis, most: usize) -> Result<(), String>;

    /// A chain of the tenant in force.
    fn chain(&self, target: ChainTarget, message: &RuleMessage) -> Option<Arc<Chain>>;

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

/// Where a node stands.
#[derive(Debug, Clone)]
pub struct Place {
    /// Its chain.
    pub chain: RuleChainId,
    /// Name of the chain.
    pub chain_name: Arc<str>,
    /// The node.
    pub node: RuleNodeId,
    /// Name of the node.
    pub node_name: Arc<str>,
}

/// Something that is awaited outside the lane.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// What came of a command: what the device answered (`None` for a one-way command that was taken),
/// or the code of the failure (`TIMEOUT`, `NO_ACTIVE_CONNECTION`, ...).
pub type CommandEnd = Result<Option<String>, String>;

/// Commands to devices, as nodes see them.
pub trait Commands: Send + Sync {
    /// Starts a command; its message enters the device's chain.
    fn send(&self, tenant: TenantId, command: Command) -> BoxFuture<CommandEnd>;

    /// Waits for the end of a call that runs already. `None`: it was taken, or is not known here;
    /// there is nothing to add.
    fn end_of(&self, call: Uuid) -> BoxFuture<Option<CommandEnd>>;

    /// A device answers: the call is named by its `requestUUID` or `requestId`, or is the only one
    /// that is open for the device. `arrived`: when the answer came to the server.
    ///
    /// # Errors
    /// When no call waits for this answer; nobody got it then.
    fn answer(
        &self,
        tenant: TenantId,
        device: EntityId,
        call: Option<&str>,
        answer: &str,
        arrived: Millis,
    ) -> Result<(), String>;
}

/// A command a node sends.
#[derive(Debug, Clone)]
pub struct Command {
    /// The device.
    pub device: EntityId,
    /// Name of the method.
    pub method: String,
    /// Parameters, as JSON text.
    pub params: Option<String>,
    /// Whether nobody waits for an answer.
    pub oneway: bool,
    /// When it is no use any more.
    pub expires: Millis,
    /// For the caller's own use.
    pub additional_info: Option<String>,
}

/// Runs `work` on a thread that may wait, and comes back to the lane with what it returns. The
/// lane goes on with other messages meanwhile.
pub fn off_lane(
    services: &dyn Services,
    work: impl FnOnce(&Directory) -> Outcome + Send + 'static,
) -> Outcome {
    let directory = services.directory();
    Outcome::Parked(Box::pin(async move {
        let joined = tokio::task::spawn_blocking(move || work(&directory)).await;
        match joined {
            Ok(outcome) => outcome,
            // The message runs again: its branch is dropped with this task.
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }))
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
