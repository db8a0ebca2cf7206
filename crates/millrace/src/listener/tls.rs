//! TLS of the HTTP door: the certificate with its key, and their renewal.
//!
//! Guarantees: a connection is served with the newest pair that was whole; the files are looked at each
//! minute and on SIGHUP; a pair that cannot be used leaves the one before it in place and says so.

use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use arc_swap::ArcSwap;
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    signal::unix::{Signal, SignalKind, signal},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(60);

/// What a TLS connection begins with.
const HANDSHAKE: u8 = 0x16;

/// For those who speak HTTP where HTTPS is spoken.
const WRONG_SCHEME: &str = "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\n\
    connection: close\r\n\r\nthis port speaks HTTPS: use an address that begins with https://\n";

/// The files that hold certificate and key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TlsFiles {
    /// PEM: the server's own certificate first, then those that vouch for it.
    pub(crate) certificate: PathBuf,
    /// PEM, not encrypted.
    pub(crate) key: PathBuf,
}

impl TlsFiles {
    /// The pair that the files hold.
    ///
    /// # Errors
    /// Names the setting, the file and the fix.
    pub(crate) fn read(&self) -> Result<CertifiedKey> {
        let chain = self.chain().with_context(|| {
            format!(
                "http.tls.certificate: {} cannot be used",
                self.certificate.display()
            )
        })?;
        let key = self
            .private_key()
            .with_context(|| format!("http.tls.key: {} cannot be used", self.key.display()))?;
        CertifiedKey::from_der(chain, key, &ring::default_provider()).with_context(|| {
            format!(
                "http.tls: the key in {} and the certificate in {} do not make a pair: give the key that the first certificate was made for",
                self.key.display(),
                self.certificate.display()
            )
        })
    }

    fn chain(&self) -> Result<Vec<CertificateDer<'static>>> {
        let text = text(&self.certificate)?;
        let chain = CertificateDer::pem_slice_iter(&text)
            .collect::<Result<Vec<_>, _>>()
            .context("it is no PEM file")?;
        if chain.is_empty() {
            bail!(
                "it holds no certificate: give a PEM file with BEGIN CERTIFICATE, the server's own first"
            );
        }
        Ok(chain)
    }

    fn private_key(&self) -> Result<PrivateKeyDer<'static>> {
        let text = text(&self.key)?;
        PrivateKeyDer::from_pem_slice(&text).context(
            "it holds no private key: give a PEM file with BEGIN PRIVATE KEY, not encrypted",
        )
    }

    /// Changes when one of the files does.
    fn stamp(&self) -> Stamp {
        [&self.certificate, &self.key].map(|path| {
            let about = fs::metadata(path).ok()?;
            Some((about.mtime(), about.mtime_nsec(), about.size(), about.ino()))
        })
    }
}

type Stamp = [Option<(i64, i64, u64, u64)>; 2];

fn text(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).context("it cannot be read: check the path, and that this user may read it")
}

