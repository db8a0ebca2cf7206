//! Somebody who calls the server.

use std::net::SocketAddr;

use reqwest::{Client, Method, RequestBuilder};
use serde::Serialize;
use serde_json::Value;

/// A caller, signed in or not.
#[derive(Clone)]
pub struct Actor {
    base: String,
    client: Client,
    pub token: Option<String>,
}

/// What the server answered.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub content_type: String,
    pub text: String,
}

impl Actor {
    pub(super) fn new(address: SocketAddr, token: Option<&str>) -> Self {
        Self {
            base: format!("http://{address}"),
            client: Client::new(),
            token: token.map(str::to_owned),
        }
    }

    /// The same person with another token.
    pub fn with_token(&self, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            ..self.clone()
        }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.header("X-Authorization", format!("Bearer {token}")),
            None => request,
        }
    }

    pub async fn get(&self, path: &str) -> Reply {
        Reply::of(self.request(Method::GET, path)).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        Reply::of(self.request(Method::DELETE, path)).await
    }

    pub async fn put(&self, path: &str) -> Reply {
        Reply::of(self.request(Method::PUT, path)).await
    }

    pub async fn post(&self, path: &str, body: &impl Serialize) -> Reply {
        Reply::of(self.request(Method::POST, path).json(body)).await
    }

    /// Sends a body that is no JSON, or not said to be.
    pub async fn post_text(&self, path: &str, body: impl Into<reqwest::Body>) -> Reply {
        let request = self.request(Method::POST, path);
        Reply::of(request.header("Content-Type", "text/plain").body(body)).await
    }

    /// Posts what must succeed and returns the reply's JSON.
    pub async fn make(&self, path: &str, body: &impl Serialize) -> Value {
        let reply = self.post(path, body).await;
        assert_eq!(reply.status, 200, "POST {path}: {}", reply.text);
        reply.json()
    }

    /// Reads what must be there.
    pub async fn read(&self, path: &str) -> Value {
        let reply = self.get(path).await;
        assert_eq!(reply.status, 200, "GET {path}: {}", reply.text);
        reply.json()
    }

    /// Makes a device and returns its id.
    pub async fn make_device(&self, name: &str) -> String {
        let device = serde_json::json!({ "name": name });
        id_of(&self.make("/api/device", &device).await)
    }
}

/// The bare UUID of an entity.
pub fn id_of(entity: &Value) -> String {
    entity["id"]["id"].as_str().expect("an id").to_owned()
}

impl Reply {
    pub async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let content_type = response.headers().get("content-type");
        let content_type = content_type.map(|value| value.to_str().unwrap().to_owned());
        Self {
            status: response.status().as_u16(),
            content_type: content_type.unwrap_or_default(),
            text: response.text().await.unwrap(),
        }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    /// Asserts the error body with all its members.
    #[track_caller]
    pub fn refused(&self, status: u16, code: u16) -> String {
        let body = self.json();
        assert_eq!(
            (self.status, &body["errorCode"]),
            (status, &code.into()),
            "{}",
            self.text
        );
        assert_eq!(body["status"], status);
        assert!(body["timestamp"].is_i64(), "{}", self.text);
        assert_eq!(self.content_type, "application/json");
        body["message"].as_str().expect("a message").to_owned()
    }
}
