//! A connection's bytes, watched: when a head begins, and whether an answer is taken.
//!
//! Whether it is taken only the system knows: a writer is woken when a good part of a large buffer is
//! free again, and a slow client that takes all it can would look like one that takes nothing.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use socket2::SockRef;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

use super::{Pace, Place};

/// Ends the connection when the other side takes nothing of what is sent for the length of `stall`.
pub(super) fn end_when_stalled(stream: &TcpStream, stall: Duration) -> io::Result<()> {
    SockRef::from(stream).set_tcp_user_timeout(Some(stall))
}

/// A stream that tells its connection's clock what comes. It holds the connection's place, also after
/// it became a WebSocket.
pub(super) struct Watched<S> {
    stream: S,
    pace: Arc<Pace>,
    _place: Place,
}

impl<S> Watched<S> {
    pub(super) fn new(stream: S, pace: Arc<Pace>, place: Place) -> Self {
        Self {
            stream,
            pace,
            _place: place,
        }
    }
}

/// Counts the end that [`end_when_stalled`] asked for.
fn counted<T>(written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
    if let Poll::Ready(Err(error)) = &written
        && error.kind() == io::ErrorKind::TimedOut
    {
        super::count_cut("answer");
    }
    written
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.pace.heard();
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        counted(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        counted(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
