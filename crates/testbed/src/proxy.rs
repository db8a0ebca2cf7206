//! A TCP hop that can fail the way networks do.

use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Forwards a loopback port to another one. The connections through it can be cut while both ends
/// live on, or stalled: open, but nothing moves.
pub struct TcpProxy {
    port: u16,
    generation: Arc<watch::Sender<u64>>,
    stalled: Arc<watch::Sender<bool>>,
    full: Arc<watch::Sender<bool>>,
    accepting: JoinHandle<()>,
}

impl TcpProxy {
    /// A proxy to `127.0.0.1:upstream`.
    ///
    /// # Panics
    /// When no port can be bound.
    pub async fn to(upstream: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .expect("a port can be bound");
        let port = listener
            .local_addr()
            .expect("a bound listener has an address")
            .port();
        let generation = Arc::new(watch::Sender::new(0));
        let stalled = Arc::new(watch::Sender::new(false));
        let full = Arc::new(watch::Sender::new(false));
        let (cuts, stalls) = (Arc::clone(&generation), Arc::clone(&stalled));
        let turned_away = full.subscribe();
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if *turned_away.borrow() {
                    continue;
                }
                tokio::spawn(carry(
                    client,
                    upstream,
                    cuts.subscribe(),
                    stalls.subscribe(),
                ));
            }
        });
        Self {
            port,
            generation,
            stalled,
            full,
            accepting,
        }
    }

    /// The port to connect to.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Cuts every open connection; new ones are accepted at once.
    pub fn cut(&self) {
        self.generation.send_modify(|generation| *generation += 1);
    }

    /// Closes every connection made from now on at once, while those that are open live on.
    pub fn turn_away(&self) {
        self.full.send_replace(true);
    }

    /// Stops or resumes all forwarding without closing anything.
    pub fn stall(&self, stalled: bool) {
        self.stalled.send_replace(stalled);
    }
}

impl Drop for TcpProxy {
    fn drop(&mut self) {
        self.accepting.abort();
        self.cut();
    }
}

async fn carry(
    client: TcpStream,
    upstream: u16,
    mut cuts: watch::Receiver<u64>,
    stalls: watch::Receiver<bool>,
) {
    let Ok(server) = TcpStream::connect(("127.0.0.1", upstream)).await else {
        return;
    };
    let (client_read, client_write) = client.into_split();
    let (server_read, server_write) = server.into_split();
    tokio::select! {
        () = pump(client_read, server_write, stalls.clone()) => {}
        () = pump(server_read, client_write, stalls) => {}
        _ = cuts.changed() => {}
    }
}

async fn pump(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut stalls: watch::Receiver<bool>,
) {
    let mut buffer = vec![0u8; 64 * 1024];
    loop {
        if stalls.wait_for(|stalled| !stalled).await.is_err() {
            return;
        }
        let Ok(length @ 1..) = from.read(&mut buffer).await else {
            return;
        };
        if stalls.wait_for(|stalled| !stalled).await.is_err() {
            return;
        }
        let Some(part) = buffer.get(..length) else {
            return;
        };
        if to.write_all(part).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::TcpProxy;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    #[tokio::test]
    async fn forwards_until_cut() {
        let echo = TcpListener::bind("127.0.0.1:0").await.expect("bind");
        let port = echo.local_addr().expect("address").port();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = echo.accept().await {
                tokio::spawn(async move {
                    let (mut read, mut write) = stream.split();
                    tokio::io::copy(&mut read, &mut write).await
                });
            }
        });
        let proxy = TcpProxy::to(port).await;
        let mut stream = TcpStream::connect(("127.0.0.1", proxy.port()))
            .await
            .expect("connect");
        stream.write_all(b"hello").await.expect("write");
        let mut reply = [0u8; 5];
        stream.read_exact(&mut reply).await.expect("read");
        assert_eq!(&reply, b"hello");
        proxy.cut();
        assert_eq!(
            stream.read(&mut reply).await.unwrap_or(0),
            0,
            "cut connections end"
        );
    }
}
