//! Publishes on their way to brokers.
//!
//! *integration downlink* runs the converter in the lane of the message and puts what it makes into
//! the queue of the integration; the dispatcher of the integration's link takes it from there.
//!
//! # Guarantees
//!
//! * A queue is bounded in messages, bytes and time. What does not fit is refused, what waits too
//!   long is dropped; both leave an event and are counted.
//! * Publishes of one device leave in the order they were queued, and commands in the order of
//!   their calls.
//! * What waits for a call that ended in a failure is withdrawn: a command whose caller was told
//!   that it failed does not reach the device later.
//! * What a message of a broker caused is kept in the journal until it is with the broker. What a
//!   call caused is not: the caller of a lightweight call is gone with the process, and a
//!   persistent call is sent again by itself.
//! * Nothing here waits behind uplinks: while they come faster than they are stored, commands have
//!   a connection of their own.

mod dispatch;
mod hand_over;
mod outlet;
mod queue;
mod settings;
mod stored;

pub use dispatch::dispatch;
pub(crate) use hand_over::hand_over;
pub use outlet::Outlet;
pub use queue::{DownlinkQueue, Full, QueueBounds, QueuedDownlink, Withdrawn};
pub use settings::{DownlinkConverter, DownlinkSettings, IntegrationDownlinks};
pub(crate) use stored::restore;
