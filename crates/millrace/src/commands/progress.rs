//! How far long work is, for people who wait for it.

use std::io::{IsTerminal, Write};

/// One line on a terminal that is written over; nothing where nobody watches.
pub(super) struct ProgressLine {
    shown: bool,
    last: String,
}

impl ProgressLine {
    pub(super) fn new() -> Self {
        Self {
            shown: std::io::stderr().is_terminal(),
            last: String::new(),
        }
    }

    /// Shows `done` of `all` bytes of `what`.
    pub(super) fn bytes(&mut self, what: &str, done: u64, all: u64) {
        let percent = done.saturating_mul(100).checked_div(all).unwrap_or(100);
        self.text(&format!("{what}  {percent} % of {}", size(all)));
    }

    /// Shows a text.
    pub(super) fn text(&mut self, text: &str) {
        if self.shown && self.last != text {
            // Progress that cannot be shown is no reason to stop the work.
            drop(write!(std::io::stderr(), "\r\x1b[K{text}"));
            text.clone_into(&mut self.last);
        }
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        if !self.last.is_empty() {
            drop(write!(std::io::stderr(), "\r\x1b[K"));
        }
    }
}

/// Bytes as people read them.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} bytes");
    }
    let mut value = bytes as f64;
    let mut unit = "";
    for next in UNITS {
        if value < 1000.0 {
            break;
        }
        value /= 1000.0;
        unit = next;
    }
    format!("{value:.1} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        assert_eq!(size(999), "999 bytes");
        assert_eq!(size(1000), "1.0 kB");
        assert_eq!(size(123_456_789), "123.5 MB");
        assert_eq!(size(5_000_000_000_000_000), "5000.0 TB");
    }
}
