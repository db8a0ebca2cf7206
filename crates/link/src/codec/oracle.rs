//! Both directions of the codec against `mqtt-protocol-core`.

use bytes::Bytes;
use mqtt_protocol_core::mqtt::Arc;
use mqtt_protocol_core::mqtt::packet::{
    ContentType, CorrelationData, MessageExpiryInterval, PayloadFormat, PayloadFormatIndicator,
    Property, Qos, ReasonString, ReceiveMaximum, ResponseTopic, UserProperty, v3_1_1, v5_0,
};
use mqtt_protocol_core::mqtt::result_code::{
    ConnectReasonCode, DisconnectReasonCode, SubackReasonCode, SubackReturnCode,
};
use proptest::prelude::*;

use super::*;
use crate::config::{MqttVersion, QoS};
use crate::message::PublishProperties;

#[derive(Debug, Clone)]
struct Message {
    topic: String,
    payload: Vec<u8>,
    qos: QoS,
    retain: bool,
    dup: bool,
    packet_id: u16,
    properties: PublishProperties,
}

fn message() -> impl Strategy<Value = Message> {
    let text = "[a-zA-Z0-9/äß ]{1,40}";
    let properties = (
        prop::option::of(text),
        prop::option::of("[a-z/]{1,20}"),
        prop::option::of(prop::collection::vec(any::<u8>(), 0..20)),
        prop::option::of(any::<u32>()),
        any::<bool>(),
        prop::collection::vec((text, text), 0..4),
    )
        .prop_map(
            |(content_type, response_topic, correlation, expiry, utf8, user_properties)| {
                PublishProperties {
                    content_type,
                    response_topic,
                    correlation_data: correlation.map(Bytes::from),
                    message_expiry_secs: expiry,
                    payload_is_utf8: utf8,
                    user_properties,
                }
            },
        );
    (
        "[a-zA-Z0-9/äß ]{1,300}",
        prop::collection::vec(any::<u8>(), 0..2_000),
        0u8..3,
        any::<(bool, bool)>(),
        1u16..,
        properties,
    )
        .prop_map(
            |(topic, payload, qos, (retain, dup), packet_id, properties)| Message {
                topic,
                payload,
                qos: QoS::from_u8(qos).expect("0..=2"),
                retain,
                dup: dup && qos > 0,
                packet_id,
                properties,
            },
        )
}

