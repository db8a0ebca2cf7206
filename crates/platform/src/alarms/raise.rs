//! Raising an alarm: the active one of its originator and type is updated, or a new one is made.

use millrace_model::{
    EntityId, EntityType, Millis,
    entity::{Alarm, AlarmSeverity},
    id::{AlarmId, CustomerId},
};
use millrace_store::{
    StoreError,
    entities::{Change, put},
};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{ACTIVE, Alarms, TRIES, WHAT, key};
use crate::{
    PlatformError, Result, Scope, access, changes::ChangeKind, clock::now_ms, records::check_name,
};

/// Who lists an alarm beside its originator.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Propagation {
    /// Entities that lead to the originator.
    pub related: bool,
    /// Types of relations that lead; none = all.
    pub relation_types: Vec<String>,
    /// The owner.
    pub owner: bool,
    /// The tenant.
    pub tenant: bool,
}

impl Propagation {
    fn of(alarm: &Alarm) -> Self {
        Self {
            related: alarm.propagate,
            relation_types: alarm.propagate_relation_types.clone(),
            owner: alarm.propagate_to_owner,
            tenant: alarm.propagate_to_tenant,
        }
    }

    fn set(&self, alarm: &mut Alarm) {
        alarm.propagate = self.related;
        alarm
            .propagate_relation_types
            .clone_from(&self.relation_types);
        alarm.propagate_to_owner = self.owner;
        alarm.propagate_to_tenant = self.tenant;
    }
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// With what.
    pub originator: EntityId,
    /// What.
    pub alarm_type: String,
    /// How bad.
    pub severity: AlarmSeverity,
    /// Free JSON.
    pub details: Option<Json>,
    /// Who else lists it.
    pub propagation: Propagation,
    /// When it began.
    pub start: Millis,
    /// When it was seen.
    pub end: Millis,
    /// What raises it (id of a message); nil when nothing runs again for it.
    pub cause: Uuid,
}

/// What raising did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Raising {
    /// A new alarm.
    Created,
    /// The active one changed.
    Updated,
    /// The active one changed, and its severity too.
    SeverityUpdated,
    /// The active one said all this already.
    Unchanged,
}

/// An alarm as raising left it.
#[derive(Debug, Clone, PartialEq)]
pub struct Raised {
    /// The alarm.
    pub alarm: Alarm,
    /// What was done.
    pub raising: Raising,
}

impl Alarms {
    /// Raises an alarm.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] for a blank type, [`PlatformError::NotFound`] when the originator
    /// is gone, or the store's.
    pub fn raise(&self, scope: &Scope, mut wanted: Wanted) -> Result<Raised> {
        access::require_tenant(scope)?;
        check_name("type", "alarm", &mut wanted.alarm_type)?;
        for _ in 0..TRIES {
            let tried =
                match self.active_with_cause(scope, wanted.originator, &wanted.alarm_type)? {
                    Some((alarm, document)) => self.update_active(scope, &wanted, alarm, &document),
                    None => self.create(scope, &wanted),
                };
            match tried {
                Err(PlatformError::Store(
                    StoreError::Conflict { .. }
                    | StoreError::Duplicate { .. }
                    | StoreError::NotFound { .. },
                )) => {}
                other => return other,
            }
        }
        Err(busy())
    }

    fn create(&self, scope: &Scope, wanted: &Wanted) -> Result<Raised> {
        let customer = self.customer_of(scope, wanted.originator)?;
        let mut alarm = Alarm {
            id: Some(AlarmId::new()),
            created_time: Some(now_ms()),
            tenant_id: Some(scope.tenant),
            customer_id: Some(customer.map_or_else(CustomerId::null, CustomerId)),
            alarm_type: wanted.alarm_type.clone(),
            originator: Some(wanted.originator),
            severity: Some(wanted.severity),
            start_ts: wanted.start,
            end_ts: wanted.end.max(wanted.start),
            details: wanted.details.clone(),
            ..Alarm::default()
        };
        wanted.propagation.set(&mut alarm);
        alarm.complete();
        let id: EntityId = alarm.id.unwrap_or_default().into();
        let mut changes = vec![
            put(&alarm)?,
            Change::PutDocument {
                tenant: scope.tenant,
                entity: id,
                name: ACTIVE.to_owned(),
                lookup: Some(key(scope.tenant, wanted.originator, &wanted.alarm_type)),
                body: json!({ "cause": wanted.cause }),
            },
        ];
        changes.extend(self.changes_to_list(scope, &alarm, true)?);
        let versions = self.records.store().apply(&changes)?;
        alarm.version = versions.first().copied();
        self.records.publish(scope, id, ChangeKind::Created);
        Ok(Raised {
            alarm,
            raising: Raising::Created,
        })
    }

