//! Regular work beside the lanes: broken runs, trims, silent devices, statistics.

use std::{
    collections::HashMap,
    sync::Arc,
    thread::JoinHandle,
    time::{Duration, Instant},
};

use millrace_model::{Value, message::message_type};
use millrace_store::{
    fault_points,
    journal::{Append, OutRecord, Seq},
};
use parking_lot::{Condvar, Mutex};
use uuid::Uuid;

use super::{
    delivery::Branch,
    lane::{Routed, Work},
    start::Path,
};
use crate::{
    clock::now_ms,
    provisioning::EntityRef,
    rules::{Data, Metadata, RuleMessage},
};

const TICK: Duration = Duration::from_millis(200);
/// Last activity is stored so often while it costs little.
const OFTEN: Duration = Duration::from_secs(5);
/// So many devices heard between two looks cost little.
const FEW: usize = 500;
const STATS_INTERVAL: Duration = Duration::from_secs(60);

/// Ends the janitor.
#[derive(Default)]
pub(super) struct Signal {
    stopped: Mutex<bool>,
    stop: Condvar,
}

impl Signal {
    pub(super) fn stop(&self) {
        *self.stopped.lock() = true;
        self.stop.notify_all();
    }

    /// Waits one tick; true when it is time to end.
    fn tick(&self) -> bool {
        let mut stopped = self.stopped.lock();
        if !*stopped {
            self.stop.wait_for(&mut stopped, TICK);
        }
        *stopped
    }
}

pub(super) fn run(path: Arc<Path>) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new()
        .name("janitor".to_owned())
        .spawn(move || {
            let mut janitor = Janitor {
                path,
                trimmed_to: 0,
                activity: Instant::now(),
                few_heard: true,
                stats: Instant::now(),
                told: HashMap::new(),
                stalled: None,
            };
            while !janitor.path.janitor().tick() {
                janitor.round();
            }
            janitor.store_activity();
        })
}

struct Janitor {
    path: Arc<Path>,
    trimmed_to: Seq,
    activity: Instant,
    /// Few devices were heard between the last two looks.
    few_heard: bool,
    stats: Instant,
    told: HashMap<Uuid, (u64, u64)>,
    /// Since when the journal cannot be written.
    stalled: Option<Instant>,
}

impl Janitor {
    fn round(&mut self) {
        self.path.handle_returns();
        self.tell_stall();
        self.trim();
        let interval = self.path.options().activity_interval;
        let often = self.few_heard && self.activity.elapsed() >= interval.min(OFTEN);
        if often || self.activity.elapsed() >= interval {
            self.activity = Instant::now();
            self.find_silent();
            self.few_heard = self.store_activity() <= FEW;
        }
        if self.stats.elapsed() >= STATS_INTERVAL {
            self.stats = Instant::now();
            self.tell_stats();
        }
    }

    /// One event when the disk takes nothing more, one when it does again.
    fn tell_stall(&mut self) {
        match (self.stalled, self.path.journal().stats().stalled) {
            (None, true) => {
                self.stalled = Some(Instant::now());
                let text = "the journal cannot be written: no space left on the disk; nothing is acknowledged and the \
                            broker keeps the messages; free disk space, everything goes on by itself";
                tracing::error!("{text}");
                for integration in self.path.integrations() {
                    self.path.recorder().error(
                        integration.tenant,
                        integration.station(),
                        "journal",
                        text,
                    );
                }
            }
            (Some(since), false) => {
                self.stalled = None;
                let seconds = since.elapsed().as_secs();
                tracing::info!(
                    seconds,
                    "the journal is written again; acknowledgements go on"
                );
                for integration in self.path.integrations() {
                    self.path.recorder().lifecycle(
                        integration.tenant,
                        integration.station(),
                        "STORAGE_RESUMED",
                        true,
                        None,
                    );
                }
            }
            _ => {}
        }
    }

