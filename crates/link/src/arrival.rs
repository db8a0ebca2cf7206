//! Arrival times: the wall clock, made unique per topic.

use std::time::{SystemTime, UNIX_EPOCH};

use rustc_hash::FxHashMap;

/// Furthest a topic's arrival may run ahead of the clock, in milliseconds.
const LEAD_MS: i64 = 1_000;
/// Entries kept before the first sweep.
const SWEEP_AT: usize = 4_096;

/// Milliseconds since 1970.
pub(crate) fn now_ms() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX))
}

/// Gives each message of one topic its own millisecond, so that two messages of one topic never
/// overwrite each other's points.
///
/// Only topics whose last arrival is not yet past are remembered.
#[derive(Debug)]
pub(crate) struct ArrivalClock {
    last: FxHashMap<u64, i64>,
    sweep_at: usize,
    /// Messages that share a millisecond because their topic was a whole second ahead.
    pub(crate) collisions: u64,
}

impl ArrivalClock {
    pub(crate) fn new() -> Self {
        Self {
            last: FxHashMap::default(),
            sweep_at: SWEEP_AT,
            collisions: 0,
        }
    }

    /// Arrival for a message of the topic with this hash, read at `now`.
    pub(crate) fn stamp(&mut self, topic: u64, now: i64) -> i64 {
        if self.last.len() >= self.sweep_at {
            self.last.retain(|_, last| *last >= now);
            self.sweep_at = SWEEP_AT.max(self.last.len() * 2);
        }
        let latest = now.saturating_add(LEAD_MS);
        let last = self.last.entry(topic).or_insert(i64::MIN);
        let arrival = if *last < now || *last > latest {
            // Beyond the lead: the clock was set back; start afresh.
            now
        } else if *last == latest {
            self.collisions += 1;
            latest
        } else {
            *last + 1
        };
        *last = arrival;
        arrival
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn second_message_of_one_topic_takes_the_next_millisecond() {
        let mut clock = ArrivalClock::new();
        assert_eq!(clock.stamp(1, 100), 100);
        assert_eq!(clock.stamp(1, 100), 101);
        assert_eq!(clock.stamp(2, 100), 100);
        assert_eq!(clock.stamp(1, 101), 102);
        assert_eq!(clock.stamp(1, 200), 200);
        assert_eq!(clock.collisions, 0);
    }

    #[test]
    fn lead_is_bounded_and_counted() {
        let mut clock = ArrivalClock::new();
        let stamps: Vec<i64> = (0..1_003).map(|_| clock.stamp(7, 5_000)).collect();
        assert_eq!(stamps.first(), Some(&5_000));
        assert_eq!(stamps.get(1_000), Some(&6_000));
        assert_eq!(stamps.last(), Some(&6_000));
        assert_eq!(clock.collisions, 2);
    }

    #[test]
    fn clock_set_back_does_not_stick() {
        let mut clock = ArrivalClock::new();
        clock.stamp(7, 1_000_000);
        assert_eq!(clock.stamp(7, 5_000), 5_000);
        assert_eq!(clock.collisions, 0);
    }

    #[test]
    fn memory_follows_the_topics_of_one_moment() {
        let mut clock = ArrivalClock::new();
        for now in 0..100i64 {
            for topic in 0..1_000u64 {
                clock.stamp(topic + now as u64 * 1_000, now);
            }
        }
        assert!(clock.last.len() <= SWEEP_AT + 1_000, "{}", clock.last.len());
    }
}
