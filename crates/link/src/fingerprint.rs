//! A hash of topic and payload that is the same in every process and version.
//!
//! It tells a redelivery from another message that got the same packet id. It is not meant to
//! resist forgery: whoever can forge it can only have its own message taken for its own message.

const SEED: u64 = 0x9e37_79b9_7f4a_7c15;
const MIX: u64 = 0xd6e8_feb8_6659_fd93;

fn fold(a: u64, b: u64) -> u64 {
    let wide = u128::from(a) * u128::from(b);
    (wide as u64) ^ ((wide >> 64) as u64)
}

fn absorb(mut state: u64, bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        state = fold(state ^ u64::from_le_bytes(*word), MIX);
    }
    let mut last = [0u8; 8];
    for (to, from) in last.iter_mut().zip(rest) {
        *to = *from;
    }
    // The length keeps "a" and "a\0" apart.
    state = fold(state ^ u64::from_le_bytes(last), MIX);
    fold(state ^ (bytes.len() as u64), SEED)
}

/// Hash of a message.
pub(crate) fn fingerprint(topic: &[u8], payload: &[u8]) -> u64 {
    absorb(absorb(SEED, topic), payload)
}

/// Hash of a message as [`crate::Publish::hash`] gives it, for owners that read messages back.
#[must_use]
pub fn message_hash(topic: &str, payload: &[u8]) -> u64 {
    fingerprint(topic.as_bytes(), payload)
}

/// Hash of a topic.
pub(crate) fn topic_hash(topic: &[u8]) -> u64 {
    absorb(SEED, topic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_the_same_across_versions() {
        // Stored in journals: a change makes redeliveries after an upgrade unrecognisable.
        assert_eq!(fingerprint(b"a/b", b"{\"t\":1}"), 2_767_290_500_885_230_781);
        assert_ne!(fingerprint(b"a/b", b"x"), fingerprint(b"a/", b"bx"));
        assert_ne!(fingerprint(b"a", b""), fingerprint(b"a", b"\0"));
        assert_ne!(
            fingerprint(b"a", b"12345678"),
            fingerprint(b"a", b"12345679")
        );
    }
}
