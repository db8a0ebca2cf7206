//! One connection to one external MQTT broker.
//!
//! A [`Link`] keeps a session with a broker (MQTT 3.1.1 or 5), subscribes a set of topic filters,
//! gives every PUBLISH to its owner through the [`Intake`] and acknowledges it once the owner has
//! said that it is durable ([`AckSender::durable`]). It also publishes, and it says through the
//! [`Observer`] and [`Link::status`] what is true about the connection *now*.
//!
//! It knows nothing about the meaning of a payload, nor where messages are kept.
//!
//! # Guarantees
//!
//! * **Acknowledged when it is durable.** PUBACK leaves once the owner reported the message's
//!   position, in order of arrival, all acknowledgements of one report in one write.
//! * **An acknowledgement never names another message.** Positions are never used twice, so a late
//!   report for a message of an earlier connection cannot acknowledge anything on this one; the
//!   message comes again and is recognised.
//! * **A redelivery within one session is not offered twice**, also after the process was killed,
//!   as long as the owner restores what it was told ([`LinkStart`]).
//! * **Bounded.** Messages the owner has no room for wait in a buffer bounded in bytes. Only when
//!   that buffer is full does reading pause, and a pause never counts as a dead broker. QoS 0 is
//!   dropped and counted when the owner has no room and the buffer is half full.
//! * **Nothing a broker sends can panic the link**; a malformed stream ends the connection, one
//!   unreadable message costs only itself.
#![forbid(unsafe_code)]

mod arrival;
mod check;
mod codec;
mod config;
mod connect;
mod connection;
mod error;
mod event;
mod fingerprint;
mod inbox;
mod inflow;
mod intake;
mod keepalive;
mod link;
mod message;
mod outbox;
mod outgoing;
mod pace;
mod packet_ids;
mod reader;
mod redelivery;
mod state;
mod status;
mod subscriptions;
mod topic;
mod worker;

pub use check::{CheckReport, check};
pub use config::{Credentials, LinkConfig, MqttVersion, QoS, Secret, TopicFilter, Transport};
pub use error::{CheckError, ConfigError, ConnectError, FilterError, PublishError, TopicError};
pub use event::{LinkEvent, Observer};
pub use fingerprint::message_hash;
pub use intake::{
    AckSender, Batch, BoxFuture, Intake, LinkStart, RedeliveryEntry, Taken, Unsubscribed,
};
pub use link::{Link, PublishReceipt, Publisher, StopMode, StopReport};
pub use message::{Publish, PublishProperties};
pub use status::{FilterStatus, LinkState, LinkStatus};
pub use topic::{filter_matches, validate_filter, validate_topic};
