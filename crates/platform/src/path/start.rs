//! The path as one thing: its parts, its start and its stop.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock, atomic::Ordering},
    thread::JoinHandle,
    time::Duration,
};

use arc_swap::ArcSwap;
use millrace_store::{
    Entities, Journal,
    journal::{Append, OutRecord, Seq},
    running::RunningMarks,
};
use parking_lot::Mutex;
use uuid::Uuid;

use super::{
    budget::Budget,
    delivery::{Accepted, Branch, Cause, Returns},
    janitor,
    lane::{Lanes, Work},
    outstanding::Outstanding,
    owed::{self, Owed},
    recovery::Recovered,
    runtime::IntegrationRuntime,
    seen::Seen,
    session::SessionMirror,
    ticker,
};
use crate::{
    PlatformError, Result,
    calls::Calls,
    changes::Changes,
    events::EventRecorder,
    notifications::Notifications,
    provisioning::{Provisioning, ProvisioningWorker},
    rules::{ChainRegistry, Directory},
    telemetry::Telemetry,
};

/// Messages that are converted in one go.
const LARGEST_PIECE: usize = 256;

/// Messages of an earlier process that are started together.
const RECOVERED_PIECE: usize = 64;

/// Bounds and rhythm of the path.
#[derive(Debug, Clone)]
pub struct PathOptions {
    /// Lanes; about the number of cores.
    pub lanes: usize,
    /// Bytes of accepted, unfinished messages.
    pub unfinished_bytes: usize,
    /// Bytes that may wait for a journal commit.
    pub journal_pending_bytes: usize,
    /// Journal bytes kept for replay of real messages.
    pub keep_journal_bytes: u64,
    /// Journal growth that makes a trim worth it.
    pub trim_bytes: u64,
    /// Starts of one message before it is set aside.
    pub max_starts: u32,
    /// Silence after which a device counts as inactive, in milliseconds.
    pub inactivity_ms: i64,
    /// How often silent devices are looked for and last activity is stored.
    pub activity_interval: Duration,
    /// How long a message may wait in a rule node before the node is named.
    pub node_patience: Duration,
}

impl Default for PathOptions {
    fn default() -> Self {
        Self {
            lanes: std::thread::available_parallelism().map_or(2, usize::from),
            unfinished_bytes: 8 << 20,
            journal_pending_bytes: 8 << 20,
            keep_journal_bytes: 64 << 20,
            trim_bytes: 32 << 20,
            max_starts: 3,
            inactivity_ms: 600_000,
            activity_interval: Duration::from_secs(60),
            node_patience: Duration::from_secs(10),
        }
    }
}

/// What the path is made of.
pub struct PathParts {
    /// The journal.
    pub journal: Arc<dyn Journal>,
    /// Telemetry and attributes.
    pub telemetry: Arc<Telemetry>,
    /// Entities.
    pub entities: Arc<dyn Entities>,
    /// Chains in force.
    pub chains: Arc<ChainRegistry>,
    /// What nodes look up.
    pub directory: Arc<Directory>,
    /// Debug events.
    pub recorder: Arc<EventRecorder>,
    /// Messages for people.
    pub notifications: Arc<Notifications>,
    /// "This entity was saved".
    pub changes: Changes,
    /// What each lane has in hand.
    pub running: RunningMarks,
    /// Where waiting nodes run.
    pub runtime: tokio::runtime::Handle,
}

/// The message path of one node.
pub struct Path {
    parts: PathParts,
    options: PathOptions,
    lanes: Lanes,
    budget: Budget,
    outstanding: Outstanding,
    returns: Arc<Returns>,
    provisioning: Provisioning,
    owed: Arc<Owed>,
    calls: OnceLock<Arc<Calls>>,
    seen: Seen,
    integrations: ArcSwap<HashMap<Uuid, Arc<IntegrationRuntime>>>,
    sessions: Mutex<HashMap<Uuid, Arc<Mutex<SessionMirror>>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    janitor: janitor::Signal,
}

impl Path {
    /// A path that does nothing yet.
    #[must_use]
    pub fn new(parts: PathParts, options: PathOptions) -> Arc<Self> {
        Arc::new(Self {
            lanes: Lanes::new(options.lanes),
            budget: Budget::new(options.unfinished_bytes),
            outstanding: Outstanding::default(),
            returns: Arc::default(),
            provisioning: Provisioning::default(),
            owed: Arc::default(),
            calls: OnceLock::new(),
            seen: Seen::new(Arc::clone(&parts.recorder)),
            integrations: ArcSwap::default(),
            sessions: Mutex::default(),
            threads: Mutex::default(),
            janitor: janitor::Signal::default(),
            parts,
            options,
        })
    }

