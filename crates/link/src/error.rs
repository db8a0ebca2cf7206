//! What can go wrong, in words that name the broker, the field and the fix.

use thiserror::Error;

/// A configuration that cannot work.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConfigError {
    /// A field has a value outside its bounds.
    #[error("{field} {problem}")]
    Field {
        /// Field name as people know it.
        field: &'static str,
        /// What is wrong and how to mend it.
        problem: String,
    },
    /// A filter is not a valid MQTT topic filter.
    #[error("topic filter '{filter}' {problem}")]
    Filter {
        /// The filter as given.
        filter: String,
        /// What is wrong with it.
        problem: FilterError,
    },
    /// QoS 2 was asked for.
    #[error("topic filter '{filter}' asks for qos 2, which is not supported; use qos 1")]
    QosNotSupported {
        /// The filter as given.
        filter: String,
    },
    /// The same filter was given twice.
    #[error("topic filter '{filter}' is given twice; remove one")]
    DuplicateFilter {
        /// The filter as given.
        filter: String,
    },
}

impl ConfigError {
    pub(crate) fn field(field: &'static str, problem: &str) -> Self {
        Self::Field {
            field,
            problem: problem.to_owned(),
        }
    }
}

/// Why a text is not a topic filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FilterError {
    /// No characters.
    #[error("is empty")]
    Empty,
    /// More than 65 535 bytes.
    #[error("is longer than 65535 bytes")]
    TooLong,
    /// Contains U+0000.
    #[error("contains a null character")]
    NullCharacter,
    /// `#` is not the whole last level.
    #[error("has a '#' that is not the whole last level")]
    MultiLevelWildcard,
    /// `+` shares its level with other characters.
    #[error("has a '+' that is not a whole level")]
    SingleLevelWildcard,
    /// `$share/` without a group or a filter.
    #[error("is a shared subscription without a group name or filter; use '$share/group/filter'")]
    SharedSubscription,
}

/// Why a text is not a topic to publish to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TopicError {
    /// No characters.
    #[error("is empty")]
    Empty,
    /// More than 65 535 bytes.
    #[error("is longer than 65535 bytes")]
    TooLong,
    /// Contains U+0000.
    #[error("contains a null character")]
    NullCharacter,
    /// Contains `+` or `#`.
    #[error("contains a wildcard ('+' or '#'), which only a topic filter may")]
    Wildcard,
}

