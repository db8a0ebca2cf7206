//! All services of one node, put together: what starts in which order, and what stops.

use std::sync::Arc;

use millrace_model::{
    AttributeScope, EntityId, EntityType, TenantId, Value,
    entity::RuleChain,
    id::{DeviceId, RuleChainId},
};
use millrace_outbound::{Outbound, OutboundOptions};
use millrace_store::{
    Entities, Events, Journal, ValueTables, entities::EntityTable, journal::Seq,
    running::RunningMarks, secrets::SecretKey,
};
use parking_lot::Mutex;
use tokio::runtime::Handle;

use crate::{
    Records, Result, Scope,
    accounts::Accounts,
    alarms::Alarms,
    announce::Announcer,
    calls::{CallOptions, Calls, Rpcs},
    chains::Chains,
    changes::{ChangeKind, Changed, Changes},
    converters::Converters,
    dashboards::Dashboards,
    devices::{ActivitySource, AssetProfiles, Assets, Customers, DeviceProfiles, Devices, Groups},
    downlinks::QueueBounds,
    error::PlatformError,
    events::{EventOptions, EventRecorder},
    integrations::{Integrations, Supervisor},
    notifications::Notifications,
    path::{AlarmDoor, Path, PathOptions, PathParts, recover},
    queries::Queries,
    relations::Relations,
    replay::Replays,
    rules::{Chain, ChainRegistry, Directory},
    telemetry::{FoldThread, Telemetry, TelemetryOptions},
};

/// The engines below the services.
pub struct Stores {
    /// The journal.
    pub journal: Arc<dyn Journal>,
    /// Points, latest values, attributes.
    pub values: Arc<dyn ValueTables>,
    /// Entities.
    pub entities: Arc<dyn Entities>,
    /// Events.
    pub events: Arc<dyn Events>,
    /// Seals secrets.
    pub key: Arc<SecretKey>,
}

/// What the last process left in its lanes, and the marks of this one.
pub struct Running {
    /// The marks.
    pub marks: RunningMarks,
    /// Messages that were in hand when the last process died.
    pub left: Vec<Seq>,
}

/// Bounds and rhythm of everything.
#[derive(Debug, Clone, Default)]
pub struct PlatformOptions {
    /// The message path.
    pub path: PathOptions,
    /// Telemetry.
    pub telemetry: TelemetryOptions,
    /// Events.
    pub events: EventOptions,
    /// Commands to devices.
    pub calls: CallOptions,
    /// What waits for a broker.
    pub downlinks: QueueBounds,
    /// What nodes send elsewhere.
    pub outbound: OutboundOptions,
}

/// The services of one node.
pub struct Platform {
    /// Users and tenants.
    pub accounts: Accounts,
    /// Alarms.
    pub alarms: Alarms,
    /// Tells chains what people did.
    pub announce: Announcer,
    /// Rule chains.
    pub chains: Chains,
    /// Converters.
    pub converters: Converters,
    /// Dashboards.
    pub dashboards: Dashboards,
    /// Integrations.
    pub integrations: Integrations,
    /// Devices.
    pub devices: Devices,
    /// Device profiles.
    pub device_profiles: DeviceProfiles,
    /// Assets.
    pub assets: Assets,
    /// Asset profiles.
    pub asset_profiles: AssetProfiles,
    /// Customers.
    pub customers: Customers,
    /// Entity groups.
    pub groups: Groups,
    /// Relations.
    pub relations: Relations,
    /// Entity queries.
    pub queries: Queries,
    /// Captured messages, and scripts run over them again.
    pub replays: Replays,
    /// Inboxes.
    pub notifications: Notifications,
    /// Events.
    pub events: EventRecorder,
    /// Telemetry and attributes.
    pub telemetry: Arc<Telemetry>,
    /// The entity store.
    pub records: Records,
    /// The message path.
    pub path: Arc<Path>,
    /// The links.
    pub supervisor: Arc<Supervisor>,
    /// Commands to devices.
    pub calls: Arc<Calls>,
    /// Commands that are stored.
    pub rpcs: Rpcs,
    stores: Stores,
    fold: Mutex<Option<FoldThread>>,
}

