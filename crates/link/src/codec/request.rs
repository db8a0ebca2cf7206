//! What the link sends.

use mqtt_protocol_core::mqtt::packet::{
    Property, Qos, RetainHandling, SessionExpiryInterval, SubEntry, SubOpts, v3_1_1, v5_0,
};
use mqtt_protocol_core::mqtt::result_code::{DisconnectReasonCode, MqttError};

use crate::config::{Credentials, LinkConfig, MqttVersion, QoS, TopicFilter};
use crate::error::PublishError;
use crate::message::PublishProperties;

/// PINGREQ, whole.
pub(crate) const PINGREQ: [u8; 2] = [0xc0, 0x00];

/// CONNECT for this configuration.
pub(crate) fn encode_connect(
    cfg: &LinkConfig,
    client_id: &str,
    clean_start: bool,
    session_expiry_secs: u32,
) -> Result<Vec<u8>, MqttError> {
    let keep_alive = u16::try_from(cfg.keep_alive.as_secs()).unwrap_or(u16::MAX);
    match cfg.version {
        MqttVersion::V3_1_1 => {
            let mut builder = v3_1_1::Connect::builder()
                .client_id(client_id)?
                .clean_session(clean_start)
                .keep_alive(keep_alive);
            if let Credentials::Basic { username, password } = &cfg.credentials {
                builder = builder
                    .user_name(username.as_str())?
                    .password(password.reveal())?;
            }
            Ok(builder.build()?.to_continuous_buffer())
        }
        MqttVersion::V5 => {
            let mut properties: Vec<Property> = Vec::new();
            if session_expiry_secs > 0 {
                properties.push(SessionExpiryInterval::new(session_expiry_secs)?.into());
            }
            if cfg.receive_maximum < u16::MAX {
                let maximum =
                    mqtt_protocol_core::mqtt::packet::ReceiveMaximum::new(cfg.receive_maximum)?;
                properties.push(maximum.into());
            }
            let mut builder = v5_0::Connect::builder()
                .client_id(client_id)?
                .clean_start(clean_start)
                .keep_alive(keep_alive)
                .props(properties);
            if let Credentials::Basic { username, password } = &cfg.credentials {
                builder = builder
                    .user_name(username.as_str())?
                    .password(password.reveal())?;
            }
            Ok(builder.build()?.to_continuous_buffer())
        }
    }
}

