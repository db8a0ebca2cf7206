//! Why something was not sent.

use std::time::Duration;

/// Settings that no client can be made of. Names the setting and the fix.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SettingsError(pub String);

/// Why a request has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// The request itself is wrong.
    #[error("{0}")]
    Request(String),
    /// The address is one that nothing is sent to.
    #[error("{0}")]
    Denied(String),
    /// No connection, or it broke.
    #[error("{0}")]
    Transport(String),
    /// The time was up.
    #[error("no answer within {} ms", .0.as_millis())]
    Timeout(Duration),
    /// Too many requests wait already.
    #[error("{0} requests to this target are under way or wait already")]
    Busy(usize),
    /// The answer is larger than the limit.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
    /// It was sent on and on.
    #[error("redirected more than {0} times")]
    Redirects(usize),
}

/// Why a message was not published.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MqttError {
    /// The address is one that nothing is sent to, or it cannot be looked up.
    #[error("{0}")]
    Address(String),
    /// There is no connection, with the last reason.
    #[error("not connected to {address}: {reason}")]
    NotConnected {
        /// `host:port`.
        address: String,
        /// Why.
        reason: String,
    },
    /// The broker did not confirm in time.
    #[error("no confirmation from the broker within {} ms", .0.as_millis())]
    Timeout(Duration),
    /// Too many messages wait already.
    #[error("{0} messages to this broker are under way already")]
    Busy(usize),
    /// The message was refused.
    #[error("{0}")]
    Refused(String),
}
