//! HTTP connections and their bounds.
//!
//! A client that opens connections and says nothing, or a byte a minute, must not take the place of
//! those who have something to say. Guarantees: there are never more connections than the bound (more
//! wait in the system's queue, and nobody who is served is turned out for them); a request's head is
//! complete in time or the connection is closed; a connection without a request is closed after a
//! while; a body that hardly moves ends, in either direction. What moves may take as long as it needs:
//! long transfers, answers that are awaited, WebSockets (which have bounds of their own on top).
//!
//! With a certificate all of it is spoken over TLS, and the handshake has the bound of a head.

mod body;
mod pace;
mod places;
mod room;
mod stream;
mod tls;

use std::{convert::Infallible, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{ConnectInfo, Request},
    http::{HeaderName, HeaderValue, header::STRICT_TRANSPORT_SECURITY},
    response::Response,
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::watch,
};
use tower_service::Service as _;

use pace::Pace;
use places::{Place, Places};
pub(crate) use room::make_room;
use stream::Watched;
pub(crate) use tls::{Tls, TlsFiles};

/// What clients are granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// Connections at a time, WebSockets included.
    pub(crate) connections: usize,
    /// From the first byte of a request, for the first one from the beginning of the connection, to
    /// the end of its head.
    pub(crate) header: Duration,
    /// Between two requests of one connection.
    pub(crate) idle: Duration,
    /// For the next piece of a body, in either direction.
    pub(crate) stall: Duration,
}

/// Most bytes of a request's head, its first line included. No request line can be longer.
const MAX_HEAD_BYTES: usize = 64 * 1024;
/// Most bytes that are read ahead or wait to be written, for each connection.
const MAX_BUFFER_BYTES: usize = 128 * 1024;
/// After an accept that failed for want of descriptors or memory: time for some to come back.
const RETRY: Duration = Duration::from_millis(100);

/// For half a year browsers ask this host over TLS only.
const TLS_ONLY: HeaderValue = HeaderValue::from_static("max-age=15552000");
/// Tells those who write links what the browser's address begins with.
const SCHEME: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// What every connection is served with.
#[derive(Clone)]
pub(crate) struct Service {
    /// What answers.
    pub(crate) router: Router,
    /// What clients are granted.
    pub(crate) bounds: Bounds,
    /// Without it plain HTTP is spoken.
    pub(crate) tls: Option<Tls>,
}

/// Serves until `stop` resolves; then answers the requests that are under way and closes the rest.
pub(crate) async fn serve(listener: TcpListener, service: Service, stop: impl Future<Output = ()>) {
    let mut places = Places::new(service.bounds.connections);
    let (ending, end) = watch::channel(false);
    let mut stop = std::pin::pin!(stop);
    loop {
        let (stream, peer, place) = tokio::select! {
            () = &mut stop => break,
            accepted = accept(&listener, &mut places) => accepted,
        };
        if let Err(error) = stream::end_when_stalled(&stream, service.bounds.stall) {
            tracing::debug!(%peer, %error, "a client that takes no answer may stay for long");
        }
        tokio::spawn(begin(stream, peer, place, service.clone(), end.clone()));
    }
    drop(listener);
    // Every connection listens; when none is left there is nobody to tell.
    let _ = ending.send(true);
    drop(end);
    ending.closed().await;
}

/// The next connection, once there is a place for it.
async fn accept(listener: &TcpListener, places: &mut Places) -> (TcpStream, SocketAddr, Place) {
    let place = places.take().await;
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Answers are written whole: waiting for more would only delay them.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%peer, %error, "small answers may be delayed");
                }
                return (stream, peer, place);
            }
            Err(error) if of_one_connection(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "no connection can be accepted for the moment");
                tokio::time::sleep(RETRY).await;
            }
        }
    }
}

/// The client was gone before it was accepted.
fn of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

/// Makes the connection secure where that is asked for, and answers its requests.
async fn begin(
    stream: TcpStream,
    peer: SocketAddr,
    place: Place,
    service: Service,
    mut end: watch::Receiver<bool>,
) {
    let Some(tls) = &service.tls else {
        return converse(stream, peer, place, service, end).await;
    };
    let handshake = tokio::time::timeout(service.bounds.header, tls.accept(stream));
    let secure = tokio::select! {
        secure = handshake => secure,
        () = told(&mut end) => return,
    };
    match secure {
        Ok(Ok(stream)) => converse(stream, peer, place, service, end).await,
        Ok(Err(error)) => tracing::debug!(%peer, %error, "no TLS connection came about"),
        Err(_) => count_cut("handshake"),
    }
}

/// Answers the requests of one connection, until it ends, becomes a WebSocket or is told to end.
async fn converse<S>(
    stream: S,
    peer: SocketAddr,
    place: Place,
    service: Service,
    mut end: watch::Receiver<bool>,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let Service {
        router,
        bounds,
        tls,
    } = service;
    let is_secure = tls.is_some();
    let pace = Arc::new(Pace::new(bounds.header, bounds.idle));
    let stream = Watched::new(stream, Arc::clone(&pace), place);
    let answered = service_fn(move |request| {
        let answered = answer(router.clone(), request, peer, bounds.stall, is_secure);
        async move { Ok::<_, Infallible>(answered.await) }
    });
    let connection = http1::Builder::new()
        .timer(pace::Heads(Arc::clone(&pace)))
        .header_read_timeout(bounds.idle)
        .max_header_size(MAX_HEAD_BYTES)
        .max_buf_size(MAX_BUFFER_BYTES)
        .serve_connection(TokioIo::new(stream), answered)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = told(&mut end) => {
            // A head that is not complete by now would only hold up the stop.
            pace.end();
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%peer, %error, "a connection ended early");
    }
}

async fn told(end: &mut watch::Receiver<bool>) {
    let _ = end.wait_for(|end| *end).await;
}

/// Answers one request.
async fn answer(
    mut router: Router,
    request: Request<Incoming>,
    peer: SocketAddr,
    stall: Duration,
    is_secure: bool,
) -> Response {
    let (mut request, stalled) = body::bounded(request, stall);
    request.extensions_mut().insert(ConnectInfo(peer));
    if is_secure {
        let headers = request.headers_mut();
        headers
            .entry(SCHEME)
            .or_insert(HeaderValue::from_static("https"));
    }
    let Ok(response) = router.call(request).await;
    let mut response = match stalled {
        Some(stalled) if stalled.is_told() => body::too_slow(stall),
        _ => response,
    };
    if is_secure {
        let headers = response.headers_mut();
        headers.insert(STRICT_TRANSPORT_SECURITY, TLS_ONLY);
    }
    response
}

/// Counts a connection or request that was ended by a bound.
fn count_cut(bound: &'static str) {
    metrics::counter!("millrace_http_cut_total", "bound" => bound).increment(1);
}

#[cfg(test)]
mod tests;
