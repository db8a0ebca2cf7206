//! Writes what a link says where people see it, and keeps what the next start needs.

use std::sync::{Arc, mpsc};

use millrace_link::{LinkEvent, MqttVersion, Observer, QoS, TopicFilter};
use millrace_model::{EntityId, TenantId};
use millrace_store::{Entities, Journal, entities::Change, journal::Append};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use crate::{downlinks::DownlinkQueue, events::EventRecorder, path::SessionMirror};

/// Name of the document beside an integration.
pub(super) const SESSION: &str = "session";

/// What is stored of a broker session, and for which client and broker it holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct StoredSession {
    pub(super) client_id: String,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) version: String,
    pub(super) epoch: u64,
    pub(super) subscribed: Vec<(String, u8)>,
}

impl StoredSession {
    /// The part that names the session, without its state.
    pub(super) fn of(link: &millrace_link::LinkConfig) -> Self {
        Self {
            client_id: link.client_id.clone(),
            host: link.host.clone(),
            port: link.port,
            version: version_name(link.version).to_owned(),
            epoch: 0,
            subscribed: Vec::new(),
        }
    }

    /// Whether both are the same session at the same broker.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        (&self.client_id, &self.host, self.port) == (&other.client_id, &other.host, other.port)
    }

    pub(super) fn filters(&self) -> Vec<TopicFilter> {
        self.subscribed
            .iter()
            .filter_map(|(filter, qos)| Some(TopicFilter::new(filter.clone(), QoS::from_u8(*qos)?)))
            .collect()
    }
}

fn version_name(version: MqttVersion) -> &'static str {
    match version {
        MqttVersion::V3_1_1 => "MQTT_3_1_1",
        MqttVersion::V5 => "MQTT_5",
    }
}

/// Writes session documents on a thread of its own: a link never waits for the entity store.
pub(super) struct SessionWriter {
    entities: Arc<dyn Entities>,
    jobs: Mutex<mpsc::Sender<(TenantId, EntityId, StoredSession)>>,
}

impl SessionWriter {
    pub(super) fn start(entities: Arc<dyn Entities>) -> std::io::Result<Self> {
        let (jobs, work) = mpsc::channel::<(TenantId, EntityId, StoredSession)>();
        let store = Arc::clone(&entities);
        std::thread::Builder::new().name("sessions".to_owned()).spawn(move || {
            while let Ok((tenant, entity, session)) = work.recv() {
                if let Err(error) = write(&*store, tenant, entity, &session) {
                    tracing::warn!(%entity, %error, "the state of a broker session could not be stored");
                }
            }
        })?;
        Ok(Self {
            entities,
            jobs: Mutex::new(jobs),
        })
    }

    fn later(&self, tenant: TenantId, entity: EntityId, session: StoredSession) {
        // The thread lives as long as this sender.
        let _ = self.jobs.lock().send((tenant, entity, session));
    }

    pub(super) fn read(&self, tenant: TenantId, entity: EntityId) -> StoredSession {
        match self.entities.document(tenant, entity, SESSION) {
            Ok(document) => document
                .and_then(|body| serde_json::from_value(body).ok())
                .unwrap_or_default(),
            Err(error) => {
                tracing::warn!(%entity, %error, "the state of a broker session could not be read");
                StoredSession::default()
            }
        }
    }
}

fn write(
    store: &dyn Entities,
    tenant: TenantId,
    entity: EntityId,
    session: &StoredSession,
) -> millrace_store::Result<()> {
    // A deleted integration keeps nothing.
    if store.get(tenant, entity)?.is_none() {
        return Ok(());
    }
    let body = serde_json::to_value(session).unwrap_or_default();
    store
        .apply(&[Change::PutDocument {
            tenant,
            entity,
            name: SESSION.to_owned(),
            lookup: None,
            body,
        }])
        .map(|_| ())
}

/// The observer of one link.
pub(super) struct LinkObserver {
    pub(super) tenant: TenantId,
    pub(super) integration: EntityId,
    pub(super) name: String,
    pub(super) recorder: Arc<EventRecorder>,
    pub(super) writer: Arc<SessionWriter>,
    pub(super) session: Mutex<StoredSession>,
    pub(super) mirror: Arc<Mutex<SessionMirror>>,
    pub(super) journal: Arc<dyn Journal>,
    /// What waits for the connection.
    pub(super) queue: Arc<DownlinkQueue>,
}

impl LinkObserver {
    fn life(&self, event: &str, success: bool, text: &str) {
        self.recorder
            .lifecycle(self.tenant, self.integration, event, success, Some(text));
        if success {
            tracing::info!(integration = %self.name, "{text}");
        } else {
            tracing::warn!(integration = %self.name, "{text}");
        }
    }

    /// What is confirmed cannot come again: said in the journal, so that a later message with the
    /// same packet id and content is not taken for it after a kill.
    fn confirmed(&self, position: u64) {
        let record = self
            .mirror
            .lock()
            .confirm_current(self.integration.id, position);
        if let Some(record) = record {
            self.journal.append(Append {
                outs: vec![record],
                ..Append::default()
            });
        }
    }

    fn store(&self, edit: impl FnOnce(&mut StoredSession)) {
        let mut session = self.session.lock();
        edit(&mut session);
        self.writer
            .later(self.tenant, self.integration, session.clone());
    }
}

impl Observer for LinkObserver {
    fn event(&self, event: LinkEvent) {
        let text = event.to_string();
        match event {
            LinkEvent::Connected { .. } => {
                self.queue.wake();
                self.life("CONNECTED", true, &text);
            }
            LinkEvent::Resubscribed { .. } => self.life("RESUBSCRIBED", true, &text),
            LinkEvent::Subscribed { .. } => self.life("SUBSCRIBED", true, &text),
            LinkEvent::Unsubscribed { .. } => self.life("UNSUBSCRIBED", true, &text),
            LinkEvent::Refused { .. } => self.life("CONNECTION_REFUSED", false, &text),
            LinkEvent::Lost { .. } => self.life("CONNECTION_LOST", false, &text),
            LinkEvent::FilterRefused { .. } => self.life("SUBSCRIPTION_REFUSED", false, &text),
            LinkEvent::SessionLost => self.life("SESSION_LOST", false, &text),
            LinkEvent::TakenOver { .. } => self.life("SESSION_TAKEN_OVER", false, &text),
            LinkEvent::Stopped => self.life("DISCONNECTED", true, &text),
            LinkEvent::SessionEpoch(epoch) => self.store(|session| session.epoch = epoch),
            LinkEvent::SubscribedSet(filters) => self.store(|session| {
                session.subscribed = filters
                    .into_iter()
                    .map(|filter| (filter.filter, filter.qos as u8))
                    .collect();
            }),
            LinkEvent::Oversized { .. } => {
                let text = format!("{text}; raise maxBytesInMessage to accept it");
                self.recorder
                    .error(self.tenant, self.integration, "uplink", &text);
            }
            LinkEvent::Unreadable { .. } | LinkEvent::Qos0Dropped { .. } => {
                self.recorder
                    .error(self.tenant, self.integration, "uplink", &text);
            }
            LinkEvent::Confirmed { position } => self.confirmed(position),
        }
    }
}
