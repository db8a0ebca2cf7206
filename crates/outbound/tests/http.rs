//! Requests to real servers.
#![allow(clippy::unwrap_used)]

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, Method, StatusCode, Uri},
    response::{IntoResponse, Redirect, Response},
    routing::any,
};
use millrace_outbound::{
    AddressRules, HttpError, HttpRequest, HttpSettings, Outbound, OutboundOptions, Proxy,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::Semaphore,
};

#[derive(Clone)]
struct Gate {
    open: Arc<Semaphore>,
    /// A permit for every request that came this far.
    arrived: Arc<Semaphore>,
    inside: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

/// Tells what it was asked.
async fn echo(method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let key = headers
        .get("x-api-key")
        .map_or("none", |key| key.to_str().unwrap());
    let text = format!("{method} {uri} {key} {}", String::from_utf8_lossy(&body));
    ([("x-echo", "yes")], text).into_response()
}

/// Answers once the gate is open.
async fn gate(State(gate): State<Gate>) -> &'static str {
    let inside = gate.inside.fetch_add(1, Ordering::SeqCst) + 1;
    gate.most.fetch_max(inside, Ordering::SeqCst);
    gate.arrived.add_permits(1);
    let _open = gate.open.acquire().await.unwrap();
    gate.inside.fetch_sub(1, Ordering::SeqCst);
    "through"
}

async fn redirect(Path(rest): Path<String>) -> Redirect {
    Redirect::temporary(&rest)
}

async fn serve() -> (SocketAddr, Gate) {
    let state = Gate {
        open: Arc::new(Semaphore::new(0)),
        arrived: Arc::new(Semaphore::new(0)),
        inside: Arc::default(),
        most: Arc::default(),
    };
    let router = Router::new()
        .route("/echo", any(echo))
        .route("/gate", any(gate))
        .route("/to/{*rest}", any(redirect))
        .route("/round", any(|| async { Redirect::temporary("/round") }))
        .route("/large", any(|| async { "x".repeat(5_000) }))
        .route(
            "/teapot",
            any(|| async { (StatusCode::IM_A_TEAPOT, "short and stout") }),
        )
        .with_state(state.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async { axum::serve(listener, router).await });
    (address, state)
}

fn options() -> OutboundOptions {
    OutboundOptions {
        timeout: Duration::from_millis(500),
        connect_timeout: Duration::from_millis(300),
        ..OutboundOptions::default()
    }
}

fn post(url: String) -> HttpRequest {
    HttpRequest {
        method: "POST".to_owned(),
        url,
        headers: vec![("X-Api-Key".to_owned(), "secret".to_owned())],
        body: Bytes::from_static(b"{}"),
    }
}

async fn send(options: OutboundOptions, url: String) -> Result<(u16, String), HttpError> {
    let client = Outbound::new(options)
        .http(&HttpSettings::default())
        .unwrap();
    let answer = client.send(post(url)).await?;
    let body = String::from_utf8(answer.body.to_vec()).unwrap();
    Ok((answer.status, body))
}

#[tokio::test]
async fn an_answer_comes_with_status_headers_and_body() {
    let (server, _) = serve().await;
    let client = Outbound::default().http(&HttpSettings::default()).unwrap();
    let answer = client
        .send(post(format!("http://{server}/echo?a=b")))
        .await
        .unwrap();
    assert!(answer.is_success());
    assert_eq!((answer.status, answer.reason.as_str()), (200, "OK"));
    let headers: HashMap<_, _> = answer.headers.into_iter().collect();
    assert_eq!(headers["x-echo"], "yes");
    assert_eq!(&answer.body[..], b"POST /echo?a=b secret {}");
    let answer = client
        .send(post(format!("http://{server}/teapot")))
        .await
        .unwrap();
    assert!(!answer.is_success());
    assert_eq!(answer.reason, "I'm a teapot");
}

#[tokio::test]
async fn redirects_are_followed_but_not_for_ever_and_not_with_secrets() {
    let (first, _) = serve().await;
    let (second, _) = serve().await;
    let (_, same) = send(options(), format!("http://{first}/to//echo"))
        .await
        .unwrap();
    assert_eq!(same, "POST /echo secret {}");
    let other = format!("http://{first}/to/http://{second}/echo");
    assert_eq!(
        send(options(), other).await.unwrap().1,
        "POST /echo none {}"
    );
    let round = send(options(), format!("http://{first}/round")).await;
    assert_eq!(round.unwrap_err(), HttpError::Redirects(5));
}

