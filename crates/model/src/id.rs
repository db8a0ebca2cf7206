//! Entity ids. In JSON an id is `{"entityType":"DEVICE","id":"<uuid>"}`; in paths a bare UUID.
//!
//! Each kind of entity has an id type of its own, so that a device id where a customer id is
//! expected does not compile.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::ToSchema;
use uuid::Uuid;

/// The uuid that stands for "nobody": a device of the tenant itself has it as customer id.
pub const NULL_UUID: Uuid = Uuid::from_u128(0x13814000_1dd2_11b2_8080_808080808080);

macro_rules! entity_types {
    ($($variant:ident = $text:literal),+ $(,)?) => {
        /// Kind of an entity, with the reference platform's spelling.
        #[allow(missing_docs)]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        pub enum EntityType {
            $(#[serde(rename = $text)] $variant,)+
        }

        impl EntityType {
            /// Every known kind.
            pub const ALL: &'static [EntityType] = &[$(EntityType::$variant,)+];

            /// The JSON spelling, e.g. `DEVICE_PROFILE`.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(EntityType::$variant => $text,)+ }
            }
        }

        impl FromStr for EntityType {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                match text {
                    $($text => Ok(EntityType::$variant),)+
                    other => Err(IdError::UnknownEntityType(other.to_owned())),
                }
            }
        }
    };
}

entity_types! {
    Tenant = "TENANT", Customer = "CUSTOMER", User = "USER", Dashboard = "DASHBOARD",
    Asset = "ASSET", Device = "DEVICE", Alarm = "ALARM", EntityGroup = "ENTITY_GROUP",
    Converter = "CONVERTER", Integration = "INTEGRATION", RuleChain = "RULE_CHAIN",
    RuleNode = "RULE_NODE", EntityView = "ENTITY_VIEW", WidgetsBundle = "WIDGETS_BUNDLE",
    WidgetType = "WIDGET_TYPE", Role = "ROLE", GroupPermission = "GROUP_PERMISSION",
    TenantProfile = "TENANT_PROFILE", DeviceProfile = "DEVICE_PROFILE",
    AssetProfile = "ASSET_PROFILE", ApiUsageState = "API_USAGE_STATE",
    TbResource = "TB_RESOURCE", OtaPackage = "OTA_PACKAGE", Edge = "EDGE", Rpc = "RPC",
    Queue = "QUEUE", NotificationTarget = "NOTIFICATION_TARGET",
    NotificationTemplate = "NOTIFICATION_TEMPLATE",
    NotificationRequest = "NOTIFICATION_REQUEST", Notification = "NOTIFICATION",
    NotificationRule = "NOTIFICATION_RULE", SchedulerEvent = "SCHEDULER_EVENT",
    BlobEntity = "BLOB_ENTITY", CalculatedField = "CALCULATED_FIELD",
    ApiKey = "API_KEY",
}

impl fmt::Display for EntityType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a text is no id.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum IdError {
    /// The kind is not one of [`EntityType`].
    #[error("unknown entity type: {0}")]
    UnknownEntityType(String),
    /// Not a UUID. The wording is the reference platform's, clients match on it.
    #[error("Invalid UUID string: {0}")]
    InvalidUuid(String),
    /// An id object of another kind than the field wants.
    #[error("expected an id of type {expected}, got {actual}")]
    WrongType {
        /// The kind the field holds.
        expected: EntityType,
        /// The kind that was sent.
        actual: EntityType,
    },
}

/// Reads a UUID from a path or query.
///
/// # Errors
/// [`IdError::InvalidUuid`] with the text.
pub fn parse_uuid(text: &str) -> Result<Uuid, IdError> {
    Uuid::parse_str(text).map_err(|_| IdError::InvalidUuid(text.to_owned()))
}

/// An id of any kind.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
pub struct EntityId {
    /// Kind of the entity.
    #[serde(rename = "entityType")]
    pub entity_type: EntityType,
    /// Its UUID.
    pub id: Uuid,
}

