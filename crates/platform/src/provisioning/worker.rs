//! The thread that finds and makes entities.

use std::{sync::Arc, time::Duration};

use millrace_model::{AttributeScope, EntityType, Millis, Value, message::message_type};
use millrace_store::{StoreError, ValueTables, fault_points};
use rustc_hash::{FxHashMap, FxHashSet};
use uuid::Uuid;

use super::{
    cache::{Key, Provisioning, Request},
    create::{Batch, CreateError, Created, Wish},
    entity_ref::EntityRef,
};
use crate::{
    changes::{ChangeKind, Changed},
    clock::now_ms,
    converter::EntityKind,
    path::{Path, Routed, Work},
    rules::{Data, Metadata, RuleMessage},
};

/// Most names looked up in one transaction.
const MAX_BATCH: usize = 500;

/// Finds or makes what [`Provisioning`] is asked for, in batches.
pub struct ProvisioningWorker {
    path: Arc<Path>,
}

enum Answer {
    Found(Arc<EntityRef>),
    New(Created),
    Refused(CreateError),
}

impl ProvisioningWorker {
    /// A worker for a path.
    #[must_use]
    pub fn new(path: Arc<Path>) -> Self {
        Self { path }
    }

    /// Works until the cache is closed.
    pub fn run(&self) {
        let mut pause = Duration::from_millis(10);
        while let Some(keys) = self.cache().next_wanted(MAX_BATCH) {
            match self.batch(&keys) {
                Ok(()) => pause = Duration::from_millis(10),
                Err((left, error)) => {
                    // The entity store is not writable for the moment: the messages wait, nothing
                    // is lost, and the bound on unfinished messages holds the flood back.
                    tracing::error!(%error, waiting = left.len(), "devices cannot be created for the moment; trying again");
                    self.cache().ask_again(left);
                    std::thread::sleep(pause);
                    pause = (pause * 2).min(Duration::from_secs(1));
                }
            }
        }
    }

    fn cache(&self) -> &Provisioning {
        self.path.provisioning()
    }

    /// One transaction for all; when a row clashes with one that somebody else made meanwhile,
    /// one for each.
    fn batch(&self, keys: &[Key]) -> Result<(), (Vec<Key>, StoreError)> {
        match self.transaction(keys) {
            Ok(()) => Ok(()),
            Err(StoreError::Duplicate { .. } | StoreError::Conflict { .. }) if keys.len() > 1 => {
                for (place, key) in keys.iter().enumerate() {
                    self.batch(std::slice::from_ref(key))
                        .map_err(|(_, error)| (keys[place..].to_vec(), error))?;
                }
                Ok(())
            }
            Err(error) => Err((keys.to_vec(), error)),
        }
    }

    fn transaction(&self, keys: &[Key]) -> Result<(), StoreError> {
        let store = Arc::clone(self.path.entities());
        let mut batch = Batch::new(&*store, now_ms());
        let mut answers = Vec::with_capacity(keys.len());
        for key in keys {
            answers.push(self.answer(&mut batch, key)?);
        }
        let devices: Vec<_> = answers
            .iter()
            .filter_map(|answer| match answer {
                Answer::New(created) if created.entity.kind == EntityKind::Device => Some(created),
                _ => None,
            })
            .collect();
        let notices = self.path.notify_created(&devices, &mut batch.changes);
        if !batch.changes.is_empty() {
            store.apply(&batch.changes)?;
            fault_points::hit("provision.committed");
        }
        if let Some(notices) = notices {
            notices.publish();
        }
        for (key, answer) in keys.iter().zip(answers) {
            self.tell(key, answer);
        }
        Ok(())
    }

    fn answer(&self, batch: &mut Batch<'_>, key: &Key) -> Result<Answer, StoreError> {
        if let Some(entity) = batch.find(key)? {
            restore_activity(&self.path, &entity);
            return Ok(Answer::Found(Arc::new(entity)));
        }
        let wish = self.cache().wish(key, |request| {
            (request.integration.allow_create).then(|| Wish {
                integration: request.integration.station(),
                integration_name: Arc::clone(&request.integration.name),
                profile: Arc::clone(&request.entity.profile),
                label: request.entity.label.clone(),
                customer: request.entity.customer.clone(),
                group: request.entity.group.clone(),
            })
        });
        match wish {
            Some(wish) => batch.create(key, &wish).map(Answer::New),
            None => {
                let kind = if key.kind == EntityKind::Device {
                    "device"
                } else {
                    "asset"
                };
                Ok(Answer::Refused(CreateError::NotAllowed {
                    kind,
                    name: key.name.to_string(),
                }))
            }
        }
    }
}

/// Most devices whose names are read at the start; the others are looked up when they speak.
const MAX_REMEMBERED: usize = 200_000;

