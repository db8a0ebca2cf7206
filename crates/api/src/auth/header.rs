//! The two headers that carry a credential: `X-Authorization` and `Authorization`.

use axum::http::{HeaderMap, HeaderName, header::AUTHORIZATION};

use crate::error::ApiError;

static X_AUTHORIZATION: HeaderName = HeaderName::from_static("x-authorization");

/// What a request shows to prove who sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// A JSON web token.
    Bearer(String),
    /// An API key.
    ApiKey(String),
}

/// The credential of a request; `X-Authorization` wins because proxies set the other one.
pub fn credential(headers: &HeaderMap) -> Result<Credential, ApiError> {
    let value = headers
        .get(&X_AUTHORIZATION)
        .or_else(|| headers.get(AUTHORIZATION))
        .ok_or_else(|| {
            ApiError::unauthorized(
                "no credentials: send the header X-Authorization: Bearer <token>",
            )
        })?;
    let text = value.to_str().unwrap_or_default();
    match text.trim().split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => {
            Ok(Credential::Bearer(token.trim().to_owned()))
        }
        Some((scheme, key)) if scheme.eq_ignore_ascii_case("apikey") => {
            Ok(Credential::ApiKey(key.trim().to_owned()))
        }
        _ => Err(ApiError::unauthorized(
            "malformed credentials: the header must be Bearer <token> or ApiKey <key>",
        )),
    }
}
