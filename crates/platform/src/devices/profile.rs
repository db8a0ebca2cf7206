//! Profiles of devices and of assets: one service for both.

use std::marker::PhantomData;

use millrace_model::{
    EntityId, EntityType, PageData, PageLink, TenantId,
    entity::{AssetProfile, DeviceProfile, Entity, RuleChain},
    id::{DashboardId, RuleChainId},
};
use millrace_store::entities::{Change, EntityFilter, EntityRow, put};
use serde::Serialize;
use serde_json::{Value as Json, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{EntityInfo, EntitySubtype};
use crate::{
    PlatformError, Records, Result, Scope, access,
    changes::ChangeKind,
    clock::now_ms,
    records::{by_creation, check_name},
};

/// Name of the profile every tenant starts with.
pub const DEFAULT_NAME: &str = "default";
/// Members whose type name a rename changes in one transaction.
const RENAME_ROWS: u32 = 500;

/// What profiles of devices and of assets have in common.
pub trait Profile: Entity + Default {
    /// The kind in words, for error texts.
    const WHAT: &'static str;
    /// The member in which an entity names its profile.
    const FIELD: &'static str;
    /// Kind of the entities that have such a profile.
    const MEMBERS: EntityType;

    /// Whether entities without a type get it.
    fn is_default(&self) -> bool;
    /// Makes it the default, or not.
    fn set_default(&mut self, default: bool);
    /// The name, to be mended.
    fn name_mut(&mut self) -> &mut String;
    /// The chain its entities' messages enter.
    fn rule_chain(&self) -> Option<RuleChainId>;
    /// Fills in what a client left out.
    fn complete(&mut self);
    /// What pickers show.
    fn info(&self) -> ProfileInfo;
}

/// The short form of a profile.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProfileInfo {
    /// The profile.
    pub id: Option<EntityId>,
    /// Whose it is.
    pub tenant_id: Option<TenantId>,
    /// Its name.
    pub name: String,
    /// Picture as data URL or link.
    pub image: Option<String>,
    /// Dashboard shown for its entities.
    pub default_dashboard_id: Option<DashboardId>,
    /// `DEFAULT`; only for devices.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub profile_type: Option<String>,
    /// `DEFAULT`; only for devices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transport_type: Option<String>,
}

impl Profile for DeviceProfile {
    const WHAT: &'static str = "Device profile";
    const FIELD: &'static str = "deviceProfileId";
    const MEMBERS: EntityType = EntityType::Device;

    fn is_default(&self) -> bool {
        self.is_default
    }
    fn set_default(&mut self, default: bool) {
        self.is_default = default;
    }
    fn name_mut(&mut self) -> &mut String {
        &mut self.name
    }
    fn rule_chain(&self) -> Option<RuleChainId> {
        self.default_rule_chain_id
    }
    fn complete(&mut self) {
        for (field, value) in [
            (&mut self.profile_type, "DEFAULT"),
            (&mut self.transport_type, "DEFAULT"),
            (&mut self.provision_type, "DISABLED"),
        ] {
            field.get_or_insert_with(|| value.to_owned());
        }
        self.profile_data.get_or_insert_with(|| {
            json!({
                "configuration": { "type": "DEFAULT" },
                "transportConfiguration": { "type": "DEFAULT" },
                "provisionConfiguration": { "type": "DISABLED", "provisionDeviceSecret": null },
                "alarms": null,
            })
        });
    }
    fn info(&self) -> ProfileInfo {
        ProfileInfo {
            id: self.entity_id(),
            tenant_id: self.tenant_id,
            name: self.name.clone(),
            image: self.image.clone(),
            default_dashboard_id: self.default_dashboard_id,
            profile_type: Some(self.profile_type.clone().unwrap_or("DEFAULT".to_owned())),
            transport_type: Some(self.transport_type.clone().unwrap_or("DEFAULT".to_owned())),
        }
    }
}

impl Profile for AssetProfile {
    const WHAT: &'static str = "Asset profile";
    const FIELD: &'static str = "assetProfileId";
    const MEMBERS: EntityType = EntityType::Asset;

    fn is_default(&self) -> bool {
        self.is_default
    }
    fn set_default(&mut self, default: bool) {
        self.is_default = default;
    }
    fn name_mut(&mut self) -> &mut String {
        &mut self.name
    }
    fn rule_chain(&self) -> Option<RuleChainId> {
        self.default_rule_chain_id
    }
    fn complete(&mut self) {}
    fn info(&self) -> ProfileInfo {
        ProfileInfo {
            id: self.entity_id(),
            tenant_id: self.tenant_id,
            name: self.name.clone(),
            image: self.image.clone(),
            default_dashboard_id: self.default_dashboard_id,
            profile_type: None,
            transport_type: None,
        }
    }
}

/// The device profiles of a tenant.
pub type DeviceProfiles = Profiles<DeviceProfile>;
/// The asset profiles of a tenant.
pub type AssetProfiles = Profiles<AssetProfile>;

