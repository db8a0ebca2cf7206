//! Alarms: raised by rule nodes and over REST, acknowledged, assigned and cleared by people.
//!
//! # Guarantees
//!
//! * At most one alarm of an originator and a type is active, however many callers race: an active
//!   alarm owns a document whose look-up text is unique in the store, so the second insert fails
//!   and becomes an update.
//! * Every change is one transaction on the version it was computed from; a lost race is computed
//!   again from what is there now.
//! * Raising again for the same cause (a message that runs again after a kill) says what the first
//!   time said, as long as nothing else touched the alarm meanwhile.
//!
//! Who lists an alarm is kept as relations of the group [`LISTED`] from the entity to the alarm, so
//! that the alarms of an entity are found by an index and go with either end.

mod change;
mod list;
mod messages;
mod raise;
mod reach;
mod turns;

use std::sync::{Arc, OnceLock};

use millrace_model::{
    EntityId, EntityType, TenantId,
    entity::{Alarm, AlarmInfo, User},
    id::AlarmId,
};
use millrace_store::entities::{Change, EntityFilter};
use serde_json::Value as Json;

pub use list::{AlarmQuery, AlarmTypeRow};
pub use messages::{AlarmMessage, AlarmMessages};
pub use raise::{Propagation, Raised, Raising, Wanted};
pub use turns::{Held, Turn};

use crate::{PlatformError, Records, Result, Scope, access, changes::ChangeKind};

const WHAT: &str = "Alarm";

/// Relation group of "this entity lists that alarm".
pub const LISTED: &str = "ALARM";

/// Document of an active alarm; its look-up text is the alarm's [`key`].
const ACTIVE: &str = "active-alarm";

/// Tries of a change that loses races against others.
const TRIES: usize = 16;

/// The alarms of all tenants.
#[derive(Clone)]
pub struct Alarms {
    records: Records,
    turns: turns::Turns,
    messages: Arc<OnceLock<Arc<dyn AlarmMessages>>>,
}

impl Alarms {
    /// Alarms kept in `records`.
    #[must_use]
    pub fn new(records: Records) -> Self {
        Self {
            records,
            turns: turns::Turns::default(),
            messages: Arc::default(),
        }
    }

    /// Where messages about people's changes go from now on. Set once, at the start.
    pub fn set_messages(&self, messages: Arc<dyn AlarmMessages>) {
        let _ = self.messages.set(messages);
    }

    /// A place in the queue of those who change the alarms of this originator and type. Taken in
    /// the order of the calls; reads no disk.
    #[must_use]
    pub fn turn(&self, tenant: TenantId, originator: EntityId, alarm_type: &str) -> Turn {
        self.turns.take(key(tenant, originator, alarm_type))
    }

    /// One alarm.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`] when there is none that the caller may see.
    pub fn get(&self, scope: &Scope, id: AlarmId) -> Result<Alarm> {
        access::require_tenant(scope)?;
        let mut alarm: Alarm = self.records.get(scope, WHAT, id.0)?;
        let owner = millrace_model::entity::Entity::customer(&alarm);
        access::require_owner(scope, WHAT, id.0, owner)?;
        alarm.complete();
        Ok(alarm)
    }

    /// One alarm with the names around it.
    ///
    /// # Errors
    /// As [`Alarms::get`].
    pub fn info(&self, scope: &Scope, id: AlarmId) -> Result<AlarmInfo> {
        let alarm = self.get(scope, id)?;
        self.with_names(scope, alarm)
    }

    /// Deletes an alarm. `false` when there was none.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn delete(&self, scope: &Scope, id: AlarmId) -> Result<bool> {
        let alarm = match self.get(scope, id) {
            Ok(alarm) => alarm,
            Err(PlatformError::NotFound { .. }) => return Ok(false),
            Err(error) => return Err(error),
        };
        self.records.delete(scope, id.into(), Vec::new())?;
        self.tell(scope, AlarmMessage::Deleted, &alarm);
        Ok(true)
    }

    /// The active alarm of an originator and type.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn active(
        &self,
        scope: &Scope,
        originator: EntityId,
        alarm_type: &str,
    ) -> Result<Option<Alarm>> {
        Ok(self
            .active_with_cause(scope, originator, alarm_type)?
            .map(|(alarm, _)| alarm))
    }

    /// The active alarm, and what the document beside it says.
    fn active_with_cause(
        &self,
        scope: &Scope,
        originator: EntityId,
        alarm_type: &str,
    ) -> Result<Option<(Alarm, Json)>> {
        let lookup = key(scope.tenant, originator, alarm_type);
        let Some((tenant, id, body)) = self.records.store().document_by_lookup(ACTIVE, &lookup)?
        else {
            return Ok(None);
        };
        if tenant != scope.tenant {
            return Ok(None);
        }
        let found: Option<Alarm> = self.records.table().get(tenant, id.id)?;
        Ok(found.map(|mut alarm| {
            alarm.complete();
            (alarm, body)
        }))
    }

    /// The alarms of a deleted entity go with it.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn forget(&self, tenant: TenantId, originator: EntityId) -> Result<()> {
        if originator.entity_type == EntityType::Alarm {
            return Ok(());
        }
        let scope = Scope::server(tenant);
        let filter = EntityFilter {
            body_equals: vec![("originator".to_owned(), id_json(originator))],
            ..EntityFilter::default()
        };
        let alarms: Vec<Alarm> = self.records.collect(&scope, &filter)?;
        let gone: Vec<Change> = alarms
            .iter()
            .filter_map(|alarm| {
                Some(Change::Delete {
                    tenant,
                    id: alarm.id?.into(),
                })
            })
            .collect();
        for piece in gone.chunks(500) {
            self.records.store().apply(piece)?;
        }
        for id in alarms.iter().filter_map(|alarm| alarm.id) {
            self.records.publish(&scope, id.into(), ChangeKind::Deleted);
        }
        Ok(())
    }

    fn with_names(&self, scope: &Scope, alarm: Alarm) -> Result<AlarmInfo> {
        let row = match alarm.originator {
            Some(originator) => self.records.store().get(scope.tenant, originator)?,
            None => None,
        };
        let assignee = match alarm.assignee_id {
            Some(user) => self.records.table::<User>().get(scope.tenant, user.0)?,
            None => None,
        };
        let label = row.as_ref().and_then(|row| row.label.clone());
        let name = row.map(|row| row.name);
        Ok(AlarmInfo {
            originator_display_name: label
                .clone()
                .filter(|label| !label.is_empty())
                .or_else(|| name.clone()),
            originator_name: name,
            originator_label: label,
            assignee: assignee.and_then(change::assignee),
            alarm,
        })
    }
}

/// The look-up text of the active alarm of an originator and type.
fn key(tenant: TenantId, originator: EntityId, alarm_type: &str) -> String {
    format!(
        "{}/{}/{}/{alarm_type}",
        tenant.0.simple(),
        originator.entity_type,
        originator.id.simple()
    )
}

fn id_json(id: EntityId) -> Json {
    serde_json::json!({ "entityType": id.entity_type.as_str(), "id": id.id })
}

#[cfg(test)]
mod tests;
