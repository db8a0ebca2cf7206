//! Bytes from the socket, cut into runs of whole packets.

use bytes::{Buf, Bytes, BytesMut};

use crate::codec::{FrameHeader, Malformed, frame_header, packet, peek_publish};
use crate::config::QoS;

/// Largest packet that is not a PUBLISH; SUBACK for thousands of filters stays far below.
const CONTROL_LIMIT: usize = 1 << 20;
/// Room for topic and MQTT 5 properties besides the payload bound.
const HEADER_ALLOWANCE: usize = 2 * 65_536 + 16;
const FIRST_READ: usize = 8 << 10;
/// Most that is read at once, but for a single packet that is larger.
pub(crate) const LARGEST_READ: usize = 128 << 10;
/// So many reads in a row that needed an eighth of the room halve it.
const QUIET_READS: u32 = 64;

/// The next part of the stream.
#[derive(Debug)]
pub(crate) enum Piece {
    /// One or more whole packets, one allocation.
    Packets(Bytes),
    /// A PUBLISH whose payload is not read: it exceeds the bound.
    TooLarge {
        topic: String,
        packet_id: Option<u16>,
        qos: QoS,
        len: usize,
    },
}

/// The read buffer of one connection. Holds at most one incomplete packet. One allocation serves
/// read after read as long as nobody keeps a piece of it.
#[derive(Debug)]
pub(crate) struct Inbox {
    bytes: BytesMut,
    /// Room the last read was given.
    offered: usize,
    /// Reads in a row that needed little of it.
    quiet: u32,
    /// Bytes still to be thrown away.
    skip: usize,
    publish_limit: usize,
    read_size: usize,
    /// Size of the incomplete packet at the front, when known.
    wanted: usize,
}

impl Inbox {
    pub(crate) fn new(max_message_bytes: usize) -> Self {
        Self {
            bytes: BytesMut::new(),
            offered: 0,
            quiet: 0,
            skip: 0,
            publish_limit: max_message_bytes.saturating_add(HEADER_ALLOWANCE),
            read_size: FIRST_READ,
            wanted: 0,
        }
    }

    /// Buffer to read into, with room. What is left of the buffer is filled before another one is
    /// made: a kept piece holds the whole of its buffer, so that a buffer per read could hold many
    /// times what was received.
    pub(crate) fn space(&mut self) -> &mut BytesMut {
        let held = self.bytes.len();
        let least = self.wanted.saturating_sub(held).max(self.read_size / 4);
        let outgrown = held == 0 && self.bytes.capacity() > 4 * self.read_size;
        let full = self.bytes.capacity() - held < least;
        if outgrown || (full && !self.bytes.try_reclaim(least)) {
            let size = self.read_size.max(held + least);
            let before = std::mem::replace(&mut self.bytes, BytesMut::with_capacity(size));
            self.bytes.extend_from_slice(&before);
        }
        self.offered = self.bytes.capacity() - held;
        &mut self.bytes
    }

    /// What was read and not taken.
    pub(crate) fn peek(&self) -> &[u8] {
        &self.bytes
    }

    /// First byte that was not taken.
    pub(crate) fn first(&self) -> Option<u8> {
        self.bytes.first().copied()
    }

    /// The packet at the front, once it is whole.
    pub(crate) fn take_front(&mut self, header: FrameHeader) -> Option<Bytes> {
        self.wanted = header.total();
        (self.bytes.len() >= self.wanted).then(|| self.bytes.split_to(self.wanted).freeze())
    }

    /// Follows the traffic: a read that filled the buffer makes the next one larger, many that
    /// needed little of it make it smaller. True when the read was short, so that the socket is
    /// empty now.
    pub(crate) fn note_read(&mut self, count: usize) -> bool {
        if count >= self.offered {
            self.quiet = 0;
            self.read_size = (self.read_size * 2).min(LARGEST_READ);
            return false;
        }
        self.quiet = if count < self.read_size / 8 {
            self.quiet + 1
        } else {
            0
        };
        if self.quiet >= QUIET_READS {
            self.quiet = 0;
            self.read_size = (self.read_size / 2).max(FIRST_READ);
        }
        true
    }

    /// The next piece, or `None` when more bytes are needed.
    pub(crate) fn next_piece(&mut self) -> Result<Option<Piece>, Malformed> {
        let skipped = self.skip.min(self.bytes.len());
        self.bytes.advance(skipped);
        self.skip -= skipped;
        let mut end = 0;
        self.wanted = 0;
        while let Some(header) = frame_header(self.bytes.get(end..).unwrap_or_default())? {
            let total = header.total();
            if end + total <= self.bytes.len() {
                end += total;
                continue;
            }
            if header.kind() != packet::PUBLISH {
                if header.remaining > CONTROL_LIMIT {
                    return Err(Malformed("a control packet above 1 MiB"));
                }
            } else if header.remaining > self.publish_limit && end == 0 {
                return Ok(self.begin_skipping(header.header, total));
            }
            // Beyond the limit only the part up to the packet id is held.
            self.wanted = total.min(self.publish_limit + CONTROL_LIMIT);
            break;
        }
        if end == 0 {
            return Ok(None);
        }
        Ok(Some(Piece::Packets(self.bytes.split_to(end).freeze())))
    }

