//! Reading connections of a file: reads run beside each other and beside the writer.

use std::path::{Path, PathBuf};

use parking_lot::Mutex;
use rusqlite::Connection;

use super::{error, open};
use crate::Result;

/// Connections kept open between reads; more are opened when more reads run at once.
const KEPT: usize = 4;

/// Prepares a fresh connection, e.g. with SQL functions.
type Prepare = fn(&Connection) -> rusqlite::Result<()>;

pub(crate) struct Readers {
    dir: PathBuf,
    file: &'static str,
    prepare: Prepare,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(crate) fn new(dir: &Path, file: &'static str, prepare: Prepare) -> Self {
        Self {
            dir: dir.to_owned(),
            file,
            prepare,
            idle: Mutex::new(Vec::new()),
        }
    }

    /// Runs `read` on a connection of its own; engine errors become the store's.
    pub(crate) fn read<T>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T> {
        let idle = self.idle.lock().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => {
                let connection = open::reader(&self.dir, self.file)?;
                (self.prepare)(&connection).map_err(|error| error::engine(self.file, error))?;
                connection
            }
        };
        let answer = read(&connection).map_err(|error| error::engine(self.file, error));
        let mut idle = self.idle.lock();
        if idle.len() < KEPT {
            idle.push(connection);
        }
        answer
    }
}
