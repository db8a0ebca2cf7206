//! Which messages are not done, so that the journal is never trimmed below them.

use std::collections::VecDeque;

use millrace_store::journal::Seq;
use parking_lot::Mutex;

/// Numbers of accepted messages, in order, with whether they are done.
#[derive(Default)]
pub(super) struct Outstanding(Mutex<VecDeque<(Seq, bool)>>);

impl Outstanding {
    /// Messages `first .. first + count` are under way.
    pub(super) fn add(&self, first: Seq, count: usize) {
        let mut numbers = self.0.lock();
        for seq in first..first + count as Seq {
            // Two links may come here in the other order than they got their numbers.
            let place = if numbers.back().is_none_or(|(last, _)| *last < seq) {
                numbers.len()
            } else {
                numbers.partition_point(|(other, _)| *other < seq)
            };
            numbers.insert(place, (seq, false));
        }
    }

    /// These messages are done.
    pub(super) fn done(&self, seqs: &[Seq]) {
        let mut numbers = self.0.lock();
        for seq in seqs {
            let place = numbers.partition_point(|(other, _)| other < seq);
            if let Some(entry) = numbers.get_mut(place).filter(|(other, _)| other == seq) {
                entry.1 = true;
            }
        }
        while numbers.front().is_some_and(|(_, done)| *done) {
            numbers.pop_front();
        }
    }

    /// The oldest message that is not done.
    pub(super) fn oldest(&self) -> Option<Seq> {
        self.0.lock().front().map(|(seq, _)| *seq)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_open_message_bounds_the_trim() {
        let open = Outstanding::default();
        open.add(10, 3);
        open.add(20, 1);
        open.add(15, 2);
        open.done(&[11, 20]);
        assert_eq!(open.oldest(), Some(10));
        open.done(&[10, 12]);
        assert_eq!(open.oldest(), Some(15));
        open.done(&[15, 16]);
        assert_eq!(open.oldest(), None);
    }
}