    /// Lets go of journal rows that nothing needs: folded, done, and their sessions written again.
    fn trim(&mut self) {
        let options = self.path.options();
        let journal = self.path.journal();
        if journal.stats().file_bytes < options.keep_journal_bytes + options.trim_bytes {
            return;
        }
        // Taken before the sync: what counts as done here has its "done" on disk after it, and what
        // is folded here comes before the snapshots and debts that are written again below.
        let oldest = self.path.outstanding().oldest();
        let folded = self.path.telemetry().stats().folded_to;
        let snapshots = self.path.session_snapshots();
        if !snapshots.is_empty() {
            journal.append(Append {
                outs: snapshots,
                ..Append::default()
            });
        }
        self.path.owed().write_again(&**journal);
        if journal.sync().is_err() {
            return;
        }
        let upto = oldest.map_or(folded, |oldest| folded.min(oldest.saturating_sub(1)));
        if upto <= self.trimmed_to {
            return;
        }
        fault_points::hit("path.before_trim");
        match journal.trim(upto, options.keep_journal_bytes) {
            Ok(()) => self.trimmed_to = upto,
            Err(error) => tracing::warn!(%error, "the journal cannot be trimmed for the moment"),
        }
    }

    /// How many records there were.
    fn each_device(&self, mut each: impl FnMut(&Arc<EntityRef>) -> Option<OutRecord>) -> usize {
        let mut records = Vec::new();
        self.path
            .provisioning()
            .for_each(|entity| records.extend(each(entity)));
        for chunk in records.chunks(1_000) {
            let gate = self.path.telemetry().gate();
            for record in chunk {
                self.path.telemetry().apply(&gate, record);
            }
            self.path.journal().append(Append {
                outs: chunk.to_vec(),
                ..Append::default()
            });
        }
        records.len()
    }

    /// How many were heard since the last time.
    fn store_activity(&self) -> usize {
        let now = now_ms();
        self.each_device(|entity| entity.unstored_activity(entity.tenant, now))
    }

    /// Devices that fell silent become inactive, and their chain hears of it.
    fn find_silent(&self) {
        let now = now_ms();
        let default_timeout = self.path.options().inactivity_ms;
        let mut silent = Vec::new();
        self.each_device(|entity| {
            if !entity.is_active() || now.saturating_sub(entity.last_activity()) < default_timeout {
                return None;
            }
            if now.saturating_sub(entity.last_activity()) < self.timeout_of(entity, default_timeout)
            {
                return None;
            }
            silent.push(Arc::clone(entity));
            entity.became_inactive(entity.tenant, now)
        });
        for entity in silent {
            let message = inactivity(&entity, now, default_timeout);
            let lane = self.path.lanes().of_originator(entity.id);
            let routed = Routed {
                tenant: entity.tenant,
                message,
                branch: Branch::untracked(),
                entity: Some(entity),
                arrival_ms: now,
            };
            self.path.lanes().send(lane, Work::Route(vec![routed]));
        }
    }

    /// A device's own timeout (server attribute `inactivityTimeout`, ms).
    fn timeout_of(&self, entity: &EntityRef, default: i64) -> i64 {
        let own = self.path.telemetry().attribute(
            entity.id,
            millrace_model::AttributeScope::Server,
            "inactivityTimeout",
        );
        match own.map(|own| own.value) {
            Some(Value::Long(ms)) if ms > 0 => ms,
            _ => default,
        }
    }

    fn tell_stats(&mut self) {
        for integration in self.path.integrations() {
            let totals = integration.counters.totals();
            let told = self
                .told
                .insert(integration.id.0, totals)
                .unwrap_or_default();
            let (processed, failed) = (
                totals.0.saturating_sub(told.0),
                totals.1.saturating_sub(told.1),
            );
            if processed + failed > 0 {
                self.path.recorder().stats(
                    integration.tenant,
                    integration.station(),
                    processed,
                    failed,
                );
            }
        }
    }
}

fn inactivity(entity: &EntityRef, now: i64, timeout: i64) -> RuleMessage {
    let mut metadata = Metadata::with_capacity(3);
    metadata.set("deviceName", Arc::clone(&entity.name));
    metadata.set("deviceType", Arc::clone(&entity.profile));
    metadata.set("scope", "SERVER_SCOPE");
    let data = serde_json::json!({
        "active": false,
        "lastActivityTime": entity.last_activity(),
        "lastInactivityAlarmTime": now,
        "inactivityTimeout": timeout,
    });
    RuleMessage {
        id: Uuid::now_v7(),
        ts: now,
        msg_type: message_type::INACTIVITY_EVENT.into(),
        originator: entity.id,
        customer: entity.customer,
        metadata,
        data: Data::Text(data.to_string().into()),
        call: None,
    }
}
