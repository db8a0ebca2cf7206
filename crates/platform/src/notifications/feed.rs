//! Live updates of inboxes: one channel for each user who watches, none for the rest.

use std::sync::atomic::{AtomicU64, Ordering};

use millrace_model::{Millis, TenantId, notification::Notification};
use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use tokio::sync::broadcast;
use uuid::Uuid;

/// Updates a slow reader may be behind before it has to read anew.
const BACKLOG: usize = 64;

/// What changed in an inbox.
#[derive(Debug, Clone)]
pub struct FeedUpdate {
    /// Rises with every update, also over restarts of the server.
    pub sequence: u64,
    /// Unread notifications in all.
    pub unread: u64,
    /// The new or counted-on notification; `None` when some were read or deleted, and the list
    /// has to be read anew.
    pub notification: Option<Notification>,
}

/// Receives the updates of one inbox.
pub type FeedReceiver = broadcast::Receiver<FeedUpdate>;

/// The channels of those who watch.
#[derive(Debug)]
pub(super) struct Feed {
    sequence: AtomicU64,
    watched: Mutex<FxHashMap<(TenantId, Uuid), broadcast::Sender<FeedUpdate>>>,
}

impl Feed {
    /// Sequence numbers start at the time of the start, so that a client which stays over a
    /// restart does not take new updates for old ones.
    pub(super) fn new(now: Millis) -> Self {
        Self {
            sequence: AtomicU64::new(u64::try_from(now).unwrap_or(0)),
            watched: Mutex::new(FxHashMap::default()),
        }
    }

    pub(super) fn next(&self) -> u64 {
        self.sequence.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(super) fn subscribe(&self, tenant: TenantId, user: Uuid) -> FeedReceiver {
        let mut watched = self.watched.lock();
        watched.retain(|_, sender| sender.receiver_count() > 0);
        watched
            .entry((tenant, user))
            .or_insert_with(|| broadcast::channel(BACKLOG).0)
            .subscribe()
    }

    pub(super) fn is_watched(&self, tenant: TenantId, user: Uuid) -> bool {
        self.watched
            .lock()
            .get(&(tenant, user))
            .is_some_and(|sender| sender.receiver_count() > 0)
    }

    pub(super) fn publish(
        &self,
        tenant: TenantId,
        user: Uuid,
        unread: u64,
        notification: Option<Notification>,
    ) {
        let watched = self.watched.lock();
        if let Some(sender) = watched.get(&(tenant, user)) {
            // Nobody listening any more is no failure. Numbered under the lock, so that numbers
            // rise in the order of sending.
            let _ = sender.send(FeedUpdate {
                sequence: self.next(),
                unread,
                notification,
            });
        }
    }
}
