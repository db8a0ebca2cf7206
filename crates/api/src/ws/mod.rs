//! The WebSocket doors: live telemetry, attributes, entities and notifications.
//!
//! | path | sign-in |
//! |---|---|
//! | `/api/ws` | `authCmd` in the first frame, or `?token=` |
//! | `/api/ws/plugins/telemetry`, `/api/ws/plugins/notifications` | `?token=`, the older form |
//!
//! Guarantees: nothing is answered before sign-in; what waits for a client is bounded, and a
//! client that does not read is closed rather than waited for; a client that is silent for
//! [`limits::SILENCE`] (pongs count as life) is closed; a client whose session ends (password
//! changed, user locked out) is closed at the next ping.

mod command;
mod entities;
mod limits;
mod listens;
mod notifications;
mod places;
mod reply;
mod session;
mod sign_in;
mod values;

pub(crate) use places::Places;

use axum::{
    extract::{State, WebSocketUpgrade, ws::WebSocket},
    response::Response,
};

use crate::{error::ApiError, extract::Query, state::Api};

/// `/api/ws`.
pub(crate) async fn current(
    State(api): State<Api>,
    query: Query,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let token = query.owned("token");
    Ok(
        bounded(upgrade)?.on_upgrade(async move |mut socket| match token {
            Some(token) => with_token(api, socket, &token).await,
            None => match sign_in::first_frame(&api, &mut socket).await {
                Ok((who, commands)) => session::run(api, socket, who, commands).await,
                Err(refusal) => refusal.close(socket).await,
            },
        }),
    )
}

/// The older paths.
pub(crate) async fn older(
    State(api): State<Api>,
    query: Query,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let token = query.owned("token").unwrap_or_default();
    Ok(bounded(upgrade)?.on_upgrade(async move |socket| with_token(api, socket, &token).await))
}

async fn with_token(api: Api, socket: WebSocket, token: &str) {
    match sign_in::token(&api, token).await {
        Ok(who) => session::run(api, socket, who, Vec::new()).await,
        Err(refusal) => refusal.close(socket).await,
    }
}

fn bounded(
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Result<WebSocketUpgrade, ApiError> {
    let upgrade = upgrade.map_err(|_| {
        ApiError::bad_request("this path speaks WebSocket only: connect with a WebSocket client")
    })?;
    Ok(upgrade
        .max_message_size(limits::MAX_FRAME_BYTES)
        .max_frame_size(limits::MAX_FRAME_BYTES)
        .max_write_buffer_size(limits::MAX_WRITE_BUFFER_BYTES))
}
