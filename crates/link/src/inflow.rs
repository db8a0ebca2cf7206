//! Received messages between the socket and the intake, and the acknowledgements they are owed.
//!
//! Pure: the connection hands in what it read and takes out what is to be written. Positions are
//! given on arrival, so they count up without gaps in the buffer, over all connections.

use std::collections::VecDeque;

use bytes::Bytes;

use crate::arrival::ArrivalClock;
use crate::codec::{Incoming, encode_puback, encode_pubrec};
use crate::config::QoS;
use crate::fingerprint::{fingerprint, topic_hash};
use crate::inbox::LARGEST_READ;
use crate::intake::{AckSender, Batch, Intake, LinkStart};
use crate::message::{Publish, own_frame};
use crate::redelivery::{Arrival, Redelivery};

/// Payloads below are copied out of the read buffer. A kept message would hold all of it: a read may
/// bring a hundred messages, and one of them may wait for another system long after the others are
/// gone. The copy costs less than the allocation of a buffer for each read.
const SHARED_FROM: usize = LARGEST_READ / 2;

/// How many times its bound the buffer may hold while an own publish waits for its acknowledgement.
const ANSWER_AWAITED: usize = 2;

/// Messages the empty buffer keeps room for.
const BUFFER_KEPT: usize = 4_096;

/// An acknowledgement that waits for durability, in order of arrival.
#[derive(Debug, Clone, Copy)]
struct Owed {
    packet_id: u16,
    /// Durable from this position on; 0 = nothing to wait for but its turn.
    position: u64,
    /// PUBREC instead of PUBACK.
    qos2: bool,
}

/// What happened to a message that came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Accepted {
    /// In the buffer, with this arrival time.
    Buffered(i64),
    /// A redelivery of a message that is already with the intake.
    Known,
    /// QoS 0 and no room, or the link is stopping.
    Dropped,
}

#[derive(Debug)]
pub(crate) struct Inflow {
    buffer: VecDeque<Publish>,
    buffered_bytes: usize,
    limit: usize,
    next_position: u64,
    pub(crate) epoch: u64,
    pub(crate) generation: u64,
    clock: ArrivalClock,
    redelivery: Redelivery,
    owed: VecDeque<Owed>,
    /// False once the link stops: nothing new is buffered or acknowledged.
    pub(crate) accepting: bool,
    pub(crate) received: u64,
    pub(crate) redelivered: u64,
    pub(crate) duplicates: u64,
    pub(crate) qos0_dropped: u64,
}

impl Inflow {
    pub(crate) fn new(start: &LinkStart, buffer_bytes: usize) -> Self {
        let restored = start
            .redelivery
            .iter()
            .map(|entry| entry.position.saturating_add(1));
        let next_position = restored.fold(start.next_position.max(1), u64::max);
        Self {
            buffer: VecDeque::new(),
            buffered_bytes: 0,
            limit: buffer_bytes,
            next_position,
            epoch: start.epoch,
            generation: 0,
            clock: ArrivalClock::new(),
            redelivery: Redelivery::restore(&start.redelivery, next_position),
            owed: VecDeque::new(),
            accepting: true,
            received: 0,
            redelivered: 0,
            duplicates: 0,
            qos0_dropped: 0,
        }
    }

    /// A connection began. Acknowledgements owed on the last one can no longer be sent.
    pub(crate) fn begin_connection(&mut self, session_present: bool) {
        self.generation += 1;
        self.owed.clear();
        self.redelivery.begin_connection();
        if !session_present {
            self.redelivery.end_session();
            self.epoch += 1;
        }
    }

    /// The connection ended.
    pub(crate) fn end_connection(&mut self) {
        self.owed.clear();
    }