/// The profiles of one kind. Everybody of the tenant may read them, administrators change them.
pub struct Profiles<P> {
    records: Records,
    kind: PhantomData<fn() -> P>,
}

impl<P> Clone for Profiles<P> {
    fn clone(&self) -> Self {
        Self {
            records: self.records.clone(),
            kind: PhantomData,
        }
    }
}

impl<P: Profile> Profiles<P> {
    /// Profiles kept in `records`.
    #[must_use]
    pub fn new(records: Records) -> Self {
        Self {
            records,
            kind: PhantomData,
        }
    }

    /// Creates (without id) or updates a profile. A rename reaches the type name of its
    /// entities; `default` in the request moves nothing.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] for a missing name or an unknown chain; a taken name; an old
    /// version.
    pub fn save(&self, scope: &Scope, mut profile: P) -> Result<P> {
        access::require_admin(scope)?;
        let stored = self.records.prepare(scope, P::WHAT, &mut profile)?;
        check_name("name", P::WHAT, profile.name_mut())?;
        if let Some(chain) = profile.rule_chain() {
            let known = self
                .records
                .table::<RuleChain>()
                .get(scope.tenant, chain.0)?;
            if known.is_none() {
                return Err(PlatformError::invalid(
                    "defaultRuleChainId",
                    format!("defaultRuleChainId names no rule chain of yours: {chain}"),
                ));
            }
        }
        profile.complete();
        profile.set_default(stored.as_ref().is_some_and(Profile::is_default));
        let saved = self
            .records
            .commit(scope, profile, stored.is_none(), Vec::new())?;
        if let Some(stored) = stored
            && stored.name() != saved.name()
        {
            self.rename_members(scope, stored.name(), saved.name())?;
        }
        Ok(saved)
    }

    /// A profile.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`].
    pub fn get(&self, scope: &Scope, id: Uuid) -> Result<P> {
        access::require_tenant(scope)?;
        self.records.get(scope, P::WHAT, id)
    }

