//! One at a time for each alarm, in the order of asking.
//!
//! A node reads an alarm, runs a script on what it read and writes the result: two messages doing
//! this at once would both build on the same alarm, and the later one could come first.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use parking_lot::Mutex;
use tokio::sync::oneshot;

type Waiting = HashMap<String, VecDeque<oneshot::Sender<()>>>;

/// Who is at it, and who waits, by key.
#[derive(Clone, Default)]
pub(super) struct Turns(Arc<Mutex<Waiting>>);

impl Turns {
    /// Joins the queue of a key.
    pub(super) fn take(&self, key: String) -> Turn {
        let mut waiting = self.0.lock();
        let signal = match waiting.get_mut(&key) {
            Some(queue) => {
                let (sender, receiver) = oneshot::channel();
                queue.push_back(sender);
                Some(receiver)
            }
            None => {
                waiting.insert(key.clone(), VecDeque::new());
                None
            }
        };
        drop(waiting);
        Turn(Held {
            turns: self.clone(),
            key,
            signal,
        })
    }
}

/// A place in the queue. Dropping it leaves the queue.
pub struct Turn(Held);

impl Turn {
    /// Waits for its turn.
    pub async fn come(self) -> Held {
        let Self(mut held) = self;
        if let Some(signal) = &mut held.signal {
            // The one before passes the turn on even when it breaks off.
            let _ = signal.await;
        }
        held.signal = None;
        held
    }
}

/// The turn itself. The next in the queue comes when it is dropped.
pub struct Held {
    turns: Turns,
    key: String,
    /// Set while the turn has not come.
    signal: Option<oneshot::Receiver<()>>,
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut waiting = self.turns.0.lock();
        // Given up before the turn came: whoever has it skips this place.
        if let Some(signal) = &mut self.signal
            && signal.try_recv().is_err()
        {
            return;
        }
        let Some(queue) = waiting.get_mut(&self.key) else {
            return;
        };
        while let Some(next) = queue.pop_front() {
            if next.send(()).is_ok() {
                return;
            }
        }
        waiting.remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn turns_come_in_order_and_pass_over_those_who_left() {
        let turns = Turns::default();
        let first = turns.take("a".to_owned());
        let left = turns.take("a".to_owned());
        let third = turns.take("a".to_owned());
        let other = turns.take("b".to_owned());
        drop(other.come().await);
        let held = first.come().await;
        let mut third = Box::pin(third.come());
        assert!(
            third.as_mut().now_or_never().is_none(),
            "the first one is at it"
        );
        drop(left);
        drop(held);
        drop(third.await);
        assert!(
            turns.0.lock().is_empty(),
            "nothing is kept of finished queues"
        );
    }

    #[tokio::test]
    async fn a_turn_that_was_given_and_not_taken_passes_on() {
        let turns = Turns::default();
        let first = turns.take("a".to_owned()).come().await;
        let given = turns.take("a".to_owned());
        let last = turns.take("a".to_owned());
        drop(first);
        drop(given);
        drop(last.come().await);
        assert!(turns.0.lock().is_empty());
    }
}
