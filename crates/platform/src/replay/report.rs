//! What a replay answers.

use millrace_model::Millis;
use serde::Serialize;
use utoipa::ToSchema;

use super::{captured::CapturedMessage, changes::Difference};

/// Why a message failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Failure {
    /// The text as events show it.
    pub message: String,
    /// Line of the script from 1, when the place is known.
    pub line: Option<u32>,
    /// Column from 1, in characters.
    pub column: Option<u32>,
    /// `compile`, `runtime`, `limit`, or `result` when the script ended well but its result is
    /// refused.
    pub kind: &'static str,
}

/// What a script made of a message: a result or a failure, or both for a result that is refused.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Decoded {
    /// The result as JSON text; a long one is cut.
    pub output: Option<String>,
    /// Whether `output` is only the beginning.
    pub cut: bool,
    /// What failed.
    pub error: Option<Failure>,
}

/// How the edited script compares with the deployed one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Verdict {
    /// The same result.
    Same,
    /// Another result.
    Changed,
    /// The deployed script has a result, the edited one fails.
    NowFails,
    /// The deployed script fails, the edited one has a result.
    NowWorks,
    /// Both fail.
    StillFails,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReplayRow {
    /// The message.
    pub message: CapturedMessage,
    /// How the scripts compare.
    pub verdict: Verdict,
    /// What the deployed script makes of it.
    pub deployed: Decoded,
    /// What the edited script makes of it.
    pub edited: Decoded,
    /// What differs, when both have a result.
    pub differences: Vec<Difference>,
    /// Differences beyond those.
    pub more_differences: usize,
}

/// A replay in figures.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReplaySummary {
    /// Messages there were to run.
    pub messages: usize,
    /// Messages that were run.
    pub ran: usize,
    /// Same result.
    pub same: usize,
    /// Another result.
    pub changed: usize,
    /// Worked, and fail now.
    pub now_fail: usize,
    /// Failed, and work now.
    pub now_work: usize,
    /// Failed and fail.
    pub still_fail: usize,
    /// Processor time of the edited script in microseconds.
    pub cpu_micros: u64,
    /// Processor time of the deployed script in microseconds.
    pub deployed_cpu_micros: u64,
}

impl ReplaySummary {
    pub(super) fn count(&mut self, verdict: Verdict) {
        self.ran += 1;
        match verdict {
            Verdict::Same => self.same += 1,
            Verdict::Changed => self.changed += 1,
            Verdict::NowFails => self.now_fail += 1,
            Verdict::NowWorks => self.now_work += 1,
            Verdict::StillFails => self.still_fail += 1,
        }
    }
}

/// What a replay found.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReplayReport {
    /// One row a message, newest first.
    pub rows: Vec<ReplayRow>,
    /// Figures.
    pub summary: ReplaySummary,
    /// Arrival of the oldest message of any integration that is still kept; absent when none is.
    pub kept_since: Option<Millis>,
    /// What was cut off by a bound, and which.
    pub stopped: Option<String>,
}