/// SUBSCRIBE. MQTT 5: retained messages come only where the subscription did not exist.
pub(crate) fn encode_subscribe(
    version: MqttVersion,
    packet_id: u16,
    filters: &[TopicFilter],
) -> Result<Vec<u8>, MqttError> {
    let entries = filters
        .iter()
        .map(|filter| {
            let qos = match filter.qos {
                QoS::AtMostOnce => Qos::AtMostOnce,
                QoS::AtLeastOnce => Qos::AtLeastOnce,
                QoS::ExactlyOnce => Qos::ExactlyOnce,
            };
            let mut options = SubOpts::new().set_qos(qos);
            if version == MqttVersion::V5 && !filter.filter.starts_with("$share/") {
                options = options.set_rh(RetainHandling::SendRetainedIfNotExists);
            }
            SubEntry::new(filter.filter.as_str(), options)
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(match version {
        MqttVersion::V3_1_1 => v3_1_1::Subscribe::builder()
            .packet_id(packet_id)
            .entries(entries)
            .build()?
            .to_continuous_buffer(),
        MqttVersion::V5 => v5_0::Subscribe::builder()
            .packet_id(packet_id)
            .entries(entries)
            .build()?
            .to_continuous_buffer(),
    })
}

/// UNSUBSCRIBE.
pub(crate) fn encode_unsubscribe(
    version: MqttVersion,
    packet_id: u16,
    filters: &[String],
) -> Result<Vec<u8>, MqttError> {
    Ok(match version {
        MqttVersion::V3_1_1 => v3_1_1::Unsubscribe::builder()
            .packet_id(packet_id)
            .entries(filters)?
            .build()?
            .to_continuous_buffer(),
        MqttVersion::V5 => v5_0::Unsubscribe::builder()
            .packet_id(packet_id)
            .entries(filters)?
            .build()?
            .to_continuous_buffer(),
    })
}

/// DISCONNECT; `end_session` (MQTT 5) tells the broker to forget the session now.
pub(crate) fn encode_disconnect(
    version: MqttVersion,
    end_session: bool,
) -> Result<Vec<u8>, MqttError> {
    Ok(match version {
        MqttVersion::V3_1_1 => v3_1_1::Disconnect::new().to_continuous_buffer(),
        MqttVersion::V5 if end_session => v5_0::Disconnect::builder()
            .reason_code(DisconnectReasonCode::NormalDisconnection)
            .props(vec![SessionExpiryInterval::new(0)?.into()])
            .build()?
            .to_continuous_buffer(),
        MqttVersion::V5 => v5_0::Disconnect::builder().build()?.to_continuous_buffer(),
    })
}

fn put_id_packet(out: &mut Vec<u8>, first: u8, packet_id: u16) {
    let [high, low] = packet_id.to_be_bytes();
    out.extend_from_slice(&[first, 2, high, low]);
}

/// PUBACK: success, the short form of both versions.
pub(crate) fn encode_puback(out: &mut Vec<u8>, packet_id: u16) {
    put_id_packet(out, 0x40, packet_id);
}

/// PUBREC: success, the short form of both versions.
pub(crate) fn encode_pubrec(out: &mut Vec<u8>, packet_id: u16) {
    put_id_packet(out, 0x50, packet_id);
}

/// PUBCOMP: success, the short form of both versions.
pub(crate) fn encode_pubcomp(out: &mut Vec<u8>, packet_id: u16) {
    put_id_packet(out, 0x70, packet_id);
}

/// A PUBLISH to send.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outbound<'a> {
    pub(crate) topic: &'a str,
    pub(crate) payload: &'a [u8],
    pub(crate) qos: QoS,
    pub(crate) retain: bool,
    pub(crate) dup: bool,
    /// Present exactly for QoS ≥ 1.
    pub(crate) packet_id: Option<u16>,
    pub(crate) properties: Option<&'a PublishProperties>,
}

/// Appends a PUBLISH, or nothing when it cannot be encoded or exceeds `limit` bytes.
pub(crate) fn encode_publish(
    out: &mut Vec<u8>,
    version: MqttVersion,
    message: Outbound<'_>,
    limit: usize,
) -> Result<(), PublishError> {
    let mut block = Vec::new();
    if version == MqttVersion::V5 {
        let mut properties = Vec::new();
        if let Some(given) = message.properties {
            put_properties(&mut properties, given)?;
        }
        put_varint(&mut block, properties.len());
        block.extend_from_slice(&properties);
    }
    let id_bytes = if message.packet_id.is_some() { 2 } else { 0 };
    let remaining = 2 + message.topic.len() + id_bytes + block.len() + message.payload.len();
    let limit = limit.min(MAX_REMAINING + 5);
    if remaining > MAX_REMAINING || remaining + 1 + varint_len(remaining) > limit {
        return Err(PublishError::TooLarge {
            bytes: remaining + 1 + varint_len(remaining),
            limit,
        });
    }
    let mut first = 0x30 | ((message.qos as u8) << 1);
    if message.dup {
        first |= 0x08;
    }
    if message.retain {
        first |= 0x01;
    }
    out.reserve(remaining + 5);
    out.push(first);
    put_varint(out, remaining);
    put_binary(out, message.topic.as_bytes(), "topic")?;
    if let Some(packet_id) = message.packet_id {
        out.extend_from_slice(&packet_id.to_be_bytes());
    }
    out.extend_from_slice(&block);
    out.extend_from_slice(message.payload);
    Ok(())
}

const MAX_REMAINING: usize = 268_435_455;

fn varint_len(value: usize) -> usize {
    match value {
        0..=0x7f => 1,
        0x80..=0x3fff => 2,
        0x4000..=0x1f_ffff => 3,
        _ => 4,
    }
}

/// Appends a variable byte integer.
pub(super) fn put_varint(out: &mut Vec<u8>, mut value: usize) {
    loop {
        let byte = (value & 0x7f) as u8;
        value >>= 7;
        if value == 0 {
            out.push(byte);
            return;
        }
        out.push(byte | 0x80);
    }
}

fn put_binary(out: &mut Vec<u8>, bytes: &[u8], name: &'static str) -> Result<(), PublishError> {
    let len = u16::try_from(bytes.len()).map_err(|_| PublishError::Property(name))?;
    out.extend_from_slice(&len.to_be_bytes());
    out.extend_from_slice(bytes);
    Ok(())
}

fn put_properties(out: &mut Vec<u8>, given: &PublishProperties) -> Result<(), PublishError> {
    if given.payload_is_utf8 {
        out.extend_from_slice(&[0x01, 1]);
    }
    if let Some(seconds) = given.message_expiry_secs {
        out.push(0x02);
        out.extend_from_slice(&seconds.to_be_bytes());
    }
    if let Some(text) = &given.content_type {
        out.push(0x03);
        put_binary(out, text.as_bytes(), "content type")?;
    }
    if let Some(text) = &given.response_topic {
        out.push(0x08);
        put_binary(out, text.as_bytes(), "response topic")?;
    }
    if let Some(data) = &given.correlation_data {
        out.push(0x09);
        put_binary(out, data, "correlation data")?;
    }
    for (name, value) in &given.user_properties {
        out.push(0x26);
        put_binary(out, name.as_bytes(), "user property")?;
        put_binary(out, value.as_bytes(), "user property")?;
    }
    Ok(())
}
