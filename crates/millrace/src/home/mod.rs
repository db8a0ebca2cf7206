//! The page at `/`: what is connected and what arrives, live. It uses the public API only, asks
//! nobody but this server for anything, and runs no script but its own.

use axum::{
    Router,
    http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS},
    response::IntoResponse,
    routing::get,
};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// The page and its parts, beside the API.
pub(crate) fn router() -> Router {
    Router::new()
        .route(
            "/",
            get(|| part("text/html; charset=utf-8", include_str!("home.html"))),
        )
        .route(
            "/home.css",
            get(|| part("text/css; charset=utf-8", include_str!("home.css"))),
        )
        .route(
            "/home.js",
            get(|| part("text/javascript; charset=utf-8", include_str!("home.js"))),
        )
        .route(
            "/icon.svg",
            get(|| part("image/svg+xml", include_str!("icon.svg"))),
        )
}

async fn part(kind: &'static str, body: &'static str) -> impl IntoResponse {
    let headers = [
        (CONTENT_TYPE, kind),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CACHE_CONTROL, "no-cache"),
    ];
    (headers, body)
}
