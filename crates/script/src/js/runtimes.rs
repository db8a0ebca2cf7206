//! The warm runtimes of one engine, bounded in bytes.

use std::{collections::HashMap, fmt};

use super::{
    source::Source,
    warm::{Health, Warm},
};
use crate::{Argument, HostCall, Script, ScriptError, Value};

/// Warm runtimes by script.
pub(crate) struct Runtimes {
    warm: HashMap<u64, Entry>,
    most_bytes: usize,
    /// Counts calls, to know who was used last.
    calls: u64,
}

struct Entry {
    warm: Warm,
    last_call: u64,
}

impl Runtimes {
    pub(crate) fn new(most_bytes: usize) -> Self {
        Self {
            warm: HashMap::new(),
            most_bytes,
            calls: 0,
        }
    }

    pub(crate) fn run(
        &mut self,
        script: &Script,
        source: &Source,
        arguments: &[Argument<'_>],
        host: &HostCall,
    ) -> Result<Value, ScriptError> {
        self.calls += 1;
        let id = script.id();
        let entry = match self.warm.get_mut(&id) {
            Some(entry) => entry,
            None => {
                let warm = Warm::new(source, script.limits())?;
                self.make_room(warm.bytes());
                self.warm.entry(id).or_insert(Entry { warm, last_call: 0 })
            }
        };
        entry.last_call = self.calls;
        let before = entry.warm.bytes();
        let (result, health) = entry.warm.run(source, arguments, host);
        let grown = entry.warm.bytes() > before;
        if health == Health::Spoilt {
            self.warm.remove(&id);
        } else if grown {
            self.make_room(0);
        }
        result
    }

    /// Drops the least recently used runtimes until `more` bytes fit; the newest stays in any case.
    fn make_room(&mut self, more: usize) {
        let least = usize::from(more == 0);
        while self.warm.len() > least && self.bytes().saturating_add(more) > self.most_bytes {
            let oldest = self
                .warm
                .iter()
                .min_by_key(|(_, entry)| entry.last_call)
                .map(|(id, _)| *id);
            match oldest {
                Some(id) => self.warm.remove(&id),
                None => break,
            };
        }
    }

    fn bytes(&self) -> usize {
        self.warm.values().map(|entry| entry.warm.bytes()).sum()
    }
}

impl fmt::Debug for Runtimes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtimes")
            .field("warm", &self.warm.len())
            .field("bytes", &self.bytes())
            .finish()
    }
}
