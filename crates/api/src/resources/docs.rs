//! The description of the API, for tools and for people. Nothing is loaded from elsewhere.

use axum::{
    body::Bytes,
    http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    response::{Html, IntoResponse},
};

/// The description as JSON text, made once.
#[derive(Clone)]
pub(crate) struct Description(Bytes);

impl Description {
    pub(crate) fn new(api: &utoipa::openapi::OpenApi) -> Self {
        Self(api.to_json().unwrap_or_default().into())
    }

    pub(crate) async fn answer(self) -> impl IntoResponse {
        ([(CONTENT_TYPE, "application/json")], self.0)
    }
}

/// A page that lists every operation.
pub(crate) async fn page() -> impl IntoResponse {
    let only_from_here = "default-src 'none'; connect-src 'self'; \
                          style-src 'unsafe-inline'; script-src 'unsafe-inline'";
    (
        [(CONTENT_SECURITY_POLICY, only_from_here)],
        Html(include_str!("../docs.html")),
    )
}
