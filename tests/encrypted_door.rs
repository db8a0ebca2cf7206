//! The HTTP door with TLS: `http.tls` in the configuration.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use millrace_testbed::{ADMIN_EMAIL, ADMIN_PASSWORD, Server, ServerOptions, eventually};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::tungstenite::Message;

const PATIENCE: Duration = Duration::from_secs(20);

/// Where certificate and key are, and what they are renewed in.
struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary directory"))
    }

    fn certificate(&self) -> PathBuf {
        self.0.path().join("certificate.pem")
    }

    fn key(&self) -> PathBuf {
        self.0.path().join("key.pem")
    }

    /// A new pair for `localhost`; returns the certificate.
    fn renew(&self) -> CertificateDer<'static> {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]);
        let made = made.expect("a certificate can be made");
        fs::write(self.certificate(), made.cert.pem()).expect("a file can be written");
        fs::write(self.key(), made.signing_key.serialize_pem()).expect("a file can be written");
        made.cert.der().clone()
    }

    fn options(&self) -> ServerOptions {
        let text = |path: PathBuf| path.to_str().expect("a temporary path is UTF-8").to_owned();
        ServerOptions::default()
            .env("MILLRACE_HTTP_TLS_CERTIFICATE", &text(self.certificate()))
            .env("MILLRACE_HTTP_TLS_KEY", &text(self.key()))
    }
}

fn address(server: &Server) -> &str {
    let address = server.url().strip_prefix("https://");
    address.unwrap_or_else(|| panic!("{} is no https", server.url()))
}

/// A connection of a client that trusts this certificate and nothing else.
async fn connect(
    server: &Server,
    trusted: &CertificateDer<'static>,
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).expect("a certificate");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").expect("a name");
    let stream = TcpStream::connect(address(server)).await?;
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
}

/// Sends one request and reads the answer, head included.
async fn ask(server: &Server, trusted: &CertificateDer<'static>, request: &str) -> String {
    let mut stream = connect(server, trusted).await.expect("a TLS connection");
    let request = request.replacen(
        "\r\n",
        "\r\nhost: localhost:8443\r\nconnection: close\r\n",
        1,
    );
    stream
        .write_all(request.as_bytes())
        .await
        .expect("it reads");
    let mut answer = String::new();
    let read = timeout(PATIENCE, stream.read_to_string(&mut answer)).await;
    read.expect("an answer in time").expect("an answer");
    answer
}

/// An access token of the administrator.
async fn token(server: &Server, trusted: &CertificateDer<'static>) -> String {
    let body = json!({"username": ADMIN_EMAIL, "password": ADMIN_PASSWORD}).to_string();
    let request = format!(
        "POST /api/auth/login HTTP/1.1\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = ask(server, trusted, &request).await;
    let (_, body) = answer.split_once("\r\n\r\n").expect("head and body");
    let tokens: Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("{answer}"));
    tokens["token"].as_str().expect("a token").to_owned()
}

#[tokio::test]
async fn requests_and_live_updates_go_over_tls() {
    let files = Files::new();
    let trusted = files.renew();
    let mut server = Server::start(files.options()).await;
    let page = ask(&server, &trusted, "GET / HTTP/1.1\r\n\r\n").await;
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert!(
        page.contains("strict-transport-security: max-age="),
        "{page}"
    );

    let token = token(&server, &trusted).await;
    // Links say how the server is reached.
    let user = json!({"email": "new@millrace.test", "authority": "TENANT_ADMIN"}).to_string();
    let authorized = format!("x-authorization: Bearer {token}\r\n");
    let saved = ask(
        &server,
        &trusted,
        &format!(
            "POST /api/user?sendActivationMail=false HTTP/1.1\r\n{authorized}content-length: {}\r\n\r\n{user}",
            user.len()
        ),
    )
    .await;
    let (_, saved) = saved.split_once("\r\n\r\n").expect("head and body");
    let saved: Value = serde_json::from_str(saved).unwrap_or_else(|_| panic!("{saved}"));
    let id = saved["id"]["id"].as_str().expect("an id");
    let link = ask(
        &server,
        &trusted,
        &format!("GET /api/user/{id}/activationLink HTTP/1.1\r\n{authorized}\r\n"),
    )
    .await;
    assert!(
        link.contains("https://localhost:8443/login/createPassword"),
        "{link}"
    );

    let stream = connect(&server, &trusted).await.expect("a TLS connection");
    let url = "wss://localhost/api/ws";
    let (mut socket, _) = tokio_tungstenite::client_async(url, stream)
        .await
        .expect("a WebSocket");
    let hello = json!({
        "authCmd": {"cmdId": 0, "token": token},
        "cmds": [{"type": "NOTIFICATIONS_COUNT", "cmdId": 3}],
    });
    socket
        .send(Message::text(hello.to_string()))
        .await
        .expect("it reads");
    let counted = async {
        while let Some(Ok(frame)) = socket.next().await {
            if frame
                .to_text()
                .is_ok_and(|text| text.contains("\"cmdId\":3"))
            {
                return true;
            }
        }
        false
    };
    assert!(timeout(PATIENCE, counted).await.expect("an answer in time"));
    assert!(server.sigterm().await.success());
}

