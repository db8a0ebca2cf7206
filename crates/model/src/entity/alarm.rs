//! Alarms.

use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::{
    EntityId, Millis, TenantId,
    id::{AlarmId, CustomerId, UserId},
};

use super::{Entity, entity_fields};

/// How bad it is, worst first.
#[allow(missing_docs)]
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum AlarmSeverity {
    Critical,
    Major,
    Minor,
    Warning,
    Indeterminate,
}

impl AlarmSeverity {
    /// Every severity, worst first.
    pub const ALL: [Self; 5] = [
        Self::Critical,
        Self::Major,
        Self::Minor,
        Self::Warning,
        Self::Indeterminate,
    ];

    /// The JSON spelling.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "CRITICAL",
            Self::Major => "MAJOR",
            Self::Minor => "MINOR",
            Self::Warning => "WARNING",
            Self::Indeterminate => "INDETERMINATE",
        }
    }
}

impl FromStr for AlarmSeverity {
    type Err = UnknownAlarmWord;

    fn from_str(text: &str) -> Result<Self, UnknownAlarmWord> {
        Self::ALL
            .into_iter()
            .find(|severity| severity.as_str() == text)
            .ok_or_else(|| {
                UnknownAlarmWord(
                    text.to_owned(),
                    "CRITICAL, MAJOR, MINOR, WARNING or INDETERMINATE",
                )
            })
    }
}

/// Where an alarm stands: whether its cause is gone, and whether somebody has seen it.
#[allow(missing_docs)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AlarmStatus {
    ActiveUnack,
    ActiveAck,
    ClearedUnack,
    ClearedAck,
}

impl AlarmStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [
        Self::ActiveUnack,
        Self::ActiveAck,
        Self::ClearedUnack,
        Self::ClearedAck,
    ];

    /// The status that two facts make.
    #[must_use]
    pub fn of(cleared: bool, acknowledged: bool) -> Self {
        match (cleared, acknowledged) {
            (false, false) => Self::ActiveUnack,
            (false, true) => Self::ActiveAck,
            (true, false) => Self::ClearedUnack,
            (true, true) => Self::ClearedAck,
        }
    }

    /// The JSON spelling.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ActiveUnack => "ACTIVE_UNACK",
            Self::ActiveAck => "ACTIVE_ACK",
            Self::ClearedUnack => "CLEARED_UNACK",
            Self::ClearedAck => "CLEARED_ACK",
        }
    }
}

impl FromStr for AlarmStatus {
    type Err = UnknownAlarmWord;

    fn from_str(text: &str) -> Result<Self, UnknownAlarmWord> {
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or_else(|| {
                UnknownAlarmWord(
                    text.to_owned(),
                    "ACTIVE_UNACK, ACTIVE_ACK, CLEARED_UNACK or CLEARED_ACK",
                )
            })
    }
}

/// A part of all statuses, as searches name it.
#[allow(missing_docs)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum AlarmSearchStatus {
    #[default]
    Any,
    Active,
    Cleared,
    Ack,
    Unack,
}

impl AlarmSearchStatus {
    /// Whether a status belongs to this part.
    #[must_use]
    pub fn has(self, status: AlarmStatus) -> bool {
        use AlarmStatus as S;
        match self {
            Self::Any => true,
            Self::Active => matches!(status, S::ActiveUnack | S::ActiveAck),
            Self::Cleared => matches!(status, S::ClearedUnack | S::ClearedAck),
            Self::Ack => matches!(status, S::ActiveAck | S::ClearedAck),
            Self::Unack => matches!(status, S::ActiveUnack | S::ClearedUnack),
        }
    }
}

impl FromStr for AlarmSearchStatus {
    type Err = UnknownAlarmWord;

    fn from_str(text: &str) -> Result<Self, UnknownAlarmWord> {
        Ok(match text {
            "ANY" => Self::Any,
            "ACTIVE" => Self::Active,
            "CLEARED" => Self::Cleared,
            "ACK" => Self::Ack,
            "UNACK" => Self::Unack,
            other => {
                return Err(UnknownAlarmWord(
                    other.to_owned(),
                    "ANY, ACTIVE, CLEARED, ACK or UNACK",
                ));
            }
        })
    }
}

