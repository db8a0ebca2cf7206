//! MD5 (RFC 1321), for name-based UUIDs only.

use std::f64::consts::PI;

const SHIFTS: [[u32; 4]; 4] = [
    [7, 12, 17, 22],
    [5, 9, 14, 20],
    [4, 11, 16, 23],
    [6, 10, 15, 21],
];

/// The i-th constant is the integer part of 2^32 times the absolute sine of i + 1 (in radians).
fn constant(i: u32) -> u32 {
    // A sine is exact enough: the nearest of these to an integer is far from it.
    let turns = f64::from(i + 1) % (2.0 * PI);
    (turns.sin().abs() * 4_294_967_296.0) as u32
}

pub(super) fn digest(bytes: &[u8]) -> [u8; 16] {
    let mut message = bytes.to_vec();
    message.push(0x80);
    message.resize((bytes.len() + 9).next_multiple_of(64) - 8, 0);
    let bits = (bytes.len() as u64).wrapping_mul(8);
    message.extend(bits.to_le_bytes());

    let mut state = [0x6745_2301u32, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476];
    for block in message.chunks_exact(64) {
        let mut words = [0u32; 16];
        for (word, bytes) in words.iter_mut().zip(block.chunks_exact(4)) {
            *word = bytes.iter().rev().fold(0, |w, b| w << 8 | u32::from(*b));
        }
        let [mut a, mut b, mut c, mut d] = state;
        for i in 0..64u32 {
            let (mixed, at) = match i / 16 {
                0 => (b & c | !b & d, i),
                1 => (d & b | !d & c, 5 * i + 1),
                2 => (b ^ c ^ d, 3 * i + 5),
                _ => (c ^ (b | !d), 7 * i),
            };
            let word = words.get(at as usize % 16).copied().unwrap_or(0);
            let round = SHIFTS
                .get(i as usize / 16)
                .and_then(|s| s.get(i as usize % 4));
            let sum = a
                .wrapping_add(mixed)
                .wrapping_add(constant(i))
                .wrapping_add(word)
                .rotate_left(round.copied().unwrap_or(0));
            (a, d, c, b) = (d, c, b, b.wrapping_add(sum));
        }
        for (old, new) in state.iter_mut().zip([a, b, c, d]) {
            *old = old.wrapping_add(new);
        }
    }
    let mut out = [0; 16];
    for (place, word) in out.chunks_exact_mut(4).zip(state) {
        place.copy_from_slice(&word.to_le_bytes());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_test_suite_of_the_rfc() {
        let hex = |text: &str| {
            digest(text.as_bytes())
                .iter()
                .map(|b| format!("{b:02x}"))
                .collect::<String>()
        };
        assert_eq!(hex(""), "d41d8cd98f00b204e9800998ecf8427e");
        assert_eq!(hex("a"), "0cc175b9c0f1b6a831c399e269772661");
        assert_eq!(
            hex("abcdefghijklmnopqrstuvwxyz"),
            "c3fcd3d76192e4007dfb496cca67e13b"
        );
        assert_eq!(
            hex(&"1234567890".repeat(8)),
            "57edf4a22be3c955ac49da2e2107b67a"
        );
        for n in 54..66 {
            assert_eq!(digest(&vec![0; n]).len(), 16);
        }
    }
}
