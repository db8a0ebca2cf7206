//! One received PUBLISH: a shared range of bytes and what is known about it.

use bytes::Bytes;

use crate::config::QoS;

/// A message as it came from the broker.
///
/// Topic and payload are ranges of one `Bytes`. Messages below 64 KiB have it for themselves, so that
/// what one of them holds is what it counts for; a larger one shares it with what came in the same
/// read, at most as much again.
#[derive(Debug, Clone)]
pub struct Publish {
    /// Whole frame or larger; the ranges below point into it.
    pub(crate) frame: Bytes,
    pub(crate) topic: (u32, u32),
    pub(crate) payload: (u32, u32),
    /// Position in the link's order of arrival; see [`crate::AckSender::durable`].
    pub position: u64,
    /// The session the message came in; see [`crate::LinkStart::epoch`].
    pub epoch: u64,
    /// Hash of topic and payload, stable across processes; see [`crate::RedeliveryEntry`].
    pub hash: u64,
    /// Arrival, milliseconds since 1970. Unique per topic: a second message of one topic in the
    /// same millisecond takes the next one, up to one second ahead of the clock.
    pub arrival_ms: i64,
    /// QoS of the delivery.
    pub qos: QoS,
    /// The broker had kept it as retained message.
    pub retain: bool,
    /// The broker says that it may have been delivered before.
    pub dup: bool,
    /// Packet id, for QoS ≥ 1.
    pub packet_id: Option<u16>,
    /// MQTT 5 properties, when there are any.
    pub properties: Option<Box<PublishProperties>>,
}

/// MQTT 5 properties of a message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PublishProperties {
    /// MIME type of the payload.
    pub content_type: Option<String>,
    /// Topic an answer is expected on.
    pub response_topic: Option<String>,
    /// What an answer has to carry.
    pub correlation_data: Option<Bytes>,
    /// Remaining life of the message in seconds.
    pub message_expiry_secs: Option<u32>,
    /// The sender says that the payload is UTF-8 text.
    pub payload_is_utf8: bool,
    /// Name and value pairs, in order, repeats allowed.
    pub user_properties: Vec<(String, String)>,
}

impl PublishProperties {
    /// True when nothing is set.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Publish {
    /// A message that did not come from a broker (a replay, a test): no packet id, position 0.
    /// `None` when topic and payload together exceed 4 GiB.
    pub fn local(topic: &str, payload: &[u8], qos: QoS, arrival_ms: i64) -> Option<Self> {
        let (frame, middle) = own_frame(topic.as_bytes(), payload);
        let middle = u32::try_from(middle).ok()?;
        let end = u32::try_from(frame.len()).ok()?;
        Some(Self {
            frame,
            topic: (0, middle),
            payload: (middle, end),
            position: 0,
            epoch: 0,
            hash: crate::fingerprint::fingerprint(topic.as_bytes(), payload),
            arrival_ms,
            qos,
            retain: false,
            dup: false,
            packet_id: None,
            properties: None,
        })
    }

    fn range(&self, (start, end): (u32, u32)) -> &[u8] {
        self.frame
            .get(start as usize..end as usize)
            .unwrap_or_default()
    }

    /// The topic.
    pub fn topic(&self) -> &str {
        // Checked when the message was parsed; an empty text is unreachable.
        std::str::from_utf8(self.range(self.topic)).unwrap_or_default()
    }

    /// The payload.
    pub fn payload(&self) -> &[u8] {
        self.range(self.payload)
    }

    /// The payload as a range that shares memory with the message.
    pub fn payload_bytes(&self) -> Bytes {
        let (start, end) = (self.payload.0 as usize, self.payload.1 as usize);
        if start <= end && end <= self.frame.len() {
            self.frame.slice(start..end)
        } else {
            Bytes::new()
        }
    }

    /// Bytes of topic and payload.
    pub fn len(&self) -> usize {
        (self.topic.1 - self.topic.0) as usize + (self.payload.1 - self.payload.0) as usize
    }

    /// True when topic and payload are empty, which no received message is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes counted against the link's buffer: topic, properties, payload and bookkeeping.
    pub(crate) fn cost(&self) -> usize {
        (self.payload.1 - self.topic.0) as usize + std::mem::size_of::<Self>()
    }
}

/// Topic and payload in memory of their own, and where the payload begins.
pub(crate) fn own_frame(topic: &[u8], payload: &[u8]) -> (Bytes, usize) {
    let mut frame = Vec::with_capacity(topic.len() + payload.len());
    frame.extend_from_slice(topic);
    frame.extend_from_slice(payload);
    (Bytes::from(frame), topic.len())
}
