//! `ENTITY_DATA`, `ENTITY_COUNT` and alarms: entities of a query, what it shows of them, and what
//! becomes of both.
//!
//! A subscription watches the entities of its page. One that is dynamic, and every one of a
//! customer's person, is asked again when entities of the tenant change: a device that is no
//! longer theirs goes silent.

mod aggregates;
mod command;
mod frame;
mod question;
mod read;

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use millrace_model::EntityId;
use millrace_platform::{
    Scope,
    queries::{EntityDataQuery, EntityKey},
    telemetry::{Inbox, Update, Watch},
};
use tokio::sync::watch;

use self::{
    command::{DataCommand, DataParts},
    frame::Changes,
    question::Question,
    read::{Begun, Kind, TAGS},
};
use super::{command::Command, reply};
use crate::{error::ApiError, state::Api};

/// Most entities one subscription follows.
const ENTITIES_MAX: i32 = 10_000;
/// Most watched values of one client, an entity counting once for each kind of value.
const WATCHES_MAX: usize = 50_000;
/// How long after a change queries are asked again: many changes in a row are one.
const SETTLE: Duration = Duration::from_millis(300);
/// How often queries with conditions on values are asked again.
const CONDITIONS: Duration = Duration::from_secs(5);
/// Asking again takes at most this part of the time.
const RESTRAINT: u32 = 10;
/// Updates that go into one frame.
const BATCH: usize = 1_000;

/// The entity subscriptions of one client.
pub(super) struct Entities {
    api: Api,
    scope: Scope,
    inbox: Inbox,
    views: HashMap<i64, View>,
    asked: HashMap<i64, Asked>,
    /// `cmdId` by the base of its tags.
    bases: HashMap<u64, i64>,
    next_base: u64,
    stir: Option<watch::Receiver<u64>>,
    /// When queries are asked again.
    due: Option<Instant>,
    /// Not before then.
    rested: Instant,
}

/// A subscription to entities.
struct View {
    query: EntityDataQuery,
    parts: DataParts,
    entities: Vec<EntityId>,
    base: u64,
    watches: Vec<Watch>,
}

struct Asked {
    question: Question,
    /// The frame that was sent last.
    last: String,
}

/// Why the client is to be told something.
pub(super) enum Wake {
    Value(Box<Update>),
    Stirred,
    Due,
}

impl Entities {
    pub(super) fn new(api: Api, scope: Scope) -> Self {
        Self {
            api,
            scope,
            inbox: Inbox::new(),
            views: HashMap::new(),
            asked: HashMap::new(),
            bases: HashMap::new(),
            next_base: 0,
            stir: None,
            due: None,
            rested: Instant::now(),
        }
    }

    pub(super) fn count(&self) -> usize {
        self.views.len() + self.asked.len()
    }

    /// `ENTITY_DATA`: begins a query, or gives a running one other data commands.
    pub(super) async fn data(&mut self, command: &Command) -> Vec<String> {
        let wanted: DataCommand = match command.read_deep() {
            Ok(wanted) => wanted,
            Err(wrong) => return vec![reply::refused(command.id, &wrong.0)],
        };
        let DataCommand { query, parts } = wanted;
        let outcome = match query {
            Some(query) => self.begin(command.id, query, parts).await,
            None => self.go_on(command.id, parts).await,
        };
        vec![outcome.unwrap_or_else(|error| reply::failed(command.id, &error))]
    }

    async fn begin(
        &mut self,
        id: i64,
        query: serde_json::Value,
        parts: DataParts,
    ) -> Result<String, ApiError> {
        let mut query = EntityDataQuery::parse(query)?;
        query.page_link.page_size = query.page_link.page_size.min(ENTITIES_MAX);
        self.end_data_of(id);
        let begun = self.read(&query, &parts).await?;
        let frame = frame::whole(id, &begun);
        self.follow(query.page_link.dynamic || !query.key_filters.is_empty());
        self.keep(id, query, parts, begun);
        self.plan(CONDITIONS);
        Ok(frame)
    }

    fn keep(&mut self, id: i64, query: EntityDataQuery, parts: DataParts, begun: Begun) {
        self.bases.insert(begun.base, id);
        let view = View {
            query,
            parts,
            entities: begun.page.data.iter().map(|row| row.entity_id).collect(),
            base: begun.base,
            watches: begun.watches,
        };
        if let Some(before) = self.views.insert(id, view) {
            self.bases.remove(&before.base);
        }
    }

