//! The link's task: connects, serves the connection, pauses, connects again, until stopped.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::time::{Instant, sleep};

use crate::arrival::now_ms;
use crate::codec::encode_disconnect;
use crate::config::{LinkConfig, MqttVersion};
use crate::connect::{Identity, Opened, open};
use crate::connection::{Ending, serve};
use crate::error::{ConnectError, PublishError};
use crate::event::LinkEvent;
use crate::intake::BoxFuture;
use crate::link::{StopMode, StopReport};
use crate::reader::Reader;
use crate::state::State;
use crate::status::LinkState;

/// A connection that lived so long was a good one: the back-off starts afresh.
const STABLE: Duration = Duration::from_secs(10);
/// So many short connections in a row look like two clients fighting for one client id.
const SUSPICIOUS: u32 = 3;

/// Runs the link until it is stopped.
pub(crate) async fn run(mut state: State) -> StopReport {
    let mut pause = state.cfg.reconnect_min;
    let mut short_lived = 0u32;
    loop {
        state.enter(LinkState::Connecting, None);
        let cfg = Arc::clone(&state.cfg);
        let Some(opened) = while_away(&mut state, open(&cfg, Identity::of(&cfg))).await else {
            return stop_away(&mut state, None).await;
        };
        let (reason, events) = match opened {
            Err(reason) => {
                let text = reason.to_string();
                let code = reason.code();
                (text, vec![LinkEvent::Refused { reason, code }])
            }
            Ok(opened) => {
                let began = Instant::now();
                let ending = live(&mut state, opened).await;
                let long = began.elapsed() >= STABLE;
                if long {
                    pause = state.cfg.reconnect_min;
                    short_lived = 0;
                }
                let (reason, taken_over) = match ending {
                    Ending::Stopped { unacknowledged } => {
                        return stop_away(&mut state, Some(unacknowledged)).await;
                    }
                    Ending::TakenOver => {
                        let reason = "another client took the session over".to_owned();
                        (reason, Some(LinkEvent::TakenOver { certain: true }))
                    }
                    Ending::Lost {
                        reason,
                        closed_by_peer,
                    } => {
                        short_lived += u32::from(closed_by_peer && !long);
                        // 3.1.1 has no word for it, and not every MQTT 5 broker says it.
                        let suspicious = closed_by_peer && short_lived == SUSPICIOUS;
                        let suspected = LinkEvent::TakenOver { certain: false };
                        (reason, suspicious.then_some(suspected))
                    }
                };
                let lost = LinkEvent::Lost {
                    reason: reason.clone(),
                };
                (reason, std::iter::once(lost).chain(taken_over).collect())
            }
        };
        let wait = jittered(pause);
        pause = (pause * 2).min(state.cfg.reconnect_max);
        let retry_at_ms = now_ms().saturating_add(wait.as_millis() as i64);
        // The status first: whoever hears an event may look at once.
        state.enter(LinkState::Waiting { retry_at_ms }, Some(reason));
        for event in events {
            state.emit(event);
        }
        if while_away(&mut state, sleep(wait)).await.is_none() {
            return stop_away(&mut state, None).await;
        }
    }
}

/// Many links of one broker must not come back in the same moment.
fn jittered(pause: Duration) -> Duration {
    pause.mul_f64(rand::random_range(0.8..1.2))
}

async fn live(state: &mut State, opened: Opened) -> Ending {
    let Opened {
        stream,
        connack,
        inbox,
    } = opened;
    let mut out = Vec::new();
    if let Err(reason) = state.begin_connection(&connack, &mut out) {
        state.end_connection();
        return Ending::Lost {
            reason,
            closed_by_peer: false,
        };
    }
    let keep_alive = connack
        .server_keep_alive
        .map_or(state.cfg.keep_alive, |seconds| {
            Duration::from_secs(u64::from(seconds))
        });
    let (reader, writer) = stream.into_split();
    let ending = serve(state, Reader(reader), writer, inbox, keep_alive, out).await;
    state.end_connection();
    ending
}

/// Does what goes on without a connection while `work` runs: offers what is buffered, turns
/// publishes away, takes new filters. `None` when the link is to stop.
async fn while_away<F: Future>(state: &mut State, work: F) -> Option<F::Output> {
    let mut work = std::pin::pin!(work);
    let intake = Arc::clone(&state.intake);
    let acks = state.acks.clone();
    let mut waiting_room: Option<BoxFuture<'_, ()>> = None;
    loop {
        if state.stopping.borrow().is_some() {
            return None;
        }
        if waiting_room.is_none() && !state.inflow.offer(&*intake, &acks) {
            waiting_room = Some(intake.room());
        }
        state.publish_status();
        tokio::select! {
            done = &mut work => return Some(done),
            () = async { match &mut waiting_room {
                Some(room) => room.await,
                None => std::future::pending().await,
            } } => waiting_room = None,
            Some(request) = state.publishes.recv() => {
                let _ = request.done.send(Err(PublishError::NotConnected));
            }
            Ok(()) = state.filters.changed() => state.take_filters(),
            changed = state.stopping.changed() => {
                // The handle is gone without a word: stop.
                if changed.is_err() {
                    return None;
                }
            }
        }
    }
}

/// The end, after the connection (if there was one) has gone.
async fn stop_away(state: &mut State, served: Option<usize>) -> StopReport {
    let mode = state.stopping.borrow().unwrap_or(StopMode::Keep);
    let intake = Arc::clone(&state.intake);
    let acks = state.acks.clone();
    // Messages of a clean session exist nowhere else any more.
    state.inflow.offer(&*intake, &acks);
    let cfg = Arc::clone(&state.cfg);
    let told_on_disconnect = served.is_some() && cfg.version == MqttVersion::V5;
    let session_ended = match mode {
        _ if cfg.clean_session => true,
        StopMode::Keep => false,
        StopMode::EndSession if told_on_disconnect => true,
        StopMode::EndSession => end_session(&cfg).await.is_ok(),
    };
    if session_ended {
        state.emit(LinkEvent::SubscribedSet(Vec::new()));
    }
    state.enter(LinkState::Stopped, None);
    state.publish_status();
    state.emit(LinkEvent::Stopped);
    StopReport {
        unacknowledged: served.unwrap_or(0),
        disconnected: served.is_some(),
        session_ended,
    }
}

/// Connects once without a session, which removes the one the broker kept.
async fn end_session(cfg: &LinkConfig) -> Result<(), ConnectError> {
    let mut opened = open(cfg, Identity::clean(cfg)).await?;
    if let Ok(disconnect) = encode_disconnect(cfg.version, false) {
        let _ = opened.stream.write_all(&disconnect).await;
        let _ = opened.stream.shutdown().await;
    }
    Ok(())
}
