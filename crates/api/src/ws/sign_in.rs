//! The first frame of a client.

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};

use super::{
    command::{Command, Frame},
    limits,
};
use crate::{extract::SignedIn, state::Api};

/// Why a connection ends: close code and reason.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    code: u16,
    reason: &'static str,
}

impl Refusal {
    /// 1007: what came cannot be understood or trusted.
    pub(super) fn invalid(reason: &'static str) -> Self {
        Self {
            code: close_code::INVALID,
            reason,
        }
    }

    /// 1008: a rule of this door is broken.
    pub(super) fn policy(reason: &'static str) -> Self {
        Self {
            code: close_code::POLICY,
            reason,
        }
    }

    /// Tells the client and ends the connection.
    pub(super) async fn close(self, mut socket: WebSocket) {
        let frame = CloseFrame {
            code: self.code,
            reason: self.reason.into(),
        };
        let farewell = async {
            if socket.send(Message::Close(Some(frame))).await.is_ok() {
                // Reads on until the client closes too, so that the reason is not cut off.
                while let Some(Ok(_)) = socket.recv().await {}
            }
        };
        let _ = tokio::time::timeout(limits::WRITE, farewell).await;
    }
}

/// Who a token stands for.
pub(super) async fn token(api: &Api, token: &str) -> Result<SignedIn, Refusal> {
    SignedIn::with_token(api, token)
        .await
        .map_err(|_| Refusal::invalid("the token is not valid or has expired"))
}

/// Waits for the frame that signs in; returns the commands that came with it.
pub(super) async fn first_frame(
    api: &Api,
    socket: &mut WebSocket,
) -> Result<(SignedIn, Vec<Command>), Refusal> {
    let text = tokio::time::timeout(limits::SIGN_IN, first_text(socket))
        .await
        .map_err(|_| Refusal::policy("no authCmd within 10 seconds"))??;
    let frame = Frame::parse(&text)
        .map_err(|_| Refusal::invalid("the first frame is no JSON object of commands"))?;
    let auth = frame
        .auth
        .ok_or_else(|| Refusal::policy("the first frame must hold authCmd"))?;
    match (auth.token, auth.api_key) {
        (Some(text), _) if !text.is_empty() => Ok((token(api, &text).await?, frame.commands)),
        (_, Some(key)) if !key.is_empty() => {
            let who = SignedIn::with_api_key(api, &key).await;
            let who = who.map_err(|_| Refusal::invalid("the API key opens nothing"))?;
            Ok((who, frame.commands))
        }
        _ => Err(Refusal::invalid("authCmd must hold a token or an apiKey")),
    }
}

async fn first_text(socket: &mut WebSocket) -> Result<String, Refusal> {
    while let Some(message) = socket.recv().await {
        match message {
            Ok(Message::Text(text)) => return Ok(text.as_str().to_owned()),
            Ok(Message::Ping(_) | Message::Pong(_)) => {}
            Ok(Message::Binary(_)) => return Err(Refusal::invalid("send text frames")),
            Ok(Message::Close(_)) | Err(_) => break,
        }
    }
    Err(Refusal::policy("closed before sign-in"))
}
