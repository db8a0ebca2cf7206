//! HTTP as a program would speak it.

use reqwest::{Client, Method};
use serde_json::{Value, json};

/// An answer as it came.
#[derive(Clone, Debug)]
pub struct Reply {
    /// HTTP status code.
    pub status: u16,
    /// The body as text.
    pub text: String,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
}

impl Reply {
    /// The body as JSON; an empty body is `null`.
    ///
    /// # Panics
    /// When the body is not JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        if self.text.is_empty() {
            return Value::Null;
        }
        serde_json::from_str(&self.text)
            .unwrap_or_else(|error| panic!("not JSON ({error}): {}", self.text))
    }

    /// The `message` of an error body, or the body itself.
    #[must_use]
    pub fn message(&self) -> String {
        serde_json::from_str::<Value>(&self.text)
            .ok()
            .and_then(|body| body["message"].as_str().map(str::to_owned))
            .unwrap_or_else(|| self.text.clone())
    }

    /// One header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

/// A client of the REST API, with or without a login.
#[derive(Clone, Debug)]
pub struct Rest {
    base: String,
    token: Option<String>,
    http: Client,
}

impl Rest {
    /// A client without credentials.
    #[must_use]
    pub fn new(base: &str) -> Self {
        Self {
            base: base.into(),
            token: None,
            http: Client::new(),
        }
    }

    /// The same client with the token of a successful login.
    ///
    /// # Panics
    /// When the login is refused.
    pub async fn login(&self, username: &str, password: &str) -> Self {
        let credentials = json!({"username": username, "password": password});
        let tokens = self.post("/api/auth/login", credentials).await;
        let token = tokens["token"]
            .as_str()
            .expect("a login answers with a token");
        Self {
            token: Some(token.into()),
            ..self.clone()
        }
    }

    /// The access token.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// `http://host:port` of the server.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Any request; the answer as it came, refusals too.
    ///
    /// # Panics
    /// When there is no HTTP answer at all.
    pub async fn request(&self, method: &str, path: &str, body: Option<Value>) -> Reply {
        self.try_request(method, path, body)
            .await
            .unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    /// [`Rest::request`] for servers that may be down.
    ///
    /// # Errors
    /// When there is no HTTP answer.
    pub async fn try_request(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Result<Reply, reqwest::Error> {
        let method = Method::from_bytes(method.as_bytes()).expect("a method name");
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.header("X-Authorization", format!("Bearer {token}"));
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await?;
        let status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| {
                (
                    name.as_str().to_owned(),
                    String::from_utf8_lossy(value.as_bytes()).into_owned(),
                )
            })
            .collect();
        Ok(Reply {
            status,
            headers,
            text: response.text().await?,
        })
    }

    /// GET that must answer 200.
    pub async fn get(&self, path: &str) -> Value {
        self.must("GET", path, None).await
    }

    /// POST that must answer 200.
    pub async fn post(&self, path: &str, body: Value) -> Value {
        self.must("POST", path, Some(body)).await
    }

    /// PUT that must answer 200.
    pub async fn put(&self, path: &str, body: Value) -> Value {
        self.must("PUT", path, Some(body)).await
    }

    /// DELETE that must answer 200.
    pub async fn delete(&self, path: &str) -> Value {
        self.must("DELETE", path, None).await
    }

    async fn must(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let reply = self.request(method, path, body).await;
        assert_eq!(reply.status, 200, "{method} {path}: {}", reply.text);
        reply.json()
    }
}