impl Platform {
    /// Opens everything and takes up where the last process ended: journal to memory, chains and
    /// converters in force, unfinished messages running. Links connect with [`Self::connect`].
    ///
    /// # Errors
    /// When a store cannot be read, or the system gives no thread.
    pub fn start(
        stores: Stores,
        running: Running,
        options: PlatformOptions,
        runtime: Handle,
    ) -> Result<Arc<Self>> {
        crate::figures::describe();
        let changes = Changes::default();
        let records = Records::new(Arc::clone(&stores.entities), changes.clone());
        let telemetry = Telemetry::new(
            Arc::clone(&stores.journal),
            Arc::clone(&stores.values),
            options.telemetry,
        );
        let recorder = EventRecorder::new(
            Arc::clone(&stores.events),
            Arc::clone(&stores.entities),
            options.events,
        );
        let notifications = Notifications::new(records.clone());
        let registry = Arc::new(ChainRegistry::default());
        let addresses = options.outbound.addresses.clone();
        let outbound = Outbound::new(options.outbound);
        let directory = Arc::new(Directory::new(&records, &telemetry).with_outbound(outbound));
        let alarms = directory.alarms.clone();
        let path = Path::new(
            PathParts {
                journal: Arc::clone(&stores.journal),
                telemetry: Arc::clone(&telemetry),
                entities: Arc::clone(&stores.entities),
                chains: Arc::clone(&registry),
                directory,
                recorder: Arc::new(recorder.clone()),
                notifications: Arc::new(notifications.clone()),
                changes: changes.clone(),
                running: running.marks,
                runtime: runtime.clone(),
            },
            options.path,
        );
        alarms.set_messages(Arc::new(AlarmDoor::of(&path)));
        let mut recovered = recover(&*stores.journal, &telemetry, stores.values.folded_to()?)?;
        path.restore(&mut recovered);
        let fold = telemetry.run_fold();

        let chains = Chains::new(records.clone()).with_key(Arc::clone(&stores.key));
        load_chains(&chains, &*stores.entities, &registry)?;
        let calls = Calls::start(&path, options.calls, runtime.clone());
        path.set_calls(Arc::clone(&calls));
        let key = Arc::clone(&stores.key);
        let supervisor = Supervisor::new(Arc::clone(&path), key, runtime, options.downlinks)
            .map_err(thread_error)?;
        supervisor.load()?;
        crate::downlinks::restore(&path);
        follow(&changes, &path, &chains, Arc::clone(&stores.entities));
        follow_originators(&changes, &alarms);
        follow_devices(&changes, &records);
        // Before anything runs: an answer among the messages of the last run finds its call.
        calls.restore(&*stores.entities)?;
        path.start(recovered, &running.left)?;

        let activity: Arc<dyn ActivitySource> = Arc::new(StoredActivity(Arc::clone(&telemetry)));
        let rpcs = Rpcs::new(records.clone(), Arc::clone(&calls));
        let groups = Groups::new(records.clone());
        let device_profiles = DeviceProfiles::new(records.clone());
        let asset_profiles = AssetProfiles::new(records.clone());
        let platform = Arc::new(Self {
            accounts: Accounts::new(records.clone()),
            alarms,
            converters: Converters::new(records.clone()),
            dashboards: Dashboards::new(records.clone()),
            integrations: Integrations::new(
                records.clone(),
                Arc::clone(&stores.key),
                Arc::clone(&supervisor),
            )
            .with_addresses(addresses),
            devices: Devices::new(records.clone(), notifications.clone(), activity),
            assets: Assets::new(records.clone()),
            customers: Customers::new(records.clone()),
            announce: Announcer::new(records.clone(), &path),
            queries: Queries::new(records.clone(), Arc::clone(&telemetry)),
            relations: Relations::new(records.clone()),
            replays: Replays::new(records.clone(), Arc::clone(&stores.journal)),
            chains,
            device_profiles,
            asset_profiles,
            groups,
            notifications,
            events: recorder,
            telemetry,
            records,
            path,
            supervisor,
            rpcs,
            calls,
            stores,
            fold: Mutex::new(Some(fold)),
        });
        platform.remember_devices();
        Ok(platform)
    }

    /// Connects the links of every enabled integration.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn connect(&self) -> Result<()> {
        let integrations = self.supervisor.load()?;
        self.supervisor.start_all(integrations);
        Ok(())
    }

    /// Stops in order: links (acknowledging what is on disk), lanes, fold, journal, events.
    pub async fn stop(self: &Arc<Self>) {
        self.supervisor.stop_all().await;
        let platform = Arc::clone(self);
        let stopped = tokio::task::spawn_blocking(move || {
            platform.path.stop();
            if let Some(fold) = platform.fold.lock().take()
                && let Err(error) = fold.stop()
            {
                tracing::warn!(%error, "the last fold failed; the journal keeps what it missed");
            }
            platform.stores.journal.close();
            platform.stores.events.flush();
        });
        if stopped.await.is_err() {
            tracing::error!("a defect ended the stop; nothing acknowledged is lost");
        }
    }

    /// The last step of a clean stop, when nobody reads or writes any more: leaves one file per
    /// store, that can be copied as it is.
    pub async fn tidy(self: &Arc<Self>) {
        let platform = Arc::clone(self);
        let tidied = tokio::task::spawn_blocking(move || {
            platform.stores.values.tidy();
            platform.stores.entities.tidy();
            platform.stores.events.flush();
            platform.stores.events.tidy();
        });
        if tidied.await.is_err() {
            tracing::error!("a defect ended the last step of the stop; nothing is lost");
        }
    }

    /// Devices of the last process are known without a look-up, and watched for silence without
    /// waiting for their next message. Runs beside everything else.
    fn remember_devices(self: &Arc<Self>) {
        let platform = Arc::clone(self);
        let spawned = std::thread::Builder::new().name("activity".to_owned()).spawn(move || {
            if let Err(error) = crate::provisioning::remember_devices(&platform.path, &*platform.stores.values) {
                tracing::warn!(%error, "devices from before the start are not known until they speak");
            }
        });
        if let Err(error) = spawned {
            tracing::warn!(%error, "no thread to look for known devices");
        }
    }
}