#[tokio::test]
async fn a_renewed_certificate_needs_no_restart_and_a_broken_one_changes_nothing() {
    let files = Files::new();
    let first = files.renew();
    let server = Server::start(files.options()).await;
    let mut kept = connect(&server, &first).await.expect("a TLS connection");
    let second = files.renew();
    server.hangup();
    eventually("new connections get the new certificate", || {
        connect(&server, &second)
    })
    .await;
    assert!(connect(&server, &first).await.is_err());

    fs::write(files.key(), "broken").expect("a file can be written");
    server.hangup();
    eventually("the log names the file", || async {
        let logs = server.logs();
        let named = logs.contains("the certificate stays the one before")
            && logs.contains("key.pem cannot be used");
        named.then_some(()).ok_or("not yet")
    })
    .await;
    connect(&server, &second).await.expect("the pair before");

    // Nobody who was connected has noticed.
    kept.write_all(b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .expect("it reads");
    let mut answer = [0; 12];
    kept.read_exact(&mut answer).await.expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 200");
}

#[tokio::test]
async fn clients_that_never_shake_hands_and_those_of_plain_http_are_sent_away() {
    let files = Files::new();
    let trusted = files.renew();
    let options = files
        .options()
        .env("MILLRACE_HTTP_HEADER_TIMEOUT", "1s")
        .env("MILLRACE_HTTP_CONNECTIONS", "1");
    let server = Server::start(options).await;
    let mut silent = TcpStream::connect(address(&server))
        .await
        .expect("it listens");
    // Takes the only place, as soon as it is free.
    let page = ask(&server, &trusted, "GET /health/live HTTP/1.1\r\n\r\n").await;
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    let mut nothing = [0; 1];
    let ended = timeout(PATIENCE, silent.read(&mut nothing)).await;
    assert!(matches!(ended, Ok(Ok(0) | Err(_))), "{ended:?}");

    let mut plain = TcpStream::connect(address(&server))
        .await
        .expect("it listens");
    plain
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .expect("it reads");
    let mut told = String::new();
    let read = timeout(PATIENCE, plain.read_to_string(&mut told)).await;
    read.expect("an answer in time").expect("an answer");
    assert!(
        told.starts_with("HTTP/1.1 400") && told.contains("https://"),
        "{told}"
    );
}

#[tokio::test]
async fn files_that_cannot_be_used_are_named_at_the_start() {
    let files = Files::new();
    let said = Server::refused(files.options()).await;
    assert!(
        said.contains("http.tls.certificate") && said.contains("certificate.pem"),
        "{said}"
    );
    files.renew();
    fs::write(files.key(), "nothing").expect("a file can be written");
    let said = Server::refused(files.options()).await;
    assert!(
        said.contains("http.tls.key") && said.contains("BEGIN PRIVATE KEY"),
        "{said}"
    );
    let half = ServerOptions::default().env("MILLRACE_HTTP_TLS_KEY", "key.pem");
    let said = Server::refused(half).await;
    assert!(said.contains("go together"), "{said}");
}
