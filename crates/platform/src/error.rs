//! Why a service refused or failed.

use millrace_store::StoreError;

/// Failure of a platform service, named after what the caller can do about it.
#[derive(Debug, thiserror::Error)]
pub enum PlatformError {
    /// The thing is not there, or belongs to somebody else, which is the same to the caller.
    #[error("{what} with id [{id}] is not found")]
    NotFound {
        /// Kind of thing, capitalised (`Device`).
        what: &'static str,
        /// Its id or name.
        id: String,
    },
    /// A field of the request is wrong.
    #[error("{message}")]
    Invalid {
        /// JSON path of the field, e.g. `configuration.topicFilters[0].filter`.
        field: String,
        /// What is wrong and how to mend it; names the field.
        message: String,
    },
    /// A name is taken, a version is old, or a row is damaged.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The caller may not do this.
    #[error("{0}")]
    Denied(String),
    /// Sign-in failed.
    #[error("{0}")]
    Unauthorized(String),
    /// Another system refused; its own reason and what to do.
    #[error("{0}")]
    Refused(String),
    /// Too many requests.
    #[error("{0}")]
    Throttled(String),
    /// Something inside broke; the text is for the log and the person who reads it.
    #[error("{0}")]
    Internal(String),
}

impl PlatformError {
    /// A wrong field.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid {
            field: field.into(),
            message: message.into(),
        }
    }

    /// A missing thing.
    pub fn not_found(what: &'static str, id: impl ToString) -> Self {
        Self::NotFound {
            what,
            id: id.to_string(),
        }
    }
}

/// Result of a service call.
pub type Result<T, E = PlatformError> = std::result::Result<T, E>;
