//! The owner's door for messages, and the way back for "this is durable".

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Notify;

use crate::config::TopicFilter;
use crate::message::Publish;

/// A boxed future.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Takes messages. Implementations journal them and then call [`AckSender::durable`].
pub trait Intake: Send + Sync + 'static {
    /// Takes as many messages from the front as there is room for ([`Batch::take`]) and returns at
    /// once; it runs on the link's task. What is not taken stays with the link, and is offered
    /// again when [`Intake::room`] resolves.
    fn offer(&self, batch: Batch<'_>) -> Taken;

    /// Resolves when there may be room again after an [`Intake::offer`] that left messages. It may
    /// resolve too often, never too rarely: room made between that offer and this call counts.
    fn room(&self) -> BoxFuture<'_, ()>;
}

/// The intake of a link that subscribes nothing and only publishes. What a broker sends all the same
/// is acknowledged and dropped.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unsubscribed;

impl Intake for Unsubscribed {
    fn offer(&self, batch: Batch<'_>) -> Taken {
        let count = batch.len();
        let (acks, after) = (batch.acks.clone(), batch.first_position + count as u64);
        let taken = batch.take(count, drop);
        acks.durable(after.saturating_sub(1));
        taken
    }

    fn room(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// Messages in order of arrival, all of one session.
pub struct Batch<'a> {
    queue: &'a mut VecDeque<Publish>,
    len: usize,
    /// Position of the first message; the following ones count up by one. Positions are never
    /// given twice.
    pub first_position: u64,
    /// Session the messages belong to.
    pub epoch: u64,
    /// Connection that is live now (messages may have come with an earlier one).
    pub generation: u64,
    /// Every message at or below this position is confirmed: it cannot come again.
    pub confirmed: u64,
    /// Where to report durability.
    pub acks: &'a AckSender,
}

impl<'a> Batch<'a> {
    /// A batch over the front of a queue: the messages of one session. Public so that owners can
    /// test their intake.
    pub fn new(
        queue: &'a mut VecDeque<Publish>,
        generation: u64,
        confirmed: u64,
        acks: &'a AckSender,
    ) -> Self {
        let (first_position, epoch) = queue.front().map_or((0, 0), |m| (m.position, m.epoch));
        let same_session = queue.back().is_none_or(|m| m.epoch == epoch);
        let len = if same_session {
            queue.len()
        } else {
            queue.iter().take_while(|m| m.epoch == epoch).count()
        };
        Self {
            queue,
            len,
            first_position,
            epoch,
            generation,
            confirmed,
            acks,
        }
    }

    /// Number of messages.
    pub fn len(&self) -> usize {
        self.len
    }

    /// True when there is nothing to take.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The messages, to see how many fit.
    pub fn iter(&self) -> impl Iterator<Item = &Publish> {
        self.queue.iter().take(self.len)
    }

    /// Takes the first `count` messages (all, when there are fewer).
    pub fn take(self, count: usize, mut sink: impl FnMut(Publish)) -> Taken {
        let count = count.min(self.len);
        let mut bytes = 0;
        for message in self.queue.drain(..count) {
            bytes += message.cost();
            sink(message);
        }
        Taken { count, bytes }
    }

    /// Takes nothing.
    pub fn refuse(self) -> Taken {
        Taken { count: 0, bytes: 0 }
    }
}

/// How many messages an [`Intake`] took; made by [`Batch::take`] and [`Batch::refuse`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Taken {
    count: usize,
    bytes: usize,
}

impl Taken {
    /// Number of messages taken.
    pub fn count(self) -> usize {
        self.count
    }

    pub(crate) fn bytes(self) -> usize {
        self.bytes
    }
}

/// Reports durability to the link. Cheap to clone, callable from any thread, never blocks.
#[derive(Debug, Clone)]
pub struct AckSender {
    shared: Arc<AckShared>,
}

#[derive(Debug)]
struct AckShared {
    durable: AtomicU64,
    changed: Notify,
}

impl AckSender {
    /// A sender that starts with everything up to `durable` reported.
    pub fn new(durable: u64) -> Self {
        Self {
            shared: Arc::new(AckShared {
                durable: AtomicU64::new(durable),
                changed: Notify::new(),
            }),
        }
    }

    /// Every message up to and including `position` is on disk. The link sends their
    /// acknowledgements in order of arrival, in one write. Messages whose connection is gone are
    /// not acknowledged; they come again and are recognised. Lower values than before are ignored.
    /// Report only what was taken: a higher position would acknowledge later messages too early.
    pub fn durable(&self, position: u64) {
        if self.shared.durable.fetch_max(position, Ordering::AcqRel) < position {
            self.shared.changed.notify_one();
        }
    }

    /// The highest position reported.
    pub fn position(&self) -> u64 {
        self.shared.durable.load(Ordering::Acquire)
    }

    pub(crate) async fn changed(&self) {
        self.shared.changed.notified().await;
    }
}

/// What an earlier process knew about the session; [`LinkStart::default`] for a new link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkStart {
    /// Last [`crate::LinkEvent::SessionEpoch`] (or epoch of a batch, if higher); 0 = never connected.
    pub epoch: u64,
    /// Messages of that epoch that are durable and not known to be confirmed, in order.
    pub redelivery: Vec<RedeliveryEntry>,
    /// Last [`crate::LinkEvent::SubscribedSet`].
    pub subscribed: Vec<TopicFilter>,
    /// First position to give out, at least 1. Positions below count as durable.
    pub next_position: u64,
}

impl Default for LinkStart {
    fn default() -> Self {
        Self {
            epoch: 0,
            redelivery: Vec::new(),
            subscribed: Vec::new(),
            next_position: 1,
        }
    }
}

/// A durable message that the broker may deliver again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RedeliveryEntry {
    /// Its packet id.
    pub packet_id: u16,
    /// [`Publish::hash`].
    pub hash: u64,
    /// [`Publish::position`], below [`LinkStart::next_position`]; only the order counts.
    pub position: u64,
}
