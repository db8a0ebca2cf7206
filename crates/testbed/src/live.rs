//! The WebSocket of the API, as a page uses it.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::rest::Rest;

/// One open connection to `/api/ws`.
pub struct LiveFeed {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl LiveFeed {
    /// Connects and logs in with the token of `rest`, sending `commands` in the same frame.
    ///
    /// # Panics
    /// When the connection is refused.
    pub async fn open(rest: &Rest, commands: Value) -> Self {
        let url = rest.base().replacen("http", "ws", 1) + "/api/ws";
        let (socket, _) = connect_async(&url)
            .await
            .unwrap_or_else(|error| panic!("{url}: {error}"));
        let mut feed = Self { socket };
        let token = rest.token().expect("a logged in client");
        feed.send(json!({"authCmd": {"cmdId": 0, "token": token}, "cmds": commands}))
            .await;
        feed
    }

    /// Sends one frame.
    pub async fn send(&mut self, frame: Value) {
        let text = Message::text(frame.to_string());
        self.socket
            .send(text)
            .await
            .expect("the live connection is open");
    }

    /// The next frame for which `wanted` holds; others are passed over.
    ///
    /// # Panics
    /// When none comes within 10 s or the server closes.
    pub async fn until(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        let search = async {
            while let Some(frame) = self.socket.next().await {
                let frame = frame.expect("the live connection stays open");
                let Ok(text) = frame.to_text() else { continue };
                let Ok(value) = serde_json::from_str::<Value>(text) else {
                    continue;
                };
                if wanted(&value) {
                    return value;
                }
                last = value;
            }
            panic!("the server closed the live connection before: {what}");
        };
        let found = tokio::time::timeout(Duration::from_secs(10), search).await;
        found.unwrap_or_else(|_| panic!("no frame within 10 s: {what}; last seen: {last}"))
    }
}
