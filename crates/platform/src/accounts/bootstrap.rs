//! The first start: a tenant with its administrator, default profiles, groups *All* and root
//! rule chain. Later starts only add what is missing and never touch an account.

use millrace_model::{
    TenantId,
    entity::{AssetProfile, Authority, DeviceProfile, Entity, Tenant, User},
    id::{CustomerId, UserId},
};
use millrace_store::entities::{Change, EntityFilter, put};
use rand::distr::{Alphanumeric, SampleString};
use serde_json::json;

use super::{Accounts, sign_in::lookup, users::check_email};
use crate::{
    PlatformError, Records, Result, Scope,
    chains::{Chains, default_root_chain, default_root_metadata},
    changes::{ChangeKind, Changed},
    clock::now_ms,
    devices::{DEFAULT_PROFILE, Groups, MEMBER_TYPES, Profile, all_groups, new_profile, owner_of},
};

/// Length of a password made here (characters).
const PASSWORD_LENGTH: usize = 16;

/// An e-mail address with its password.
#[derive(Clone)]
pub struct SignInName {
    /// The address.
    pub email: String,
    /// The password in clear; only its hash is kept.
    pub password: String,
}

/// What the first start makes.
#[derive(Clone)]
pub struct BootstrapOptions {
    /// Title of the tenant.
    pub tenant_title: String,
    /// Address of its administrator.
    pub admin_email: String,
    /// Password of its administrator; a random one is made without.
    pub admin_password: Option<String>,
    /// A system administrator, made at any start where it is not there yet.
    pub system_administrator: Option<SignInName>,
}

impl Default for BootstrapOptions {
    fn default() -> Self {
        Self {
            tenant_title: "Tenant".to_owned(),
            admin_email: "admin@localhost".to_owned(),
            admin_password: None,
            system_administrator: None,
        }
    }
}

/// What a start found or made.
#[derive(Clone)]
pub struct Bootstrap {
    /// The (first) tenant.
    pub tenant: TenantId,
    /// Whether it was made now.
    pub created: bool,
    /// The administrator's address and new random password, to be shown once.
    pub generated: Option<SignInName>,
}

impl Accounts {
    /// Makes what a server needs to be used, where it is missing. One transaction makes tenant
    /// and administrator, so a crash leaves all or nothing.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] for a bad e-mail address; the store's.
    pub fn bootstrap(&self, options: &BootstrapOptions) -> Result<Bootstrap> {
        let tenants = self.all_tenants()?;
        let first = tenants.iter().filter_map(|tenant| tenant.id).next();
        let made = match first {
            Some(tenant) => Bootstrap {
                tenant,
                created: false,
                generated: None,
            },
            None => self.make_tenant(options)?,
        };
        for tenant in tenants.iter().filter_map(|tenant| tenant.id) {
            let missing = self.missing_parts(tenant)?;
            self.make(tenant, &missing)?;
        }
        if let Some(system) = &options.system_administrator {
            self.make_system_administrator(system)?;
        }
        Ok(made)
    }

    fn make_tenant(&self, options: &BootstrapOptions) -> Result<Bootstrap> {
        let tenant = TenantId::new();
        let mut changes = vec![put(&Tenant {
            id: Some(tenant),
            tenant_id: Some(tenant),
            created_time: Some(now_ms()),
            title: options.tenant_title.clone(),
            name: Some(options.tenant_title.clone()),
            region: Some("Global".to_owned()),
            ..Tenant::default()
        })?];
        let given = options
            .admin_password
            .as_ref()
            .filter(|password| !password.is_empty());
        let password = given
            .cloned()
            .unwrap_or_else(|| Alphanumeric.sample_string(&mut rand::rng(), PASSWORD_LENGTH));
        let admin = SignInName {
            email: options.admin_email.trim().to_owned(),
            password,
        };
        changes.extend(self.make_user(tenant, &admin, Authority::TenantAdmin)?);
        changes.extend(self.missing_parts(tenant)?);
        self.make(tenant, &changes)?;
        Ok(Bootstrap {
            tenant,
            created: true,
            generated: given.is_none().then_some(admin),
        })
    }

    /// Applies changes that only make new rows, and tells everybody.
    fn make(&self, tenant: TenantId, changes: &[Change]) -> Result<()> {
        self.records.store().apply(changes)?;
        for change in changes {
            if let Change::Put { row, .. } = change {
                self.records.changes().publish(Changed {
                    tenant,
                    entity: row.id,
                    kind: ChangeKind::Created,
                    user: None,
                });
            }
        }
        Ok(())
    }

    fn make_system_administrator(&self, name: &SignInName) -> Result<()> {
        if self.by_email(&lookup(&name.email))?.is_some() {
            return Ok(());
        }
        if name.password.is_empty() {
            return Err(PlatformError::invalid(
                "password",
                "the system administrator's password is empty: give one",
            ));
        }
        let changes = self.make_user(TenantId::null(), name, Authority::SysAdmin)?;
        self.records.store().apply(&changes)?;
        Ok(())
    }

    fn make_user(
        &self,
        tenant: TenantId,
        name: &SignInName,
        authority: Authority,
    ) -> Result<Vec<Change>> {
        check_email(&name.email)?;
        let id = UserId::new();
        let user = User {
            id: Some(id),
            tenant_id: Some(tenant),
            created_time: Some(now_ms()),
            customer_id: Some(CustomerId::null()),
            email: name.email.clone(),
            name: Some(name.email.clone()),
            authority,
            owner_id: Some(owner_of(tenant, None)),
            additional_info: Some(json!({ "description": "" })),
            ..User::default()
        };
        Ok(vec![
            put(&user)?,
            self.password_change(tenant, id, &name.email, Some(&name.password))?,
        ])
    }

    /// The changes that give a tenant the parts it lacks.
    fn missing_parts(&self, tenant: TenantId) -> Result<Vec<Change>> {
        let scope = Scope::server(tenant);
        let mut changes = Vec::new();
        changes.extend(missing_profile::<DeviceProfile>(&self.records, &scope)?);
        changes.extend(missing_profile::<AssetProfile>(&self.records, &scope)?);
        let groups = Groups::new(self.records.clone());
        let owner = tenant.into();
        let mut lacks_groups = false;
        for kind in MEMBER_TYPES {
            lacks_groups |= !groups.has_all(&scope, owner, kind)?;
        }
        if lacks_groups {
            for (kind, change) in MEMBER_TYPES.into_iter().zip(all_groups(tenant, owner)?) {
                if !groups.has_all(&scope, owner, kind)? {
                    changes.push(change);
                }
            }
        }
        let chains = Chains::new(self.records.clone());
        if chains.find_root(&scope)?.is_none() {
            let mut chain = default_root_chain();
            changes.extend(chains.changes_to_create(
                tenant,
                &mut chain,
                default_root_metadata(),
            )?);
        }
        Ok(changes)
    }
}

fn missing_profile<P: Profile + Entity>(
    records: &Records,
    scope: &Scope,
) -> Result<Option<Change>> {
    let link = millrace_model::PageLink::first(1);
    let any = records
        .table::<P>()
        .page(scope.tenant, &EntityFilter::default(), &link)?;
    if any.total_elements > 0 {
        return Ok(None);
    }
    let profile: P = new_profile(scope.tenant, DEFAULT_PROFILE, true);
    Ok(Some(put(&profile)?))
}
