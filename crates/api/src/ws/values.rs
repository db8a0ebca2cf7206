//! `TIMESERIES`, `ATTRIBUTES` and `TIMESERIES_HISTORY`.

use std::{collections::HashMap, sync::Arc};

use millrace_model::{AttributeScope, EntityId, Millis};
use millrace_platform::{
    Platform, PlatformError, Scope, access,
    telemetry::{HistoryQuery, Inbox, Interest, Interval, Order, Update, Watch},
};

use super::{
    command::{Command, ValuesCommand, WrongCommand},
    reply::{self, Points},
};
use crate::{
    error::ApiError,
    resources::telemetry::read::{limit, points_of},
    state::Api,
};

/// The value subscriptions of one client. Their updates share one inbox, which conflates.
pub(super) struct Values {
    api: Api,
    scope: Scope,
    inbox: Inbox,
    watches: HashMap<i64, (EntityId, Watch)>,
}

/// Where a subscription reads before it waits.
type Begin = Result<(Watch, Points), ApiError>;

impl Values {
    pub(super) fn new(api: Api, scope: Scope) -> Self {
        Self {
            api,
            scope,
            inbox: Inbox::new(),
            watches: HashMap::new(),
        }
    }

    pub(super) fn count(&self) -> usize {
        self.watches.len()
    }

    pub(super) async fn time_series(&mut self, command: &Command) -> Vec<String> {
        let wanted = match Wanted::of(command) {
            Ok(Some(wanted)) => wanted,
            Ok(None) => return self.end(command.id),
            Err(wrong) => return vec![reply::refused(command.id, &wrong.0)],
        };
        let entity = wanted.entity;
        let (scope, inbox, tag) = (self.scope, self.inbox.clone(), tag(command.id));
        let begun = self.api.run(move |platform| {
            wanted.check(platform, &scope)?;
            let set = wanted
                .keys
                .as_ref()
                .map(|keys| keys.iter().cloned().collect());
            let (interest, range) = if wanted.members.time_window > 0 {
                let start = wanted.members.start_ts;
                let end = start.saturating_add(wanted.members.time_window);
                (Interest::Points { keys: set }, Some((start, end)))
            } else {
                (Interest::Latest { keys: set }, None)
            };
            // Watched first and read then: a change in between comes twice rather than never.
            let watch =
                platform
                    .telemetry
                    .watch(&inbox, tag, scope.tenant, wanted.entity, interest);
            let points = match range {
                Some((start, end)) => wanted.points(platform, &scope, start, end)?,
                None => wanted.latest(platform, &scope)?,
            };
            Ok((watch, points))
        });
        let begun = begun.await;
        self.begin(command.id, entity, begun)
    }

    pub(super) async fn attributes(&mut self, command: &Command) -> Vec<String> {
        let wanted = match Wanted::of(command) {
            Ok(Some(wanted)) => wanted,
            Ok(None) => return self.end(command.id),
            Err(wrong) => return vec![reply::refused(command.id, &wrong.0)],
        };
        let of = match wanted.attribute_scope() {
            Ok(of) => of,
            Err(wrong) => return vec![reply::refused(command.id, &wrong.0)],
        };
        let entity = wanted.entity;
        let (scope, inbox, tag) = (self.scope, self.inbox.clone(), tag(command.id));
        let begun = self.api.run(move |platform| {
            wanted.check(platform, &scope)?;
            let interest = Interest::Attributes {
                scope: of,
                keys: wanted
                    .keys
                    .as_ref()
                    .map(|keys| keys.iter().cloned().collect()),
            };
            let watch =
                platform
                    .telemetry
                    .watch(&inbox, tag, scope.tenant, wanted.entity, interest);
            let mut points = Points::default();
            let keys = wanted.keys.as_deref();
            for attribute in platform
                .telemetry
                .attributes(&scope, wanted.entity, of, keys)?
            {
                let text = attribute.value.to_string();
                points.push(&attribute.key, attribute.last_update_ts, text);
            }
            Ok((watch, points))
        });
        let begun = begun.await;
        self.begin(command.id, entity, begun)
    }

    pub(super) async fn history(&mut self, command: &Command) -> Vec<String> {
        let wanted = match Wanted::of(command) {
            Ok(Some(wanted)) => wanted,
            Ok(None) => return Vec::new(),
            Err(wrong) => return vec![reply::refused(command.id, &wrong.0)],
        };
        let scope = self.scope;
        let read = self.api.run(move |platform| {
            wanted.check(platform, &scope)?;
            let (start, end) = (wanted.members.start_ts, wanted.members.end_ts);
            wanted.points(platform, &scope, start, end)
        });
        vec![match read.await {
            Ok(points) => points.reply(command.id),
            Err(error) => reply::failed(command.id, &error),
        }]
    }