/// The pair that new connections get.
#[derive(Debug)]
struct Current(ArcSwap<CertifiedKey>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

/// Makes connections secure.
#[derive(Clone)]
pub(crate) struct Tls {
    acceptor: TlsAcceptor,
}

impl Tls {
    /// Reads the files, and goes on doing so in the background.
    ///
    /// # Errors
    /// When there is no usable pair to begin with.
    pub(crate) fn start(files: TlsFiles) -> Result<Self> {
        metrics::describe_counter!(
            "millrace_tls_renewals_total",
            "Changed certificates and keys that were read, by outcome"
        );
        let hangups = signal(SignalKind::hangup()).context("SIGHUP cannot be watched")?;
        let (renewal, acceptor) = Renewal::begin(files)?;
        tokio::spawn(renewal.run(hangups));
        Ok(Self { acceptor })
    }

    /// The secure form of a connection. Whoever speaks plain HTTP is told.
    ///
    /// # Errors
    /// Whatever ends the handshake.
    pub(super) async fn accept(
        &self,
        mut stream: TcpStream,
    ) -> std::io::Result<TlsStream<TcpStream>> {
        let mut first = [HANDSHAKE];
        stream.peek(&mut first).await?;
        if first != [HANDSHAKE] && first[0].is_ascii_alphabetic() {
            // What is not read would turn the end into a reset, which takes the answer along.
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await?;
            stream.write_all(WRONG_SCHEME.as_bytes()).await?;
            stream.shutdown().await?;
            return Err(std::io::Error::other("it speaks HTTP without TLS"));
        }
        self.acceptor.accept(stream).await
    }
}

/// The files, and what was made of them last.
struct Renewal {
    files: TlsFiles,
    seen: Stamp,
    current: Arc<Current>,
}

impl Renewal {
    fn begin(files: TlsFiles) -> Result<(Self, TlsAcceptor)> {
        // Before the content: a change in between is seen as one.
        let seen = files.stamp();
        let current = Arc::new(Current(ArcSwap::from_pointee(files.read()?)));
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .context("TLS cannot be set up")?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&current) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let renewal = Self {
            files,
            seen,
            current,
        };
        Ok((renewal, TlsAcceptor::from(Arc::new(config))))
    }

    async fn run(mut self, mut hangups: Signal) {
        let mut looks = tokio::time::interval(LOOK);
        loop {
            let is_asked = tokio::select! {
                _ = looks.tick() => false,
                asked = hangups.recv() => asked.is_some(),
            };
            let looked = tokio::task::spawn_blocking(move || {
                self.look(is_asked);
                self
            });
            match looked.await {
                Ok(back) => self = back,
                Err(error) => {
                    tracing::error!(%error, "certificates are not renewed any more: restart the server");
                    return;
                }
            }
        }
    }

    /// Takes the pair of the files when they changed, or when somebody asked.
    fn look(&mut self, is_asked: bool) {
        let stamp = self.files.stamp();
        if stamp == self.seen && !is_asked {
            return;
        }
        self.seen = stamp;
        let outcome = match self.files.read() {
            Ok(pair) => {
                self.current.0.store(Arc::new(pair));
                tracing::info!("new connections get the certificate that was read just now");
                "renewed"
            }
            Err(error) => {
                tracing::error!("the certificate stays the one before: {error:#}");
                "failed"
            }
        };
        metrics::counter!("millrace_tls_renewals_total", "outcome" => outcome).increment(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(files: &TlsFiles) -> Vec<u8> {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        fs::write(&files.certificate, made.cert.pem()).unwrap();
        fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
        made.cert.der().to_vec()
    }

    fn served(renewal: &Renewal) -> Vec<u8> {
        let pair = renewal.current.0.load_full();
        pair.cert.first().unwrap().to_vec()
    }

    fn in_directory(directory: &tempfile::TempDir) -> TlsFiles {
        TlsFiles {
            certificate: directory.path().join("certificate.pem"),
            key: directory.path().join("key.pem"),
        }
    }

    #[test]
    fn changed_files_are_taken_and_broken_ones_are_not() {
        let directory = tempfile::tempdir().unwrap();
        let files = in_directory(&directory);
        let first = write(&files);
        let (mut renewal, _) = Renewal::begin(files.clone()).unwrap();
        renewal.look(false);
        assert_eq!(served(&renewal), first);
        let second = write(&files);
        assert_ne!(first, second);
        renewal.look(false);
        assert_eq!(served(&renewal), second);
        // Half of a renewal: the certificate is new, the key is not.
        let key = fs::read(&files.key).unwrap();
        let third = write(&files);
        let new_key = fs::read(&files.key).unwrap();
        fs::write(&files.key, key).unwrap();
        renewal.look(false);
        assert_eq!(served(&renewal), second);
        fs::remove_file(&files.key).unwrap();
        renewal.look(true);
        assert_eq!(served(&renewal), second);
        fs::write(&files.key, new_key).unwrap();
        renewal.look(false);
        assert_eq!(served(&renewal), third);
    }

    #[test]
    fn mistakes_name_the_setting_the_file_and_the_fix() {
        let directory = tempfile::tempdir().unwrap();
        let files = in_directory(&directory);
        let error = || format!("{:#}", files.read().unwrap_err());
        assert!(error().contains("http.tls.certificate") && error().contains("certificate.pem"));
        write(&files);
        let certificate = fs::read(&files.certificate).unwrap();
        fs::write(&files.certificate, "nothing").unwrap();
        assert!(error().contains("holds no certificate"), "{}", error());
        fs::write(&files.certificate, certificate).unwrap();
        fs::write(&files.key, "nothing").unwrap();
        assert!(error().contains("http.tls.key") && error().contains("holds no private key"));
        let other = rcgen::generate_simple_self_signed(["x".to_owned()]).unwrap();
        fs::write(&files.key, other.signing_key.serialize_pem()).unwrap();
        assert!(error().contains("do not make a pair"), "{}", error());
    }
}