impl Message {
    fn outbound(&self) -> Outbound<'_> {
        Outbound {
            topic: &self.topic,
            payload: &self.payload,
            qos: self.qos,
            retain: self.retain,
            dup: self.dup,
            packet_id: (self.qos != QoS::AtMostOnce).then_some(self.packet_id),
            properties: Some(&self.properties),
        }
    }

    fn library_qos(&self) -> Qos {
        match self.qos {
            QoS::AtMostOnce => Qos::AtMostOnce,
            QoS::AtLeastOnce => Qos::AtLeastOnce,
            QoS::ExactlyOnce => Qos::ExactlyOnce,
        }
    }

    fn library_v3(&self) -> Vec<u8> {
        let mut builder = v3_1_1::Publish::builder()
            .topic_name(self.topic.as_str())
            .expect("topic")
            .qos(self.library_qos())
            .retain(self.retain)
            .payload(self.payload.clone());
        if self.qos != QoS::AtMostOnce {
            builder = builder.packet_id(self.packet_id).dup(self.dup);
        }
        builder.build().expect("built").to_continuous_buffer()
    }

    fn library_v5(&self) -> Vec<u8> {
        let given = &self.properties;
        let mut properties: Vec<Property> = Vec::new();
        if given.payload_is_utf8 {
            let text = PayloadFormatIndicator::new(PayloadFormat::String).expect("property");
            properties.push(text.into());
        }
        if let Some(seconds) = given.message_expiry_secs {
            properties.push(
                MessageExpiryInterval::new(seconds)
                    .expect("property")
                    .into(),
            );
        }
        if let Some(text) = &given.content_type {
            properties.push(ContentType::new(text.as_str()).expect("property").into());
        }
        if let Some(text) = &given.response_topic {
            properties.push(ResponseTopic::new(text.as_str()).expect("property").into());
        }
        if let Some(data) = &given.correlation_data {
            properties.push(
                CorrelationData::new(data.to_vec())
                    .expect("property")
                    .into(),
            );
        }
        for (name, value) in &given.user_properties {
            let pair = UserProperty::new(name.as_str(), value.as_str()).expect("property");
            properties.push(pair.into());
        }
        let mut builder = v5_0::Publish::builder()
            .topic_name(self.topic.as_str())
            .expect("topic")
            .qos(self.library_qos())
            .retain(self.retain)
            .props(properties)
            .payload(self.payload.clone());
        if self.qos != QoS::AtMostOnce {
            builder = builder.packet_id(self.packet_id).dup(self.dup);
        }
        builder.build().expect("built").to_continuous_buffer()
    }

    fn check(&self, version: MqttVersion, packet: &[u8]) -> Result<(), TestCaseError> {
        let header = frame_header(packet).expect("valid").expect("complete");
        prop_assert_eq!(header.total(), packet.len());
        let read = parse_publish(version, packet, header.header).expect("readable");
        prop_assert_eq!(&packet[read.topic.0..read.topic.1], self.topic.as_bytes());
        prop_assert_eq!(&packet[read.payload.0..read.payload.1], &self.payload[..]);
        prop_assert_eq!(
            (read.qos, read.retain, read.dup),
            (self.qos, self.retain, self.dup)
        );
        let packet_id = (self.qos != QoS::AtMostOnce).then_some(self.packet_id);
        prop_assert_eq!(read.packet_id, packet_id);
        let expected = match version {
            MqttVersion::V3_1_1 => None,
            MqttVersion::V5 => {
                (!self.properties.is_empty()).then(|| Box::new(self.properties.clone()))
            }
        };
        prop_assert_eq!(read.properties, expected);
        Ok(())
    }
}

