//! Live updates: who watches an entity is told at once, and never holds more than the newest.
//!
//! A feed conflates: while its owner is busy, a newer value of a key takes the place of the one
//! that waits. What waits is therefore bounded by the keys of the entity (or by
//! [`MAX_WAITING_POINTS`] for those who want every point), however slow the owner is.

use std::{
    collections::{HashSet, VecDeque},
    sync::{Arc, Weak},
};

use hashbrown::HashMap;
use millrace_model::{AttributeScope, EntityId, TenantId, telemetry::TsValue};
use parking_lot::Mutex;
use tokio::sync::Notify;

use super::Telemetry;

/// Points that wait for one slow owner at most; older ones are skipped and counted.
pub const MAX_WAITING_POINTS: usize = 1_000;

/// Keys somebody wants; `None` is all of them.
pub type KeySet = Option<HashSet<Arc<str>>>;

/// What somebody wants to be told.
#[derive(Debug, Clone)]
pub enum Interest {
    /// Latest values: the newest by event time.
    Latest {
        /// Which.
        keys: KeySet,
    },
    /// Every point as it is saved, late ones too, for charts.
    Points {
        /// Which.
        keys: KeySet,
    },
    /// Attributes.
    Attributes {
        /// Of one scope; `None` = all.
        scope: Option<AttributeScope>,
        /// Which.
        keys: KeySet,
    },
}

fn wants(keys: &KeySet, key: &str) -> bool {
    keys.as_ref().is_none_or(|keys| keys.contains(key))
}

/// What changed since the owner was last told.
#[derive(Debug, Clone, PartialEq)]
pub struct Update {
    /// The number given with the subscription.
    pub tag: u64,
    /// The entity.
    pub entity: EntityId,
    /// Telemetry by key, `None` = deleted. Latest: one for a key. Points: in order of arrival.
    pub values: Vec<(Arc<str>, Option<TsValue>)>,
    /// Attributes, `None` = deleted.
    pub attributes: Vec<(AttributeScope, Arc<str>, Option<TsValue>)>,
    /// Points that were left out because the owner was too slow.
    pub skipped: u64,
}

/// Where the updates of any number of subscriptions arrive, for one owner.
#[derive(Clone, Default)]
pub struct Inbox(Arc<InboxState>);

#[derive(Default)]
struct InboxState {
    /// Feeds that have something, each at most once.
    ready: Mutex<VecDeque<Arc<Feed>>>,
    wake: Notify,
}

impl Inbox {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The next update, when there is one.
    #[must_use]
    pub fn try_recv(&self) -> Option<Update> {
        loop {
            let feed = self.0.ready.lock().pop_front()?;
            if let Some(update) = feed.take() {
                return Some(update);
            }
        }
    }

    /// Waits for the next update. Dropping the future loses nothing.
    pub async fn recv(&self) -> Update {
        loop {
            if let Some(update) = self.try_recv() {
                return update;
            }
            self.0.wake.notified().await;
        }
    }
}

/// One subscription's end inside.
pub(super) struct Feed {
    inbox: Arc<InboxState>,
    tag: u64,
    pub(super) tenant: TenantId,
    entity: EntityId,
    interest: Interest,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    /// Whether it is on the inbox's list.
    listed: bool,
    closed: bool,
    latest: HashMap<Arc<str>, Option<TsValue>>,
    points: VecDeque<(Arc<str>, Option<TsValue>)>,
    attributes: HashMap<(AttributeScope, Arc<str>), Option<TsValue>>,
    skipped: u64,
}

impl Feed {
    /// Tells of a point; `newest` says whether it is the latest value, `charted` whether it is a
    /// point of the history.
    pub(super) fn point(
        self: &Arc<Self>,
        key: &Arc<str>,
        value: &TsValue,
        newest: bool,
        charted: bool,
    ) {
        match &self.interest {
            Interest::Latest { keys } if newest && wants(keys, key) => self.put(|waiting| {
                waiting.latest.insert(Arc::clone(key), Some(value.clone()));
            }),
            Interest::Points { keys } if charted && wants(keys, key) => self.put(|waiting| {
                if waiting.points.len() >= MAX_WAITING_POINTS {
                    waiting.points.pop_front();
                    waiting.skipped += 1;
                }
                let point = (Arc::clone(key), Some(value.clone()));
                waiting.points.push_back(point);
            }),
            _ => {}
        }
    }

    /// Tells what a deletion made of a latest value, `None` = gone.
    pub(super) fn latest(self: &Arc<Self>, key: &Arc<str>, value: Option<&TsValue>) {
        if let Interest::Latest { keys } = &self.interest
            && wants(keys, key)
        {
            self.put(|waiting| {
                waiting.latest.insert(Arc::clone(key), value.cloned());
            });
        }
    }