/// Why there is no connection. Every text names the broker as `host:port` and says what to do.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConnectError {
    /// The configuration cannot work.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Name lookup failed.
    #[error("{address}: host not found ({detail}); check the host name")]
    HostNotFound {
        /// `host:port`.
        address: String,
        /// The resolver's words.
        detail: String,
    },
    /// Nothing listens there.
    #[error("{address}: connection refused; check that the broker runs and the port is right")]
    Refused {
        /// `host:port`.
        address: String,
    },
    /// TCP did not connect in time.
    #[error("{address}: no connection within {seconds} s; check host, port and firewalls")]
    Timeout {
        /// `host:port`.
        address: String,
        /// The bound, in seconds.
        seconds: u64,
    },
    /// Another error of the network.
    #[error("{address}: {detail}")]
    Network {
        /// `host:port`.
        address: String,
        /// The system's words.
        detail: String,
    },
    /// TCP connected, CONNECT was sent, nothing came back.
    #[error(
        "{address}: connected, but no MQTT answer within {seconds} s; check that this port speaks plain MQTT (not TLS, not WebSocket)"
    )]
    NoAnswer {
        /// `host:port`.
        address: String,
        /// The bound, in seconds.
        seconds: u64,
    },
    /// The peer closed instead of answering.
    #[error(
        "{address}: the broker closed the connection before answering; check that this port speaks plain MQTT (not TLS) and that the protocol version is supported"
    )]
    Closed {
        /// `host:port`.
        address: String,
    },
    /// The peer answered with something else.
    #[error("{address}: the answer is not MQTT ({detail}); check the port")]
    NotMqtt {
        /// `host:port`.
        address: String,
        /// What was wrong.
        detail: String,
    },
    /// User name or password are wrong.
    #[error("{address}: bad user name or password{said}; check the credentials", said = said(.reason))]
    BadCredentials {
        /// `host:port`.
        address: String,
        /// CONNACK code.
        code: u8,
        /// The broker's own words (MQTT 5 reason string).
        reason: Option<String>,
    },
    /// The broker does not let this client in.
    #[error(
        "{address}: not authorised{said}; check user name, password and the broker's access rules for this client id",
        said = said(.reason)
    )]
    NotAuthorized {
        /// `host:port`.
        address: String,
        /// CONNACK code.
        code: u8,
        /// The broker's own words (MQTT 5 reason string).
        reason: Option<String>,
    },
    /// The broker does not accept this client id.
    #[error("{address}: client id '{client_id}' rejected{said}; choose another client id", said = said(.reason))]
    IdRejected {
        /// `host:port`.
        address: String,
        /// The client id that was sent.
        client_id: String,
        /// CONNACK code.
        code: u8,
        /// The broker's own words (MQTT 5 reason string).
        reason: Option<String>,
    },
    /// The broker does not speak this version.
    #[error("{address}: the broker does not support {version}; choose the other protocol version")]
    UnsupportedVersion {
        /// `host:port`.
        address: String,
        /// The version that was tried.
        version: &'static str,
        /// CONNACK code.
        code: u8,
    },
    /// The broker is there but takes no connections now.
    #[error("{address}: the broker is not available{said} (code {code:#04x}); try again later", said = said(.reason))]
    Unavailable {
        /// `host:port`.
        address: String,
        /// CONNACK code.
        code: u8,
        /// The broker's own words (MQTT 5 reason string).
        reason: Option<String>,
    },
    /// Any other refusal.
    #[error("{address}: the broker refused the connection with code {code:#04x} ({name}){said}", said = said(.reason))]
    Other {
        /// `host:port`.
        address: String,
        /// CONNACK code.
        code: u8,
        /// The code's name in the standard.
        name: &'static str,
        /// The broker's own words (MQTT 5 reason string).
        reason: Option<String>,
    },
}

/// What [`crate::check`] finds.
pub type CheckError = ConnectError;

impl ConnectError {
    /// The CONNACK code, where the broker gave one.
    pub fn code(&self) -> Option<u8> {
        match self {
            Self::BadCredentials { code, .. }
            | Self::NotAuthorized { code, .. }
            | Self::IdRejected { code, .. }
            | Self::UnsupportedVersion { code, .. }
            | Self::Unavailable { code, .. }
            | Self::Other { code, .. } => Some(*code),
            _ => None,
        }
    }
}

fn said(reason: &Option<String>) -> String {
    match reason {
        Some(text) if !text.is_empty() => format!(" (the broker says: {text})"),
        _ => String::new(),
    }
}

/// Why a message was not published.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PublishError {
    /// There is no connection at the moment; nothing was sent.
    #[error("not connected to the broker")]
    NotConnected,
    /// The topic is not one.
    #[error("topic {0}")]
    Topic(#[from] TopicError),
    /// QoS 2, or more than the broker offers.
    #[error("qos {asked} is not possible here; the highest is {highest}")]
    Qos {
        /// What was asked.
        asked: u8,
        /// What is possible.
        highest: u8,
    },
    /// The broker does not keep retained messages.
    #[error("the broker does not support retained messages")]
    RetainNotSupported,
    /// Larger than the broker or the protocol accepts.
    #[error("message of {bytes} bytes is larger than the {limit} bytes the broker accepts")]
    TooLarge {
        /// Size of the packet.
        bytes: usize,
        /// The bound.
        limit: usize,
    },
    /// A property cannot be encoded.
    #[error("{0} is longer than 65535 bytes")]
    Property(&'static str),
    /// The broker refused the message (MQTT 5).
    #[error("the broker refused the message with code {code:#04x} ({name})")]
    Refused {
        /// PUBACK reason code.
        code: u8,
        /// The code's name in the standard.
        name: &'static str,
    },
    /// The connection ended while a QoS 0 message was being written.
    #[error("the connection ended before the message was written")]
    Interrupted,
    /// The link stopped before the broker answered: it may have taken the message or not.
    #[error("the link stopped before the broker confirmed the message")]
    Stopped,
}
