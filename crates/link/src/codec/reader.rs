//! A cursor over bytes from the network: every read is checked.

/// Reads forward; `None` when the bytes end too early or break the encoding.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn is_empty(&self) -> bool {
        self.at >= self.bytes.len()
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(count)?;
        let part = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(part)
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes(self.take(2)?.try_into().ok()?))
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }

    /// Variable byte integer, at most four bytes.
    pub(super) fn varint(&mut self) -> Option<u32> {
        let mut value = 0u32;
        for shift in [0, 7, 14, 21] {
            let byte = self.u8()?;
            value |= u32::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    /// Bytes with a two byte length in front.
    pub(super) fn binary(&mut self) -> Option<&'a [u8]> {
        let len = self.u16()?;
        self.take(usize::from(len))
    }

    /// UTF-8 with a two byte length in front.
    pub(super) fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.binary()?).ok()
    }

    /// A property block (MQTT 5): its own reader.
    pub(super) fn properties(&mut self) -> Option<Reader<'a>> {
        let len = self.varint()?;
        Some(Reader::new(self.take(usize::try_from(len).ok()?)?))
    }
}

/// One MQTT 5 property as it is encoded.
#[derive(Debug, Clone, Copy)]
pub(super) enum Property<'a> {
    Byte(u8),
    Two(u16),
    Four(u32),
    Text(&'a str),
    Binary(&'a [u8]),
    Pair(&'a str, &'a str),
}

/// Next property and its identifier; `Ok(None)` at the end, `Err` when the block is broken.
pub(super) fn next_property<'a>(
    reader: &mut Reader<'a>,
) -> Result<Option<(u32, Property<'a>)>, ()> {
    if reader.is_empty() {
        return Ok(None);
    }
    let property = (|| {
        let id = reader.varint()?;
        let value = match id {
            0x01 | 0x17 | 0x19 | 0x24 | 0x25 | 0x28 | 0x29 | 0x2a => Property::Byte(reader.u8()?),
            0x13 | 0x21 | 0x22 | 0x23 => Property::Two(reader.u16()?),
            0x02 | 0x11 | 0x18 | 0x27 => Property::Four(reader.u32()?),
            0x0b => Property::Four(reader.varint()?),
            0x03 | 0x08 | 0x12 | 0x15 | 0x1a | 0x1c | 0x1f => Property::Text(reader.text()?),
            0x09 | 0x16 => Property::Binary(reader.binary()?),
            0x26 => Property::Pair(reader.text()?, reader.text()?),
            _ => return None,
        };
        Some((id, value))
    })();
    property.map(Some).ok_or(())
}
