//! Connections, to allowed addresses only.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use http::Uri;
use hyper_util::{
    client::legacy::connect::{Connected, Connection},
    rt::TokioIo,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf},
    net::TcpStream,
};
use tower_service::Service;

use super::Proxy;
use crate::{AddressRules, error::SettingsError};

/// Longest answer of a proxy to CONNECT.
const PROXY_ANSWER_BYTES: usize = 8_192;

/// Connects.
#[derive(Debug, Clone)]
pub(super) struct Dial {
    addresses: AddressRules,
    timeout: Duration,
    proxy: Option<Proxy>,
}

impl Dial {
    pub(super) fn new(
        addresses: AddressRules,
        timeout: Duration,
        proxy: Option<Proxy>,
    ) -> Result<Self, SettingsError> {
        if let Some(proxy) = &proxy {
            if proxy.host.trim().is_empty() || proxy.port == 0 {
                return Err(SettingsError(
                    "proxyHost and proxyPort should be specified, or the proxy switched off"
                        .to_owned(),
                ));
            }
            let text = proxy.authorization.as_deref().unwrap_or_default();
            if text.contains(char::is_control) {
                return Err(SettingsError(
                    "proxyUser and proxyPassword hold a control character: remove it".to_owned(),
                ));
            }
        }
        Ok(Self {
            addresses,
            timeout,
            proxy,
        })
    }

    async fn connect(self, to: Uri) -> io::Result<Wire> {
        let host = to.host().unwrap_or_default();
        let https = to.scheme_str() == Some("https");
        let port = to.port_u16().unwrap_or(if https { 443 } else { 80 });
        let Some(proxy) = &self.proxy else {
            let tcp = self.dial(host, port).await?;
            return Ok(Wire {
                tcp,
                proxied: false,
            });
        };
        let mut tcp = self.dial(&proxy.host, proxy.port).await?;
        if https {
            self.tunnel(&mut tcp, proxy, host, port).await?;
        }
        Ok(Wire {
            tcp,
            proxied: !https,
        })
    }

    async fn dial(&self, host: &str, port: u16) -> io::Result<TcpStream> {
        let connecting = async {
            let mut last = None;
            for address in self.addresses.resolve(host, port).await? {
                match TcpStream::connect(address).await {
                    Ok(tcp) => {
                        // Requests are written whole.
                        let _ = tcp.set_nodelay(true);
                        return Ok(tcp);
                    }
                    Err(error) => {
                        last = Some(io::Error::new(
                            error.kind(),
                            format!("no connection to {host}:{port}: {error}"),
                        ));
                    }
                }
            }
            Err(last.unwrap_or_else(|| io::ErrorKind::NotFound.into()))
        };
        tokio::time::timeout(self.timeout, connecting)
            .await
            .unwrap_or_else(|_| {
                Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    format!(
                        "no connection to {host}:{port} within {} ms",
                        self.timeout.as_millis()
                    ),
                ))
            })
    }

    async fn tunnel(
        &self,
        tcp: &mut TcpStream,
        proxy: &Proxy,
        host: &str,
        port: u16,
    ) -> io::Result<()> {
        let mut ask = format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n");
        if let Some(authorization) = &proxy.authorization {
            ask.push_str("Proxy-Authorization: ");
            ask.push_str(authorization);
            ask.push_str("\r\n");
        }
        ask.push_str("\r\n");
        let refused = |detail: &str| {
            io::Error::other(format!(
                "the proxy {}:{} does not connect to {host}:{port}: {detail}",
                proxy.host, proxy.port
            ))
        };
        let asking = async {
            tcp.write_all(ask.as_bytes()).await?;
            let mut answer = Vec::new();
            // Byte by byte: what follows the empty line belongs to the target.
            while !answer.ends_with(b"\r\n\r\n") {
                if answer.len() >= PROXY_ANSWER_BYTES {
                    return Err(refused("its answer does not end"));
                }
                answer.push(tcp.read_u8().await?);
            }
            let first = answer
                .split(|byte| *byte == b'\r')
                .next()
                .unwrap_or_default();
            let first = String::from_utf8_lossy(first);
            match first.split(' ').nth(1) {
                Some(status) if status.starts_with('2') => Ok(()),
                _ => Err(refused(&first)),
            }
        };
        tokio::time::timeout(self.timeout, asking)
            .await
            .unwrap_or_else(|_| Err(refused("it does not answer")))
    }
}

impl Service<Uri> for Dial {
    type Response = TokioIo<Wire>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<TokioIo<Wire>>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let dial = self.clone();
        Box::pin(async move { dial.connect(to).await.map(TokioIo::new) })
    }
}

/// A connection, which knows whether a proxy is at the other end.
#[derive(Debug)]
pub(super) struct Wire {
    tcp: TcpStream,
    proxied: bool,
}

impl Connection for Wire {
    fn connected(&self) -> Connected {
        Connected::new().proxy(self.proxied)
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_read(context, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.tcp).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(context)
    }
}
