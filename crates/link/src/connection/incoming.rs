//! What the broker sent: messages to the buffer, answers to whom they concern.

use bytes::Bytes;
use tokio::io::AsyncWrite;

use super::{Ending, Live};
use crate::arrival::now_ms;
use crate::codec::{
    Answer, encode_pubcomp, frame_header, packet, parse_answer, parse_publish, reason_name,
};
use crate::event::LinkEvent;
use crate::inbox::Piece;
use crate::inflow::Accepted;

impl<W: AsyncWrite + Unpin> Live<'_, W> {
    /// Everything that was read, piece by piece.
    pub(super) fn take_in(&mut self) -> Result<(), Ending> {
        let now = now_ms();
        while let Some(piece) = self.inbox.next_piece()? {
            match piece {
                Piece::Packets(bytes) => self.take_packets(&bytes, now)?,
                Piece::TooLarge {
                    topic,
                    packet_id,
                    qos,
                    len,
                } => {
                    self.state.inflow.discard(packet_id, qos);
                    self.state.oversized(topic, len);
                }
            }
        }
        Ok(())
    }

    fn take_packets(&mut self, bytes: &Bytes, now_ms: i64) -> Result<(), Ending> {
        let mut at = 0;
        while let Some(header) = frame_header(bytes.get(at..).unwrap_or_default())? {
            let end = at + header.total();
            let Some(frame) = bytes.get(at..end) else {
                break;
            };
            if header.kind() == packet::PUBLISH {
                self.take_publish(bytes, at, frame, header.header, now_ms);
            } else {
                let body = frame.get(header.header..).unwrap_or_default();
                let answer = parse_answer(self.state.cfg.version, header, body)?;
                self.take_answer(answer)?;
            }
            at = end;
        }
        Ok(())
    }

    fn take_publish(&mut self, bytes: &Bytes, at: usize, frame: &[u8], header: usize, now_ms: i64) {
        let state = &mut *self.state;
        let message = match parse_publish(state.cfg.version, frame, header) {
            Ok(message) => message,
            Err(problem) => {
                state.inflow.discard(problem.packet_id, problem.qos);
                state.emit(LinkEvent::Unreadable {
                    reason: problem.reason.to_owned(),
                });
                return;
            }
        };
        let topic = frame.get(message.topic.0..message.topic.1);
        let payload_len = message.payload.1 - message.payload.0;
        if payload_len > state.cfg.max_message_bytes {
            state.inflow.discard(message.packet_id, message.qos);
            let topic = String::from_utf8_lossy(topic.unwrap_or_default()).into_owned();
            state.oversized(topic, payload_len);
            return;
        }
        if let Accepted::Buffered(arrival) =
            state.inflow.accept(bytes, at, message, now_ms, self.room)
        {
            let topic = std::str::from_utf8(topic.unwrap_or_default()).unwrap_or_default();
            state.subscriptions.note(topic, arrival);
        }
    }

    fn take_answer(&mut self, answer: Answer) -> Result<(), Ending> {
        let state = &mut *self.state;
        match answer {
            Answer::Puback(id, code) => {
                let out = self.outbox.bytes();
                state.outgoing.puback(id, code, &mut state.ids, out);
            }
            Answer::Pubrel(id) => encode_pubcomp(self.outbox.bytes(), id),
            Answer::Pingresp => {
                self.keepalive.ping_answered();
                state.inflow.redelivery().ping_answered();
                let confirmed = state.inflow.redelivery().confirmed();
                if confirmed > self.confirmed_reported {
                    self.confirmed_reported = confirmed;
                    state.emit(LinkEvent::Confirmed {
                        position: confirmed,
                    });
                }
                if let Some(stop) = &mut self.stop {
                    stop.confirming = false;
                }
            }
            Answer::Suback(id, codes) => {
                let events = state.subscriptions.suback(id, &codes, &mut state.ids);
                self.subscriptions_changed(events)?;
            }
            Answer::Unsuback(id, _) => {
                let events = state.subscriptions.unsuback(id, &mut state.ids);
                self.subscriptions_changed(events)?;
            }
            Answer::Disconnect(0x8e, _) => return Err(Ending::TakenOver),
            Answer::Disconnect(code, reason) => {
                let said = reason.map_or_else(String::new, |text| format!(": {text}"));
                return Err(Ending::Lost {
                    reason: format!(
                        "the broker disconnected with code {code:#04x} ({}){said}",
                        reason_name(code)
                    ),
                    closed_by_peer: true,
                });
            }
            Answer::Ignored => {}
        }
        Ok(())
    }

    fn subscriptions_changed(&mut self, events: Vec<LinkEvent>) -> Result<(), Ending> {
        for event in events {
            self.state.emit(event);
        }
        self.request_subscriptions()
    }
}
