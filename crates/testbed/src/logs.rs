//! What a child process printed, kept for assertions and for the report of a failed test.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::task::JoinHandle;

/// Lines kept per process; older ones are dropped.
const KEPT: usize = 50_000;
/// Lines shown when a test fails.
const SHOWN: usize = 120;

/// The captured lines of one process over all its restarts. Clones share the lines.
#[derive(Clone, Default)]
pub struct Logs {
    lines: Arc<Mutex<VecDeque<String>>>,
}

impl Logs {
    /// True when a captured line contains `text`.
    #[must_use]
    pub fn contains(&self, text: &str) -> bool {
        self.count(text) > 0
    }

    /// How many captured lines contain `text`.
    #[must_use]
    pub fn count(&self, text: &str) -> usize {
        self.lock()
            .iter()
            .filter(|line| line.contains(text))
            .count()
    }

    /// The last captured lines, for the message of a panic.
    #[must_use]
    pub fn tail(&self, lines: usize) -> String {
        let kept = self.lock();
        let from = kept.len().saturating_sub(lines);
        kept.iter()
            .skip(from)
            .cloned()
            .collect::<Vec<_>>()
            .join("\n")
    }

    pub(crate) fn push(&self, line: String) {
        let mut lines = self.lock();
        if lines.len() == KEPT {
            lines.pop_front();
        }
        lines.push_back(line);
    }

    /// Reads `stream` to its end in the background. The task ends when the stream does.
    pub(crate) fn follow(&self, stream: impl AsyncRead + Unpin + Send + 'static) -> JoinHandle<()> {
        let logs = self.clone();
        tokio::spawn(async move {
            let mut lines = BufReader::new(stream).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                logs.push(line);
            }
        })
    }

    /// Prints the last lines when the current test is failing.
    pub(crate) fn show_if_failing(&self, name: &str) {
        if std::thread::panicking() {
            println!(
                "--- last lines of {name} ---\n{}\n--- end of {name} ---",
                self.tail(SHOWN)
            );
        }
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<String>> {
        self.lines
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
