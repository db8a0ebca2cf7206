//! Devices with what lists show beside them: profile, owner, groups and whether they are active.

use std::collections::HashMap;

use millrace_model::{
    PageData, PageLink,
    entity::{Customer, Device, DeviceInfo, Tenant},
    id::{CustomerId, DeviceId, DeviceProfileId, NULL_UUID},
};
use millrace_store::entities::EntityFilter;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::Devices;
use crate::{Result, Scope, access, paging};

/// Which devices a list of infos shows.
#[derive(Debug, Clone, Default)]
pub struct DeviceQuery {
    /// Only this customer's.
    pub customer: Option<CustomerId>,
    /// Only the tenant's own, not those of its customers. Nothing with `customer`.
    pub own_only: bool,
    /// Only with this profile.
    pub profile: Option<DeviceProfileId>,
    /// Only with this type name.
    pub device_type: Option<String>,
    /// Only active (true) or inactive (false) ones.
    pub active: Option<bool>,
}

impl Devices {
    /// A device with what lists show beside it.
    ///
    /// # Errors
    /// [`crate::PlatformError::NotFound`].
    pub fn info(&self, scope: &Scope, id: DeviceId) -> Result<DeviceInfo> {
        let device = self.get(scope, id)?;
        self.describe(scope, device, &mut HashMap::new())
    }

    /// A page of devices with what lists show beside them.
    ///
    /// # Errors
    /// [`crate::PlatformError::NotFound`] for another customer or an unknown profile.
    pub fn infos(
        &self,
        scope: &Scope,
        query: &DeviceQuery,
        link: &PageLink,
    ) -> Result<PageData<DeviceInfo>> {
        let wall = access::customer_wall(scope)?;
        if let Some(customer) = query.customer {
            access::require_readable(self.records().store(), scope, customer.into())?;
        }
        let own_only = query.own_only.then_some(NULL_UUID);
        let subtype = match query.profile {
            Some(profile) => Some(self.profiles().get(scope, profile.0)?.name),
            None => query.device_type.clone().filter(|name| !name.is_empty()),
        };
        let filter = EntityFilter {
            subtype,
            customer: query.customer.map(|id| id.0).or(wall).or(own_only),
            ..EntityFilter::default()
        };
        let page = match query.active {
            None => self.records().table().page(scope.tenant, &filter, link)?,
            Some(wanted) => {
                let activity = self.activity();
                paging::page_where(self.records(), scope, &filter, link, |device: &Device| {
                    let active = device
                        .id
                        .is_some_and(|id| activity.is_active(scope.tenant, id));
                    active == wanted
                })?
            }
        };
        let mut owners = HashMap::new();
        let PageData {
            data,
            total_pages,
            total_elements,
            has_next,
        } = page;
        let data = data
            .into_iter()
            .map(|device| self.describe(scope, device, &mut owners))
            .collect::<Result<_>>()?;
        Ok(PageData {
            data,
            total_pages,
            total_elements,
            has_next,
        })
    }

    fn describe(
        &self,
        scope: &Scope,
        device: Device,
        owners: &mut HashMap<Uuid, Owner>,
    ) -> Result<DeviceInfo> {
        let id = device.id.unwrap_or_default();
        let customer = device.customer_id.filter(|customer| !customer.is_null());
        let owner = self.owner(scope, customer, owners)?;
        let groups = self.groups().explicit_of(scope, id.into())?;
        let groups = groups
            .into_iter()
            .map(|group| json!({ "id": group.id, "name": group.name }))
            .collect();
        Ok(DeviceInfo {
            customer_title: customer.map(|_| owner.name.clone()),
            customer_is_public: owner.is_public,
            device_profile_name: device.profile_name.clone(),
            owner_name: Some(owner.name),
            groups,
            active: self.activity().is_active(scope.tenant, id),
            device,
        })
    }

    /// The owner's name, read once for a page.
    fn owner(
        &self,
        scope: &Scope,
        customer: Option<CustomerId>,
        known: &mut HashMap<Uuid, Owner>,
    ) -> Result<Owner> {
        let key = customer.map_or(scope.tenant.0, |customer| customer.0);
        if let Some(owner) = known.get(&key) {
            return Ok(owner.clone());
        }
        let owner = match customer {
            Some(customer) => {
                let row = self
                    .records()
                    .table::<Customer>()
                    .get(scope.tenant, customer.0)?;
                row.map_or_else(Owner::default, |customer| Owner {
                    is_public: is_public(customer.additional_info.as_ref()),
                    name: customer.title,
                })
            }
            None => {
                let row = self.records().table::<Tenant>().get(scope.tenant, key)?;
                Owner {
                    name: row.map(|tenant| tenant.title).unwrap_or_default(),
                    is_public: false,
                }
            }
        };
        known.insert(key, owner.clone());
        Ok(owner)
    }
}

#[derive(Debug, Clone, Default)]
struct Owner {
    name: String,
    is_public: bool,
}

fn is_public(additional_info: Option<&Json>) -> bool {
    additional_info
        .and_then(|info| info.get("isPublic"))
        .and_then(Json::as_bool)
        .unwrap_or(false)
}
