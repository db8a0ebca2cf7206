//! The web application as `make web` builds it. A release carries its files; a debug build reads them
//! from the checkout each time, so that the application is built anew without the server.

use std::borrow::Cow;

use axum::{
    http::{
        HeaderMap, HeaderValue, StatusCode, Uri,
        header::{
            ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY,
            CONTENT_TYPE, VARY,
        },
    },
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use rust_embed::Embed;

#[derive(Embed)]
#[folder = "../../web/dist/"]
#[allow_missing = true]
struct Files;

const INDEX: &str = "index.html";

/// Stands in the index where each reply has a random value, which allows style sheets that the
/// application's own script adds.
const NONCE: &str = "MILLRACE_NONCE";

/// Files with a hash of their content in their name.
const HASHED: &str = "files/";
/// Workers in which the functions of stored dashboards run. A worker's policy is that of its own file,
/// so the machine code of their interpreter is allowed there and nowhere on a page.
const SANDBOX: &str = "files/sandbox.";
const SANDBOX_POLICY: &str =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// Whether this binary has the application.
pub(super) fn is_built() -> bool {
    Files::get(INDEX).is_some()
}

/// A file of the application; every other path is one of its pages and gets the index.
pub(super) fn page(uri: &Uri, headers: &HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path.is_empty() || path == INDEX {
        return index();
    }
    if let Some(reply) = file(path, headers) {
        return reply;
    }
    // A file of an older build is gone, which the browser must be told.
    if path.starts_with(HASHED) {
        return (
            StatusCode::NOT_FOUND,
            super::headers(),
            "this file is of another version: reload the page",
        )
            .into_response();
    }
    index()
}

fn file(path: &str, headers: &HeaderMap) -> Option<Response> {
    let kind = kind(path)?;
    let packed = takes_brotli(headers)
        .then(|| Files::get(&format!("{path}.br")))
        .flatten();
    let is_packed = packed.is_some();
    let found = packed.or_else(|| Files::get(path))?;
    let caching = if path.starts_with(HASHED) {
        FOR_EVER
    } else {
        ASK_AGAIN
    };
    let own = [
        (CONTENT_TYPE, HeaderValue::from_static(kind)),
        (CACHE_CONTROL, caching),
        (VARY, HeaderValue::from_static("accept-encoding")),
    ];
    let mut reply = (super::headers(), own, body(found.data)).into_response();
    if is_packed {
        reply
            .headers_mut()
            .insert(CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    if path.starts_with(SANDBOX) {
        reply.headers_mut().insert(
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(SANDBOX_POLICY),
        );
    }
    Some(reply)
}

fn index() -> Response {
    let Some(found) = Files::get(INDEX) else {
        return (
            StatusCode::NOT_FOUND,
            "the web application is being built: try again in a moment",
        )
            .into_response();
    };
    let nonce = STANDARD.encode(rand::random::<[u8; 16]>());
    let text = String::from_utf8_lossy(&found.data).replace(NONCE, &nonce);
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; font-src 'self'; img-src 'self' data: blob:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    );
    let own = [
        (CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (CACHE_CONTROL, "no-cache".to_owned()),
        (CONTENT_SECURITY_POLICY, policy),
    ];
    (super::headers(), own, text).into_response()
}

fn body(data: Cow<'static, [u8]>) -> axum::body::Body {
    match data {
        Cow::Borrowed(bytes) => axum::body::Body::from(bytes),
        Cow::Owned(bytes) => axum::body::Body::from(bytes),
    }
}

fn takes_brotli(headers: &HeaderMap) -> bool {
    headers
        .get_all(ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|one| {
            let mut parts = one.split(';').map(str::trim);
            parts.next() == Some("br") && parts.next() != Some("q=0")
        })
}

/// The media type of what the build makes; nothing else is served.
fn kind(path: &str) -> Option<&'static str> {
    Some(match path.rsplit_once('.')?.1 {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "json" => "application/json",
        "wasm" => "application/wasm",
        _ => return None,
    })
}
