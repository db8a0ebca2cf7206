//! The allowance of each station: a second's worth of events, failures counted apart, and the
//! distinct errors that were recorded already.

use std::hash::{BuildHasher, Hash, Hasher};

use millrace_model::{EntityId, Millis};
use parking_lot::Mutex;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet, FxHasher};

use super::PER_SECOND;

const SHARDS: usize = 16;
/// Stations remembered in one shard; beyond it the idle ones are forgotten.
const STATIONS_MAX: usize = 4_096;
/// Distinct errors of one station whose first is let through whatever the rate, and kept apart.
const DISTINCT_MAX: usize = 64;
const SECOND_MS: Millis = 1_000;
/// A station without events for so long is forgotten when room is needed.
const IDLE_MS: Millis = 60 * 60 * SECOND_MS;

/// Allowances of all stations.
#[derive(Debug, Default)]
pub(super) struct Rates {
    shards: [Mutex<FxHashMap<EntityId, Station>>; SHARDS],
}

#[derive(Debug, Default)]
struct Station {
    all: Window,
    failures: Window,
    recorded: FxHashSet<u64>,
    last: Millis,
}

/// Events let through in the second that began at `start`.
#[derive(Debug, Default, Clone, Copy)]
struct Window {
    start: Millis,
    count: u32,
}

impl Station {
    fn is_first(&self, error: u64) -> bool {
        self.recorded.len() < DISTINCT_MAX && !self.recorded.contains(&error)
    }
}

impl Window {
    fn allow(&mut self, now: Millis) -> bool {
        // A clock that went back starts a new second as well.
        if now.saturating_sub(self.start) >= SECOND_MS || now < self.start {
            *self = Self {
                start: now,
                count: 0,
            };
        }
        let allowed = self.count < PER_SECOND;
        self.count = self.count.saturating_add(u32::from(allowed));
        allowed
    }
}

impl Rates {
    /// Takes one event of all messages from the station's allowance.
    pub(super) fn allow(&self, station: EntityId, now: Millis) -> bool {
        self.with(station, now, |state| state.all.allow(now))
    }

    /// Takes one failure; the first of each distinct error always passes.
    pub(super) fn allow_failure(&self, station: EntityId, error: &str, now: Millis) -> bool {
        self.with(station, now, |state| {
            state.failures.allow(now) || state.is_first(fingerprint(error))
        })
    }

    /// Notes that a failure is recorded now; whether it is the first with its error.
    pub(super) fn record_failure(&self, station: EntityId, error: &str, now: Millis) -> bool {
        self.with(station, now, |state| {
            let fingerprint = fingerprint(error);
            state.is_first(fingerprint) && state.recorded.insert(fingerprint)
        })
    }

    /// Forgets which errors of a station were recorded, after its events were cleared.
    pub(super) fn forget(&self, station: EntityId) {
        self.shard(station).lock().remove(&station);
    }

    fn with(
        &self,
        station: EntityId,
        now: Millis,
        take: impl FnOnce(&mut Station) -> bool,
    ) -> bool {
        let mut shard = self.shard(station).lock();
        if shard.len() >= STATIONS_MAX && !shard.contains_key(&station) {
            shard.retain(|_, state| now.saturating_sub(state.last) < IDLE_MS);
            if shard.len() >= STATIONS_MAX {
                // More busy stations than can be told apart: the bound counts, not the counters.
                shard.clear();
            }
        }
        let state = shard.entry(station).or_default();
        state.last = now;
        take(state)
    }

    fn shard(&self, station: EntityId) -> &Mutex<FxHashMap<EntityId, Station>> {
        let hash = FxBuildHasher.hash_one(station);
        let index = (hash >> 32) as usize % SHARDS;
        &self.shards[index]
    }
}

/// Two errors are the same when only their numbers differ: line numbers stay apart by their
/// text around, while ids and counts do not make every failure a new one.
fn fingerprint(error: &str) -> u64 {
    let mut hasher = FxHasher::default();
    let mut in_number = false;
    for byte in error.bytes().take(1_024) {
        let digit = byte.is_ascii_digit();
        if !digit {
            byte.hash(&mut hasher);
        } else if !in_number {
            b'0'.hash(&mut hasher);
        }
        in_number = digit;
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use millrace_model::id::ConverterId;

    use super::*;

    #[test]
    fn twenty_a_second_pass() {
        let rates = Rates::default();
        let station = EntityId::from(ConverterId::new());
        let passed = (0..1_000).filter(|_| rates.allow(station, 5_000)).count();
        assert_eq!(passed, 20);
        assert!(!rates.allow(station, 5_999));
        assert!(rates.allow(station, 6_000));
    }

    #[test]
    fn failures_have_their_own_allowance_and_the_first_of_each_error_passes() {
        let rates = Rates::default();
        let station = EntityId::from(ConverterId::new());
        while rates.allow(station, 5_000) {}
        let take = |error: &str| {
            let allowed = rates.allow_failure(station, error, 5_000);
            (
                allowed,
                allowed && rates.record_failure(station, error, 5_000),
            )
        };
        assert_eq!(take("bad value 0"), (true, true));
        let passed = (1..1_000)
            .filter(|number| take(&format!("bad value {number}")) == (true, false))
            .count();
        assert_eq!(passed, 19);
        assert_eq!(take("another error"), (true, true));
        assert_eq!(take("another error"), (false, false));
        rates.forget(station);
        assert_eq!(take("another error"), (true, true));
    }

    #[test]
    fn stations_do_not_share_an_allowance() {
        let rates = Rates::default();
        let (one, two) = (ConverterId::new().into(), ConverterId::new().into());
        while rates.allow(one, 0) {}
        assert!(rates.allow(two, 0));
    }

    #[test]
    fn memory_of_errors_and_stations_is_bounded() {
        let rates = Rates::default();
        let station = EntityId::from(ConverterId::new());
        for letter in 0..1_000_u32 {
            let error = char::from_u32(0x4e00 + letter).unwrap().to_string();
            rates.record_failure(station, &error, 0);
        }
        let errors = rates.shard(station).lock()[&station].recorded.len();
        assert_eq!(errors, DISTINCT_MAX);
        for _ in 0..STATIONS_MAX * SHARDS + 10_000 {
            rates.allow(ConverterId::new().into(), 0);
        }
        for shard in &rates.shards {
            assert!(shard.lock().len() <= STATIONS_MAX);
        }
    }
}
