//! What a broker answers: CONNACK, SUBACK, UNSUBACK, PUBACK, DISCONNECT and the rest.

use super::frame::{FrameHeader, Malformed, packet};
use super::reader::{Property, Reader, next_property};
use crate::config::MqttVersion;

/// CONNACK and what it promises (MQTT 5; the defaults of the standard for 3.1.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Connack {
    pub(crate) session_present: bool,
    pub(crate) code: u8,
    pub(crate) reason: Option<String>,
    /// Most unacknowledged QoS ≥ 1 publishes the broker takes from us.
    pub(crate) receive_maximum: u16,
    pub(crate) maximum_qos: u8,
    pub(crate) retain_available: bool,
    pub(crate) maximum_packet_size: Option<u32>,
    pub(crate) server_keep_alive: Option<u16>,
    pub(crate) session_expiry: Option<u32>,
}

/// A packet that is neither PUBLISH nor CONNACK.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// PUBACK with its reason code (0 in 3.1.1).
    Puback(u16, u8),
    /// The broker releases a QoS 2 message it sent.
    Pubrel(u16),
    Suback(u16, Vec<u8>),
    /// Codes are empty in 3.1.1.
    Unsuback(u16, Vec<u8>),
    Pingresp,
    /// MQTT 5: why the broker hangs up.
    Disconnect(u8, Option<String>),
    /// Not asked for, harmless.
    Ignored,
}

/// Reads CONNACK; `body` is what follows the frame header.
pub(crate) fn parse_connack(version: MqttVersion, body: &[u8]) -> Result<Connack, Malformed> {
    let mut reader = Reader::new(body);
    let (Some(flags), Some(code)) = (reader.u8(), reader.u8()) else {
        return Err(Malformed("CONNACK is too short"));
    };
    if flags & 0xfe != 0 {
        return Err(Malformed("CONNACK has unknown flags"));
    }
    let mut connack = Connack {
        session_present: flags == 1 && code == 0,
        code,
        reason: None,
        receive_maximum: u16::MAX,
        maximum_qos: 2,
        retain_available: true,
        maximum_packet_size: None,
        server_keep_alive: None,
        session_expiry: None,
    };
    // A broker that does not know MQTT 5 answers in the form of 3.1.1, without properties.
    if version == MqttVersion::V5 && !reader.is_empty() {
        let mut block = reader.properties().ok_or(Malformed("CONNACK properties"))?;
        while let Some((id, value)) =
            next_property(&mut block).map_err(|()| Malformed("CONNACK properties"))?
        {
            match (id, value) {
                (0x11, Property::Four(seconds)) => connack.session_expiry = Some(seconds),
                (0x13, Property::Two(seconds)) => connack.server_keep_alive = Some(seconds),
                (0x1f, Property::Text(text)) => connack.reason = Some(text.to_owned()),
                (0x21, Property::Two(count)) => connack.receive_maximum = count.max(1),
                (0x24, Property::Byte(qos)) => connack.maximum_qos = qos,
                (0x25, Property::Byte(flag)) => connack.retain_available = flag != 0,
                (0x27, Property::Four(bytes)) => connack.maximum_packet_size = Some(bytes),
                _ => {}
            }
        }
    }
    Ok(connack)
}

/// Reads any other packet; `body` is what follows the frame header.
pub(crate) fn parse_answer(
    version: MqttVersion,
    header: FrameHeader,
    body: &[u8],
) -> Result<Answer, Malformed> {
    let mut reader = Reader::new(body);
    match header.kind() {
        packet::PUBACK => {
            let id = reader.u16().ok_or(Malformed("PUBACK is too short"))?;
            Ok(Answer::Puback(id, reader.u8().unwrap_or(0)))
        }
        packet::PUBREL => {
            let id = reader.u16().ok_or(Malformed("PUBREL is too short"))?;
            Ok(Answer::Pubrel(id))
        }
        packet::SUBACK => {
            let (id, codes) =
                ids_and_codes(version, reader).ok_or(Malformed("SUBACK is too short"))?;
            Ok(Answer::Suback(id, codes))
        }
        packet::UNSUBACK => {
            let (id, codes) =
                ids_and_codes(version, reader).ok_or(Malformed("UNSUBACK is too short"))?;
            Ok(Answer::Unsuback(id, codes))
        }
        packet::PINGRESP => Ok(Answer::Pingresp),
        packet::DISCONNECT if version == MqttVersion::V5 => {
            let code = reader.u8().unwrap_or(0);
            Ok(Answer::Disconnect(code, reason_string(reader)))
        }
        // We send neither QoS 2 nor AUTH, so these answer nothing.
        packet::PUBREC | packet::PUBCOMP | packet::AUTH => Ok(Answer::Ignored),
        packet::CONNACK => Err(Malformed("a second CONNACK")),
        _ => Err(Malformed("a packet only a client may send")),
    }
}

fn ids_and_codes(version: MqttVersion, mut reader: Reader<'_>) -> Option<(u16, Vec<u8>)> {
    let id = reader.u16()?;
    if version == MqttVersion::V5 {
        reader.properties()?;
    }
    Some((id, reader.rest().to_vec()))
}

fn reason_string(mut reader: Reader<'_>) -> Option<String> {
    let mut block = reader.properties()?;
    while let Ok(Some((id, value))) = next_property(&mut block) {
        if let (0x1f, Property::Text(text)) = (id, value) {
            return Some(text.to_owned());
        }
    }
    None
}
