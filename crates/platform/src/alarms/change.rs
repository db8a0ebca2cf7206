//! What happens to an alarm that is there: acknowledged, cleared, assigned, edited.

use millrace_model::{
    Millis,
    entity::{Alarm, AlarmAssignee, User},
    id::{AlarmId, UserId},
};
use millrace_store::{StoreError, entities::Change};
use serde_json::Value as Json;

use super::{ACTIVE, AlarmMessage, Alarms, TRIES, raise::busy};
use crate::{PlatformError, Result, Scope, access, clock::now_ms};

/// An edit of an alarm: what else changes in the same transaction, or `None` for no change.
type Edited = Result<Option<Vec<Change>>>;

impl Alarms {
    /// Reads, edits and writes an alarm until nobody comes between.
    fn edit(
        &self,
        scope: &Scope,
        id: AlarmId,
        edit: impl Fn(&mut Alarm) -> Edited,
    ) -> Result<Alarm> {
        for _ in 0..TRIES {
            let mut alarm = self.get(scope, id)?;
            let Some(more) = edit(&mut alarm)? else {
                return Ok(alarm);
            };
            alarm.complete();
            match self.records.commit(scope, alarm, false, more) {
                Err(PlatformError::Store(StoreError::Conflict { .. })) => {}
                other => return other,
            }
        }
        Err(busy())
    }

    /// Somebody has seen it. `at` 0 = now.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] when somebody did before, [`PlatformError::NotFound`].
    pub fn acknowledge(&self, scope: &Scope, id: AlarmId, at: Millis) -> Result<Alarm> {
        let alarm = self.edit(scope, id, |alarm| {
            if alarm.acknowledged {
                return Err(PlatformError::invalid(
                    "alarmId",
                    "alarm was already acknowledged",
                ));
            }
            alarm.acknowledged = true;
            alarm.ack_ts = or_now(at);
            Ok(Some(Vec::new()))
        })?;
        self.tell(scope, AlarmMessage::Acknowledged, &alarm);
        Ok(alarm)
    }

    /// Its cause is gone. `at` 0 = now.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] when it is cleared already, [`PlatformError::NotFound`].
    pub fn clear(&self, scope: &Scope, id: AlarmId, at: Millis) -> Result<Alarm> {
        let alarm = self.edit(scope, id, |alarm| {
            if alarm.cleared {
                return Err(PlatformError::invalid(
                    "alarmId",
                    "alarm was already cleared",
                ));
            }
            Ok(Some(clear(scope, alarm, or_now(at))))
        })?;
        self.tell(scope, AlarmMessage::Cleared, &alarm);
        Ok(alarm)
    }

    /// A node clears an alarm, with new details if there are any. `None` when it is not active.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn clear_by_node(
        &self,
        scope: &Scope,
        id: AlarmId,
        at: Millis,
        details: Option<&Json>,
    ) -> Result<Option<Alarm>> {
        let cleared = self.edit(scope, id, |alarm| {
            if alarm.cleared {
                return Err(PlatformError::invalid("alarmId", "cleared"));
            }
            if let Some(details) = details {
                alarm.details = Some(details.clone());
            }
            Ok(Some(clear(scope, alarm, at)))
        });
        match cleared {
            Ok(alarm) => Ok(Some(alarm)),
            Err(PlatformError::Invalid { .. } | PlatformError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Somebody looks after it from now on, or nobody.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`] for alarm or person.
    pub fn assign(&self, scope: &Scope, id: AlarmId, to: Option<UserId>) -> Result<Alarm> {
        if let Some(user) = to {
            let person: Option<User> = self.records.table().get(scope.tenant, user.0)?;
            person.ok_or_else(|| PlatformError::not_found("User", user))?;
        }
        let before = self.get(scope, id)?.assignee_id;
        let alarm = self.edit(scope, id, |alarm| {
            if alarm.assignee_id == to {
                return Ok(None);
            }
            alarm.assignee_id = to;
            alarm.assign_ts = now_ms();
            Ok(Some(Vec::new()))
        })?;
        if before != to {
            let what = match to {
                Some(_) => AlarmMessage::Assigned,
                None => AlarmMessage::Unassigned,
            };
            self.tell(scope, what, &alarm);
        }
        Ok(alarm)
    }

    /// Takes over what a client sent for an alarm that is there. Type and originator stay.
    pub(super) fn save_changed(&self, scope: &Scope, id: AlarmId, sent: Alarm) -> Result<Alarm> {
        access::require_tenant(scope)?;
        let before = self.get(scope, id)?;
        if let (Some(expected), Some(stored)) = (sent.version, before.version)
            && expected != stored
        {
            return Err(PlatformError::Store(StoreError::Conflict {
                what: "alarm".to_owned(),
                expected,
                stored,
            }));
        }
        let mut alarm = self.edit(scope, id, |alarm| {
            let old = alarm.clone();
            alarm.severity = sent.severity.or(alarm.severity);
            alarm.details.clone_from(&sent.details);
            if sent.start_ts > 0 {
                alarm.start_ts = sent.start_ts;
            }
            if sent.end_ts > 0 {
                alarm.end_ts = sent.end_ts;
            }
            alarm.propagate = sent.propagate;
            alarm.propagate_to_owner = sent.propagate_to_owner;
            alarm.propagate_to_owner_hierarchy = sent.propagate_to_owner_hierarchy;
            alarm.propagate_to_tenant = sent.propagate_to_tenant;
            alarm
                .propagate_relation_types
                .clone_from(&sent.propagate_relation_types);
            if *alarm == old {
                return Ok(None);
            }
            self.changes_to_list(scope, alarm, false).map(Some)
        })?;
        if alarm != before {
            let what = if alarm.severity == before.severity {
                AlarmMessage::Updated
            } else {
                AlarmMessage::SeverityUpdated
            };
            self.tell(scope, what, &alarm);
        }
        if sent.acknowledged && !alarm.acknowledged {
            alarm = self.acknowledge(scope, id, sent.ack_ts)?;
        }
        if sent.cleared && !alarm.cleared {
            alarm = self.clear(scope, id, sent.clear_ts)?;
        }
        if sent.assignee_id != alarm.assignee_id {
            alarm = self.assign(scope, id, sent.assignee_id)?;
        }
        Ok(alarm)
    }
}

/// Clears an alarm: it is no longer the active one of its originator and type.
fn clear(scope: &Scope, alarm: &mut Alarm, at: Millis) -> Vec<Change> {
    alarm.cleared = true;
    alarm.clear_ts = at;
    vec![Change::DeleteDocument {
        tenant: scope.tenant,
        entity: alarm.id.unwrap_or_default().into(),
        name: ACTIVE.to_owned(),
    }]
}

fn or_now(at: Millis) -> Millis {
    if at > 0 { at } else { now_ms() }
}

/// A person as lists show the one who looks after an alarm.
pub(super) fn assignee(user: User) -> Option<AlarmAssignee> {
    Some(AlarmAssignee {
        id: user.id?,
        first_name: user.first_name,
        last_name: user.last_name,
        email: user.email,
    })
}
