//! `NOTIFICATIONS`, `NOTIFICATIONS_COUNT` and marking as read.

use std::collections::HashMap;

use millrace_model::{id::NotificationId, notification::Notification};
use millrace_platform::{
    Scope,
    notifications::{FeedReceiver, FeedUpdate, UnreadView},
};
use serde_json::{Value as Json, json};
use tokio::sync::broadcast::error::RecvError;

use super::{
    command::{Command, MarkReadCommand, NotificationsCommand},
    reply,
};
use crate::{error::ApiError, state::Api};

/// Rows of a list when the command names no number.
const DEFAULT_ROWS: u32 = 10;

/// What a subscription is told.
#[derive(Debug, Clone, Copy)]
enum View {
    /// The newest unread rows and their number in all.
    Rows(u32),
    /// The number alone.
    Count,
}

/// The notification subscriptions of one client.
pub(super) struct Inbox {
    api: Api,
    scope: Scope,
    views: HashMap<i64, View>,
    feed: Option<FeedReceiver>,
}

impl Inbox {
    pub(super) fn new(api: Api, scope: Scope) -> Self {
        Self {
            api,
            scope,
            views: HashMap::new(),
            feed: None,
        }
    }

    pub(super) fn count(&self) -> usize {
        self.views.len()
    }

    pub(super) async fn subscribe(&mut self, command: &Command) -> Vec<String> {
        let rows = match command.read::<NotificationsCommand>() {
            Ok(wanted) if wanted.limit == 0 => DEFAULT_ROWS,
            Ok(wanted) => wanted.limit,
            Err(wrong) => return vec![reply::refused(command.id, &wrong.0)],
        };
        self.begin(command.id, View::Rows(rows)).await
    }

    pub(super) async fn subscribe_count(&mut self, command: &Command) -> Vec<String> {
        self.begin(command.id, View::Count).await
    }

    pub(super) fn unsubscribe(&mut self, command: &Command) -> Vec<String> {
        self.views.remove(&command.id);
        if self.views.is_empty() {
            self.feed = None;
        }
        Vec::new()
    }

    pub(super) async fn mark_read(&mut self, command: &Command) -> Vec<String> {
        let ids = match command.read::<MarkReadCommand>() {
            Ok(wanted) => wanted.notifications,
            Err(wrong) => return vec![reply::refused(command.id, &wrong.0)],
        };
        let scope = self.scope;
        let marked = self.api.run(move |platform| {
            for id in ids {
                platform
                    .notifications
                    .mark_read(&scope, NotificationId(id))?;
            }
            Ok(())
        });
        refusal(command.id, marked.await)
    }

    pub(super) async fn mark_all_read(&mut self, command: &Command) -> Vec<String> {
        let scope = self.scope;
        let marked = self
            .api
            .run(move |platform| platform.notifications.mark_all_read(&scope));
        refusal(command.id, marked.await)
    }

    async fn begin(&mut self, id: i64, view: View) -> Vec<String> {
        if self.feed.is_none() {
            // Subscribed before the first read, so that nothing falls in between.
            match self.api.platform.notifications.subscribe(&self.scope) {
                Ok(feed) => self.feed = Some(feed),
                Err(error) => return vec![reply::failed(id, &error.into())],
            }
        }
        self.views.insert(id, view);
        match self.read(view).await {
            Ok(now) => vec![whole(id, view, &now)],
            Err(error) => vec![reply::failed(id, &error)],
        }
    }

    async fn read(&self, view: View) -> Result<UnreadView, ApiError> {
        let scope = self.scope;
        let rows = match view {
            View::Rows(rows) => rows,
            View::Count => 1,
        };
        self.api
            .run(move |platform| platform.notifications.unread(&scope, rows))
            .await
    }

    /// Waits for the next change; never comes while nothing is subscribed. Dropping the future
    /// loses nothing.
    pub(super) async fn changed(&mut self) -> Option<FeedUpdate> {
        match &mut self.feed {
            None => std::future::pending().await,
            Some(feed) => match feed.recv().await {
                Ok(update) => Some(update),
                // Too far behind, or the feed was made anew: the whole view is read again.
                Err(RecvError::Lagged(_)) => None,
                Err(RecvError::Closed) => {
                    self.feed = self.api.platform.notifications.subscribe(&self.scope).ok();
                    None
                }
            },
        }
    }

    /// The frames that tell of a change.
    pub(super) async fn tell(&self, change: Option<FeedUpdate>) -> Vec<String> {
        let mut frames = Vec::with_capacity(self.views.len());
        for (id, view) in &self.views {
            let new_row = change
                .as_ref()
                .and_then(|change| Some((change, change.notification.as_ref()?)));
            let frame = match (view, &change, new_row) {
                (View::Count, Some(change), _) => count(*id, change.unread, change.sequence),
                (View::Rows(_), _, Some((change, row))) => one(*id, row, change),
                _ => match self.read(*view).await {
                    Ok(now) => whole(*id, *view, &now),
                    Err(error) => reply::failed(*id, &error),
                },
            };
            frames.push(frame);
        }
        frames
    }
}

fn refusal(id: i64, result: Result<(), ApiError>) -> Vec<String> {
    result
        .err()
        .map(|error| reply::failed(id, &error))
        .into_iter()
        .collect()
}

fn whole(id: i64, view: View, now: &UnreadView) -> String {
    match view {
        View::Rows(_) => frame(
            id,
            json!(now.notifications),
            Json::Null,
            now.total,
            now.sequence,
        ),
        View::Count => count(id, now.total, now.sequence),
    }
}

fn one(id: i64, row: &Notification, change: &FeedUpdate) -> String {
    frame(id, Json::Null, json!(row), change.unread, change.sequence)
}

fn frame(id: i64, rows: Json, row: Json, unread: u64, sequence: u64) -> String {
    json!({
        "cmdId": id,
        "errorCode": 0,
        "errorMsg": null,
        "notifications": rows,
        "update": row,
        "totalUnreadCount": unread,
        "sequenceNumber": sequence,
        "cmdUpdateType": "NOTIFICATIONS",
    })
    .to_string()
}

fn count(id: i64, unread: u64, sequence: u64) -> String {
    json!({
        "cmdId": id,
        "errorCode": 0,
        "errorMsg": null,
        "totalUnreadCount": unread,
        "sequenceNumber": sequence,
        "cmdUpdateType": "NOTIFICATIONS_COUNT",
    })
    .to_string()
}
