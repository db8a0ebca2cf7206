//! Persistent commands to devices.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::{
    Millis, TenantId,
    id::{DeviceId, RpcId},
};

use super::Entity;

/// State of a persistent command.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum RpcStatus {
    /// It waits for its broker.
    #[default]
    Queued,
    /// It is on its way to the broker.
    Sent,
    /// It is with the broker; the end of a one-way command.
    Delivered,
    /// The device answered.
    Successful,
    /// The device did not answer in time; it is sent again.
    Timeout,
    /// It was no use any more.
    Expired,
    /// The device never answered, whatever was tried.
    Failed,
    /// Somebody deleted it.
    Deleted,
}

impl RpcStatus {
    /// The JSON spelling.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "QUEUED",
            Self::Sent => "SENT",
            Self::Delivered => "DELIVERED",
            Self::Successful => "SUCCESSFUL",
            Self::Timeout => "TIMEOUT",
            Self::Expired => "EXPIRED",
            Self::Failed => "FAILED",
            Self::Deleted => "DELETED",
        }
    }
}

/// A persistent command to a device.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Rpc {
    /// Id.
    pub id: Option<RpcId>,
    /// When it was made.
    pub created_time: Option<Millis>,
    /// Whose it is.
    pub tenant_id: Option<TenantId>,
    /// The device.
    pub device_id: Option<DeviceId>,
    /// When it is no use any more (ms).
    pub expiration_time: Millis,
    /// What was asked: `oneway`, `body` with `method` and `params`, `retries`, ….
    #[schema(value_type = Object)]
    pub request: Json,
    /// What the device answered.
    #[schema(value_type = Object)]
    pub response: Option<Json>,
    /// How far it came.
    pub status: RpcStatus,
    /// How often it was sent again for want of an answer.
    pub attempts: u32,
    /// Free JSON of the caller.
    #[schema(value_type = Object)]
    pub additional_info: Option<Json>,
    /// Counter of saves.
    pub version: Option<i64>,
}

impl Entity for Rpc {
    const KIND: crate::EntityType = RpcId::KIND;

    fn uuid(&self) -> Option<uuid::Uuid> {
        self.id.map(|id| id.0)
    }
    fn set_uuid(&mut self, id: uuid::Uuid) {
        self.id = Some(RpcId(id));
    }
    fn tenant(&self) -> Option<TenantId> {
        self.tenant_id
    }
    fn set_tenant(&mut self, tenant: TenantId) {
        self.tenant_id = Some(tenant);
    }
    fn name(&self) -> &str {
        self.request
            .pointer("/body/method")
            .and_then(Json::as_str)
            .unwrap_or_default()
    }
    fn created_time(&self) -> Option<Millis> {
        self.created_time
    }
    fn set_created_time(&mut self, at: Millis) {
        self.created_time = Some(at);
    }
    fn version(&self) -> Option<i64> {
        self.version
    }
    fn set_version(&mut self, version: i64) {
        self.version = Some(version);
    }
    /// Commands are found by their state...
    fn subtype(&self) -> Option<&str> {
        Some(self.status.as_str())
    }
    /// ...and by their device, which owns them.
    fn customer(&self) -> Option<uuid::Uuid> {
        self.device_id.map(|device| device.0)
    }
}
