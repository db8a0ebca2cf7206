//! The rule engine: compiled chains, the nodes they are made of, and the walk of a message.
//!
//! A chain is an immutable graph ([`Chain`]), swapped whole when it is saved; a message in flight
//! finishes on the graph it started on. Nodes declare what they need through [`Services`] and
//! never open connections, read clocks or touch storage themselves.

pub mod call;
pub mod chain;
pub mod descriptor;
pub mod directory;
mod looked_up;
pub mod message;
pub mod node;
pub mod nodes;
#[cfg(test)]
pub(crate) mod recording;
pub mod registry;
pub mod stored;
pub mod template;
pub mod walk;

pub use call::{CallLedger, CallRef};
pub use chain::{Chain, ChainNode, NodeCounters, NodeCounts};
pub use descriptor::{ComponentKind, Example, NodeDescriptor, Setting, SettingKind};
pub use directory::Directory;
pub use message::{Data, Metadata, RuleMessage, Text};
pub use node::{
    BoxFuture, BuildError, ChainTarget, Command, CommandEnd, Commands, Continuation, Node, Outcome,
    Place, Services, off_lane,
};
pub use registry::ChainRegistry;
pub use template::{Filling, Template};
pub use walk::{Parked, Position, Step, Tap, walk};
