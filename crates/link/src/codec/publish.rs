//! PUBLISH as it comes from the broker, read without copying.

use bytes::Bytes;

use super::reader::{Property, Reader, next_property};
use crate::config::{MqttVersion, QoS};
use crate::message::PublishProperties;

/// A PUBLISH; topic and payload are offsets into the frame it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Incoming {
    pub(crate) qos: QoS,
    pub(crate) dup: bool,
    pub(crate) retain: bool,
    pub(crate) packet_id: Option<u16>,
    pub(crate) topic: (usize, usize),
    pub(crate) payload: (usize, usize),
    pub(crate) properties: Option<Box<PublishProperties>>,
}

/// A PUBLISH that breaks the protocol although its frame is whole. When its packet id could be
/// read it can be acknowledged, so that it does not come again and again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unreadable {
    pub(crate) packet_id: Option<u16>,
    pub(crate) qos: QoS,
    pub(crate) reason: &'static str,
}

/// Reads the PUBLISH in `frame`, whose variable header begins at `header`.
pub(crate) fn parse_publish(
    version: MqttVersion,
    frame: &[u8],
    header: usize,
) -> Result<Incoming, Unreadable> {
    let first = frame.first().copied().unwrap_or_default();
    let broken = |packet_id, qos, reason| Unreadable {
        packet_id,
        qos,
        reason,
    };
    let Some(qos) = QoS::from_u8((first >> 1) & 0x03) else {
        return Err(broken(None, QoS::AtMostOnce, "it has qos 3"));
    };
    let mut reader = Reader::new(frame);
    let start = |reader: &mut Reader<'_>| {
        reader.take(header)?;
        let topic = reader.binary()?;
        Some((reader.at() - topic.len(), topic.len()))
    };
    let Some((topic_at, topic_len)) = start(&mut reader) else {
        return Err(broken(None, qos, "it ends inside its topic"));
    };
    let packet_id = if qos == QoS::AtMostOnce {
        None
    } else {
        match reader.u16() {
            Some(id) if id != 0 => Some(id),
            _ => return Err(broken(None, qos, "it has no packet id")),
        }
    };
    let topic = (topic_at, topic_at + topic_len);
    let Ok(text) = std::str::from_utf8(frame.get(topic.0..topic.1).unwrap_or_default()) else {
        return Err(broken(packet_id, qos, "its topic is not UTF-8"));
    };
    if text.is_empty() {
        return Err(broken(packet_id, qos, "its topic is empty"));
    }
    // One pass over the bytes instead of two searches: this runs for every message.
    if text.bytes().any(|b| matches!(b, 0 | b'+' | b'#')) {
        return Err(broken(
            packet_id,
            qos,
            "its topic contains a wildcard or a null character",
        ));
    }
    let properties = match version {
        MqttVersion::V3_1_1 => None,
        MqttVersion::V5 => match reader.properties() {
            Some(block) => parse_properties(block)
                .map_err(|()| broken(packet_id, qos, "its properties are malformed"))?,
            None => return Err(broken(packet_id, qos, "its properties are malformed")),
        },
    };
    Ok(Incoming {
        qos,
        dup: first & 0x08 != 0,
        retain: first & 0x01 != 0,
        packet_id,
        topic,
        payload: (reader.at(), frame.len()),
        properties,
    })
}

fn parse_properties(mut block: Reader<'_>) -> Result<Option<Box<PublishProperties>>, ()> {
    if block.is_empty() {
        return Ok(None);
    }
    let mut found = PublishProperties::default();
    while let Some((id, value)) = next_property(&mut block)? {
        match (id, value) {
            (0x01, Property::Byte(flag)) => found.payload_is_utf8 = flag == 1,
            (0x02, Property::Four(seconds)) => found.message_expiry_secs = Some(seconds),
            (0x03, Property::Text(text)) => found.content_type = Some(text.to_owned()),
            (0x08, Property::Text(text)) => found.response_topic = Some(text.to_owned()),
            (0x09, Property::Binary(data)) => {
                found.correlation_data = Some(Bytes::copy_from_slice(data));
            }
            (0x0b, Property::Four(_)) => {}
            (0x26, Property::Pair(name, value)) => {
                found
                    .user_properties
                    .push((name.to_owned(), value.to_owned()));
            }
            // Topic aliases were not offered, so a broker that uses one breaks the protocol.
            _ => return Err(()),
        }
    }
    Ok((!found.is_empty()).then(|| Box::new(found)))
}

/// What can be said about a PUBLISH too large to be held: topic, packet id and the offset behind
/// them. `None` when more bytes are needed (at most 65 537 behind the header).
pub(crate) fn peek_publish(
    bytes: &[u8],
    header: usize,
) -> Option<(String, Option<u16>, QoS, usize)> {
    let qos = QoS::from_u8((bytes.first()? >> 1) & 0x03).unwrap_or(QoS::AtMostOnce);
    let mut reader = Reader::new(bytes);
    reader.take(header)?;
    let topic = String::from_utf8_lossy(reader.binary()?).into_owned();
    let packet_id = match qos {
        QoS::AtMostOnce => None,
        _ => Some(reader.u16()?).filter(|id| *id != 0),
    };
    Some((topic, packet_id, qos, reader.at()))
}
