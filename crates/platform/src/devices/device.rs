//! Devices: save, get, delete and lists.

use std::sync::Arc;

use millrace_model::{
    PageData, PageLink,
    entity::Device,
    id::{CustomerId, DeviceId},
};
use millrace_store::{
    StoreError,
    entities::{Change, EntityFilter},
};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{
    ActivitySource, CredentialsInput, Groups, NameConflict,
    profile::DeviceProfiles,
    profiled::{self, Profiled},
};
use crate::{
    PlatformError, Records, Result, Scope, access,
    changes::ChangeKind,
    notifications::{Actor, CreatedDevice, Notifications},
};

/// Saves that are tried again when somebody else makes the same profile at the same moment.
const RACES: usize = 3;

/// What a save of a device may ask for beside the device.
#[derive(Debug, Clone, Default)]
pub struct SaveOptions {
    /// Credentials; a new device without gets an access token, a stored one keeps its own.
    pub credentials: Option<CredentialsInput>,
    /// Groups a new device is put into.
    pub groups: Vec<Uuid>,
    /// What happens when the name of a new device is taken.
    pub name_conflict: NameConflict,
}

impl SaveOptions {
    /// With this access token.
    #[must_use]
    pub fn with_token(token: impl Into<String>) -> Self {
        Self {
            credentials: Some(CredentialsInput {
                credentials_id: Some(token.into()),
                ..CredentialsInput::default()
            }),
            ..Self::default()
        }
    }
}

/// The devices of a tenant. A customer's people see their customer's.
#[derive(Clone)]
pub struct Devices {
    records: Records,
    profiles: DeviceProfiles,
    groups: Groups,
    notifications: Notifications,
    activity: Arc<dyn ActivitySource>,
}

impl Devices {
    /// Devices kept in `records`; `activity` says which are active.
    #[must_use]
    pub fn new(
        records: Records,
        notifications: Notifications,
        activity: Arc<dyn ActivitySource>,
    ) -> Self {
        Self {
            profiles: DeviceProfiles::new(records.clone()),
            groups: Groups::new(records.clone()),
            records,
            notifications,
            activity,
        }
    }

    /// Creates (without id) or updates a device. The profile is found by id, else by type name
    /// (made when the name is new), else the default one is taken.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] naming the field; a taken name; an old version.
    pub fn save(&self, scope: &Scope, device: Device, options: &SaveOptions) -> Result<Device> {
        access::require_admin(scope)?;
        let mut races = 0;
        loop {
            match self.try_save(scope, device.clone(), options) {
                Err((PlatformError::Store(StoreError::Duplicate { .. }), true))
                    if races < RACES =>
                {
                    races += 1;
                }
                outcome => return outcome.map_err(|(error, _)| error),
            }
        }
    }

    /// A device.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`].
    pub fn get(&self, scope: &Scope, id: DeviceId) -> Result<Device> {
        access::require_tenant(scope)?;
        let device: Device = self.records.get(scope, Device::WHAT, id.0)?;
        access::require_owner(scope, Device::WHAT, id.0, customer(&device))?;
        Ok(device)
    }

    /// A device by its exact name.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`].
    pub fn by_name(&self, scope: &Scope, name: &str) -> Result<Device> {
        access::require_tenant(scope)?;
        let missing = || PlatformError::not_found(Device::WHAT, name);
        let device: Device = self
            .records
            .table()
            .by_name(scope.tenant, name)?
            .ok_or_else(missing)?;
        let wall = access::customer_wall(scope)?;
        if wall.is_some() && wall != customer(&device) {
            return Err(missing());
        }
        Ok(device)
    }