proptest! {
    #[test]
    fn we_read_what_the_library_writes(message in message()) {
        message.check(MqttVersion::V3_1_1, &message.library_v3())?;
        message.check(MqttVersion::V5, &message.library_v5())?;
    }

    #[test]
    fn we_write_what_the_library_writes(message in message()) {
        let mut ours = Vec::new();
        encode_publish(&mut ours, MqttVersion::V3_1_1, message.outbound(), usize::MAX).expect("encodes");
        prop_assert_eq!(&ours, &message.library_v3());
        ours.clear();
        encode_publish(&mut ours, MqttVersion::V5, message.outbound(), usize::MAX).expect("encodes");
        prop_assert_eq!(&ours, &message.library_v5());
    }

    /// Where the library reads a PUBLISH, so do we, with the same content; we never panic.
    #[test]
    fn mutations_never_panic_and_agree(
        message in message(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        v5: bool,
    ) {
        let (version, mut packet) = if v5 {
            (MqttVersion::V5, message.library_v5())
        } else {
            (MqttVersion::V3_1_1, message.library_v3())
        };
        for (at, byte) in changes {
            let at = at.index(packet.len());
            packet[at] = byte;
        }
        let Ok(Some(header)) = frame_header(&packet) else { return Ok(()) };
        if header.kind() != packet::PUBLISH || header.total() != packet.len() {
            return Ok(());
        }
        let ours = parse_publish(version, &packet, header.header);
        let body: Arc<[u8]> = Arc::from(&packet[header.header..]);
        let flags = packet[0] & 0x0f;
        match version {
            MqttVersion::V3_1_1 => {
                let Ok((theirs, _)) = v3_1_1::Publish::parse(flags, body) else { return Ok(()) };
                agree(&packet, ours, theirs.topic_name(), theirs.payload().as_slice(), theirs.packet_id())?;
            }
            MqttVersion::V5 => {
                let Ok((theirs, _)) = v5_0::Publish::parse(flags, body) else { return Ok(()) };
                let alias = theirs.props.iter().any(|p| matches!(p, Property::TopicAlias(_)));
                if !alias {
                    agree(&packet, ours, theirs.topic_name(), theirs.payload().as_slice(), theirs.packet_id())?;
                }
            }
        }
    }

    #[test]
    fn answers_never_panic(first: u8, body in prop::collection::vec(any::<u8>(), 0..60), v5: bool) {
        let version = if v5 { MqttVersion::V5 } else { MqttVersion::V3_1_1 };
        let header = FrameHeader { first, header: 2, remaining: body.len() };
        let _ = parse_answer(version, header, &body);
        let _ = parse_connack(version, &body);
        let _ = peek_publish(&body, 2);
    }

    #[test]
    fn suback_codes_survive(id in 1u16.., codes in prop::collection::vec(0u8..3, 1..20)) {
        let v3 = v3_1_1::Suback::builder()
            .packet_id(id)
            .return_codes(codes.iter().map(|c| SubackReturnCode::try_from(*c).expect("code")).collect())
            .build().expect("built").to_continuous_buffer();
        let v5 = v5_0::Suback::builder()
            .packet_id(id)
            .reason_codes(codes.iter().map(|c| SubackReasonCode::try_from(*c).expect("code")).collect())
            .props(vec![ReasonString::new("why").expect("property").into()])
            .build().expect("built").to_continuous_buffer();
        for (version, packet) in [(MqttVersion::V3_1_1, v3), (MqttVersion::V5, v5)] {
            let header = frame_header(&packet).expect("valid").expect("complete");
            let answer = parse_answer(version, header, &packet[header.header..]);
            prop_assert_eq!(answer, Ok(Answer::Suback(id, codes.clone())));
        }
    }
}

fn agree(
    packet: &[u8],
    ours: Result<Incoming, super::publish::Unreadable>,
    topic: &str,
    payload: &[u8],
    packet_id: Option<u16>,
) -> Result<(), TestCaseError> {
    match ours {
        Ok(ours) => {
            prop_assert_eq!(&packet[ours.topic.0..ours.topic.1], topic.as_bytes());
            prop_assert_eq!(&packet[ours.payload.0..ours.payload.1], payload);
            prop_assert_eq!(ours.packet_id, packet_id);
        }
        // Ours is stricter where it matters to us: the library leaves these to its user.
        Err(refused) => prop_assert!(
            refused.reason.contains("topic") || refused.reason.contains("properties"),
            "{refused:?}"
        ),
    }
    Ok(())
}

#[test]
fn connack_properties_are_read() {
    let packet = v5_0::Connack::builder()
        .session_present(false)
        .reason_code(ConnectReasonCode::Banned)
        .props(vec![
            ReceiveMaximum::new(7).expect("property").into(),
            ReasonString::new("go away").expect("property").into(),
            UserProperty::new("a", "b").expect("property").into(),
        ])
        .build()
        .expect("built")
        .to_continuous_buffer();
    let header = frame_header(&packet).expect("valid").expect("complete");
    let connack = parse_connack(MqttVersion::V5, &packet[header.header..]).expect("readable");
    assert_eq!((connack.code, connack.receive_maximum), (0x8a, 7));
    assert_eq!(connack.reason.as_deref(), Some("go away"));
}

#[test]
fn disconnect_says_why() {
    let packet = v5_0::Disconnect::builder()
        .reason_code(DisconnectReasonCode::ServerShuttingDown)
        .props(vec![
            ReasonString::new("maintenance").expect("property").into(),
        ])
        .build()
        .expect("built")
        .to_continuous_buffer();
    let header = frame_header(&packet).expect("valid").expect("complete");
    let answer = parse_answer(MqttVersion::V5, header, &packet[header.header..]);
    assert_eq!(
        answer,
        Ok(Answer::Disconnect(0x8b, Some("maintenance".to_owned())))
    );
}