    /// A page of profiles.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn page(&self, scope: &Scope, link: &PageLink) -> Result<PageData<P>> {
        access::require_tenant(scope)?;
        let all = EntityFilter::default();
        Ok(self.records.table().page(scope.tenant, &all, link)?)
    }

    /// The short form of a profile.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`].
    pub fn info(&self, scope: &Scope, id: Uuid) -> Result<ProfileInfo> {
        Ok(self.get(scope, id)?.info())
    }

    /// A page of profiles in their short form.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn infos(&self, scope: &Scope, link: &PageLink) -> Result<PageData<ProfileInfo>> {
        Ok(self.page(scope, link)?.map(|profile| profile.info()))
    }

    /// The short forms of the profiles with these ids, in this order.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn info_list(&self, scope: &Scope, ids: &[Uuid]) -> Result<Vec<ProfileInfo>> {
        access::require_tenant(scope)?;
        let profiles: Vec<P> = self.records.list(scope, ids, None)?;
        Ok(profiles.iter().map(Profile::info).collect())
    }

    /// Ids and names by name; with `active_only` only profiles that have entities.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn names(&self, scope: &Scope, active_only: bool) -> Result<Vec<EntityInfo>> {
        access::require_tenant(scope)?;
        let mut profiles: Vec<P> = self.records.collect(scope, &EntityFilter::default())?;
        profiles.sort_by(|left, right| left.name().cmp(right.name()));
        let mut names = Vec::with_capacity(profiles.len());
        for profile in &profiles {
            if active_only && self.members(scope, profile.name())?.is_none() {
                continue;
            }
            if let Some(id) = profile.entity_id() {
                names.push(EntityInfo {
                    id,
                    name: profile.name().to_owned(),
                });
            }
        }
        Ok(names)
    }

    /// The type names that entities of this kind can have.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn types(&self, scope: &Scope) -> Result<Vec<EntitySubtype>> {
        let names = self.names(scope, false)?.into_iter();
        Ok(names
            .map(|info| EntitySubtype {
                tenant_id: scope.tenant,
                entity_type: P::MEMBERS,
                name: info.name,
            })
            .collect())
    }

    /// The profile that entities without a type get.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`] when the tenant has none.
    pub fn default(&self, scope: &Scope) -> Result<P> {
        access::require_tenant(scope)?;
        self.find_default(scope)?
            .ok_or_else(|| PlatformError::not_found(P::WHAT, DEFAULT_NAME))
    }

    /// Makes a profile the default one.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`].
    pub fn set_default(&self, scope: &Scope, id: Uuid) -> Result<P> {
        access::require_admin(scope)?;
        let mut profile: P = self.records.get(scope, P::WHAT, id)?;
        if profile.is_default() {
            return Ok(profile);
        }
        profile.set_default(true);
        let old = self.find_default(scope)?;
        let mut more = Vec::new();
        if let Some(mut old) = old.clone() {
            old.set_default(false);
            more.push(put(&old)?);
        }
        let profile = self.records.commit(scope, profile, false, more)?;
        if let Some(old) = old.and_then(|old| old.entity_id()) {
            self.records.publish(scope, old, ChangeKind::Updated);
        }
        Ok(profile)
    }

    /// Deletes a profile that is not the default and that no entity has.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] that names what uses it; [`PlatformError::NotFound`].
    pub fn delete(&self, scope: &Scope, id: Uuid) -> Result<()> {
        access::require_admin(scope)?;
        let profile: P = self.records.get(scope, P::WHAT, id)?;
        let refuse = |why: String| Err(PlatformError::invalid(P::FIELD, why));
        if profile.is_default() {
            return refuse(format!(
                "{} '{}' is the default: make another profile the default first",
                P::WHAT.to_lowercase(),
                profile.name()
            ));
        }
        if let Some((count, example)) = self.members(scope, profile.name())? {
            return refuse(format!(
                "{} '{}' is used by {count} of kind {}, among them '{example}': give them another profile first",
                P::WHAT.to_lowercase(),
                profile.name(),
                P::MEMBERS,
            ));
        }
        self.records
            .delete(scope, EntityId::new(P::KIND, id), Vec::new())
    }

    /// The profile of this name, or a new one with the change that makes it.
    pub(super) fn find_or_new(&self, scope: &Scope, name: &str) -> Result<(P, Option<Change>)> {
        if let Some(profile) = self.records.table::<P>().by_name(scope.tenant, name)? {
            return Ok((profile, None));
        }
        let profile = new_profile::<P>(scope.tenant, name, false);
        let change = put(&profile)?;
        Ok((profile, Some(change)))
    }

    /// The default profile, or a new one where the tenant has none.
    pub(super) fn default_or_new(&self, scope: &Scope) -> Result<(P, Option<Change>)> {
        match self.find_default(scope)? {
            Some(profile) => Ok((profile, None)),
            None => self.find_or_new(scope, DEFAULT_NAME),
        }
    }

    fn find_default(&self, scope: &Scope) -> Result<Option<P>> {
        let filter = EntityFilter {
            body_equals: vec![("default".to_owned(), Json::Bool(true))],
            ..EntityFilter::default()
        };
        let mut link = by_creation();
        link.page_size = 1;
        let page = self.records.table().page(scope.tenant, &filter, &link)?;
        Ok(page.data.into_iter().next())
    }

    /// How many entities have a profile of this name, and the name of one.
    fn members(&self, scope: &Scope, name: &str) -> Result<Option<(u64, String)>> {
        let filter = EntityFilter {
            subtype: Some(name.to_owned()),
            ..EntityFilter::default()
        };
        let link = PageLink::first(1);
        let page = self
            .records
            .store()
            .page(scope.tenant, P::MEMBERS, &filter, &link)?;
        let total = page.total_elements;
        Ok(page.data.into_iter().next().map(|row| (total, row.name)))
    }

    /// Gives every entity of type `old` the type `new`, in steps; a step that meets a save by
    /// somebody else is tried again.
    fn rename_members(&self, scope: &Scope, old: &str, new: &str) -> Result<()> {
        let filter = EntityFilter {
            subtype: Some(old.to_owned()),
            ..EntityFilter::default()
        };
        let link = PageLink {
            page_size: RENAME_ROWS,
            ..by_creation()
        };
        let store = self.records.store();
        let mut conflicts = 0;
        loop {
            let rows = store.page(scope.tenant, P::MEMBERS, &filter, &link)?.data;
            if rows.is_empty() {
                return Ok(());
            }
            let ids: Vec<EntityId> = rows.iter().map(|row| row.id).collect();
            let changes: Vec<Change> = rows.into_iter().map(|row| retyped(row, new)).collect();
            match store.apply(&changes) {
                Ok(_) => {
                    for id in ids {
                        self.records.publish(scope, id, ChangeKind::Updated);
                    }
                }
                Err(millrace_store::StoreError::Conflict { .. }) if conflicts < 10 => {
                    conflicts += 1;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

fn retyped(mut row: EntityRow, name: &str) -> Change {
    if let Some(members) = row.body.as_object_mut() {
        members.insert("type".to_owned(), Json::String(name.to_owned()));
    }
    row.subtype = Some(name.to_owned());
    let expected = Some(row.version);
    Change::Put { row, expected }
}

/// A profile as one is made for a new type name.
pub(crate) fn new_profile<P: Profile>(tenant: TenantId, name: &str, default: bool) -> P {
    let mut profile = P::default();
    profile.set_uuid(Uuid::now_v7());
    profile.set_tenant(tenant);
    profile.set_created_time(now_ms());
    name.clone_into(profile.name_mut());
    profile.set_default(default);
    profile.complete();
    profile
}
