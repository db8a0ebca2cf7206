//! Request bodies that move, and those that do not.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    BoxError,
    body::{Body, Bytes},
    extract::Request,
    http::{HeaderValue, StatusCode, header::CONNECTION},
    response::{IntoResponse, Response},
};
use hyper::body::{Body as _, Frame, Incoming, SizeHint};
use millrace_api::error::{ApiError, ErrorCode};
use tokio::time::Sleep;

/// What counts as movement: so many bytes within the bound, or the end. A byte now and then is none.
const LEAST: usize = 1024;

/// Whether a body was given up.
#[derive(Clone, Default)]
pub(super) struct Stalled(Arc<AtomicBool>);

impl Stalled {
    pub(super) fn is_told(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The request with a body that fails when it hardly moves; most requests have none at all.
pub(super) fn bounded(
    request: Request<Incoming>,
    stall: Duration,
) -> (Request<Body>, Option<Stalled>) {
    if request.body().is_end_stream() {
        return (request.map(|_| Body::empty()), None);
    }
    let stalled = Stalled::default();
    let request = request.map(|body| {
        Body::new(Paced {
            body,
            stall,
            moved: 0,
            waiting: None,
            stalled: stalled.clone(),
        })
    });
    (request, Some(stalled))
}

/// 408, in place of whatever was made of half a body.
pub(super) fn too_slow(stall: Duration) -> Response {
    super::count_cut("body");
    let refusal = ApiError::new(
        StatusCode::REQUEST_TIMEOUT,
        ErrorCode::BadRequest,
        format!(
            "the request body came too slowly: send at least {LEAST} bytes every {} ms",
            stall.as_millis()
        ),
    );
    let mut response = refusal.into_response();
    response
        .headers_mut()
        .insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

struct Paced {
    body: Incoming,
    stall: Duration,
    /// Bytes since `waiting` runs.
    moved: usize,
    /// Runs from the first wait until enough has come.
    waiting: Option<Pin<Box<Sleep>>>,
    stalled: Stalled,
}

impl hyper::body::Body for Paced {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match Pin::new(&mut self.body).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => {
                self.moved += frame.data_ref().map_or(0, Bytes::len);
                if self.moved >= LEAST {
                    self.moved = 0;
                    self.waiting = None;
                }
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(error.into()))),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => {
                let stall = self.stall;
                let waiting = self
                    .waiting
                    .get_or_insert_with(|| Box::pin(tokio::time::sleep(stall)));
                if waiting.as_mut().poll(context).is_pending() {
                    return Poll::Pending;
                }
                self.stalled.0.store(true, Ordering::Relaxed);
                Poll::Ready(Some(Err("the body came too slowly".into())))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
