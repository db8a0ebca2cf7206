//! Bytes on their way to the broker: gathered, written together, counted.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::{future, io};

use tokio::io::{AsyncWrite, AsyncWriteExt};

/// A buffer that grew beyond this is given back once it is empty.
const KEPT: usize = 64 << 10;

/// The write side of one connection.
#[derive(Debug)]
pub(crate) struct Outbox<W> {
    writer: W,
    bytes: Vec<u8>,
    /// Bytes of `bytes` that have been written.
    done: usize,
    /// Bytes written to this connection.
    written: u64,
}

impl<W: AsyncWrite + Unpin> Outbox<W> {
    /// `first` leaves first.
    pub(crate) fn new(writer: W, first: Vec<u8>) -> Self {
        Self {
            writer,
            bytes: first,
            done: 0,
            written: 0,
        }
    }

    /// Where to append what is to be sent.
    pub(crate) fn bytes(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// Bytes not written yet.
    pub(crate) fn backlog(&self) -> usize {
        self.bytes.len() - self.done
    }

    /// Bytes written to this connection.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    /// Writes what can be written without waiting.
    pub(crate) async fn write_now(&mut self) -> io::Result<()> {
        future::poll_fn(|cx| match self.poll_write(cx) {
            Poll::Pending => Poll::Ready(Ok(())),
            ready => ready,
        })
        .await
    }

    /// Waits until everything is written. May be dropped and called again.
    pub(crate) async fn write_all(&mut self) -> io::Result<()> {
        future::poll_fn(|cx| self.poll_write(cx)).await
    }

    /// Writes everything and closes this direction.
    pub(crate) async fn close(&mut self) -> io::Result<()> {
        self.write_all().await?;
        self.writer.shutdown().await
    }

    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.done < self.bytes.len() {
            let unwritten = self.bytes.get(self.done..).unwrap_or_default();
            match Pin::new(&mut self.writer).poll_write(cx, unwritten) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Err(problem)) => return Poll::Ready(Err(problem)),
                Poll::Ready(Ok(count)) => {
                    self.done += count;
                    self.written += count as u64;
                }
            }
        }
        self.bytes.clear();
        self.done = 0;
        if self.bytes.capacity() > KEPT {
            self.bytes.shrink_to(KEPT);
        }
        Poll::Ready(Ok(()))
    }
}