fn thread_error(error: std::io::Error) -> PlatformError {
    PlatformError::Internal(format!("no thread can be started: {error}"))
}

/// Compiles every chain of every tenant.
fn load_chains(chains: &Chains, entities: &dyn Entities, registry: &ChainRegistry) -> Result<()> {
    for chain in EntityTable::<RuleChain>::new(entities).all()? {
        if let (Some(tenant), Some(id)) = (chain.tenant_id, chain.id) {
            load_chain(chains, registry, tenant, id, &chain)?;
        }
    }
    Ok(())
}

fn load_chain(
    chains: &Chains,
    registry: &ChainRegistry,
    tenant: TenantId,
    id: RuleChainId,
    chain: &RuleChain,
) -> Result<()> {
    if let Some(metadata) = chains.load_metadata(tenant, id)? {
        registry.put(Chain::compile(chain, &metadata, tenant), chain.root);
    }
    Ok(())
}

/// Keeps caches and compiled chains in line with what is saved.
fn follow(changes: &Changes, path: &Arc<Path>, chains: &Chains, entities: Arc<dyn Entities>) {
    let (path, chains) = (Arc::clone(path), chains.clone());
    changes.listen(move |changed| {
        let outcome = match changed.entity.entity_type {
            EntityType::RuleChain => chain_changed(changed, &path, &chains, &*entities),
            EntityType::Device | EntityType::Asset => entity_changed(changed, &path),
            EntityType::DeviceProfile | EntityType::AssetProfile => {
                path.provisioning().forget_all(changed.tenant);
                Ok(())
            }
            _ => Ok(()),
        };
        if let Err(error) = outcome {
            tracing::error!(entity = %changed.entity, %error, "a saved change is not in force until the next start");
        }
    });
}

/// The stored commands of a deleted device go with it.
fn follow_devices(changes: &Changes, records: &Records) {
    let records = records.clone();
    changes.listen(move |changed| {
        if changed.kind != ChangeKind::Deleted || changed.entity.entity_type != EntityType::Device {
            return;
        }
        let scope = Scope::server(changed.tenant);
        if let Err(error) = Rpcs::device_deleted(&records, &scope, changed.entity) {
            tracing::warn!(device = %changed.entity, %error, "stored commands of a deleted device stay until they are old");
        }
    });
}

/// The alarms of a deleted entity go with it.
fn follow_originators(changes: &Changes, alarms: &Alarms) {
    let alarms = alarms.clone();
    changes.listen(move |changed| {
        if changed.kind == ChangeKind::Deleted
            && let Err(error) = alarms.forget(changed.tenant, changed.entity)
        {
            tracing::error!(entity = %changed.entity, %error, "alarms of a deleted entity are left over");
        }
    });
}

fn chain_changed(
    changed: &Changed,
    path: &Path,
    chains: &Chains,
    entities: &dyn Entities,
) -> Result<()> {
    let id = RuleChainId(changed.entity.id);
    if changed.kind == ChangeKind::Deleted {
        path.chains().remove(changed.tenant, id);
        return Ok(());
    }
    match EntityTable::<RuleChain>::new(entities).get(changed.tenant, id.0)? {
        Some(chain) => load_chain(chains, path.chains(), changed.tenant, id, &chain),
        None => Ok(()),
    }
}

fn entity_changed(changed: &Changed, path: &Path) -> Result<()> {
    match changed.kind {
        ChangeKind::Created => Ok(()),
        ChangeKind::Updated => {
            path.provisioning().forget(changed.entity);
            Ok(())
        }
        ChangeKind::Deleted => {
            path.provisioning().forget(changed.entity);
            path.device_deleted(changed.entity);
            path.telemetry()
                .delete_entity(&Scope::server(changed.tenant), changed.entity)
        }
    }
}

/// Reads a device's state from its attributes.
struct StoredActivity(Arc<Telemetry>);

impl ActivitySource for StoredActivity {
    fn is_active(&self, _tenant: TenantId, device: DeviceId) -> bool {
        let stored = self
            .0
            .attribute(EntityId::from(device), AttributeScope::Server, "active");
        matches!(stored.map(|stored| stored.value), Some(Value::Bool(true)))
    }
}
