//! The bounds of connections, through a socket.

use axum::{body::Bytes, http::StatusCode, routing::get};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    sync::oneshot,
    time::timeout,
};

use super::*;

const PATIENCE: Duration = Duration::from_secs(20);
const LONG: Duration = Duration::from_secs(600);
const SHORT: Duration = Duration::from_millis(300);
/// Nothing but the number of connections is short.
const ROOMY: Bounds = Bounds {
    connections: 2,
    header: LONG,
    idle: LONG,
    stall: LONG,
};
/// Bytes of an answer that no buffer of the system holds.
const LARGE: usize = 64 << 20;
const GET: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";

/// A server that answers with the address it was asked from, or the length of what it was sent; it
/// ends when the sender does.
async fn start(bounds: Bounds) -> (SocketAddr, oneshot::Sender<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let peer = |ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() };
    let length = |body: Result<Bytes, _>| async move {
        body.map(|body| body.len().to_string())
            .map_err(|_| StatusCode::BAD_REQUEST)
    };
    let large = || async { vec![b'x'; LARGE] };
    let router = Router::new()
        .route("/", get(peer).post(length))
        .route("/large", get(large));
    let service = Service {
        router,
        bounds,
        tls: None,
    };
    tokio::spawn(serve(listener, service, async {
        let _ = stopped.await;
    }));
    (address, stop)
}

async fn connect(address: SocketAddr, first: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(first).await.unwrap();
    stream
}

/// The next answer; an empty text when the connection is closed instead.
async fn answer(stream: &mut TcpStream) -> String {
    let mut bytes = vec![0; 4096];
    let read = timeout(PATIENCE, stream.read(&mut bytes)).await;
    let read = read.expect("an answer or an end in time").unwrap_or(0);
    String::from_utf8_lossy(&bytes[..read]).into_owned()
}

#[tokio::test]
async fn requests_are_answered_and_know_who_asks() {
    let (address, _stop) = start(ROOMY).await;
    let mut stream = connect(address, GET).await;
    for _ in 0..3 {
        let answer = answer(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.ends_with(&stream.local_addr().unwrap().to_string()));
        stream.write_all(GET).await.unwrap();
    }
}

/// One header line after the other, each well within the time: the whole head is what counts. And
/// what counts is no body: a request that took long leaves the next one all its time.
#[tokio::test]
async fn a_head_that_drips_is_cut_and_its_place_is_for_others() {
    let bounds = Bounds {
        connections: 1,
        header: SHORT,
        ..ROOMY
    };
    let (address, _stop) = start(bounds).await;
    let mut drip = connect(address, GET).await;
    assert!(answer(&mut drip).await.starts_with("HTTP/1.1 200"));
    drip.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    let (mut read, mut write) = drip.into_split();
    let dripping = tokio::spawn(async move {
        while write.write_all(b"a: b\r\n").await.is_ok() {
            tokio::time::sleep(SHORT / 10).await;
        }
    });
    let mut other = connect(address, GET).await;
    assert!(answer(&mut other).await.starts_with("HTTP/1.1 200"));
    let mut nothing = Vec::new();
    let _ = timeout(PATIENCE, read.read_to_end(&mut nothing))
        .await
        .unwrap();
    assert!(!String::from_utf8_lossy(&nothing).contains("200"));
    timeout(PATIENCE, dripping).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_connection_that_never_says_anything_is_closed() {
    let bounds = Bounds {
        header: SHORT,
        ..ROOMY
    };
    let (address, _stop) = start(bounds).await;
    let mut silent = connect(address, b"").await;
    assert_eq!(answer(&mut silent).await, "");
}

/// The bound of heads does not count while there is none.
#[tokio::test]
async fn an_idle_connection_has_a_bound_of_its_own() {
    let bounds = Bounds {
        header: SHORT,
        idle: SHORT * 4,
        ..ROOMY
    };
    let (address, _stop) = start(bounds).await;
    let mut kept = connect(address, GET).await;
    assert!(answer(&mut kept).await.starts_with("HTTP/1.1 200"));
    let idle = std::time::Instant::now();
    assert_eq!(answer(&mut kept).await, "");
    assert!(idle.elapsed() >= SHORT * 3, "{:?}", idle.elapsed());
}

#[tokio::test]
async fn a_body_that_stands_still_is_refused_and_one_that_moves_is_not() {
    let bounds = Bounds {
        header: SHORT,
        stall: SHORT,
        ..ROOMY
    };
    let (address, _stop) = start(bounds).await;
    let head = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 8192\r\n\r\n";
    let mut still = connect(address, head).await;
    still.write_all(b"half").await.unwrap();
    let refusal = answer(&mut still).await;
    assert!(refusal.starts_with("HTTP/1.1 408"), "{refusal}");
    assert!(refusal.contains("too slowly"), "{refusal}");

    // Takes longer than either bound, all in all.
    let mut moving = connect(address, head).await;
    for _ in 0..8 {
        tokio::time::sleep(SHORT / 3).await;
        moving.write_all(&[b'x'; 1024]).await.unwrap();
    }
    let accepted = answer(&mut moving).await;
    assert!(accepted.ends_with("8192"), "{accepted}");
    moving.write_all(GET).await.unwrap();
    assert!(answer(&mut moving).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn an_answer_that_nobody_takes_is_given_up() {
    let bounds = Bounds {
        connections: 1,
        stall: SHORT,
        ..ROOMY
    };
    let (address, _stop) = start(bounds).await;
    let _deaf = connect(address, b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n").await;
    let mut other = connect(address, GET).await;
    assert!(answer(&mut other).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_head_without_measure_is_refused() {
    let (address, _stop) = start(ROOMY).await;
    let long = format!(
        "GET / HTTP/1.1\r\na: {}\r\n\r\n",
        "x".repeat(MAX_HEAD_BYTES)
    );
    let many = format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(200));
    for head in [long, many] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let _ = stream.write_all(head.as_bytes()).await;
        let refusal = answer(&mut stream).await;
        assert!(refusal.starts_with("HTTP/1.1 431"), "{refusal}");
    }
}

#[tokio::test]
async fn a_stop_ends_idle_connections_and_half_heads_at_once() {
    let (address, stop) = start(ROOMY).await;
    let mut idle = connect(address, GET).await;
    assert!(answer(&mut idle).await.starts_with("HTTP/1.1 200"));
    let mut half = connect(address, b"GET / HTTP/1.1\r\nhost").await;
    drop(stop);
    assert_eq!(answer(&mut idle).await, "");
    assert_eq!(answer(&mut half).await, "");
}

/// Much slower than what the system holds ready for it, so for longer than the bound nothing new can
/// be written: bytes that arrive are what counts.
#[tokio::test]
async fn an_answer_that_is_taken_slowly_is_sent_to_its_end() {
    let bounds = Bounds {
        stall: SHORT,
        ..ROOMY
    };
    let (address, _stop) = start(bounds).await;
    let request = b"GET /large HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    // A small window opens often.
    socket.set_recv_buffer_size(128 * 1024).unwrap();
    let mut slow = socket.connect(address).await.unwrap();
    slow.write_all(request).await.unwrap();
    let mut piece = vec![0; 32 * 1024];
    let mut taken = 0;
    for _ in 0..50 {
        tokio::time::sleep(SHORT / 10).await;
        taken += slow.read(&mut piece).await.unwrap();
    }
    let mut others = Vec::new();
    let ended = timeout(PATIENCE, slow.read_to_end(&mut others)).await;
    ended.expect("an end in time").expect("no reset");
    assert!(taken + others.len() > LARGE, "{taken} and {}", others.len());
}
