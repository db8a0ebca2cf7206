//! Converters, rule chains and the services around them: what the product does with a message.
//!
//! | module | holds |
//! |---|---|
//! | [`access`] | who may do what |
//! | [`accounts`] | tenants, users, passwords, the first start |
//! | [`alarms`] | alarms: raised, acknowledged, cleared, listed |
//! | [`announce`] | what people did, told to rule chains |
//! | [`chains`] | rule chains, saved and listed |
//! | [`calls`] | commands to devices that somebody waits for |
//! | [`changes`] | "this entity was saved": from services to the running parts |
//! | [`clock`] | wall-clock time |
//! | [`converter`] | what a converter's result means |
//! | [`converters`] | data converters, saved and listed |
//! | [`dashboards`] | dashboards, kept as they came |
//! | [`debug_rule`] | what a save does to debug settings |
//! | [`devices`] | devices, assets, profiles, customers, groups, credentials |
//! | [`downlinks`] | publishes on their way to brokers |
//! | [`error`] | one error type for all services |
//! | [`events`] | what stations saw: recorded within a rate, read back |
//! | [`figures`] | what `/metrics` shows |
//! | [`integrations`] | integrations and their links |
//! | [`notifications`] | messages for people, with a live feed |
//! | [`paging`] | pages over conditions without a column |
//! | [`path`] | a message's way: intake, journal, lanes, done |
//! | [`platform`] | all services of one node |
//! | [`provisioning`] | entities that uplinks name |
//! | [`queries`] | which entities a dashboard means, and what it shows of them |
//! | [`records`] | how every service saves, reads and deletes |
//! | [`relations`] | relations between entities |
//! | [`replay`] | captured messages, and scripts run over them again |
//! | [`rules`] | the rule engine |
//! | [`scope`] | whose data a call may touch |
//! | [`telemetry`] | points, latest values and attributes: memory over tables |
//!
//! Knows no HTTP status codes and no SQL.

// A test that cannot go on may panic.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod access;
pub mod accounts;
pub mod alarms;
pub mod announce;
pub mod calls;
pub mod chains;
pub mod changes;
pub mod clock;
pub mod converter;
pub mod converters;
pub mod dashboards;
pub mod debug_rule;
pub mod devices;
pub mod downlinks;
pub mod error;
pub mod events;
pub mod figures;
#[cfg(test)]
mod fixture;
pub mod integrations;
pub mod notifications;
pub mod paging;
pub mod path;
pub mod platform;
pub mod provisioning;
pub mod queries;
pub mod records;
pub mod relations;
pub mod replay;
pub mod rules;
pub mod scope;
pub mod telemetry;

pub use error::{PlatformError, Result};
/// What nodes send to other systems.
pub use millrace_outbound as outbound;
pub use platform::{Platform, PlatformOptions, Running, Stores};
pub use records::Records;
pub use scope::Scope;
