//! How much may be under way at once.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// Bytes of accepted, unfinished messages.
pub struct Budget {
    used: AtomicUsize,
    bound: usize,
    room: Notify,
}

impl Budget {
    /// A budget of `bound` bytes.
    #[must_use]
    pub fn new(bound: usize) -> Self {
        Self {
            used: AtomicUsize::new(0),
            bound,
            room: Notify::new(),
        }
    }

    /// Takes `bytes` when there is room. A single message larger than the bound passes when
    /// nothing else is under way.
    pub fn try_take(&self, bytes: usize) -> bool {
        self.used
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |used| {
                (used == 0 || used.saturating_add(bytes) <= self.bound).then(|| used + bytes)
            })
            .is_ok()
    }

    /// Takes `bytes` whatever the bound: messages found in the journal are ours already.
    pub fn take(&self, bytes: usize) {
        self.used.fetch_add(bytes, Ordering::AcqRel);
    }

    /// Gives `bytes` back.
    pub fn release(&self, bytes: usize) {
        let before = self.used.fetch_sub(bytes, Ordering::AcqRel);
        // Wake up once there is room worth a batch, not for every message.
        let (low, now) = (self.bound / 4 * 3, before.saturating_sub(bytes));
        if now <= low {
            self.room.notify_waiters();
        }
    }

    /// Bytes under way.
    #[must_use]
    pub fn used(&self) -> usize {
        self.used.load(Ordering::Acquire)
    }

    /// Whether anything can be taken.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.used() < self.bound
    }

    /// Woken when bytes were given back.
    pub async fn changed(&self) {
        self.room.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_holds_and_a_giant_passes_alone() {
        let budget = Budget::new(100);
        assert!(budget.try_take(60) && !budget.try_take(60) && budget.try_take(40));
        budget.release(100);
        assert!(
            budget.try_take(500),
            "one message beyond the bound passes when nothing else is under way"
        );
        assert!(!budget.try_take(1));
    }
}