    /// Starts lanes, provisioning and janitor. Integrations and chains are in force by then, so
    /// that messages found in the journal meet what they need.
    ///
    /// `in_hand` are the messages that lanes had in hand when the last process died.
    ///
    /// # Errors
    /// When the system gives no thread, or the journal cannot be written.
    pub fn start(self: &Arc<Self>, recovered: Recovered, in_hand: &[Seq]) -> Result<()> {
        let no_thread = |error: std::io::Error| {
            PlatformError::Internal(format!("no thread can be started: {error}"))
        };
        let mut threads = self.lanes.run(self).map_err(no_thread)?;
        let worker = ProvisioningWorker::new(Arc::clone(self));
        threads.push(
            std::thread::Builder::new()
                .name("provisioning".to_owned())
                .spawn(move || worker.run())
                .map_err(no_thread)?,
        );
        threads.push(janitor::run(Arc::clone(self)).map_err(no_thread)?);
        self.threads.lock().extend(threads);
        self.parts
            .runtime
            .spawn(owed::run(Arc::downgrade(self), Arc::clone(&self.owed)));
        self.run_again(recovered, in_hand)?;
        self.parts.runtime.spawn(ticker::run(
            Arc::downgrade(self),
            Arc::clone(&self.parts.chains),
        ));
        Ok(())
    }

    /// Puts messages of an earlier process back on their way. Those that lanes had in hand when it
    /// died are counted; a message that was there too often is set aside.
    fn run_again(&self, recovered: Recovered, in_hand: &[Seq]) -> millrace_store::Result<()> {
        let mut batches: Vec<Vec<Arc<Accepted>>> = vec![Vec::new(); self.lanes.count()];
        let (mut blamed, mut set_aside) = (Vec::new(), Vec::new());
        let count = recovered.undone.len();
        for accepted in recovered.undone {
            self.budget.take(accepted.bytes());
            self.outstanding.add(accepted.seq, 1);
            let mut starts = accepted.starts.load(Ordering::Relaxed);
            if in_hand.contains(&accepted.seq) {
                starts = accepted.starts.fetch_add(1, Ordering::Relaxed) + 1;
                blamed.push(OutRecord::Started(accepted.seq));
            }
            if starts >= self.options.max_starts {
                set_aside.push(accepted);
            } else if let Some(batch) = batches.get_mut(self.lanes.of_topic(&accepted.record.topic))
            {
                batch.push(accepted);
            }
        }
        if !blamed.is_empty() {
            self.parts.journal.append(Append {
                outs: blamed,
                ..Append::default()
            });
            // On disk before any of them runs again.
            self.parts.journal.sync()?;
        }
        for accepted in &set_aside {
            self.set_aside(accepted);
        }
        for (lane, batch) in batches.into_iter().enumerate() {
            for piece in batch.chunks(RECOVERED_PIECE) {
                self.lanes.send(lane, Work::Convert(piece.to_vec()));
            }
        }
        if count > 0 {
            tracing::info!(messages = count, "messages of the last run go on");
        }
        Ok(())
    }

    /// Messages of a link that are in the journal or on their way there.
    pub(super) fn run_uplinks(&self, first: Seq, messages: Vec<Arc<Accepted>>) {
        self.outstanding.add(first, messages.len());
        metrics::counter!("millrace_uplink_messages_total").increment(messages.len() as u64);
        let mut batches: Vec<Vec<Arc<Accepted>>> =
            (0..self.lanes.count()).map(|_| Vec::new()).collect();
        for accepted in messages {
            let lane = self.lanes.of_topic(&accepted.record.topic);
            if let Some(batch) = batches.get_mut(lane) {
                batch.push(accepted);
                // A lane looks for commands between two pieces.
                if batch.len() >= LARGEST_PIECE {
                    self.lanes.send(lane, Work::Convert(std::mem::take(batch)));
                }
            }
        }
        for (lane, batch) in batches
            .into_iter()
            .enumerate()
            .filter(|(_, batch)| !batch.is_empty())
        {
            self.lanes.send(lane, Work::Convert(batch));
        }
    }

