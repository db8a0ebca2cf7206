//! Parts of the path.

use axum::extract::{FromRequestParts, path::ErrorKind, rejection::PathRejection};
use millrace_model::{
    EntityId,
    id::{IdError, parse_uuid},
};
use serde::{Deserialize, Deserializer, de};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::error::ApiError;

/// The variable parts of the path; a wrong one is 400/31.
#[derive(Debug, FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(ApiError))]
pub struct InPath<T>(pub T);

impl From<PathRejection> for ApiError {
    fn from(rejection: PathRejection) -> Self {
        let PathRejection::FailedToDeserializePathParams(failure) = rejection else {
            return Self::internal("a path parameter is missing from its route");
        };
        Self::bad_request(match failure.into_kind() {
            ErrorKind::DeserializeError { message, .. } | ErrorKind::Message(message) => message,
            other => other.to_string(),
        })
    }
}

/// A bare UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(value_type = Uuid)]
pub struct Id(pub Uuid);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse_uuid(&text).map(Self).map_err(de::Error::custom)
    }
}

/// `{entityType}/{entityId}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntityPath(pub EntityId);

impl<'de> Deserialize<'de> for EntityPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (kind, id) = <(String, String)>::deserialize(deserializer)?;
        entity(&kind, &id).map(Self).map_err(de::Error::custom)
    }
}

/// `{entityType}/{entityId}` and one more part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityPathAnd(pub EntityId, pub String);

impl<'de> Deserialize<'de> for EntityPathAnd {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (kind, id, more) = <(String, String, String)>::deserialize(deserializer)?;
        let entity = entity(&kind, &id).map_err(de::Error::custom)?;
        Ok(Self(entity, more))
    }
}

fn entity(kind: &str, id: &str) -> Result<EntityId, IdError> {
    Ok(EntityId::new(kind.parse()?, parse_uuid(id)?))
}
