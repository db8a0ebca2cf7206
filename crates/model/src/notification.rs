//! Messages for people.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::{
    Millis,
    id::{NotificationId, UserId},
};

/// Whether a person has seen it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum NotificationStatus {
    /// Not read yet.
    Sent,
    /// Read.
    Read,
}

/// One notification in a user's inbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    /// Its id.
    pub id: NotificationId,
    /// When it was sent.
    pub created_time: Millis,
    /// Whose inbox.
    pub recipient_id: UserId,
    /// Kind, e.g. `ENTITY_ACTION`.
    #[serde(rename = "type")]
    pub notification_type: String,
    /// `WEB` is the inbox.
    pub delivery_method: String,
    /// First line.
    pub subject: String,
    /// The text.
    pub text: String,
    /// Icon and button of the inbox row.
    #[schema(value_type = Object)]
    pub additional_config: Json,
    /// What it is about (`type`, `entityId`, …).
    #[schema(value_type = Object)]
    pub info: Json,
    /// Seen or not.
    pub status: NotificationStatus,
}
