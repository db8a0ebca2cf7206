//! How much a script may use.

use std::time::Duration;

use millrace_model::entity::ScriptLang;

/// The budgets of one script and of each of its runs. A script is never blocked for exceeding one: only the
/// run (and with it the message) fails, with a [`crate::ErrorKind::Limit`] error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Longest script in characters; longer ones do not compile.
    pub source_chars: usize,
    /// Characters of all arguments together (text by its length, bytes by their number in JavaScript,
    /// anything else as JSON).
    pub argument_chars: usize,
    /// Characters of the result as JSON.
    pub result_chars: usize,
    /// Steps of a run, independent of the machine's load. TBEL: instructions of its machine. JavaScript: jumps,
    /// calls and steps of regular expressions, counted in units of 10 000, and the data built-in functions
    /// work through. Operators on large values (`{...object}`, `===` on long texts) count as one step each:
    /// how long a loop over them takes is bounded by the memory they can fill.
    pub instructions: u64,
    /// Live data of a run in bytes; JavaScript counts the whole runtime (about 100 KiB when idle).
    pub memory_bytes: usize,
    /// Nesting of arguments and results; in TBEL nested calls have a bound of their own.
    pub depth: usize,
    /// Backstop in real time, for what steps do not see.
    pub wall: Duration,
}

impl Limits {
    /// The defaults of a language.
    #[must_use]
    pub fn of(lang: ScriptLang) -> Self {
        match lang {
            ScriptLang::Js => Self::js(),
            ScriptLang::Tbel => Self::tbel(),
        }
    }

    /// JavaScript: 10 million steps (0.1–1 s of work), 16 MiB, 2 s.
    #[must_use]
    pub fn js() -> Self {
        Self {
            instructions: 10_000_000,
            memory_bytes: 16 << 20,
            wall: Duration::from_secs(2),
            ..Self::tbel()
        }
    }

    /// TBEL: 20 million instructions, 8 MiB, 500 ms.
    #[must_use]
    pub fn tbel() -> Self {
        Self {
            source_chars: 50_000,
            argument_chars: 100_000,
            result_chars: 300_000,
            instructions: 20_000_000,
            memory_bytes: 8 << 20,
            depth: 128,
            wall: Duration::from_millis(500),
        }
    }
}
