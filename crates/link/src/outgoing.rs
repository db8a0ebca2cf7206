//! Own publishes: what is under way, what waits, and what is sent again after a reconnect.

use std::collections::VecDeque;

use bytes::Bytes;
use rustc_hash::FxHashMap;
use tokio::sync::oneshot;

use crate::codec::{Connack, Outbound, encode_publish, reason_name};
use crate::config::{MqttVersion, QoS};
use crate::error::PublishError;
use crate::link::PublishReceipt;
use crate::message::PublishProperties;
use crate::packet_ids::PacketIds;

/// Own QoS 1 publishes under way at once, where the broker does not ask for fewer.
const MOST_UNDER_WAY: usize = 1_024;

/// A publish on its way from a caller to the connection.
#[derive(Debug)]
pub(crate) struct PublishRequest {
    pub(crate) topic: String,
    pub(crate) payload: Bytes,
    pub(crate) qos: QoS,
    pub(crate) retain: bool,
    pub(crate) properties: Option<PublishProperties>,
    pub(crate) done: oneshot::Sender<Result<PublishReceipt, PublishError>>,
}

#[derive(Debug)]
struct UnderWay {
    request: PublishRequest,
    /// Order of sending, which is the order of sending again.
    sequence: u64,
}

/// The publishes of one link, over its connections.
#[derive(Debug)]
pub(crate) struct Outgoing {
    version: MqttVersion,
    under_way: FxHashMap<u16, UnderWay>,
    /// Of an earlier connection, waiting for room under a smaller receive maximum.
    again: VecDeque<(u16, bool)>,
    /// QoS 0 that is in the write buffer: done once so many bytes were written.
    unwritten: VecDeque<(u64, oneshot::Sender<Result<PublishReceipt, PublishError>>)>,
    sequence: u64,
    window: usize,
    highest_qos: u8,
    retain_available: bool,
    packet_limit: usize,
}

impl Outgoing {
    pub(crate) fn new(version: MqttVersion) -> Self {
        Self {
            version,
            under_way: FxHashMap::default(),
            again: VecDeque::new(),
            unwritten: VecDeque::new(),
            sequence: 0,
            window: MOST_UNDER_WAY,
            highest_qos: 1,
            retain_available: true,
            packet_limit: usize::MAX,
        }
    }

    /// A connection began: what was not confirmed is sent again, in order, where somebody still
    /// waits for it. DUP only where the broker may know the packet id.
    pub(crate) fn begin_connection(
        &mut self,
        connack: &Connack,
        ids: &mut PacketIds,
        out: &mut Vec<u8>,
    ) {
        self.window = usize::from(connack.receive_maximum).min(MOST_UNDER_WAY);
        self.highest_qos = connack.maximum_qos.min(1);
        self.retain_available = connack.retain_available;
        self.packet_limit = connack
            .maximum_packet_size
            .map_or(usize::MAX, |limit| limit as usize);
        self.under_way.retain(|id, publish| {
            let wanted = !publish.request.done.is_closed();
            if !wanted {
                ids.free(*id);
            }
            wanted
        });
        let mut order: Vec<(u64, u16)> = self
            .under_way
            .iter()
            .map(|(id, publish)| (publish.sequence, *id))
            .collect();
        order.sort_unstable();
        let dup = connack.session_present;
        self.again = order.into_iter().map(|(_, id)| (id, dup)).collect();
        self.send_again(ids, out);
    }

    fn send_again(&mut self, ids: &mut PacketIds, out: &mut Vec<u8>) {
        while self.under_way.len() - self.again.len() < self.window
            && let Some((id, dup)) = self.again.pop_front()
        {
            let Some(publish) = self.under_way.get(&id) else {
                continue;
            };
            let message = outbound(&publish.request, Some(id), dup);
            if let Err(problem) = encode_publish(out, self.version, message, self.packet_limit) {
                ids.free(id);
                if let Some(publish) = self.under_way.remove(&id) {
                    let _ = publish.request.done.send(Err(problem));
                }
            }
        }
    }

    /// True while a publish that somebody waits for is not acknowledged.
    pub(crate) fn awaits_answer(&self) -> bool {
        self.under_way.len() > self.again.len()
    }

    /// True when another publish may be taken from the callers.
    pub(crate) fn has_room(&self) -> bool {
        self.again.is_empty() && self.under_way.len() < self.window
    }

    pub(crate) fn under_way(&self) -> usize {
        self.under_way.len()
    }

    /// Appends a publish. `written` counts all bytes ever written to this connection, plus those
    /// waiting in `out`.
    pub(crate) fn publish(
        &mut self,
        request: PublishRequest,
        ids: &mut PacketIds,
        out: &mut Vec<u8>,
        written: u64,
    ) {
        if request.done.is_closed() {
            return;
        }
        if request.qos as u8 > self.highest_qos {
            let problem = PublishError::Qos {
                asked: request.qos as u8,
                highest: self.highest_qos,
            };
            let _ = request.done.send(Err(problem));
            return;
        }
        if request.retain && !self.retain_available {
            let _ = request.done.send(Err(PublishError::RetainNotSupported));
            return;
        }
        let packet_id = match request.qos {
            QoS::AtMostOnce => None,
            _ => match ids.take() {
                Some(id) => Some(id),
                // Unreachable: the window is far below the number of ids.
                None => {
                    let _ = request.done.send(Err(PublishError::NotConnected));
                    return;
                }
            },
        };
        let before = out.len();
        let message = outbound(&request, packet_id, false);
        if let Err(problem) = encode_publish(out, self.version, message, self.packet_limit) {
            out.truncate(before);
            if let Some(id) = packet_id {
                ids.free(id);
            }
            let _ = request.done.send(Err(problem));
            return;
        }
        match packet_id {
            Some(id) => {
                self.sequence += 1;
                let sequence = self.sequence;
                self.under_way.insert(id, UnderWay { request, sequence });
            }
            None => {
                let end = written + (out.len() - before) as u64;
                self.unwritten.push_back((end, request.done));
            }
        }
    }

    /// PUBACK came.
    pub(crate) fn puback(&mut self, id: u16, code: u8, ids: &mut PacketIds, out: &mut Vec<u8>) {
        let Some(publish) = self.under_way.remove(&id) else {
            return;
        };
        ids.free(id);
        let outcome = if code < 0x80 {
            Ok(PublishReceipt {
                packet_id: Some(id),
                no_subscribers: code == 0x10,
            })
        } else {
            Err(PublishError::Refused {
                code,
                name: reason_name(code),
            })
        };
        let _ = publish.request.done.send(outcome);
        self.send_again(ids, out);
    }

    /// So many bytes have been written to this connection.
    pub(crate) fn written(&mut self, total: u64) {
        while let Some((end, _)) = self.unwritten.front()
            && *end <= total
        {
            if let Some((_, done)) = self.unwritten.pop_front() {
                let _ = done.send(Ok(PublishReceipt::default()));
            }
        }
    }

    /// The connection ended. QoS 1 waits for the next one; what of QoS 0 was not written is gone.
    pub(crate) fn end_connection(&mut self) {
        for (_, done) in self.unwritten.drain(..) {
            let _ = done.send(Err(PublishError::Interrupted));
        }
    }
}

fn outbound(request: &PublishRequest, packet_id: Option<u16>, dup: bool) -> Outbound<'_> {
    Outbound {
        topic: &request.topic,
        payload: &request.payload,
        qos: request.qos,
        retain: request.retain,
        dup,
        packet_id,
        properties: request.properties.as_ref(),
    }
}