    /// Runs messages whose last run broke off again, or sets them aside.
    pub(super) fn handle_returns(&self) {
        for cause in self.returns.take() {
            let accepted = match cause {
                Cause::Uplink(accepted) => accepted,
                Cause::Owed(id) => {
                    owed::returned(self, id);
                    continue;
                }
            };
            if accepted.starts.load(Ordering::Relaxed) >= self.options.max_starts {
                self.set_aside(&accepted);
            } else {
                self.parts.journal.append(Append {
                    outs: vec![OutRecord::Started(accepted.seq)],
                    ..Append::default()
                });
                let lane = self.lanes.of_topic(&accepted.record.topic);
                self.lanes.send(lane, Work::Convert(vec![accepted]));
            }
        }
    }

    fn set_aside(&self, accepted: &Arc<Accepted>) {
        let source = accepted.record.source;
        self.parts.journal.append(Append {
            outs: vec![OutRecord::SetAside(accepted.seq)],
            ..Append::default()
        });
        self.seen.set_aside(
            source.tenant,
            millrace_model::id::IntegrationId(source.integration).into(),
            accepted,
        );
        metrics::counter!("millrace_uplink_set_aside_total").increment(1);
        self.ended(accepted);
    }

    fn ended(&self, accepted: &Accepted) {
        self.outstanding.done(&[accepted.seq]);
        self.budget.release(accepted.bytes());
    }

    /// A lane takes a message of an earlier process in hand (0 = none): it may be the one that
    /// ended that process.
    pub(super) fn note_in_hand(&self, lane: usize, seq: Seq) {
        self.parts.running.set(lane, seq);
    }

    /// The first branch of a run.
    pub(super) fn start_run(&self, accepted: &Arc<Accepted>) -> Branch {
        Branch::start(Arc::clone(accepted), Arc::clone(&self.returns))
    }

    /// The first branch of a run for something owed.
    pub(super) fn start_owed(&self, id: Uuid) -> Branch {
        Branch::start_owed(id, Arc::clone(&self.returns))
    }

    /// Notes outside a lane that something in a message was refused, for those who look at
    /// captured messages.
    pub(crate) fn note_failed(&self, seq: Seq) {
        self.parts.journal.append(Append {
            outs: vec![OutRecord::Failed(seq)],
            ..Append::default()
        });
    }

    /// Ends a branch outside a lane.
    pub(crate) fn finish_now(&self, branch: Branch) {
        match branch.finish() {
            Some(Cause::Uplink(accepted)) => {
                self.parts.journal.append(Append {
                    outs: vec![OutRecord::Done(accepted.seq)],
                    ..Append::default()
                });
                self.ended(&accepted);
            }
            Some(Cause::Owed(id)) => self.settle_now(id),
            None => {}
        }
    }

    /// What is owed.
    #[must_use]
    pub fn owed(&self) -> &Arc<Owed> {
        &self.owed
    }

    /// Settles a debt outside a lane.
    pub fn settle_now(&self, id: Uuid) {
        self.owed.settle(&[id], |outs| {
            if !outs.is_empty() {
                self.parts.journal.append(Append {
                    outs,
                    ..Append::default()
                });
            }
        });
    }

    /// Where commands to devices are sent from now on. Set once, at the start.
    pub fn set_calls(&self, calls: Arc<Calls>) {
        let _ = self.calls.set(calls);
    }

    /// A device is gone, and with it what was called for it.
    pub fn device_deleted(&self, device: millrace_model::EntityId) {
        if let Some(calls) = self.calls.get() {
            calls.device_deleted(device);
        }
    }

    /// Commands to devices.
    pub(super) fn calls(&self) -> Option<&Arc<Calls>> {
        self.calls.get()
    }

    /// What nodes look up.
    #[must_use]
    pub fn directory(&self) -> &Arc<Directory> {
        &self.parts.directory
    }

    /// Puts an integration in force, in place of an earlier one with its id.
    pub fn put_integration(&self, integration: IntegrationRuntime) {
        let id = integration.id.0;
        let integration = Arc::new(integration);
        self.integrations.rcu(|all| {
            let mut all = HashMap::clone(all);
            all.insert(id, Arc::clone(&integration));
            all
        });
    }

    /// Takes an integration out of force; its messages in flight are left out with a warning.
    pub fn remove_integration(&self, id: Uuid) {
        self.integrations.rcu(|all| {
            let mut all = HashMap::clone(all);
            all.remove(&id);
            all
        });
        self.sessions.lock().remove(&id);
    }

    /// An integration in force.
    #[must_use]
    pub fn integration(&self, id: Uuid) -> Option<Arc<IntegrationRuntime>> {
        self.integrations.load().get(&id).cloned()
    }

    /// Every integration in force.
    #[must_use]
    pub fn integrations(&self) -> Vec<Arc<IntegrationRuntime>> {
        self.integrations.load().values().cloned().collect()
    }

