//! What the path needs to know of an entity, cached.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicI64, Ordering},
};

use millrace_model::{AttributeScope, EntityId, Millis, TenantId, Value, id::RuleChainId};
use millrace_store::journal::OutRecord;
use uuid::Uuid;

use crate::converter::EntityKind;

/// A known entity.
#[derive(Debug)]
pub struct EntityRef {
    /// Its tenant.
    pub tenant: TenantId,
    /// Its id.
    pub id: EntityId,
    /// Device or asset.
    pub kind: EntityKind,
    /// Its name.
    pub name: Arc<str>,
    /// Name of its profile.
    pub profile: Arc<str>,
    /// Its customer.
    pub customer: Option<Uuid>,
    /// Chain of its profile; `None` is the root chain.
    pub rule_chain: Option<RuleChainId>,
    last_activity: AtomicI64,
    stored_activity: AtomicI64,
    active: AtomicBool,
}

impl EntityRef {
    /// An entity not heard of yet.
    #[must_use]
    pub fn new(
        tenant: TenantId,
        id: EntityId,
        kind: EntityKind,
        name: Arc<str>,
        profile: Arc<str>,
        customer: Option<Uuid>,
        rule_chain: Option<RuleChainId>,
    ) -> Self {
        Self {
            tenant,
            id,
            kind,
            name,
            profile,
            customer,
            rule_chain,
            last_activity: AtomicI64::new(0),
            stored_activity: AtomicI64::new(0),
            active: AtomicBool::new(false),
        }
    }

    /// Takes over what is known of its activity.
    pub fn restore_activity(&self, active: bool, last_activity: Millis) {
        self.active.store(active, Ordering::Relaxed);
        self.last_activity
            .fetch_max(last_activity, Ordering::Relaxed);
        self.stored_activity.store(last_activity, Ordering::Relaxed);
    }

    /// A message arrived at `at`.
    pub fn heard_of(&self, at: Millis) {
        self.last_activity.fetch_max(at, Ordering::Relaxed);
    }

    /// When it was last heard of; 0 = never.
    #[must_use]
    pub fn last_activity(&self) -> Millis {
        self.last_activity.load(Ordering::Relaxed)
    }

    /// Whether it counts as active.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.active.load(Ordering::Relaxed)
    }

    /// The attributes to write when a device speaks after a silence; `None` when it was active.
    pub fn became_active(&self, tenant: TenantId, at: Millis) -> Option<OutRecord> {
        if self.kind != EntityKind::Device
            || self.is_active()
            || self.active.swap(true, Ordering::Relaxed)
        {
            return None;
        }
        Some(self.state(
            tenant,
            at,
            vec![
                ("active".into(), Value::Bool(true)),
                self.last_activity_value(),
            ],
        ))
    }

    /// The attributes to write when a device fell silent; `None` when it was inactive already.
    pub fn became_inactive(&self, tenant: TenantId, at: Millis) -> Option<OutRecord> {
        self.active.swap(false, Ordering::Relaxed).then(|| {
            let values = vec![
                ("active".into(), Value::Bool(false)),
                ("inactivityAlarmTime".into(), Value::Long(at)),
                self.last_activity_value(),
            ];
            self.state(tenant, at, values)
        })
    }

    /// The time of the last message, when it is not stored yet.
    pub fn unstored_activity(&self, tenant: TenantId, at: Millis) -> Option<OutRecord> {
        let last = self.last_activity();
        (self.kind == EntityKind::Device
            && last > self.stored_activity.swap(last, Ordering::Relaxed))
        .then(|| self.state(tenant, at, vec![self.last_activity_value()]))
    }

    fn last_activity_value(&self) -> (Arc<str>, Value) {
        ("lastActivityTime".into(), Value::Long(self.last_activity()))
    }

    fn state(&self, tenant: TenantId, at: Millis, values: Vec<(Arc<str>, Value)>) -> OutRecord {
        OutRecord::Attributes {
            tenant,
            entity: self.id,
            scope: AttributeScope::Server,
            at,
            values,
        }
    }
}
