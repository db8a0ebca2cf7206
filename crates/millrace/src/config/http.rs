//! Where the server listens, and what clients are granted.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use anyhow::{Result, bail, ensure};
use serde::{Deserialize, Serialize};

use super::Span;
use crate::listener::{Bounds, TlsFiles};

/// Beyond this a setting is a typing error.
const MOST_CONNECTIONS: usize = 100_000;
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Where the server listens, and what clients are granted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Http {
    pub(crate) addr: SocketAddr,
    pub(crate) connections: usize,
    pub(crate) header_timeout: Span,
    pub(crate) idle_timeout: Span,
    pub(crate) stall_timeout: Span,
    pub(crate) tls: TlsConfig,
}

/// Files for TLS; plain HTTP when both are empty.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TlsConfig {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl TlsConfig {
    /// The files, when TLS is asked for.
    pub(crate) fn files(&self) -> Result<Option<TlsFiles>> {
        let is_given = |path: &PathBuf| !path.as_os_str().is_empty();
        match (is_given(&self.certificate), is_given(&self.key)) {
            (true, true) => Ok(Some(TlsFiles {
                certificate: self.certificate.clone(),
                key: self.key.clone(),
            })),
            (false, false) => Ok(None),
            _ => bail!("http.tls.certificate and http.tls.key go together: give both or none"),
        }
    }
}

impl Default for Http {
    fn default() -> Self {
        Self {
            addr: SocketAddr::from(([127, 0, 0, 1], 8080)),
            connections: 1024,
            header_timeout: Span::seconds(10),
            idle_timeout: Span::seconds(75),
            stall_timeout: Span::seconds(30),
            tls: TlsConfig::default(),
        }
    }
}

impl Http {
    /// As the listener takes them.
    pub(crate) fn bounds(&self) -> Bounds {
        Bounds {
            connections: self.connections,
            header: self.header_timeout.0,
            idle: self.idle_timeout.0,
            stall: self.stall_timeout.0,
        }
    }

    pub(super) fn validate(&self) -> Result<()> {
        ensure!(
            (1..=MOST_CONNECTIONS).contains(&self.connections),
            "http.connections must be from 1 to {MOST_CONNECTIONS}"
        );
        for (setting, span) in [
            ("header_timeout", self.header_timeout),
            ("idle_timeout", self.idle_timeout),
            ("stall_timeout", self.stall_timeout),
        ] {
            ensure!(
                !span.0.is_zero() && span.0 <= LONGEST,
                "http.{setting} must be more than 0 and at most 1d"
            );
        }
        self.tls.files().map(|_| ())
    }
}
