//! What a link is told about its broker, and the checks before anything connects.

use std::fmt;
use std::time::Duration;

use crate::error::ConfigError;
use crate::topic::validate_filter;

/// Longest client id the link accepts, in bytes.
pub(crate) const MAX_CLIENT_ID_BYTES: usize = 256;

/// Quality of service of a subscription or a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum QoS {
    /// QoS 0.
    AtMostOnce = 0,
    /// QoS 1.
    AtLeastOnce = 1,
    /// QoS 2. Refused in [`LinkConfig`] and [`crate::Link::publish`] for now.
    ExactlyOnce = 2,
}

impl QoS {
    /// 0, 1 or 2; anything else is `None`.
    pub fn from_u8(value: u8) -> Option<Self> {
        match value {
            0 => Some(Self::AtMostOnce),
            1 => Some(Self::AtLeastOnce),
            2 => Some(Self::ExactlyOnce),
            _ => None,
        }
    }
}

/// The protocol spoken with the broker. Brokers that want 3.1 get 3.1.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MqttVersion {
    /// MQTT 3.1.1 (protocol level 4).
    V3_1_1,
    /// MQTT 5 (protocol level 5).
    V5,
}

/// A password or another text that must not reach a log.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself, for the one place that sends it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(********)")
    }
}

/// How the link names itself to the broker.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Credentials {
    /// Neither user name nor password.
    #[default]
    Anonymous,
    /// User name and password.
    Basic {
        /// The user name.
        username: String,
        /// The password.
        password: Secret,
    },
}

/// What carries the bytes. TLS will be another variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Transport {
    /// Plain TCP.
    #[default]
    Tcp,
}

/// One subscription.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TopicFilter {
    /// MQTT topic filter: wildcards `+` and `#`, and `$share/group/filter`.
    pub filter: String,
    /// Highest QoS the broker may deliver with.
    pub qos: QoS,
}

impl TopicFilter {
    /// A filter with its QoS.
    pub fn new(filter: impl Into<String>, qos: QoS) -> Self {
        Self {
            filter: filter.into(),
            qos,
        }
    }
}

/// Everything a link needs to know about its broker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkConfig {
    /// Host name or address.
    pub host: String,
    /// TCP port, 1..=65535.
    pub port: u16,
    /// Protocol version.
    pub version: MqttVersion,
    /// Client id. May be empty only with `clean_session` (the broker then gives one).
    pub client_id: String,
    /// True: every connection starts without a session (MQTT 5: clean start, session expiry 0).
    /// False: the broker keeps subscriptions and messages while the link is away.
    pub clean_session: bool,
    /// MQTT 5 with `clean_session` off: how long the broker keeps the session. Whole seconds.
    pub session_expiry: Duration,
    /// Longest silence towards the broker, whole seconds; zero switches keep-alive off.
    pub keep_alive: Duration,
    /// Bound on name lookup, TCP connect and CONNACK together.
    pub connect_timeout: Duration,
    /// Largest accepted payload. A larger one is reported ([`crate::LinkEvent::Oversized`]),
    /// acknowledged and dropped without being held in memory; the connection stays.
    pub max_message_bytes: usize,
    /// Who the link is.
    pub credentials: Credentials,
    /// What to subscribe.
    pub filters: Vec<TopicFilter>,
    /// MQTT 5: most unacknowledged QoS 1 messages the broker may have under way to us.
    pub receive_maximum: u16,
    /// Bound of the messages read from the socket and not yet taken by the intake. Twice as much
    /// while an own publish waits for its acknowledgement, which comes behind them.
    pub buffer_bytes: usize,
    /// What carries the bytes.
    pub transport: Transport,
    /// First pause before connecting again; doubles with every failure, with jitter.
    pub reconnect_min: Duration,
    /// Longest pause before connecting again.
    pub reconnect_max: Duration,
    /// How long [`crate::Link::stop`] waits for messages that were taken but are not durable.
    pub stop_timeout: Duration,
}

impl LinkConfig {
    /// A configuration with the defaults: MQTT 3.1.1, a durable session, keep-alive 60 s, connect
    /// within 10 s, payloads up to 32 368 bytes, a buffer of 8 MiB, back-off 1 s to 60 s.
    pub fn new(host: impl Into<String>, port: u16, client_id: impl Into<String>) -> Self {
        Self {
            host: host.into(),
            port,
            version: MqttVersion::V3_1_1,
            client_id: client_id.into(),
            clean_session: false,
            session_expiry: Duration::from_secs(7 * 24 * 3600),
            keep_alive: Duration::from_secs(60),
            connect_timeout: Duration::from_secs(10),
            max_message_bytes: 32_368,
            credentials: Credentials::Anonymous,
            filters: Vec::new(),
            receive_maximum: u16::MAX,
            buffer_bytes: 8 << 20,
            transport: Transport::Tcp,
            reconnect_min: Duration::from_secs(1),
            reconnect_max: Duration::from_secs(60),
            stop_timeout: Duration::from_secs(5),
        }
    }