    fn begin(&mut self, id: i64, entity: EntityId, begun: Begin) -> Vec<String> {
        vec![match begun {
            Ok((watch, points)) => {
                self.watches.insert(id, (entity, watch));
                points.reply(id)
            }
            Err(error) => reply::failed(id, &error),
        }]
    }

    fn end(&mut self, id: i64) -> Vec<String> {
        self.watches.remove(&id);
        Vec::new()
    }

    /// Ends what the caller may not see any more: entities of a customer's people may have gone to
    /// somebody else.
    pub(super) async fn guard(&mut self) {
        if self.scope.customer.is_none() || self.watches.is_empty() {
            return;
        }
        let scope = self.scope;
        let watched: Vec<(i64, EntityId)> = self
            .watches
            .iter()
            .map(|(id, (entity, _))| (*id, *entity))
            .collect();
        let lost = self.api.run(move |platform| {
            let store = platform.records.store();
            let mut lost = Vec::new();
            for (id, entity) in watched {
                match access::require_readable(store, &scope, entity) {
                    Ok(()) => {}
                    Err(PlatformError::NotFound { .. } | PlatformError::Denied(_)) => lost.push(id),
                    Err(error) => return Err(error),
                }
            }
            Ok(lost)
        });
        // A store that cannot be read for a moment ends no subscription.
        for id in lost.await.unwrap_or_default() {
            self.watches.remove(&id);
        }
    }

    /// Waits for the next frame to write. Dropping the future loses nothing.
    pub(super) async fn changed(&self) -> String {
        loop {
            let update = self.inbox.recv().await;
            let id = i64::try_from(update.tag).unwrap_or_default();
            // What was on its way when the subscription ended is nobody's any more.
            if self.watches.contains_key(&id) {
                return told(&update).reply(id);
            }
        }
    }
}

/// Subscriptions are told apart by their `cmdId`, which is never negative here.
fn tag(id: i64) -> u64 {
    u64::try_from(id).unwrap_or_default()
}

fn told(update: &Update) -> Points {
    let mut points = Points::default();
    for (key, value) in &update.values {
        match value {
            Some(point) => points.push(key, point.ts, point.value.to_string()),
            None => points.push_deleted(key),
        }
    }
    for (_, key, value) in &update.attributes {
        match value {
            Some(point) => points.push(key, point.ts, point.value.to_string()),
            None => points.push_deleted(key),
        }
    }
    points
}

/// A command that was read and is to be begun.
struct Wanted {
    entity: EntityId,
    keys: Option<Vec<Arc<str>>>,
    members: ValuesCommand,
}

impl Wanted {
    /// `None` when the command ends a subscription.
    fn of(command: &Command) -> Result<Option<Self>, WrongCommand> {
        let members: ValuesCommand = command.read()?;
        if members.unsubscribe {
            return Ok(None);
        }
        let keys = members.keys();
        Ok(Some(Self {
            entity: members.entity()?,
            keys: keys.map(|keys| keys.into_iter().map(Arc::from).collect()),
            members,
        }))
    }

    fn check(&self, platform: &Platform, scope: &Scope) -> Result<(), PlatformError> {
        access::require_readable(platform.records.store(), scope, self.entity)
    }

    fn attribute_scope(&self) -> Result<Option<AttributeScope>, WrongCommand> {
        match self.members.scope.as_deref() {
            None | Some("" | "ANY_SCOPE") => Ok(None),
            Some(text) => {
                text.parse()
                    .map(Some)
                    .map_err(|error: millrace_model::telemetry::UnknownScope| {
                        WrongCommand(error.to_string())
                    })
            }
        }
    }

    fn latest(&self, platform: &Platform, scope: &Scope) -> Result<Points, PlatformError> {
        let mut points = Points::default();
        let keys = self.keys.as_deref();
        for (key, value) in platform.telemetry.latest(scope, self.entity, keys)? {
            points.push(&key, value.ts, value.value.to_string());
        }
        Ok(points)
    }

    fn points(
        &self,
        platform: &Platform,
        scope: &Scope,
        start: Millis,
        end: Millis,
    ) -> Result<Points, PlatformError> {
        let query = HistoryQuery {
            start,
            end,
            aggregation: self.members.agg.unwrap_or_default(),
            interval: Interval::Millis(self.members.interval),
            limit: limit(Some(self.members.limit)),
            order: Order::Desc,
        };
        let mut points = Points::default();
        for (key, values) in points_of(platform, scope, self.entity, self.keys.as_deref(), &query)?
        {
            for value in values {
                points.push(&key, value.ts, value.value.to_string());
            }
        }
        Ok(points)
    }
}
