//! How much a script may use.

use std::time::Duration;

/// The budgets of one run. Exceeding any of them ends the run with a limit error.
///
/// Instructions come first because they do not depend on how busy the machine is: the same script with
/// the same arguments always ends the same way. The time is a backstop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Virtual-machine instructions; library functions count in proportion to the data they touch.
    pub instructions: u64,
    /// Wall-clock backstop, checked at loop turns and calls. `None` = no backstop.
    pub time: Option<Duration>,
    /// Accounted live data in bytes: 4 an int, 8 a long or double, a string by its UTF-8 length,
    /// plus 4 an element of a list and the key of a map entry. A single array may take half of it,
    /// so may the result of `repeat` and `concat`; a `replace` replacement may take 1 %.
    pub memory: usize,
    /// Nested calls of script functions.
    pub call_depth: usize,
    /// Nesting of collections in arguments, JSON texts and results.
    pub value_depth: usize,
    /// Characters of all arguments together (text by its length, anything else as JSON).
    pub arguments_chars: usize,
    /// Characters of the result as JSON.
    pub result_chars: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            instructions: 20_000_000,
            time: Some(Duration::from_millis(500)),
            memory: 8 << 20,
            call_depth: 1_000,
            value_depth: 128,
            arguments_chars: 100_000,
            result_chars: 300_000,
        }
    }
}
