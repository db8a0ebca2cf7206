//! What the program does beside serving.

pub(crate) mod backup;
pub(crate) mod config;
pub(crate) mod converter;
pub(crate) mod data;
mod export_series;
mod progress;
pub(crate) mod script;
pub(crate) mod transfer;