impl EntityId {
    /// An id of the given kind.
    #[must_use]
    pub fn new(entity_type: EntityType, id: Uuid) -> Self {
        Self { entity_type, id }
    }
}

impl fmt::Display for EntityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.entity_type, self.id)
    }
}

macro_rules! typed_id {
    ($($name:ident => $kind:ident),+ $(,)?) => {$(
        #[doc = concat!("Id of kind [`EntityType::", stringify!($kind), "`]; an id object in JSON.")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub Uuid);

        impl $name {
            /// The kind of entity this id names.
            pub const KIND: EntityType = EntityType::$kind;

            /// A new id, ordered by time of creation (UUID version 7).
            #[must_use]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }

            /// The "nobody" id.
            #[must_use]
            pub fn null() -> Self {
                Self(NULL_UUID)
            }

            /// Whether this is the "nobody" id.
            #[must_use]
            pub fn is_null(self) -> bool {
                self.0 == NULL_UUID
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        impl From<$name> for EntityId {
            fn from(id: $name) -> Self {
                EntityId::new($name::KIND, id.0)
            }
        }

        impl TryFrom<EntityId> for $name {
            type Error = IdError;
            fn try_from(id: EntityId) -> Result<Self, IdError> {
                if id.entity_type == $name::KIND {
                    Ok(Self(id.id))
                } else {
                    Err(IdError::WrongType { expected: $name::KIND, actual: id.entity_type })
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                EntityId::from(*self).serialize(serializer)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserialize_id(deserializer, $name::KIND).map(Self)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                EntityId::schema()
            }
        }

        impl ToSchema for $name {}
    )+};
}

typed_id! {
    TenantId => Tenant, CustomerId => Customer, UserId => User, DeviceId => Device,
    AssetId => Asset, DeviceProfileId => DeviceProfile, AssetProfileId => AssetProfile,
    ConverterId => Converter, IntegrationId => Integration, RuleChainId => RuleChain,
    RuleNodeId => RuleNode, EntityGroupId => EntityGroup, DashboardId => Dashboard,
    NotificationId => Notification, RpcId => Rpc, AlarmId => Alarm,
    ApiKeyId => ApiKey,
}

/// Accepts the id object, with or without `entityType`, and the bare UUID text that some fields
/// of the reference use.
fn deserialize_id<'de, D: Deserializer<'de>>(
    deserializer: D,
    kind: EntityType,
) -> Result<Uuid, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Form {
        Object {
            #[serde(rename = "entityType", default)]
            entity_type: Option<EntityType>,
            id: Uuid,
        },
        Bare(Uuid),
    }
    match Form::deserialize(deserializer)? {
        Form::Bare(id)
        | Form::Object {
            entity_type: None,
            id,
        } => Ok(id),
        Form::Object {
            entity_type: Some(actual),
            id,
        } if actual == kind => Ok(id),
        Form::Object {
            entity_type: Some(actual),
            ..
        } => Err(de::Error::custom(IdError::WrongType {
            expected: kind,
            actual,
        })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_id_reads_object_and_bare_text_and_refuses_another_kind() {
        let uuid = Uuid::now_v7();
        let device: DeviceId =
            serde_json::from_str(&format!(r#"{{"entityType":"DEVICE","id":"{uuid}"}}"#)).unwrap();
        assert_eq!(device, DeviceId(uuid));
        assert_eq!(
            serde_json::from_str::<DeviceId>(&format!("\"{uuid}\"")).unwrap(),
            device
        );
        let wrong = serde_json::from_str::<CustomerId>(&serde_json::to_string(&device).unwrap());
        assert!(
            wrong
                .unwrap_err()
                .to_string()
                .contains("expected an id of type CUSTOMER")
        );
    }

    #[test]
    fn every_entity_type_reads_back_from_its_text() {
        for kind in EntityType::ALL {
            assert_eq!(kind.as_str().parse::<EntityType>().as_ref(), Ok(kind));
        }
    }
}
