//! When to send PINGREQ, and when silence means that the broker is gone.
//!
//! Any byte from the broker counts as life, and so do bytes that wait unread: while reading is
//! paused, and when this process was the one that slept (a suspended machine, a busy one).

use std::time::Duration;

use tokio::time::Instant;

/// How often acknowledgements are confirmed by a PINGREQ while there is traffic.
const CONFIRM_EVERY: Duration = Duration::from_secs(1);
const SHORTEST_PATIENCE: Duration = Duration::from_secs(1);
const LONGEST_PATIENCE: Duration = Duration::from_secs(20);
/// Once patience has ended, time to read what may be waiting unread.
const LAST_CHANCE: Duration = Duration::from_millis(250);

/// What the clock asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Due {
    /// Send PINGREQ now.
    Ping,
    /// The broker is gone.
    Dead,
    /// Nothing before this moment; `None` = nothing ever.
    Later(Option<Instant>),
}

#[derive(Debug)]
pub(crate) struct Keepalive {
    /// Send something at least so often; `None` = keep-alive is off.
    every: Option<Duration>,
    patience: Duration,
    last_in: Instant,
    last_out: Instant,
    last_ping: Instant,
    /// PINGREQ without PINGRESP.
    waiting: Option<Instant>,
    /// When patience was seen to have ended.
    doubted: Option<Instant>,
}

impl Keepalive {
    pub(crate) fn new(keep_alive: Duration, now: Instant) -> Self {
        Self {
            // A quarter before the broker's own bound leaves time for the network.
            every: (!keep_alive.is_zero()).then_some(keep_alive * 3 / 4),
            patience: (keep_alive / 2).clamp(SHORTEST_PATIENCE, LONGEST_PATIENCE),
            last_in: now,
            last_out: now,
            last_ping: now,
            waiting: None,
            doubted: None,
        }
    }

    /// Bytes came, or reading is paused and bytes may be waiting.
    pub(crate) fn alive(&mut self, now: Instant) {
        self.last_in = now;
        self.doubted = None;
    }

    /// Bytes were sent.
    pub(crate) fn sent(&mut self, now: Instant) {
        self.last_out = now;
    }

    pub(crate) fn ping_sent(&mut self, now: Instant) {
        self.last_ping = now;
        self.last_out = now;
        self.waiting = Some(now);
    }

    pub(crate) fn ping_answered(&mut self) {
        self.waiting = None;
    }

    /// `unconfirmed`: there are acknowledgements a PINGREQ would confirm.
    pub(crate) fn due(&mut self, now: Instant, unconfirmed: bool) -> Due {
        let ping_at = |quiet_since: Instant| self.every.map(|every| quiet_since + every);
        let next = match self.waiting {
            Some(asked) => {
                let patience_ends = asked.max(self.last_in) + self.patience;
                if self.every.is_some() && now >= patience_ends {
                    let last_chance = *self.doubted.get_or_insert(now) + LAST_CHANCE;
                    return if now >= last_chance {
                        Due::Dead
                    } else {
                        Due::Later(Some(last_chance))
                    };
                }
                // The broker's own clock runs on, so what is owed to it is sent all the same.
                [self.every.map(|_| patience_ends), ping_at(self.last_out)]
            }
            None => {
                let confirm = unconfirmed.then_some(self.last_ping + CONFIRM_EVERY);
                [confirm, ping_at(self.last_in.min(self.last_out))]
            }
        };
        match next.into_iter().flatten().min() {
            Some(at) if at <= now => Due::Ping,
            later => Due::Later(later),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn silence_brings_a_ping_and_then_death() {
        let start = Instant::now();
        let mut keepalive = Keepalive::new(60 * SECOND, start);
        assert_eq!(
            keepalive.due(start, false),
            Due::Later(Some(start + 45 * SECOND))
        );
        let asked = start + 45 * SECOND;
        assert_eq!(keepalive.due(asked, false), Due::Ping);
        keepalive.ping_sent(asked);
        assert_eq!(
            keepalive.due(asked + 19 * SECOND, false),
            Due::Later(Some(asked + 20 * SECOND))
        );
        let doubted = asked + 20 * SECOND;
        assert_eq!(
            keepalive.due(doubted, false),
            Due::Later(Some(doubted + LAST_CHANCE))
        );
        assert_eq!(keepalive.due(doubted + LAST_CHANCE, false), Due::Dead);
    }

    #[test]
    fn our_own_sleep_is_not_the_brokers_silence() {
        let start = Instant::now();
        let mut keepalive = Keepalive::new(60 * SECOND, start);
        keepalive.ping_sent(start);
        let woken = start + 3_600 * SECOND;
        assert_eq!(
            keepalive.due(woken, false),
            Due::Later(Some(woken + LAST_CHANCE)),
            "what waits in the socket is read first"
        );
        keepalive.alive(woken);
        keepalive.ping_answered();
        assert_ne!(keepalive.due(woken + LAST_CHANCE, false), Due::Dead);
    }

    #[test]
    fn any_byte_is_life() {
        let start = Instant::now();
        let mut keepalive = Keepalive::new(10 * SECOND, start);
        keepalive.ping_sent(start);
        for second in 1..100u32 {
            let now = start + second * SECOND;
            keepalive.alive(now);
            assert_ne!(keepalive.due(now, true), Due::Dead);
        }
    }

    #[test]
    fn a_pause_without_answer_still_sends_in_time() {
        let start = Instant::now();
        let mut keepalive = Keepalive::new(10 * SECOND, start);
        keepalive.ping_sent(start);
        let now = start + 8 * SECOND;
        keepalive.alive(now);
        assert_eq!(keepalive.due(now, false), Due::Ping);
    }

    #[test]
    fn acknowledgements_are_confirmed_every_second() {
        let start = Instant::now();
        let mut keepalive = Keepalive::new(60 * SECOND, start);
        assert_eq!(keepalive.due(start, true), Due::Later(Some(start + SECOND)));
        assert_eq!(keepalive.due(start + SECOND, true), Due::Ping);
        keepalive.ping_sent(start + SECOND);
        keepalive.ping_answered();
        assert_eq!(
            keepalive.due(start + SECOND, true),
            Due::Later(Some(start + 2 * SECOND))
        );
    }

    #[test]
    fn keep_alive_off_never_kills() {
        let start = Instant::now();
        let mut keepalive = Keepalive::new(Duration::ZERO, start);
        assert_eq!(keepalive.due(start, false), Due::Later(None));
        keepalive.ping_sent(start);
        assert_eq!(
            keepalive.due(start + 3_600 * SECOND, true),
            Due::Later(None)
        );
    }
}
