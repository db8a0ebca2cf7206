//! The doors as clients see them: real HTTP and WebSocket over real stores.
#![allow(unreachable_pub, clippy::unwrap_used)]

mod app;

mod auth;
mod client_requests;
mod configuration;
mod devices;
mod errors;
mod events;
mod hostile;
mod notifications;
mod openapi;
mod relations;
mod socket;
mod socket_bounds;
mod system;
mod telemetry;
mod wall;
