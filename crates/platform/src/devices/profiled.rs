//! What saving a device and saving an asset have in common: name, label, profile and owner.

use millrace_model::{
    EntityId, EntityType,
    entity::{Asset, AssetProfile, Customer, Device, DeviceProfile, Entity},
    id::{AssetProfileId, CustomerId, DeviceProfileId},
};
use millrace_store::entities::Change;
use uuid::Uuid;

use super::{
    owner_of,
    profile::{Profile, Profiles},
};
use crate::{
    PlatformError, Records, Result, Scope,
    records::{NAME_MAX, check_name},
};

/// An entity that has a profile and an owner.
pub(super) trait Profiled: Entity {
    /// Kind of its profile.
    type Profile: Profile;
    /// The kind in words, for error texts.
    const WHAT: &'static str;

    fn name_mut(&mut self) -> &mut String;
    fn type_name(&self) -> &str;
    fn profile_id(&self) -> Option<Uuid>;
    fn set_profile(&mut self, id: Uuid, name: &str);
    fn customer_id(&self) -> Option<CustomerId>;
    fn owner_id(&self) -> Option<EntityId>;
    fn set_owner(&mut self, customer: CustomerId, owner: EntityId);
}

macro_rules! profiled {
    ($entity:ident, $profile:ident, $id:ident, $member:ident, $what:literal) => {
        impl Profiled for $entity {
            type Profile = $profile;
            const WHAT: &'static str = $what;

            fn name_mut(&mut self) -> &mut String {
                &mut self.name
            }
            fn type_name(&self) -> &str {
                &self.profile_name
            }
            fn profile_id(&self) -> Option<Uuid> {
                self.$member.map(|id| id.0)
            }
            fn set_profile(&mut self, id: Uuid, name: &str) {
                self.$member = Some($id(id));
                name.clone_into(&mut self.profile_name);
            }
            fn customer_id(&self) -> Option<CustomerId> {
                self.customer_id
            }
            fn owner_id(&self) -> Option<EntityId> {
                self.owner_id
            }
            fn set_owner(&mut self, customer: CustomerId, owner: EntityId) {
                self.customer_id = Some(customer);
                self.owner_id = Some(owner);
            }
        }
    };
}

profiled!(
    Device,
    DeviceProfile,
    DeviceProfileId,
    device_profile_id,
    "Device"
);
profiled!(
    Asset,
    AssetProfile,
    AssetProfileId,
    asset_profile_id,
    "Asset"
);

/// A profile that is made along with an entity.
pub(super) struct NewProfile {
    pub(super) id: EntityId,
    pub(super) change: Change,
}

/// Checks name and label, and fills in profile and owner from what was sent, what is stored and
/// the tenant's defaults. Returns the profile to be made along, if the type name is new.
pub(super) fn complete<E: Profiled>(
    records: &Records,
    profiles: &Profiles<E::Profile>,
    scope: &Scope,
    entity: &mut E,
    stored: Option<&E>,
) -> Result<Option<NewProfile>> {
    check_name("name", E::WHAT, entity.name_mut())?;
    if entity
        .label()
        .is_some_and(|label| label.chars().count() > NAME_MAX)
    {
        return Err(PlatformError::invalid(
            "label",
            format!(
                "{} label is too long: use at most {NAME_MAX} characters",
                E::WHAT
            ),
        ));
    }
    let (customer, owner) = owner(records, scope, entity, stored)?;
    entity.set_owner(customer, owner);
    profile(profiles, scope, entity, stored)
}

/// The profile: by id, else by type name, else the stored one, else the default.
fn profile<E: Profiled>(
    profiles: &Profiles<E::Profile>,
    scope: &Scope,
    entity: &mut E,
    stored: Option<&E>,
) -> Result<Option<NewProfile>> {
    let type_name = entity.type_name().trim().to_owned();
    let (profile, change) = if let Some(id) = entity.profile_id() {
        let profile = profiles.get(scope, id).map_err(|error| match error {
            PlatformError::NotFound { .. } => PlatformError::invalid(
                E::Profile::FIELD,
                format!(
                    "{} names no profile of yours: {id}, give an existing one or only a type",
                    E::Profile::FIELD
                ),
            ),
            other => other,
        })?;
        (profile, None)
    } else if !type_name.is_empty() {
        let mut name = type_name;
        check_name("type", E::WHAT, &mut name)?;
        profiles.find_or_new(scope, &name)?
    } else if let Some(id) = stored.and_then(Profiled::profile_id) {
        (profiles.get(scope, id)?, None)
    } else {
        profiles.default_or_new(scope)?
    };
    let Some(id) = profile.entity_id() else {
        return Err(PlatformError::Internal("a profile without id".to_owned()));
    };
    entity.set_profile(id.id, profile.name());
    Ok(change.map(|change| NewProfile { id, change }))
}

/// The owner: `customerId` decides, else `ownerId`, else what is stored, else the tenant.
fn owner<E: Profiled>(
    records: &Records,
    scope: &Scope,
    entity: &E,
    stored: Option<&E>,
) -> Result<(CustomerId, EntityId)> {
    let sent = entity
        .customer_id()
        .or_else(|| entity.owner_id().map(customer_of_owner));
    let customer = sent
        .or_else(|| stored.and_then(Profiled::customer_id))
        .unwrap_or_else(CustomerId::null);
    let is_new = stored.and_then(Profiled::customer_id) != Some(customer);
    if !customer.is_null() && is_new {
        let known = records.table::<Customer>().get(scope.tenant, customer.0)?;
        if known.is_none() {
            return Err(PlatformError::invalid(
                "customerId",
                format!("customerId names no customer of yours: {customer}"),
            ));
        }
    }
    Ok((customer, owner_of(scope.tenant, Some(customer))))
}

fn customer_of_owner(owner: EntityId) -> CustomerId {
    if owner.entity_type == EntityType::Customer {
        CustomerId(owner.id)
    } else {
        CustomerId::null()
    }
}
