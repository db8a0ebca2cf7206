//! Keys by which programs act for a user.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::{
    Millis, TenantId,
    id::{ApiKeyId, UserId},
};

use super::{Entity, entity_fields};

/// What is known of an API key once it is made: everything but the key.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ApiKeyInfo {
    /// Id; absent on create.
    pub id: Option<ApiKeyId>,
    /// When it was made.
    pub created_time: Option<Millis>,
    /// Whose it is.
    pub tenant_id: Option<TenantId>,
    /// The user it acts for; the caller when absent.
    pub user_id: Option<UserId>,
    /// What it is for.
    pub description: String,
    /// Off: it opens nothing. On when absent.
    pub enabled: Option<bool>,
    /// When it ends (ms); 0 for never.
    pub expiration_time: Millis,
    /// Whether it has ended, when read back.
    pub expired: bool,
    /// Free JSON, returned as it came.
    #[schema(value_type = Object)]
    pub additional_info: Option<Json>,
    /// Counter of saves.
    pub version: Option<i64>,
}

impl Entity for ApiKeyInfo {
    entity_fields!(ApiKeyId, description);
}

/// A new API key; the only time its value is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ApiKey {
    /// What is kept of it.
    #[serde(flatten)]
    pub info: ApiKeyInfo,
    /// The key itself.
    pub value: String,
}
