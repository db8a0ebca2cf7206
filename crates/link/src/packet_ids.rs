//! Packet ids for what the link sends: publishes, subscriptions, unsubscriptions.

use rustc_hash::FxHashSet;

/// Hands out ids over the full range in turn, so that an id rests long before it is used again.
#[derive(Debug, Default)]
pub(crate) struct PacketIds {
    last: u16,
    used: FxHashSet<u16>,
}

impl PacketIds {
    /// The next free id; `None` when all 65 535 are in use.
    pub(crate) fn take(&mut self) -> Option<u16> {
        if self.used.len() >= usize::from(u16::MAX) {
            return None;
        }
        loop {
            self.last = self.last.checked_add(1).unwrap_or(1);
            if self.used.insert(self.last) {
                return Some(self.last);
            }
        }
    }

    /// The id's answer came.
    pub(crate) fn free(&mut self, id: u16) {
        self.used.remove(&id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_round_and_skips_what_is_in_use() {
        let mut ids = PacketIds::default();
        let first = ids.take();
        assert_eq!(first, Some(1));
        for _ in 1..u16::MAX {
            assert!(ids.take().is_some());
        }
        assert_eq!(ids.take(), None);
        ids.free(77);
        assert_eq!(ids.take(), Some(77));
    }
}
