//! Configuration as files: `millrace export` and `millrace apply`.
//!
//! A folder holds one file for each converter, integration, rule chain, profile and dashboard.
//! Files name each other instead of carrying ids, scripts lie beside their converter, and secrets
//! are names of environment variables. So a folder can be kept under version control, read, and
//! applied to another server.
//!
//! ```text
//! converters/MQTT Uplink Converter.json
//! converters/MQTT Uplink Converter.tbelDecoder.tbel
//! integrations/MQTT Integration.json
//! rule-chains/Root Rule Chain.json
//! device-profiles/sensor.json
//! asset-profiles/…
//! dashboards/…
//! ```
//!
//! Both commands speak the REST API: of a running server, or of one that is started for the
//! moment on a data directory. Values are carried as the text they came in (a number keeps its
//! form), only white space changes.

mod apply;
mod compare;
mod door;
mod export;
mod folder;
mod members;
mod pretty;
mod references;
mod secrets;

pub(crate) use apply::{Change, Planned, apply};
pub(crate) use door::{Door, percent};
pub(crate) use export::export;
pub(crate) use folder::{Files, documents, read, write};

/// What is carried, in the order it is made: later kinds name earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    Converter,
    Integration,
    RuleChain,
    DeviceProfile,
    AssetProfile,
    Dashboard,
}

impl Kind {
    pub(crate) const ALL: [Self; 6] = [
        Self::Converter,
        Self::Integration,
        Self::RuleChain,
        Self::DeviceProfile,
        Self::AssetProfile,
        Self::Dashboard,
    ];

    /// As entity ids write it.
    pub(crate) fn entity_type(self) -> &'static str {
        match self {
            Self::Converter => "CONVERTER",
            Self::Integration => "INTEGRATION",
            Self::RuleChain => "RULE_CHAIN",
            Self::DeviceProfile => "DEVICE_PROFILE",
            Self::AssetProfile => "ASSET_PROFILE",
            Self::Dashboard => "DASHBOARD",
        }
    }

    /// For people.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Converter => "converter",
            Self::Integration => "integration",
            Self::RuleChain => "rule chain",
            Self::DeviceProfile => "device profile",
            Self::AssetProfile => "asset profile",
            Self::Dashboard => "dashboard",
        }
    }

    /// The folder its files lie in.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Self::Converter => "converters",
            Self::Integration => "integrations",
            Self::RuleChain => "rule-chains",
            Self::DeviceProfile => "device-profiles",
            Self::AssetProfile => "asset-profiles",
            Self::Dashboard => "dashboards",
        }
    }

    /// The member that names it.
    pub(crate) fn name_member(self) -> &'static str {
        match self {
            Self::Dashboard => "title",
            _ => "name",
        }
    }

    /// Where one is read and saved.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Converter => "/api/converter",
            Self::Integration => "/api/integration",
            Self::RuleChain => "/api/ruleChain",
            Self::DeviceProfile => "/api/deviceProfile",
            Self::AssetProfile => "/api/assetProfile",
            Self::Dashboard => "/api/dashboard",
        }
    }

    /// Where all are listed.
    pub(crate) fn list_path(self) -> &'static str {
        match self {
            Self::Converter => "/api/converters",
            Self::Integration => "/api/integrations",
            Self::RuleChain => "/api/ruleChains",
            Self::DeviceProfile => "/api/deviceProfiles",
            Self::AssetProfile => "/api/assetProfiles",
            Self::Dashboard => "/api/tenant/dashboards",
        }
    }
}

/// One entity as it lies in a folder: JSON text with names for ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Document {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    pub(crate) text: String,
}
