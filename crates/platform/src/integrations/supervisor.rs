//! One running link for each enabled integration, and the reaction to every save.
//!
//! Changes of one integration are applied one after the other, each reading the integration anew:
//! whatever the order of the saves, the last one is in force at the end.

use std::{
    collections::HashMap,
    sync::{Arc, Weak},
};

use millrace_link::{Link, LinkConfig, LinkStart, StopMode};
use millrace_model::{
    EntityType, TenantId,
    entity::{Converter, Integration},
    id::{ConverterId, IntegrationId},
};
use millrace_store::{entities::EntityTable, journal::Source, secrets::SecretKey};
use parking_lot::{Mutex, RwLock};
use tokio::{runtime::Handle, task::JoinHandle};
use uuid::Uuid;

use super::{
    configuration::{read_downlinks, read_mqtt},
    end_session::end_session,
    observer::{LinkObserver, SessionWriter, StoredSession},
    secrets::{put_back, unseal},
    service::SECRETS,
    status::StatusReport,
    totals::LinkTotals,
};
use crate::{
    changes::{ChangeKind, Changed},
    downlinks::{
        DownlinkConverter, DownlinkQueue, IntegrationDownlinks, Outlet, QueueBounds, dispatch,
    },
    error::{PlatformError, Result},
    path::{ConverterRuntime, IntegrationRuntime, Path, UplinkCounters, UplinkIntake},
};

/// Lifecycle event of an integration whose link runs, or cannot.
const STARTED: &str = "STARTED";

/// Runs the links.
pub struct Supervisor {
    path: Arc<Path>,
    key: Arc<SecretKey>,
    runtime: Handle,
    writer: Arc<SessionWriter>,
    slots: Mutex<HashMap<Uuid, Arc<tokio::sync::Mutex<()>>>>,
    running: RwLock<HashMap<Uuid, Running>>,
    failures: RwLock<HashMap<Uuid, String>>,
    /// Counts of links that ended.
    ended: Mutex<LinkTotals>,
    counters: Mutex<HashMap<Uuid, Arc<UplinkCounters>>>,
    converters: Mutex<HashMap<Uuid, Arc<ConverterRuntime>>>,
    downlink_converters: Mutex<HashMap<Uuid, Arc<DownlinkConverter>>>,
    queues: Mutex<HashMap<Uuid, Arc<DownlinkQueue>>>,
    bounds: QueueBounds,
}

struct Running {
    tenant: TenantId,
    config: LinkConfig,
    link: Link,
    /// Publishes what waits.
    dispatcher: JoinHandle<()>,
}

