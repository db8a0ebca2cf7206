//! Tells rule chains what people did: entities saved and deleted, values written and deleted over
//! REST. The messages are in no journal: what they tell of is stored already, and a kill loses no
//! more than the word about it.

use std::sync::{Arc, Weak};

use millrace_model::{
    AttributeScope, EntityId, EntityType, Millis, Value, message::message_type, telemetry::TsValues,
};
use millrace_store::entities::EntityRow;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::{
    Records, Scope,
    changes::{ChangeKind, Changed, Changes},
    clock::now_ms,
    path::{Branch, Path, Routed, Work},
    rules::{Data, Metadata, RuleMessage},
};

/// Kinds whose chains hear of their life.
const TOLD: [EntityType; 5] = [
    EntityType::Device,
    EntityType::Asset,
    EntityType::Customer,
    EntityType::User,
    EntityType::Dashboard,
];

/// Sends messages about people's deeds into chains.
#[derive(Clone)]
pub struct Announcer {
    records: Records,
    path: Weak<Path>,
}

impl Announcer {
    /// Messages go to the chains of `path`; changes of entities are told from now on.
    #[must_use]
    pub fn new(records: Records, path: &Arc<Path>) -> Self {
        let announcer = Self {
            path: Arc::downgrade(path),
            records,
        };
        announcer.follow(announcer.records.changes());
        announcer
    }

    fn follow(&self, changes: &Changes) {
        let saved = self.clone();
        changes.listen(move |changed| {
            // What uplinks bring along is told by whoever makes it.
            if changed.user.is_some() && changed.kind != ChangeKind::Deleted {
                saved.saved(changed);
            }
        });
        let gone = self.clone();
        changes.listen_gone(move |changed, row| {
            if changed.user.is_some() {
                gone.life(changed, message_type::ENTITY_DELETED, row);
            }
        });
    }

    fn saved(&self, changed: &Changed) {
        if !TOLD.contains(&changed.entity.entity_type) {
            return;
        }
        let kind = match changed.kind {
            ChangeKind::Created => message_type::ENTITY_CREATED,
            ChangeKind::Updated | ChangeKind::Deleted => message_type::ENTITY_UPDATED,
        };
        match self.records.store().get(changed.tenant, changed.entity) {
            Ok(Some(row)) => self.life(changed, kind, &row),
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(entity = %changed.entity, %error, "a saved entity was not told to its chain");
            }
        }
    }

    fn life(&self, changed: &Changed, msg_type: &'static str, row: &EntityRow) {
        if !TOLD.contains(&row.id.entity_type) {
            return;
        }
        let scope = Scope {
            user: changed.user,
            ..Scope::server(changed.tenant)
        };
        let mut body = row.body.clone();
        if let Json::Object(members) = &mut body {
            members.insert("version".to_owned(), row.version.into());
        }
        let metadata = self.metadata(&scope);
        self.send(&scope, row.id, row.customer, msg_type, metadata, &body);
    }

    /// An entity was given to a customer, or taken back.
    pub fn assigned(&self, scope: &Scope, entity: EntityId, customer: Uuid, title: &str, to: bool) {
        let (msg_type, names) = if to {
            (
                message_type::ENTITY_ASSIGNED,
                ["assignedCustomerId", "assignedCustomerName"],
            )
        } else {
            (
                message_type::ENTITY_UNASSIGNED,
                ["unassignedCustomerId", "unassignedCustomerName"],
            )
        };
        let mut metadata = self.metadata(scope);
        for (name, value) in names.into_iter().zip([&*customer.to_string(), title]) {
            metadata.set(name, value.to_owned());
        }
        let row = self.records.store().get(scope.tenant, entity);
        if let Ok(Some(row)) = row {
            self.send(scope, entity, row.customer, msg_type, metadata, &row.body);
        }
    }

    /// Attributes were written.
    pub fn attributes_updated(
        &self,
        scope: &Scope,
        entity: EntityId,
        of: AttributeScope,
        values: &[(Arc<str>, Value)],
    ) {
        let data = Json::Object(members(values));
        let metadata = self.in_scope(scope, of);
        let msg_type = message_type::ATTRIBUTES_UPDATED;
        self.send(scope, entity, None, msg_type, metadata, &data);
    }

    /// Attributes were deleted.
    pub fn attributes_deleted(
        &self,
        scope: &Scope,
        entity: EntityId,
        of: AttributeScope,
        keys: &[Arc<str>],
    ) {
        let data = json!({ "attributes": keys });
        let metadata = self.in_scope(scope, of);
        let msg_type = message_type::ATTRIBUTES_DELETED;
        self.send(scope, entity, None, msg_type, metadata, &data);
    }

    /// Points were written.
    pub fn points_updated(&self, scope: &Scope, entity: EntityId, parts: &[TsValues]) {
        let parts: Vec<Json> = parts
            .iter()
            .map(|part| json!({ "ts": part.ts, "values": members(&part.values) }))
            .collect();
        let data = json!({ "timeseries": parts });
        let metadata = self.metadata(scope);
        let msg_type = message_type::TIMESERIES_UPDATED;
        self.send(scope, entity, None, msg_type, metadata, &data);
    }

    /// Points were deleted.
    pub fn points_deleted(
        &self,
        scope: &Scope,
        entity: EntityId,
        keys: &[Arc<str>],
        range: (Millis, Millis),
    ) {
        let data = json!({ "timeseries": keys, "startTs": range.0, "endTs": range.1 });
        let metadata = self.metadata(scope);
        let msg_type = message_type::TIMESERIES_DELETED;
        self.send(scope, entity, None, msg_type, metadata, &data);
    }

    fn in_scope(&self, scope: &Scope, of: AttributeScope) -> Metadata {
        let mut metadata = self.metadata(scope);
        metadata.set("scope", of.as_str());
        metadata
    }

    /// Who did it.
    fn metadata(&self, scope: &Scope) -> Metadata {
        let mut metadata = Metadata::with_capacity(3);
        let Some(user) = scope.user else {
            return metadata;
        };
        metadata.set("userId", user.to_string());
        let id = millrace_model::id::UserId(user).into();
        if let Ok(Some(row)) = self.records.store().get(scope.tenant, id) {
            metadata.set("userEmail", row.name.clone());
            metadata.set("userName", row.name);
        }
        metadata
    }

    fn send(
        &self,
        scope: &Scope,
        originator: EntityId,
        customer: Option<Uuid>,
        msg_type: &'static str,
        metadata: Metadata,
        data: &Json,
    ) {
        let Some(path) = self.path.upgrade() else {
            return;
        };
        let now = now_ms();
        let lane = path.lanes().of_originator(originator);
        let message = RuleMessage {
            id: Uuid::now_v7(),
            ts: now,
            msg_type: msg_type.into(),
            originator,
            customer,
            metadata,
            data: Data::Text(data.to_string().into()),
            call: None,
        };
        let routed = Routed {
            tenant: scope.tenant,
            message,
            branch: Branch::untracked(),
            entity: None,
            arrival_ms: now,
        };
        path.lanes().send(lane, Work::Route(vec![routed]));
    }
}

fn members(values: &[(Arc<str>, Value)]) -> Map<String, Json> {
    values
        .iter()
        .map(|(key, value)| (key.to_string(), value.to_json()))
        .collect()
}
