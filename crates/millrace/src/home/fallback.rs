//! The small page of a binary without the web application.

use axum::{
    Router,
    http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    response::IntoResponse,
    routing::get,
};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

pub(super) fn router() -> Router {
    Router::new()
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
        // Links into the application, of notifications for example, end here as well.
        .fallback_service(get(|| {
            part("text/html; charset=utf-8", include_str!("home.html"))
        }))
}

async fn part(kind: &'static str, body: &'static str) -> impl IntoResponse {
    let own = [
        (CONTENT_TYPE, kind),
        (CONTENT_SECURITY_POLICY, POLICY),
        (CACHE_CONTROL, "no-cache"),
    ];
    (super::headers(), own, body)
}
