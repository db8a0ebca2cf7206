//! A message as it waits in the journal.

use millrace_model::{EntityId, Millis};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::message::{Data, Metadata, RuleMessage};

/// A message in a form that survives the process. The call it was sent for does not: it ended when
/// the last branch did.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredMessage {
    id: Uuid,
    ts: Millis,
    #[serde(rename = "type")]
    msg_type: String,
    originator: EntityId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    customer: Option<Uuid>,
    metadata: Vec<(String, String)>,
    data: String,
}

impl StoredMessage {
    /// Gives the message another id.
    pub fn set_id(&mut self, id: Uuid) {
        self.id = id;
    }
}

impl From<&RuleMessage> for StoredMessage {
    fn from(message: &RuleMessage) -> Self {
        Self {
            id: message.id,
            ts: message.ts,
            msg_type: message.msg_type.to_string(),
            originator: message.originator,
            customer: message.customer,
            metadata: message
                .metadata
                .iter()
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .collect(),
            data: message.data.text().to_string(),
        }
    }
}

impl From<StoredMessage> for RuleMessage {
    fn from(stored: StoredMessage) -> Self {
        let mut metadata = Metadata::with_capacity(stored.metadata.len());
        for (key, value) in stored.metadata {
            metadata.set(key, value);
        }
        Self {
            id: stored.id,
            ts: stored.ts,
            msg_type: stored.msg_type.into(),
            originator: stored.originator,
            customer: stored.customer,
            metadata,
            data: Data::Text(stored.data.into()),
            call: None,
        }
    }
}