    /// `host:port`, as error texts name the broker.
    pub fn address(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    /// Says what is wrong before anything connects. Resources: none.
    pub fn validate(&self) -> Result<(), ConfigError> {
        if self.host.trim().is_empty() {
            return Err(ConfigError::field(
                "host",
                "is empty; give a name or an address",
            ));
        }
        if self.port == 0 {
            return Err(ConfigError::field("port", "must be 1 to 65535"));
        }
        if self.client_id.len() > MAX_CLIENT_ID_BYTES {
            return Err(ConfigError::Field {
                field: "client id",
                problem: format!(
                    "has {} bytes; at most {MAX_CLIENT_ID_BYTES} are allowed",
                    self.client_id.len()
                ),
            });
        }
        if self.client_id.contains('\0') {
            return Err(ConfigError::field(
                "client id",
                "must not contain a null character",
            ));
        }
        if self.client_id.is_empty() && !self.clean_session {
            return Err(ConfigError::field(
                "client id",
                "is empty; a session that is kept needs a fixed client id",
            ));
        }
        if self.keep_alive.as_secs() > u64::from(u16::MAX) || self.keep_alive.subsec_nanos() != 0 {
            return Err(ConfigError::field(
                "keep alive",
                "must be whole seconds, at most 65535",
            ));
        }
        if self.connect_timeout.is_zero() {
            return Err(ConfigError::field(
                "connect timeout",
                "must be longer than 0 s",
            ));
        }
        if self.session_expiry.as_secs() > u64::from(u32::MAX) {
            return Err(ConfigError::field(
                "session expiry",
                "must be at most 4294967295 s",
            ));
        }
        let kept = self.version == MqttVersion::V5 && !self.clean_session;
        if kept && self.session_expiry.as_secs() == 0 {
            return Err(ConfigError::field(
                "session expiry",
                "must be at least 1 s for a session that is kept",
            ));
        }
        if self.receive_maximum == 0 {
            return Err(ConfigError::field("receive maximum", "must be 1 to 65535"));
        }
        if self.max_message_bytes == 0 || self.max_message_bytes > 256 << 20 {
            return Err(ConfigError::field(
                "max message bytes",
                "must be 1 to 268435456",
            ));
        }
        if self.reconnect_min.is_zero() || self.reconnect_max < self.reconnect_min {
            return Err(ConfigError::field(
                "reconnect",
                "needs a shortest pause above 0 s and a longest not below it",
            ));
        }
        if let Credentials::Basic { username, password } = &self.credentials {
            for (field, text) in [
                ("username", username.as_str()),
                ("password", password.reveal()),
            ] {
                if text.len() > usize::from(u16::MAX) {
                    return Err(ConfigError::field(field, "must be at most 65535 bytes"));
                }
            }
            if username.contains('\0') {
                return Err(ConfigError::field(
                    "username",
                    "must not contain a null character",
                ));
            }
        }
        validate_filters(&self.filters)
    }
}

/// Checks a set of filters: syntax, no QoS 2, none twice.
pub(crate) fn validate_filters(filters: &[TopicFilter]) -> Result<(), ConfigError> {
    let mut seen = rustc_hash::FxHashSet::default();
    for TopicFilter { filter, qos } in filters {
        validate_filter(filter).map_err(|problem| ConfigError::Filter {
            filter: filter.clone(),
            problem,
        })?;
        if *qos == QoS::ExactlyOnce {
            return Err(ConfigError::QosNotSupported {
                filter: filter.clone(),
            });
        }
        if !seen.insert(filter.as_str()) {
            return Err(ConfigError::DuplicateFilter {
                filter: filter.clone(),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(change: impl FnOnce(&mut LinkConfig)) -> String {
        let mut cfg = LinkConfig::new("broker.example", 1883, "mill");
        change(&mut cfg);
        cfg.validate().expect_err("cannot work").to_string()
    }

    #[test]
    fn defaults_are_valid_and_name_the_broker() {
        let mut cfg = LinkConfig::new("broker.example", 1883, "mill");
        assert_eq!(cfg.validate(), Ok(()));
        assert_eq!(cfg.address(), "broker.example:1883");
        cfg.host = "::1".to_owned();
        assert_eq!(cfg.address(), "[::1]:1883");
    }

    #[test]
    fn what_cannot_work_names_the_field_and_the_fix() {
        let cases = [
            (
                problem(|c| c.host = " ".to_owned()),
                "host is empty; give a name or an address",
            ),
            (problem(|c| c.port = 0), "port must be 1 to 65535"),
            (
                problem(|c| c.client_id = "x".repeat(257)),
                "client id has 257 bytes; at most 256 are allowed",
            ),
            (
                problem(|c| c.client_id.clear()),
                "client id is empty; a session that is kept needs a fixed client id",
            ),
            (
                problem(|c| c.keep_alive = Duration::from_millis(1_500)),
                "keep alive must be whole seconds, at most 65535",
            ),
            (
                problem(|c| {
                    c.version = MqttVersion::V5;
                    c.session_expiry = Duration::ZERO;
                }),
                "session expiry must be at least 1 s for a session that is kept",
            ),
            (
                problem(|c| c.receive_maximum = 0),
                "receive maximum must be 1 to 65535",
            ),
            (
                problem(|c| c.filters = vec![TopicFilter::new("a/#/b", QoS::AtMostOnce)]),
                "topic filter 'a/#/b' has a '#' that is not the whole last level",
            ),
        ];
        for (said, expected) in cases {
            assert_eq!(said, expected);
        }
    }

    #[test]
    fn a_secret_is_not_printed() {
        let credentials = Credentials::Basic {
            username: "plant".to_owned(),
            password: Secret::new("hunter2"),
        };
        assert!(!format!("{credentials:?}").contains("hunter2"));
    }
}
