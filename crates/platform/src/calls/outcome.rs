//! How a call ends.

use std::sync::Arc;

/// The end of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallOutcome {
    /// One-way: a publish is with the broker.
    Taken,
    /// Two-way: what the device answered.
    Answered(Arc<str>),
    /// It failed.
    Failed(CallFailure),
}

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallFailure {
    /// For programs.
    pub code: FailureCode,
    /// For people.
    pub reason: String,
    /// Whether the command was with the broker all the same.
    pub taken: bool,
}

/// Kind of a failure, as rule chains name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureCode {
    /// There is no such device.
    NotFound,
    /// Nothing was with a broker when the last branch or the time ended.
    NoActiveConnection,
    /// The device did not answer in time.
    Timeout,
    /// Somebody took the call back.
    Withdrawn,
    /// Too many calls are open.
    Refused,
}

impl FailureCode {
    /// The text of the code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotFound => "NOT_FOUND",
            Self::NoActiveConnection => "NO_ACTIVE_CONNECTION",
            Self::Timeout => "TIMEOUT",
            Self::Withdrawn => "WITHDRAWN",
            Self::Refused => "REFUSED",
        }
    }
}