    /// The devices with these ids, in this order; unknown ones are left out.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn list(&self, scope: &Scope, ids: &[Uuid]) -> Result<Vec<Device>> {
        let wall = access::customer_wall(scope)?;
        self.records.list(scope, ids, wall)
    }

    /// A page of devices, of one type when given.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn page(
        &self,
        scope: &Scope,
        device_type: Option<&str>,
        link: &PageLink,
    ) -> Result<PageData<Device>> {
        let wall = access::customer_wall(scope)?;
        self.rows(scope, device_type, wall, None, link)
    }

    /// A page of a customer's devices.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`] for another customer.
    pub fn page_of_customer(
        &self,
        scope: &Scope,
        customer: CustomerId,
        device_type: Option<&str>,
        link: &PageLink,
    ) -> Result<PageData<Device>> {
        access::require_readable(self.records.store(), scope, customer.into())?;
        self.rows(scope, device_type, Some(customer.0), None, link)
    }

    /// A page of the devices in a group.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`] for the group.
    pub fn page_of_group(
        &self,
        scope: &Scope,
        group: Uuid,
        link: &PageLink,
    ) -> Result<PageData<Device>> {
        let filter = self.groups.members_filter(scope, group)?;
        Ok(self.records.table().page(scope.tenant, &filter, link)?)
    }

    /// Deletes a device; what it stored goes with the word of its deletion.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`].
    pub fn delete(&self, scope: &Scope, id: DeviceId) -> Result<()> {
        access::require_admin(scope)?;
        self.get(scope, id)?;
        self.records.delete(scope, id.into(), Vec::new())
    }

    pub(super) fn records(&self) -> &Records {
        &self.records
    }

    pub(super) fn profiles(&self) -> &DeviceProfiles {
        &self.profiles
    }

    pub(super) fn groups(&self) -> &Groups {
        &self.groups
    }

    pub(super) fn activity(&self) -> &dyn ActivitySource {
        &*self.activity
    }

    fn rows(
        &self,
        scope: &Scope,
        device_type: Option<&str>,
        customer: Option<Uuid>,
        group: Option<Uuid>,
        link: &PageLink,
    ) -> Result<PageData<Device>> {
        let filter = EntityFilter {
            subtype: device_type
                .filter(|name| !name.is_empty())
                .map(str::to_owned),
            customer,
            group,
            ..EntityFilter::default()
        };
        Ok(self.records.table().page(scope.tenant, &filter, link)?)
    }

    /// One attempt; the flag says whether a name that became taken meanwhile is worth another.
    fn try_save(
        &self,
        scope: &Scope,
        mut device: Device,
        options: &SaveOptions,
    ) -> Result<Device, (PlatformError, bool)> {
        let fatal = |error: PlatformError| (error, false);
        let stored = self
            .records
            .prepare(scope, Device::WHAT, &mut device)
            .map_err(fatal)?;
        let new_profile = profiled::complete(
            &self.records,
            &self.profiles,
            scope,
            &mut device,
            stored.as_ref(),
        )
        .map_err(fatal)?;
        let (mut more, told) = self
            .beside(scope, &mut device, stored.as_ref(), options)
            .map_err(fatal)?;
        let again = new_profile.is_some()
            || (stored.is_none() && options.name_conflict != NameConflict::Fail);
        let made = new_profile.map(|profile| {
            more.push(profile.change);
            profile.id
        });
        let device = self
            .records
            .commit(scope, device, stored.is_none(), more)
            .map_err(|error| (error, again))?;
        if let Some(profile) = made {
            self.records.publish(scope, profile, ChangeKind::Created);
        }
        self.notifications.published(&told);
        Ok(device)
    }

    /// The changes that go with a save: credentials, groups and notifications (these also apart,
    /// for the live feeds).
    fn beside(
        &self,
        scope: &Scope,
        device: &mut Device,
        stored: Option<&Device>,
        options: &SaveOptions,
    ) -> Result<(Vec<Change>, Vec<Change>)> {
        if device.device_data.as_ref().is_none_or(Json::is_null) {
            device.device_data = Some(default_device_data());
        }
        let id = device.id.unwrap_or_default();
        let mut changes = Vec::new();
        if stored.is_none() || options.credentials.is_some() {
            let input = options.credentials.clone().unwrap_or_default();
            changes.push(self.credentials_change(scope.tenant, id, input)?);
        }
        if stored.is_some() {
            return Ok((changes, Vec::new()));
        }
        device.name = options.name_conflict.resolve(
            &self.records,
            scope.tenant,
            DeviceId::KIND,
            &device.name,
        )?;
        changes.extend(
            self.groups
                .joining(scope, &options.groups, id.into(), customer(device))?,
        );
        let created = CreatedDevice {
            device: id,
            name: device.name.clone(),
            customer: device.customer_id.filter(|customer| !customer.is_null()),
            actor: self.actor(scope)?,
        };
        let told = self
            .notifications
            .changes_for_created(scope.tenant, &[created])?;
        changes.extend(told.iter().cloned());
        Ok((changes, told))
    }

    /// Who makes the device, for people: the e-mail address of the caller.
    fn actor(&self, scope: &Scope) -> Result<Actor> {
        let Some(user) = scope.user else {
            return Ok(Actor::named("the server"));
        };
        let id = millrace_model::id::UserId(user).into();
        let row = self.records.store().get(scope.tenant, id)?;
        Ok(Actor {
            name: row.map_or_else(|| "somebody".to_owned(), |row| row.name),
            user: Some(user),
        })
    }
}

/// Transport settings of a device that has none of its own.
#[must_use]
pub fn default_device_data() -> Json {
    json!({
        "configuration": { "type": "DEFAULT" },
        "transportConfiguration": { "type": "DEFAULT" },
    })
}

fn customer(device: &Device) -> Option<Uuid> {
    millrace_model::entity::Entity::customer(device)
}
