//! What waits for a broker, for one integration.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    time::Duration,
};

use millrace_model::{EntityId, Millis};
use parking_lot::Mutex;
use tokio::sync::{Notify, oneshot};
use uuid::Uuid;

use crate::{converter::Downlink, rules::CallRef};

/// How much may wait.
#[derive(Debug, Clone, Copy)]
pub struct QueueBounds {
    /// Messages of one integration.
    pub messages: usize,
    /// Bytes of topics and payloads of one integration.
    pub bytes: usize,
    /// How long a message waits that no call limits.
    pub expiry: Duration,
}

impl Default for QueueBounds {
    fn default() -> Self {
        Self {
            messages: 1_000,
            bytes: 8 << 20,
            expiry: Duration::from_secs(60),
        }
    }
}

/// A publish that waits.
#[derive(Debug, Clone)]
pub struct QueuedDownlink {
    /// Its id; the same message makes the same publishes under the same ids at every run.
    pub id: Uuid,
    /// Originator of the message it came from.
    pub device: EntityId,
    /// What to publish.
    pub downlink: Downlink,
    /// The call it is for.
    pub call: Option<CallRef>,
    /// Whether the journal holds it until it is with the broker.
    pub kept: bool,
    /// When it is no use any more.
    pub expires: Millis,
}

impl QueuedDownlink {
    fn bytes(&self) -> usize {
        self.downlink.topic.len() + self.downlink.payload.len()
    }

    fn call_id(&self) -> Option<Uuid> {
        self.call.as_ref().map(CallRef::id)
    }
}

/// Tells a publish under way that nobody wants it any more.
pub type Withdrawn = oneshot::Receiver<()>;

/// The queue is full.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Full(String);

struct UnderWay {
    item: QueuedDownlink,
    /// Dropped to withdraw it.
    _wanted: oneshot::Sender<()>,
}

#[derive(Default)]
struct State {
    /// By order of arrival.
    waiting: BTreeMap<u64, QueuedDownlink>,
    /// Given to the link, without an answer so far.
    under_way: BTreeMap<u64, UnderWay>,
    ids: HashSet<Uuid>,
    bytes: usize,
    next: u64,
    /// The call that has a device to itself, where one is open at a time.
    running: HashMap<EntityId, Uuid>,
}

/// Publishes that wait for one integration's broker.
///
/// Items hold references to calls, whose end takes other locks: none is dropped while this queue
/// is locked.
pub struct DownlinkQueue {
    state: Mutex<State>,
    changed: Notify,
    bounds: QueueBounds,
}

impl DownlinkQueue {
    /// An empty queue.
    #[must_use]
    pub fn new(bounds: QueueBounds) -> Self {
        Self {
            state: Mutex::default(),
            changed: Notify::new(),
            bounds,
        }
    }

    /// What may wait here.
    #[must_use]
    pub fn bounds(&self) -> QueueBounds {
        self.bounds
    }

