//! Known names, and those somebody is waiting for.

use std::{
    collections::{HashMap, hash_map::Entry},
    hash::{Hash, Hasher},
    sync::Arc,
};

use millrace_model::{EntityId, TenantId};
use parking_lot::{Condvar, Mutex};
use rustc_hash::FxHasher;

use super::entity_ref::EntityRef;
use crate::{
    converter::{EntityKind, UplinkEntity},
    path::{Accepted, Branch, IntegrationRuntime},
};

const SHARDS: usize = 32;

/// An entity of a result on its way to be found or made.
pub struct Request {
    /// The integration it came through.
    pub integration: Arc<IntegrationRuntime>,
    /// The message.
    pub accepted: Arc<Accepted>,
    /// What the converter said.
    pub entity: UplinkEntity,
    /// First part number of the messages it becomes.
    pub part: u32,
    /// Its branch of the run.
    pub branch: Branch,
}

/// What became of a request.
pub enum Resolved {
    /// The entity is known.
    Ready(Arc<EntityRef>, Request),
    /// Somebody is looking; the request goes on by itself.
    Waiting,
}

/// Kind and name within a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) tenant: TenantId,
    pub(super) kind: EntityKind,
    pub(super) name: Arc<str>,
}

enum Slot {
    Known(Arc<EntityRef>),
    Wanted(Vec<Request>),
}

/// The cache of names.
pub struct Provisioning {
    shards: Vec<Mutex<HashMap<Key, Slot, rustc_hash::FxBuildHasher>>>,
    by_id: Mutex<HashMap<EntityId, Arc<EntityRef>, rustc_hash::FxBuildHasher>>,
    wanted: Mutex<Wanted>,
    more: Condvar,
}

#[derive(Default)]
struct Wanted {
    keys: Vec<Key>,
    closed: bool,
}

impl Default for Provisioning {
    fn default() -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            by_id: Mutex::default(),
            wanted: Mutex::default(),
            more: Condvar::new(),
        }
    }
}

impl Provisioning {
    fn shard(&self, key: &Key) -> &Mutex<HashMap<Key, Slot, rustc_hash::FxBuildHasher>> {
        let mut hasher = FxHasher::default();
        key.hash(&mut hasher);
        let place = usize::try_from(hasher.finish() >> 40).unwrap_or(0) % SHARDS;
        &self.shards[place]
    }

    /// Gives the entity back at once when it is known; otherwise keeps the request until it is.
    pub fn resolve(&self, request: Request) -> Resolved {
        let key = Key {
            tenant: request.integration.tenant,
            kind: request.entity.kind,
            name: Arc::clone(&request.entity.name),
        };
        let mut shard = self.shard(&key).lock();
        match shard.entry(key) {
            Entry::Occupied(mut slot) => match slot.get_mut() {
                Slot::Known(entity) => Resolved::Ready(Arc::clone(entity), request),
                Slot::Wanted(waiting) => {
                    waiting.push(request);
                    Resolved::Waiting
                }
            },
            Entry::Vacant(slot) => {
                let key = slot.key().clone();
                slot.insert(Slot::Wanted(vec![request]));
                drop(shard);
                self.wanted.lock().keys.push(key);
                self.more.notify_one();
                Resolved::Waiting
            }
        }
    }

    /// Puts an entity that was found elsewhere (at the start) into the cache.
    pub fn remember(&self, entity: Arc<EntityRef>) {
        let key = Key {
            tenant: entity.tenant,
            kind: entity.kind,
            name: Arc::clone(&entity.name),
        };
        self.by_id.lock().insert(entity.id, Arc::clone(&entity));
        self.shard(&key)
            .lock()
            .entry(key)
            .or_insert(Slot::Known(entity));
    }

    /// An entity that was seen since the start.
    #[must_use]
    pub fn known(&self, entity: EntityId) -> Option<Arc<EntityRef>> {
        self.by_id.lock().get(&entity).cloned()
    }

    /// Names somebody waits for; `None` when there will be none any more.
    pub(super) fn next_wanted(&self, most: usize) -> Option<Vec<Key>> {
        let mut wanted = self.wanted.lock();
        while wanted.keys.is_empty() {
            if wanted.closed {
                return None;
            }
            self.more.wait(&mut wanted);
        }
        let count = wanted.keys.len().min(most);
        Some(wanted.keys.drain(..count).collect())
    }

    /// What the first request says that may make the entity; `None` when none may.
    pub(super) fn wish<T>(&self, key: &Key, read: impl FnMut(&Request) -> Option<T>) -> Option<T> {
        match self.shard(key).lock().get(key) {
            Some(Slot::Wanted(waiting)) => waiting.iter().find_map(read),
            _ => None,
        }
    }

    /// The entity is there: `hand_on` gets everything that waited, in order, before anybody else
    /// can find the entity in the cache.
    pub(super) fn found(
        &self,
        key: &Key,
        entity: &Arc<EntityRef>,
        hand_on: impl FnOnce(Vec<Request>),
    ) {
        self.by_id.lock().insert(entity.id, Arc::clone(entity));
        let mut shard = self.shard(key).lock();
        if let Some(Slot::Wanted(waiting)) =
            shard.insert(key.clone(), Slot::Known(Arc::clone(entity)))
        {
            hand_on(waiting);
        }
    }

    /// The entity cannot be had: everything that waited is given back.
    pub(super) fn refused(&self, key: &Key) -> Vec<Request> {
        match self.shard(key).lock().remove(key) {
            Some(Slot::Wanted(waiting)) => waiting,
            _ => Vec::new(),
        }
    }

    /// Asks again for a name whose look-up failed for a passing reason.
    pub(super) fn ask_again(&self, keys: Vec<Key>) {
        self.wanted.lock().keys.extend(keys);
        self.more.notify_one();
    }

    /// Forgets an entity that was changed or deleted.
    pub fn forget(&self, entity: EntityId) {
        self.by_id.lock().remove(&entity);
        for shard in &self.shards {
            shard
                .lock()
                .retain(|_, slot| !matches!(slot, Slot::Known(known) if known.id == entity));
        }
    }

    /// Forgets every known entity of a tenant, for example because a profile changed.
    pub fn forget_all(&self, tenant: TenantId) {
        self.by_id.lock().retain(|_, known| known.tenant != tenant);
        for shard in &self.shards {
            shard
                .lock()
                .retain(|_, slot| !matches!(slot, Slot::Known(known) if known.tenant == tenant));
        }
    }

    /// Every known entity.
    pub fn for_each(&self, mut each: impl FnMut(&Arc<EntityRef>)) {
        for shard in &self.shards {
            let known: Vec<Arc<EntityRef>> = shard
                .lock()
                .values()
                .filter_map(|slot| match slot {
                    Slot::Known(entity) => Some(Arc::clone(entity)),
                    Slot::Wanted(_) => None,
                })
                .collect();
            known.iter().for_each(&mut each);
        }
    }

    /// Lets the worker end.
    pub(crate) fn close(&self) {
        self.wanted.lock().closed = true;
        self.more.notify_all();
    }
}
