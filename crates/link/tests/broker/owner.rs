//! What stands on the other side of a link in these tests: a journal, an ear, a proxy.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use millrace_link::{
    AckSender, Batch, BoxFuture, Intake, Link, LinkConfig, LinkEvent, LinkStart, LinkStatus,
    Observer, Publish, RedeliveryEntry, Taken, TopicFilter,
};
use parking_lot::{Condvar, Mutex};
use tokio::sync::{Notify, watch};

/// Longest any awaited thing may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// Takes messages as a journal would, and becomes durable on demand.
pub(crate) struct Journal {
    taken: watch::Sender<Vec<Publish>>,
    acks: Mutex<Option<AckSender>>,
    confirmed: Mutex<u64>,
    /// Report durability at once.
    durable: AtomicBool,
    capacity: AtomicUsize,
    room: Notify,
    /// For a committing thread: last position taken; `None` = closed.
    last: (Mutex<Option<u64>>, Condvar),
}

impl Journal {
    pub(crate) fn new(durable: bool) -> Arc<Self> {
        Arc::new(Self {
            taken: watch::Sender::new(Vec::new()),
            acks: Mutex::new(None),
            confirmed: Mutex::new(0),
            durable: AtomicBool::new(durable),
            capacity: AtomicUsize::new(usize::MAX),
            room: Notify::new(),
            last: (Mutex::new(Some(0)), Condvar::new()),
        })
    }

    /// Takes no more than so many messages in all.
    pub(crate) fn set_capacity(&self, messages: usize) {
        self.capacity.store(messages, Ordering::SeqCst);
        self.room.notify_one();
    }

    /// Reports everything taken as durable.
    pub(crate) fn sync(&self) {
        let last = self.taken.borrow().last().map_or(0, |m| m.position);
        self.sync_up_to(last);
    }

    pub(crate) fn sync_up_to(&self, position: u64) {
        if let Some(acks) = &*self.acks.lock() {
            acks.durable(position);
        }
    }

    /// From now on everything is durable at once.
    pub(crate) fn sync_always(&self) {
        self.durable.store(true, Ordering::SeqCst);
        self.sync();
    }

    /// Blocks until something behind `position` was taken; `None` once closed.
    pub(crate) fn wait_for_more(&self, position: u64) -> Option<u64> {
        let mut last = self.last.0.lock();
        while *last == Some(position) {
            self.last.1.wait(&mut last);
        }
        *last
    }

    pub(crate) fn close(&self) {
        *self.last.0.lock() = None;
        self.last.1.notify_all();
    }

    pub(crate) fn payloads(&self) -> Vec<String> {
        let text = |m: &Publish| String::from_utf8_lossy(m.payload()).into_owned();
        self.taken.borrow().iter().map(text).collect()
    }

    pub(crate) fn messages(&self) -> Vec<Publish> {
        self.taken.borrow().clone()
    }

    pub(crate) fn count(&self) -> usize {
        self.taken.borrow().len()
    }

    /// Waits until so many messages were taken.
    pub(crate) async fn until(&self, count: usize) {
        let mut taken = self.taken.subscribe();
        let waited = tokio::time::timeout(PATIENCE, taken.wait_for(|t| t.len() >= count)).await;
        assert!(
            waited.is_ok(),
            "{} of {count} messages: {:?}",
            self.count(),
            self.payloads().last()
        );
    }

    /// What a process started now would restore, as everything taken is in the journal.
    pub(crate) fn restore(&self, events: &Events) -> LinkStart {
        let messages = self.messages();
        let epoch = messages
            .last()
            .map_or_else(|| events.epoch(), |m| m.epoch.max(events.epoch()));
        let confirmed = (*self.confirmed.lock()).max(events.confirmed());
        let entries = messages
            .iter()
            .filter(|m| m.epoch == epoch && m.position > confirmed)
            .filter_map(|m| {
                Some(RedeliveryEntry {
                    packet_id: m.packet_id?,
                    hash: m.hash,
                    position: m.position,
                })
            })
            .collect();
        LinkStart {
            epoch,
            redelivery: entries,
            subscribed: events.subscribed(),
            next_position: messages.last().map_or(1, |m| m.position + 1),
        }
    }
}

impl Intake for Journal {
    fn offer(&self, batch: Batch<'_>) -> Taken {
        *self.acks.lock() = Some(batch.acks.clone());
        *self.confirmed.lock() = batch.confirmed;
        let room = self
            .capacity
            .load(Ordering::SeqCst)
            .saturating_sub(self.count());
        if room == 0 {
            return batch.refuse();
        }
        let mut taken = Vec::new();
        let answer = batch.take(room, |message| taken.push(message));
        let last = taken.last().map_or(0, |message| message.position);
        self.taken.send_modify(|all| all.append(&mut taken));
        if let Some(known) = &mut *self.last.0.lock() {
            *known = last.max(*known);
        }
        self.last.1.notify_all();
        if self.durable.load(Ordering::SeqCst) {
            self.sync();
        }
        answer
    }

