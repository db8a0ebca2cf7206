//! What is read of an entity: its fields, attributes and latest telemetry.

use std::{collections::HashMap, sync::Arc};

use millrace_model::{
    AttributeScope, EntityId, EntityType, Millis, Value,
    telemetry::{Attribute, TsValue},
};
use millrace_store::entities::EntityRow;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Queries;
use crate::{Result, Scope};

/// Where a key is looked up.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum KeyType {
    /// Attribute of any scope; the one written last.
    Attribute,
    /// Attribute of the client scope.
    ClientAttribute,
    /// Attribute of the shared scope.
    SharedAttribute,
    /// Attribute of the server scope.
    ServerAttribute,
    /// Latest telemetry.
    TimeSeries,
    /// A field of the entity: `name`, `type`, `label`, `createdTime`, …
    EntityField,
    /// A field of an alarm; nothing here.
    AlarmField,
    /// A fixed value; nothing here.
    Constant,
}

impl KeyType {
    /// The attribute scope it names; the outer `None` for what is no attribute.
    #[must_use]
    pub fn attribute_scope(self) -> Option<Option<AttributeScope>> {
        match self {
            Self::Attribute => Some(None),
            Self::ClientAttribute => Some(Some(AttributeScope::Client)),
            Self::SharedAttribute => Some(Some(AttributeScope::Shared)),
            Self::ServerAttribute => Some(Some(AttributeScope::Server)),
            _ => None,
        }
    }
}

/// A key with the place it is looked up in.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct EntityKey {
    /// The place.
    #[serde(rename = "type")]
    pub key_type: KeyType,
    /// The key.
    #[schema(value_type = String)]
    pub key: Arc<str>,
}

/// Names of owners, read once for a query.
#[derive(Default)]
pub(super) struct Owners(HashMap<Uuid, String>);

/// What was read of one entity, in the order of the keys.
pub(super) type Read = Vec<Option<TsValue>>;

impl Queries {
    /// Reads keys of one entity.
    pub(super) fn read(
        &self,
        scope: &Scope,
        row: &EntityRow,
        keys: &[EntityKey],
        owners: &mut Owners,
    ) -> Result<Read> {
        let series: Vec<Arc<str>> = keys
            .iter()
            .filter(|key| key.key_type == KeyType::TimeSeries)
            .map(|key| Arc::clone(&key.key))
            .collect();
        let mut latest = HashMap::new();
        if !series.is_empty() {
            latest.extend(self.telemetry.latest(scope, row.id, Some(&series))?);
        }
        let mut attributes = HashMap::new();
        for of in keys.iter().filter_map(|key| key.key_type.attribute_scope()) {
            if attributes.contains_key(&of) {
                continue;
            }
            let of_scope = |key: &&EntityKey| key.key_type.attribute_scope() == Some(of);
            let named = keys.iter().filter(of_scope).map(|key| Arc::clone(&key.key));
            let named: Vec<Arc<str>> = named.collect();
            let found = self.telemetry.attributes(scope, row.id, of, Some(&named))?;
            attributes.insert(of, found);
        }
        let mut read = Vec::with_capacity(keys.len());
        for key in keys {
            read.push(match key.key_type.attribute_scope() {
                Some(of) => attributes
                    .get(&of)
                    .and_then(|found| newest(found, &key.key)),
                None if key.key_type == KeyType::TimeSeries => latest.get(&key.key).cloned(),
                None if key.key_type == KeyType::EntityField => {
                    let value = self.field(scope, row, &key.key, owners)?;
                    value.map(|value| TsValue {
                        ts: row.created_time,
                        value,
                    })
                }
                None => None,
            });
        }
        Ok(read)
    }

    /// A field of an entity.
    fn field(
        &self,
        scope: &Scope,
        row: &EntityRow,
        name: &str,
        owners: &mut Owners,
    ) -> Result<Option<Value>> {
        let text = |text: &str| Some(Value::Text(text.into()));
        Ok(match name {
            "name" | "title" | "email"
                if name != "email" || row.id.entity_type == EntityType::User =>
            {
                text(&row.name)
            }
            "entityName" => text(&row.name),
            "type" => match &row.subtype {
                Some(subtype) => text(subtype),
                None => row.body.get("type").and_then(scalar),
            },
            "label" | "entityLabel" => row.label.as_deref().and_then(text),
            "createdTime" => Some(Value::Long(row.created_time)),
            "entityType" => text(row.id.entity_type.as_str()),
            "id" => text(&row.id.id.to_string()),
            "ownerType" => text(owner_kind(row).as_str()),
            "ownerName" => text(&self.owner_name(scope, row, owners)?),
            other => row.body.get(other).and_then(scalar),
        })
    }

    fn owner_name(&self, scope: &Scope, row: &EntityRow, owners: &mut Owners) -> Result<String> {
        let owner = EntityId::new(owner_kind(row), row.customer.unwrap_or(scope.tenant.0));
        if let Some(name) = owners.0.get(&owner.id) {
            return Ok(name.clone());
        }
        let stored = self.records.store().get(scope.tenant, owner)?;
        let name = stored.map(|row| row.name).unwrap_or_default();
        owners.0.insert(owner.id, name.clone());
        Ok(name)
    }
}

fn owner_kind(row: &EntityRow) -> EntityType {
    if row.customer.is_some() {
        EntityType::Customer
    } else {
        EntityType::Tenant
    }
}

/// The attribute that was written last.
fn newest(attributes: &[Attribute], key: &str) -> Option<TsValue> {
    attributes
        .iter()
        .filter(|found| &*found.key == key)
        .max_by_key(|found| found.last_update_ts)
        .map(|found| TsValue {
            ts: found.last_update_ts,
            value: found.value.clone(),
        })
}

/// A member of a body as a value; nothing for null.
fn scalar(json: &Json) -> Option<Value> {
    Value::from_json(json, false)
}

/// Time and text of a value; what is not there has time 0 and no text.
pub(super) fn shown(value: Option<&TsValue>) -> (Millis, String) {
    value.map_or((0, String::new()), |found| {
        (found.ts, found.value.to_string())
    })
}
