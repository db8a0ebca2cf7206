//! One signed-in client: reads commands, writes replies and updates, watches over its life.

use axum::extract::ws::{Message, WebSocket};
use tokio::time::{Instant, interval, timeout};

use super::{
    command::{Command, Frame},
    entities::Entities,
    limits,
    listens::Listens,
    notifications::Inbox,
    reply,
    sign_in::Refusal,
    values::Values,
};
use crate::{extract::SignedIn, state::Api};

/// How a session ends.
enum End {
    /// The client is gone.
    Gone,
    /// The server ends it.
    Refused(Refusal),
}

/// What a session has running.
struct Session {
    api: Api,
    who: SignedIn,
    values: Values,
    inbox: Inbox,
    entities: Entities,
    listens: Listens,
}

/// Serves a client until it goes away or breaks a bound.
pub(super) async fn run(api: Api, mut socket: WebSocket, who: SignedIn, first: Vec<Command>) {
    let Some(_place) = api.places.take(who.scope.user.unwrap_or_default()) else {
        return Refusal::policy("too many open connections of this user")
            .close(socket)
            .await;
    };
    let mut session = Session {
        values: Values::new(api.clone(), who.scope),
        inbox: Inbox::new(api.clone(), who.scope),
        entities: Entities::new(api.clone(), who.scope),
        listens: Listens::new(api.clone(), who.scope),
        api,
        who,
    };
    let end = serve(&mut socket, &mut session, first).await;
    if let Err(End::Refused(refusal)) = end {
        refusal.close(socket).await;
    }
}

async fn serve(
    socket: &mut WebSocket,
    session: &mut Session,
    first: Vec<Command>,
) -> Result<(), End> {
    for command in first {
        execute(socket, session, &command).await?;
    }
    let mut ping = interval(limits::PING);
    let mut heard = Instant::now();
    loop {
        tokio::select! {
            message = socket.recv() => {
                heard = Instant::now();
                match message {
                    Some(Ok(Message::Text(text))) => frame(socket, session, text.as_str()).await?,
                    Some(Ok(Message::Binary(_))) => {
                        write(socket, reply::unreadable("send text frames")).await?;
                    }
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(End::Gone),
                }
            }
            // Both conflate: while the client is slow, what waits is the newest and no more.
            update = session.values.changed() => write(socket, update).await?,
            change = session.inbox.changed() => {
                for text in session.inbox.tell(change).await {
                    write(socket, text).await?;
                }
            }
            wake = session.entities.changed() => {
                for text in session.entities.tell(wake).await {
                    write(socket, text).await?;
                }
            }
            update = session.listens.changed() => write(socket, update).await?,
            _ = ping.tick() => {
                if heard.elapsed() >= limits::SILENCE {
                    return Err(End::Refused(Refusal::policy("silent for 30 seconds")));
                }
                // A store that cannot be read for a moment ends nobody's session.
                if matches!(session.who.still_good(&session.api).await, Ok(false)) {
                    return Err(End::Refused(Refusal::policy("the session has ended: sign in again")));
                }
                session.values.guard().await;
                send(socket, Message::Ping(Vec::new().into())).await?;
            }
        }
    }
}

async fn frame(socket: &mut WebSocket, session: &mut Session, text: &str) -> Result<(), End> {
    match Frame::parse(text) {
        Ok(frame) => {
            for command in frame.commands {
                execute(socket, session, &command).await?;
            }
            Ok(())
        }
        Err(wrong) => write(socket, reply::unreadable(&wrong.0)).await,
    }
}

async fn execute(
    socket: &mut WebSocket,
    session: &mut Session,
    command: &Command,
) -> Result<(), End> {
    let replies = if command.id < 0 {
        vec![reply::refused(command.id, "cmdId must not be negative")]
    } else {
        match command.kind.as_str() {
            "TIMESERIES" => session.values.time_series(command).await,
            "ATTRIBUTES" => session.values.attributes(command).await,
            "TIMESERIES_HISTORY" => session.values.history(command).await,
            "NOTIFICATIONS" => session.inbox.subscribe(command).await,
            "NOTIFICATIONS_COUNT" => session.inbox.subscribe_count(command).await,
            "MARK_NOTIFICATIONS_AS_READ" => session.inbox.mark_read(command).await,
            "MARK_ALL_NOTIFICATIONS_AS_READ" => session.inbox.mark_all_read(command).await,
            "NOTIFICATIONS_UNSUBSCRIBE" => session.inbox.unsubscribe(command),
            "ENTITY_DATA" => session.entities.data(command).await,
            "ENTITY_DATA_UNSUBSCRIBE" => session.entities.end_data(command),
            "ENTITY_COUNT_UNSUBSCRIBE"
            | "ALARM_DATA_UNSUBSCRIBE"
            | "ALARM_COUNT_UNSUBSCRIBE"
            | "ALARM_STATUS_UNSUBSCRIBE" => session.entities.end_question(command),
            "LISTEN" => session.listens.begin(command).await,
            "LISTEN_UNSUBSCRIBE" => session.listens.end(command),
            "AUTH" => Vec::new(),
            other => match session.entities.ask(command).await {
                Some(replies) => replies,
                None => vec![reply::refused(
                    command.id,
                    &format!("the command {other} is not supported by this server"),
                )],
            },
        }
    };
    let subscriptions = session.values.count()
        + session.inbox.count()
        + session.entities.count()
        + session.listens.count();
    if subscriptions > limits::MAX_SUBSCRIPTIONS {
        return Err(End::Refused(Refusal::policy("too many subscriptions")));
    }
    for text in replies {
        write(socket, text).await?;
    }
    Ok(())
}

async fn write(socket: &mut WebSocket, text: String) -> Result<(), End> {
    send(socket, Message::Text(text.into())).await
}

async fn send(socket: &mut WebSocket, message: Message) -> Result<(), End> {
    match timeout(limits::WRITE, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(End::Gone),
    }
}