/// Puts the devices of the last process into the cache: their first messages need no look-up, and
/// the silence of those that were active is noticed.
pub(crate) fn remember_devices(path: &Path, values: &dyn ValueTables) -> Result<(), StoreError> {
    let mut active: FxHashSet<Uuid> = FxHashSet::default();
    values.each_attribute(
        EntityType::Device,
        AttributeScope::Server,
        "active",
        &mut |entity, stored| {
            if stored.value == Value::Bool(true) {
                active.insert(entity.id);
            }
        },
    )?;
    let mut last: FxHashMap<Uuid, Millis> = FxHashMap::default();
    values.each_attribute(
        EntityType::Device,
        AttributeScope::Server,
        "lastActivityTime",
        &mut |entity, stored| {
            if let Value::Long(at) = stored.value
                && active.contains(&entity.id)
            {
                last.insert(entity.id, at);
            }
        },
    )?;
    let store = path.entities();
    let mut names = Vec::new();
    store.each_name(EntityType::Device, &mut |row| {
        if names.len() < MAX_REMEMBERED {
            names.push(row);
        }
    })?;
    let mut batch = Batch::new(&**store, now_ms());
    for row in names {
        let id = row.id.id;
        let entity = batch.entity_of(EntityKind::Device, row)?;
        entity.restore_activity(active.contains(&id), last.get(&id).copied().unwrap_or(0));
        path.provisioning().remember(Arc::new(entity));
    }
    Ok(())
}

pub(super) fn restore_activity(path: &Path, entity: &EntityRef) {
    let read = |key| {
        path.telemetry()
            .attribute(entity.id, AttributeScope::Server, key)
            .map(|stored| stored.value)
    };
    let active = matches!(read("active"), Some(Value::Bool(true)));
    let last = match read("lastActivityTime") {
        Some(Value::Long(last)) => last,
        _ => 0,
    };
    entity.restore_activity(active, last);
}

impl ProvisioningWorker {
    fn tell(&self, key: &Key, answer: Answer) {
        match answer {
            Answer::Found(entity) => self.hand_on(key, &entity, None),
            Answer::New(created) => {
                self.path.changes().publish(Changed {
                    tenant: key.tenant,
                    entity: created.entity.id,
                    kind: ChangeKind::Created,
                    user: None,
                });
                let entity = Arc::clone(&created.entity);
                self.hand_on(key, &entity, Some(&created));
            }
            Answer::Refused(error) => {
                let text = error.to_string();
                for request in self.cache().refused(key) {
                    self.path
                        .seen()
                        .refused_entity(&request.integration, &request.accepted, &text);
                    self.path.note_failed(request.accepted.seq);
                    self.path.finish_now(request.branch);
                }
            }
        }
    }

    /// Sends everything that waited into the originator's lane, in order, the message "entity
    /// created" first.
    fn hand_on(&self, key: &Key, entity: &Arc<EntityRef>, created: Option<&Created>) {
        let path = Arc::clone(&self.path);
        let lane = path.lanes().of_originator(entity.id);
        self.cache().found(key, entity, |waiting| {
            let mut routed = Vec::new();
            if let (Some(created), Some(first)) = (created, waiting.first()) {
                routed.push(entity_created(created, first));
            }
            for mut request in waiting {
                crate::path::take_answer(&path, entity, &mut request);
                let (messages, branch) = crate::path::messages_of(entity, request);
                routed.extend(messages.into_iter().map(|message| Routed {
                    tenant: entity.tenant,
                    arrival_ms: message.ts,
                    branch: branch.fork(),
                    entity: Some(Arc::clone(entity)),
                    message,
                }));
                path.finish_now(branch);
            }
            path.lanes().send(lane, Work::Route(routed));
        });
    }
}

fn entity_created(created: &Created, cause: &Request) -> Routed {
    let entity = &created.entity;
    let mut metadata = Metadata::with_capacity(3);
    metadata.set("integrationName", Arc::clone(&created.integration_name));
    metadata.set("integrationId", cause.integration.id.to_string());
    let message = RuleMessage {
        id: millrace_store::journal::message_id(
            cause.accepted.seq,
            cause.accepted.record.arrival_ms,
            u32::from(u16::MAX),
        ),
        ts: cause.accepted.record.arrival_ms,
        msg_type: message_type::ENTITY_CREATED.into(),
        originator: entity.id,
        customer: entity.customer,
        metadata,
        data: Data::Text(created.body.to_string().into()),
        call: None,
    };
    Routed {
        tenant: entity.tenant,
        arrival_ms: message.ts,
        branch: cause.branch.fork(),
        entity: Some(Arc::clone(entity)),
        message,
    }
}
