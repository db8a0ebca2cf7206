//! A message's way: intake, journal, lanes, conversion, rules, done.
//!
//! ```text
//! link ── offer ──► intake ──► journal (sync) ──► acknowledgement
//!                     │
//!                     └──────► lane of the topic: converter ──► lane of the originator: rule chain
//!                                                                   │
//!                                        memory at once, journal with the next commit ◄┘
//! ```
//!
//! # Guarantees
//!
//! * A message is *done* when every branch it split into has said so ([`Branch::finish`]). A branch
//!   that is dropped instead (a panic, a forgotten hand-over) makes the message run again; after
//!   three starts it is set aside with an event.
//! * "Done" is written in the same commit as what the message caused, or a later one, never an
//!   earlier one.
//! * Accepted but unfinished messages are bounded in bytes ([`Budget`]); at the bound the intake
//!   takes nothing more.
//! * Messages of one topic are converted in order of arrival; messages of one originator enter the
//!   chain in the order their conversions ended.

mod answers;
mod budget;
mod convert;
mod delivery;
mod enter;
mod intake;
mod janitor;
mod lane;
mod notices;
mod outstanding;
mod owed;
mod patience;
mod recovery;
mod route;
mod runtime;
mod script_metadata;
mod seen;
mod services;
mod session;
mod start;
mod ticker;

pub(crate) use answers::take_answer;
pub use budget::Budget;
pub(crate) use convert::messages_of;
pub use delivery::{Accepted, Branch, Cause};
pub use enter::AlarmDoor;
pub use intake::UplinkIntake;
pub use lane::{Lanes, Routed, Work};
pub use owed::{Owed, OwedItem, owed_kind};
pub use recovery::{Recovered, RecoveredSession, recover};
pub use runtime::{ConverterRuntime, IntegrationRuntime, UplinkCounters};
pub(crate) use script_metadata::{own_metadata, parse_properties, script_metadata};
pub use session::SessionMirror;
pub use start::{Path, PathOptions, PathParts};
