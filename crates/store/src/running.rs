//! Which message each lane has in hand, so that a message that takes the process down with it can
//! be told from those that merely waited at the time.
//!
//! Marks are plain writes, not synced: they survive the death of the process, and after a power
//! cut no message is to blame.

use std::{
    fs::{File, OpenOptions},
    io::Read,
    os::unix::fs::FileExt,
    path::Path,
};

use crate::{Result, StoreError, journal::Seq};

const FILE: &str = "running";
const MARK_BYTES: usize = size_of::<Seq>();

/// The marks of one process.
#[derive(Debug)]
pub struct RunningMarks {
    file: File,
}

impl RunningMarks {
    /// Opens the marks of a data directory. Returns the messages that were in hand when the last
    /// process died; none after a clean stop.
    ///
    /// # Errors
    /// When the file cannot be read or made.
    pub fn open(dir: &Path) -> Result<(Self, Vec<Seq>)> {
        let engine = |source: std::io::Error| StoreError::Engine {
            file: FILE.to_owned(),
            source: Box::new(source),
        };
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(dir.join(FILE))
            .map_err(engine)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(engine)?;
        let (marks, _) = bytes.as_chunks::<MARK_BYTES>();
        let left = marks
            .iter()
            .map(|mark| Seq::from_le_bytes(*mark))
            .filter(|seq| *seq > 0)
            .collect();
        file.set_len(0).map_err(engine)?;
        Ok((Self { file }, left))
    }

    /// Lane `lane` takes message `seq` in hand; 0 = it has none.
    pub fn set(&self, lane: usize, seq: Seq) {
        let place = (lane * MARK_BYTES) as u64;
        if let Err(error) = self.file.write_all_at(&seq.to_le_bytes(), place) {
            // Without the mark a deadly message runs once more often; nothing else is lost.
            tracing::debug!(%error, "a lane could not note its message");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_in_hand_is_found_once() {
        let dir = tempfile::tempdir().unwrap();
        let (marks, left) = RunningMarks::open(dir.path()).unwrap();
        assert!(left.is_empty());
        marks.set(1, 70);
        marks.set(0, 60);
        marks.set(0, 0);
        drop(marks);
        assert_eq!(RunningMarks::open(dir.path()).unwrap().1, [70]);
        assert!(RunningMarks::open(dir.path()).unwrap().1.is_empty());
    }
}