    fn update_active(
        &self,
        scope: &Scope,
        wanted: &Wanted,
        before: Alarm,
        document: &Json,
    ) -> Result<Raised> {
        let mut alarm = before.clone();
        alarm.severity = Some(wanted.severity);
        alarm.details.clone_from(&wanted.details);
        alarm.end_ts = alarm.end_ts.max(wanted.end);
        wanted.propagation.set(&mut alarm);
        if alarm == before {
            let mine = !wanted.cause.is_nil()
                && document.get("cause").and_then(Json::as_str)
                    == Some(wanted.cause.to_string().as_str());
            let raising = if mine && before.version == Some(1) {
                Raising::Created
            } else {
                Raising::Unchanged
            };
            return Ok(Raised { alarm, raising });
        }
        let more = if Propagation::of(&alarm) == Propagation::of(&before) {
            Vec::new()
        } else {
            self.changes_to_list(scope, &alarm, false)?
        };
        let raising = if alarm.severity == before.severity {
            Raising::Updated
        } else {
            Raising::SeverityUpdated
        };
        let alarm = self.records.commit(scope, alarm, false, more)?;
        Ok(Raised { alarm, raising })
    }

    /// Customer of an originator, which must be there. Rule nodes have no row.
    fn customer_of(&self, scope: &Scope, originator: EntityId) -> Result<Option<Uuid>> {
        let wall = access::customer_wall(scope)?;
        let own = match originator.entity_type {
            EntityType::RuleNode | EntityType::Tenant => None,
            kind => {
                let row = self.records.store().get(scope.tenant, originator)?;
                let row = row
                    .ok_or_else(|| PlatformError::not_found(access::words(kind), originator.id))?;
                match kind {
                    EntityType::Customer => Some(originator.id),
                    _ => row.customer,
                }
            }
        };
        match wall {
            Some(customer) if own != Some(customer) => Err(PlatformError::not_found(
                access::words(originator.entity_type),
                originator.id,
            )),
            _ => Ok(own),
        }
    }

    /// Saves an alarm as a client sends it: with an id it is changed, without one it is raised.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] that names the field, [`PlatformError::NotFound`], or the
    /// store's.
    pub fn save(&self, scope: &Scope, sent: Alarm) -> Result<Alarm> {
        let missing = |field: &str, fix: &str| {
            PlatformError::invalid(field, format!("alarm {field} should be specified: {fix}"))
        };
        let originator = sent
            .originator
            .ok_or_else(|| missing("originator", "give the id of what the alarm is about"))?;
        let severity = sent.severity.ok_or_else(|| {
            missing(
                "severity",
                "give CRITICAL, MAJOR, MINOR, WARNING or INDETERMINATE",
            )
        })?;
        if let Some(id) = sent.id {
            return self.save_changed(scope, id, sent);
        }
        let now = now_ms();
        let or_now = |time: Millis| if time > 0 { time } else { now };
        let raised = self.raise(
            scope,
            Wanted {
                originator,
                severity,
                propagation: Propagation::of(&sent),
                start: or_now(sent.start_ts),
                end: or_now(sent.end_ts),
                alarm_type: sent.alarm_type,
                details: sent.details,
                cause: Uuid::nil(),
            },
        )?;
        self.tell_raised(scope, &raised);
        let Some(id) = raised.alarm.id else {
            return Ok(raised.alarm);
        };
        let mut alarm = raised.alarm;
        if sent.acknowledged && !alarm.acknowledged {
            alarm = self.acknowledge(scope, id, sent.ack_ts)?;
        }
        if sent.assignee_id.is_some() && sent.assignee_id != alarm.assignee_id {
            alarm = self.assign(scope, id, sent.assignee_id)?;
        }
        if sent.cleared {
            alarm = self.clear(scope, id, sent.clear_ts)?;
        }
        Ok(alarm)
    }
}

pub(super) fn busy() -> PlatformError {
    PlatformError::Internal(format!("{WHAT} is changed by too many at once: try again"))
}
