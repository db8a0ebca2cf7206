//! The receiving half of a connection, which tells the broker's TCP at once that something arrived.
//!
//! Many brokers leave Nagle's algorithm on (Mosquitto by default): after one small packet the next
//! one waits until the first is acknowledged by our TCP, which the system delays for up to 40 ms when
//! there is nothing to send. A command's PUBACK followed by the device's answer is exactly that.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, ReadBuf};
use tokio::net::tcp::OwnedReadHalf;

/// A read of more came in full segments, which are acknowledged without being asked.
const SMALL: usize = 1_400;

#[derive(Debug)]
pub(crate) struct Reader(pub(crate) OwnedReadHalf);

impl AsyncRead for Reader {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.0).poll_read(cx, buf);
        let count = buf.filled().len() - before;
        if count > 0 && count <= SMALL {
            acknowledge_now(&self.0);
        }
        polled
    }
}

/// Only a matter of speed: where it fails or is unknown, the system's delay remains.
fn acknowledge_now(half: &OwnedReadHalf) {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let _ = socket2::SockRef::from(half.as_ref()).set_tcp_quickack(true);
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let _ = half;
}
