//! One live connection: the loop that reads, offers, acknowledges, publishes and keeps alive.
//!
//! One task does it all, so there is no channel between reading and acknowledging that could wait
//! in a circle. Everything that is to be sent is gathered in one buffer and leaves in one write.

use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, Sleep, sleep_until, timeout};

use crate::arrival::now_ms;
use crate::codec::{
    Answer, Malformed, PINGREQ, encode_disconnect, encode_pubcomp, frame_header, packet,
    parse_answer, parse_publish, reason_name,
};
use crate::event::LinkEvent;
use crate::inbox::{Inbox, Piece};
use crate::inflow::Accepted;
use crate::intake::BoxFuture;
use crate::keepalive::{Due, Keepalive};
use crate::link::StopMode;
use crate::pace::pause_after;
use crate::state::State;
use crate::status::LinkState;

/// Callers' publishes wait in their channel while more than this is unwritten.
const OUT_FULL: usize = 256 << 10;
/// Reading waits too while more than this is unwritten: a broker that reads nothing is no broker,
/// and the keep-alive will say so.
const OUT_OVERFULL: usize = 1 << 20;
/// A write buffer that grew beyond this is given back once it is empty.
const OUT_KEPT: usize = 64 << 10;
/// How long DISCONNECT may take to leave.
const GOODBYE: Duration = Duration::from_secs(1);
const QOS0_REPORT_EVERY: Duration = Duration::from_secs(1);

/// How a connection ended.
#[derive(Debug)]
pub(crate) enum Ending {
    /// Something broke.
    Lost {
        reason: String,
        /// The broker (or the network) closed it, rather than our own judgement.
        closed_by_peer: bool,
    },
    /// MQTT 5: another client took the session over.
    TakenOver,
    /// [`crate::Link::stop`]; messages whose acknowledgement was not sent.
    Stopped { unacknowledged: usize },
}

fn lost(reason: impl Into<String>) -> Ending {
    Ending::Lost {
        reason: reason.into(),
        closed_by_peer: false,
    }
}

impl From<Malformed> for Ending {
    fn from(problem: Malformed) -> Self {
        lost(problem.to_string())
    }
}

/// What the loop keeps for one connection.
struct Live<'a, W> {
    state: &'a mut State,
    writer: W,
    inbox: Inbox,
    keepalive: Keepalive,
    out: Vec<u8>,
    /// Bytes of `out` that have been written.
    out_done: usize,
    /// Bytes written to this connection.
    written: u64,
    /// The intake took everything it was offered last.
    room: bool,
    paused: bool,
    stop: Option<Stopping>,
    qos0_reported_at: Instant,
    confirmed_reported: u64,
}

/// The last steps of a connection.
struct Stopping {
    deadline: Instant,
    /// A last PINGREQ shows that the acknowledgements arrived; until then, wait.
    confirming: bool,
}

