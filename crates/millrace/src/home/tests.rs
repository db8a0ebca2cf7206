//! The doors of a browser, with and without the web application.

use axum::{Router, http::StatusCode, routing::get};

async fn serve() -> String {
    let api = Router::new()
        .route("/api/known", get(|| async { "known" }))
        .fallback(|| async { (StatusCode::NOT_FOUND, "no such path of the API") });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, super::around(&api)).await });
    format!("http://{address}")
}

#[tokio::test]
async fn pages_are_everywhere_but_where_the_api_is() {
    let server = serve().await;
    for path in ["/", "/devices/0190", "/assets/0190", "/rule-chains"] {
        let reply = reqwest::get(format!("{server}{path}")).await.unwrap();
        assert_eq!(reply.status(), 200, "{path}");
        let policy = reply.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(reply.headers()["cache-control"], "no-cache");
        assert!(reply.text().await.unwrap().contains("<title>Millrace"));
    }
    let known = reqwest::get(format!("{server}/api/known")).await.unwrap();
    assert_eq!(known.text().await.unwrap(), "known");
    for path in ["/api", "/api/unknown/deeper", "/health/unknown"] {
        let reply = reqwest::get(format!("{server}{path}")).await.unwrap();
        assert_eq!(reply.status(), 404, "{path}");
        let text = reply.text().await.unwrap();
        assert_eq!(text, "no such path of the API", "{path}");
    }
}

#[tokio::test]
async fn nothing_outside_the_application_can_be_read() {
    let server = serve().await;
    let address = server.trim_start_matches("http://");
    for path in [
        "/../Cargo.toml",
        "/files/../../package.json",
        "/%2e%2e/package.json",
    ] {
        // A raw request, because clients tidy such paths.
        let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let mut text = String::new();
        tokio::io::AsyncWriteExt::write_all(&mut socket, request.as_bytes())
            .await
            .unwrap();
        tokio::io::AsyncReadExt::read_to_string(&mut socket, &mut text)
            .await
            .unwrap();
        assert!(!text.contains("millrace-web"), "{path}: {text}");
        assert!(!text.contains("[package]"), "{path}: {text}");
    }
}