    /// Finds the entities of a query, watches them, and reads what is asked of them.
    async fn read(
        &mut self,
        query: &EntityDataQuery,
        parts: &DataParts,
    ) -> Result<Begun, ApiError> {
        let base = self.next_base;
        self.next_base += TAGS;
        let room = WATCHES_MAX.saturating_sub(self.watched());
        let (scope, inbox) = (self.scope, self.inbox.clone());
        let (query, parts) = (query.clone(), parts.clone());
        self.api
            .run(move |platform| {
                let place = read::Place { inbox, base, room };
                read::begin(platform, &scope, &query, &parts, place)
            })
            .await
    }

    /// Other data commands for the entities of a running query.
    async fn go_on(&mut self, id: i64, parts: DataParts) -> Result<String, ApiError> {
        let Some(view) = self.views.get_mut(&id) else {
            return Err(ApiError::bad_request(
                "query is required: there is no subscription with this cmdId",
            ));
        };
        let merged = view.parts.clone().with(parts.clone());
        let (scope, inbox) = (self.scope, self.inbox.clone());
        let entities = view.entities.clone();
        // The old watches end first: their places count for the new ones.
        view.watches.clear();
        self.bases.remove(&view.base);
        let base = self.next_base;
        self.next_base += TAGS;
        view.base = base;
        view.parts = merged.clone();
        self.bases.insert(base, id);
        let room = WATCHES_MAX.saturating_sub(self.watched());
        let begun = self.api.run(move |platform| {
            let place = read::Place { inbox, base, room };
            read::again(platform, &scope, &entities, &merged, &parts, place)
        });
        let (watches, rows) = begun.await?;
        if let Some(view) = self.views.get_mut(&id) {
            view.watches = watches;
        }
        Ok(frame::update(id, &rows))
    }

    /// `ENTITY_COUNT`, `ALARM_DATA`, `ALARM_COUNT` and `ALARM_STATUS`; `None` for other commands.
    pub(super) async fn ask(&mut self, command: &Command) -> Option<Vec<String>> {
        let id = command.id;
        let question = Question::read(&command.kind, command.members_deep())?;
        let answered = async {
            let question = question?;
            self.follow(true);
            let last = self.answer(id, &question).await?;
            let told = last.clone();
            self.asked.insert(id, Asked { question, last });
            self.plan(CONDITIONS);
            Ok(told)
        };
        let answered = answered.await;
        Some(vec![
            answered.unwrap_or_else(|error: ApiError| reply::failed(id, &error)),
        ])
    }

    async fn answer(&self, id: i64, question: &Question) -> Result<String, ApiError> {
        let (scope, question) = (self.scope, question.clone());
        self.api
            .run(move |platform| question.answer(platform, &scope, id))
            .await
    }

    pub(super) fn end_data(&mut self, command: &Command) -> Vec<String> {
        self.end_data_of(command.id);
        Vec::new()
    }

    fn end_data_of(&mut self, id: i64) {
        if let Some(view) = self.views.remove(&id) {
            self.bases.remove(&view.base);
        }
        self.rest_if_idle();
    }

    pub(super) fn end_question(&mut self, command: &Command) -> Vec<String> {
        self.asked.remove(&command.id);
        self.rest_if_idle();
        Vec::new()
    }

    fn rest_if_idle(&mut self) {
        if self.views.is_empty() && self.asked.is_empty() {
            self.stir = None;
            self.due = None;
        }
    }

    fn watched(&self) -> usize {
        self.views.values().map(|view| view.watches.len()).sum()
    }

    /// Listens for changes of entities, if anything needs it.
    fn follow(&mut self, needed: bool) {
        if self.stir.is_none() && (needed || self.scope.customer.is_some()) {
            let stir = self.api.platform.queries.stir();
            self.stir = Some(stir.listen(self.scope.tenant));
        }
    }

    /// Asks again after `wait`, or earlier when that is planned.
    fn plan(&mut self, wait: Duration) {
        if wait == CONDITIONS && !self.has_conditions() {
            return;
        }
        let at = (Instant::now() + wait).max(self.rested);
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }

