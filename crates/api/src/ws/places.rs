//! How many clients a user has open at once.

use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;
use uuid::Uuid;

use super::limits::MAX_SESSIONS;

/// Open clients by user.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places(Arc<Mutex<HashMap<Uuid, usize>>>);

/// One open client; dropping it gives the place back.
#[derive(Debug)]
pub(super) struct Place {
    places: Places,
    user: Uuid,
}

impl Places {
    /// A place for one more client of a user; `None` when all are taken.
    pub(super) fn take(&self, user: Uuid) -> Option<Place> {
        let mut taken = self.0.lock();
        let count = taken.entry(user).or_default();
        if *count >= MAX_SESSIONS {
            return None;
        }
        *count += 1;
        metrics::gauge!("millrace_websocket_sessions").increment(1.0);
        Some(Place {
            places: self.clone(),
            user,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        metrics::gauge!("millrace_websocket_sessions").decrement(1.0);
        let mut taken = self.places.0.lock();
        if let Some(count) = taken.get_mut(&self.user) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_limited_by_user_and_given_back() {
        let places = Places::default();
        let (one, other) = (Uuid::now_v7(), Uuid::now_v7());
        let mut held: Vec<_> = (0..MAX_SESSIONS).map(|_| places.take(one)).collect();
        assert!(held.iter().all(Option::is_some));
        assert!(places.take(one).is_none());
        assert!(places.take(other).is_some());
        held.pop();
        assert!(places.take(one).is_some());
        drop(held);
        assert!(places.0.lock().is_empty());
    }
}
