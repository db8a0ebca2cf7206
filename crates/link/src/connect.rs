//! From a configuration to an accepted CONNECT, or to the reason why not.

use std::io::{self, ErrorKind};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, timeout_at};

use crate::codec::{
    Connack, FrameHeader, encode_connect, frame_header, packet, parse_connack, reason_name,
};
use crate::config::{LinkConfig, MqttVersion, Transport};
use crate::error::{ConfigError, ConnectError};
use crate::inbox::Inbox;

/// CONNACK with every property a broker may send stays far below.
const LARGEST_CONNACK: usize = 256 << 10;

/// An accepted connection. Bytes that came behind CONNACK are in the inbox.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) stream: TcpStream,
    pub(crate) connack: Connack,
    pub(crate) inbox: Inbox,
}

/// Who connects, and to what kind of session.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Identity<'a> {
    pub(crate) client_id: &'a str,
    /// 3.1.1: clean session; MQTT 5: clean start.
    pub(crate) clean: bool,
    /// MQTT 5 only.
    pub(crate) session_expiry_secs: u32,
}

impl<'a> Identity<'a> {
    /// The configured identity.
    pub(crate) fn of(cfg: &'a LinkConfig) -> Self {
        let expiry = u32::try_from(cfg.session_expiry.as_secs()).unwrap_or(u32::MAX);
        Self {
            client_id: &cfg.client_id,
            clean: cfg.clean_session,
            session_expiry_secs: if cfg.clean_session { 0 } else { expiry },
        }
    }

    /// The same client, without a session.
    pub(crate) fn clean(cfg: &'a LinkConfig) -> Self {
        Self {
            client_id: &cfg.client_id,
            clean: true,
            session_expiry_secs: 0,
        }
    }
}

/// Looks the host up, connects and waits for CONNACK, all within the connect timeout.
pub(crate) async fn open(cfg: &LinkConfig, who: Identity<'_>) -> Result<Opened, ConnectError> {
    let deadline = Instant::now() + cfg.connect_timeout;
    let mut stream = match cfg.transport {
        Transport::Tcp => dial(cfg, deadline).await?,
    };
    match timeout_at(deadline, shake_hands(cfg, who, &mut stream)).await {
        Ok(shaken) => {
            let (connack, inbox) = shaken?;
            Ok(Opened {
                stream,
                connack,
                inbox,
            })
        }
        Err(_) => Err(ConnectError::NoAnswer {
            address: cfg.address(),
            seconds: whole_seconds(cfg.connect_timeout),
        }),
    }
}

async fn dial(cfg: &LinkConfig, deadline: Instant) -> Result<TcpStream, ConnectError> {
    let address = cfg.address();
    let late = || ConnectError::Timeout {
        address: address.clone(),
        seconds: whole_seconds(cfg.connect_timeout),
    };
    let found = timeout_at(deadline, lookup_host((cfg.host.as_str(), cfg.port)))
        .await
        .map_err(|_| late())?;
    let not_found = |detail: String| ConnectError::HostNotFound {
        address: address.clone(),
        detail,
    };
    let candidates: Vec<_> = found.map_err(|e| not_found(e.to_string()))?.collect();
    let mut last = not_found("no address".to_owned());
    for (index, candidate) in candidates.iter().enumerate() {
        // An address that swallows packets leaves the others their share of the time.
        let now = Instant::now();
        let left = u32::try_from(candidates.len() - index).unwrap_or(u32::MAX);
        let share = now + deadline.saturating_duration_since(now) / left;
        match timeout_at(share, TcpStream::connect(candidate)).await {
            Err(_) => last = late(),
            Ok(Err(e)) => last = network(&address, &e),
            Ok(Ok(stream)) => {
                // Acknowledgements and commands are small and must not wait for each other.
                stream
                    .set_nodelay(true)
                    .map_err(|e| network(&address, &e))?;
                return Ok(stream);
            }
        }
    }
    Err(last)
}

