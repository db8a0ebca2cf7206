//! TLS of a client: which authorities are trusted, and who the client is.

use std::sync::Arc;

use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};

use crate::error::SettingsError;

/// Certificates in PEM; empty texts count as absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TlsSettings {
    /// Authorities that are trusted instead of the public ones.
    pub ca: Option<String>,
    /// Certificate of the client.
    pub certificate: Option<String>,
    /// Its key, not encrypted.
    pub key: Option<String>,
}

pub(crate) fn config(settings: &TlsSettings) -> Result<ClientConfig, SettingsError> {
    let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    let mut roots = RootCertStore::empty();
    match given(&settings.ca) {
        Some(pem) => {
            for certificate in certificates("caCert", &pem)? {
                roots
                    .add(certificate)
                    .map_err(|error| SettingsError(format!("caCert is no authority: {error}")))?;
            }
        }
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| SettingsError(format!("TLS cannot be set up: {error}")))?
        .with_root_certificates(roots);
    match (given(&settings.certificate), given(&settings.key)) {
        (None, None) => Ok(builder.with_no_client_auth()),
        (Some(certificate), Some(key)) => {
            let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(|error| {
                SettingsError(format!("privateKey is no unencrypted key in PEM: {error}"))
            })?;
            builder
                .with_client_auth_cert(certificates("cert", &certificate)?, key)
                .map_err(|error| SettingsError(format!("cert and privateKey do not fit: {error}")))
        }
        _ => Err(SettingsError(
            "cert and privateKey go together: give both or none".to_owned(),
        )),
    }
}

fn certificates(setting: &str, pem: &str) -> Result<Vec<CertificateDer<'static>>, SettingsError> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    match read {
        Ok(found) if !found.is_empty() => Ok(found),
        Ok(_) => Err(SettingsError(format!(
            "{setting} holds no certificate in PEM"
        ))),
        Err(error) => Err(SettingsError(format!("{setting} cannot be read: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_is_named() {
        assert!(config(&TlsSettings::default()).is_ok());
        let error = |settings: TlsSettings| config(&settings).unwrap_err().0;
        let ca = error(TlsSettings {
            ca: Some("nonsense".to_owned()),
            ..TlsSettings::default()
        });
        assert!(ca.contains("caCert"), "{ca}");
        let half = error(TlsSettings {
            certificate: Some("x".to_owned()),
            ..TlsSettings::default()
        });
        assert!(half.contains("go together"), "{half}");
    }
}
