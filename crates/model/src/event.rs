//! Events: what a station saw, kept in bounded rings.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{EntityId, Millis, TenantId};

/// Kind of an event; decides the members of its body.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EventType {
    /// `method`, `error`.
    Error,
    /// `event`, `success`, `error`.
    LcEvent,
    /// `messagesProcessed`, `errorsOccurred`.
    Stats,
    /// Not produced here.
    RawData,
    /// IN and OUT of a rule node.
    DebugRuleNode,
    /// Not produced here.
    DebugRuleChain,
    /// `type`, `in`, `out`, `metadata`, `error` of a converter.
    DebugConverter,
    /// `type`, `message`, `status`, `error` of an integration.
    DebugIntegration,
    /// Not produced here.
    DebugCalculatedField,
}

impl EventType {
    /// The JSON spelling.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "ERROR",
            Self::LcEvent => "LC_EVENT",
            Self::Stats => "STATS",
            Self::RawData => "RAW_DATA",
            Self::DebugRuleNode => "DEBUG_RULE_NODE",
            Self::DebugRuleChain => "DEBUG_RULE_CHAIN",
            Self::DebugConverter => "DEBUG_CONVERTER",
            Self::DebugIntegration => "DEBUG_INTEGRATION",
            Self::DebugCalculatedField => "DEBUG_CALCULATED_FIELD",
        }
    }

    /// From the JSON spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_value(Json::String(text.to_owned())).ok()
    }
}

/// The id of an event: an object without `entityType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EventId {
    /// UUID.
    pub id: Uuid,
}

/// An event as the REST API gives it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// Its id.
    pub id: EventId,
    /// When it happened.
    pub created_time: Millis,
    /// Whose it is.
    pub tenant_id: TenantId,
    /// Its kind.
    #[serde(rename = "type")]
    pub event_type: EventType,
    /// Text of the id, as older clients want it.
    pub uid: String,
    /// The station it belongs to.
    pub entity_id: EntityId,
    /// Members by kind; always has `server`.
    #[schema(value_type = Object)]
    pub body: Json,
}
