//! People who sign in.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::{
    EntityId, Millis, TenantId,
    id::{CustomerId, UserId},
};

use super::{Entity, entity_fields};

/// A user. The password is kept elsewhere and never returned.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct User {
    /// Id; absent on create.
    pub id: Option<UserId>,
    /// When it was made.
    pub created_time: Option<Millis>,
    /// Whose it is.
    pub tenant_id: Option<TenantId>,
    /// Customer; the "nobody" id for people of the tenant.
    pub customer_id: Option<CustomerId>,
    /// E-mail address, the sign-in name.
    pub email: String,
    /// What the person may do.
    pub authority: Authority,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// Same as `email`.
    pub name: Option<String>,
    /// Customer or tenant.
    pub owner_id: Option<EntityId>,
    /// Free JSON, returned as it came.
    #[schema(value_type = Object)]
    pub additional_info: Option<Json>,
    /// Counter of saves; an older one in a save is a conflict.
    pub version: Option<i64>,
}

impl Entity for User {
    entity_fields!(UserId, email);

    fn customer(&self) -> Option<uuid::Uuid> {
        self.customer_id.filter(|id| !id.is_null()).map(|id| id.0)
    }
}

/// Role of a user.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Authority {
    /// Runs the server.
    SysAdmin,
    /// Runs one tenant.
    #[default]
    TenantAdmin,
    /// Belongs to a customer.
    CustomerUser,
}

impl Authority {
    /// The JSON spelling.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SysAdmin => "SYS_ADMIN",
            Self::TenantAdmin => "TENANT_ADMIN",
            Self::CustomerUser => "CUSTOMER_USER",
        }
    }
}
