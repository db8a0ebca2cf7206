//! The rule by which a save of a rule node, converter or integration turns what was sent into
//! the debug settings that are stored.

use millrace_model::{DebugSettings, Millis};

/// How long "all messages" lasts for a rule node (ms).
pub const NODE_PERIOD_MS: Millis = 15 * 60 * 1_000;
/// How long "all messages" lasts for an integration or a converter (ms).
pub const STATION_PERIOD_MS: Millis = 60 * 60 * 1_000;

/// Everything is recorded, failures also afterwards: what new integrations and converters start
/// with, so that the first message can be looked at.
pub const EVERYTHING: DebugSettings = DebugSettings {
    failures_enabled: true,
    all_enabled: true,
    all_enabled_until: 0,
};

/// Settings to store. `debugSettings` wins over the deprecated `debugMode`, which means
/// everything for one period; with neither the stored settings stay, and something new gets
/// `fresh`.
#[must_use]
pub fn settings_to_store(
    debug_mode: bool,
    sent: Option<DebugSettings>,
    stored: Option<DebugSettings>,
    fresh: DebugSettings,
    now: Millis,
    period_ms: Millis,
) -> DebugSettings {
    let wanted = match (sent, debug_mode) {
        (Some(settings), _) => settings,
        (None, true) => EVERYTHING,
        (None, false) => stored.unwrap_or(fresh),
    };
    wanted.saved(now, period_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFF: DebugSettings = DebugSettings {
        failures_enabled: false,
        all_enabled: false,
        all_enabled_until: 0,
    };

    #[test]
    fn sent_settings_win_then_debug_mode_then_what_is_stored_then_the_fresh_ones() {
        let store = |mode, sent, stored| settings_to_store(mode, sent, stored, EVERYTHING, 10, 5);
        assert_eq!(store(true, Some(OFF), None), OFF);
        let everything = store(true, None, Some(OFF));
        assert!(everything.failures_enabled && !everything.all_enabled);
        assert_eq!(everything.all_enabled_until, 15);
        assert_eq!(store(false, None, Some(OFF)), OFF);
        assert_eq!(store(false, None, None), everything);
    }
}
