//! The bytes a commit's body is made of: variable-length integers, texts and the tags of records.
//!
//! Numbers are written here once so that the two halves of the codec cannot disagree. They are
//! stored data: existing ones never change their meaning.

/// First byte of a body.
pub(super) const FORMAT: u8 = 1;

/// Which record follows.
pub(super) mod tag {
    pub(crate) const IN: u8 = 1;
    pub(crate) const POINTS: u8 = 2;
    pub(crate) const ATTRIBUTES: u8 = 3;
    pub(crate) const DELETE_POINTS: u8 = 4;
    pub(crate) const DELETE_ATTRIBUTES: u8 = 5;
    pub(crate) const DELETE_ENTITY: u8 = 6;
    pub(crate) const DONE: u8 = 7;
    pub(crate) const STARTED: u8 = 8;
    pub(crate) const SET_ASIDE: u8 = 9;
    pub(crate) const CONFIRMED: u8 = 10;
    pub(crate) const SESSION: u8 = 11;
    pub(crate) const OWED: u8 = 12;
    pub(crate) const SETTLED: u8 = 13;
    pub(crate) const FAILED: u8 = 14;
}

/// Which value follows.
pub(super) mod value {
    pub(crate) const FALSE: u8 = 0;
    pub(crate) const TRUE: u8 = 1;
    pub(crate) const LONG: u8 = 2;
    pub(crate) const DOUBLE: u8 = 3;
    pub(crate) const TEXT: u8 = 4;
    pub(crate) const JSON: u8 = 5;
}

/// Flags of an *in* record; the two lowest bits are its quality of service.
pub(super) mod in_flag {
    pub(crate) const QOS: u8 = 0b11;
    pub(crate) const RETAIN: u8 = 1 << 2;
    pub(crate) const IDENTITY: u8 = 1 << 3;
    pub(crate) const PROPERTIES: u8 = 1 << 4;
}

/// Flags of a points record.
pub(super) mod points_flag {
    pub(crate) const LATEST: u8 = 1 << 0;
    pub(crate) const HISTORY: u8 = 1 << 1;
    pub(crate) const EXPIRES: u8 = 1 << 2;
}

/// What stands where a dictionary entry is named: a new entry, a text that does not enter the
/// dictionary, or the number of an entry plus [`FIRST_ENTRY`](reference::FIRST_ENTRY).
pub(super) mod reference {
    pub(crate) const NEW: u64 = 0;
    pub(crate) const PLAIN: u64 = 1;
    pub(crate) const FIRST_ENTRY: u64 = 2;
}

/// Longer texts do not enter the dictionary: they hardly repeat.
pub(super) const LONGEST_ENTRY: usize = 255;

pub(super) fn put_varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Small differences of either sign become small numbers.
pub(super) fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)).cast_unsigned()
}

pub(super) fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

/// Checksum of a commit: the body and the numbers that stand beside it.
pub(super) fn checksum(first: u64, last: u64, body: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&first.to_le_bytes());
    hasher.update(&last.to_le_bytes());
    hasher.update(body);
    hasher.finalize()
}
