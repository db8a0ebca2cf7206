//! What an integration says about its downlinks.

use std::sync::Arc;

use millrace_model::{
    DebugSettings, EntityId,
    entity::{Converter, ConverterConfiguration, ConverterType},
    id::ConverterId,
};

use super::queue::DownlinkQueue;
use crate::converter::DownlinkScript;

/// Settings of an integration's `configuration`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DownlinkSettings {
    /// The topic, with `${key}` for members of the converter's result.
    pub topic_pattern: String,
    /// QoS of publishes, 0 or 1.
    pub qos: u8,
    /// Whether the broker keeps them.
    pub retain: bool,
    /// Topic filter of answers that name no call.
    pub response_filter: Option<String>,
    /// A device has one call open at a time.
    pub rpc_one_at_a_time: bool,
}

impl Default for DownlinkSettings {
    fn default() -> Self {
        Self {
            topic_pattern: "${topic}".to_owned(),
            qos: 1,
            retain: false,
            response_filter: None,
            rpc_one_at_a_time: false,
        }
    }
}

impl DownlinkSettings {
    /// Whether the next call of a device waits for the end of the one before it. Answers that
    /// name no call could not be told apart otherwise.
    #[must_use]
    pub fn one_call_at_a_time(&self) -> bool {
        self.rpc_one_at_a_time || self.response_filter.is_some()
    }
}

/// A downlink converter as the path sees it.
pub struct DownlinkConverter {
    /// Its id.
    pub id: ConverterId,
    /// The compiled script, or why there is none.
    pub script: Result<DownlinkScript, String>,
    /// What is recorded.
    pub debug: DebugSettings,
}

impl DownlinkConverter {
    /// Compiles a converter.
    #[must_use]
    pub fn new(converter: &Converter) -> Self {
        let configuration: Result<ConverterConfiguration, _> =
            serde_json::from_value(converter.configuration.clone());
        let script = match configuration {
            Ok(configuration) => {
                let lang = configuration.script_lang.unwrap_or_default();
                match configuration.script(ConverterType::Downlink) {
                    Some(text) => {
                        DownlinkScript::compile(lang, text).map_err(|error| error.to_string())
                    }
                    None => Err(format!("the converter has no {} script", lang.as_str())),
                }
            }
            Err(error) => Err(format!(
                "the converter's configuration cannot be read: {error}"
            )),
        };
        Self {
            id: converter.id.unwrap_or_default(),
            script,
            debug: converter.debug_settings.unwrap_or_default(),
        }
    }

    /// The station of its events.
    #[must_use]
    pub fn station(&self) -> EntityId {
        self.id.into()
    }
}

/// The way down of one integration.
pub struct IntegrationDownlinks {
    /// Whether the integration is switched on.
    pub enabled: bool,
    /// Its downlink converter.
    pub converter: Option<Arc<DownlinkConverter>>,
    /// Its settings.
    pub settings: DownlinkSettings,
    /// What waits for its broker; it outlives a save of the integration.
    pub queue: Arc<DownlinkQueue>,
}
