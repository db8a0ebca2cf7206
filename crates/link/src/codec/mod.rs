//! Bytes to packets and back.
//!
//! What a broker sends is read by our own code: messages as ranges of the bytes that were read, and
//! answers leniently (reason codes and properties we do not know are no reason to hang up). What we
//! ask is built by `mqtt-protocol-core`, except the two packets that are many (PUBLISH, PUBACK).
//! Tests check both directions against that library.

mod answer;
mod frame;
#[cfg(test)]
mod oracle;
mod publish;
mod reader;
mod reason;
mod request;

pub(crate) use answer::{Answer, Connack, parse_answer, parse_connack};
pub(crate) use frame::{FrameHeader, Malformed, frame_header, packet};
pub(crate) use publish::{Incoming, parse_publish, peek_publish};
pub(crate) use reason::reason_name;
pub(crate) use request::{
    Outbound, PINGREQ, encode_connect, encode_disconnect, encode_puback, encode_pubcomp,
    encode_publish, encode_pubrec, encode_subscribe, encode_unsubscribe,
};
