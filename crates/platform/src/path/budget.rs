//! How much may be under way at once.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// Bytes of accepted, unfinished messages.
pub struct Budget {
    used: AtomicUsize,
    bound: usize,
    /// What the last refused message needs.
    wanted: AtomicUsize,
    room: Notify,
}

impl Budget {
    /// A budget of `bound` bytes.
    #[must_use]
    pub fn new(bound: usize) -> Self {
        Self {
            used: AtomicUsize::new(0),
            bound,
            wanted: AtomicUsize::new(0),
            room: Notify::new(),
        }
    }

    /// Takes `bytes` when there is room. A single message larger than the bound passes when
    /// nothing else is under way.
    pub fn try_take(&self, bytes: usize) -> bool {
        let taken = self
            .used
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |used| {
                (used == 0 || used.saturating_add(bytes) <= self.bound).then(|| used + bytes)
            })
            .is_ok();
        if !taken {
            self.wanted.store(bytes, Ordering::Release);
        }
        taken
    }

    /// Takes `bytes` whatever the bound: messages found in the journal are ours already.
    pub fn take(&self, bytes: usize) {
        self.used.fetch_add(bytes, Ordering::AcqRel);
    }

    /// Gives `bytes` back.
    pub fn release(&self, bytes: usize) {
        let before = self.used.fetch_sub(bytes, Ordering::AcqRel);
        if before.saturating_sub(bytes) <= self.low() {
            self.room.notify_waiters();
        }
    }

    /// Bytes under way.
    #[must_use]
    pub fn used(&self) -> usize {
        self.used.load(Ordering::Acquire)
    }

    /// Whether it is worth asking again after a refusal: there is room for a batch, not just for
    /// one message more, and for the message that was refused.
    #[must_use]
    pub fn has_room(&self) -> bool {
        let used = self.used();
        let wanted = self.wanted.load(Ordering::Acquire);
        used == 0 || (used <= self.low() && used.saturating_add(wanted) <= self.bound)
    }

    /// Below this the intake is woken.
    fn low(&self) -> usize {
        self.bound / 4 * 3
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

    #[test]
    fn a_refused_message_is_not_asked_for_again_before_it_fits() {
        let budget = Budget::new(100);
        assert!(budget.try_take(90) && !budget.try_take(40));
        assert!(!budget.has_room());
        budget.release(20);
        assert!(
            !budget.has_room(),
            "room for some message, but not for this one"
        );
        budget.release(20);
        assert!(budget.has_room() && budget.try_take(40));
    }
}
