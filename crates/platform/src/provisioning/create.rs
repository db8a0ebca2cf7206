//! The rows of new entities.

use std::{collections::HashMap, sync::Arc};

use millrace_model::{
    EntityId, EntityType, Millis, PageLink, TenantId,
    entity::{
        Asset, AssetProfile, Customer, Device, DeviceProfile, Entity, EntityGroup, EntityRelation,
    },
    id::{
        AssetId, AssetProfileId, CustomerId, DeviceId, DeviceProfileId, EntityGroupId, RuleChainId,
    },
};
use millrace_store::{
    Entities, StoreError,
    entities::{Change, EntityFilter, EntityTable, NameRow, put},
};
use uuid::Uuid;

use super::{cache::Key, entity_ref::EntityRef};
use crate::{
    converter::EntityKind,
    devices::{default_device_data, new_credentials, new_profile, owner_of},
};

/// Why an entity cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// The integration may not create.
    #[error(
        "{kind} \"{name}\" is unknown and the integration may not create devices or assets: turn on \"Allow create devices or assets\" or create it first"
    )]
    NotAllowed {
        /// `device` or `asset`.
        kind: &'static str,
        /// Its name.
        name: String,
    },
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A new entity, and everything it needs in the same transaction.
pub struct Created {
    /// The entity.
    pub entity: Arc<EntityRef>,
    /// Its JSON, for the message "entity created".
    pub body: serde_json::Value,
    /// Name of the integration that caused it.
    pub integration_name: Arc<str>,
}

/// What an uplink says of an entity that is to be made.
pub(super) struct Wish {
    pub(super) integration: EntityId,
    pub(super) integration_name: Arc<str>,
    pub(super) profile: Arc<str>,
    pub(super) label: Option<Arc<str>>,
    pub(super) customer: Option<Arc<str>>,
    pub(super) group: Option<Arc<str>>,
}

/// Collects the changes of one batch, so that two entities of a new profile make it once.
pub(super) struct Batch<'a> {
    store: &'a dyn Entities,
    now: Millis,
    pub(super) changes: Vec<Change>,
    profiles: HashMap<(TenantId, EntityKind, Arc<str>), Profile>,
    customers: HashMap<(TenantId, Arc<str>), Uuid>,
    groups: HashMap<(TenantId, EntityType, EntityId, Arc<str>), Uuid>,
}

#[derive(Clone)]
struct Profile {
    id: Uuid,
    name: Arc<str>,
    rule_chain: Option<RuleChainId>,
}

impl<'a> Batch<'a> {
    pub(super) fn new(store: &'a dyn Entities, now: Millis) -> Self {
        Self {
            store,
            now,
            changes: Vec::new(),
            profiles: HashMap::new(),
            customers: HashMap::new(),
            groups: HashMap::new(),
        }
    }

    /// An entity that is there already.
    pub(super) fn find(&mut self, key: &Key) -> Result<Option<EntityRef>, StoreError> {
        match self
            .store
            .name_row(key.tenant, entity_type(key.kind), &key.name)?
        {
            Some(row) => self.entity_of(key.kind, row).map(Some),
            None => Ok(None),
        }
    }

    /// A stored entity, with the chain of its profile.
    pub(super) fn entity_of(
        &mut self,
        kind: EntityKind,
        row: NameRow,
    ) -> Result<EntityRef, StoreError> {
        let profile: Arc<str> = row.subtype.as_deref().unwrap_or("default").into();
        let rule_chain = self
            .known_profile(row.tenant, kind, &profile)?
            .and_then(|profile| profile.rule_chain);
        Ok(EntityRef::new(
            row.tenant,
            row.id,
            kind,
            row.name.into(),
            profile,
            row.customer,
            rule_chain,
        ))
    }