    fn begin_skipping(&mut self, header: usize, total: usize) -> Option<Piece> {
        let (topic, packet_id, qos, at) = peek_publish(&self.bytes, header)?;
        let here = total.min(self.bytes.len());
        self.bytes.advance(here);
        self.skip = total - here;
        Some(Piece::TooLarge {
            topic,
            packet_id,
            qos,
            len: total.saturating_sub(at),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{Outbound, encode_publish};
    use crate::config::MqttVersion;
    use proptest::prelude::*;

    fn publish(topic: &str, payload: &[u8], packet_id: Option<u16>) -> Vec<u8> {
        let mut out = Vec::new();
        let message = Outbound {
            topic,
            payload,
            qos: if packet_id.is_some() {
                QoS::AtLeastOnce
            } else {
                QoS::AtMostOnce
            },
            retain: false,
            dup: false,
            packet_id,
            properties: None,
        };
        encode_publish(&mut out, MqttVersion::V3_1_1, message, usize::MAX).expect("encodes");
        out
    }

    #[test]
    fn a_huge_payload_is_named_and_never_held() {
        let big = publish("big", &vec![7; 600_000], Some(5));
        let after = publish("small", b"x", None);
        let mut inbox = Inbox::new(100);
        let mut seen = Vec::new();
        for part in [big, after].concat().chunks(10_000) {
            inbox.space().extend_from_slice(part);
            while let Some(piece) = inbox.next_piece().expect("well formed") {
                seen.push(piece);
            }
            assert!(inbox.bytes.len() <= 20_000, "{}", inbox.bytes.len());
        }
        let [
            Piece::TooLarge {
                topic,
                packet_id,
                len,
                ..
            },
            Piece::Packets(rest),
        ] = &seen[..]
        else {
            panic!("{seen:?}");
        };
        assert_eq!(
            (topic.as_str(), *packet_id, *len),
            ("big", Some(5), 600_000)
        );
        assert!(rest.ends_with(b"smallx"));
    }

    /// Reads what fits into the room that is offered.
    fn read(inbox: &mut Inbox, stream: &mut &[u8]) -> Vec<Bytes> {
        let space = inbox.space();
        let room = space.capacity() - space.len();
        let (now, later) = stream.split_at(room.min(stream.len()));
        space.extend_from_slice(now);
        *stream = later;
        inbox.note_read(now.len());
        let mut pieces = Vec::new();
        while let Some(piece) = inbox.next_piece().expect("well formed") {
            let Piece::Packets(bytes) = piece else {
                panic!("too large")
            };
            pieces.push(bytes);
        }
        pieces
    }

    #[test]
    fn one_buffer_serves_all_reads_when_nobody_keeps_a_piece() {
        let message = publish("a/b", &[7; 8_000], Some(1));
        let stream = message.repeat(200);
        let mut inbox = Inbox::new(100_000);
        let mut stream = &stream[..];
        while inbox.read_size < LARGEST_READ {
            read(&mut inbox, &mut stream);
        }
        read(&mut inbox, &mut stream);
        let size = inbox.bytes.capacity();
        while !stream.is_empty() {
            read(&mut inbox, &mut stream);
            assert!(inbox.space().capacity() <= size.max(LARGEST_READ));
        }
    }

    #[test]
    fn kept_pieces_of_short_reads_share_a_buffer() {
        let message = publish("a/b", &[7; 1_000], Some(1));
        let burst = message.repeat(1_000);
        let mut inbox = Inbox::new(100_000);
        let mut stream = &burst[..];
        while !stream.is_empty() {
            read(&mut inbox, &mut stream);
        }
        let mut kept = Vec::new();
        let mut buffers = 0;
        for _ in 0..40 {
            let before = inbox.bytes.capacity();
            let mut stream = &message[..];
            kept.extend(read(&mut inbox, &mut stream));
            // Room only grows when a buffer is new.
            buffers += usize::from(inbox.bytes.capacity() > before);
        }
        assert_eq!(kept.len(), 40);
        assert!(buffers <= 2, "{buffers} buffers of up to 128 KiB for 40 KB");
    }

    #[test]
    fn a_quiet_connection_gives_its_large_buffer_back() {
        let message = publish("a/b", &[7; 1_000], Some(1));
        let burst = message.repeat(1_000);
        let mut inbox = Inbox::new(100_000);
        let mut stream = &burst[..];
        while !stream.is_empty() {
            read(&mut inbox, &mut stream);
        }
        assert_eq!(inbox.read_size, LARGEST_READ);
        for _ in 0..10 * QUIET_READS {
            let mut stream = &message[..];
            read(&mut inbox, &mut stream);
        }
        assert!(inbox.space().capacity() <= 4 * FIRST_READ);
    }

    #[test]
    fn a_huge_control_packet_ends_the_connection() {
        let mut inbox = Inbox::new(100);
        inbox
            .space()
            .extend_from_slice(&[0x90, 0xff, 0xff, 0xff, 0x7f, 1, 2]);
        assert!(inbox.next_piece().is_err());
    }

    proptest! {
        #[test]
        fn cutting_the_stream_anywhere_changes_nothing(
            sizes in prop::collection::vec(0usize..3_000, 1..20),
            cuts in prop::collection::vec(1usize..5_000, 1..40),
        ) {
            let stream: Vec<u8> = sizes.iter().enumerate()
                .flat_map(|(i, size)| publish("a/b", &vec![i as u8; *size], Some(i as u16 + 1)))
                .collect();
            let mut inbox = Inbox::new(4_000);
            let mut got = Vec::new();
            let mut rest = &stream[..];
            for cut in cuts.iter().cycle() {
                let (part, behind) = rest.split_at((*cut).min(rest.len()));
                rest = behind;
                inbox.space().extend_from_slice(part);
                while let Some(piece) = inbox.next_piece().expect("well formed") {
                    let Piece::Packets(bytes) = piece else { panic!("too large") };
                    got.extend_from_slice(&bytes);
                }
                if rest.is_empty() {
                    break;
                }
            }
            prop_assert_eq!(got, stream);
        }

        #[test]
        fn garbage_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
            let mut inbox = Inbox::new(50);
            inbox.space().extend_from_slice(&bytes);
            while let Ok(Some(_)) = inbox.next_piece() {}
        }
    }
}
