//! What the path needs to know of an integration and its converter: compiled once, swapped whole.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use millrace_model::{
    DebugSettings, EntityId, TenantId,
    entity::{Converter, ConverterConfiguration, ConverterType, Integration},
    id::{ConverterId, IntegrationId},
};
use parking_lot::Mutex;

use super::script_metadata::own_metadata;
use crate::{
    converter::{UplinkEntity, UplinkScript},
    downlinks::IntegrationDownlinks,
};

/// Most entity/key pairs whose last value is remembered for *update only keys*.
const MAX_REMEMBERED: usize = 1_000_000;

/// An integration as the path sees it.
pub struct IntegrationRuntime {
    /// Whose it is.
    pub tenant: TenantId,
    /// Its id.
    pub id: IntegrationId,
    /// Its name.
    pub name: Arc<str>,
    /// Metadata for every message.
    pub metadata: Vec<(String, String)>,
    /// Whether unknown names become entities.
    pub allow_create: bool,
    /// What is recorded.
    pub debug: DebugSettings,
    /// Its uplink converter.
    pub converter: Arc<ConverterRuntime>,
    /// Its way down.
    pub downlinks: IntegrationDownlinks,
    /// Figures; they outlive a save of the integration.
    pub counters: Arc<UplinkCounters>,
}

impl IntegrationRuntime {
    /// The station of its events.
    #[must_use]
    pub fn station(&self) -> EntityId {
        self.id.into()
    }

    /// An integration with its converter.
    #[must_use]
    pub fn new(
        integration: &Integration,
        tenant: TenantId,
        converter: Arc<ConverterRuntime>,
        downlinks: IntegrationDownlinks,
        counters: Arc<UplinkCounters>,
    ) -> Self {
        Self {
            tenant,
            id: integration.id.unwrap_or_default(),
            name: integration.name.as_str().into(),
            metadata: own_metadata(integration),
            allow_create: integration.allow_create_devices_or_assets.unwrap_or(true),
            debug: integration.debug_settings.unwrap_or_default(),
            converter,
            downlinks,
            counters,
        }
    }
}

/// Figures of one integration.
#[derive(Debug, Default)]
pub struct UplinkCounters {
    /// Messages converted and handed on.
    pub processed: AtomicU64,
    /// Messages that failed.
    pub failed: AtomicU64,
    /// Retained messages left out because they were stored already.
    pub retained_again: AtomicU64,
    /// Bytes of payload.
    pub bytes: AtomicU64,
}

/// An uplink converter as the path sees it.
pub struct ConverterRuntime {
    /// Its id.
    pub id: ConverterId,
    /// The compiled script, or why there is none.
    pub script: Result<UplinkScript, String>,
    /// What is recorded.
    pub debug: DebugSettings,
    /// Keys that are forwarded only when their value changed.
    update_only: Vec<String>,
    /// Last forwarded value by entity and key, as text.
    seen: Mutex<HashMap<(EntityId, Arc<str>), String>>,
}

impl ConverterRuntime {
    /// Compiles a converter.
    #[must_use]
    pub fn new(converter: &Converter) -> Self {
        let configuration: Result<ConverterConfiguration, _> =
            serde_json::from_value(converter.configuration.clone());
        let (script, update_only) = match configuration {
            Ok(configuration) => {
                let lang = configuration.script_lang.unwrap_or_default();
                let script = match configuration.script(ConverterType::Uplink) {
                    Some(text) => {
                        UplinkScript::compile(lang, text).map_err(|error| error.to_string())
                    }
                    None => Err(format!("the converter has no {} script", lang.as_str())),
                };
                (script, configuration.update_only_keys.unwrap_or_default())
            }
            Err(error) => (
                Err(format!(
                    "the converter's configuration cannot be read: {error}"
                )),
                Vec::new(),
            ),
        };
        Self {
            id: converter.id.unwrap_or_default(),
            script,
            debug: converter.debug_settings.unwrap_or_default(),
            update_only,
            seen: Mutex::default(),
        }
    }

    /// The station of its events.
    #[must_use]
    pub fn station(&self) -> EntityId {
        self.id.into()
    }

    /// Takes out *update only* values that did not change since the last message of `entity`.
    pub fn keep_changed(&self, entity: EntityId, uplink: &mut UplinkEntity) {
        if self.update_only.is_empty() {
            return;
        }
        let mut seen = self.seen.lock();
        let mut changed = |key: &Arc<str>, value: &millrace_model::Value| {
            if !self.update_only.iter().any(|listed| **listed == **key) {
                return true;
            }
            let text = value.to_string();
            let known = seen.get_mut(&(entity, Arc::clone(key)));
            match known {
                Some(last) if *last == text => false,
                Some(last) => {
                    *last = text;
                    true
                }
                None => {
                    if seen.len() < MAX_REMEMBERED {
                        seen.insert((entity, Arc::clone(key)), text);
                    }
                    true
                }
            }
        };
        uplink.attributes.retain(|(key, value)| changed(key, value));
        for entry in &mut uplink.telemetry {
            entry.values.retain(|(key, value)| changed(key, value));
        }
        uplink.telemetry.retain(|entry| !entry.values.is_empty());
    }
}

impl UplinkCounters {
    /// Processed and failed messages so far.
    #[must_use]
    pub fn totals(&self) -> (u64, u64) {
        (
            self.processed.load(Ordering::Relaxed),
            self.failed.load(Ordering::Relaxed),
        )
    }
}
