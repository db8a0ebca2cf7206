//! Messages that tell rule chains what people did with alarms.

use millrace_model::{TenantId, entity::Alarm, message::message_type};
use uuid::Uuid;

use super::{Alarms, Raised, Raising};
use crate::{
    Scope,
    clock::now_ms,
    rules::{Data, Metadata, RuleMessage},
};

/// What happened to an alarm.
#[allow(missing_docs)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlarmMessage {
    Created,
    Updated,
    SeverityUpdated,
    Acknowledged,
    Cleared,
    Assigned,
    Unassigned,
    Deleted,
}

impl AlarmMessage {
    fn msg_type(self) -> &'static str {
        match self {
            Self::Created => message_type::ALARM_CREATED,
            Self::Updated => message_type::ALARM_UPDATED,
            Self::SeverityUpdated => message_type::ALARM_SEVERITY_UPDATED,
            Self::Acknowledged => message_type::ALARM_ACK,
            Self::Cleared => message_type::ALARM_CLEAR,
            Self::Assigned => message_type::ALARM_ASSIGNED,
            Self::Unassigned => message_type::ALARM_UNASSIGNED,
            Self::Deleted => message_type::ALARM_DELETE,
        }
    }
}

/// Where the messages go.
pub trait AlarmMessages: Send + Sync {
    /// Sends a message into the chain of its originator.
    fn send(&self, tenant: TenantId, message: RuleMessage);
}

impl Alarms {
    /// Tells the chain of the originator.
    pub(super) fn tell(&self, scope: &Scope, what: AlarmMessage, alarm: &Alarm) {
        let (Some(messages), Some(originator)) = (self.messages.get(), alarm.originator) else {
            return;
        };
        let mut metadata = Metadata::with_capacity(1);
        if let Some(user) = scope.user {
            metadata.set("userId", user.to_string());
        }
        let data = match serde_json::to_string(alarm) {
            Ok(text) => text,
            Err(error) => {
                tracing::error!(%error, "an alarm cannot be told to its chain");
                return;
            }
        };
        messages.send(
            scope.tenant,
            RuleMessage {
                id: Uuid::now_v7(),
                ts: now_ms(),
                msg_type: what.msg_type().into(),
                originator,
                customer: alarm
                    .customer_id
                    .filter(|customer| !customer.is_null())
                    .map(|customer| customer.0),
                metadata,
                data: Data::Text(data.into()),
                call: None,
            },
        );
    }

    pub(super) fn tell_raised(&self, scope: &Scope, raised: &Raised) {
        let what = match raised.raising {
            Raising::Created => AlarmMessage::Created,
            Raising::Updated => AlarmMessage::Updated,
            Raising::SeverityUpdated => AlarmMessage::SeverityUpdated,
            Raising::Unchanged => return,
        };
        self.tell(scope, what, &raised.alarm);
    }
}
