//! Slows down whoever keeps failing to sign in, for each e-mail address and network address.

use std::net::IpAddr;

use millrace_model::Millis;
use parking_lot::Mutex;
use rustc_hash::FxHashMap;

use crate::{PlatformError, Result};

/// Failures before any delay.
const FREE: u32 = 5;
/// Longest delay (ms).
const DELAY_MAX_MS: Millis = 15 * 60 * 1_000;
/// Failures are forgotten after so long without another (ms).
const FORGET_MS: Millis = 30 * 60 * 1_000;
/// Pairs of addresses remembered.
const ENTRIES_MAX: usize = 20_000;

type Key = (String, Option<IpAddr>);

/// Recent failures.
#[derive(Debug, Default)]
pub(super) struct Throttle {
    failures: Mutex<FxHashMap<Key, Failures>>,
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last: Millis,
    denied_until: Millis,
}

impl Throttle {
    /// Refuses while a delay lasts.
    ///
    /// # Errors
    /// [`PlatformError::Throttled`] that says how long.
    pub(super) fn check(&self, email: &str, address: Option<IpAddr>, now: Millis) -> Result<()> {
        let failures = self.failures.lock();
        let Some(entry) = failures.get(&key(email, address)) else {
            return Ok(());
        };
        let left = entry.denied_until - now;
        if left <= 0 {
            return Ok(());
        }
        let seconds = (left + 999) / 1_000;
        Err(PlatformError::Throttled(format!(
            "too many failed sign-ins: try again in {seconds} s"
        )))
    }

    /// Counts a failure.
    pub(super) fn failed(&self, email: &str, address: Option<IpAddr>, now: Millis) {
        let mut failures = self.failures.lock();
        let key = key(email, address);
        if failures.len() >= ENTRIES_MAX && !failures.contains_key(&key) {
            make_room(&mut failures, now);
        }
        let entry = failures.entry(key).or_insert(Failures {
            count: 0,
            last: now,
            denied_until: 0,
        });
        if now - entry.last > FORGET_MS {
            entry.count = 0;
        }
        entry.count = entry.count.saturating_add(1);
        entry.last = now;
        if let Some(over) = entry.count.checked_sub(FREE) {
            let delay = 1_000_i64.checked_shl(over.min(20)).unwrap_or(DELAY_MAX_MS);
            entry.denied_until = now + delay.min(DELAY_MAX_MS);
        }
    }

    /// Forgets the failures of somebody who signed in.
    pub(super) fn succeeded(&self, email: &str, address: Option<IpAddr>) {
        self.failures.lock().remove(&key(email, address));
    }
}

/// Drops what is forgotten anyway; when nothing is, the half that failed least recently.
fn make_room(failures: &mut FxHashMap<Key, Failures>, now: Millis) {
    failures.retain(|_, entry| now - entry.last <= FORGET_MS);
    if failures.len() < ENTRIES_MAX {
        return;
    }
    let mut times: Vec<Millis> = failures.values().map(|entry| entry.last).collect();
    let middle = times.len() / 2;
    let (_, median, _) = times.select_nth_unstable(middle);
    let median = *median;
    failures.retain(|_, entry| entry.last > median);
}

/// People behind one IPv6 network share a fate: they can choose among its addresses freely.
fn key(email: &str, address: Option<IpAddr>) -> Key {
    let address = address.map(|address| match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() & (u128::MAX << 64)).into()),
    });
    (email.to_owned(), address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_failures_are_free_then_the_delay_doubles_up_to_its_limit() {
        let throttle = Throttle::default();
        let check = |now| throttle.check("a@b", None, now);
        for _ in 0..4 {
            throttle.failed("a@b", None, 0);
            check(0).unwrap();
        }
        throttle.failed("a@b", None, 0);
        let refusal = check(0).unwrap_err().to_string();
        assert_eq!(refusal, "too many failed sign-ins: try again in 1 s");
        check(1_000).unwrap();
        throttle.failed("a@b", None, 1_000);
        assert!(check(2_999).is_err());
        check(3_000).unwrap();
        for _ in 0..50 {
            throttle.failed("a@b", None, 3_000);
        }
        assert!(check(3_000 + DELAY_MAX_MS - 1).is_err());
        check(3_000 + DELAY_MAX_MS).unwrap();
    }

    #[test]
    fn others_are_not_delayed_and_success_forgets() {
        let throttle = Throttle::default();
        let here = Some("192.0.2.1".parse().unwrap());
        for _ in 0..9 {
            throttle.failed("a@b", here, 0);
        }
        assert!(throttle.check("a@b", here, 0).is_err());
        throttle
            .check("a@b", Some("192.0.2.2".parse().unwrap()), 0)
            .unwrap();
        throttle.check("c@d", here, 0).unwrap();
        throttle.succeeded("a@b", here);
        throttle.check("a@b", here, 0).unwrap();
    }

    #[test]
    fn one_ipv6_network_counts_as_one_address() {
        let throttle = Throttle::default();
        for host in 0..9 {
            let address = format!("2001:db8::{host:x}").parse().unwrap();
            throttle.failed("a@b", Some(address), 0);
        }
        let other = "2001:db8::ffff".parse().unwrap();
        assert!(throttle.check("a@b", Some(other), 0).is_err());
    }

    #[test]
    fn memory_is_bounded_and_the_newest_stay() {
        let throttle = Throttle::default();
        for number in 0..(ENTRIES_MAX as i64 + 10) {
            throttle.failed(&format!("{number}@b"), None, number);
        }
        let failures = throttle.failures.lock();
        assert!(failures.len() <= ENTRIES_MAX);
        let newest = format!("{}@b", ENTRIES_MAX + 9);
        assert!(failures.contains_key(&(newest, None)));
    }
}
