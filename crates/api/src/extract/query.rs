//! Query parameters in the forms that clients in use send.
//!
//! Lists come repeated (`ids=a&ids=b`) or joined (`ids=a,b`), booleans in any case (`True`).

use std::{convert::Infallible, str::FromStr};

use axum::{extract::FromRequestParts, http::request::Parts};
use millrace_model::id::parse_uuid;
use uuid::Uuid;

use crate::error::ApiError;

/// The decoded query, in the order it came. An empty value counts as absent.
#[derive(Debug, Clone, Default)]
pub struct Query(Vec<(String, String)>);

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts))
    }
}

impl Query {
    /// The query of a request.
    #[must_use]
    pub fn of(parts: &Parts) -> Self {
        // Percent-decoding is lenient, so only a query that is no form at all ends up empty.
        axum::extract::Query::try_from_uri(&parts.uri).map_or_else(
            |_| Self::default(),
            |axum::extract::Query(pairs)| Self(pairs),
        )
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// Whether the parameter is there with a value.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.text(name).is_some()
    }

    /// The first value.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// The first value as an owned text.
    #[must_use]
    pub fn owned(&self, name: &str) -> Option<String> {
        self.text(name).map(str::to_owned)
    }

    /// A value that must be there.
    pub fn required(&self, name: &str) -> Result<&str, ApiError> {
        self.text(name)
            .ok_or_else(|| ApiError::bad_request(format!("query parameter {name} is required")))
    }

    /// A number.
    pub fn number<T: FromStr>(&self, name: &str) -> Result<Option<T>, ApiError> {
        self.text(name)
            .map(|text| {
                text.parse().map_err(|_| {
                    ApiError::bad_request(format!(
                        "query parameter {name} is not a valid whole number: {text}"
                    ))
                })
            })
            .transpose()
    }

    /// A number that must be there.
    pub fn required_number<T: FromStr>(&self, name: &str) -> Result<T, ApiError> {
        self.required(name)?;
        self.number(name)?
            .ok_or_else(|| ApiError::bad_request(format!("query parameter {name} is required")))
    }

    /// `true` or `false` in any case.
    pub fn boolean(&self, name: &str) -> Result<Option<bool>, ApiError> {
        self.text(name)
            .map(|text| match text.to_ascii_lowercase().as_str() {
                "true" => Ok(true),
                "false" => Ok(false),
                _ => Err(ApiError::bad_request(format!(
                    "query parameter {name} must be true or false: {text}"
                ))),
            })
            .transpose()
    }

    /// `true` or `false` in any case, `default` when absent.
    pub fn flag(&self, name: &str, default: bool) -> Result<bool, ApiError> {
        Ok(self.boolean(name)?.unwrap_or(default))
    }

    /// A UUID.
    pub fn uuid(&self, name: &str) -> Result<Option<Uuid>, ApiError> {
        Ok(self.text(name).map(parse_uuid).transpose()?)
    }

    /// Both list forms.
    #[must_use]
    pub fn list(&self, name: &str) -> Vec<String> {
        self.all(name)
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .map(str::to_owned)
            .collect()
    }

    /// UUIDs in both list forms; at least one must be there.
    pub fn uuids(&self, name: &str) -> Result<Vec<Uuid>, ApiError> {
        self.required(name)?;
        self.list(name)
            .iter()
            .map(|text| Ok(parse_uuid(text)?))
            .collect()
    }

    /// Keys of telemetry or attributes: `keys=a,b`, and `key=` for keys that contain commas.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        let mut keys = self.list("keys");
        keys.extend(self.all("key").map(str::to_owned));
        keys
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> Query {
        let request = axum::http::Request::builder()
            .uri(format!("/x?{text}"))
            .body(())
            .unwrap();
        Query::of(&request.into_parts().0)
    }

    #[test]
    fn lists_come_joined_or_repeated() {
        assert_eq!(query("ids=a,b&ids=c&ids=").list("ids"), ["a", "b", "c"]);
        assert_eq!(query("keys=a,b&key=c%2Cd").keys(), ["a", "b", "c,d"]);
    }

    #[test]
    fn booleans_are_read_in_any_case() {
        assert_eq!(query("a=True").boolean("a").unwrap(), Some(true));
        assert_eq!(query("a=FALSE").boolean("a").unwrap(), Some(false));
        assert_eq!(query("").boolean("a").unwrap(), None);
        assert!(query("a=yes").boolean("a").is_err());
    }

    #[test]
    fn a_wrong_uuid_in_a_list_is_named() {
        let error = query("ids=abc").uuids("ids").unwrap_err();
        assert_eq!(error.message(), "Invalid UUID string: abc");
        assert!(query("").uuids("ids").is_err());
    }
}
