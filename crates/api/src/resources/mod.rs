//! One file per resource: its handlers, their parameters and types, and their descriptions.

pub(crate) mod activation;
pub(crate) mod alarm;
pub(crate) mod api_key;
pub(crate) mod asset;
pub(crate) mod asset_profile;
pub(crate) mod auth;
pub(crate) mod component;
pub(crate) mod converter;
pub(crate) mod customer;
pub(crate) mod dashboard;
pub(crate) mod device;
pub(crate) mod device_profile;
pub(crate) mod docs;
pub(crate) mod entity_group;
pub(crate) mod entity_query;
pub(crate) mod event;
pub(crate) mod integration;
pub(crate) mod notification;
pub(crate) mod relation;
pub(crate) mod rpc;
pub(crate) mod rule_chain;
pub(crate) mod rule_chain_bundle;
pub(crate) mod system;
pub(crate) mod telemetry;
pub(crate) mod tenant;
pub(crate) mod user;
