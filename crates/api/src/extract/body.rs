//! Request bodies. They are read as JSON text whatever the content type says: clients send
//! telemetry as `text/plain`, and some send no type at all.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request, rejection::BytesRejection},
    http::StatusCode,
};
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use crate::error::{ApiError, ErrorCode};

/// Largest body in bytes; a larger one is 413.
pub const MAX_BODY_BYTES: usize = 16 * 1024 * 1024;

impl From<BytesRejection> for ApiError {
    fn from(rejection: BytesRejection) -> Self {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                ErrorCode::BadRequest,
                format!("the request body is larger than {MAX_BODY_BYTES} bytes"),
            )
        } else {
            Self::bad_request("the request body cannot be read")
        }
    }
}

async fn read<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, ApiError> {
    Ok(Bytes::from_request(request, state).await?)
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    serde_json::from_slice(bytes)
        .map_err(|error| ApiError::bad_request(format!("the request body is wrong: {error}")))
}

/// A body of the given form.
#[derive(Debug)]
pub struct JsonBody<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        parse(&read(request, state).await?).map(Self)
    }
}

/// The bytes of a body, for what is kept as the text it came in.
#[derive(Debug)]
pub struct RawBody(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for RawBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        read(request, state).await.map(Self)
    }
}

/// An entity. A member that is null counts as absent, as in every client's model.
#[derive(Debug)]
pub struct EntityBody<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for EntityBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let mut json: Json = parse(&read(request, state).await?)?;
        // The members of an entity would be read from a list too, by their places.
        if !json.is_object() {
            return Err(ApiError::bad_request(
                "the request body is wrong: send a JSON object",
            ));
        }
        drop_nulls(&mut json);
        serde_json::from_value(json)
            .map_err(|error| ApiError::bad_request(format!("the request body is wrong: {error}")))
            .map(Self)
    }
}

/// Members that hold rows of the same kind of objects, not free JSON.
const ROWS: [&str; 5] = [
    "nodes",
    "connections",
    "ruleChainConnections",
    "ruleChains",
    "metadata",
];

/// Drops null members of the entity itself and of the rows it holds (nodes of a chain), but not
/// of what is free JSON. The depth is bounded by the parser.
fn drop_nulls(json: &mut Json) {
    let Json::Object(members) = json else { return };
    members.retain(|_, value| !value.is_null());
    for name in ROWS {
        if let Some(Json::Array(rows)) = members.get_mut(name) {
            rows.iter_mut().for_each(drop_nulls);
        }
    }
    if let Some(Json::Object(settings)) = members.get_mut("debugSettings") {
        settings.retain(|_, value| !value.is_null());
    }
}

/// Largest body of a caller who has not proved who they are.
const MAX_SIGN_IN_BYTES: usize = 16 * 1024;

/// A body that proves who somebody is. It is read before anybody is known, so it is small, and
/// anything wrong with it is a refusal to sign in.
#[derive(Debug)]
pub struct SignInBody<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for SignInBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _state: &S) -> Result<Self, ApiError> {
        let refused = || ApiError::unauthorized("Invalid username or password");
        let bytes = axum::body::to_bytes(request.into_body(), MAX_SIGN_IN_BYTES)
            .await
            .map_err(|_| refused())?;
        serde_json::from_slice(&bytes)
            .map_err(|_| refused())
            .map(Self)
    }
}

/// The body as JSON of any form, for calls whose refusals are plain text.
#[derive(Debug)]
pub struct TextBody(pub Json);

impl<S: Send + Sync> FromRequest<S> for TextBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let bytes = read(request, state).await?;
        parse(&bytes).map(Self).map_err(ApiError::plain)
    }
}
