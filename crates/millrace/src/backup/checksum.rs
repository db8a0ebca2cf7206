//! SHA-256 of what passes by.

use std::io::{Read, Result};

use sha2::{Digest, Sha256};

/// Reads from `inner` and remembers what it read as a checksum.
pub(super) struct Checksummed<R> {
    inner: R,
    sum: Sha256,
    bytes: u64,
}

impl<R> Checksummed<R> {
    pub(super) fn new(inner: R) -> Self {
        Self {
            inner,
            sum: Sha256::new(),
            bytes: 0,
        }
    }

    /// How many bytes passed, and their SHA-256 in hexadecimal digits.
    pub(super) fn finish(self) -> (u64, String) {
        let sum = self.sum.finalize();
        let digits = sum.iter().map(|byte| format!("{byte:02x}")).collect();
        (self.bytes, digits)
    }
}

impl<R: Read> Read for Checksummed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let count = self.inner.read(buffer)?;
        if let Some(read) = buffer.get(..count) {
            self.sum.update(read);
        }
        self.bytes += count as u64;
        Ok(count)
    }
}