/// Serves a connection until it ends. `out` holds what was prepared for its start.
pub(crate) async fn serve<R, W>(
    state: &mut State,
    mut reader: R,
    writer: W,
    inbox: Inbox,
    keep_alive: Duration,
    out: Vec<u8>,
) -> Ending
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let now = Instant::now();
    let intake = std::sync::Arc::clone(&state.intake);
    let acks = state.acks.clone();
    let mut waiting_room: Option<BoxFuture<'_, ()>> = None;
    let mut timer: Pin<Box<Sleep>> = Box::pin(sleep_until(now + Duration::from_secs(3_600)));
    let mut read_after: Option<Instant> = None;
    let confirmed_reported = state.inflow.redelivery().confirmed();
    let mut live = Live {
        keepalive: Keepalive::new(keep_alive, now),
        qos0_reported_at: now,
        confirmed_reported,
        state,
        writer,
        inbox,
        out,
        out_done: 0,
        written: 0,
        room: true,
        paused: false,
        stop: None,
    };
    // Packets that came in one read with CONNACK.
    if let Err(ending) = live.take_in() {
        return ending;
    }
    loop {
        if live.room && live.state.inflow.is_buffering() {
            live.room = live.state.inflow.offer(&*intake, &acks);
            if !live.room {
                waiting_room = Some(intake.room());
            }
        }
        live.acknowledge(acks.position());
        let now = Instant::now();
        live.mark_pause(now);
        let wake = match live.tick(now) {
            Ok(wake) => wake,
            Err(ending) => return ending,
        };
        if let Err(ending) = live.write_now().await {
            return ending;
        }
        if let Some(ending) = live.finish_stop(now).await {
            return ending;
        }
        live.publish_status();
        let read_wait = read_after.filter(|at| *at > now);
        let wake = match (wake, read_wait) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        let wake = wake.unwrap_or(now + Duration::from_secs(3_600));
        // Waking too early is harmless and cheaper than moving the timer every time.
        if wake < timer.deadline() || timer.is_elapsed() {
            timer.as_mut().reset(wake);
        }
        let stopping = live.stop.is_some();
        let backlog = live.out.len() - live.out_done;
        let may_read = !live.paused && read_wait.is_none() && backlog < OUT_OVERFULL;
        let no_room = !live.room;
        let may_publish = backlog < OUT_FULL && live.state.outgoing.has_room() && !stopping;
        let Live {
            state,
            writer,
            inbox,
            out,
            out_done,
            ..
        } = &mut live;
        let unwritten = out.get(*out_done..).unwrap_or_default();
        tokio::select! {
            read = reader.read_buf(inbox.space()), if may_read => {
                match read {
                    Ok(0) => return closed("the broker closed the connection"),
                    Err(e) => return closed(&e.to_string()),
                    Ok(count) => {
                        live.keepalive.alive(Instant::now());
                        let short = live.inbox.note_read(count);
                        let before = live.state.inflow.received;
                        if let Err(ending) = live.take_in() {
                            return ending;
                        }
                        let inflow = &live.state.inflow;
                        let messages = (inflow.received - before) as usize;
                        read_after = pause_after(messages, inflow.in_flight(), short);
                    }
                }
            }
            wrote = writer.write(unwritten), if !unwritten.is_empty() => {
                match wrote {
                    Ok(0) => return closed("the broker closed the connection"),
                    Err(e) => return closed(&e.to_string()),
                    Ok(count) => live.wrote(count),
                }
            }
            () = acks.changed() => {}
            () = room(&mut waiting_room), if no_room => {
                waiting_room = None;
                live.room = true;
            }
            request = state.publishes.recv(), if may_publish => {
                let mut next = request;
                while let Some(request) = next {
                    live.publish(request);
                    let full = live.out.len() >= OUT_FULL || !live.state.outgoing.has_room();
                    next = if full { None } else { live.state.publishes.try_recv().ok() };
                }
            }
            changed = state.filters.changed(), if !stopping => {
                // An error means that the handle is gone, and with it this task.
                if changed.is_ok() {
                    live.state.take_filters();
                    if let Err(ending) = live.request_subscriptions() {
                        return ending;
                    }
                }
            }
            _ = state.stopping.changed(), if !stopping => live.begin_stop(),
            () = timer.as_mut() => {}
        }
    }
}

fn closed(reason: &str) -> Ending {
    Ending::Lost {
        reason: reason.to_owned(),
        closed_by_peer: true,
    }
}

async fn room(waiting: &mut Option<BoxFuture<'_, ()>>) {
    match waiting {
        Some(future) => future.await,
        None => std::future::pending().await,
    }
}

