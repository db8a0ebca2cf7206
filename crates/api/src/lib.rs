//! The REST and WebSocket doors: a thin translation between clients and `millrace-platform`.
//!
//! Paths, parameters and JSON follow what clients in use send and expect. No rule of the product
//! lives here: a handler reads the request, calls one service and writes the answer. What this
//! crate alone guarantees:
//!
//! - every refusal and failure has the error body of [`error`], a panic included;
//! - a request acts in the [`millrace_platform::Scope`] of its token and in no other;
//! - bodies, frames and queues are bounded.
//!
//! | module | holds |
//! |---|---|
//! | [`auth`] | tokens and the headers that carry them |
//! | `description` | what the description of the API needs beyond the handlers |
//! | [`error`] | status and error body of every failure |
//! | [`extract`] | what handlers take from a request |
//! | `resources` | one file per resource |
//! | [`router`] | the index of paths |
//! | [`state`] | the services behind the doors |
//! | `ws` | the WebSocket doors |

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod auth;
mod description;
pub mod error;
pub mod extract;
mod resources;
mod router;
pub mod state;
mod ws;

pub use router::{openapi, router};
pub use state::ApiState;