impl Supervisor {
    /// A supervisor without links. It follows the change feed from now on.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn new(
        path: Arc<Path>,
        key: Arc<SecretKey>,
        runtime: Handle,
        bounds: QueueBounds,
    ) -> std::io::Result<Arc<Self>> {
        let writer = Arc::new(SessionWriter::start(Arc::clone(path.entities()))?);
        let supervisor = Arc::new(Self {
            writer,
            key,
            runtime,
            slots: Mutex::default(),
            running: RwLock::default(),
            failures: RwLock::default(),
            ended: Mutex::default(),
            counters: Mutex::default(),
            converters: Mutex::default(),
            downlink_converters: Mutex::default(),
            queues: Mutex::default(),
            bounds,
            path,
        });
        let follower: Weak<Self> = Arc::downgrade(&supervisor);
        supervisor.path.changes().listen(move |changed| {
            if let Some(supervisor) = follower.upgrade() {
                supervisor.follow(changed);
            }
        });
        Ok(supervisor)
    }

    /// Puts every integration in force without connecting: messages found in the journal need
    /// their converters.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn load(&self) -> Result<Vec<(TenantId, IntegrationId)>> {
        let mut found = Vec::new();
        for integration in EntityTable::<Integration>::new(&**self.path.entities()).all()? {
            if let (Some(tenant), Some(id)) = (integration.tenant_id, integration.id) {
                match self.put_runtime(&integration, tenant) {
                    Ok(()) => found.push((tenant, id)),
                    Err(error) => self.failed(tenant, id, &error.to_string()),
                }
            }
        }
        Ok(found)
    }

    /// Connects every enabled integration.
    pub fn start_all(self: &Arc<Self>, integrations: Vec<(TenantId, IntegrationId)>) {
        for (tenant, id) in integrations {
            self.apply_later(tenant, id, STARTED);
        }
    }

    fn follow(self: &Arc<Self>, changed: &Changed) {
        match changed.entity.entity_type {
            EntityType::Integration => {
                let id = IntegrationId(changed.entity.id);
                match changed.kind {
                    ChangeKind::Created => self.apply_later(changed.tenant, id, "CREATED"),
                    ChangeKind::Updated => self.apply_later(changed.tenant, id, "UPDATED"),
                    ChangeKind::Deleted => self.remove_later(changed.tenant, id),
                }
            }
            EntityType::Converter => {
                self.converter_changed(changed.tenant, ConverterId(changed.entity.id));
            }
            _ => {}
        }
    }

    fn slot(&self, id: IntegrationId) -> Arc<tokio::sync::Mutex<()>> {
        Arc::clone(self.slots.lock().entry(id.0).or_default())
    }

    fn apply_later(self: &Arc<Self>, tenant: TenantId, id: IntegrationId, event: &'static str) {
        let supervisor = Arc::clone(self);
        self.runtime.spawn(async move {
            let slot = supervisor.slot(id);
            let _one_at_a_time = slot.lock().await;
            match supervisor.apply(tenant, id, event).await {
                Ok(()) => {
                    supervisor.failures.write().remove(&id.0);
                }
                Err(error) => supervisor.failed(tenant, id, &error.to_string()),
            }
        });
    }

    fn failed(&self, tenant: TenantId, id: IntegrationId, error: &str) {
        tracing::warn!(integration = %id, %error, "an integration cannot start");
        self.path
            .recorder()
            .lifecycle(tenant, id.into(), STARTED, false, Some(error));
        self.failures.write().insert(id.0, error.to_owned());
    }

    /// Brings what runs in line with what is stored.
    async fn apply(
        self: &Arc<Self>,
        tenant: TenantId,
        id: IntegrationId,
        event: &'static str,
    ) -> Result<()> {
        let store = Arc::clone(self.path.entities());
        let Some(integration) = EntityTable::<Integration>::new(&*store).get(tenant, id.0)? else {
            return Ok(());
        };
        self.put_runtime(&integration, tenant)?;
        if !integration.enabled.unwrap_or(true) {
            if self.stop(id, StopMode::Keep).await {
                let kept = "disabled: the broker keeps the session and what arrives meanwhile, unless cleanSession is on";
                self.path
                    .recorder()
                    .lifecycle(tenant, id.into(), "SUSPENDED", true, Some(kept));
                tracing::info!(integration = %integration.name, "{kept}");
            }
            return Ok(());
        }
        let secrets = unseal(
            &self.key,
            store.document(tenant, id.into(), SECRETS)?.as_ref(),
        )?;
        let settings = read_mqtt(&put_back(&integration.configuration, &secrets))?;
        let mut config = settings.link;
        if config.client_id.is_empty() {
            config.client_id = stable_client_id(id);
        }
        for warning in &settings.warnings {
            tracing::warn!(integration = %integration.name, "{warning}");
            self.path
                .recorder()
                .lifecycle(tenant, id.into(), "WARNING", true, Some(warning));
        }
        if event != STARTED {
            self.path
                .recorder()
                .lifecycle(tenant, id.into(), event, true, None);
        }
        match self.plan(id, &config) {
            Plan::Nothing => return Ok(()),
            Plan::Filters => return self.set_filters(id, config),
            Plan::Restart(mode) => {
                self.stop(id, mode).await;
            }
        }
        self.end_other_session(tenant, id, &config).await;
        self.start(tenant, id, &integration.name, config)?;
        self.path
            .recorder()
            .lifecycle(tenant, id.into(), STARTED, true, None);
        Ok(())
    }

    fn plan(&self, id: IntegrationId, config: &LinkConfig) -> Plan {
        let running = self.running.read();
        let Some(current) = running.get(&id.0) else {
            return Plan::Restart(StopMode::Keep);
        };
        if current.config == *config {
            return Plan::Nothing;
        }
        let mut with_new_filters = current.config.clone();
        with_new_filters.filters.clone_from(&config.filters);
        if with_new_filters == *config {
            return Plan::Filters;
        }
        let same_session = StoredSession::of(&current.config).is_same(&StoredSession::of(config));
        Plan::Restart(if same_session {
            StopMode::Keep
        } else {
            StopMode::EndSession
        })
    }

    fn set_filters(&self, id: IntegrationId, config: LinkConfig) -> Result<()> {
        if let Some(running) = self.running.write().get_mut(&id.0) {
            running
                .link
                .set_filters(config.filters.clone())
                .map_err(|error| {
                    PlatformError::invalid("configuration.topicFilters", error.to_string())
                })?;
            running.config = config;
        }
        Ok(())
    }

    fn start(
        &self,
        tenant: TenantId,
        id: IntegrationId,
        name: &str,
        config: LinkConfig,
    ) -> Result<()> {
        let stored = self.writer.read(tenant, id.into());
        let own = StoredSession::of(&config);
        let mirror = self.path.session(id.0);
        let start = if stored.is_same(&own) {
            mirror.lock().link_start(stored.epoch, stored.filters())
        } else {
            // Another client id or broker: nothing that is known holds there.
            let epoch = stored.epoch + 1;
            mirror.lock().link_start(epoch, Vec::new())
        };
        let session = StoredSession {
            epoch: start.epoch,
            subscribed: stored_filters(&start),
            ..own
        };
        let source = Source {
            tenant,
            integration: id.0,
        };
        let intake = UplinkIntake::new(
            Arc::clone(&self.path),
            source,
            Arc::clone(&mirror),
            self.counters_of(id),
        );
        let observer = LinkObserver {
            tenant,
            integration: id.into(),
            name: name.to_owned(),
            recorder: Arc::clone(self.path.recorder()),
            writer: Arc::clone(&self.writer),
            session: Mutex::new(session),
            mirror,
            journal: Arc::clone(self.path.journal()),
            queue: self.queue_of(id),
        };
        let link = Link::start(
            config.clone(),
            start,
            Arc::new(intake),
            Arc::new(observer),
            &self.runtime,
        )
        .map_err(|error| PlatformError::invalid("configuration", error.to_string()))?;
        let outlet = Outlet::new(link.publisher(), config.clone());
        let dispatcher = self
            .runtime
            .spawn(dispatch(Arc::downgrade(&self.path), id.0, outlet));
        self.running.write().insert(
            id.0,
            Running {
                tenant,
                config,
                link,
                dispatcher,
            },
        );
        Ok(())
    }

    /// Ends a session that an earlier configuration left at a broker, when nothing runs that
    /// could end it itself.
    async fn end_other_session(&self, tenant: TenantId, id: IntegrationId, config: &LinkConfig) {
        let stored = self.writer.read(tenant, id.into());
        if stored.client_id.is_empty() || stored.is_same(&StoredSession::of(config)) {
            return;
        }
        let mut old = config.clone();
        (old.client_id, old.host, old.port) = (stored.client_id, stored.host, stored.port);
        end_session(old, &self.runtime).await;
    }

    async fn stop(&self, id: IntegrationId, mode: StopMode) -> bool {
        let running = self.running.write().remove(&id.0);
        match running {
            Some(running) => {
                self.ended.lock().add(&running.link.status());
                // What it had under way goes back to the queue with the next link.
                running.dispatcher.abort();
                let _ = running.dispatcher.await;
                let report = running.link.stop(mode).await;
                if report.unacknowledged > 0 {
                    tracing::info!(integration = %id, messages = report.unacknowledged,
                        "stopped before the last acknowledgements; these messages come again");
                }
                true
            }
            None => false,
        }
    }

    fn remove_later(self: &Arc<Self>, tenant: TenantId, id: IntegrationId) {
        let supervisor = Arc::clone(self);
        self.runtime.spawn(async move {
            let slot = supervisor.slot(id);
            let _one_at_a_time = slot.lock().await;
            supervisor.stop(id, StopMode::EndSession).await;
            supervisor.drop_queue(tenant, id);
            supervisor.path.remove_integration(id.0);
            supervisor.counters.lock().remove(&id.0);
            supervisor.failures.write().remove(&id.0);
            supervisor.slots.lock().remove(&id.0);
            tracing::info!(%tenant, integration = %id, "deleted; its session at the broker is ended");
        });
    }

    /// Ends the session of an integration that is about to be deleted while it does not run.
    pub(super) fn end_session_of(&self, config: LinkConfig) {
        let runtime = self.runtime.clone();
        self.runtime
            .spawn(async move { end_session(config, &runtime).await });
    }

    pub(super) fn is_running(&self, id: IntegrationId) -> bool {
        self.running.read().contains_key(&id.0)
    }

    fn put_runtime(&self, integration: &Integration, tenant: TenantId) -> Result<()> {
        let id = integration.id.unwrap_or_default();
        let converter = integration.default_converter_id.ok_or_else(|| {
            PlatformError::invalid(
                "defaultConverterId",
                "defaultConverterId is required: an uplink converter",
            )
        })?;
        let converter = self.converter(tenant, converter)?;
        let downlinks = IntegrationDownlinks {
            enabled: integration.enabled.unwrap_or(true),
            converter: match integration.downlink_converter_id {
                Some(converter) => self.downlink_converter(tenant, converter)?,
                None => None,
            },
            settings: read_downlinks(&integration.configuration)?,
            queue: self.queue_of(id),
        };
        let counters = self.counters_of(id);
        let runtime = IntegrationRuntime::new(integration, tenant, converter, downlinks, counters);
        self.path.put_integration(runtime);
        Ok(())
    }

    fn converter(&self, tenant: TenantId, id: ConverterId) -> Result<Arc<ConverterRuntime>> {
        if let Some(converter) = self.converters.lock().get(&id.0) {
            return Ok(Arc::clone(converter));
        }
        let converter: Converter = EntityTable::new(&**self.path.entities())
            .get(tenant, id.0)?
            .ok_or_else(|| PlatformError::not_found("Converter", id))?;
        let compiled = Arc::new(ConverterRuntime::new(&converter));
        self.converters.lock().insert(id.0, Arc::clone(&compiled));
        Ok(compiled)
    }

    /// A downlink converter; `None` when it is gone.
    fn downlink_converter(
        &self,
        tenant: TenantId,
        id: ConverterId,
    ) -> Result<Option<Arc<DownlinkConverter>>> {
        if let Some(converter) = self.downlink_converters.lock().get(&id.0) {
            return Ok(Some(Arc::clone(converter)));
        }
        let converter: Option<Converter> =
            EntityTable::new(&**self.path.entities()).get(tenant, id.0)?;
        let Some(converter) = converter else {
            return Ok(None);
        };
        let compiled = Arc::new(DownlinkConverter::new(&converter));
        self.downlink_converters
            .lock()
            .insert(id.0, Arc::clone(&compiled));
        Ok(Some(compiled))
    }

    fn queue_of(&self, id: IntegrationId) -> Arc<DownlinkQueue> {
        let mut queues = self.queues.lock();
        let queue = queues
            .entry(id.0)
            .or_insert_with(|| Arc::new(DownlinkQueue::new(self.bounds)));
        Arc::clone(queue)
    }

    /// What waits for a broker that nobody knows any more.
    fn drop_queue(&self, tenant: TenantId, id: IntegrationId) {
        let Some(queue) = self.queues.lock().remove(&id.0) else {
            return;
        };
        queue.put_all_back();
        let waiting = queue.take_expired(i64::MAX);
        if !waiting.is_empty() {
            tracing::warn!(%tenant, integration = %id, messages = waiting.len(),
                "downlinks that waited for a deleted integration were dropped");
        }
        for item in waiting {
            metrics::counter!("millrace_downlinks_dropped_total").increment(1);
            if let Some(call) = &item.call {
                call.failed("the integration was deleted");
            }
            if item.kept {
                self.path.settle_now(item.id);
            }
        }
    }

    /// A saved script is in force at once, without a new connection.
    fn converter_changed(&self, tenant: TenantId, id: ConverterId) {
        self.converters.lock().remove(&id.0);
        self.downlink_converters.lock().remove(&id.0);
        for integration in self.path.integrations() {
            let down = integration.downlinks.converter.as_ref();
            let uses = integration.converter.id == id || down.is_some_and(|down| down.id == id);
            if integration.tenant != tenant || !uses {
                continue;
            }
            let stored = EntityTable::<Integration>::new(&**self.path.entities())
                .get(tenant, integration.id.0);
            let put = stored
                .map_err(PlatformError::from)
                .and_then(|stored| match stored {
                    Some(stored) => self.put_runtime(&stored, tenant),
                    None => Ok(()),
                });
            if let Err(error) = put {
                self.path.recorder().error(
                    tenant,
                    integration.station(),
                    "converter",
                    &error.to_string(),
                );
            }
        }
    }

    fn counters_of(&self, id: IntegrationId) -> Arc<UplinkCounters> {
        Arc::clone(self.counters.lock().entry(id.0).or_default())
    }

    /// What is true about an integration now.
    #[must_use]
    pub fn status(&self, id: IntegrationId, enabled: bool) -> StatusReport {
        let mut report = match self.running.read().get(&id.0) {
            Some(running) => StatusReport::of_link(running.link.status()),
            None => match self.failures.read().get(&id.0) {
                _ if !enabled => StatusReport::disabled(),
                Some(reason) => StatusReport::failed(reason.clone()),
                None => StatusReport::pending(),
            },
        };
        report.downlink_queue = self.queues.lock().get(&id.0).map_or(0, |queue| queue.len());
        report
    }

    /// Counts over all links of this process, those that ended included.
    #[must_use]
    pub fn link_totals(&self) -> LinkTotals {
        let mut totals = *self.ended.lock();
        for running in self.running.read().values() {
            totals.add(&running.link.status());
        }
        totals
    }

    /// Bytes of messages that wait in links for room.
    #[must_use]
    pub fn buffered_bytes(&self) -> usize {
        let running = self.running.read();
        running
            .values()
            .map(|running| running.link.status().buffered_bytes)
            .sum()
    }

    /// Links that are connected, of those that run.
    #[must_use]
    pub fn connected(&self) -> (usize, usize) {
        let running = self.running.read();
        let connected = running
            .values()
            .filter(|running| running.link.status().state == millrace_link::LinkState::Connected);
        (connected.count(), running.len())
    }

    /// Stops every link: stops accepting, waits for the disk, acknowledges, disconnects.
    pub async fn stop_all(&self) {
        let all: Vec<(Uuid, Running)> = self.running.write().drain().collect();
        let stops = all.into_iter().map(|(id, running)| async move {
            running.dispatcher.abort();
            running.link.stop(StopMode::Keep).await;
            tracing::debug!(integration = %id, tenant = %running.tenant, "link stopped");
        });
        futures_util::future::join_all(stops).await;
    }
}

enum Plan {
    Nothing,
    Filters,
    Restart(StopMode),
}

/// A client id that is the same after every restart. 23 characters, which every broker takes.
pub(super) fn stable_client_id(id: IntegrationId) -> String {
    let hex = id.0.simple().to_string();
    let tail: String = hex.chars().skip(hex.len().saturating_sub(14)).collect();
    format!("millrace-{tail}")
}

fn stored_filters(start: &LinkStart) -> Vec<(String, u8)> {
    start
        .subscribed
        .iter()
        .map(|filter| (filter.filter.clone(), filter.qos as u8))
        .collect()
}
