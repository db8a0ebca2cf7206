//! What a browser gets: the web application, built into the binary. A binary that was built without it
//! serves a small page instead, which says how to get it and shows what is connected.
//!
//! Guarantees: the pages use the public API only, ask nobody but this server for anything and run no
//! script but their own; paths of the API never answer with a page.

mod application;
mod fallback;

use axum::{
    Router,
    http::{
        HeaderName, HeaderValue,
        header::{REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS},
    },
    routing::get,
};

/// What belongs to the API, with everything below.
const API_PATHS: [&str; 6] = [
    "/api",
    "/api/{*path}",
    "/health",
    "/health/{*path}",
    "/metrics",
    "/metrics/{*path}",
];

/// Headers of everything that a page consists of.
type Headers = [(HeaderName, HeaderValue); 2];

/// The whole of what the server answers: the API, and pages everywhere else.
pub(crate) fn around(api: &Router) -> Router {
    let pages = if application::is_built() {
        Router::new().fallback_service(get(application::page))
    } else {
        fallback::router()
    };
    API_PATHS.into_iter().fold(pages, |router, path| {
        router.route_service(path, api.clone())
    })
}

fn headers() -> Headers {
    [
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    ]
}

#[cfg(test)]
mod tests;