    /// Tells of an attribute, `None` = deleted.
    pub(super) fn attribute(
        self: &Arc<Self>,
        scope: AttributeScope,
        key: &Arc<str>,
        value: Option<&TsValue>,
    ) {
        if let Interest::Attributes { scope: of, keys } = &self.interest
            && of.is_none_or(|of| of == scope)
            && wants(keys, key)
        {
            self.put(|waiting| {
                let key = (scope, Arc::clone(key));
                waiting.attributes.insert(key, value.cloned());
            });
        }
    }

    fn put(self: &Arc<Self>, change: impl FnOnce(&mut Waiting)) {
        let mut waiting = self.waiting.lock();
        if waiting.closed {
            return;
        }
        change(&mut waiting);
        if !std::mem::replace(&mut waiting.listed, true) {
            self.inbox.ready.lock().push_back(Arc::clone(self));
            self.inbox.wake.notify_one();
        }
    }

    fn take(&self) -> Option<Update> {
        let mut waiting = self.waiting.lock();
        waiting.listed = false;
        if waiting.closed {
            return None;
        }
        let points = std::mem::take(&mut waiting.points);
        Some(Update {
            tag: self.tag,
            entity: self.entity,
            values: waiting.latest.drain().chain(points).collect(),
            attributes: waiting
                .attributes
                .drain()
                .map(|((scope, key), value)| (scope, key, value))
                .collect(),
            skipped: std::mem::take(&mut waiting.skipped),
        })
    }

    fn close(self: &Arc<Self>) {
        let mut waiting = self.waiting.lock();
        if waiting.listed {
            let mut ready = self.inbox.ready.lock();
            ready.retain(|feed| !Arc::ptr_eq(feed, self));
        }
        *waiting = Waiting {
            closed: true,
            ..Waiting::default()
        };
    }
}

/// Keeps updates coming into an [`Inbox`]; dropping it ends them.
#[must_use]
pub struct Watch {
    feed: Arc<Feed>,
    telemetry: Weak<Telemetry>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.feed.close();
        if let Some(telemetry) = self.telemetry.upgrade() {
            let mut shard = telemetry.shard(self.feed.entity).lock();
            if let Some(feeds) = shard.feeds.get_mut(&self.feed.entity) {
                feeds.retain(|feed| !Arc::ptr_eq(feed, &self.feed));
                if feeds.is_empty() {
                    shard.feeds.remove(&self.feed.entity);
                }
            }
        }
    }
}

/// A subscription with an inbox of its own; dropping it ends it.
#[must_use]
pub struct Subscription {
    inbox: Inbox,
    _watch: Watch,
}

impl Subscription {
    /// Waits for the next update. Dropping the future loses nothing.
    pub async fn recv(&self) -> Update {
        self.inbox.recv().await
    }

    /// The next update, when there is one.
    #[must_use]
    pub fn try_recv(&self) -> Option<Update> {
        self.inbox.try_recv()
    }
}

impl Telemetry {
    /// Tells of changes of one entity of one tenant from now on. Subscribe first and read then:
    /// a change in between comes twice rather than never.
    pub fn subscribe(
        self: &Arc<Self>,
        tenant: TenantId,
        entity: EntityId,
        interest: Interest,
    ) -> Subscription {
        let inbox = Inbox::new();
        let watch = self.watch(&inbox, 0, tenant, entity, interest);
        Subscription {
            inbox,
            _watch: watch,
        }
    }

    /// Like [`Telemetry::subscribe`], into an inbox that many subscriptions share; `tag` tells
    /// them apart.
    pub fn watch(
        self: &Arc<Self>,
        inbox: &Inbox,
        tag: u64,
        tenant: TenantId,
        entity: EntityId,
        interest: Interest,
    ) -> Watch {
        let feed = Arc::new(Feed {
            inbox: Arc::clone(&inbox.0),
            tag,
            tenant,
            entity,
            interest,
            waiting: Mutex::default(),
        });
        // Watched entities stay in memory, so that "newest" is decided against what is stored.
        let mut shard = self.shard(entity).lock();
        let feeds = shard.feeds.entry(entity).or_default();
        feeds.push(Arc::clone(&feed));
        drop(shard);
        if let Err(error) = self.load(entity) {
            tracing::warn!(%entity, %error, "stored values could not be read for a subscription");
        }
        Watch {
            feed,
            telemetry: Arc::downgrade(self),
        }
    }
}
