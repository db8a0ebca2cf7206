//! Clients of the HTTP door that are slow, silent or many.

use std::time::{Duration, Instant};

use millrace_testbed::{ADMIN_EMAIL, ADMIN_PASSWORD, LiveFeed, Server, ServerOptions, eventually};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(20);

/// A server whose bounds are short enough to wait for.
async fn quick() -> Server {
    let options = ServerOptions::default()
        .env("MILLRACE_HTTP_HEADER_TIMEOUT", "1s")
        .env("MILLRACE_HTTP_IDLE_TIMEOUT", "1s")
        .env("MILLRACE_HTTP_STALL_TIMEOUT", "1s");
    Server::start(options).await
}

async fn connect(server: &Server, first: &str) -> TcpStream {
    let address = server.url().trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    stream.write_all(first.as_bytes()).await.expect("it reads");
    stream
}

/// All that comes until the server closes.
async fn rest(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    let ended = timeout(PATIENCE, stream.read_to_end(&mut bytes)).await;
    assert!(ended.is_ok(), "the connection was not closed");
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn half_a_head_is_cut_in_time_while_others_are_served() {
    let server = quick().await;
    let admin = server.admin().await;
    let slow = connect(&server, "GET /health/live HTTP/1.1\r\nhost: x\r\n").await;
    let cut = tokio::spawn(rest(slow));
    while !cut.is_finished() {
        admin.get("/api/auth/user").await;
    }
    assert_eq!(cut.await.expect("it was cut"), "");
    let metrics = server.metrics().await;
    assert!(metrics.get("millrace_http_cut_total") >= 1.0);
}

#[tokio::test]
async fn a_body_that_stands_still_is_answered_with_408() {
    let server = quick().await;
    let head = "POST /api/auth/login HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{\"user";
    let refusal = rest(connect(&server, head).await).await;
    assert!(refusal.starts_with("HTTP/1.1 408"), "{refusal}");
    assert!(refusal.contains("too slowly"), "{refusal}");
}

/// The bound is for those who stand still: a page that is open lives on.
#[tokio::test]
async fn a_live_page_outlives_all_bounds() {
    let server = quick().await;
    let admin = server.admin().await;
    let mut page = LiveFeed::open(&admin, json!([])).await;
    let idle = connect(&server, "GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n").await;
    for _ in 0..2 {
        // Each one ends by the idle bound, after the page was opened.
        let answer = rest(connect(&server, "GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n").await);
        assert!(answer.await.starts_with("HTTP/1.1 200"));
    }
    assert!(rest(idle).await.starts_with("HTTP/1.1 200"));
    page.send(json!({"cmds": [{"type": "NOTIFICATIONS_COUNT", "cmdId": 3}]}))
        .await;
    page.until("an answer", |frame| frame["cmdId"] == json!(3))
        .await;
}

#[tokio::test]
async fn a_thousand_idle_connections_leave_room_and_the_bound_holds() {
    let server =
        Server::start(ServerOptions::default().env("MILLRACE_HTTP_CONNECTIONS", "1010")).await;
    let mut idle = Vec::new();
    for _ in 0..1000 {
        idle.push(connect(&server, "").await);
    }
    // The password takes a moment, the connection none.
    server.anonymous().login(ADMIN_EMAIL, ADMIN_PASSWORD).await;
    let metrics = server.metrics().await;
    assert!(
        metrics.get("millrace_http_connections") >= 1000.0,
        "all of them are open"
    );
    for _ in 0..100 {
        idle.push(connect(&server, "").await);
    }
    eventually("the log says that all are taken", || async {
        let told = server.logs().contains("all connections are taken");
        told.then_some(()).ok_or("not yet")
    })
    .await;
    // One more waits, and is served as soon as others go.
    let waiting = connect(
        &server,
        "GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
    )
    .await;
    drop(idle);
    let answer = rest(waiting).await;
    let open: f64 = answer
        .lines()
        .find_map(|line| line.strip_prefix("millrace_http_connections "))
        .and_then(|value| value.parse().ok())
        .unwrap_or_else(|| panic!("no figure in {answer}"));
    assert!(open <= 1010.0, "{open} connections");
}

#[tokio::test]
async fn a_stop_does_not_wait_for_those_who_say_nothing() {
    let mut server = Server::fresh().await;
    let admin = server.admin().await;
    let _page = LiveFeed::open(&admin, json!([])).await;
    let mut silent = Vec::new();
    for number in 0..50 {
        let half = "GET /health/live HTTP/1.1\r\nhost";
        silent.push(connect(&server, if number % 2 == 0 { "" } else { half }).await);
    }
    let began = Instant::now();
    assert!(server.sigterm().await.success());
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "{:?}",
        began.elapsed()
    );
}
