//! Commands to devices that somebody waits for: remote procedure calls.
//!
//! A call becomes a message in the rule chain of its device. It is **taken** when one publish made
//! for it is with the broker; a one-way call has succeeded then, a two-way call waits for the
//! device's answer. A call of which every branch ended while nothing was taken ends at once, with
//! the reason.
//!
//! # Guarantees
//!
//! * Calls of one device leave in the order they were started; none is merged or dropped.
//! * An answer reaches the caller it is for, or nobody: one that fits no call, or more than one,
//!   leaves an event at the device and is counted.
//! * No branch, earlier or later, turns a taken call into an untaken one.
//! * Open calls are bounded in number and time; what is remembered of ended ones is bounded too.
//! * A lightweight call ends with the process. A persistent one is a row whose state changes only
//!   on evidence, and goes on after a restart.

mod answer;
mod book;
mod commands;
mod message;
mod outcome;
mod persistent;
mod recent;
mod service;

pub use answer::DeviceAnswer;
pub use outcome::{CallFailure, CallOutcome, FailureCode};
pub use persistent::Rpcs;
pub use recent::CallView;
pub use service::{CallOptions, CallRequest, Calls};