    fn has_conditions(&self) -> bool {
        let of_view =
            |view: &View| view.query.page_link.dynamic && !view.query.key_filters.is_empty();
        self.views.values().any(of_view)
            || self
                .asked
                .values()
                .any(|asked| asked.question.has_conditions())
    }

    /// Waits until the client is to be told something. Dropping the future loses nothing.
    pub(super) async fn changed(&mut self) -> Wake {
        let stirred = async {
            if let Some(stir) = &mut self.stir
                && stir.changed().await.is_ok()
            {
                return;
            }
            std::future::pending::<()>().await;
        };
        let due = async {
            match self.due {
                Some(due) => tokio::time::sleep_until(due.into()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            update = self.inbox.recv() => Wake::Value(Box::new(update)),
            () = stirred => Wake::Stirred,
            () = due => Wake::Due,
        }
    }

    /// The frames that tell it.
    pub(super) async fn tell(&mut self, wake: Wake) -> Vec<String> {
        match wake {
            Wake::Value(first) => self.values(*first),
            Wake::Stirred => {
                self.plan(SETTLE);
                Vec::new()
            }
            Wake::Due => {
                self.due = None;
                let began = Instant::now();
                let frames = self.again().await;
                self.rested = Instant::now() + began.elapsed() * RESTRAINT;
                self.plan(CONDITIONS);
                frames
            }
        }
    }

    /// Everything that waits, one frame for a subscription.
    fn values(&self, first: Update) -> Vec<String> {
        let mut frames: HashMap<i64, Changes> = HashMap::new();
        let mut next = Some(first);
        let mut taken = 0;
        while let Some(update) = next {
            let kind = Kind::of_tag(update.tag);
            if let Some(id) = self.bases.get(&(update.tag - update.tag % TAGS)) {
                frames.entry(*id).or_default().add(kind, &update);
            }
            taken += 1;
            next = if taken < BATCH {
                self.inbox.try_recv()
            } else {
                None
            };
        }
        frames
            .into_iter()
            .map(|(id, changes)| frame::update(id, &changes.rows()))
            .collect()
    }

    /// Asks the queries again that may have another answer now.
    async fn again(&mut self) -> Vec<String> {
        let mut frames = Vec::new();
        let asked: Vec<_> = self
            .asked
            .iter()
            .map(|(id, asked)| (*id, asked.question.clone()))
            .collect();
        for (id, question) in asked {
            // A store that cannot be read for a moment ends no subscription.
            let Ok(now) = self.answer(id, &question).await else {
                continue;
            };
            if let Some(asked) = self.asked.get_mut(&id)
                && asked.last != now
            {
                asked.last.clone_from(&now);
                frames.push(now);
            }
        }
        let is_guarded = self.scope.customer.is_some();
        let viewed: Vec<_> = self
            .views
            .iter()
            .filter(|(_, view)| view.query.page_link.dynamic || is_guarded)
            .map(|(id, view)| (*id, view.query.clone()))
            .collect();
        for (id, query) in viewed {
            frames.extend(self.look_again(id, query).await);
        }
        frames
    }

    async fn look_again(&mut self, id: i64, query: EntityDataQuery) -> Option<String> {
        let (scope, asked) = (self.scope, query.clone());
        let found = self
            .api
            .run(move |platform| platform.queries.find_ids(&scope, &asked));
        let now = found.await.ok()?.data;
        let view = self.views.get_mut(&id)?;
        if view.entities == now {
            return None;
        }
        view.watches.clear();
        let parts = view.parts.clone();
        match self.read(&query, &parts).await {
            Ok(begun) => {
                let frame = frame::whole(id, &begun);
                self.keep(id, query, parts, begun);
                Some(frame)
            }
            Err(error) => {
                self.end_data_of(id);
                Some(reply::failed(id, &error))
            }
        }
    }
}

/// The keys a subscription shows, each once.
fn shown_keys(query: &EntityDataQuery, parts: &DataParts) -> Vec<EntityKey> {
    let mut keys = query.entity_fields.clone();
    let latest = parts.latest.iter().flat_map(|latest| &latest.keys);
    for key in query.latest_values.iter().chain(latest) {
        if !keys.contains(key) {
            keys.push(key.clone());
        }
    }
    keys
}