impl<W: AsyncWrite + Unpin> Live<'_, W> {
    /// Everything that was read, piece by piece.
    fn take_in(&mut self) -> Result<(), Ending> {
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
                state
                    .outgoing
                    .puback(id, code, &mut state.ids, &mut self.out);
            }
            Answer::Pubrel(id) => encode_pubcomp(&mut self.out, id),
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
                return Err(closed(&format!(
                    "the broker disconnected with code {code:#04x} ({}){said}",
                    reason_name(code)
                )));
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

    fn request_subscriptions(&mut self) -> Result<(), Ending> {
        self.state.filters_dirty = true;
        self.state
            .request_subscriptions(&mut self.out)
            .map_err(lost)
    }

    fn acknowledge(&mut self, durable: u64) {
        self.state.inflow.acknowledge(durable, &mut self.out);
    }

    fn publish(&mut self, request: crate::outgoing::PublishRequest) {
        let state = &mut *self.state;
        let queued = self.written + (self.out.len() - self.out_done) as u64;
        state
            .outgoing
            .publish(request, &mut state.ids, &mut self.out, queued);
    }

    /// A pause begins when the buffer is full; while it lasts the broker counts as alive.
    fn mark_pause(&mut self, now: Instant) {
        let full = self.state.inflow.is_full();
        if full && !self.paused {
            self.state.pauses += 1;
        }
        if full || self.paused {
            self.keepalive.alive(now);
        }
        self.paused = full;
    }

    /// What the clock asks for; the next moment it wants to be asked.
    fn tick(&mut self, now: Instant) -> Result<Option<Instant>, Ending> {
        let unconfirmed = self.state.inflow.redelivery().awaits_confirmation();
        let mut wake = match self.keepalive.due(now, unconfirmed && !self.paused) {
            Due::Dead => return Err(lost("the broker does not answer (no PINGRESP)")),
            Due::Ping => {
                self.ping(now);
                match self.keepalive.due(now, unconfirmed) {
                    Due::Later(wake) => wake,
                    _ => Some(now),
                }
            }
            Due::Later(wake) => wake,
        };
        let reported = self.state.qos0_reported;
        let dropped = self.state.inflow.qos0_dropped;
        if dropped > reported {
            let next = self.qos0_reported_at + QOS0_REPORT_EVERY;
            if now >= next {
                self.qos0_reported_at = now;
                self.state.qos0_reported = dropped;
                self.state.emit(LinkEvent::Qos0Dropped {
                    count: dropped - reported,
                });
            } else {
                wake = Some(wake.map_or(next, |wake| wake.min(next)));
            }
        }
        if let Some(stop) = &self.stop {
            wake = Some(wake.map_or(stop.deadline, |wake| wake.min(stop.deadline)));
        }
        Ok(wake)
    }

    fn ping(&mut self, now: Instant) {
        self.out.extend_from_slice(&PINGREQ);
        self.state.inflow.redelivery().ping_sent();
        self.keepalive.ping_sent(now);
    }

    /// Writes what can be written without waiting.
    async fn write_now(&mut self) -> Result<(), Ending> {
        while self.out_done < self.out.len() {
            let unwritten = self.out.get(self.out_done..).unwrap_or_default();
            let writer = Pin::new(&mut self.writer);
            let mut writer = Some(writer);
            let wrote = std::future::poll_fn(|cx| match writer.take() {
                Some(writer) => Poll::Ready(match writer.poll_write(cx, unwritten) {
                    Poll::Ready(wrote) => Some(wrote),
                    Poll::Pending => None,
                }),
                None => Poll::Ready(None),
            })
            .await;
            match wrote {
                None => return Ok(()),
                Some(Ok(0)) => return Err(closed("the broker closed the connection")),
                Some(Err(e)) => return Err(closed(&e.to_string())),
                Some(Ok(count)) => self.wrote(count),
            }
        }
        Ok(())
    }

    fn wrote(&mut self, count: usize) {
        self.out_done += count;
        self.written += count as u64;
        self.keepalive.sent(Instant::now());
        if self.out_done >= self.out.len() {
            self.out.clear();
            self.out_done = 0;
            if self.out.capacity() > OUT_KEPT {
                self.out.shrink_to(OUT_KEPT);
            }
        }
        self.state.outgoing.written(self.written);
    }

    fn begin_stop(&mut self) {
        if self.state.stopping.borrow().is_none() {
            return;
        }
        self.state.inflow.accepting = false;
        self.stop = Some(Stopping {
            deadline: Instant::now() + self.state.cfg.stop_timeout,
            confirming: false,
        });
        self.state.enter(LinkState::Stopping, None);
    }

    /// When stopping: says goodbye once nothing is owed any more, or time is up.
    async fn finish_stop(&mut self, now: Instant) -> Option<Ending> {
        let deadline = self.stop.as_ref()?.deadline;
        let owed = self.state.inflow.owed_for_taken();
        let busy = owed > 0 || self.state.outgoing.under_way() > 0 || !self.out.is_empty();
        if busy && now < deadline {
            return None;
        }
        if now < deadline {
            if self.state.inflow.redelivery().awaits_confirmation() && !self.paused {
                let stop = self.stop.as_mut()?;
                if !stop.confirming {
                    stop.confirming = true;
                    stop.deadline = stop.deadline.min(now + GOODBYE);
                    self.ping(now);
                    return self.write_now().await.err();
                }
                return None;
            }
            if self.stop.as_ref()?.confirming {
                return None;
            }
        }
        let end_session = *self.state.stopping.borrow() == Some(StopMode::EndSession)
            && !self.state.cfg.clean_session;
        if let Ok(disconnect) = encode_disconnect(self.state.cfg.version, end_session) {
            self.out.extend_from_slice(&disconnect);
        }
        let rest = self.out.split_off(self.out_done.min(self.out.len()));
        let _ = timeout(GOODBYE, async {
            if self.writer.write_all(&rest).await.is_ok() {
                let _ = self.writer.shutdown().await;
            }
        })
        .await;
        Some(Ending::Stopped {
            unacknowledged: owed,
        })
    }

    fn publish_status(&mut self) {
        self.state.publish_status();
    }
}