    /// Publishes that are not with the broker yet.
    #[must_use]
    pub fn len(&self) -> usize {
        let state = self.state.lock();
        state.waiting.len() + state.under_way.len()
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Queues all of these or none. One that is here already (its message runs again) is left out;
    /// the others are returned by id.
    ///
    /// # Errors
    /// When they do not fit.
    pub fn push(&self, items: Vec<QueuedDownlink>) -> Result<Vec<Uuid>, Full> {
        let mut refused = None;
        let mut queued = Vec::with_capacity(items.len());
        let mut doubled = Vec::new();
        {
            let mut state = self.state.lock();
            let messages = state.waiting.len() + state.under_way.len() + items.len();
            let bytes = state.bytes + items.iter().map(QueuedDownlink::bytes).sum::<usize>();
            if messages > self.bounds.messages || bytes > self.bounds.bytes {
                let waiting = state.waiting.len() + state.under_way.len();
                refused = Some((waiting, items));
            } else {
                for item in items {
                    if state.ids.insert(item.id) {
                        let place = state.next;
                        state.next += 1;
                        state.bytes += item.bytes();
                        queued.push(item.id);
                        state.waiting.insert(place, item);
                    } else {
                        doubled.push(item);
                    }
                }
            }
        }
        drop(doubled);
        if let Some((waiting, items)) = refused {
            drop(items);
            return Err(Full(format!(
                "the downlink queue is full: {waiting} messages wait for the broker, at most {} messages or {} bytes may",
                self.bounds.messages, self.bounds.bytes
            )));
        }
        self.changed.notify_one();
        Ok(queued)
    }

    /// The next publish that may leave. With `one_call` a device's next call waits until the one
    /// before it has ended.
    pub fn next(&self, one_call: bool) -> Option<(u64, QueuedDownlink, Withdrawn)> {
        let mut guard = self.state.lock();
        let state = &mut *guard;
        let mut held: HashSet<EntityId> = HashSet::new();
        let mut found = None;
        for (place, item) in &state.waiting {
            let Some(call) = &item.call else {
                found = Some(*place);
                break;
            };
            if held.contains(&item.device) {
                continue;
            }
            let running = state.running.get(&item.device).copied();
            let busy = one_call
                && running.is_some_and(|other| other != call.id() && call.is_other_open(other));
            if busy || !call.may_leave() {
                held.insert(item.device);
                continue;
            }
            found = Some(*place);
            break;
        }
        let place = found?;
        let item = state.waiting.remove(&place)?;
        if one_call && let Some(call) = item.call_id() {
            state.running.insert(item.device, call);
        }
        let (wanted, withdrawn) = oneshot::channel();
        state.under_way.insert(
            place,
            UnderWay {
                item: item.clone(),
                _wanted: wanted,
            },
        );
        Some((place, item, withdrawn))
    }

    /// A publish is with the broker, or never will be.
    pub fn done(&self, place: u64) {
        let mut state = self.state.lock();
        let ended = state.under_way.remove(&place);
        if let Some(ended) = &ended {
            state.left(&ended.item);
        }
        drop(state);
        drop(ended);
    }

    /// A publish came back from the link: it waits again, in its place.
    pub fn put_back(&self, place: u64) {
        let mut state = self.state.lock();
        if let Some(ended) = state.under_way.remove(&place) {
            state.waiting.insert(place, ended.item);
        }
    }

    /// A new link begins: what the last one had under way waits again.
    pub fn put_all_back(&self) {
        let mut state = self.state.lock();
        for (place, ended) in std::mem::take(&mut state.under_way) {
            state.waiting.insert(place, ended.item);
        }
    }

    /// Takes what waited too long.
    pub fn take_expired(&self, now: Millis) -> Vec<QueuedDownlink> {
        self.take(|item| item.expires <= now)
    }

    /// Takes what waits for a call, and gives up what is under way for it.
    pub fn withdraw(&self, call: Uuid) -> Vec<QueuedDownlink> {
        let mut taken = self.take(|item| item.call_id() == Some(call));
        let mut ended = Vec::new();
        let mut state = self.state.lock();
        let places: Vec<u64> = state
            .under_way
            .iter()
            .filter(|(_, under_way)| under_way.item.call_id() == Some(call))
            .map(|(place, _)| *place)
            .collect();
        for place in places {
            if let Some(under_way) = state.under_way.remove(&place) {
                state.left(&under_way.item);
                ended.push(under_way);
            }
        }
        drop(state);
        taken.extend(ended.into_iter().map(|under_way| under_way.item));
        taken
    }

    fn take(&self, which: impl Fn(&QueuedDownlink) -> bool) -> Vec<QueuedDownlink> {
        let mut state = self.state.lock();
        let places: Vec<u64> = state
            .waiting
            .iter()
            .filter(|(_, item)| which(item))
            .map(|(place, _)| *place)
            .collect();
        let mut taken = Vec::with_capacity(places.len());
        for place in places {
            if let Some(item) = state.waiting.remove(&place) {
                state.left(&item);
                taken.push(item);
            }
        }
        taken
    }

    /// When the first message expires.
    #[must_use]
    pub fn next_expiry(&self) -> Option<Millis> {
        let state = self.state.lock();
        state.waiting.values().map(|item| item.expires).min()
    }

    /// Something changed that the dispatcher should look at.
    pub fn wake(&self) {
        self.changed.notify_one();
    }

    /// Resolves when somebody called [`Self::wake`] or queued something.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }
}

impl State {
    fn left(&mut self, item: &QueuedDownlink) {
        self.ids.remove(&item.id);
        self.bytes = self.bytes.saturating_sub(item.bytes());
        // The slot of a call that still waits for its answer stays taken; a call that ended gives
        // it up by itself, and this keeps the table as small as the queue.
        if self.waiting.is_empty() && self.running.len() > 1_000 {
            let call = item.call.as_ref();
            self.running
                .retain(|_, running| call.is_none_or(|call| call.is_other_open(*running)));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bytes::Bytes;
    use millrace_link::PublishProperties;
    use millrace_model::{EntityType, id::IntegrationId};

    use super::*;
    use crate::rules::CallLedger;

    /// Calls in order; those in `open` are open.
    #[derive(Default)]
    struct Book {
        open: Mutex<Vec<Uuid>>,
        held: Mutex<Vec<Uuid>>,
    }

    impl CallLedger for Book {
        fn taken(&self, _: Uuid) {}
        fn failed(&self, _: Uuid, _: &str) {}
        fn sent(&self, _: Uuid, _: bool) {}
        fn carried(&self, _: Uuid, _: IntegrationId) {}
        fn may_leave(&self, call: Uuid) -> bool {
            !self.held.lock().contains(&call)
        }
        fn is_open(&self, call: Uuid) -> bool {
            self.open.lock().contains(&call)
        }
        fn is_withdrawn(&self, call: Uuid) -> bool {
            !self.is_open(call)
        }
        fn branches_ended(&self, _: Uuid) {}
    }

    fn queue() -> DownlinkQueue {
        DownlinkQueue::new(QueueBounds {
            messages: 4,
            bytes: 100,
            expiry: Duration::from_secs(60),
        })
    }

    fn item(number: u128, device: u128, call: Option<CallRef>) -> QueuedDownlink {
        QueuedDownlink {
            id: Uuid::from_u128(number),
            device: EntityId::new(EntityType::Device, Uuid::from_u128(device)),
            downlink: Downlink {
                topic: "t".to_owned(),
                payload: Bytes::from(vec![b'x'; 9]),
                qos: 1,
                retain: false,
                properties: PublishProperties::default(),
            },
            call,
            kept: false,
            expires: Millis::try_from(number).unwrap(),
        }
    }

    fn call(book: &Arc<Book>, number: u128) -> CallRef {
        let id = Uuid::from_u128(number);
        book.open.lock().push(id);
        CallRef::open(id, Arc::clone(book) as Arc<dyn CallLedger>)
    }

    fn next(queue: &DownlinkQueue, one_call: bool) -> Option<u128> {
        queue.next(one_call).map(|(_, item, _)| item.id.as_u128())
    }

    #[test]
    fn bounds_hold_in_messages_and_bytes_and_all_or_none_is_queued() {
        let queue = queue();
        queue
            .push(vec![item(1, 1, None), item(2, 1, None)])
            .unwrap();
        let refused = queue.push(vec![item(3, 1, None), item(4, 1, None), item(5, 1, None)]);
        assert!(refused.unwrap_err().to_string().contains("2 messages wait"));
        assert_eq!(queue.len(), 2);
        assert_eq!(
            queue
                .push(vec![item(1, 1, None), item(3, 1, None)])
                .unwrap(),
            [Uuid::from_u128(3)]
        );
        let mut large = item(9, 1, None);
        large.downlink.payload = Bytes::from(vec![0; 90]);
        assert!(queue.push(vec![large]).is_err());
        let (place, ..) = queue.next(false).unwrap();
        assert_eq!(queue.len(), 3, "under way is not yet with the broker");
        queue.done(place);
        assert_eq!(queue.len(), 2);
    }

    #[test]
    fn what_comes_back_keeps_its_place() {
        let queue = queue();
        queue
            .push((1..4).map(|n| item(n, 1, None)).collect())
            .unwrap();
        let (first, ..) = queue.next(false).unwrap();
        let (second, ..) = queue.next(false).unwrap();
        queue.put_back(second);
        queue.put_back(first);
        assert_eq!(
            (1..4)
                .map(|_| next(&queue, false).unwrap())
                .collect::<Vec<_>>(),
            [1, 2, 3]
        );
        queue.put_all_back();
        assert_eq!(next(&queue, false), Some(1));
    }

    #[test]
    fn with_one_call_at_a_time_the_next_one_waits_for_its_end() {
        let (queue, book) = (queue(), Arc::<Book>::default());
        queue.push(vec![item(1, 1, Some(call(&book, 11)))]).unwrap();
        queue.push(vec![item(2, 1, Some(call(&book, 12)))]).unwrap();
        queue.push(vec![item(3, 2, Some(call(&book, 13)))]).unwrap();
        assert_eq!(next(&queue, true), Some(1));
        assert_eq!(next(&queue, true), Some(3), "another device");
        assert_eq!(next(&queue, true), None);
        book.open.lock().retain(|id| *id != Uuid::from_u128(11));
        assert_eq!(next(&queue, true), Some(2));
    }

    #[test]
    fn a_call_does_not_overtake_an_earlier_one_that_is_still_in_its_chain() {
        let (queue, book) = (queue(), Arc::<Book>::default());
        book.held.lock().push(Uuid::from_u128(12));
        queue
            .push(vec![item(2, 1, Some(call(&book, 12))), item(3, 1, None)])
            .unwrap();
        assert_eq!(next(&queue, false), Some(3), "what is no call goes on");
        assert_eq!(next(&queue, false), None);
        book.held.lock().clear();
        assert_eq!(next(&queue, false), Some(2));
    }

    #[test]
    fn a_withdrawn_call_leaves_nothing_behind() {
        let (queue, book) = (queue(), Arc::<Book>::default());
        let both = call(&book, 11);
        queue
            .push(vec![item(1, 1, Some(both.clone())), item(2, 1, Some(both))])
            .unwrap();
        let (_, _, mut withdrawn) = queue.next(false).unwrap();
        assert_eq!(queue.withdraw(Uuid::from_u128(11)).len(), 2);
        assert!(matches!(
            withdrawn.try_recv(),
            Err(oneshot::error::TryRecvError::Closed)
        ));
        assert!(queue.is_empty() && queue.state.lock().bytes == 0);
    }

    #[test]
    fn what_waits_too_long_is_taken_out() {
        let queue = queue();
        queue
            .push((1..4).map(|n| item(n, 1, None)).collect())
            .unwrap();
        assert_eq!(queue.next_expiry(), Some(1));
        assert_eq!(queue.take_expired(2).len(), 2);
        assert_eq!(next(&queue, false), Some(3));
    }
}
