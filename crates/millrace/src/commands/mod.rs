//! Commands that need no server.

pub(crate) mod config;
pub(crate) mod converter;
pub(crate) mod script;
pub(crate) mod transfer;