    /// What is known of an integration's broker session; kept for the snapshot before a trim.
    #[must_use]
    pub fn session(&self, integration: Uuid) -> Arc<Mutex<SessionMirror>> {
        Arc::clone(self.sessions.lock().entry(integration).or_default())
    }

    /// Takes over what the journal said about sessions and debts.
    pub fn restore(&self, recovered: &mut Recovered) {
        self.owed.restore(std::mem::take(&mut recovered.owed));
        let mut sessions = self.sessions.lock();
        for (integration, mirror) in recovered.sessions.drain() {
            sessions.insert(integration, Arc::new(Mutex::new(mirror)));
        }
    }

    pub(super) fn session_snapshots(&self) -> Vec<OutRecord> {
        let sessions: Vec<_> = self
            .sessions
            .lock()
            .iter()
            .map(|(id, session)| (*id, Arc::clone(session)))
            .collect();
        sessions
            .into_iter()
            .filter_map(|(id, session)| session.lock().snapshot(id))
            .collect()
    }

    /// Whether telemetry and journal keep up; what is under way is for [`Budget`] to say.
    #[must_use]
    pub fn keeps_up(&self) -> bool {
        self.parts.telemetry.room()
            && self.parts.journal.pending_bytes() < self.options.journal_pending_bytes
    }

    /// Resolves when there may be room again. The tick covers what gives no sign of its own
    /// (the journal's queue).
    pub async fn wait_room(&self) {
        loop {
            if self.budget.has_room() && self.keeps_up() {
                return;
            }
            tokio::select! {
                () = self.budget.changed() => {}
                () = self.parts.telemetry.wait_room(), if !self.parts.telemetry.room() => {}
                () = tokio::time::sleep(Duration::from_millis(20)) => {}
            }
        }
    }

    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.parts.runtime.spawn(task);
    }

    /// Ends lanes and threads once their queues are empty. Links are stopped before, so that
    /// nothing new comes.
    pub fn stop(&self) {
        self.provisioning.close();
        self.janitor.stop();
        let threads = std::mem::take(&mut *self.threads.lock());
        let (lanes, others): (Vec<_>, Vec<_>) = threads.into_iter().partition(|thread| {
            thread
                .thread()
                .name()
                .is_some_and(|name| name.starts_with("lane-"))
        });
        for thread in others {
            if thread.join().is_err() {
                tracing::error!("a thread of the path ended in a defect");
            }
        }
        self.lanes.close();
        for thread in lanes {
            if thread.join().is_err() {
                tracing::error!("a lane ended in a defect");
            }
        }
        let snapshots = self.session_snapshots();
        if !snapshots.is_empty() {
            self.parts.journal.append(Append {
                outs: snapshots,
                ..Append::default()
            });
        }
    }

    /// Unfinished messages in bytes, for figures.
    #[must_use]
    pub fn unfinished_bytes(&self) -> usize {
        self.budget.used()
    }

    /// The lanes.
    #[must_use]
    pub fn lanes(&self) -> &Lanes {
        &self.lanes
    }

    /// Known names.
    #[must_use]
    pub fn provisioning(&self) -> &Provisioning {
        &self.provisioning
    }

    pub(super) fn options(&self) -> &PathOptions {
        &self.options
    }

    pub(super) fn budget(&self) -> &Budget {
        &self.budget
    }

    pub(super) fn outstanding(&self) -> &Outstanding {
        &self.outstanding
    }

    pub(crate) fn seen(&self) -> &Seen {
        &self.seen
    }

    pub(super) fn janitor(&self) -> &janitor::Signal {
        &self.janitor
    }

    /// The journal.
    #[must_use]
    pub fn journal(&self) -> &Arc<dyn Journal> {
        &self.parts.journal
    }

    /// Telemetry and attributes.
    #[must_use]
    pub fn telemetry(&self) -> &Arc<Telemetry> {
        &self.parts.telemetry
    }

    /// Entities.
    #[must_use]
    pub fn entities(&self) -> &Arc<dyn Entities> {
        &self.parts.entities
    }

    /// Chains in force.
    #[must_use]
    pub fn chains(&self) -> &Arc<ChainRegistry> {
        &self.parts.chains
    }

    /// Debug events.
    #[must_use]
    pub fn recorder(&self) -> &Arc<EventRecorder> {
        &self.parts.recorder
    }

    /// "This entity was saved".
    #[must_use]
    pub fn changes(&self) -> &Changes {
        &self.parts.changes
    }

    pub(super) fn notifications(&self) -> &Notifications {
        &self.parts.notifications
    }
}
