//! Latest values, attributes and keys.
//!
//! Callers have found the entity within the scope's tenant before; what memory knows to be another
//! tenant's is nevertheless left out here.

use std::sync::Arc;

use millrace_model::{
    AttributeScope, EntityId,
    telemetry::{Attribute, TsValue},
};

use super::{
    Telemetry,
    memory::{AttributeRef, Entity},
};
use crate::{Result, Scope};

impl Telemetry {
    fn with_own<T: Default>(
        &self,
        scope: &Scope,
        id: EntityId,
        read: impl FnOnce(&Entity) -> T,
    ) -> Result<T> {
        self.with_loaded(id, |entity| match entity.tenant {
            Some(tenant) if tenant != scope.tenant => T::default(),
            _ => read(entity),
        })
    }

    /// Latest values of `keys` (all without), in the order asked for, else by key. Keys without a
    /// value are left out. May read tables.
    ///
    /// # Errors
    /// When the tables cannot be read.
    pub fn latest(
        &self,
        scope: &Scope,
        entity: EntityId,
        keys: Option<&[Arc<str>]>,
    ) -> Result<Vec<(Arc<str>, TsValue)>> {
        self.with_own(scope, entity, |entity| match keys {
            Some(keys) => keys
                .iter()
                .filter_map(|key| entity.series.get_key_value(&**key))
                .filter_map(|(key, series)| Some((Arc::clone(key), series.latest.clone()?)))
                .collect(),
            None => {
                let mut all: Vec<_> = entity
                    .series
                    .iter()
                    .filter_map(|(key, series)| Some((Arc::clone(key), series.latest.clone()?)))
                    .collect();
                all.sort_by(|(a, _), (b, _)| a.cmp(b));
                all
            }
        })
    }

    /// Keys with a latest value, sorted. May read tables.
    ///
    /// # Errors
    /// When the tables cannot be read.
    pub fn keys(&self, scope: &Scope, entity: EntityId) -> Result<Vec<Arc<str>>> {
        let latest = self.latest(scope, entity, None)?;
        Ok(latest.into_iter().map(|(key, _)| key).collect())
    }

    /// Attributes of one scope (all without) and the given keys (all without), by key. May read
    /// tables.
    ///
    /// # Errors
    /// When the tables cannot be read.
    pub fn attributes(
        &self,
        scope: &Scope,
        entity: EntityId,
        attribute_scope: Option<AttributeScope>,
        keys: Option<&[Arc<str>]>,
    ) -> Result<Vec<Attribute>> {
        self.with_own(scope, entity, |entity| {
            let mut found = entity.attributes(attribute_scope, keys);
            found.sort_by(|a, b| a.key.cmp(&b.key));
            found
        })
    }

    /// Keys of attributes, sorted, each once. May read tables.
    ///
    /// # Errors
    /// When the tables cannot be read.
    pub fn attribute_keys(
        &self,
        scope: &Scope,
        entity: EntityId,
        attribute_scope: Option<AttributeScope>,
    ) -> Result<Vec<Arc<str>>> {
        let found = self.attributes(scope, entity, attribute_scope, None)?;
        let mut keys: Vec<_> = found.into_iter().map(|attribute| attribute.key).collect();
        keys.dedup();
        Ok(keys)
    }

    /// One attribute with the time it was written; `None` also when the tables cannot be read,
    /// which is logged. Reads tables only when the entity is not in memory.
    #[must_use]
    pub fn attribute(&self, entity: EntityId, scope: AttributeScope, key: &str) -> Option<TsValue> {
        self.with_loaded(entity, |entity| {
            let slot = entity.attributes.get(&AttributeRef { scope, key })?;
            slot.value.clone()
        })
        .unwrap_or_else(|error| {
            tracing::warn!(%entity, key, %error, "an attribute could not be read");
            None
        })
    }
}
