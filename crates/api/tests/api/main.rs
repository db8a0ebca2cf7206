//! The doors as clients see them: real HTTP and WebSocket over real stores.
#![allow(unreachable_pub, clippy::unwrap_used)]

mod app;

mod alarms;
mod auth;
mod chain_imports;
mod chain_messages;
mod client_requests;
mod configuration;
mod dashboards;
mod devices;
mod entity_queries;
mod entity_socket;
mod errors;
mod events;
mod hostile;
mod keys;
mod messages;
mod notifications;
mod openapi;
mod owners;
mod relations;
mod scripts;
mod socket;
mod socket_bounds;
mod system;
mod telemetry;
mod wall;
