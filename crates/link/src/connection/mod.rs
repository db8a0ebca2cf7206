//! One live connection: the loop that reads, offers, acknowledges, publishes and keeps alive.
//!
//! One task does it all, so there is no channel between reading and acknowledging that could wait
//! in a circle. Everything that is to be sent is gathered in one buffer and leaves in one write.

mod incoming;
mod leaving;

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::time::{Instant, Sleep, sleep_until};

use self::leaving::Stopping;
use crate::codec::{Malformed, PINGREQ};
use crate::event::LinkEvent;
use crate::inbox::Inbox;
use crate::intake::BoxFuture;
use crate::keepalive::{Due, Keepalive};
use crate::outbox::Outbox;
use crate::outgoing::PublishRequest;
use crate::pace::pause_after;
use crate::state::State;

/// Callers' publishes wait in their channel while more than this is unwritten.
const OUT_FULL: usize = 256 << 10;
/// Reading waits too while more than this is unwritten: a broker that reads nothing is no broker,
/// and the keep-alive will say so.
const OUT_OVERFULL: usize = 1 << 20;
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

/// Our own judgement.
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
    inbox: Inbox,
    outbox: Outbox<W>,
    keepalive: Keepalive,
    /// The intake took everything it was offered last.
    room: bool,
    paused: bool,
    stop: Option<Stopping>,
    /// Bytes written that the keep-alive and the publishes know of.
    accounted: u64,
    qos0_reported_at: Instant,
    confirmed_reported: u64,
}

/// Serves a connection until it ends. `first` is what it begins with.
pub(crate) async fn serve<R, W>(
    state: &mut State,
    mut reader: R,
    writer: W,
    inbox: Inbox,
    keep_alive: Duration,
    first: Vec<u8>,
) -> Ending
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let now = Instant::now();
    let intake = Arc::clone(&state.intake);
    let acks = state.acks.clone();
    let mut waiting_room: Option<BoxFuture<'_, ()>> = None;
    let mut timer: Pin<Box<Sleep>> = Box::pin(sleep_until(now + Duration::from_secs(3_600)));
    let mut read_after: Option<Instant> = None;
    let confirmed_reported = state.inflow.redelivery().confirmed();
    let mut live = Live {
        keepalive: Keepalive::new(keep_alive, now),
        accounted: 0,
        qos0_reported_at: now,
        confirmed_reported,
        state,
        inbox,
        outbox: Outbox::new(writer, first),
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
        let acknowledges = live.acknowledge(acks.position());
        let now = Instant::now();
        live.mark_pause(now);
        let wake = match live.tick(now) {
            Ok(wake) => wake,
            Err(ending) => return ending,
        };
        if let Err(problem) = live.write_now(now).await {
            return closed(&problem);
        }
        if acknowledges && live.outbox.backlog() == 0 {
            millrace_store::fault_points::hit("link.acknowledged");
        }
        if let Some(ending) = live.finish_stop(now).await {
            return ending;
        }
        live.state.publish_status();
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
        let backlog = live.outbox.backlog();
        let may_read = !live.paused && read_wait.is_none() && backlog < OUT_OVERFULL;
        let no_room = !live.room;
        let may_publish = backlog < OUT_FULL && live.state.outgoing.has_room() && !stopping;
        let Live {
            state,
            inbox,
            outbox,
            ..
        } = &mut live;
        tokio::select! {
            read = reader.read_buf(inbox.space()), if may_read => {
                match read {
                    Ok(0) => return closed(&io::ErrorKind::UnexpectedEof.into()),
                    Err(problem) => return closed(&problem),
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
            // What this writes is accounted for at the start of the next round.
            wrote = outbox.write_all(), if backlog > 0 => {
                if let Err(problem) = wrote {
                    return closed(&problem);
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
                    let full = live.outbox.backlog() >= OUT_FULL || !live.state.outgoing.has_room();
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

/// The broker's doing, or the network's.
fn closed(problem: &io::Error) -> Ending {
    let reason = match problem.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::WriteZero => {
            "the broker closed the connection".to_owned()
        }
        _ => problem.to_string(),
    };
    Ending::Lost {
        reason,
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
    fn request_subscriptions(&mut self) -> Result<(), Ending> {
        self.state.filters_dirty = true;
        self.state
            .request_subscriptions(self.outbox.bytes())
            .map_err(lost)
    }

    /// Whether there was anything to acknowledge.
    fn acknowledge(&mut self, durable: u64) -> bool {
        let out = self.outbox.bytes();
        let before = out.len();
        self.state.inflow.acknowledge(durable, out);
        out.len() > before
    }

    fn publish(&mut self, request: PublishRequest) {
        let state = &mut *self.state;
        let queued = self.outbox.written() + self.outbox.backlog() as u64;
        let out = self.outbox.bytes();
        state.outgoing.publish(request, &mut state.ids, out, queued);
    }

    /// Writes what can be written without waiting, and accounts for what was.
    async fn write_now(&mut self, now: Instant) -> io::Result<()> {
        let accounted = self.accounted;
        self.outbox.write_now().await?;
        let written = self.outbox.written();
        if written > accounted {
            self.accounted = written;
            self.keepalive.sent(now);
            self.state.outgoing.written(written);
        }
        Ok(())
    }

    /// A pause begins when the buffer is full; while it lasts the broker counts as alive.
    fn mark_pause(&mut self, now: Instant) {
        let awaited = self.state.outgoing.awaits_answer();
        let full = self.state.inflow.is_full(awaited);
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
        // Also while reading is paused: the answer waits in its turn behind what the buffer has no
        // room for, and without it the table of redeliveries would grow to every packet id.
        let mut wake = match self.keepalive.due(now, unconfirmed) {
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
        self.outbox.bytes().extend_from_slice(&PINGREQ);
        self.state.inflow.redelivery().ping_sent();
        self.keepalive.ping_sent(now);
    }
}