    /// Plans a new entity.
    pub(super) fn create(&mut self, key: &Key, wish: &Wish) -> Result<Created, StoreError> {
        let tenant = key.tenant;
        let profile = self.profile(tenant, key.kind, &wish.profile)?;
        let customer = match &wish.customer {
            Some(title) => Some(self.customer(tenant, title)?),
            None => None,
        };
        let owner = owner_of(tenant, customer.map(CustomerId));
        let (id, body, change) = match key.kind {
            EntityKind::Device => self.device(key, wish, &profile, customer, owner)?,
            EntityKind::Asset => self.asset(key, wish, &profile, customer, owner)?,
        };
        self.changes.push(change);
        if key.kind == EntityKind::Device {
            let change = new_credentials(tenant, DeviceId(id.id), self.now).map_err(unwritable)?;
            self.changes.push(change);
        }
        if let Some(name) = &wish.group {
            let group = self.group(tenant, id.entity_type, owner, name)?;
            self.changes.push(Change::JoinGroup {
                tenant,
                group,
                member: id,
            });
        }
        self.changes.push(Change::Relate {
            tenant,
            relation: EntityRelation {
                from: wish.integration,
                to: id,
                relation_type: "ManagedByIntegration".to_owned(),
                type_group: "COMMON".to_owned(),
                additional_info: None,
                version: None,
            },
        });
        let entity = EntityRef::new(
            tenant,
            id,
            key.kind,
            Arc::clone(&key.name),
            profile.name,
            customer,
            profile.rule_chain,
        );
        Ok(Created {
            entity: Arc::new(entity),
            body,
            integration_name: Arc::clone(&wish.integration_name),
        })
    }

    fn device(
        &self,
        key: &Key,
        wish: &Wish,
        profile: &Profile,
        customer: Option<Uuid>,
        owner: EntityId,
    ) -> Result<(EntityId, serde_json::Value, Change), StoreError> {
        let device = Device {
            id: Some(DeviceId::new()),
            created_time: Some(self.now),
            tenant_id: Some(key.tenant),
            customer_id: Some(customer.map_or_else(CustomerId::null, CustomerId)),
            name: key.name.to_string(),
            profile_name: profile.name.to_string(),
            label: wish.label.as_deref().map(str::to_owned),
            device_profile_id: Some(DeviceProfileId(profile.id)),
            owner_id: Some(owner),
            device_data: Some(default_device_data()),
            ..Device::default()
        };
        planned(&device)
    }

    fn asset(
        &self,
        key: &Key,
        wish: &Wish,
        profile: &Profile,
        customer: Option<Uuid>,
        owner: EntityId,
    ) -> Result<(EntityId, serde_json::Value, Change), StoreError> {
        let asset = Asset {
            id: Some(AssetId::new()),
            created_time: Some(self.now),
            tenant_id: Some(key.tenant),
            customer_id: Some(customer.map_or_else(CustomerId::null, CustomerId)),
            name: key.name.to_string(),
            profile_name: profile.name.to_string(),
            label: wish.label.as_deref().map(str::to_owned),
            asset_profile_id: Some(AssetProfileId(profile.id)),
            owner_id: Some(owner),
            ..Asset::default()
        };
        planned(&asset)
    }

    fn known_profile(
        &mut self,
        tenant: TenantId,
        kind: EntityKind,
        name: &Arc<str>,
    ) -> Result<Option<Profile>, StoreError> {
        if let Some(profile) = self.profiles.get(&(tenant, kind, Arc::clone(name))) {
            return Ok(Some(profile.clone()));
        }
        let found = match kind {
            EntityKind::Device => EntityTable::<DeviceProfile>::new(self.store)
                .by_name(tenant, name)?
                .and_then(|profile| Some((profile.id?.0, profile.default_rule_chain_id))),
            EntityKind::Asset => EntityTable::<AssetProfile>::new(self.store)
                .by_name(tenant, name)?
                .and_then(|profile| Some((profile.id?.0, profile.default_rule_chain_id))),
        };
        let profile = found.map(|(id, rule_chain)| Profile {
            id,
            name: Arc::clone(name),
            rule_chain,
        });
        if let Some(profile) = &profile {
            self.profiles
                .insert((tenant, kind, Arc::clone(name)), profile.clone());
        }
        Ok(profile)
    }

