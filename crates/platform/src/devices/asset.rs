//! Assets: save, get, delete and lists.

use millrace_model::{
    PageData, PageLink,
    entity::{Asset, Entity},
    id::{AssetId, CustomerId},
};
use millrace_store::{StoreError, entities::EntityFilter};
use uuid::Uuid;

use super::{
    Groups, NameConflict,
    profile::AssetProfiles,
    profiled::{self, Profiled},
};
use crate::{PlatformError, Records, Result, Scope, access, changes::ChangeKind};

/// The assets of a tenant. A customer's people see their customer's.
#[derive(Clone)]
pub struct Assets {
    records: Records,
    profiles: AssetProfiles,
    groups: Groups,
}

impl Assets {
    /// Assets kept in `records`.
    #[must_use]
    pub fn new(records: Records) -> Self {
        Self {
            profiles: AssetProfiles::new(records.clone()),
            groups: Groups::new(records.clone()),
            records,
        }
    }

    /// Creates (without id) or updates an asset; `groups` take a new one.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] naming the field; a taken name; an old version.
    pub fn save(
        &self,
        scope: &Scope,
        asset: Asset,
        groups: &[Uuid],
        name_conflict: &NameConflict,
    ) -> Result<Asset> {
        access::require_admin(scope)?;
        match self.try_save(scope, asset.clone(), groups, name_conflict) {
            // The profile may have been made by somebody else meanwhile: it is found then.
            Err(PlatformError::Store(StoreError::Duplicate { .. })) => {
                self.try_save(scope, asset, groups, name_conflict)
            }
            outcome => outcome,
        }
    }

    /// An asset.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`].
    pub fn get(&self, scope: &Scope, id: AssetId) -> Result<Asset> {
        access::require_tenant(scope)?;
        let asset: Asset = self.records.get(scope, Asset::WHAT, id.0)?;
        access::require_owner(scope, Asset::WHAT, id.0, asset.customer())?;
        Ok(asset)
    }

    /// An asset by its exact name.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`].
    pub fn by_name(&self, scope: &Scope, name: &str) -> Result<Asset> {
        access::require_tenant(scope)?;
        let missing = || PlatformError::not_found(Asset::WHAT, name);
        let asset: Asset = self
            .records
            .table()
            .by_name(scope.tenant, name)?
            .ok_or_else(missing)?;
        let wall = access::customer_wall(scope)?;
        if wall.is_some() && wall != asset.customer() {
            return Err(missing());
        }
        Ok(asset)
    }

    /// The assets with these ids, in this order; unknown ones are left out.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn list(&self, scope: &Scope, ids: &[Uuid]) -> Result<Vec<Asset>> {
        let wall = access::customer_wall(scope)?;
        self.records.list(scope, ids, wall)
    }

    /// A page of assets, of one type when given.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn page(
        &self,
        scope: &Scope,
        asset_type: Option<&str>,
        link: &PageLink,
    ) -> Result<PageData<Asset>> {
        let wall = access::customer_wall(scope)?;
        self.rows(scope, asset_type, wall, link)
    }

    /// A page of a customer's assets.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`] for another customer.
    pub fn page_of_customer(
        &self,
        scope: &Scope,
        customer: CustomerId,
        asset_type: Option<&str>,
        link: &PageLink,
    ) -> Result<PageData<Asset>> {
        access::require_readable(self.records.store(), scope, customer.into())?;
        self.rows(scope, asset_type, Some(customer.0), link)
    }

    /// A page of the assets in a group.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`] for the group.
    pub fn page_of_group(
        &self,
        scope: &Scope,
        group: Uuid,
        link: &PageLink,
    ) -> Result<PageData<Asset>> {
        let filter = self.groups.members_filter(scope, group)?;
        Ok(self.records.table().page(scope.tenant, &filter, link)?)
    }

    /// Deletes an asset.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`].
    pub fn delete(&self, scope: &Scope, id: AssetId) -> Result<()> {
        access::require_admin(scope)?;
        self.get(scope, id)?;
        self.records.delete(scope, id.into(), Vec::new())
    }

    fn rows(
        &self,
        scope: &Scope,
        asset_type: Option<&str>,
        customer: Option<Uuid>,
        link: &PageLink,
    ) -> Result<PageData<Asset>> {
        let filter = EntityFilter {
            subtype: asset_type
                .filter(|name| !name.is_empty())
                .map(str::to_owned),
            customer,
            ..EntityFilter::default()
        };
        Ok(self.records.table().page(scope.tenant, &filter, link)?)
    }

    fn try_save(
        &self,
        scope: &Scope,
        mut asset: Asset,
        groups: &[Uuid],
        name_conflict: &NameConflict,
    ) -> Result<Asset> {
        let stored = self.records.prepare(scope, Asset::WHAT, &mut asset)?;
        let new_profile = profiled::complete(
            &self.records,
            &self.profiles,
            scope,
            &mut asset,
            stored.as_ref(),
        )?;
        let mut more = Vec::new();
        if stored.is_none() {
            asset.name =
                name_conflict.resolve(&self.records, scope.tenant, AssetId::KIND, &asset.name)?;
            let id = asset.id.unwrap_or_default();
            more = self
                .groups
                .joining(scope, groups, id.into(), asset.customer())?;
        }
        let made = new_profile.map(|profile| {
            more.push(profile.change);
            profile.id
        });
        let asset = self.records.commit(scope, asset, stored.is_none(), more)?;
        if let Some(profile) = made {
            self.records.publish(scope, profile, ChangeKind::Created);
        }
        Ok(asset)
    }
}
