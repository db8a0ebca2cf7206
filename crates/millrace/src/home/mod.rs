//! What a browser gets: the web application, built into the binary. A binary that was built without it
//! serves a small page instead, which says how to get it and shows what is connected.
//!
//! Guarantees: the pages use the public API only, ask nobody but this server for anything and run no
//! script but their own; paths of the API never answer with a page.

mod application;
mod fallback;

use axum::{
    Router,
    extract::Request,
    http::{
        HeaderName, HeaderValue, Method, StatusCode,
        header::{REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS},
    },
    middleware::{self, Next},
    response::{IntoResponse, Response},
};

/// First parts of the paths that belong to the API.
const API: [&str; 3] = ["api", "health", "metrics"];

/// Headers of everything that a page consists of.
type Headers = [(HeaderName, HeaderValue); 2];

/// The whole of what the server answers: the API, and pages everywhere else.
pub(crate) fn around(api: &Router) -> Router {
    api.clone().layer(middleware::from_fn(page_or_api))
}

async fn page_or_api(request: Request, next: Next) -> Response {
    let first = request.uri().path().split('/').nth(1).unwrap_or_default();
    if API.contains(&first) {
        return next.run(request).await;
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    if application::is_built() {
        application::page(request.uri(), request.headers())
    } else {
        fallback::page(request.uri())
    }
}

fn headers() -> Headers {
    [
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    ]
}

#[cfg(test)]
mod tests;
