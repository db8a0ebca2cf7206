//! The rule engine: compiled chains, the nodes they are made of, and the walk of a message.
//!
//! A chain is an immutable graph ([`Chain`]), swapped whole when it is saved; a message in flight
//! finishes on the graph it started on. Nodes declare what they need through [`Services`] and
//! never open connections, read clocks or touch storage themselves.

pub mod chain;
pub mod descriptor;
pub mod message;
pub mod node;
pub mod nodes;
pub mod registry;
pub mod walk;

pub use chain::{Chain, ChainNode, NodeCounters};
pub use descriptor::{ComponentKind, Example, NodeDescriptor, Setting};
pub use message::{Data, Metadata, RuleMessage, Text};
pub use node::{BuildError, Node, Outcome, Services};
pub use registry::ChainRegistry;
pub use walk::{Parked, Step, Tap, walk};
