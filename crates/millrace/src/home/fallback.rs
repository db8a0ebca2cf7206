//! The small page of a binary without the web application.

use axum::{
    http::{
        Uri,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// A part of the page. Links into the application, of notifications for example, show it as well.
pub(super) fn page(uri: &Uri) -> Response {
    let (kind, body) = match uri.path() {
        "/home.css" => ("text/css; charset=utf-8", include_str!("home.css")),
        "/home.js" => ("text/javascript; charset=utf-8", include_str!("home.js")),
        "/icon.svg" => ("image/svg+xml", include_str!("icon.svg")),
        _ => ("text/html; charset=utf-8", include_str!("home.html")),
    };
    let own = [
        (CONTENT_TYPE, kind),
        (CONTENT_SECURITY_POLICY, POLICY),
        (CACHE_CONTROL, "no-cache"),
    ];
    (super::headers(), own, body).into_response()
}
