//! What rule nodes send to other systems: HTTP requests and MQTT messages.
//!
//! Tenants choose the addresses, so every request could be a forged one against the server's own
//! network. [`AddressRules`] say where nothing is sent to; they look at the address that is
//! connected to, after the name was resolved, for every redirect anew.
//!
//! # Guarantees
//!
//! * **Guarded.** No connection to a denied address, by whatever name, redirect or notation.
//! * **Bounded.** Requests under way, those that wait, time, and size of an answer all have a
//!   limit; what is beyond it fails at once and says which one.
//! * **One target cannot hold another.** Each [`HttpClient`] has requests and connections of its
//!   own.
//!
//! Knows nothing of rules, tenants and messages.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod address;
mod error;
mod http;
mod mqtt;
mod tls;

pub use address::{AddressRules, Denied};
pub use error::{HttpError, MqttError, SettingsError};
pub use http::{HttpAnswer, HttpClient, HttpRequest, HttpSettings, Proxy};
pub use mqtt::{MqttPublisher, MqttSettings};
pub use tls::TlsSettings;

use std::{sync::Arc, time::Duration};

/// Bounds of everything that is sent.
#[derive(Debug, Clone, PartialEq)]
pub struct OutboundOptions {
    /// Where nothing is sent to.
    pub addresses: AddressRules,
    /// Longest time of a whole request, redirects and answer included.
    pub timeout: Duration,
    /// Longest time until a connection stands.
    pub connect_timeout: Duration,
    /// Requests of one client under way at once.
    pub parallel: usize,
    /// Requests of one client that wait for one to end.
    pub waiting: usize,
    /// Largest answer in bytes.
    pub answer_bytes: usize,
}

impl Default for OutboundOptions {
    fn default() -> Self {
        Self {
            addresses: AddressRules::default(),
            timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(10),
            parallel: 32,
            waiting: 1_000,
            answer_bytes: 1 << 20,
        }
    }
}

/// Makes clients within the server's bounds.
#[derive(Debug, Clone, Default)]
pub struct Outbound(Arc<OutboundOptions>);

impl Outbound {
    /// With these bounds.
    #[must_use]
    pub fn new(options: OutboundOptions) -> Self {
        Self(Arc::new(options))
    }

    /// The bounds.
    #[must_use]
    pub fn options(&self) -> &OutboundOptions {
        &self.0
    }

    /// A client for one target or a few that belong together.
    ///
    /// # Errors
    /// When a certificate or the proxy cannot be used.
    pub fn http(&self, settings: &HttpSettings) -> Result<HttpClient, SettingsError> {
        HttpClient::new(&self.0, settings)
    }

    /// A publisher with a connection of its own, which is made with the first message.
    ///
    /// # Errors
    /// When host, port or client id cannot be used.
    pub fn mqtt(&self, settings: MqttSettings) -> Result<MqttPublisher, SettingsError> {
        MqttPublisher::new(&self.0, settings)
    }
}
