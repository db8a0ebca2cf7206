//! Entities as REST clients send and receive them.
//!
//! Fields the server makes (`id`, `createdTime`, `tenantId`, `version`) are optional on the way in
//! and always present on the way out.

use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::{EntityId, EntityType, Millis, TenantId};

mod alarm;
mod api_key;
mod asset;
mod converter;
mod customer;
mod dashboard;
mod device;
mod group;
mod integration;
mod profile;
mod relation;
mod rpc;
mod rule_chain;
mod tenant;
mod user;

pub use alarm::{
    Alarm, AlarmAssignee, AlarmInfo, AlarmSearchStatus, AlarmSeverity, AlarmStatus,
    UnknownAlarmWord,
};
pub use api_key::{ApiKey, ApiKeyInfo};
pub use asset::Asset;
pub use converter::{Converter, ConverterConfiguration, ConverterType, ScriptLang};
pub use customer::Customer;
pub use dashboard::{AssignedCustomer, Dashboard, DashboardInfo};
pub use device::{CredentialsType, Device, DeviceCredentials, DeviceInfo};
pub use group::EntityGroup;
pub use integration::{Integration, IntegrationType, SECRET_MASK};
pub use profile::{AssetProfile, DeviceProfile};
pub use relation::{EntityRelation, RelationInfo};
pub use rpc::{Rpc, RpcStatus};
pub use rule_chain::{
    NodeConnection, RuleChain, RuleChainConnection, RuleChainMetaData, RuleChainType, RuleNode,
};
pub use tenant::Tenant;
pub use user::{Authority, User};

/// What the store needs to know of every entity.
pub trait Entity: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// Kind of this entity.
    const KIND: EntityType;

    /// Its UUID, once it is saved.
    fn uuid(&self) -> Option<Uuid>;
    /// Sets the UUID.
    fn set_uuid(&mut self, id: Uuid);
    /// Whose it is, once it is saved.
    fn tenant(&self) -> Option<TenantId>;
    /// Sets the tenant.
    fn set_tenant(&mut self, tenant: TenantId);
    /// Unique name (title, e-mail) within tenant and kind.
    fn name(&self) -> &str;
    /// When it was made.
    fn created_time(&self) -> Option<Millis>;
    /// Sets the time it was made.
    fn set_created_time(&mut self, at: Millis);
    /// Counter of saves.
    fn version(&self) -> Option<i64>;
    /// Sets the counter of saves.
    fn set_version(&mut self, version: i64);
    /// Label, for search.
    fn label(&self) -> Option<&str> {
        None
    }
    /// Profile or type name, for filters.
    fn subtype(&self) -> Option<&str> {
        None
    }
    /// Owning customer; `None` for the tenant's own.
    fn customer(&self) -> Option<Uuid> {
        None
    }
    /// Its id with kind, once it is saved.
    fn entity_id(&self) -> Option<EntityId> {
        self.uuid().map(|id| EntityId::new(Self::KIND, id))
    }
}

/// Implements the part of [`Entity`] that is the same for every struct with the usual fields.
macro_rules! entity_fields {
    ($id:ident, $name:ident) => {
        const KIND: crate::EntityType = $id::KIND;

        fn uuid(&self) -> Option<uuid::Uuid> {
            self.id.map(|id| id.0)
        }
        fn set_uuid(&mut self, id: uuid::Uuid) {
            self.id = Some($id(id));
        }
        fn tenant(&self) -> Option<crate::TenantId> {
            self.tenant_id
        }
        fn set_tenant(&mut self, tenant: crate::TenantId) {
            self.tenant_id = Some(tenant);
        }
        fn name(&self) -> &str {
            &self.$name
        }
        fn created_time(&self) -> Option<crate::Millis> {
            self.created_time
        }
        fn set_created_time(&mut self, at: crate::Millis) {
            self.created_time = Some(at);
        }
        fn version(&self) -> Option<i64> {
            self.version
        }
        fn set_version(&mut self, version: i64) {
            self.version = Some(version);
        }
    };
}
pub(crate) use entity_fields;
