//! Where one packet ends and the next begins.

use thiserror::Error;

/// Packet types as they stand in the upper half of the first byte.
pub(crate) mod packet {
    pub(crate) const CONNACK: u8 = 2;
    pub(crate) const PUBLISH: u8 = 3;
    pub(crate) const PUBACK: u8 = 4;
    pub(crate) const PUBREC: u8 = 5;
    pub(crate) const PUBREL: u8 = 6;
    pub(crate) const PUBCOMP: u8 = 7;
    pub(crate) const SUBACK: u8 = 9;
    pub(crate) const UNSUBACK: u8 = 11;
    pub(crate) const PINGRESP: u8 = 13;
    pub(crate) const DISCONNECT: u8 = 14;
    pub(crate) const AUTH: u8 = 15;
}

/// The stream is not MQTT any more: the connection has to end.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("malformed packet: {0}")]
pub(crate) struct Malformed(pub(crate) &'static str);

/// First byte and lengths of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FrameHeader {
    /// Type and flags.
    pub(crate) first: u8,
    /// Bytes of first byte and remaining length.
    pub(crate) header: usize,
    /// Bytes after the header.
    pub(crate) remaining: usize,
}

impl FrameHeader {
    pub(crate) fn kind(self) -> u8 {
        self.first >> 4
    }

    pub(crate) fn total(self) -> usize {
        self.header + self.remaining
    }
}

/// Reads the header of the packet at the front; `None` when more bytes are needed.
pub(crate) fn frame_header(bytes: &[u8]) -> Result<Option<FrameHeader>, Malformed> {
    let Some((&first, lengths)) = bytes.split_first() else {
        return Ok(None);
    };
    let mut remaining = 0usize;
    for (index, &byte) in lengths.iter().take(4).enumerate() {
        remaining |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Ok(Some(FrameHeader {
                first,
                header: index + 2,
                remaining,
            }));
        }
    }
    if lengths.len() >= 4 {
        return Err(Malformed("remaining length has more than four bytes"));
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn five_length_bytes_are_no_packet() {
        assert!(frame_header(&[0x30, 0xff, 0xff, 0xff, 0xff]).is_err());
        assert_eq!(frame_header(&[0x30, 0xff, 0xff, 0xff]), Ok(None));
        assert_eq!(frame_header(&[]), Ok(None));
    }

    proptest! {
        #[test]
        fn length_survives(remaining in 0usize..268_435_456, first: u8) {
            let mut bytes = vec![first];
            super::super::request::put_varint(&mut bytes, remaining);
            let header = frame_header(&bytes).expect("valid").expect("complete");
            prop_assert_eq!(header.remaining, remaining);
            prop_assert_eq!(header.header, bytes.len());
            prop_assert_eq!(header.first, first);
            for cut in 0..bytes.len() {
                prop_assert_eq!(frame_header(&bytes[..cut]), Ok(None));
            }
        }
    }
}