/// A word that is none of an enumeration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not known: use {1}")]
pub struct UnknownAlarmWord(String, &'static str);

/// An alarm: something is wrong with its originator. At most one alarm of an originator and a
/// type is active.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Alarm {
    /// Id; absent on create.
    pub id: Option<AlarmId>,
    /// When it was made.
    pub created_time: Option<Millis>,
    /// Whose it is.
    pub tenant_id: Option<TenantId>,
    /// Customer of the originator; the "nobody" id for the tenant's own.
    pub customer_id: Option<CustomerId>,
    /// What is wrong; required.
    #[serde(rename = "type")]
    pub alarm_type: String,
    /// Same as `type`; set by the server.
    pub name: Option<String>,
    /// What it is wrong with; required.
    pub originator: Option<EntityId>,
    /// How bad it is; required.
    pub severity: Option<AlarmSeverity>,
    /// Whether somebody has seen it.
    #[serde(deserialize_with = "or_default")]
    pub acknowledged: bool,
    /// Whether its cause is gone.
    #[serde(deserialize_with = "or_default")]
    pub cleared: bool,
    /// Computed from the two; set by the server.
    pub status: Option<AlarmStatus>,
    /// Who looks after it.
    pub assignee_id: Option<UserId>,
    /// When it began.
    #[serde(deserialize_with = "or_default")]
    pub start_ts: Millis,
    /// When it was last said to be there.
    #[serde(deserialize_with = "or_default")]
    pub end_ts: Millis,
    /// When it was acknowledged; 0 = not.
    #[serde(deserialize_with = "or_default")]
    pub ack_ts: Millis,
    /// When it was cleared; 0 = not.
    #[serde(deserialize_with = "or_default")]
    pub clear_ts: Millis,
    /// When it was assigned; 0 = not.
    #[serde(deserialize_with = "or_default")]
    pub assign_ts: Millis,
    /// Free JSON.
    #[schema(value_type = Object)]
    pub details: Option<Json>,
    /// Whether entities that lead to the originator list it too.
    #[serde(deserialize_with = "or_default")]
    pub propagate: bool,
    /// Whether the owner (customer or tenant) lists it too.
    #[serde(deserialize_with = "or_default")]
    pub propagate_to_owner: bool,
    /// Kept for clients; owners of owners are not told.
    #[serde(deserialize_with = "or_default")]
    pub propagate_to_owner_hierarchy: bool,
    /// Whether the tenant lists it too.
    #[serde(deserialize_with = "or_default")]
    pub propagate_to_tenant: bool,
    /// Types of relations that lead to the originator; none = all.
    #[serde(deserialize_with = "or_default")]
    pub propagate_relation_types: Vec<String>,
    /// Counter of saves; an older one in a save is a conflict.
    pub version: Option<i64>,
}

impl Alarm {
    /// Where it stands.
    #[must_use]
    pub fn status(&self) -> AlarmStatus {
        AlarmStatus::of(self.cleared, self.acknowledged)
    }

    /// Fills in what is computed from the rest.
    pub fn complete(&mut self) {
        self.name = Some(self.alarm_type.clone());
        self.status = Some(self.status());
        self.customer_id.get_or_insert(CustomerId::null());
    }
}

impl Entity for Alarm {
    entity_fields!(AlarmId, alarm_type);

    fn subtype(&self) -> Option<&str> {
        Some(&self.alarm_type)
    }

    fn customer(&self) -> Option<uuid::Uuid> {
        self.customer_id.filter(|id| !id.is_null()).map(|id| id.0)
    }
}

/// An alarm with what a list shows beside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlarmInfo {
    /// The alarm.
    #[serde(flatten)]
    pub alarm: Alarm,
    /// Name of the originator.
    pub originator_name: Option<String>,
    /// Label of the originator.
    pub originator_label: Option<String>,
    /// Label, or the name where there is none.
    pub originator_display_name: Option<String>,
    /// Who looks after it.
    pub assignee: Option<AlarmAssignee>,
}

/// Who looks after an alarm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlarmAssignee {
    /// The person.
    pub id: UserId,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// E-mail address.
    pub email: String,
}

/// Null counts as absent.
fn or_default<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Default + Deserialize<'de>,
    D: Deserializer<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_s_alarm_is_read_with_nulls_and_answered_with_what_is_computed() {
        let mut alarm: Alarm = serde_json::from_value(serde_json::json!({
            "type": "High", "severity": "MAJOR", "acknowledged": null, "cleared": true,
            "originator": {"entityType": "DEVICE", "id": "00000000-0000-11f0-8000-000000000001"},
            "propagateRelationTypes": null, "unknown": 1,
        }))
        .unwrap();
        alarm.complete();
        assert_eq!(alarm.status, Some(AlarmStatus::ClearedUnack));
        let json = serde_json::to_value(&alarm).unwrap();
        assert_eq!(json["status"], "CLEARED_UNACK");
        assert_eq!(json["name"], "High");
        assert_eq!(json["severity"], "MAJOR");
    }

    #[test]
    fn parts_of_all_statuses() {
        let of = |part: AlarmSearchStatus| {
            AlarmStatus::ALL
                .into_iter()
                .filter(|status| part.has(*status))
                .count()
        };
        assert_eq!(of(AlarmSearchStatus::Any), 4);
        for part in ["ACTIVE", "CLEARED", "ACK", "UNACK"] {
            assert_eq!(of(part.parse().unwrap()), 2, "{part}");
        }
        assert!("LATER".parse::<AlarmSearchStatus>().is_err());
    }
}
