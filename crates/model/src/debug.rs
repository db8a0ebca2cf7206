//! Debug settings of rule nodes, integrations and converters.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Millis;

/// What a station records. `allEnabled` is a request: on save it becomes `allEnabledUntil`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct DebugSettings {
    /// Failures are recorded all the time.
    pub failures_enabled: bool,
    /// Everything is recorded from the save on, for one period; always false when read back.
    pub all_enabled: bool,
    /// Everything is recorded until this time (ms).
    pub all_enabled_until: Millis,
}

impl DebugSettings {
    /// Settings as stored by a save at `now`: a request for everything lasts `period_ms`, and no
    /// date in the future goes beyond that.
    #[must_use]
    pub fn saved(self, now: Millis, period_ms: Millis) -> Self {
        let limit = now.saturating_add(period_ms);
        Self {
            failures_enabled: self.failures_enabled,
            all_enabled: false,
            all_enabled_until: if self.all_enabled {
                limit
            } else {
                self.all_enabled_until.min(limit)
            },
        }
    }

    /// Whether everything is recorded at `now`.
    #[must_use]
    pub fn records_all(&self, now: Millis) -> bool {
        now < self.all_enabled_until
    }

    /// Whether a failure at `now` is recorded.
    #[must_use]
    pub fn records_failures(&self, now: Millis) -> bool {
        self.failures_enabled || self.records_all(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_enabled_lasts_one_period_and_never_longer() {
        let request = DebugSettings {
            failures_enabled: true,
            all_enabled: true,
            all_enabled_until: 0,
        };
        let saved = request.saved(1_000, 500);
        assert_eq!(saved.all_enabled_until, 1_500);
        assert!(!saved.all_enabled && saved.records_all(1_499) && !saved.records_all(1_500));
        assert!(saved.records_failures(9_999));
        let far = DebugSettings {
            all_enabled_until: i64::MAX,
            ..DebugSettings::default()
        };
        assert_eq!(far.saved(1_000, 500).all_enabled_until, 1_500);
    }
}