    fn room(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.room.notified())
    }
}

/// Keeps every event.
pub(crate) struct Events {
    seen: watch::Sender<Vec<LinkEvent>>,
}

impl Events {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            seen: watch::Sender::new(Vec::new()),
        })
    }

    pub(crate) fn all(&self) -> Vec<LinkEvent> {
        self.seen.borrow().clone()
    }

    /// Waits until `count` events fit.
    pub(crate) async fn until(&self, count: usize, fits: impl Fn(&LinkEvent) -> bool) {
        let mut seen = self.seen.subscribe();
        let enough = |all: &Vec<LinkEvent>| all.iter().filter(|e| fits(e)).count() >= count;
        let waited = tokio::time::timeout(PATIENCE, seen.wait_for(enough)).await;
        assert!(
            waited.is_ok(),
            "event did not come; there were {:?}",
            self.all()
        );
    }

    pub(crate) async fn connected(&self, generation: u64) {
        self.until(
            1,
            |e| matches!(e, LinkEvent::Connected { generation: g, .. } if *g == generation),
        )
        .await;
    }

    /// Waits for so many granted filters in all.
    pub(crate) async fn subscribed_filters(&self, count: usize) {
        self.until(count, |e| matches!(e, LinkEvent::Subscribed { .. }))
            .await;
    }

    pub(crate) fn count(&self, fits: impl Fn(&LinkEvent) -> bool) -> usize {
        self.seen.borrow().iter().filter(|e| fits(e)).count()
    }

    fn epoch(&self) -> u64 {
        let last = |e: &LinkEvent| match e {
            LinkEvent::SessionEpoch(epoch) => Some(*epoch),
            _ => None,
        };
        self.seen.borrow().iter().rev().find_map(last).unwrap_or(0)
    }

    fn confirmed(&self) -> u64 {
        let last = |e: &LinkEvent| match e {
            LinkEvent::Confirmed { position } => Some(*position),
            _ => None,
        };
        self.seen.borrow().iter().rev().find_map(last).unwrap_or(0)
    }

    pub(crate) fn subscribed(&self) -> Vec<TopicFilter> {
        let last = |e: &LinkEvent| match e {
            LinkEvent::SubscribedSet(set) => Some(set.clone()),
            _ => None,
        };
        self.seen
            .borrow()
            .iter()
            .rev()
            .find_map(last)
            .unwrap_or_default()
    }
}

impl Observer for Events {
    fn event(&self, event: LinkEvent) {
        self.seen.send_modify(|all| all.push(event));
    }
}

/// A link with its owner.
pub(crate) struct Owned {
    pub(crate) link: Link,
    pub(crate) journal: Arc<Journal>,
    pub(crate) events: Arc<Events>,
}

impl Owned {
    /// Starts a link and waits until it is connected and every filter has its answer.
    pub(crate) async fn start(cfg: LinkConfig) -> Self {
        let filters = cfg.filters.len();
        let owned = Self::start_from(cfg, LinkStart::default(), Journal::new(true));
        owned.events.connected(1).await;
        owned.events.subscribed_filters(filters).await;
        owned
    }

    pub(crate) fn start_from(cfg: LinkConfig, start: LinkStart, journal: Arc<Journal>) -> Self {
        let events = Events::new();
        let runtime = tokio::runtime::Handle::current();
        let link =
            Link::start(cfg, start, journal.clone(), events.clone(), &runtime).expect("valid");
        Self {
            link,
            journal,
            events,
        }
    }

    /// Polls the status until it fits: for what has no event of its own.
    pub(crate) async fn until_status(&self, fits: impl Fn(&LinkStatus) -> bool) -> LinkStatus {
        let end = tokio::time::Instant::now() + PATIENCE;
        loop {
            let status = self.link.status();
            if fits(&status) {
                return status;
            }
            assert!(tokio::time::Instant::now() < end, "status stays {status:?}");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

/// Loopback configuration with a quick back-off.
pub(crate) fn config(port: u16, client_id: &str, filters: &[TopicFilter]) -> LinkConfig {
    let mut cfg = LinkConfig::new("127.0.0.1", port, client_id);
    cfg.filters = filters.to_vec();
    cfg.reconnect_min = Duration::from_millis(20);
    cfg.reconnect_max = Duration::from_millis(200);
    cfg
}
