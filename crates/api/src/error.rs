//! The error body of every door: `{"status","message","errorCode","timestamp"}`.
//!
//! The only place that knows which status belongs to which failure of the platform.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use millrace_model::{Millis, id::IdError};
use millrace_platform::{PlatformError, clock::now_ms};
use millrace_store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

/// Stable numbers of the error body, as clients know them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum ErrorCode {
    /// Something inside broke.
    General = 2,
    /// No, wrong or malformed credentials.
    Authentication = 10,
    /// The access token has expired: refresh it.
    TokenExpired = 11,
    /// Signed in, but not allowed.
    PermissionDenied = 20,
    /// Arguments that another system refused.
    InvalidArguments = 30,
    /// A parameter, body, id or name is wrong.
    BadRequest = 31,
    /// No such entity or path.
    NotFound = 32,
    /// Too many requests.
    TooManyRequests = 33,
    /// Somebody saved a newer version.
    VersionConflict = 35,
    /// The storage failed.
    Database = 46,
}

/// The JSON of an error.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ErrorBody {
    /// HTTP status, again.
    pub status: u16,
    /// What is wrong and what to do.
    pub message: String,
    /// Stable number, see [`ErrorCode`].
    #[schema(example = 31)]
    pub error_code: u16,
    /// When (ms).
    pub timestamp: Millis,
}

/// How the error is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Json,
    /// Telemetry and attribute calls give the bare reason.
    PlainText,
}

/// A refusal or failure on its way to the client.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    code: ErrorCode,
    message: String,
    form: Form,
}

impl ApiError {
    /// An error with all its parts.
    pub fn new(status: StatusCode, code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            form: Form::Json,
        }
    }

    /// 400/31.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, ErrorCode::BadRequest, message)
    }

    /// 401/10.
    pub fn unauthorized(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, ErrorCode::Authentication, message)
    }

    /// 403/20.
    pub fn denied(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, ErrorCode::PermissionDenied, message)
    }

    /// 500/2.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            ErrorCode::General,
            message,
        )
    }

    /// The text for people.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The stable number.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// The form of telemetry and attribute calls: a 400 is the reason as plain text.
    #[must_use]
    pub fn plain(mut self) -> Self {
        if self.status == StatusCode::BAD_REQUEST {
            self.form = Form::PlainText;
        }
        self
    }

    fn body(self) -> ErrorBody {
        ErrorBody {
            status: self.status.as_u16(),
            message: self.message,
            error_code: self.code as u16,
            timestamp: now_ms(),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = self.status;
        let mut response = match self.form {
            Form::PlainText => (status, self.message).into_response(),
            Form::Json => (status, Json(self.body())).into_response(),
        };
        if status == StatusCode::TOO_MANY_REQUESTS {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

impl From<IdError> for ApiError {
    fn from(error: IdError) -> Self {
        Self::bad_request(error.to_string())
    }
}

impl From<PlatformError> for ApiError {
    fn from(error: PlatformError) -> Self {
        let text = error.to_string();
        match error {
            PlatformError::NotFound { .. } => {
                Self::new(StatusCode::NOT_FOUND, ErrorCode::NotFound, text)
            }
            PlatformError::Invalid { .. } => Self::bad_request(text),
            PlatformError::Store(error) => error.into(),
            PlatformError::Denied(_) => Self::denied(text),
            PlatformError::Unauthorized(_) => Self::unauthorized(text),
            PlatformError::Refused(_) => {
                Self::new(StatusCode::BAD_REQUEST, ErrorCode::InvalidArguments, text)
            }
            PlatformError::Throttled(_) => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                ErrorCode::TooManyRequests,
                text,
            ),
            PlatformError::Internal(_) => {
                tracing::error!(error = text, "a service failed");
                Self::internal(text)
            }
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let text = error.to_string();
        match error {
            StoreError::Duplicate { .. } => Self::bad_request(text),
            StoreError::Conflict { .. } => {
                Self::new(StatusCode::CONFLICT, ErrorCode::VersionConflict, text)
            }
            StoreError::NotFound { .. } => {
                Self::new(StatusCode::NOT_FOUND, ErrorCode::NotFound, text)
            }
            StoreError::DiskFull { .. } | StoreError::Closed => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Database, text)
            }
            StoreError::NewerSchema { .. }
            | StoreError::Damaged { .. }
            | StoreError::Engine { .. } => {
                tracing::error!(error = text, "the storage failed");
                // The detail may quote rows and paths: it is for the log only.
                Self::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    ErrorCode::Database,
                    "the storage failed, the server log has the reason",
                )
            }
        }
    }
}

/// What a handler returns.
pub type Answer<T> = Result<Json<T>, ApiError>;

/// What a handler without a reply returns: 200 with an empty body.
pub type Done = Result<(), ApiError>;