    /// Takes a message whose ranges count from `base` in `frame`. `room`: the intake took
    /// everything so far.
    pub(crate) fn accept(
        &mut self,
        frame: &Bytes,
        base: usize,
        message: Incoming,
        now_ms: i64,
        room: bool,
    ) -> Accepted {
        let part =
            |(start, end): (usize, usize)| frame.get(base + start..base + end).unwrap_or_default();
        let (topic, payload) = (part(message.topic), part(message.payload));
        let hash = fingerprint(topic, payload);
        if !self.accepting {
            return Accepted::Dropped;
        }
        match message.packet_id {
            None => {
                if !room && self.buffered_bytes >= self.limit / 2 {
                    self.qos0_dropped += 1;
                    return Accepted::Dropped;
                }
            }
            Some(packet_id) => {
                self.redelivered += u64::from(message.dup);
                let qos2 = message.qos == QoS::ExactlyOnce;
                match self
                    .redelivery
                    .arrival(packet_id, message.dup, hash, self.generation)
                {
                    Arrival::New => {
                        let position = self.next_position;
                        self.redelivery
                            .insert(packet_id, hash, position, self.generation);
                        self.owed.push_back(Owed {
                            packet_id,
                            position,
                            qos2,
                        });
                    }
                    Arrival::Again(position) => {
                        self.duplicates += 1;
                        self.owed.push_back(Owed {
                            packet_id,
                            position,
                            qos2,
                        });
                        return Accepted::Known;
                    }
                    Arrival::Repeated => {
                        self.duplicates += 1;
                        return Accepted::Known;
                    }
                }
            }
        }
        let arrival_ms = self.clock.stamp(topic_hash(topic), now_ms);
        let (frame, topic, payload) = if payload.len() < SHARED_FROM {
            let (own, middle) = own_frame(topic, payload);
            let (middle, end) = (middle as u32, own.len() as u32);
            (own, (0, middle), (middle, end))
        } else {
            let range = |(start, end): (usize, usize)| ((base + start) as u32, (base + end) as u32);
            (frame.clone(), range(message.topic), range(message.payload))
        };
        let publish = Publish {
            frame,
            topic,
            payload,
            position: self.next_position,
            epoch: self.epoch,
            hash,
            arrival_ms,
            qos: message.qos,
            retain: message.retain,
            dup: message.dup,
            packet_id: message.packet_id,
            properties: message.properties,
        };
        self.buffered_bytes += publish.cost();
        self.buffer.push_back(publish);
        self.next_position += 1;
        self.received += 1;
        Accepted::Buffered(arrival_ms)
    }

    /// A message that is not kept (too large, unreadable): acknowledged in its turn, so that the
    /// broker does not send it again.
    pub(crate) fn discard(&mut self, packet_id: Option<u16>, qos: QoS) {
        if let Some(packet_id) = packet_id
            && self.accepting
        {
            self.redelivery.forget(packet_id);
            self.owed.push_back(Owed {
                packet_id,
                position: 0,
                qos2: qos == QoS::ExactlyOnce,
            });
        }
    }

    /// Offers the buffer. True when everything was taken.
    pub(crate) fn offer(&mut self, intake: &dyn Intake, acks: &AckSender) -> bool {
        while !self.buffer.is_empty() {
            let confirmed = self.redelivery.confirmed();
            let batch = Batch::new(&mut self.buffer, self.generation, confirmed, acks);
            let offered = batch.len();
            let taken = intake.offer(batch);
            self.buffered_bytes = self.buffered_bytes.saturating_sub(taken.bytes());
            if taken.count() < offered {
                return false;
            }
        }
        if self.buffer.capacity() > BUFFER_KEPT {
            self.buffer.shrink_to(BUFFER_KEPT);
        }
        true
    }

    /// Appends the acknowledgements of everything durable up to `durable`, in order of arrival.
    pub(crate) fn acknowledge(&mut self, durable: u64, out: &mut Vec<u8>) {
        // Untaken messages are not durable, whatever the owner says.
        let durable = durable.min(self.last_taken());
        while let Some(owed) = self.owed.front()
            && owed.position <= durable
        {
            if owed.qos2 {
                encode_pubrec(out, owed.packet_id);
            } else {
                encode_puback(out, owed.packet_id);
            }
            self.redelivery.acknowledged(owed.packet_id, owed.position);
            self.owed.pop_front();
        }
    }

    /// Position of the last message the intake took.
    pub(crate) fn last_taken(&self) -> u64 {
        self.buffer
            .front()
            .map_or(self.next_position, |m| m.position)
            .saturating_sub(1)
    }

    /// Acknowledgements owed for messages the intake took: those worth waiting for.
    pub(crate) fn owed_for_taken(&self) -> usize {
        let taken = self.last_taken();
        self.owed
            .iter()
            .take_while(|owed| owed.position <= taken)
            .count()
    }

    pub(crate) fn in_flight(&self) -> usize {
        self.owed.len()
    }

    pub(crate) fn buffered_bytes(&self) -> usize {
        self.buffered_bytes
    }

    pub(crate) fn is_buffering(&self) -> bool {
        !self.buffer.is_empty()
    }

    /// Whether reading has to pause. While an own publish waits for its acknowledgement the buffer
    /// may hold twice as much: the answer stands in the stream behind what comes to us.
    pub(crate) fn is_full(&self, answer_awaited: bool) -> bool {
        let factor = if answer_awaited { ANSWER_AWAITED } else { 1 };
        self.buffered_bytes >= self.limit.saturating_mul(factor)
    }

    pub(crate) fn collisions(&self) -> u64 {
        self.clock.collisions
    }

    pub(crate) fn redelivery(&mut self) -> &mut Redelivery {
        &mut self.redelivery
    }

    pub(crate) fn unconfirmed(&self) -> usize {
        self.redelivery.len()
    }
}
