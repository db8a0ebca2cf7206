//! What a link tells its owner when something changes.

use std::fmt;

use crate::config::{QoS, TopicFilter};
use crate::error::ConnectError;

/// Receives events, in order, on the link's own task. Must return at once.
pub trait Observer: Send + Sync + 'static {
    /// Something changed.
    fn event(&self, event: LinkEvent);
}

/// Something changed. `Display` gives the text people read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkEvent {
    /// CONNACK accepted.
    Connected {
        /// The broker kept the session.
        session_present: bool,
        /// Counts connections of this link, from 1.
        generation: u64,
    },
    /// An attempt to connect failed; the link tries again.
    Refused {
        /// Why, and what to do.
        reason: ConnectError,
        /// CONNACK code where there was one.
        code: Option<u8>,
    },
    /// A live connection ended.
    Lost {
        /// Why.
        reason: String,
    },
    /// The broker granted a filter.
    Subscribed {
        /// The filter.
        filter: String,
        /// The QoS granted, which may be lower than asked.
        granted: QoS,
    },
    /// The broker refused a filter. It is asked again with the next connection.
    FilterRefused {
        /// The filter.
        filter: String,
        /// SUBACK code.
        code: u8,
        /// The code in words.
        reason: String,
    },
    /// A filter was removed at the broker.
    Unsubscribed {
        /// The filter.
        filter: String,
    },
    /// Every filter has its answer after the broker had lost the session.
    Resubscribed {
        /// Filters granted.
        granted: usize,
        /// Filters refused.
        refused: usize,
    },
    /// The broker no longer has the session that was to be kept.
    SessionLost,
    /// A new session began; packet ids of earlier ones mean nothing any more. Store it: it is
    /// [`crate::LinkStart::epoch`] of the next start.
    SessionEpoch(u64),
    /// The filters the broker holds in the session. Store it: it is
    /// [`crate::LinkStart::subscribed`] of the next start.
    SubscribedSet(Vec<TopicFilter>),
    /// Acknowledgements up to this position are known to be with the broker: the messages cannot
    /// come again. Useful to store so that [`crate::LinkStart::redelivery`] stays small; batches
    /// carry it as well.
    Confirmed {
        /// Every message at or below it.
        position: u64,
    },
    /// Another client took the session over.
    TakenOver {
        /// True: the broker said so (MQTT 5). False: suspected, because it keeps closing the
        /// connection shortly after connecting.
        certain: bool,
    },
    /// A payload above the bound was acknowledged and dropped.
    Oversized {
        /// Its topic.
        topic: String,
        /// Size of the payload in bytes.
        len: usize,
        /// The bound in bytes.
        limit: usize,
    },
    /// A message that breaks the protocol was acknowledged and dropped.
    Unreadable {
        /// What is wrong with it.
        reason: String,
    },
    /// QoS 0 messages were dropped because there was no room. At most one event a second.
    Qos0Dropped {
        /// Dropped since the last such event.
        count: u64,
    },
    /// The link ended.
    Stopped,
}

impl fmt::Display for LinkEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connected {
                session_present, ..
            } => write!(
                f,
                "connected, {}",
                if *session_present {
                    "the broker kept the session"
                } else {
                    "new session"
                }
            ),
            Self::Refused { reason, .. } => write!(f, "{reason}"),
            Self::Lost { reason } => write!(f, "connection lost: {reason}"),
            Self::Subscribed { filter, granted } => {
                write!(f, "subscribed '{filter}' with qos {}", *granted as u8)
            }
            Self::FilterRefused { filter, code, reason } => write!(
                f,
                "the broker refused topic filter '{filter}' with code {code:#04x} ({reason})"
            ),
            Self::Unsubscribed { filter } => write!(f, "unsubscribed '{filter}'"),
            Self::Resubscribed { granted, refused } => {
                write!(f, "subscribed again: {granted} granted, {refused} refused")
            }
            Self::SessionLost => {
                f.write_str("session was lost, messages in between may be missing")
            }
            Self::SessionEpoch(epoch) => write!(f, "session {epoch} began"),
            Self::SubscribedSet(filters) => write!(f, "{} filters subscribed", filters.len()),
            Self::Confirmed { position } => {
                write!(f, "acknowledgements confirmed up to {position}")
            }
            Self::TakenOver { certain: true } => f.write_str(
                "another client with this client id took the session over; give each client its own id",
            ),
            Self::TakenOver { certain: false } => f.write_str(
                "the broker keeps closing the connection shortly after connecting; another client with this client id is suspected",
            ),
            Self::Oversized { topic, len, limit } => write!(
                f,
                "message on '{topic}' discarded: {len} bytes, at most {limit} are accepted"
            ),
            Self::Unreadable { reason } => write!(f, "message discarded: {reason}"),
            Self::Qos0Dropped { count } => {
                write!(f, "{count} messages of qos 0 dropped, no room for them")
            }
            Self::Stopped => f.write_str("stopped"),
        }
    }
}