    fn profile(
        &mut self,
        tenant: TenantId,
        kind: EntityKind,
        name: &Arc<str>,
    ) -> Result<Profile, StoreError> {
        if let Some(profile) = self.known_profile(tenant, kind, name)? {
            return Ok(profile);
        }
        let (id, change) = match kind {
            EntityKind::Device => {
                let profile = new_profile::<DeviceProfile>(tenant, name, false);
                (profile.id.unwrap_or_default().0, put(&profile)?)
            }
            EntityKind::Asset => {
                let profile = new_profile::<AssetProfile>(tenant, name, false);
                (profile.id.unwrap_or_default().0, put(&profile)?)
            }
        };
        self.changes.push(change);
        let profile = Profile {
            id,
            name: Arc::clone(name),
            rule_chain: None,
        };
        self.profiles
            .insert((tenant, kind, Arc::clone(name)), profile.clone());
        Ok(profile)
    }

    fn customer(&mut self, tenant: TenantId, title: &Arc<str>) -> Result<Uuid, StoreError> {
        if let Some(id) = self.customers.get(&(tenant, Arc::clone(title))) {
            return Ok(*id);
        }
        let id = match EntityTable::<Customer>::new(self.store)
            .by_name(tenant, title)?
            .and_then(|customer| customer.id)
        {
            Some(id) => id.0,
            None => {
                let customer = Customer {
                    id: Some(CustomerId::new()),
                    created_time: Some(self.now),
                    tenant_id: Some(tenant),
                    title: title.to_string(),
                    name: Some(title.to_string()),
                    ..Customer::default()
                };
                self.changes.push(put(&customer)?);
                customer.id.unwrap_or_default().0
            }
        };
        self.customers.insert((tenant, Arc::clone(title)), id);
        Ok(id)
    }

    /// A group by its exact name, kind and owner.
    fn known_group(
        &self,
        tenant: TenantId,
        kind: EntityType,
        owner: EntityId,
        name: &Arc<str>,
    ) -> Result<Option<Uuid>, StoreError> {
        let mut link = PageLink::first(100);
        link.text_search = Some(name.to_string());
        loop {
            let page = EntityTable::<EntityGroup>::new(self.store).page(
                tenant,
                &EntityFilter::default(),
                &link,
            )?;
            let fits = |group: &&EntityGroup| {
                group.name == **name
                    && group.member_type == Some(kind)
                    && group.owner_id == Some(owner)
            };
            if let Some(id) = page.data.iter().find(fits).and_then(|group| group.id) {
                return Ok(Some(id.0));
            }
            if !page.has_next {
                return Ok(None);
            }
            link.page += 1;
        }
    }

    fn group(
        &mut self,
        tenant: TenantId,
        kind: EntityType,
        owner: EntityId,
        name: &Arc<str>,
    ) -> Result<Uuid, StoreError> {
        let place = (tenant, kind, owner, Arc::clone(name));
        if let Some(id) = self.groups.get(&place) {
            return Ok(*id);
        }
        let known = self.known_group(tenant, kind, owner, name)?;
        let id = match known {
            Some(id) => id,
            None => {
                let group = EntityGroup {
                    id: Some(EntityGroupId::new()),
                    created_time: Some(self.now),
                    tenant_id: Some(tenant),
                    name: name.to_string(),
                    member_type: Some(kind),
                    owner_id: Some(owner),
                    ..EntityGroup::default()
                };
                self.changes.push(put(&group)?);
                group.id.unwrap_or_default().0
            }
        };
        self.groups.insert(place, id);
        Ok(id)
    }
}

fn unwritable(error: crate::PlatformError) -> StoreError {
    StoreError::Damaged {
        file: "millrace.db".to_owned(),
        detail: format!("credentials of a new device: {error}"),
    }
}

fn planned<E: Entity>(entity: &E) -> Result<(EntityId, serde_json::Value, Change), StoreError> {
    let change = put(entity)?;
    let Change::Put { row, .. } = &change else {
        return Err(StoreError::Damaged {
            file: "millrace.db".to_owned(),
            detail: "an entity without a row".to_owned(),
        });
    };
    Ok((row.id, row.body.clone(), change))
}

pub(super) fn entity_type(kind: EntityKind) -> EntityType {
    match kind {
        EntityKind::Device => EntityType::Device,
        EntityKind::Asset => EntityType::Asset,
    }
}