#[tokio::test]
async fn denied_addresses_are_reached_neither_directly_nor_by_redirect() {
    let (server, _) = serve().await;
    let metadata = "http://169.254.169.254/latest/meta-data";
    let through = format!("http://{server}/to/{metadata}");
    for url in [
        metadata.to_owned(),
        "http://[::ffff:a9fe:a9fe]/".to_owned(),
        "http://2852039166/".to_owned(),
        "http://0xa9.0xfe.0xa9.0xfe/".to_owned(),
        through,
    ] {
        let error = send(options(), url.clone()).await.unwrap_err();
        assert!(matches!(error, HttpError::Denied(_)), "{url}: {error}");
    }
    let private = OutboundOptions {
        addresses: AddressRules {
            deny_private: true,
            ..AddressRules::default()
        },
        ..options()
    };
    let port = server.port();
    for host in ["127.0.0.1", "localhost", "[::1]", "127.1"] {
        let error = send(private.clone(), format!("http://{host}:{port}/echo")).await;
        let error = error.unwrap_err();
        assert!(matches!(error, HttpError::Denied(_)), "{host}: {error}");
    }
}

#[tokio::test]
async fn time_size_and_number_are_bounded() {
    let (server, _) = serve().await;
    let slow = send(options(), format!("http://{server}/gate")).await;
    assert!(matches!(slow, Err(HttpError::Timeout(_))));
    let large = OutboundOptions {
        answer_bytes: 4_999,
        ..options()
    };
    let large = send(large, format!("http://{server}/large")).await;
    assert_eq!(large.unwrap_err(), HttpError::TooLarge(4_999));

    // A server of its own: the request given up above is still at the gate of the first.
    let (server, gate) = serve().await;
    let bounds = OutboundOptions {
        timeout: Duration::from_secs(20),
        parallel: 2,
        waiting: 3,
        ..OutboundOptions::default()
    };
    let client = Outbound::new(bounds)
        .http(&HttpSettings::default())
        .unwrap();
    let url = format!("http://{server}/gate");
    let mut asked = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let (client, url) = (client.clone(), url.clone());
        asked.spawn(async move { client.send(post(url)).await });
    }
    let first = asked.join_next().await.unwrap().unwrap();
    assert_eq!(
        first.unwrap_err(),
        HttpError::Busy(5),
        "the sixth is too many"
    );
    let two = tokio::time::timeout(Duration::from_secs(10), gate.arrived.acquire_many(2)).await;
    two.expect("two stand at the gate at once")
        .unwrap()
        .forget();
    gate.open.add_permits(10);
    while let Some(answer) = asked.join_next().await {
        assert!(answer.unwrap().unwrap().is_success());
    }
    assert_eq!(gate.most.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = closed.local_addr().unwrap().port();
    drop(closed);
    let refused = send(options(), format!("http://127.0.0.1:{port}/"))
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("refused"), "{refused}");
    for (url, says) in [
        ("ftp://example.com/", "begins with http"),
        ("nonsense", "is no URL"),
        ("http://user:secret@example.com/", "credentials"),
    ] {
        let error = send(options(), url.to_owned())
            .await
            .unwrap_err()
            .to_string();
        assert!(error.contains(says) && !error.contains("secret"), "{error}");
    }
    let client = Outbound::default().http(&HttpSettings::default()).unwrap();
    let mut forged = post("http://127.0.0.1:1/".to_owned());
    forged
        .headers
        .push(("X-A".to_owned(), "a\r\nX-B: b".to_owned()));
    let error = client.send(forged).await.unwrap_err();
    assert!(error.to_string().contains("x-a"), "{error}");
}

#[tokio::test]
async fn a_proxy_is_asked_for_the_target() {
    let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = proxy.local_addr().unwrap().port();
    let asked = tokio::spawn(async move {
        let mut heads = Vec::new();
        for answer in [
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
            "HTTP/1.1 407 No\r\n\r\n",
        ] {
            let (mut tcp, _) = proxy.accept().await.unwrap();
            let mut head = vec![0; 4_096];
            let count = tcp.read(&mut head).await.unwrap();
            heads.push(String::from_utf8_lossy(&head[..count]).into_owned());
            tcp.write_all(answer.as_bytes()).await.unwrap();
        }
        heads
    });
    let settings = HttpSettings {
        proxy: Some(Proxy {
            host: "127.0.0.1".to_owned(),
            port,
            authorization: Some("Basic dTpw".to_owned()),
        }),
        ..HttpSettings::default()
    };
    let client = Outbound::new(options()).http(&settings).unwrap();
    let plain = client
        .send(post("http://target.example/x".to_owned()))
        .await
        .unwrap();
    assert_eq!(&plain.body[..], b"ok");
    let secure = client
        .send(post("https://target.example/x".to_owned()))
        .await;
    let error = secure.unwrap_err().to_string();
    assert!(error.contains("407"), "{error}");
    let heads = asked.await.unwrap();
    assert!(
        heads[0].starts_with("POST http://target.example/x HTTP/1.1"),
        "{}",
        heads[0]
    );
    assert!(
        heads[1].starts_with("CONNECT target.example:443 HTTP/1.1"),
        "{}",
        heads[1]
    );
    assert!(heads[1].contains("Proxy-Authorization: Basic dTpw"));
}