async fn shake_hands(
    cfg: &LinkConfig,
    who: Identity<'_>,
    stream: &mut TcpStream,
) -> Result<(Connack, Inbox), ConnectError> {
    let address = cfg.address();
    let connect =
        encode_connect(cfg, who.client_id, who.clean, who.session_expiry_secs).map_err(|e| {
            ConnectError::Config(ConfigError::field(
                "connection",
                &format!("cannot be expressed in MQTT ({e})"),
            ))
        })?;
    let failed = |e: io::Error| closed_or(&address, &e);
    stream.write_all(&connect).await.map_err(failed)?;
    let mut inbox = Inbox::new(cfg.max_message_bytes);
    loop {
        let read = stream.read_buf(inbox.space()).await.map_err(failed)?;
        if read == 0 {
            return Err(ConnectError::Closed { address });
        }
        let not_mqtt = |detail: &str| ConnectError::NotMqtt {
            address: address.clone(),
            detail: detail.to_owned(),
        };
        // The first byte already tells a stranger, who may never send a whole packet.
        if inbox.first() != Some(packet::CONNACK << 4) {
            return Err(not_mqtt("it does not begin with CONNACK"));
        }
        let header = frame_header(inbox.peek()).map_err(|e| not_mqtt(e.0))?;
        let Some(header) = header else { continue };
        if header.remaining > LARGEST_CONNACK {
            return Err(not_mqtt("CONNACK is too large"));
        }
        if let Some(frame) = inbox.take_front(header) {
            let body = frame.get(header.header..).unwrap_or_default();
            let connack = parse_connack(cfg.version, body).map_err(|e| not_mqtt(e.0))?;
            return match connack.code {
                0 => Ok((connack, inbox)),
                _ => Err(refusal(cfg, who.client_id, header, connack)),
            };
        }
    }
}

fn refusal(
    cfg: &LinkConfig,
    client_id: &str,
    header: FrameHeader,
    connack: Connack,
) -> ConnectError {
    let address = cfg.address();
    let Connack { code, reason, .. } = connack;
    let version = match cfg.version {
        MqttVersion::V3_1_1 => "MQTT 3.1.1",
        MqttVersion::V5 => "MQTT 5",
    };
    // A broker that knows only 3.1.1 refuses MQTT 5 in its own form: two bytes, code 1.
    let old_form = cfg.version == MqttVersion::V3_1_1 || header.remaining == 2;
    let other = |name| ConnectError::Other {
        address: address.clone(),
        code,
        name,
        reason: reason.clone(),
    };
    let address = address.clone();
    match (old_form, code) {
        (true, 0x01) | (_, 0x84) => ConnectError::UnsupportedVersion {
            address,
            version,
            code,
        },
        (true, 0x02) | (_, 0x85) => ConnectError::IdRejected {
            address,
            client_id: client_id.to_owned(),
            code,
            reason,
        },
        (true, 0x03) | (_, 0x88 | 0x89 | 0x8b | 0x97 | 0x9f) => ConnectError::Unavailable {
            address,
            code,
            reason,
        },
        (true, 0x04) | (_, 0x86) => ConnectError::BadCredentials {
            address,
            code,
            reason,
        },
        (true, 0x05) | (_, 0x87 | 0x8a) => ConnectError::NotAuthorized {
            address,
            code,
            reason,
        },
        (_, code) => other(reason_name(code)),
    }
}

fn closed_or(address: &str, problem: &io::Error) -> ConnectError {
    match problem.kind() {
        ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::UnexpectedEof => ConnectError::Closed {
            address: address.to_owned(),
        },
        _ => network(address, problem),
    }
}

fn network(address: &str, problem: &io::Error) -> ConnectError {
    match problem.kind() {
        ErrorKind::ConnectionRefused => ConnectError::Refused {
            address: address.to_owned(),
        },
        _ => ConnectError::Network {
            address: address.to_owned(),
            detail: problem.to_string(),
        },
    }
}

fn whole_seconds(bound: Duration) -> u64 {
    bound.as_secs_f64().ceil() as u64
}
